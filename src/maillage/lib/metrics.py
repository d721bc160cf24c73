"""Figures a process counts as it works, written as Prometheus reads them. Any thread may count.

Not prometheus_client: several processes answer at one address, each for all, and it only sums what they count; here the
figures of a process are a plain object, kept for the others to show, each under its own name or all added up.
"""

import bisect
import math
import threading
from collections.abc import Callable, Iterable, Mapping, Sequence
from typing import Any

Labels = tuple[str, ...]
Snapshot = dict[str, dict[str, Any]]  # name → {"type", "help", "labels", "rows": [[label values, value]], "buckets"}

SECONDS = (0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1.0, 2.5, 5.0, 10.0)


class Figure:
    kind = "untyped"

    def __init__(self, registry: "Registry", name: str, text: str, labels: Labels = ()) -> None:
        self.name, self.text, self.labels = name, text, labels
        self._lock = threading.Lock()
        registry.add(self)

    def rows(self) -> list[list[Any]]:
        raise NotImplementedError

    def snapshot(self) -> dict[str, Any]:
        return {"type": self.kind, "help": self.text, "labels": list(self.labels), "rows": self.rows()}


class Counter(Figure):
    kind = "counter"

    def __init__(self, registry: "Registry", name: str, text: str, labels: Labels = ()) -> None:
        super().__init__(registry, name, text, labels)
        self._values: dict[Labels, float] = {} if labels else {(): 0.0}

    def add(self, *values: str, by: float = 1.0) -> None:
        with self._lock:
            self._values[values] = self._values.get(values, 0.0) + by

    def value(self, *values: str) -> float:
        return self._values.get(values, 0.0)

    def rows(self) -> list[list[Any]]:
        with self._lock:
            return [[list(values), value] for values, value in self._values.items()]


class Gauge(Figure):
    """Read when it is asked for."""

    kind = "gauge"

    def __init__(self, registry: "Registry", name: str, text: str, read: Callable[[], float | None]) -> None:
        super().__init__(registry, name, text)
        self.read = read

    def rows(self) -> list[list[Any]]:
        value = self.read()
        return [] if value is None else [[[], float(value)]]


class Histogram(Figure):
    kind = "histogram"

    def __init__(self, registry: "Registry", name: str, text: str, bounds: Sequence[float] = SECONDS) -> None:
        super().__init__(registry, name, text)
        self.bounds = tuple(bounds)
        self._counts = [0] * (len(self.bounds) + 1)
        self._sum = 0.0

    def observe(self, value: float) -> None:
        with self._lock:
            self._counts[bisect.bisect_left(self.bounds, value)] += 1
            self._sum += value

    def rows(self) -> list[list[Any]]:
        with self._lock:
            return [[[], [list(self._counts), self._sum]]]

    def snapshot(self) -> dict[str, Any]:
        return super().snapshot() | {"bounds": list(self.bounds)}


class Registry:
    def __init__(self) -> None:
        self._figures: dict[str, Figure] = {}

    def add(self, figure: Figure) -> None:
        if figure.name in self._figures:
            raise ValueError(f"{figure.name} is counted twice")
        self._figures[figure.name] = figure

    def snapshot(self) -> Snapshot:
        return {name: figure.snapshot() for name, figure in self._figures.items()}


def expose(processes: Mapping[str, Snapshot], *, added_up: bool = False) -> str:
    """The text of several processes: `worker` says which one a row is of, unless they are added up."""
    families: dict[str, dict[str, Any]] = {}
    rows: dict[str, list[tuple[dict[str, str], Any]]] = {}
    for worker, snapshot in processes.items():
        for name, figure in snapshot.items():
            families.setdefault(name, figure)
            for values, value in figure["rows"]:
                labels = dict(zip(figure["labels"], values, strict=True))
                rows.setdefault(name, []).append((labels if added_up else {"worker": worker, **labels}, value))
    lines = []
    for name, figure in families.items():
        known = rows.get(name, [])
        if added_up:
            known = _add_up(known)
        if known:
            lines += [f"# HELP {name} {figure['help']}", f"# TYPE {name} {figure['type']}"]
            for labels, value in known:
                lines += _lines(name, figure, labels, value)
    return "\n".join(lines) + "\n"


def _add_up(rows: Iterable[tuple[dict[str, str], Any]]) -> list[tuple[dict[str, str], Any]]:
    sums: dict[tuple[tuple[str, str], ...], Any] = {}
    for labels, value in rows:
        key = tuple(labels.items())
        if key not in sums:
            sums[key] = value
        elif isinstance(value, list):
            counts, total = sums[key]
            sums[key] = [[one + other for one, other in zip(counts, value[0], strict=True)], total + value[1]]
        else:
            sums[key] += value
    return [(dict(key), value) for key, value in sums.items()]


def _lines(name: str, figure: Mapping[str, Any], labels: Mapping[str, str], value: Any) -> list[str]:
    if figure["type"] != "histogram":
        return [f"{name}{_braces(labels)} {_number(value)}"]
    counts, total = value
    lines, so_far = [], 0
    for bound, count in zip([*figure["bounds"], math.inf], counts, strict=True):
        so_far += count
        lines.append(f"{name}_bucket{_braces({**labels, 'le': _number(bound)})} {so_far}")
    return [*lines, f"{name}_sum{_braces(labels)} {_number(total)}", f"{name}_count{_braces(labels)} {so_far}"]


def _braces(labels: Mapping[str, str]) -> str:
    return "{" + ",".join(f'{name}="{_escaped(value)}"' for name, value in labels.items()) + "}" if labels else ""


def _escaped(value: str) -> str:
    return value.replace("\\", "\\\\").replace('"', '\\"').replace("\n", "\\n")


def _number(value: float) -> str:
    if math.isinf(value):
        return "+Inf"
    return str(int(value)) if value == int(value) else repr(round(value, 9))

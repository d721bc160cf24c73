"""What a measure says: a row beside its baseline. Medians: the machine is shared and a mean remembers every hiccup."""

import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from statistics import median
from typing import Any

COLUMNS = ("mesure", "valeur", "unité", "référence", "rapport", "objectif", "")


@dataclass(frozen=True)
class Row:
    name: str
    value: float
    unit: str
    baseline: float | None  # in the same unit, measured in the same call; None: nothing does this
    goal: float | None = None
    more_is_better: bool = False
    note: str = ""  # what the value and the baseline are, and what the client itself cost

    @property
    def ratio(self) -> float | None:
        return self.value / self.baseline if self.baseline else None

    @property
    def ok(self) -> bool | None:
        """Whether the goal is reached; None without a goal."""
        if self.goal is None:
            return None
        return self.value >= self.goal if self.more_is_better else self.value <= self.goal

    def as_json(self) -> dict[str, Any]:
        return {**asdict(self), "ratio": self.ratio, "ok": self.ok}


def row_from_json(data: dict[str, Any]) -> Row:
    return Row(**{name: value for name, value in data.items() if name not in ("ratio", "ok")})


def seconds_of(work: Callable[[], object]) -> float:
    began = time.perf_counter()
    work()
    return time.perf_counter() - began


def median_ms(samples: Sequence[float]) -> float:
    """Of samples in seconds."""
    return 1000 * median(samples)


def percentile(samples: Sequence[float], share: float) -> float:
    ordered = sorted(samples)
    return ordered[min(len(ordered) - 1, int(share * len(ordered)))]


def number(value: float | None) -> str:
    """Three figures that mean something, with the comma of French."""
    if value is None:
        return "–"
    if value and abs(value) < 10:
        return f"{value:.2f}".replace(".", ",")
    return (f"{value:,.1f}" if abs(value) < 100 else f"{value:,.0f}").replace(",", "\u202f").replace(".", ",")


def table(rows: Sequence[Row]) -> str:
    """The rows as a table of text, each followed by what it is."""
    lines = [COLUMNS]
    for row in rows:
        sign = "≥" if row.more_is_better else "≤"
        goal = "–" if row.goal is None else f"{sign} {number(row.goal)}"
        verdict = {True: "tenu", False: "MANQUÉ", None: ""}[row.ok]
        ratio = "–" if row.ratio is None else f"× {number(row.ratio)}"
        lines.append((row.name, number(row.value), row.unit, number(row.baseline), ratio, goal, verdict))
    widths = [max(len(line[column]) for line in lines) for column in range(len(COLUMNS))]
    left = {0, 2, 6}
    text = []
    for position, line in enumerate(lines):
        cells = [c.ljust(w) if i in left else c.rjust(w) for i, (c, w) in enumerate(zip(line, widths, strict=True))]
        text.append("  ".join(cells).rstrip())
        if position and rows[position - 1].note:
            text.append(f"    {rows[position - 1].note}")
    return "\n".join(text)

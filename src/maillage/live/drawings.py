"""Drawings of what was answered, as numbers a template places: rivers between two votes, the curve of a pot.

Each has its words and its table beside it: a drawing is never alone, nor its colours.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

NAMES = 14  # letters of a name beside a drawing; the table has it whole
TONES = 6  # colours, with as many shapes and line styles

# Rivers, in units of the drawing
WIDTH, SIDE, BAR = 480, 120, 12
TALL, BETWEEN, LABEL = 300, 14, 38

# Curve
LEFT, TOP, PLOT, HEIGHT, UNDER = 54, 14, 270, 190, 44
LINE = 17  # between two names


@dataclass(frozen=True)
class Bank:
    """One answer on one side: where its people come from, or go."""

    label: str
    count: int
    tone: int
    x: float
    y: float
    height: float
    text_x: float
    text_y: float
    anchor: str


@dataclass(frozen=True)
class Flow:
    path: str
    tone: int
    words: str
    stays: bool


@dataclass(frozen=True)
class Rivers:
    width: int
    height: float
    banks: tuple[Bank, ...]
    flows: tuple[Flow, ...]


@dataclass(frozen=True)
class Point:
    x: float
    y: float


@dataclass(frozen=True)
class Line:
    name: str
    tone: int
    points: tuple[Point, ...]
    path: str
    text_y: float
    text_x: float


@dataclass(frozen=True)
class Phase:
    title: str
    x: float
    middle: float


@dataclass(frozen=True)
class Curve:
    width: float
    height: float
    right: float
    bottom: float
    ticks: tuple[tuple[int, float], ...]  # per cent, y
    phases: tuple[Phase, ...]
    lines: tuple[Line, ...]


def rivers(options: Sequence[Mapping[str, Any]], flows: Sequence[Mapping[str, Any]]) -> Rivers | None:
    """How many went from each answer to each: bands as thick as people are many. Nobody moved or voted: nothing."""
    if not flows:
        return None
    tones = {option["id"]: position % TONES for position, option in enumerate(options)}
    order = [*tones, ""]  # those without an answer come last
    labels = {flow["from"]: flow["from_label"] for flow in flows} | {flow["to"]: flow["to_label"] for flow in flows}
    people = sum(flow["count"] for flow in flows)
    left, right = _sums(flows, "from", order), _sums(flows, "to", order)
    rows = max(len(left), len(right))
    height = max(TALL, rows * LABEL)
    unit = (height - BETWEEN * (rows - 1)) / people
    starts, ends = _stack(left, unit, height), _stack(right, unit, height)
    banks = [
        *_banks(left, starts, unit, labels, tones, x=SIDE, text_x=SIDE - 8, anchor="end", height=height),
        *_banks(right, ends, unit, labels, tones, x=WIDTH - SIDE - BAR, text_x=WIDTH - SIDE + 8, anchor="start",
                height=height),
    ]  # fmt: skip
    bands = []
    for from_ in order:
        for flow in sorted((one for one in flows if one["from"] == from_), key=lambda one: order.index(one["to"])):
            thick = flow["count"] * unit
            band = _band(SIDE + BAR, starts[from_], WIDTH - SIDE - BAR, ends[flow["to"]], thick)
            bands.append(Flow(band, tones.get(from_, TONES), flow["words"], from_ == flow["to"]))
            starts[from_] += thick
            ends[flow["to"]] += thick
    return Rivers(WIDTH, height, tuple(banks), tuple(bands))


def _sums(flows: Sequence[Mapping[str, Any]], end: str, order: Sequence[str]) -> dict[str, int]:
    sums = {id_: sum(flow["count"] for flow in flows if flow[end] == id_) for id_ in order}
    return {id_: number for id_, number in sums.items() if number}


def _stack(sums: Mapping[str, int], unit: float, height: float) -> dict[str, float]:
    """Where each answer begins, from the top; the whole in the middle of the height."""
    y = (height - sum(sums.values()) * unit - BETWEEN * (len(sums) - 1)) / 2
    found = {}
    for id_, number in sums.items():
        found[id_] = y
        y += number * unit + BETWEEN
    return found


def _banks(
    sums: Mapping[str, int],
    starts: Mapping[str, float],
    unit: float,
    labels: Mapping[str, str],
    tones: Mapping[str, int],
    *,
    x: float,
    text_x: float,
    anchor: str,
    height: float,
) -> list[Bank]:
    middles = apart([starts[id_] + number * unit / 2 for id_, number in sums.items()], LABEL, height)
    return [
        Bank(
            _short(labels[id_]), number, tones.get(id_, TONES), x, _round(starts[id_]), _round(number * unit), text_x,
            _round(middle), anchor,
        )
        for (id_, number), middle in zip(sums.items(), middles, strict=True)
    ]  # fmt: skip


def _band(x1: float, y1: float, x2: float, y2: float, thick: float) -> str:
    middle = _round((x1 + x2) / 2)
    top = f"M{x1} {_round(y1)}C{middle} {_round(y1)} {middle} {_round(y2)} {x2} {_round(y2)}"
    y1, y2 = y1 + thick, y2 + thick
    return f"{top}V{_round(y2)}C{middle} {_round(y2)} {middle} {_round(y1)} {x1} {_round(y1)}Z"


def curve(points: Sequence[Mapping[str, Any]], titles: Mapping[str, str]) -> Curve | None:
    """The share of each table, round after round. `titles`: stage → its title, under its rounds."""
    if not points:
        return None
    gap = PLOT / max(1, len(points) - 1)
    first = LEFT if len(points) > 1 else LEFT + PLOT / 2
    xs = [_round(first + gap * position) for position in range(len(points))]
    tables = {table["id"]: table["name"] for point in points for table in point["tables"]}
    places = {id_: _places(points, xs, id_) for id_ in tables}
    lasts = sorted(tables, key=lambda id_: places[id_][-1].y)
    names = dict(
        zip(lasts, apart([places[id_][-1].y for id_ in lasts], LINE, TOP + HEIGHT + UNDER), strict=True)
    )  # fmt: skip
    lines = [
        Line(
            _short(name), position % TONES, tuple(places[id_]), "M" + "L".join(f"{at.x} {at.y}" for at in places[id_]),
            _round(names[id_]), LEFT + PLOT + 14,
        )
        for position, (id_, name) in enumerate(tables.items())
    ]  # fmt: skip
    return Curve(
        width=LEFT + PLOT + 110,
        height=TOP + HEIGHT + UNDER,
        right=LEFT + PLOT,
        bottom=TOP + HEIGHT,
        ticks=tuple((share, _y(share)) for share in (0, 50, 100)),
        phases=tuple(_phases(points, xs, titles)),
        lines=tuple(lines),
    )


def _places(points: Sequence[Mapping[str, Any]], xs: Sequence[float], table: int) -> list[Point]:
    return [
        Point(x, _y(one["share"]))
        for x, point in zip(xs, points, strict=True)
        for one in point["tables"]
        if one["id"] == table
    ]


def _phases(points: Sequence[Mapping[str, Any]], xs: Sequence[float], titles: Mapping[str, str]) -> list[Phase]:
    found = []
    for stage in dict.fromkeys(point["stage"] for point in points):
        mine = [x for x, point in zip(xs, points, strict=True) if point["stage"] == stage]
        found.append(Phase(titles.get(stage, ""), mine[0], _round((mine[0] + mine[-1]) / 2)))
    return found


def _y(share: float) -> float:
    return _round(TOP + HEIGHT * (1 - share / 100))


def apart(places: Sequence[float], least: float, height: float) -> list[float]:
    """The same places in the same order, at least so far from each other, and inside the height if they fit."""
    found: list[float] = []
    for place in places:
        found.append(max(place, found[-1] + least) if found else max(place, least / 2))
    over = found[-1] + least / 2 - height if found else 0
    limit = height - least / 2
    for position in range(len(found) - 1, -1, -1) if over > 0 else ():
        found[position] = min(found[position], limit)
        limit = found[position] - least
    return found


def _short(name: str) -> str:
    return name if len(name) <= NAMES else f"{name[: NAMES - 1].rstrip()}…"


def _round(value: float) -> float:
    return round(value, 1)

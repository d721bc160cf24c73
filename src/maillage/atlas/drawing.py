"""A map as SVG text. Fills are classes and presentation attributes: the content policy allows no inline style.

A map is WIDTH wide whatever it shows, so that sizes of letters and dots are those of the sheet, not of the ground.
"""

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from functools import lru_cache
from html import escape
from itertools import accumulate

from maillage.lib.typography import typo
from maillage.territories.enums import UNITS, Detail
from maillage.territories.models import Outline

WIDTH = 1000
SHAPES = {  # of the layers, and what stands in their legend: never told apart by colour
    "france-services": '<path d="M-5-5H5V5H-5z"/>',
    "cites-educatives": '<path d="M0-9 9 0 0 9-9 0z"/>',
    "cites-emploi": '<path d="M0-9 8.5 7H-8.5z"/>',
    "commune": '<circle r="3"/>',
}
# What is drawn over the fill of a class, so that it is read without colours: paths of a 12 × 12 tile.
_RISING = "M-1 13 13-1M-4 4 4-4M8 16 16 8"
HATCHES = ("", "", "M3 3h.1M9 9h.1", _RISING, f"{_RISING}M-1-1 13 13M-4 8 4 16M8-4 16 4")


SMALLER = 3.5
NUMBER = re.compile(r"-?\d+")


@dataclass(frozen=True)
class Frame:
    """What of the ground is on the sheet: metres, y downwards."""

    zone: str
    left: float
    top: float
    right: float
    bottom: float

    @property
    def scale(self) -> float:
        return WIDTH / (self.right - self.left)

    @property
    def height(self) -> int:
        return round((self.bottom - self.top) * self.scale)

    def at(self, x: float, y: float) -> tuple[float, float]:
        """On the sheet."""
        return (x - self.left) * self.scale, (y - self.top) * self.scale

    def holds(self, x: float, y: float) -> bool:
        return self.left <= x <= self.right and self.top <= y <= self.bottom

    def transform(self, detail: str) -> str:
        """From the steps of an outline to the sheet."""
        unit = UNITS[Detail(detail)]
        left, top = self.at(0, 0)
        return f"translate({left:.1f} {top:.1f})scale({self.scale * unit:.5g})"


def frame_of(
    boxes: Iterable[tuple[float, float, float, float]], zone: str, *, margin: float = 0.03, least: float = 0.0
) -> Frame:
    """Around boxes in metres; `least`: metres from side to side. Never higher than wide, never a thin strip."""
    sides = list(zip(*boxes, strict=True))
    left, top, right, bottom = min(sides[0]), min(sides[1]), max(sides[2]), max(sides[3])
    width, height = right - left, bottom - top
    wide = max(width * (1 + 2 * margin), height * (1 + 2 * margin) * 1.2, least)
    high = max(height * (1 + 2 * margin), wide / 1.6)
    middle, centre = (left + right) / 2, (top + bottom) / 2
    return Frame(zone, middle - wide / 2, centre - high / 2, middle + wide / 2, centre + high / 2)


def box_of(outline: Outline) -> tuple[float, float, float, float]:
    unit = UNITS[Detail(outline.detail)]
    return outline.left * unit, outline.top * unit, outline.right * unit, outline.bottom * unit


def centre_of(outline: Outline) -> tuple[float, float]:
    """Metres: the centroid of its largest part, where its name goes."""
    x, y = _centroid(outline.path)
    unit = UNITS[Detail(outline.detail)]
    return x * unit, y * unit


def holds(outline: Outline, x: float, y: float) -> bool:
    """Whether a point, in metres, is in it (even–odd rule)."""
    unit = UNITS[Detail(outline.detail)]
    x, y, inside = x / unit, y / unit, False
    for ring in rings_of(outline.path):
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            if (y1 > y) != (y2 > y) and x < (x2 - x1) * (y - y1) / (y2 - y1) + x1:
                inside = not inside
    return inside


@lru_cache(maxsize=2048)
def rings_of(path: str) -> list[list[tuple[int, int]]]:
    rings = []
    for ring in path.split("M")[1:]:
        numbers = list(map(int, NUMBER.findall(ring)))
        if "h" in ring:  # a place smaller than a step, drawn as one
            numbers = [*numbers[:2], 1, 0, 0, 1, -1, 0]
        rings.append(list(zip(accumulate(numbers[0::2]), accumulate(numbers[1::2]), strict=False)))
    return rings


@lru_cache(maxsize=2048)
def _centroid(path: str) -> tuple[float, float]:
    """Of the largest ring."""
    best, found = 0.0, (0.0, 0.0)
    for ring in rings_of(path):
        area = cx = cy = 0.0
        for (x1, y1), (x2, y2) in zip(ring, ring[1:] + ring[:1], strict=True):
            cross = x1 * y2 - x2 * y1
            area, cx, cy = area + cross, cx + (x1 + x2) * cross, cy + (y1 + y2) * cross
        if abs(area) > best:
            best, found = abs(area), (cx / (3 * area), cy / (3 * area))
    return found


@dataclass(frozen=True)
class Area:
    """A place that a click or Enter opens."""

    name: str  # « Ardenne Métropole, 7 quartiers prioritaires »
    href: str
    outline: Outline
    shade: int | None = None  # of HATCHES; None: `kind` says how it looks
    kind: str = "frame"


@dataclass(frozen=True)
class Dot:
    """A place smaller than a pencil."""

    x: float  # metres
    y: float
    kind: str  # « qpv », or a key of SHAPES
    on: str = ""  # « wide » or « narrow »: only with the names of that size


@dataclass(frozen=True)
class Label:
    x: float  # on the sheet
    y: float
    lines: tuple[str, ...]
    kind: str = ""  # a class
    anchor: str = ""  # « start », « end »; empty: middle


@dataclass
class Drawing:
    frame: Frame
    title: str
    context: list[Outline] = field(default_factory=list)  # drawn under, not links
    land: list[Outline] = field(default_factory=list)  # the place itself, when it is not made of its areas
    areas: list[Area] = field(default_factory=list)
    borders: list[Outline] = field(default_factory=list)  # drawn over, not links
    here: list[Outline] = field(default_factory=list)  # a quarter, on its own page
    dots: list[Dot] = field(default_factory=list)
    symbols: dict[str, list[Dot]] = field(default_factory=dict)  # by layer
    labels: list[Label] = field(default_factory=list)  # on a wide map
    small_labels: list[Label] = field(default_factory=list)  # on a narrow one
    shades: tuple[int, ...] = ()  # those of the legend
    spot: tuple[float, float] | None = None  # metres: the place itself, when it has no outline
    number: int = 0  # among the sheets of a page


def svg_of(drawing: Drawing, *, base: str = "", style: str = "") -> str:
    """`style`: the sheet of a file that stands alone (`base` then makes its links whole)."""
    frame = drawing.frame
    alone = f' xmlns="http://www.w3.org/2000/svg" width="{WIDTH}" height="{frame.height}"' if style else ""
    parts = [
        f'<svg class="map-sheet" viewBox="0 0 {WIDTH} {frame.height}"{alone} role="group" '
        f'aria-label="{_text(drawing.title)}">',
        f"<style>{style}</style>" if style else "",
        _shapes(drawing) if style else _definitions(drawing),
        f'<rect class="ground" width="{WIDTH}" height="{frame.height}"/>' if style else "",
        *_outlines(frame, drawing.context, "context"),
        *_outlines(frame, drawing.land, "land"),
        *_areas(frame, drawing.areas, base, flat=bool(style), number=drawing.number),
        *(_hatched(drawing) if style else ()),
        *_outlines(frame, drawing.borders, "border"),
        *_outlines(frame, drawing.here, "quarter here"),
        _dots(frame, drawing.dots),
        *(_symbols(frame, layer, dots) for layer, dots in drawing.symbols.items()),
        _spot(frame, drawing.spot),
        _labels(drawing.labels, "wide"),
        "" if style else _labels(drawing.small_labels, "narrow"),
        _scale_bar(frame),
        "</svg>",
    ]
    return "".join(parts)


def locator_of(frame: Frame, ground: Sequence[Outline]) -> str:
    """Where the sheet is among larger outlines. Decorative: the page says it in words."""
    whole = frame_of(map(box_of, ground), frame.zone)
    (left, top), (right, bottom) = whole.at(frame.left, frame.top), whole.at(frame.right, frame.bottom)
    wide, high = max(right - left, 36), max(bottom - top, 36)
    x, y = (left + right - wide) / 2, (top + bottom - high) / 2
    return (
        f'<svg class="locator" viewBox="0 0 {WIDTH} {whole.height}" aria-hidden="true">'
        f"{''.join(_outlines(whole, ground, 'land'))}"
        f'<rect x="{x:.0f}" y="{y:.0f}" width="{wide:.0f}" height="{high:.0f}"/></svg>'
    )


def swatch_of(shade: int) -> str:
    """A class in the legend, by the tile of the map."""
    tile = f'<path class="k" fill="url(#s{shade})" d="M1 1h34v22H1z"/>'
    return f'<svg class="swatch" viewBox="0 0 36 24" aria-hidden="true">{tile}</svg>'


def drawn_shape(kind: str) -> str:
    if kind == "qpv":
        return '<circle class="qpv" r="6"/>'
    if kind == "quarter":
        return '<path class="quarter" d="M-13-7 2-9 14-3 9 8-10 7z"/>'
    return f'<g class="s-{kind}">{SHAPES[kind]}</g>'


def shape_of(kind: str) -> str:
    return f'<svg class="swatch" viewBox="-18 -12 36 24" aria-hidden="true">{drawn_shape(kind)}</svg>'


def _definitions(drawing: Drawing) -> str:
    """Tiles at the scale of each detail that is filled, and « s0 » … at that of the sheet, for the legend."""
    shades = drawing.shades
    details = {str(area.outline.detail) for area in drawing.areas if area.shade is not None}
    # sheets that stand in a row under the first one are shown so much smaller
    ground = drawing.frame.scale / (SMALLER if drawing.number else 1)
    scales = {"s": 1.0} | {
        _prefix(detail, drawing.number): ground * UNITS[Detail(detail)] for detail in sorted(details)
    }
    tiles = []
    for prefix, scale in scales.items():
        for shade in shades:
            lines = f'<path class="hatch" d="{HATCHES[shade]}"/>' if HATCHES[shade] else ""
            size = "" if scale == 1.0 else f' patternTransform="scale({1 / scale:.4g})"'
            tiles.append(
                f'<pattern id="{prefix}{shade}" width="12" height="12" patternUnits="userSpaceOnUse"{size}>'
                f'<rect class="k{shade}" width="12" height="12"/>{lines}</pattern>'
            )
    return f"<defs>{''.join(tiles)}{''.join(_symbol(kind) for kind in _kinds(drawing))}</defs>"


def _kinds(drawing: Drawing) -> list[str]:
    return sorted({dot.kind for dot in drawing.dots if dot.kind in SHAPES} | set(drawing.symbols))


def _prefix(detail: str, number: int) -> str:
    """Of its tiles: two sheets of a page are at two scales."""
    return {"country": "c", "region": "r", "near": "n"}[detail] + ("" if number == 0 else f"{number}-")


def _by_detail(outlines: Sequence[Outline]) -> dict[str, list[Outline]]:
    found: dict[str, list[Outline]] = {}
    for outline in outlines:
        found.setdefault(str(outline.detail), []).append(outline)
    return found


def _outlines(frame: Frame, outlines: Sequence[Outline], kind: str) -> Iterable[str]:
    for detail, group in _by_detail(outlines).items():
        path = "".join(outline.path for outline in group)
        yield f'<path class="{kind}" transform="{frame.transform(detail)}" d="{path}"/>'


def _hatched(drawing: Drawing) -> Iterable[str]:
    """The hatches as lines, cut by the areas: what typst and drawing programs make of tiles has seams."""
    for shade in drawing.shades:
        areas = [area.outline for area in drawing.areas if area.shade == shade]
        if HATCHES[shade] and areas:
            yield f'<clipPath id="h{shade}">{"".join(_outlines(drawing.frame, areas, "k"))}</clipPath>'
            lines = hatch_lines(shade, WIDTH, drawing.frame.height)
            yield f'<path class="hatch" clip-path="url(#h{shade})" d="{lines}"/>'


def hatch_lines(shade: int, wide: int, high: int) -> str:
    """The hatch of a class over a whole sheet, as the tile of HATCHES would give it."""
    if shade == 2:
        return "".join(f"M{x} {y}h.1" for y in range(3, high, 6) for x in range(3 + y % 4 * 3, wide, 12))
    rising = "".join(f"M{at} {high}l{high}-{high}" for at in range(-high, wide, 9))
    falling = "".join(f"M{at} 0l{high} {high}" for at in range(-high, wide, 9)) if shade > 3 else ""
    return rising + falling


def _shapes(drawing: Drawing) -> str:
    return f"<defs>{''.join(_symbol(kind) for kind in _kinds(drawing))}</defs>"


def _symbol(kind: str) -> str:
    return f'<g id="y-{kind}" class="s-{kind}">{SHAPES[kind]}</g>'


def _areas(frame: Frame, areas: Sequence[Area], base: str, *, flat: bool = False, number: int = 0) -> Iterable[str]:
    detail = None
    for area in areas:
        if area.outline.detail != detail:
            if detail:
                yield "</g>"
            detail = area.outline.detail
            yield f'<g class="areas" transform="{frame.transform(detail)}">'
        fill = "" if area.shade is None or flat else f' fill="url(#{_prefix(detail, number)}{area.shade})"'
        kind = area.kind if area.shade is None else f"k k{area.shade}" if flat else "k"
        yield (
            f'<a href="{base}{escape(area.href)}"><title>{_text(area.name)}</title>'
            f'<path class="{kind}"{fill} d="{area.outline.path}"/></a>'
        )
    if detail:
        yield "</g>"


def _dots(frame: Frame, dots: Sequence[Dot]) -> str:
    drawn = []
    for dot in dots:
        x, y = frame.at(dot.x, dot.y)
        shown = f' class="{dot.on}"' if dot.on else ""
        drawn.append(
            f'<circle class="qpv" cx="{x:.0f}" cy="{y:.0f}" r="4"/>'
            if dot.kind == "qpv"
            else f'<use{shown} href="#y-{dot.kind}" x="{x:.0f}" y="{y:.0f}"/>'
        )
    return f'<g class="dots">{"".join(drawn)}</g>' if drawn else ""


def _symbols(frame: Frame, layer: str, dots: Sequence[Dot]) -> str:
    places = [frame.at(dot.x, dot.y) for dot in dots]
    uses = "".join(f'<use href="#y-{layer}" x="{x:.0f}" y="{y:.0f}"/>' for x, y in places)
    return f'<g class="layer" aria-hidden="true">{uses}</g>' if uses else ""


def _spot(frame: Frame, spot: tuple[float, float] | None) -> str:
    if spot is None:
        return ""
    x, y = frame.at(*spot)
    return f'<g class="spot" transform="translate({x:.0f} {y:.0f})"><circle r="12"/><circle r="3"/></g>'


def _labels(labels: Sequence[Label], kind: str) -> str:
    if not labels:
        return ""
    texts = []
    for label in labels:
        classes = f' class="{label.kind}"' if label.kind else ""
        anchor = f' text-anchor="{label.anchor}"' if label.anchor else ""
        first, *others = label.lines
        more = "".join(f'<tspan x="{label.x:.0f}" dy="1.05em">{_text(line)}</tspan>' for line in others)
        texts.append(f'<text{classes}{anchor} x="{label.x:.0f}" y="{label.y:.0f}">{_text(first)}{more}</text>')
    return f'<g class="labels {kind}" aria-hidden="true">{"".join(texts)}</g>'


def _scale_bar(frame: Frame) -> str:
    """A round number of kilometres, about a sixth of the sheet."""
    metres = WIDTH / 6 / frame.scale
    power = 10 ** (len(str(int(metres))) - 1)
    length = max(step for step in (1, 2, 5) if step * power <= metres) * power
    words = f"{length // 1000} km" if length >= 1000 else f"{length} m"
    wide = length * frame.scale
    x, y = 16, frame.height - 16
    return (
        f'<g class="scale" aria-hidden="true"><path d="M{x} {y - 7}v7h{wide:.0f}v-7"/>'
        f'<text x="{x + wide / 2:.0f}" y="{y - 8}">{_text(words)}</text></g>'
    )


def _text(text: str) -> str:
    return escape(typo(text))

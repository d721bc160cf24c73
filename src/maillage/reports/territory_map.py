"""A small map of where people came from: the region's départements, a numbered disc an intercommunalité.

The number is the line of the table beside: the map is read in grey, and without seeing it.
"""

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass

from maillage.people.models import Space
from maillage.reports.charts import FONT, LINE, PAPER, SOFT, Drawn
from maillage.territories.enums import UNITS, Detail, Level
from maillage.territories.models import Department, Outline

WIDTH = 640  # units
WASH = "#eef3f0"
SMALLEST, LARGEST = 10.0, 19.0  # radius of a disc
TURNS = 60  # of pushing discs apart: more changes nothing that is seen


@dataclass
class Disc:
    number: int
    x: float
    y: float
    radius: float


@dataclass(frozen=True)
class Ground:
    outlines: tuple[Outline, ...]
    left: float
    top: float
    scale: float
    height: float

    def at(self, x: float, y: float) -> tuple[float, float]:
        return (x - self.left) * self.scale, (y - self.top) * self.scale


def draw_map(space: Space, people: Sequence[tuple[str, int]], accent: str) -> Drawn | None:
    """`people`: (SIREN, how many), in the order of the table. None where outlines were not loaded."""
    if space.region_id is None or not people:
        return None
    departments = list(Department.objects.filter(region=space.region_id).values_list("code", flat=True))
    ground = _ground(Outline.objects.filter(level=Level.DEPARTMENT, code__in=departments, detail=Detail.REGION))
    if ground is None:
        return None
    sirens = [siren for siren, _number in people]
    outlines = Outline.objects.filter(level=Level.EPCI, code__in=sirens, detail=Detail.REGION)
    places = {row.code: row for row in outlines if row.zone == ground.outlines[0].zone}
    discs = _discs(ground, places, people)
    if not discs:
        return None
    _push_apart(discs, ground.height)
    return _drawing(ground, [places[siren] for siren in sirens if siren in places], discs, accent)


def _ground(rows: Iterable[Outline]) -> Ground | None:
    found = list(rows)
    if not found:
        return None
    zone = found[0].zone
    here = tuple(row for row in found if row.zone == zone)
    unit = UNITS[Detail.REGION]
    left, right = min(row.left for row in here) * unit, max(row.right for row in here) * unit
    top, bottom = min(row.top for row in here) * unit, max(row.bottom for row in here) * unit
    scale = (WIDTH - 8) / max(right - left, 1)
    return Ground(here, left - 4 / scale, top - 4 / scale, scale, (bottom - top) * scale + 8)


def _discs(ground: Ground, places: Mapping[str, Outline], people: Sequence[tuple[str, int]]) -> list[Disc]:
    most = max(number for _siren, number in people)
    unit = UNITS[Detail.REGION]
    discs = []
    for line, (siren, number) in enumerate(people, start=1):
        outline = places.get(siren)
        if outline is not None:
            middle = ((outline.left + outline.right) / 2 * unit, (outline.top + outline.bottom) / 2 * unit)
            radius = max(SMALLEST, LARGEST * (number / most) ** 0.5)
            discs.append(Disc(line, *ground.at(*middle), radius))
    return discs


def _push_apart(discs: list[Disc], height: float) -> None:
    """Neighbours that overlap are moved away from each other, as little as possible, and stay on the sheet."""
    for _turn in range(TURNS):
        for position, one in enumerate(discs):
            for other in discs[position + 1 :]:
                across, down = other.x - one.x, other.y - one.y
                apart = (across * across + down * down) ** 0.5
                lacking = one.radius + other.radius + 2 - apart
                if lacking > 0:
                    across, down, apart = (across, down, apart) if apart > 0.01 else (1.0, 0.0, 1.0)
                    step = lacking / 2 / apart
                    one.x, one.y = one.x - across * step, one.y - down * step
                    other.x, other.y = other.x + across * step, other.y + down * step
        for disc in discs:
            disc.x = min(max(disc.x, disc.radius + 2), WIDTH - disc.radius - 2)
            disc.y = min(max(disc.y, disc.radius + 2), height - disc.radius - 2)


def _drawing(ground: Ground, present: Sequence[Outline], discs: Sequence[Disc], accent: str) -> Drawn:
    parts = [_land(ground, ground.outlines, "land", WASH, SOFT, 1.2), _land(ground, present, "here", LINE, SOFT, 0.5)]
    for disc in discs:
        size = 15 if disc.radius > 13 or disc.number < 10 else 12
        parts.append(
            f'<circle class="bar" cx="{disc.x:.1f}" cy="{disc.y:.1f}" r="{disc.radius:.1f}" fill="{accent}" '
            f'stroke="{PAPER}" stroke-width="1.5"/>'
            f'<text class="on-bar" x="{disc.x:.1f}" y="{disc.y + size * 0.36:.1f}" text-anchor="middle" '
            f'font-size="{size}" font-weight="bold" font-family="{FONT}" fill="{PAPER}">{disc.number}</text>'
        )
    height = round(ground.height)
    opening = (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH} {height}" width="{WIDTH}" height="{height}">'
    )
    return Drawn(opening + "".join(parts) + "</svg>", WIDTH, height)


def _land(ground: Ground, outlines: Sequence[Outline], name: str, fill: str, stroke: str, thick: float) -> str:
    scale = ground.scale * UNITS[Detail.REGION]
    left, top = ground.left / UNITS[Detail.REGION], ground.top / UNITS[Detail.REGION]
    paths = "".join(f'<path d="{row.path}"/>' for row in outlines)
    return (
        f'<g class="{name}" transform="scale({scale:.6f}) translate({-left:.2f} {-top:.2f})" fill="{fill}" '
        f'fill-rule="evenodd" stroke="{stroke}" stroke-width="{thick / scale:.2f}">{paths}</g>'
    )

"""The territories of an invented country: départements on a grid with ragged borders, shared to the metre.

Outlines go by the same drawing as official ones (`territories.outlines.draw`), so that they weigh what those weigh.
"""

import random
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, field
from itertools import pairwise
from typing import Any

import numpy as np

from maillage.config.country import names
from maillage.config.country.sizes import METROPOLITAN, Sizes, spread
from maillage.lib.projection import ZONES
from maillage.territories.enums import LandmarkKind, Level
from maillage.territories.models import Commune, Department, Epci, Landmark, Outline, Qpv, Region, Shape, Source
from maillage.territories.outlines import as_published, draw, read_outline
from maillage.territories.queries import VINTAGE

SOURCE = "pays-invente"
COLUMNS, ROWS = 12, 8  # départements of the mainland, a degree each way
WEST, SOUTH = -4.0, 43.0
CELLS = 20  # each way in a département: a commune is one of them
STRIPS = 4  # of intercommunalités in a département
WIDE, HIGH = 4, 2  # départements of a region
BETWEEN = 18  # points of a border between two corners: some 400 around an intercommunalité, as IGN's simplified ones
SMALL = 0.28  # degrees: the side of a département overseas
BATCH = 2_000
OVERSEAS = ("guadeloupe", "martinique", "guyane", "reunion", "mayotte")
Point = tuple[float, float]
Cell = tuple[int, int]


@dataclass
class Ground:
    """What the life of the country needs to know of it."""

    departments: list[str] = field(default_factory=list)
    epcis: list[Epci] = field(default_factory=list)
    communes: dict[str, list[Commune]] = field(default_factory=dict)  # of an intercommunalité, the largest first
    qpvs: list[Qpv] = field(default_factory=list)
    homes: dict[str, list[str]] = field(default_factory=dict)  # quarter → its communes


@dataclass(frozen=True)
class Plot:
    """A département: where it lies and of how many cells."""

    code: str
    region: str
    west: float
    south: float
    step: float  # degrees of a cell
    corner: Cell  # of the country's lattice; borders that two share have the same


def make_ground(sizes: Sizes, seed: int) -> Ground:
    chance = random.Random(f"{seed} sol")  # noqa: S311 - a country, not a secret
    numbers = np.random.default_rng([seed, 1])
    said = {"": SOURCE}
    title = f"Pays inventé pour mesurer (graine {seed})"
    Source.objects.create(slug=SOURCE, title=title, producer="inventé", licence="inventé", date="2026")
    plots = [_plot(number) for number in range(sizes.departments)]
    regions = {code: f"Région inventée {code}" for code in _all_regions()}
    Region.objects.bulk_create(Region(code=code, name=name, sources=said) for code, name in regions.items())
    Department.objects.bulk_create(
        Department(code=plot.code, name=f"{names.commune(chance)} ({plot.code})", region_id=plot.region, sources=said)
        for plot in plots
    )
    _keep_outlines(Level.REGION, {code: _region_ring(code, seed) for code in regions})
    _keep_outlines(Level.DEPARTMENT, {plot.code: _ring(plot, (0, 0, CELLS, CELLS), seed) for plot in plots})
    ground = Ground(departments=[plot.code for plot in plots])
    _make_epcis(ground, plots, sizes, chance, numbers, seed)
    _make_qpvs(ground, sizes, chance, numbers)
    _make_landmarks(ground, sizes, chance)
    return ground


def _all_regions() -> list[str]:
    mainland = sorted({_plot(number).region for number in range(METROPOLITAN)})
    return mainland + [f"0{number}" for number in range(1, len(OVERSEAS) + 1)]


def _plot(number: int) -> Plot:
    """In the order of the regions: a part of the country is whole regions, but the last."""
    if number >= METROPOLITAN:
        rank = number - METROPOLITAN
        west, south, east, north = next(zone.bounds for zone in ZONES if zone.id == OVERSEAS[rank])
        corner = (10_000 * (rank + 1), 0)
        middle = (west + east - SMALL) / 2, (south + north - SMALL) / 2
        return Plot(f"97{rank + 1}", f"0{rank + 1}", *middle, SMALL / CELLS, corner)
    block, inside = divmod(number, WIDE * HIGH)
    column, row = block % (COLUMNS // WIDE) * WIDE + inside % WIDE, block // (COLUMNS // WIDE) * HIGH + inside // WIDE
    return Plot(
        f"{number + 1:02d}", f"{block + 11}", WEST + column, SOUTH + row, 1 / CELLS, (column * CELLS, row * CELLS)
    )


def _make_epcis(
    ground: Ground, plots: Sequence[Plot], sizes: Sizes, chance: random.Random, numbers: Any, seed: int
) -> None:
    weights = np.array([0.15 if plot.code.startswith("97") else 1.0 for plot in plots])
    epcis = spread(sizes.epcis, weights, least=1)
    communes = [min(number, CELLS * CELLS) for number in _communes_of(sizes, epcis)]
    rank = 0
    for plot, how_many, of_plot in zip(plots, epcis, communes, strict=True):
        boxes = _boxes(how_many)
        cells = [
            (box, x, y)
            for box, (left, bottom, right, top) in enumerate(boxes)
            for x in range(left, right)
            for y in range(bottom, top)
        ]
        kept = sorted(chance.sample(range(len(cells)), of_plot))
        sizes_of = np.sort(numbers.lognormal(6.4, 1.25, of_plot))[::-1].astype(int) + 20
        by_box: dict[int, list[Cell]] = {}
        for place in kept:
            box, x, y = cells[place]
            by_box.setdefault(box, []).append((x, y))
        order = chance.sample(range(of_plot), of_plot)
        people = iter(int(sizes_of[place]) for place in order)
        rings = {}
        number = 0
        for box, bounds in enumerate(boxes):
            rank += 1
            rows = []
            siren = f"999{rank:06d}"
            for x, y in by_box.get(box, []):
                number += 1
                lon = plot.west + (x + 0.5 + chance.uniform(-0.2, 0.2)) * plot.step
                lat = plot.south + (y + 0.5 + chance.uniform(-0.2, 0.2)) * plot.step
                insee = f"{plot.code[:2]}{number + (int(plot.code[2:] or 0) * 100):03d}"
                town = names.commune(chance)
                rows.append(
                    Commune(
                        insee=insee,
                        name=town,
                        department_id=plot.code,
                        epci_id=siren,
                        population=next(people),
                        lon=round(lon, 5),
                        lat=round(lat, 5),
                        sources={"": SOURCE},
                    )
                )
            rows.sort(key=lambda row: -(row.population or 0))
            kind = "CA" if rows and (rows[0].population or 0) > 6_000 else "CC"
            name = f"{kind} {rows[0].name if rows else names.commune(chance)}"
            epci = Epci(siren=siren, name=name, department_id=plot.code, sources={"": SOURCE})
            epci.long_name = name.replace("CA ", "Communauté d’agglomération ").replace(
                "CC ", "Communauté de communes "
            )
            ground.epcis.append(epci)
            ground.communes[siren] = rows
            rings[siren] = _ring(plot, bounds, seed)
        Epci.objects.bulk_create(ground.epcis[-how_many:])
        Commune.objects.bulk_create((row for siren in rings for row in ground.communes[siren]), batch_size=BATCH)
        _keep_outlines(Level.EPCI, rings)


def _communes_of(sizes: Sizes, epcis: Sequence[int]) -> list[int]:
    """By the number of intercommunalités; overseas, some twelve in each of the two there are."""
    return spread(sizes.communes, np.array(epcis, dtype=float), least=1)


def _boxes(how_many: int) -> list[tuple[int, int, int, int]]:
    """left, bottom, right, top in cells: strips cut in as many as are needed."""
    strips = min(STRIPS, how_many)
    sides = [round(n * CELLS / strips) for n in range(strips + 1)]
    found = []
    for (bottom, top), across in zip(pairwise(sides), spread(how_many, np.ones(strips), least=1), strict=True):
        cuts = [round(n * CELLS / across) for n in range(across + 1)]
        found += [(left, bottom, right, top) for left, right in pairwise(cuts)]
    return found


def _ring(plot: Plot, bounds: tuple[int, int, int, int], seed: int) -> list[Point]:
    left, bottom, right, top = bounds
    corners = [(x, bottom) for x in range(left, right)] + [(right, y) for y in range(bottom, top)]
    corners += [(x, top) for x in range(right, left, -1)] + [(left, y) for y in range(top, bottom, -1)]
    along: list[Point] = []
    for here, there in pairwise([*corners, corners[0]]):
        along += _border(plot, here, there, seed)
    return [*along, along[0]]


def _region_ring(code: str, seed: int) -> list[Point]:
    plots = [plot for number in range(METROPOLITAN + len(OVERSEAS)) if (plot := _plot(number)).region == code]
    if len(plots) == 1:
        return _ring(plots[0], (0, 0, CELLS, CELLS), seed)
    return _ring(plots[0], (0, 0, WIDE * CELLS, HIGH * CELLS), seed)


def _border(plot: Plot, here: Cell, there: Cell, seed: int) -> list[Point]:
    """From a corner to the next, that one left out: the same points whoever walks it, in whichever direction."""
    first, last = sorted((here, there))
    corner = plot.corner
    shared = (first[0] + corner[0], first[1] + corner[1], last[0] + corner[0], last[1] + corner[1])
    chance = random.Random(f"{seed} {shared}")  # noqa: S311
    (x1, y1), (x2, y2) = _corner(plot, first, seed), _corner(plot, last, seed)
    points = [(x1, y1)]
    for n in range(1, BETWEEN + 1):
        along = n / (BETWEEN + 1)
        off = 0.3 * along * (1 - along) * chance.uniform(-1, 1)  # of the length: never so far that two borders meet
        points.append((x1 + along * (x2 - x1) - off * (y2 - y1), y1 + along * (y2 - y1) + off * (x2 - x1)))
    points.append((x2, y2))
    return points[:-1] if (here, there) == (first, last) else points[:0:-1]


def _corner(plot: Plot, cell: Cell, seed: int) -> Point:
    shared = cell[0] + plot.corner[0], cell[1] + plot.corner[1]
    chance = random.Random(f"{seed} coin {shared}")  # noqa: S311
    x, y = (side + chance.uniform(-0.15, 0.15) for side in cell)
    return plot.west + x * plot.step, plot.south + y * plot.step


def _make_qpvs(ground: Ground, sizes: Sizes, chance: random.Random, numbers: Any) -> None:
    """Most intercommunalités have none, a few have dozens."""
    weights = numbers.pareto(1.1, len(ground.epcis)) * np.array(
        [1.0 if ground.communes[epci.siren] else 0.0 for epci in ground.epcis]
    )
    weights[weights < np.quantile(weights, 0.55)] = 0
    if not weights.any():
        weights[:] = 1
    weights = np.minimum(weights, weights.sum() * max(0.04, 2 / len(weights)))  # the largest metropolis has some sixty
    links: list[tuple[str, str]] = []
    rings: dict[str, list[Point]] = {}
    order: dict[str, int] = {}
    for epci, how_many in zip(ground.epcis, spread(sizes.qpvs, weights), strict=True):
        towns = ground.communes[epci.siren]
        for _n in range(how_many):
            order[epci.department_id] = order.get(epci.department_id, 0) + 1
            code = f"QN{epci.department_id:0>3}{order[epci.department_id]:02d}"
            code = f"{code}M" if len(code) == 7 else code
            town = towns[min(len(towns) - 1, int(chance.expovariate(1.2)))]
            lon = (town.lon or 0) + chance.uniform(-0.02, 0.02)
            lat = (town.lat or 0) + chance.uniform(-0.012, 0.012)
            qpv = Qpv(
                code=code,
                name=names.quarter(chance, town.name)[:200],
                vintage=VINTAGE,
                epci_id=epci.siren,
                population=chance.randrange(1_000, 12_000),
                area_ha=round(chance.uniform(8, 120), 1),
                lon=round(lon, 5),
                lat=round(lat, 5),
                sources={"": SOURCE},
            )
            homes = [town.insee]
            if chance.random() < 0.08 and len(towns) > 1:
                homes.append(chance.choice([each for each in towns if each is not town]).insee)
            ground.qpvs.append(qpv)
            ground.homes[code] = homes
            links += [(code, insee) for insee in homes]
            rings[code] = _blob(lon, lat, chance)
    Qpv.objects.bulk_create(ground.qpvs, batch_size=BATCH)
    through = Qpv.communes.through
    through.objects.bulk_create((through(qpv_id=code, commune_id=insee) for code, insee in links), batch_size=BATCH)
    for start in range(0, len(rings), 100):
        _keep_outlines(Level.QPV, dict(list(rings.items())[start : start + 100]))


def _blob(lon: float, lat: float, chance: random.Random) -> list[Point]:
    """Sixty points around, some 300 m away."""
    angles = np.linspace(0, 2 * np.pi, 60, endpoint=False)
    far = np.array([chance.uniform(0.0024, 0.0036) for _angle in angles])
    ring = [(lon + 1.4 * float(r * np.cos(a)), lat + float(r * np.sin(a))) for r, a in zip(far, angles, strict=True)]
    return [*ring, ring[0]]


def _make_landmarks(ground: Ground, sizes: Sizes, chance: random.Random) -> None:
    kinds = [LandmarkKind.FRANCE_SERVICES] * 9 + [LandmarkKind.CITE_EDUCATIVE]
    towns = [town for rows in ground.communes.values() for town in rows]
    weights = [float(town.population or 0) for town in towns]
    made, links = [], []
    for number, town in enumerate(chance.choices(towns, weights, k=sizes.landmarks), start=1):
        kind = chance.choice(kinds)
        point = {"lon": town.lon, "lat": town.lat} if kind == LandmarkKind.FRANCE_SERVICES else {}
        made.append(
            Landmark(
                kind=kind,
                code=f"invente-{number}",
                name=f"{kind.label} {town.name}"[:200],
                address=f"{number % 90 + 1} rue Inventée",
                epci_id=town.epci_id,
                sources={"": SOURCE},
                **point,
            )
        )
        links.append(town.insee)
    Landmark.objects.bulk_create(made, batch_size=BATCH)
    keys = dict(Landmark.objects.values_list("code", "pk"))
    through = Landmark.communes.through
    through.objects.bulk_create(
        (through(landmark_id=keys[row.code], commune_id=insee) for row, insee in zip(made, links, strict=True)),
        batch_size=BATCH,
    )


def _keep_outlines(level: Level, rings: dict[str, list[Point]]) -> None:
    said = {"": SOURCE}
    geometries = {
        code: {"type": "Polygon", "coordinates": [[[round(x, 6), round(y, 6)] for x, y in ring]]}
        for code, ring in rings.items()
    }
    Shape.objects.bulk_create(
        (
            Shape(level=level, code=code, geometry=as_published(geometry), sources=said)
            for code, geometry in geometries.items()
        ),
        batch_size=BATCH,
    )
    drawn = draw({code: read_outline(geometry) for code, geometry in geometries.items()}, level)
    Outline.objects.bulk_create(_outlines(level, drawn.items()), batch_size=BATCH)


def _outlines(level: Level, drawn: Iterable[tuple[str, Any]]) -> Iterable[Outline]:
    for code, details in drawn:
        for each in details:
            yield Outline(level=level, code=code, sources={"": SOURCE}, **vars(each))

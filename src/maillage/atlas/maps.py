"""Which outlines, dots and names the map of a place holds."""

from collections.abc import Callable, Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

from django.db.models import Q
from django.utils.translation import gettext as _

from maillage.atlas.choices import LAYERS, Choice
from maillage.atlas.drawing import Area, Dot, Drawing, Frame, Label, box_of, centre_of, frame_of, holds, locator_of
from maillage.atlas.labels import Board, boards_of, cut_in_two, short_name, written
from maillage.atlas.places import FRANCE, Place, address
from maillage.atlas.shades import (
    COUNTRY_BOUNDS,
    Key,
    keys_of,
    legend_of,
    qpv_words,
    shade_of,
    shade_of_tally,
    tally_words,
    value_of,
)
from maillage.atlas.tallies import Tally, family_of, region_counts
from maillage.atlas.ways import any_of
from maillage.people.models import Space
from maillage.territories.enums import UNITS, Detail, Level
from maillage.territories.models import Commune, Department, Landmark, Outline, Qpv, Region

LEAST_EPCI, LEAST_QPV = 9_000, 4_000  # metres from side to side: narrower, one would not know where one is
DOTS = (4.5, 8)  # radius of a quarter on the sheet, wide and narrow (atlas.css)
MOST_COMMUNES = 40  # named around a quarter: the largest first
Link = Callable[[str, str], str]  # (level, code) → address


@dataclass
class PlaceMap:
    drawings: list[Drawing] = field(default_factory=list)  # one a part of the world: France has several
    legend: list[Key] = field(default_factory=list)
    has_dots: bool = False
    has_quarters: bool = False
    locator: str = ""  # SVG: where the sheet is


def linker(space: Space, choice: Choice, *, embedded: bool = False) -> Link:
    return lambda level, code: address(space, level, code, embedded=embedded) + choice.carried


def draw_map(
    space: Space,
    place: Place,
    qpvs: Sequence[Qpv],
    tallies: Sequence[Tally],
    choice: Choice,
    counts: Mapping[str, int],
    *,
    embedded: bool = False,
) -> PlaceMap:
    """`counts`: quarters of each département of a région."""
    link = linker(space, choice, embedded=embedded)
    made = {
        FRANCE: lambda: _france(link),
        Level.REGION: lambda: _region(place, qpvs, tallies, choice, counts, link),
        Level.DEPARTMENT: lambda: _department(place, qpvs, tallies, choice, link),
        Level.EPCI: lambda: _epci(place, qpvs, link),
        Level.QPV: lambda: _qpv(place, link),
        Level.COMMUNE: lambda: _commune(place, qpvs, link),
    }[place.level]()
    for drawing in made.drawings:
        if place.level != FRANCE:
            drawing.symbols = _symbols(place, choice.layers, drawing.frame)
    if made.drawings and place.level not in (FRANCE, Level.REGION):
        made.locator = _locator(place, made.drawings[0].frame)
    return made


def _locator(place: Place, frame: Frame) -> str:
    department = place.row.epci.department if place.level == Level.QPV else getattr(place.row, "department", place.row)
    codes = Department.objects.filter(region=department.region_id).values("pk")
    ground = Outline.objects.filter(level=Level.DEPARTMENT, detail=Detail.COUNTRY, code__in=codes, zone=frame.zone)
    return locator_of(frame, list(ground)) if ground else ""


def points(lonlats: Sequence[tuple[float, float]], zone: str) -> list[tuple[float, float]]:
    """Metres, y downwards."""
    # Here and not above: numpy is only held by a server that has drawn a map.
    import numpy as np

    from maillage.lib.projection import ZONES, project

    if not lonlats:
        return []
    metres = project(np.array(lonlats, dtype=float), next(each for each in ZONES if each.id == zone))
    return [(east, -north) for east, north in metres.tolist()]


def _outlines(level: str, codes: Collection[str], detail: str) -> dict[str, Outline]:
    rows = Outline.objects.filter(level=level, code__in=codes, detail=detail)
    return {row.code: row for row in rows}


def _france(link: Link) -> PlaceMap:
    counts = region_counts()
    regions = {region.code: region for region in Region.objects.order_by("name")}
    outlines = _outlines(Level.REGION, regions, Detail.COUNTRY)
    shades = [shade_of(counts.get(code, 0), COUNTRY_BOUNDS) for code in regions]
    made = PlaceMap(legend=keys_of(shades, "qpv", COUNTRY_BOUNDS))
    zones = sorted({outline.zone for outline in outlines.values()}, key=lambda zone: (zone != "metropole", zone))
    for zone in zones:
        of_zone = {code: outlines[code] for code in regions if code in outlines and outlines[code].zone == zone}
        frame = frame_of(map(box_of, of_zone.values()), zone)
        drawing = Drawing(frame, _("France") if zone == "metropole" else str(regions[next(iter(of_zone))]))
        drawing.shades = tuple(key.shade for key in made.legend)
        drawing.number = len(made.drawings)
        boards = boards_of(frame.height)
        for code, outline in of_zone.items():
            number = counts.get(code, 0)
            name = f"{regions[code]}, {qpv_words(number)}"
            drawing.areas.append(Area(name, link(Level.REGION, code), outline, shade_of(number, COUNTRY_BOUNDS)))
            x, y = frame.at(*centre_of(outline))
            drawing.labels += written([boards[0].write(x, y, (*cut_in_two(str(regions[code])), str(number)))])
            drawing.small_labels += written([boards[1].write(x, y, (str(number),))])
        made.drawings.append(drawing)
    return made


def _region(
    place: Place,
    qpvs: Sequence[Qpv],
    tallies: Sequence[Tally],
    choice: Choice,
    counts: Mapping[str, int],
    link: Link,
) -> PlaceMap:
    departments = list(Department.objects.filter(region=place.code).order_by("name"))
    ground = _outlines(Level.DEPARTMENT, [row.code for row in departments], Detail.REGION)
    if not ground:
        return PlaceMap()
    zone = next(iter(ground.values())).zone
    frame = frame_of([box_of(outline) for outline in ground.values() if outline.zone == zone], zone)
    drawing = Drawing(frame, place.name)
    for row in departments:
        if row.code in ground:
            name = f"{row.name} ({row.code}), {qpv_words(counts.get(row.code, 0))}"
            drawing.areas.append(Area(name, link(Level.DEPARTMENT, row.code), ground[row.code]))
    drawing.borders = list(ground.values())
    boards = boards_of(frame.height)
    _dot_quarters(drawing, qpvs, boards)
    _fill(drawing, tallies, choice, link, boards)
    for row in departments:
        if row.code in ground:
            drawing.labels += written([_name_inside(drawing, boards[0], ground[row.code], row.name)])
    return PlaceMap([drawing], legend_of(tallies, choice.view), has_dots=True)


def _name_inside(drawing: Drawing, board: Board, outline: Outline, name: str) -> Label | None:
    """A département, where neither a dot nor a shaded area is, if it has such a place."""
    frame = drawing.frame
    shaded = [_sides(frame, area.outline) for area in drawing.areas if area.shade is not None]

    def inside(x: float, y: float) -> bool:
        return holds(outline, x / frame.scale + frame.left, y / frame.scale + frame.top)

    centre = frame.at(*centre_of(outline))
    lines = cut_in_two(name)
    return board.write_inside(_sides(frame, outline), centre, lines, holds=inside, kind="department", avoid=shaded)


def _sides(frame: Frame, outline: Outline) -> tuple[float, float, float, float]:
    left, top, right, bottom = box_of(outline)
    return (*frame.at(left, top), *frame.at(right, bottom))


def _department(place: Place, qpvs: Sequence[Qpv], tallies: Sequence[Tally], choice: Choice, link: Link) -> PlaceMap:
    here = _outlines(Level.DEPARTMENT, [place.code], Detail.REGION).get(place.code)
    if here is None:
        return PlaceMap()
    frame = frame_of([box_of(here)], here.zone, margin=0.06)
    context = _seen(Level.DEPARTMENT, Detail.REGION, frame, [place.code])
    drawing = Drawing(frame, place.name, context=context, land=[here], borders=[here])
    boards = boards_of(frame.height)
    _dot_quarters(drawing, qpvs, boards)
    _fill(drawing, tallies, choice, link, boards)
    names = dict(Department.objects.filter(pk__in=[row.code for row in drawing.context]).values_list("pk", "name"))
    for outline in drawing.context:
        drawing.labels += written([_name_inside(drawing, boards[0], outline, names[outline.code])])
    return PlaceMap([drawing], legend_of(tallies, choice.view), has_dots=True)


def _fill(drawing: Drawing, tallies: Sequence[Tally], choice: Choice, link: Link, boards: tuple[Board, Board]) -> None:
    """The intercommunalités with a quarter, shaded by the view, the largest named first."""
    drawing.shades = tuple(key.shade for key in legend_of(tallies, choice.view))
    outlines = _outlines(Level.EPCI, [tally.epci.siren for tally in tallies], Detail.REGION)
    drawn = [tally for tally in tallies if tally.epci.siren in outlines]
    for tally in drawn:
        outline = outlines[tally.epci.siren]
        name = f"{tally.epci.name}, {tally_words(tally, choice.view)}"
        shade = shade_of_tally(tally, choice.view)
        drawing.areas.append(Area(name, link(Level.EPCI, tally.epci.siren), outline, shade))
    for tally in sorted(drawn, key=lambda tally: (-value_of(tally, choice.view), -len(tally.qpvs))):
        outline = outlines[tally.epci.siren]
        x, y = drawing.frame.at(*centre_of(outline))
        number = str(value_of(tally, choice.view)) if choice.view != "contrats" else ""
        number = "" if number == "0" else number
        lines = cut_in_two(short_name(tally.epci.name))
        words, kind = ((*lines, number), "n") if number else (lines, "")
        sides = _sides(drawing.frame, outline)
        drawing.labels += written([boards[0].write(x, y, words, kind=kind, within=sides)])
        if number:
            drawing.small_labels += written([boards[1].write(x, y, (number,), within=sides)])


def _dot_quarters(drawing: Drawing, qpvs: Sequence[Qpv], boards: tuple[Board, Board]) -> None:
    placed = [(qpv.lon, qpv.lat) for qpv in qpvs if qpv.lon is not None and qpv.lat is not None]
    drawing.dots = [Dot(x, y, "qpv") for x, y in points(placed, drawing.frame.zone)]
    for dot in drawing.dots:
        x, y = drawing.frame.at(dot.x, dot.y)
        for board, radius in zip(boards, DOTS, strict=True):
            board.dots.append((x - radius, y - radius, x + radius, y + radius))


def _epci(place: Place, qpvs: Sequence[Qpv], link: Link) -> PlaceMap:
    family = family_of(place.row)
    land = list(_outlines(Level.EPCI, family, Detail.NEAR).values())
    quarters = _outlines(Level.QPV, [qpv.code for qpv in qpvs], Detail.NEAR)
    if not land and not quarters:
        return _sketch(place, Commune.objects.filter(epci=place.code))
    zone = (land or list(quarters.values()))[0].zone
    boxes = [box_of(outline) for outline in (land or quarters.values())]
    whole = frame_of(boxes, zone, margin=0.04)
    frame = whole
    if quarters:
        near = frame_of(map(box_of, quarters.values()), zone, margin=0.3, least=LEAST_EPCI)
        frame = near if near.right - near.left < whole.right - whole.left else whole
    drawing = Drawing(frame, place.name, context=_near(Level.EPCI, frame, family), land=land)
    boards = boards_of(frame.height)
    communes = list(Commune.objects.filter(epci__in=family))
    _add_quarters(drawing, [qpv for qpv in qpvs if qpv.code in quarters], quarters, link, boards, communes)
    _name_communes(drawing, boards, communes)
    return PlaceMap([drawing], has_quarters=bool(quarters))


def _near(level: str, frame: Frame, without: Collection[str] = ()) -> list[Outline]:
    return _seen(level, Detail.NEAR, frame, without)


def _seen(level: str, detail: Detail, frame: Frame, without: Collection[str] = ()) -> list[Outline]:
    """What of a level is on the sheet, in part at least."""
    unit = UNITS[detail]
    left, top, right, bottom = (round(side / unit) for side in (frame.left, frame.top, frame.right, frame.bottom))
    rows = Outline.objects.filter(level=level, detail=detail, zone=frame.zone).exclude(code__in=without)
    return list(rows.filter(left__lt=right, right__gt=left, top__lt=bottom, bottom__gt=top))


def _add_quarters(
    drawing: Drawing,
    qpvs: Sequence[Qpv],
    outlines: dict[str, Outline],
    link: Link,
    boards: tuple[Board, Board],
    communes: Sequence[Commune] = (),
) -> None:
    frame = drawing.frame
    for qpv in sorted(qpvs, key=lambda qpv: qpv.lon or 0):  # west to east, as the eye goes
        drawing.areas.append(Area(qpv.name, link(Level.QPV, qpv.code), outlines[qpv.code], kind="quarter"))
        for board in boards:
            board.taken.append(_sides(frame, outlines[qpv.code]))
    _name_town(drawing, boards, communes)
    for qpv in sorted(qpvs, key=lambda qpv: -(qpv.population or 0)):
        left, top, right, bottom = box_of(outlines[qpv.code])
        (x, y), (x2, y2) = frame.at((left + right) / 2, (top + bottom) / 2), frame.at(right, bottom)
        beside = x2 - x, y2 - y
        for board, labels in zip(boards, (drawing.labels, drawing.small_labels), strict=True):
            label = board.write_beside(x, y, cut_in_two(qpv.name), kind="quarter-name", beside=beside)
            labels += written([label])


def _name_communes(drawing: Drawing, boards: tuple[Board, Board], rows: Iterable[Commune], *, gap: float = 0) -> None:
    """The largest first, with a dot; those off the sheet, or without room, are not named."""
    frame = drawing.frame
    located = [row for row in rows if row.lon is not None and row.lat is not None]
    located.sort(key=lambda row: -(row.population or 0))
    places = points([(row.lon or 0, row.lat or 0) for row in located], frame.zone)
    inside = [(row, x, y) for row, (x, y) in zip(located, places, strict=True) if frame.holds(x, y)]
    for row, x, y in inside[:MOST_COMMUNES]:
        at = frame.at(x, y)
        label = boards[0].write_beside(*at, (row.name,), kind="commune", beside=(5 + gap, 5 + gap))
        small = boards[1].write_beside(*at, (row.name,), kind="commune", beside=(8 + gap, 8 + gap))
        drawing.labels += written([label])
        drawing.small_labels += written([small])
        if label or small:
            on = "" if label and small else "wide" if label else "narrow"
            drawing.dots.append(Dot(x, y, "commune", on))


def _name_town(drawing: Drawing, boards: tuple[Board, Board], rows: Iterable[Commune]) -> None:
    """The largest commune, before anything else is written: by it one knows where one is."""
    located = [row for row in rows if row.lon is not None and row.lat is not None]
    if not located:
        return
    town = max(located, key=lambda row: row.population or 0)
    ((x, y),) = points([(town.lon or 0, town.lat or 0)], drawing.frame.zone)
    if drawing.frame.holds(x, y):
        at = drawing.frame.at(x, y)
        drawing.labels += written([boards[0].write(*at, (town.name.upper(),), kind="town")])
        drawing.small_labels += written([boards[1].write(*at, (town.name.upper(),), kind="town")])


def _qpv(place: Place, link: Link) -> PlaceMap:
    qpv: Qpv = place.row
    outlines = _outlines(Level.QPV, [qpv.code], Detail.NEAR)
    if qpv.code not in outlines:
        return _sketch(place, qpv.communes.all())
    here = outlines[qpv.code]
    frame = frame_of([box_of(here)], here.zone, margin=0.6, least=LEAST_QPV)
    around = _near(Level.QPV, frame, [qpv.code])
    ground = _near(Level.EPCI, frame)
    drawing = Drawing(frame, place.name, context=[row for row in ground if row.code != qpv.epci_id])
    drawing.land = [row for row in ground if row.code == qpv.epci_id]
    boards = boards_of(frame.height)
    for board in boards:
        board.taken.append(_sides(frame, here))
    rows = Qpv.objects.filter(code__in=[row.code for row in around], vintage=qpv.vintage)
    _add_quarters(drawing, list(rows), {row.code: row for row in around}, link, boards)
    drawing.here = [here]
    communes = any_of(Commune.objects.all(), [Q(epci=qpv.epci_id), Q(qpvs=qpv.code)])
    _name_communes(drawing, boards, communes)
    return PlaceMap([drawing], has_quarters=True)


def _commune(place: Place, qpvs: Sequence[Qpv], link: Link) -> PlaceMap:
    commune: Commune = place.row
    quarters = _outlines(Level.QPV, [qpv.code for qpv in qpvs], Detail.NEAR)
    if not quarters:
        return _sketch(place, Commune.objects.filter(pk=commune.pk))
    zone = next(iter(quarters.values())).zone
    frame = frame_of(map(box_of, quarters.values()), zone, margin=0.3, least=LEAST_EPCI)
    ground = _near(Level.EPCI, frame)
    drawing = Drawing(frame, place.name, context=[row for row in ground if row.code != commune.epci_id])
    drawing.land = [row for row in ground if row.code == commune.epci_id]
    boards = boards_of(frame.height)
    _add_quarters(drawing, [qpv for qpv in qpvs if qpv.code in quarters], quarters, link, boards)
    _name_communes(drawing, boards, Commune.objects.filter(Q(pk=commune.pk) | Q(epci=commune.epci_id)).distinct())
    return PlaceMap([drawing], has_quarters=True)


def _sketch(place: Place, communes: Iterable[Commune]) -> PlaceMap:
    """A place without an outline: its communes as dots, in its département."""
    located = [row for row in communes if row.lon is not None and row.lat is not None]
    department = place.row.epci.department_id if place.level == Level.QPV else place.row.department_id
    outlines = _outlines(Level.DEPARTMENT, [department], Detail.REGION)
    if not located or not outlines:
        return PlaceMap()
    ground = outlines[department]
    frame = frame_of([box_of(ground)], ground.zone, margin=0.06)
    drawing = Drawing(frame, place.name, land=[ground], borders=[ground])
    boards = boards_of(frame.height)
    _name_communes(drawing, boards, located, gap=12 if len(located) == 1 else 0)
    if len(located) == 1:
        drawing.spot = points([(located[0].lon or 0, located[0].lat or 0)], ground.zone)[0]
    return PlaceMap([drawing])


def landmarks_in(place: Place) -> list[Landmark]:
    """France services, cités éducatives, cités de l’emploi of a place, by name."""
    rows = Landmark.objects.order_by("kind", "name").prefetch_related("communes")
    if place.level == Level.REGION:
        return list(rows.filter(communes__department__region=place.code).distinct())
    if place.level == Level.DEPARTMENT:
        return list(rows.filter(communes__department=place.code).distinct())
    if place.level == Level.EPCI:
        family = family_of(place.row)
        return list(any_of(rows, [Q(epci__in=family), Q(communes__epci__in=family)]))
    if place.level == Level.QPV:
        return list(any_of(rows, [Q(qpv=place.code), Q(communes__qpvs=place.code)]))
    return list(rows.filter(communes=place.code).distinct()) if place.level == Level.COMMUNE else []


def _symbols(place: Place, layers: Sequence[str], frame: Frame) -> dict[str, list[Dot]]:
    if not layers:
        return {}
    kinds = {str(LAYERS[layer]): layer for layer in layers}
    found: dict[str, list[Dot]] = {layer: [] for layer in layers}
    rows = [row for row in landmarks_in(place) if row.kind in kinds]
    located = []
    for row in rows:
        lonlats = [(row.lon, row.lat)] if row.lon is not None else [(one.lon, one.lat) for one in row.communes.all()]
        known = [(lon, lat) for lon, lat in lonlats if lon is not None and lat is not None]
        if known:  # of a cité, the middle of its communes
            middle = sum(lon for lon, _lat in known) / len(known), sum(lat for _lon, lat in known) / len(known)
            located.append((kinds[row.kind], middle))
    for (layer, _lonlat), (x, y) in zip(
        located, points([lonlat for _layer, lonlat in located], frame.zone), strict=True
    ):
        if frame.holds(x, y):
            found[layer].append(Dot(x, y, layer))
    return found

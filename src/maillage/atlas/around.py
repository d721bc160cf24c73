"""What is down from a place, what is near it, and what happened there."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import F, Q, QuerySet
from django.urls import reverse

from maillage.atlas.contracts import SIGNED, Status, current_by_epci, statuses_by_epci
from maillage.atlas.places import FRANCE, Place, place_of
from maillage.atlas.tallies import family_of, presented
from maillage.atlas.ways import any_of
from maillage.contracts.queries import FURTHEST
from maillage.gatherings.models import Gathering, Workshop
from maillage.gatherings.words import date_words, place_words
from maillage.memory.experience_queries import published_experiences
from maillage.memory.models import Experience
from maillage.people.models import Space
from maillage.territories.enums import Detail, Level
from maillage.territories.models import Commune, Department, Epci, Outline, Qpv
from maillage.territories.queries import VINTAGE

NEAR = 6
# Columns that a line says: rows are wide, and a base sorts them whole.
OF_GATHERINGS = ("title", "subtitle", "slug", "date", "venue", "commune", "epci", "commune__name", "epci__name")
OF_EXPERIENCES = ("title", "year", "commune", "epci", "qpv", "commune__name", "epci__name", "qpv__name")
OF_WORKSHOPS = (
    "title",
    "territory",
    "position",
    "slot__gathering__slug",
    "slot__gathering__title",
    "slot__gathering__date",
)
DEGREES = 0.35  # of latitude, some 40 km: further is not near


@dataclass(frozen=True)
class Event:
    title: str
    href: str
    words: str


def gatherings_in(space: Space, place: Place) -> QuerySet[Gathering]:
    rows = Gathering.objects.filter(space=space, public=True).select_related("commune", "epci")
    rows = rows.order_by(F("date").desc(nulls_last=True), "title")
    if place.level == FRANCE:
        return rows
    if place.level == Level.QPV:
        return rows.filter(pk__in=Workshop.objects.filter(qpv=place.code).values("slot__gathering"))
    if place.level == Level.COMMUNE:
        return rows.filter(commune=place.code)
    return any_of(rows, about(place, quarters=False))


def presented_in(space: Space, place: Place) -> QuerySet[Workshop]:
    rows = presented(space).select_related("slot__gathering").order_by("slot__gathering__date", "position")
    return any_of(rows, about(place))


def published_in(space: Space, place: Place) -> QuerySet[Experience]:
    return any_of(published_experiences(space), about(place))


def about(place: Place, *, quarters: bool = True) -> list[Q]:
    """Of what speaks of a commune, an intercommunalité or a quarter: the ways to speak of this place, or of a part.

    `quarters`: whether it may speak of one; empty for the whole country.
    """
    code = place.code
    family = family_of(place.row) if place.level == Level.EPCI else []
    by_place: dict[str, list[Q]] = {
        FRANCE: [],
        Level.REGION: [Q(commune__department__region=code), Q(epci__department__region=code)],
        Level.DEPARTMENT: [Q(commune__department=code), Q(epci__department=code)],
        Level.EPCI: [Q(commune__epci__in=family), Q(epci__in=family)],
        Level.QPV: [],
        Level.COMMUNE: [Q(commune=code)],
    }
    ways = by_place[place.level]
    by_quarter: dict[str, Q] = {
        Level.REGION: Q(qpv__epci__department__region=code),
        Level.DEPARTMENT: Q(qpv__communes__department=code),
        Level.EPCI: Q(qpv__epci__in=family),
        Level.QPV: Q(qpv=code),
        Level.COMMUNE: Q(qpv__communes=code),
    }
    return [*ways, by_quarter[place.level]] if quarters and place.level in by_quarter else ways


def gathering_event(space: Space, row: Gathering) -> Event:
    return Event(
        row.subtitle or row.title,
        reverse("gatherings:public", args=[space.slug, row.slug]),
        ", ".join(filter(None, (date_words(row), place_words(row)))),
    )


def written_event(space: Space, row: Experience) -> Event:
    return Event(
        row.title,
        reverse("memory:public-experience", args=[space.slug, row.pk]),
        ", ".join(str(part) for part in (row.qpv or row.commune or row.epci, row.year) if part),
    )


def presented_event(space: Space, row: Workshop) -> Event:
    day = row.slot.gathering
    return Event(
        row.title,
        reverse("gatherings:public", args=[space.slug, day.slug]),
        ", ".join(filter(None, (row.territory, day.title, date_words(day)))),
    )


def contract_lines(space: Space, place: Place) -> list[Status]:
    """Of an EPCI and of those that merged into it; of a QPV or a commune, those of its EPCI. One of now, always."""
    own = [place.row.epci_id] if place.level != Level.EPCI and place.row.epci_id else []
    epcis = family_of(place.row) if place.level == Level.EPCI else own
    if not epcis:
        return []
    by_epci = statuses_by_epci(space, epcis)
    known = [status for siren in epcis for status in by_epci.get(siren, [])]
    earlier = sorted((status for status in known if not status.now), key=lambda status: -status.first_year)
    signed = [status for status in known if status.now and status.state == SIGNED]
    said = current_by_epci(space, epcis).values()
    return [*(signed or [min(said, key=lambda status: FURTHEST.index(status.state))]), *earlier]


def down_from(place: Place, qpvs: Sequence[Qpv]) -> list[Place]:
    """Départements of a région, communes of a QPV. Intercommunalités and QPV are in the table."""
    if place.level == Level.REGION:
        return [
            place_of(Level.DEPARTMENT, row) for row in Department.objects.filter(region=place.code).order_by("name")
        ]
    if place.level == Level.QPV:
        return [place_of(Level.COMMUNE, row) for row in place.row.communes.order_by("name")]
    if place.level == Level.EPCI:
        codes = [qpv.code for qpv in qpvs]
        rows = Commune.objects.filter(qpvs__in=codes).distinct().order_by("name")
        return [place_of(Level.COMMUNE, row) for row in rows]
    return []


def near_to(place: Place, qpvs: Sequence[Qpv]) -> list[Place]:
    if place.level == Level.DEPARTMENT:
        return _near_departments(place)
    if place.level == Level.EPCI:
        return _near_epcis(place, qpvs)
    if place.level == Level.QPV:
        return [place_of(Level.QPV, row) for row in _near(Qpv.objects.filter(vintage=place.row.vintage), place)]
    if place.level == Level.COMMUNE:
        return [place_of(Level.COMMUNE, row) for row in _near(Commune.objects.all(), place, degrees=0.1)]
    return []


def _near(rows: QuerySet[Any], place: Place, degrees: float = DEGREES) -> list[Any]:
    """As the crow flies; a degree of longitude is two thirds of one of latitude here."""
    lon, lat = place.row.lon, place.row.lat
    if lon is None or lat is None:
        return []
    around = rows.filter(
        lon__range=(lon - degrees * 1.5, lon + degrees * 1.5), lat__range=(lat - degrees, lat + degrees)
    ).exclude(pk=place.code)
    return sorted(around, key=lambda row: ((row.lon - lon) * 0.66) ** 2 + (row.lat - lat) ** 2)[:NEAR]


def _near_epcis(place: Place, qpvs: Sequence[Qpv]) -> list[Place]:
    """Those whose quarters are nearest to its own."""
    placed = [(qpv.lon, qpv.lat) for qpv in qpvs if qpv.lon is not None and qpv.lat is not None]
    if not placed:
        return []
    lon, lat = (sum(side) / len(placed) for side in zip(*placed, strict=True))
    own = {qpv.epci_id for qpv in qpvs}
    around = (
        Qpv.objects.filter(vintage=VINTAGE, lon__range=(lon - 2, lon + 2), lat__range=(lat - 1.2, lat + 1.2))
        .exclude(epci__in=own)
        .values_list("epci", "lon", "lat")
    )
    nearest: dict[str, float] = {}
    for siren, east, north in around:
        far = ((east - lon) * 0.66) ** 2 + (north - lat) ** 2
        nearest[siren] = min(far, nearest.get(siren, far))
    codes = sorted(nearest, key=nearest.__getitem__)[:NEAR]
    rows = Epci.objects.in_bulk(codes)
    return [place_of(Level.EPCI, rows[code]) for code in codes]


def _near_departments(place: Place) -> list[Place]:
    """Those whose sides touch its own."""
    outlines = Outline.objects.filter(level=Level.DEPARTMENT, detail=Detail.COUNTRY)
    here = outlines.filter(code=place.code).defer("path").first()
    if here is None:
        return []
    touching = outlines.filter(
        zone=here.zone, left__lte=here.right, right__gte=here.left, top__lte=here.bottom, bottom__gte=here.top
    ).exclude(code=place.code)
    rows = Department.objects.filter(pk__in=touching.values("code")).order_by("name")
    return [place_of(Level.DEPARTMENT, row) for row in rows]

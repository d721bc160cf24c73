"""What is counted of each place: quarters, people, contracts, gatherings. As many queries, however many rows."""

from collections import Counter
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

from django.db.models import Count, QuerySet

from maillage.atlas.contracts import PERIOD, UNKNOWN, Status
from maillage.atlas.places import FRANCE, Place
from maillage.gatherings.models import Gathering, Workshop
from maillage.memory.models import Experience
from maillage.people.models import Space
from maillage.territories.enums import Level
from maillage.territories.models import Epci, Qpv
from maillage.territories.queries import VINTAGE

NOT_KNOWN = Status(UNKNOWN, *PERIOD)
HOMES = Qpv.communes.through.objects.order_by()  # a quarter and a commune that it lies in


@dataclass(frozen=True)
class Tally:
    """Of an intercommunalité, within the place whose page it is."""

    epci: Epci
    qpvs: tuple[Qpv, ...]
    status: Status = NOT_KNOWN
    gatherings: int = 0
    experiences: int = 0

    @property
    def people(self) -> int | None:
        """None when no figure is known; a sum of those known otherwise (`unknown_people` says how many are missing)."""
        known = [qpv.population for qpv in self.qpvs if qpv.population is not None]
        return sum(known) if known else None

    @property
    def unknown_people(self) -> int:
        return sum(1 for qpv in self.qpvs if qpv.population is None)


def qpvs_in(place: Place) -> QuerySet[Qpv]:
    """The quarters in force of a place, by name. One that spans two départements is in each."""
    rows = Qpv.objects.filter(vintage=VINTAGE).select_related("epci__department").order_by("name", "code")
    if place.level == FRANCE:
        return rows
    # By their keys, never « distinct » over joins: PostgreSQL, before it has counted its rows, took minutes over that.
    if place.level == Level.REGION:
        return rows.filter(pk__in=HOMES.filter(commune__department__region=place.code).values("qpv"))
    if place.level == Level.DEPARTMENT:
        return rows.filter(pk__in=HOMES.filter(commune__department=place.code).values("qpv"))
    if place.level == Level.EPCI:
        return rows.filter(epci__in=family_of(place.row))
    return rows.filter(communes=place.code)


def family_of(epci: Epci) -> list[str]:
    """Itself and those that merged into it: what was said of them stays said of them."""
    return [epci.siren, *(each.pk for each in epci.predecessors.all())]


def tallies_of(
    qpvs: Sequence[Qpv], statuses: Mapping[str, Status], gatherings: Mapping[str, int], experiences: Mapping[str, int]
) -> list[Tally]:
    """One for each intercommunalité of these quarters, by name."""
    by_epci: dict[str, list[Qpv]] = {}
    epcis: dict[str, Epci] = {}
    for qpv in qpvs:
        by_epci.setdefault(qpv.epci_id, []).append(qpv)
        epcis[qpv.epci_id] = qpv.epci
    return [
        Tally(epci, tuple(by_epci[siren]), statuses[siren], gatherings.get(siren, 0), experiences.get(siren, 0))
        for siren, epci in sorted(epcis.items(), key=lambda pair: pair[1].name)
    ]


def department_counts(region: Place) -> dict[str, int]:
    """Quarters of each département of a region."""
    rows = Qpv.objects.filter(vintage=VINTAGE, communes__department__region=region.code)
    counted = rows.values_list("communes__department").annotate(number=Count("pk", distinct=True))
    return dict(counted.order_by("communes__department"))


def region_counts() -> dict[str, int]:
    rows = Qpv.objects.filter(vintage=VINTAGE).values_list("communes__department__region")
    return dict(rows.annotate(number=Count("pk", distinct=True)).order_by("communes__department__region"))


def gatherings_by_epci(space: Space, epcis: Collection[str]) -> Counter[str]:
    """Public gatherings that took place, or will, in a commune of it or were prepared with it."""
    rows = Gathering.objects.filter(space=space, public=True)
    return _counted([rows], ("epci", "commune__epci"), epcis)


def experiences_by_epci(space: Space, epcis: Collection[str]) -> Counter[str]:
    """Experiences of it that are published, and those a public gathering presented and nobody has written yet."""
    written = Experience.objects.filter(space=space, published__isnull=False)
    return _counted([written, presented(space)], ("epci", "commune__epci", "qpv__epci"), epcis)


def presented(space: Space) -> QuerySet[Workshop]:
    """Workshops about a territory, of public gatherings, whose experience is not published."""
    return (
        Workshop.objects.filter(
            slot__gathering__space=space, slot__gathering__public=True, slot__gathering__trial=False
        )
        .exclude(epci=None, commune=None, qpv=None)
        .exclude(experiences__published__isnull=False)
    )


def _counted(kinds: Iterable[QuerySet[Any]], ways: Iterable[str], epcis: Collection[str]) -> Counter[str]:
    """Each way by its index, then each thing once for an intercommunalité, however many ways lead there."""
    counter: Counter[str] = Counter()
    for rows in kinds:
        found = [rows.order_by().filter(**{f"{way}__in": epcis}).values_list("pk", way) for way in ways]
        counter.update(siren for _pk, siren in set(chain.from_iterable(found)))
    return counter

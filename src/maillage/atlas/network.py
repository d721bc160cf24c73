"""Who really works with whom: organisations that were present together, of one space. Never a person.

A link is a set of occasions: a table, a workshop, a gathering where somebody of each was present (attendance marked,
published plan), or an experience that both presented. What anybody may read is less than what organisers read:
docs/decisions/0015-network-floor.md.
"""

from collections import Counter, defaultdict
from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING
from uuid import UUID

from django.db.models import QuerySet
from django.utils.functional import cached_property

from maillage.gatherings.models import Speaker
from maillage.people.models import Organisation, OrganisationMerge, Space
from maillage.plans.enums import PlanStatus
from maillage.plans.models import Placement
from maillage.registrations.enums import Presence
from maillage.registrations.models import Registration

if TYPE_CHECKING:
    from maillage.atlas.pairs import Pairs

TABLE, WORKSHOP, GATHERING, EXPERIENCE = "table", "atelier", "rencontre", "experience"
LARGEST_TABLE = 12  # people: a workshop without tables is one table up to this, a room of listeners beyond
LEAST_TIMES = 2  # occasions a public link is made of
MOST_ASKED = 900  # people of one organisation that are looked for: two that came are enough
LEAST_PEOPLE = 2  # who came for an organisation, over all public gatherings, before its presence is public

Occasion = tuple[str, ...]  # what names it: a table of a workshop, a gathering…


@dataclass(frozen=True)
class Coming:
    """Somebody of an organisation was there."""

    organisation: UUID
    person: UUID
    gathering: UUID
    year: int | None


@dataclass(frozen=True)
class Link:
    one: Organisation
    other: Organisation
    times: int
    years: tuple[int, ...]  # those known


@dataclass
class Network:
    space: Space
    public: bool
    basis: str = TABLE

    @cached_property
    def organisations(self) -> dict[UUID, Organisation]:
        """Those that may be named on this page."""
        rows = self.space.organisations.select_related("commune__epci", "epci")
        if self.public:
            allowed = public_participants(self.space, self.comings) if self.basis != EXPERIENCE else None
            rows = rows.filter(listed=True)
            return {row.pk: row for row in rows if allowed is None or row.pk in allowed}
        return {row.pk: row for row in rows}

    @cached_property
    def comings(self) -> dict[UUID, Coming]:
        """By registration."""
        return comings_of(self.space, public=self.public)

    @cached_property
    def links(self) -> list[Link]:
        """Most shared first, then by name."""
        rows = list(self.ordered.values())
        found = [
            Link(rows[one], rows[other], times, years) for (one, other), (times, years) in self.shared.said().items()
        ]
        return sorted(found, key=lambda link: (-link.times, link.one.folded_name, link.other.folded_name))

    @cached_property
    def ordered(self) -> dict[UUID, Organisation]:
        """Those that may be named, by name: their rank is their number in `shared`."""
        rows = sorted(self.organisations.values(), key=lambda row: (row.folded_name, row.pk))
        return {row.pk: row for row in rows}

    @cached_property
    def shared(self) -> "Pairs":
        from maillage.atlas.pairs import pairs_of  # numpy: a server that has counted no network does without

        if self.basis == EXPERIENCE:
            together = _of_experiences(self.space)
        elif self.basis == GATHERING:
            together = self._at_gatherings()
        else:
            together = self._seated(by_table=self.basis == TABLE)
        numbers = {pk: number for number, pk in enumerate(self.ordered)}
        occasions = ((year, [numbers[pk] for pk in members if pk in numbers]) for _occasion, year, members in together)
        return pairs_of(occasions, len(numbers), least=LEAST_TIMES if self.public else 1)

    @cached_property
    def actors(self) -> list[Organisation]:
        """Those that are linked, by name."""
        linked = {row.pk: row for link in self.links for row in (link.one, link.other)}
        return sorted(linked.values(), key=lambda row: (row.folded_name, row.pk))

    @cached_property
    def neighbours(self) -> dict[UUID, set[UUID]]:
        found: dict[UUID, set[UUID]] = defaultdict(set)
        for link in self.links:
            found[link.one.pk].add(link.other.pk)
            found[link.other.pk].add(link.one.pk)
        return found

    @cached_property
    def times(self) -> dict[UUID, int]:
        """Of an organisation: occasions shared, each of its partners counted."""
        found: dict[UUID, int] = defaultdict(int)
        for link in self.links:
            found[link.one.pk] += link.times
            found[link.other.pk] += link.times
        return found

    def _seated(self, *, by_table: bool) -> Iterator[tuple[Occasion, int | None, set[UUID]]]:
        """A workshop without tables is one table when it is small: all sat together."""
        places = Placement.objects.filter(
            plan__status=PlanStatus.PUBLISHED, plan__gathering__space=self.space, plan__gathering__trial=False
        )
        groups: dict[Occasion, set[UUID]] = defaultdict(set)
        years: dict[Occasion, int | None] = {}
        people: Counter[Occasion] = Counter()
        for registration, workshop, table in places.values_list("registration", "workshop", "table").order_by():
            coming = self.comings.get(registration)
            if coming is not None:
                key = (str(workshop), str(table or "")) if by_table else (str(workshop),)
                groups[key].add(coming.organisation)
                years[key] = coming.year
                people[key] += 1
        return (
            (key, years[key], members)
            for key, members in groups.items()
            if not by_table or key[1] or people[key] <= LARGEST_TABLE
        )

    def _at_gatherings(self) -> Iterator[tuple[Occasion, int | None, set[UUID]]]:
        groups: dict[UUID, set[UUID]] = defaultdict(set)
        years: dict[UUID, int | None] = {}
        for coming in self.comings.values():
            groups[coming.gathering].add(coming.organisation)
            years[coming.gathering] = coming.year
        return (((str(key),), years[key], members) for key, members in groups.items())


def comings_of(space: Space, *, public: bool) -> dict[UUID, Coming]:
    """Attendance that was marked, of gatherings that took place; `public`: of those whose page is public only."""
    rows = Registration.objects.filter(
        gathering__space=space, gathering__trial=False, presence=Presence.PRESENT, person__organisation__isnull=False
    )
    if public:
        rows = rows.filter(gathering__public=True)
    said = rows.values_list("pk", "person__organisation", "person", "gathering", "gathering__date").order_by()
    return {
        pk: Coming(organisation, person, gathering, day.year if day else None)
        for pk, organisation, person, gathering, day in said
    }


def public_participants(space: Space, comings: dict[UUID, Coming] | None = None) -> set[UUID]:
    """Organisations for which several people came: saying « it was there » then points at nobody."""
    comings = comings if comings is not None else comings_of(space, public=True)
    people: dict[UUID, set[UUID]] = defaultdict(set)
    for coming in comings.values():
        people[coming.organisation].add(coming.person)
    return {pk for pk, who in people.items() if len(who) >= LEAST_PEOPLE}


def came_in_number(organisation: Organisation) -> bool:
    """Several of its people came, over all public gatherings: what `public_participants` says, of one."""
    people = list(
        organisation.people.order_by().values_list("pk", flat=True)[:MOST_ASKED]
    )  # else a base begins by the days
    rows = Registration.objects.filter(
        person__in=people,
        presence=Presence.PRESENT,
        gathering__space=organisation.space_id,
        gathering__public=True,
        gathering__trial=False,
    )
    return rows.order_by().values("person").distinct()[:LEAST_PEOPLE].count() >= LEAST_PEOPLE


def presented_by(organisation: Organisation) -> QuerySet[Speaker]:
    """Who the public programme names as speaking for it, by its name or one that was merged into it."""
    merged = OrganisationMerge.objects.filter(kept=organisation, undone_at=None)
    names = [organisation.folded_name, *merged.values_list("gone_folded_name", flat=True)]
    return Speaker.objects.filter(
        folded_organisation__in=names, slot__gathering__public=True, slot__gathering__trial=False
    )


def presenters(space: Space) -> dict[UUID, set[UUID]]:
    """Experience → organisations of the space that the public programme names as presenting it."""
    rows = Speaker.objects.filter(
        workshop__experiences__space=space,
        workshop__experiences__published__isnull=False,
        slot__gathering__public=True,
        slot__gathering__trial=False,
    ).exclude(folded_organisation="")
    said = list(rows.values_list("workshop__experiences", "folded_organisation").order_by())
    named = organisations_of_names(space)
    found: dict[UUID, set[UUID]] = defaultdict(set)
    for experience, name in said:
        if (organisation := named.get(name)) is not None:
            found[experience].add(organisation)
    return found


def _of_experiences(space: Space) -> Iterator[tuple[Occasion, int | None, set[UUID]]]:
    years = dict(space.experiences.filter(published__isnull=False).values_list("pk", "year"))
    return (((str(pk),), years.get(pk), members) for pk, members in presenters(space).items())


def organisations_of_names(space: Space) -> dict[str, UUID]:
    """Folded name → organisation; a name that was merged leads to the one kept."""
    merged = OrganisationMerge.objects.filter(space=space, undone_at=None)
    found = dict(merged.values_list("gone_folded_name", "kept"))
    found.update(space.organisations.values_list("folded_name", "pk"))
    return found

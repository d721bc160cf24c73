"""Who met whom at a table of an earlier gathering, where both agreed that it is remembered."""

from collections import Counter
from collections.abc import Iterable
from itertools import combinations
from uuid import UUID

from django.utils import timezone

import seating
from maillage.gatherings.models import Gathering
from maillage.plans.enums import PlanStatus
from maillage.plans.models import Placement
from maillage.registrations.enums import Presence, RegistrationStatus
from maillage.registrations.models import Registration
from maillage.registrations.opening import today_at

MOST = 100  # what seating weighs an encounter at, at most


def earlier_encounters(gathering: Gathering, registrations: Iterable[Registration]) -> tuple[seating.Encounter, ...]:
    """One for each pair of people of this gathering, weighed by how many tables they shared before.

    The agreement is the one given at the gathering where they met: « que l’on se souvienne de qui j’ai rencontré à ma
    table ». It reads as it stands now, so that taking it back is enough.
    """
    here = {registration.person_id: str(registration.pk) for registration in registrations}
    before = gathering.date or today_at(gathering, timezone.now())
    places = (
        Placement.objects.filter(
            plan__status=PlanStatus.PUBLISHED,
            plan__gathering__space=gathering.space_id,
            plan__gathering__date__lt=before,
            table__isnull=False,
            registration__remember_encounters=True,
            registration__status=RegistrationStatus.REGISTERED,
        )
        .exclude(plan__gathering=gathering)
        .exclude(registration__presence=Presence.ABSENT)
        .values_list("workshop", "table", "registration__person")
    )
    tables: dict[tuple[UUID, int | None], list[str]] = {}
    for workshop, table, person in places:
        if person in here:
            tables.setdefault((workshop, table), []).append(here[person])
    met = Counter(pair for people in tables.values() for pair in combinations(sorted(people), 2))
    return tuple(seating.Encounter(a, b, min(times, MOST)) for (a, b), times in sorted(met.items()))

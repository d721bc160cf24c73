"""Reads of plans that other nouns need."""

from dataclasses import dataclass
from uuid import UUID

from django.db.models import Prefetch, QuerySet

from maillage.gatherings.models import Gathering, Workshop
from maillage.gatherings.queries import has_workshops
from maillage.plans.enums import PlanStatus
from maillage.plans.models import Placement, Plan
from maillage.registrations.enums import Presence, RegistrationStatus
from maillage.registrations.models import Registration


@dataclass(frozen=True)
class TableSeats:
    """Who is expected at one table. `number` None: the workshop is one group."""

    number: int | None
    registrations: tuple[Registration, ...]
    porteur: Registration | None


def placements() -> QuerySet[Placement]:
    """With everything a page shows of a place: no query per person."""
    return Placement.objects.select_related(
        "slot", "workshop__room", "registration__person__organisation", "registration__person__commune__epci"
    ).order_by(
        "slot__position",
        "workshop__position",
        "table",
        "registration__person__last_name",
        "registration__person__first_name",
        "pk",
    )


def lacking_first(gathering: Gathering) -> str:
    """What must be there before anybody can be given a place: "workshops", "people", or ""."""
    if not has_workshops(gathering):
        return "workshops"
    return "" if gathering.registrations.filter(status=RegistrationStatus.REGISTERED).exists() else "people"


def latest_plan(gathering: Gathering) -> Plan | None:
    """The plan the organiser works on: the newest that nothing replaced."""
    return (
        gathering.plans.exclude(status=PlanStatus.REPLACED)
        .select_related("gathering__space")
        .prefetch_related(Prefetch("placements", placements()))
        .first()
    )


def organisations_coming(gathering: Gathering) -> set[UUID]:
    """Keys of the organisations of those who come."""
    rows = gathering.registrations.filter(status=RegistrationStatus.REGISTERED, person__organisation__isnull=False)
    return {organisation for (organisation,) in rows.values_list("person__organisation").distinct()}


def published_plan(gathering: Gathering) -> Plan | None:
    """The plan that people see."""
    return gathering.plans.filter(status=PlanStatus.PUBLISHED).select_related("gathering__space").first()


def has_published_plan(gathering: Gathering) -> bool:
    return gathering.plans.filter(status=PlanStatus.PUBLISHED).exists()


def own_placements(registration: Registration) -> list[Placement]:
    """One person's places in the published plan, in the day's order."""
    found = placements().filter(
        registration=registration, plan__status=PlanStatus.PUBLISHED, plan__gathering=registration.gathering_id
    )
    return list(found.prefetch_related("workshop__facilitators"))


def seats_for_session(workshop: Workshop) -> list[TableSeats]:
    """Tables of the published plan with who is expected there, absent and cancelled people left out."""
    found = (
        placements()
        .filter(workshop=workshop, plan__status=PlanStatus.PUBLISHED)
        .filter(registration__status=RegistrationStatus.REGISTERED)
        .exclude(registration__presence=Presence.ABSENT)
    )
    tables: dict[int | None, list[Placement]] = {}
    for placement in found:
        tables.setdefault(placement.table, []).append(placement)
    return [
        TableSeats(
            number,
            tuple(placement.registration for placement in seated),
            next((placement.registration for placement in seated if placement.porteur), None),
        )
        for number, seated in sorted(tables.items(), key=lambda item: item[0] or 0)
    ]

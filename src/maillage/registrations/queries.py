"""Reads that several places need."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Count, Prefetch, Q, QuerySet

from maillage.gatherings.enums import SlotKind
from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.lib.spreadsheets import Table, read_table
from maillage.people.enums import ActorCategory
from maillage.registrations.doubles import Reading, read_registrations
from maillage.registrations.enums import Presence, RegistrationStatus
from maillage.registrations.models import Registration, RegistrationImport, Wish
from maillage.registrations.offer import Offer, OfferedSlot, OfferedWorkshop
from maillage.registrations.places import Communes
from maillage.registrations.reading import Known, Record


def workshop_slots(gathering: Gathering) -> list[Slot]:
    """The moments of workshops, in the day's order, with their workshops."""
    workshops = Workshop.objects.select_related("room").order_by("position")
    slots = gathering.slots.filter(kind=SlotKind.WORKSHOPS).prefetch_related(Prefetch("workshops", workshops))
    return [slot for slot in slots if slot.workshops.all()]


def offer_of(gathering: Gathering) -> Offer:
    return Offer(
        tuple(
            OfferedSlot(
                str(slot.pk),
                slot.title,
                tuple(OfferedWorkshop(str(w.pk), w.title, w.short_title, w.number) for w in slot.workshops.all()),
            )
            for slot in workshop_slots(gathering)
        )
    )


def registrations_of(gathering: Gathering) -> QuerySet[Registration]:
    """With everything a list shows: the same number of queries for 3 rows and for 3,000."""
    wishes = Wish.objects.select_related("workshop", "slot").order_by("slot__position", "rank")
    return (
        gathering.registrations.select_related("person__organisation", "person__commune__epci")
        .prefetch_related(Prefetch("wishes", wishes))
        .order_by("person__last_name", "person__first_name", "pk")
    )


def record_of(registration: Registration) -> Record:
    person = registration.person
    wishes: dict[str, list[str]] = {}
    for wish in registration.wishes.all():
        wishes.setdefault(str(wish.slot_id), []).append(str(wish.workshop_id))
    return Record(
        first_name=person.first_name,
        last_name=person.last_name,
        email=person.email,
        phone=person.phone,
        category=person.category,
        organisation=person.organisation.name if person.organisation else "",
        commune=person.commune_id or "",
        commune_text=person.commune_text,
        territory=person.territory_text,
        wishes=tuple((slot, tuple(ranked)) for slot, ranked in wishes.items()),
        volunteer=registration.volunteer_porteur,
        subject=registration.porteur_subject,
        needs=registration.needs,
        newsletter=registration.newsletter,
        registered_at=registration.registered_at,
    )


def known_registrations(gathering: Gathering) -> list[Known]:
    return [
        Known(
            str(registration.pk),
            record_of(registration),
            cancelled=registration.status == RegistrationStatus.CANCELLED,
        )
        for registration in registrations_of(gathering)
    ]


def table_of(import_: RegistrationImport) -> Table:
    return read_table(bytes(import_.content), import_.filename)


def reading_of(import_: RegistrationImport, table: Table | None = None) -> Reading:
    """What the file says today: the programme, the answers and those already registered taken into account."""
    return read_content(
        import_.gathering,
        table if table is not None else table_of(import_),
        mapping=import_.mapping,
        answers=import_.answers,
    )


def read_content(gathering: Gathering, table: Table, *, mapping: dict[str, int], answers: dict[str, str]) -> Reading:
    return read_registrations(
        table.headers,
        numbered_rows(table),
        mapping=mapping,
        offer=offer_of(gathering),
        places=Communes(),
        known=known_registrations(gathering),
        answers=answers,
        zone=ZoneInfo(gathering.timezone),
    )


@dataclass(frozen=True)
class Counts:
    registered: int
    cancelled: int
    without_wish: int
    volunteers: int
    residents: int
    with_needs: int
    present: int
    absent: int
    expected: int
    walk_ins: int


def counts_of(gathering: Gathering) -> Counts:
    """One query. Everything but `cancelled` counts those who are registered."""
    here = Q(status=RegistrationStatus.REGISTERED)
    wished = Wish.objects.filter(registration__gathering=gathering).values("registration")
    found: dict[str, Any] = gathering.registrations.aggregate(
        registered=Count("pk", filter=here),
        cancelled=Count("pk", filter=~here),
        without_wish=Count("pk", filter=here & ~Q(pk__in=wished)),
        volunteers=Count("pk", filter=here & Q(volunteer_porteur=True)),
        residents=Count("pk", filter=here & Q(person__category=ActorCategory.RESIDENT)),
        with_needs=Count("pk", filter=here & ~Q(needs="")),
        present=Count("pk", filter=here & Q(presence=Presence.PRESENT)),
        absent=Count("pk", filter=here & Q(presence=Presence.ABSENT)),
        expected=Count("pk", filter=here & Q(presence=Presence.EXPECTED)),
        walk_ins=Count("pk", filter=here & Q(walk_in=True)),
    )
    return Counts(**found)


def numbered_rows(table: Table) -> list[tuple[int, Sequence[str]]]:
    """Rows with their line number as a spreadsheet shows it."""
    return list(zip(table.lines, table.rows, strict=True))

"""Reads that several places need."""

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from functools import reduce
from operator import or_
from typing import Any
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db.models import Count, Exists, OuterRef, Prefetch, Q, QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.gatherings.enums import SlotKind
from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.lib.dates import day_words
from maillage.lib.matching import fold
from maillage.lib.spreadsheets import Table, read_table
from maillage.office.models import Activity
from maillage.people.enums import ActorCategory
from maillage.people.models import Space
from maillage.registrations.doubles import Reading, read_registrations
from maillage.registrations.enums import Presence, RegistrationStatus, Source
from maillage.registrations.models import Registration, RegistrationImport, Wish
from maillage.registrations.offer import Offer, OfferedSlot, OfferedWorkshop
from maillage.registrations.opening import today_at
from maillage.registrations.places import Communes
from maillage.registrations.reading import Known, Record
from maillage.territories.models import Commune, Epci

WITH_NEEDS = ~Q(needs="") | ~Q(meal="") | Q(children__gt=0) | ~Q(interpreter="")
ERASED = "erase-needs"  # the verb of the activity log


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
        meal=registration.meal,
        children=registration.children or None,
        interpreter=registration.interpreter,
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
        needs_erased=needs_erased_at(gathering) is not None,
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
    waiting: int


def counts_of(gathering: Gathering) -> Counts:
    """One query. Everything but `cancelled` and `waiting` counts those who are registered."""
    here = Q(status=RegistrationStatus.REGISTERED)
    wished = Wish.objects.filter(registration__gathering=gathering).values("registration")
    found: dict[str, Any] = gathering.registrations.aggregate(
        registered=Count("pk", filter=here),
        cancelled=Count("pk", filter=Q(status=RegistrationStatus.CANCELLED)),
        waiting=Count("pk", filter=Q(status=RegistrationStatus.WAITING)),
        without_wish=Count("pk", filter=here & ~Q(pk__in=wished)),
        volunteers=Count("pk", filter=here & Q(volunteer_porteur=True)),
        residents=Count("pk", filter=here & Q(person__category=ActorCategory.RESIDENT)),
        with_needs=Count("pk", filter=here & WITH_NEEDS),
        present=Count("pk", filter=here & Q(presence=Presence.PRESENT)),
        absent=Count("pk", filter=here & Q(presence=Presence.ABSENT)),
        expected=Count("pk", filter=here & Q(presence=Presence.EXPECTED)),
        walk_ins=Count("pk", filter=here & Q(walk_in=True)),
    )
    return Counts(**found)


def needs_erased_at(gathering: Gathering) -> dt.datetime | None:
    """When the needs of this gathering were last erased; the activity log remembers it."""
    lines = Activity.objects.filter(verb=ERASED, about_id=gathering.pk)
    return lines.order_by("-at").values_list("at", flat=True).first()


def needs_erased_words(gathering: Gathering) -> str:
    """For the pages that show needs: why they show none. Empty as long as nothing was erased."""
    at = needs_erased_at(gathering)
    if at is None:
        return ""
    return _(
        "La rencontre est passée : les besoins notés (repas, enfants, interprète…) ont été effacés le {day}."
    ).format(day=day_words(today_at(gathering, at)))


def numbered_rows(table: Table) -> list[tuple[int, Sequence[str]]]:
    """Rows with their line number as a spreadsheet shows it."""
    return list(zip(table.lines, table.rows, strict=True))


def counts_in_words(counts: Counts) -> list[str]:
    """« 128 inscriptions. », then what an organiser looks for first; a count of nothing is not said."""
    said = [ngettext("{n} inscription", "{n} inscriptions", counts.registered).format(n=counts.registered)]
    if not counts.registered:
        said = [_("Personne n’est encore inscrit")]
    parts = (
        (counts.residents, ngettext("{n} habitant·e", "{n} habitant·es", counts.residents)),
        (counts.without_wish, ngettext("{n} sans aucun vœu", "{n} sans aucun vœu", counts.without_wish)),
        (counts.volunteers, ngettext("{n} apporte un sujet", "{n} apportent un sujet", counts.volunteers)),
        (counts.with_needs, ngettext("{n} a un besoin", "{n} ont un besoin", counts.with_needs)),
        (counts.waiting, ngettext("{n} attend une place", "{n} attendent une place", counts.waiting)),
        (counts.cancelled, ngettext("{n} annulée", "{n} annulées", counts.cancelled)),
    )
    return said + [sentence.format(n=number) for number, sentence in parts if number]


def presence_in_words(counts: Counts) -> str:
    """« 12 personnes présentes sur 134, 120 encore attendues, 2 absentes. »; a count of nothing is not said."""
    if not counts.registered:
        return _("Personne n’est encore inscrit.")
    absent = ngettext("{n} absente", "{n} absentes", counts.absent).format(n=counts.absent)
    absences = [absent] if counts.absent else []
    if counts.present == counts.registered:
        everyone = ngettext("La personne inscrite est là.", "Les {n} personnes inscrites sont là.", counts.present)
        return everyone.format(n=counts.present)
    if counts.present:
        present = ngettext("{n} personne présente sur {total}", "{n} personnes présentes sur {total}", counts.present)
        expected = ngettext("{n} encore attendue", "{n} encore attendues", counts.expected)
        awaited = expected.format(n=counts.expected) if counts.expected else _("plus personne n’est attendu")
        return ", ".join([present.format(n=counts.present, total=counts.registered), awaited, *absences]) + "."
    if counts.expected:
        awaited = ngettext("{n} personne attendue", "{n} personnes attendues", counts.expected)
        return _("Personne n’est encore là : {expected}.").format(
            expected=", ".join([awaited.format(n=counts.expected), *absences])
        )
    return _("Plus personne n’est attendu : {absent}.").format(absent=absent)


def territories_of(gathering: Gathering) -> list[tuple[str, str]]:
    """The intercommunalités that people come from, as choices."""
    epcis = Epci.objects.filter(communes__person__registrations__gathering=gathering).distinct()
    return list(epcis.order_by("name").values_list("siren", "name"))


def filtered(
    gathering: Gathering,
    *,
    q: str = "",
    category: str = "",
    workshop: str = "",
    territory: str = "",
    presence: str = "",
    only: str = "",
) -> QuerySet[Registration]:
    """The list as asked; cancelled registrations show when they are asked for, or looked for by name."""
    rows = registrations_of(gathering)
    if only == "cancelled":
        rows = rows.filter(status=RegistrationStatus.CANCELLED)
    elif only == "waiting":
        rows = rows.filter(status=RegistrationStatus.WAITING)
    elif not q:
        rows = rows.filter(status=RegistrationStatus.REGISTERED)
    if category:
        rows = rows.filter(person__category=category)
    if workshop:
        rows = rows.filter(wishes__workshop__in=Workshop.objects.filter(pk=workshop))
    if territory:
        rows = rows.filter(person__commune__epci=territory)
    if presence:
        rows = rows.filter(presence=presence)
    wished = Wish.objects.filter(registration__gathering=gathering)
    if only == "no-wish":
        rows = rows.exclude(pk__in=wished.values("registration"))
    elif only == "some-wish-missing":
        for slot in workshop_slots(gathering):
            rows = rows.annotate(
                **{f"has_{slot.pk.hex}": Exists(wished.filter(slot=slot, registration=OuterRef("pk")))}
            )
        missing = [Q(**{f"has_{slot.pk.hex}": False}) for slot in workshop_slots(gathering)]
        rows = rows.filter(reduce(or_, missing)) if missing else rows
    elif only == "porteur":
        rows = rows.filter(volunteer_porteur=True)
    elif only == "needs":
        rows = rows.filter(WITH_NEEDS)
    elif only == "walk-in":
        rows = rows.filter(walk_in=True)
    elif only in (Source.FORM, Source.IMPORT):
        rows = rows.filter(source=only)
    return rows.filter(pk__in=_named(gathering, q)) if q.strip() else rows


def _named(gathering: Gathering, words: str) -> list[UUID]:
    """Whose name, structure, commune or address holds every word, accents and case aside (SQLite cannot)."""
    wanted = fold(words).split() or [words.strip().casefold()]
    people = gathering.registrations.values_list(
        "pk",
        "person__first_name",
        "person__last_name",
        "person__organisation__name",
        "person__commune__name",
        "person__email",
    )
    return [
        pk
        for pk, *texts in people
        if all(word in f"{fold(' '.join(t or '' for t in texts))} {texts[4]}" for word in wanted)
    ]


ENOUGH_PEOPLE = 3  # of one organisation: a name that a single person carries may be that person's own
MOST_SUGGESTED = 300  # lines of a list in a page


def known_organisations(space: Space) -> list[str]:
    """Names that may be suggested to anyone: those of several people of the space, whom the team wrote down or saw.

    Whoever filled in the form is nobody yet: with two more of their making, a page would tell that the third is there.
    """
    known = Q(people__registrations__source__in=(Source.TEAM, Source.IMPORT))
    known |= Q(people__registrations__presence=Presence.PRESENT, people__registrations__self_arrived=False)
    rows = space.organisations.annotate(members=Count("people", filter=known, distinct=True))
    rows = rows.filter(members__gte=ENOUGH_PEOPLE)
    return list(rows.order_by("name").values_list("name", flat=True)[:MOST_SUGGESTED])


def known_communes(space: Space) -> list[str]:
    """The communes of the region that hold a priority neighbourhood: the others are typed."""
    rows = Commune.objects.filter(qpvs__isnull=False, department__region=space.region_id).distinct()
    return list(rows.order_by("name").values_list("name", flat=True)[:MOST_SUGGESTED])

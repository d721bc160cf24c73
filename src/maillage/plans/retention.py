"""What a plan says of people in words goes with their names; who sat where stays, as numbers."""

import re
from collections.abc import Collection, Sequence
from uuid import UUID

from django.db.models import Q

from maillage.gatherings.models import Gathering
from maillage.office.models import Activity
from maillage.people.models import Person
from maillage.plans.models import Placement, Plan, SeatingPair
from maillage.registrations.activity import THE_PERSON
from maillage.registrations.models import Registration

# « La salle de « X » ne répond pas à votre besoin », « … au besoin de Ana Bon : place pour fauteuil roulant. »: seating
# says it; a test makes a plan that does.
NEED = re.compile(r"ne répond pas (?:à votre|au) besoin|besoin d’une place pour fauteuil")
TABLES = ("plans_plan", "plans_placement", "plans_seatingpair")


def forget_person(sender: object, *, person: Person, registrations: Sequence[Registration], **_signal: object) -> None:
    """Receiver of `registrations.signals.person_erased`: their pairs, why they sit where they do, sentences that name
    them. Who sits where stays."""
    ids = [registration.pk for registration in registrations]
    SeatingPair.objects.filter(Q(first__in=ids) | Q(second__in=ids)).delete()
    gatherings = [registration.gathering_id for registration in registrations]
    Placement.objects.filter(registration__in=ids).exclude(reason="").update(
        reason="", told={}
    )  # another's names nobody
    _nameless_asks(gatherings)
    for gathering in set(gatherings):
        others = Person.objects.filter(registrations__gathering=gathering).exclude(pk=person.pk)
        names = {other.full_name for other in others}
        for plan in Plan.objects.filter(gathering=gathering).exclude(notes=[]):
            _keep_notes(plan, [note for note in plan.notes if not _names(note, person.full_name, names)])


def _names(note: str, name: str, others: Collection[str]) -> bool:
    """As whole words, and nobody else: neither who bears the same name, nor a longer one that holds it."""
    if not name or name in others:
        return False
    for longer in sorted((other for other in others if name in other), key=len, reverse=True):
        note = note.replace(longer, "·")
    return re.search(rf"(?<![\w-]){re.escape(name)}(?![\w-])", note) is not None


def _nameless_asks(gatherings: Collection[UUID]) -> None:
    """Written with the name of who asked for another workshop, before they were « la personne inscrite »."""
    asks = Activity.objects.filter(
        verb="ask-workshop", about_id__in=Plan.objects.filter(gathering__in=gatherings).values("pk")
    )
    asks.exclude(by=THE_PERSON).update(by=THE_PERSON)


def forget_words(sender: object, *, gathering: Gathering, **_signal: object) -> None:
    """Receiver of `registrations.signals.names_erased`. « Never at one table with »: nobody needs that any more."""
    _nameless_asks([gathering.pk])
    SeatingPair.objects.filter(gathering=gathering).delete()
    Placement.objects.filter(plan__gathering=gathering).exclude(reason="").update(reason="", told={})
    Plan.objects.filter(gathering=gathering).update(notes=[], told={})


def forget_needs(sender: object, *, gathering: Gathering, **_signal: object) -> None:
    """Receiver of `registrations.signals.needs_erased`: why somebody sits where they do may say what they needed."""
    rows = Placement.objects.filter(plan__gathering=gathering, reason__contains="besoin")
    told = [pk for pk, reason in rows.values_list("pk", "reason") if NEED.search(reason)]
    Placement.objects.filter(pk__in=told).update(reason="", told={})
    for plan in Plan.objects.filter(gathering=gathering).exclude(notes=[]):
        _keep_notes(plan, [note for note in plan.notes if not NEED.search(note)])


def _keep_notes(plan: Plan, kept: list[str]) -> None:
    if kept != plan.notes:
        plan.notes = kept
        plan.told = {note: plan.told[note] for note in kept if note in plan.told}
        plan.save(update_fields=["notes", "told"])

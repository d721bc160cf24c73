"""What a plan says of people in words goes with their names; who sat where stays, as numbers."""

from collections.abc import Sequence

from django.db.models import Q

from maillage.gatherings.models import Gathering
from maillage.people.models import Person
from maillage.plans.models import Placement, Plan, SeatingPair
from maillage.registrations.models import Registration

TABLES = ("plans_plan", "plans_placement", "plans_seatingpair")


def forget_person(sender: object, *, person: Person, registrations: Sequence[Registration], **_signal: object) -> None:
    """Receiver of `registrations.signals.person_erased`: their pairs, why they sit where they do, sentences that name
    them. Who sits where stays."""
    ids = [registration.pk for registration in registrations]
    SeatingPair.objects.filter(Q(first__in=ids) | Q(second__in=ids)).delete()
    gatherings = [registration.gathering_id for registration in registrations]
    placements = Placement.objects.filter(plan__gathering__in=gatherings)
    placements.filter(Q(registration__in=ids) | Q(reason__contains=person.full_name)).exclude(reason="").update(
        reason=""
    )
    for plan in Plan.objects.filter(gathering__in=gatherings).exclude(notes=[]):
        kept = [note for note in plan.notes if person.full_name not in note]
        if kept != plan.notes:
            plan.notes = kept
            plan.save(update_fields=["notes"])


def forget_words(sender: object, *, gathering: Gathering, **_signal: object) -> None:
    """Receiver of `registrations.signals.names_erased`. « Never at one table with »: nobody needs that any more."""
    SeatingPair.objects.filter(gathering=gathering).delete()
    Placement.objects.filter(plan__gathering=gathering).exclude(reason="").update(reason="")
    Plan.objects.filter(gathering=gathering).update(notes=[])

"""What a plan says of what somebody needed goes with their needs, the day after; who sits where stays."""

import pytest

from maillage.gatherings.models import Room
from maillage.plans.models import Placement
from maillage.plans.problem import seating_plan
from maillage.plans.services import make_plan, places_of_plan, plan_situation
from maillage.plans.violations import violations_of
from maillage.registrations.models import Registration, Wish
from maillage.registrations.services import erase_needs

pytestmark = pytest.mark.django_db

THEIRS = "ne répond pas à votre besoin"


def test_no_reason_and_no_note_says_a_need_once_needs_are_erased(full_day):
    Room.objects.filter(workshops__title="Anarchaise").update(step_free=False)
    mine = Registration.objects.filter(needs__icontains="fauteuil").first()
    wished = full_day.slots.get(workshops__title="Anarchaise").workshops.get(title="Anarchaise")
    mine.wishes.filter(slot=wished.slot).delete()
    Wish.objects.create(registration=mine, slot=wished.slot, workshop=wished, rank=1)
    plan = make_plan(gathering=full_day, by="essai")
    place = plan.placements.get(registration=mine, slot=wished.slot)
    assert THEIRS in place.reason
    Placement.objects.filter(pk=place.pk).update(workshop=wished)  # by hand, in spite of it
    broken = list(violations_of(plan_situation(full_day, None), seating_plan(plan)))
    assert [note for note in broken if f"besoin de {mine.person.full_name}" in note]
    kept = ["Ce n’est pas son besoin", *(note for note in plan.notes if "fauteuil" not in note)]
    plan.notes += [kept[0], *broken]
    plan.save(update_fields=["notes"])
    reasons = dict(plan.placements.exclude(reason__contains=THEIRS).values_list("pk", "reason"))
    places = places_of_plan(plan)

    erase_needs(gathering=full_day, by="essai")

    plan.refresh_from_db()
    assert not plan.placements.filter(reason__contains=THEIRS).exists()
    assert {pk: plan.placements.get(pk=pk).reason for pk in reasons} == reasons
    assert not [note for note in plan.notes if mine.person.full_name in note or "fauteuil" in note]
    assert set(kept) <= set(plan.notes)
    assert set(plan.told) <= set(plan.notes)
    assert places_of_plan(plan) == places

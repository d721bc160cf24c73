import pytest
from django.utils import timezone

from maillage.gatherings.models import Gathering, Workshop
from maillage.plans.models import Plan
from maillage.plans.services import lock_placement, move_person, places_of_plan
from maillage.plans.undoing import ChangedSince, kept, read_kept, undo_move
from maillage.registrations.erasure import erase_person
from maillage.registrations.services import cancel_registration, erase_needs
from tests.plans.test_views import body, plan, staff, url

__all__ = ["plan", "staff"]


def test_a_move_made_on_the_page_is_undone_by_one_button_wholly(staff, full_day, plan):
    before = places_of_plan(plan)
    porteur = plan.placements.filter(porteur=True).first()
    target = Workshop.objects.get(slot__gathering=full_day, title="Anarchaise")

    moved = staff.post(url("place", full_day, porteur.pk), {"place": f"{target.pk}:", "action": "move"}, follow=True)
    assert places_of_plan(plan) != before
    assert 'action="' + url("undo", full_day) in body(moved)
    again = body(staff.get(url("plan", full_day)))
    assert "plan-done" not in again
    assert "Défaire le dernier geste" in again

    undone = staff.post(url("undo", full_day), follow=True)
    assert "C’est défait" in body(undone)
    assert places_of_plan(plan) == before
    plan.refresh_from_db()
    assert plan.figures["people"] == 128
    assert "Il n’y a rien à défaire." in body(staff.post(url("undo", full_day), follow=True))


def test_a_lock_is_undone(staff, full_day, plan):
    placement = plan.placements.first()

    staff.post(url("lock", full_day, placement.pk), {"locked": "yes"}, follow=True)
    staff.post(url("undo", full_day))

    assert not plan.placements.filter(locked=True).exists()


def told(plan):
    """All that the page of a plan says: who sits where, why, the figures, and what is to be known."""
    plan.refresh_from_db()
    rows = plan.placements.order_by("registration", "slot")
    places = list(rows.values_list("registration", "slot", "workshop", "table", "porteur", "locked", "reason"))
    return places, plan.notes, plan.figures


@pytest.mark.parametrize("fixed", [False, True])
def test_after_an_undo_the_plan_says_what_it_said_before(staff, full_day, plan, fixed):
    placement = plan.placements.filter(workshop__title="Coop ou pas coop", porteur=False).first()
    target = Workshop.objects.get(slot__gathering=full_day, title="Anarchaise")
    Plan.objects.update(notes=[*plan.notes, "Ce que le calcul a dû laisser."])
    lock_placement(placement=placement, locked=fixed, by="essai")
    before = told(plan)

    for name in ("place", "move"):
        row = plan.placements.get(registration=placement.registration_id, slot=placement.slot_id)
        staff.post(url(name, full_day, row.pk), {"place": f"{target.pk}:", "action": "move"})
        assert told(plan) != before
        staff.post(url("undo", full_day))

        assert told(plan) == before


def test_an_undone_move_leaves_no_fixed_place_in_the_reasons(full_day, plan):
    """Somebody else moved since: the words are made anew, from the locks put back."""
    placement = plan.placements.filter(workshop__title="Coop ou pas coop", porteur=False).first()
    target = Workshop.objects.get(slot__gathering=full_day, title="Anarchaise")
    done = move_person(placement=placement, workshop=target, table=None, by="essai")
    other = plan.placements.filter(workshop__title="Coop ou pas coop", porteur=False).first()
    move_person(placement=other, workshop=target, table=None, by="autre")

    undo_move(plan=plan, step=done.step, by="essai", said=done.said)

    back = plan.placements.get(registration=placement.registration_id, slot=placement.slot_id)
    assert (back.workshop_id, back.reason) == (placement.workshop_id, placement.reason)
    moved = plan.placements.get(registration=other.registration_id, slot=other.slot_id)
    assert moved.workshop_id == target.pk
    plan.refresh_from_db()
    assert not any("fixée" in note for note in plan.notes)


def test_nothing_is_undone_over_what_somebody_else_did_since(full_day, plan):
    placement = plan.placements.filter(workshop__title="Coop ou pas coop").first()
    target = Workshop.objects.get(slot__gathering=full_day, title="Anarchaise")
    step = move_person(placement=placement, workshop=target, table=None, by="essai").step
    other = plan.placements.get(registration=placement.registration_id, slot=placement.slot_id)
    lock_placement(placement=other, locked=False, by="autre")
    now = places_of_plan(plan)

    with pytest.raises(ChangedSince):
        undo_move(plan=plan, step=step, by="essai")
    with pytest.raises(ChangedSince):
        undo_move(plan=plan, step=[], by="essai")

    assert places_of_plan(plan) == now


def test_an_undo_holds_when_somebody_cancelled_meanwhile(full_day, plan):
    placement = plan.placements.filter(workshop__title="Coop ou pas coop").first()
    target = Workshop.objects.get(slot__gathering=full_day, title="Anarchaise")
    step = move_person(placement=placement, workshop=target, table=None, by="essai").step
    gone = plan.placements.exclude(registration=placement.registration_id).first().registration
    cancel_registration(registration=gone, by="essai")

    undo_move(plan=plan, step=read_kept(kept(step)), by="essai")

    back = plan.placements.get(registration=placement.registration_id, slot=placement.slot_id)
    assert (back.workshop_id, back.locked) == (placement.workshop_id, False)
    assert not plan.placements.filter(registration=gone).exists()


@pytest.mark.parametrize("way", ["person", "needs"])
def test_what_is_undone_after_an_erasure_brings_no_name_back(staff, full_day, plan, way):
    """What the plan said before the move waits in the session of whoever moved."""
    Gathering.objects.update(date=timezone.localdate())  # on the day nobody is cancelled for it: the seats are the same
    placement = plan.placements.filter(workshop__title="Coop ou pas coop", porteur=False).first()
    target = Workshop.objects.get(slot__gathering=full_day, title="Anarchaise")
    gone = plan.placements.exclude(registration=placement.registration_id).first().registration
    note = f"La salle de « Anarchaise » ne répond pas au besoin de {gone.person.full_name} : fauteuil roulant."
    Plan.objects.filter(pk=plan.pk).update(notes=[*plan.notes, note])
    staff.post(url("move", full_day, placement.pk), {"place": f"{target.pk}:", "action": "move"})
    staff.get(url("plan", full_day))
    assert note in str(staff.session.items())
    if way == "person":
        erase_person(person=gone.person, by="essai")
    else:
        erase_needs(gathering=full_day, by="essai")

    assert note not in str(staff.session.items())
    staff.post(url("undo", full_day))

    plan.refresh_from_db()
    assert note not in plan.notes
    assert plan.placements.get(registration=placement.registration_id, slot=placement.slot_id).workshop_id == target.pk
    assert staff.get(url("plan", full_day)).status_code == 200  # still signed in

"""Two organisers at once, and the tool beside them: what one decides, the other's click does not undo."""

import datetime as dt

import pytest
from django.utils import timezone

from maillage.gatherings.enums import SlotKind
from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.people.enums import ActorCategory
from maillage.plans.models import Placement, Plan, WorkshopWait
from maillage.plans.refusals import CannotPlan, MoveRefused
from maillage.plans.services import lock_placement, make_plan, move_person, publish_plan, rebalance_plan
from maillage.plans.waiting import ask_workshop
from maillage.registrations.models import Registration
from maillage.registrations.services import PersonDetails, add_registration


@pytest.fixture
def small(space) -> Gathering:
    """Three workshops of one moment, where eight people sit as they wish."""
    day = Gathering.objects.create(
        space=space,
        slug="petite",
        title="Petite",
        kind="other",
        date=timezone.localdate() + dt.timedelta(days=20),
    )
    slot = Slot.objects.create(gathering=day, position=1, kind=SlotKind.WORKSHOPS, title="Matin")
    rooms = [
        Workshop.objects.create(slot=slot, position=i, title=title, max_people=6)
        for i, title in enumerate(("Abeille", "Bleuet", "Cigale"), start=1)
    ]
    for number, name in enumerate(("Ana", "Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal")):
        come(day, name, rooms[number % 2])
    return day


def come(day: Gathering, name: str, wish: Workshop, **more) -> Registration:
    details = PersonDetails(first_name=name, category=more.pop("category", ActorCategory.PARTNER))
    ranks = {str(wish.slot_id): [str(wish.pk)]}
    return add_registration(gathering=day, details=details, by="essai", ranks=ranks, **more)


def room(title: str) -> Workshop:
    return Workshop.objects.select_related("slot").get(title=title)


def place(plan: Plan, name: str) -> Placement:
    rows = plan.placements.select_related("plan__gathering__space", "registration__person", "slot", "workshop")
    return rows.get(registration__person__first_name=name)


def during(change):
    """Told of the progress of a run, makes this change once."""
    left = [change]

    def tell(percent: int, sentence: str) -> None:
        if left:
            left.pop()()

    return tell


def test_who_is_moved_by_hand_during_a_run_stays_where_they_were_put(small):
    plan = make_plan(gathering=small, by="essai")
    ana = place(plan, "Ana")
    assert ana.workshop == room("Abeille")

    move = during(lambda: move_person(placement=ana, workshop=room("Cigale"), table=None, by="l’autre"))
    new = make_plan(gathering=small, by="essai", on_progress=move)

    found = place(new, "Ana")
    assert (found.workshop, found.locked) == (room("Cigale"), True)


def test_a_rebalance_does_not_undo_a_move_either(small, monkeypatch):
    plan = make_plan(gathering=small, by="essai")
    ana, seats = place(plan, "Ana"), []

    def reoptimise(problem, start, changes, *, seed):
        seats.append(start)
        if len(seats) == 1:
            move_person(placement=ana, workshop=room("Cigale"), table=None, by="l’autre")
        return start

    monkeypatch.setattr("maillage.plans.services.seating.reoptimise", reoptimise)

    assert place(rebalance_plan(gathering=small, by="essai"), "Ana").workshop == room("Cigale")


def test_a_lock_put_during_a_run_holds(small):
    plan = make_plan(gathering=small, by="essai")
    lock = during(lambda: lock_placement(placement=place(plan, "Bo"), by="l’autre"))

    assert place(make_plan(gathering=small, by="essai", on_progress=lock), "Bo").locked


def test_a_workshop_removed_during_a_run_is_not_in_the_plan(small):
    make_plan(gathering=small, by="essai")

    new = make_plan(gathering=small, by="essai", on_progress=during(room("Bleuet").delete))

    assert set(new.placements.values_list("workshop__title", flat=True)) <= {"Abeille", "Cigale"}
    assert new.placements.count() == 8


def test_a_registration_removed_during_a_run_has_no_place(small):
    gone = small.registrations.get(person__first_name="Cy")

    new = make_plan(gathering=small, by="essai", on_progress=during(gone.delete))

    assert new.placements.count() == 7


def test_a_plan_that_never_rests_is_a_sentence_and_no_plan(small):
    plan = make_plan(gathering=small, by="essai")

    def restless(percent: int, sentence: str) -> None:
        bo = place(plan, "Bo")
        lock_placement(placement=bo, by="l’autre", locked=not bo.locked)
        move_person(
            placement=place(plan, "Ana"),
            workshop=room("Cigale" if place(plan, "Ana").workshop == room("Abeille") else "Abeille"),
            table=None,
            by="l’autre",
        )

    steps = iter(range(100))

    with pytest.raises(CannotPlan) as refusal:
        make_plan(
            gathering=small,
            by="essai",
            on_progress=lambda percent, said: restless(percent, said) if next(steps) % 3 == 0 else None,
        )
    assert "Rien n’est perdu" in refusal.value.sentence
    assert small.plans.count() == 1


def test_who_was_moved_since_is_not_locked_where_nobody_saw_them(small):
    plan = make_plan(gathering=small, by="essai")
    seen = place(plan, "Ana")
    move_person(placement=place(plan, "Ana"), workshop=room("Cigale"), table=None, by="l’autre")

    with pytest.raises(MoveRefused) as refusal:
        lock_placement(placement=seen, by="essai", locked=False)

    assert "vient de changer" in refusal.value.sentence
    assert place(plan, "Ana").locked


@pytest.fixture
def residents(small) -> Plan:
    """Two residents side by side in « Cigale », one of whom would rather be in « Bleuet », where there is none."""
    for name in ("Rita", "Samir"):
        come(small, name, room("Cigale"), category=ActorCategory.RESIDENT)
    plan = make_plan(gathering=small, by="essai")
    publish_plan(plan=plan, by="essai")
    assert place(plan, "Rita").workshop == place(plan, "Samir").workshop == room("Cigale")
    return plan


def test_a_free_chair_is_not_given_to_a_resident_who_would_leave_another_alone(residents, small):
    rita = place(residents, "Rita").registration

    assert not ask_workshop(registration=rita, workshop=room("Bleuet"), by="Rita")

    assert place(residents, "Rita").workshop == room("Cigale")
    assert WorkshopWait.objects.filter(registration=rita).exists()


def test_a_chair_given_keeps_the_number_another_page_names(residents, small):
    ana = place(residents, "Ana")

    assert ask_workshop(registration=ana.registration, workshop=room("Bleuet"), by="Ana")

    assert place(residents, "Ana").pk == ana.pk
    assert place(residents, "Ana").workshop == room("Bleuet")


def test_a_resident_who_comes_in_is_not_seated_alone_for_a_wish(residents, small, django_capture_on_commit_callbacks):
    with django_capture_on_commit_callbacks(execute=True):
        new = come(small, "Tom", room("Abeille"), category=ActorCategory.RESIDENT, walk_in=True)

    assert residents.placements.get(registration=new).workshop == room("Cigale")

"""What lacks for a plan: each way out is one tap that can be undone, and nothing else can be asked for."""

import re
from html import unescape

import pytest

from maillage.gatherings.models import Room, Workshop
from maillage.office.models import Activity
from maillage.plans.models import Placement
from maillage.plans.services import lock_placement, make_plan, places_of_plan
from maillage.plans.ways_out import NoSuchWay, lacks_of, take_way_out
from tests.plans.test_views import body, plan, staff, url

__all__ = ["plan", "staff"]

MORE = "Passer « Co-développement » de 40 à 48 places."


def keys(page: str) -> dict[str, str]:
    """The words of each way out that is a button → its value."""
    found = re.findall(r'<button class="quiet" name="way" value="([^"]+)">([^<]+)</button>', page)
    return {unescape(words): unescape(value) for value, words in found}


@pytest.mark.parametrize("planned", [False, True])
def test_a_workshop_gets_its_missing_places_in_one_tap_and_gives_them_back_in_another(staff, full_day, planned):
    if planned:
        make_plan(gathering=full_day, by="essai")
    workshop = Workshop.objects.get(slot__gathering=full_day, title="Co-développement")

    def sizes() -> tuple[object, ...]:
        """Those of the workshop, and of its room, which was supposed to hold no more."""
        workshop.refresh_from_db()
        room = workshop.room
        return workshop.max_people, workshop.sizes_assumed, room.capacity, room.capacity_assumed

    before = sizes()
    assert before == (40, True, 42, True)
    key = keys(body(staff.get(url("plan", full_day))))[MORE]

    page = body(staff.post(url("way-out", full_day), {"way": key}, follow=True))
    assert sizes() == (48, False, 48, False)
    assert "C’est changé au programme." in page
    assert MORE not in page
    if planned:
        assert make_plan(gathering=full_day, by="essai").placements.filter(workshop=workshop).count() > 40
    assert Activity.objects.filter(verb="change-workshop", about_id=full_day.pk).exists()

    assert "C’est défait : le programme est comme avant." in body(staff.post(url("undo", full_day), follow=True))
    assert sizes() == before


def test_pressed_twice_or_made_up_it_is_refused_with_a_sentence(staff, full_day):
    key = keys(body(staff.get(url("plan", full_day))))[MORE]
    staff.post(url("way-out", full_day), {"way": key})
    for again in (key, "", "raise_maximum|a|b|9999", key.replace("|48", "|32000")):
        assert "Ce n’est plus proposé" in body(staff.post(url("way-out", full_day), {"way": again}, follow=True))
    assert Workshop.objects.get(slot__gathering=full_day, title="Co-développement").max_people == 48


def test_what_somebody_changed_since_is_not_undone(staff, full_day):
    staff.post(url("way-out", full_day), {"way": keys(body(staff.get(url("plan", full_day))))[MORE]})
    Workshop.objects.filter(slot__gathering=full_day, title="Co-développement").update(max_people=60)
    assert "a changé depuis" in body(staff.post(url("undo", full_day), follow=True))
    assert Workshop.objects.get(slot__gathering=full_day, title="Co-développement").max_people == 60


def test_more_people_than_the_room_holds_is_said_and_is_no_button(staff, full_day):
    workshop = Workshop.objects.get(slot__gathering=full_day, title="Co-développement")
    room = Room.objects.create(gathering=full_day, name="Petite salle", capacity=44)
    Workshop.objects.filter(pk=workshop.pk).update(room=room)
    page = body(staff.get(url("plan", full_day)))
    assert MORE in page
    assert MORE not in keys(page)
    with pytest.raises(NoSuchWay):
        take_way_out(gathering=full_day, key=f"raise_maximum|{workshop.slot_id}|{workshop.pk}|48", by="essai")


def test_a_lock_that_cannot_hold_is_released_in_one_tap(staff, full_day, plan):
    placement = plan.placements.filter(workshop__title="Anarchaise").first()
    lock_placement(placement=placement, by="essai")
    placement.registration.needs = "fauteuil roulant"
    placement.registration.save()
    Room.objects.filter(workshops__title="Anarchaise").update(step_free=False)
    (way,) = [w for lack in lacks_of(full_day) for w in lack.ways if w.sentence.startswith("Libérer la place")]

    page = body(staff.get(url("plan", full_day)))
    assert '<details id="lacks" class="no-print" open>' in page
    assert "ne répond pas à son besoin : place pour fauteuil roulant." in page
    staff.post(url("way-out", full_day), {"way": way.key})
    assert not Placement.objects.get(pk=placement.pk).locked
    staff.post(url("undo", full_day))
    assert plan.placements.get(registration=placement.registration_id, slot=placement.slot_id).locked


def test_a_table_then_its_workshop_are_fixed_and_set_free_in_one_tap_each(staff, full_day, plan):
    workshop = Workshop.objects.get(slot__gathering=full_day, title="Co-développement")
    inside = plan.placements.filter(workshop=workshop)
    table = inside.filter(table=2)
    before = places_of_plan(plan)

    page = body(staff.post(url("lock-many", full_day, plan.pk), {"group": f"{workshop.pk}:2:yes"}, follow=True))
    assert set(inside.filter(locked=True)) == set(table)
    assert f"{workshop}, table 2 : les places sont fixées." in page.replace("\n", " ")
    assert page.count("table fixée") == 1

    staff.post(url("lock-many", full_day, plan.pk), {"group": f"{workshop.pk}::yes"})
    assert set(plan.placements.filter(locked=True)) == set(inside)
    staff.post(url("undo", full_day))
    assert set(plan.placements.filter(locked=True)) == set(plan.placements.filter(workshop=workshop, table=2))
    staff.post(url("lock-many", full_day, plan.pk), {"group": f"{workshop.pk}::no"})
    assert places_of_plan(plan) == before


def test_a_fixed_table_stays_as_it_is_when_the_plan_is_made_again(staff, full_day, plan):
    workshop = Workshop.objects.get(slot__gathering=full_day, title="Co-développement")
    staff.post(url("lock-many", full_day, plan.pk), {"group": f"{workshop.pk}:1:yes"})
    fixed = set(plan.placements.filter(workshop=workshop, table=1).values_list("registration", flat=True))
    others = plan.placements.filter(workshop=workshop, table=2).values_list("registration", flat=True)
    full_day.registrations.filter(pk__in=list(others)).update(presence="absent")

    again = make_plan(gathering=full_day, by="essai", seed=3)
    assert fixed <= set(again.placements.filter(workshop=workshop, table=1).values_list("registration", flat=True))
    assert set(again.placements.filter(locked=True).values_list("registration", flat=True)) == fixed


def test_a_group_that_is_not_there_changes_nothing(staff, full_day, plan):
    for group in ("", "rien", ":2:yes", f"{full_day.pk}:1:yes"):
        assert staff.post(url("lock-many", full_day, plan.pk), {"group": group}).status_code == 404
    assert not plan.placements.filter(locked=True).exists()


def test_only_organisers_take_ways_out_and_fix_tables(client, full_day, desk):
    client.force_login(desk)
    assert client.post(url("way-out", full_day), {"way": "x"}).status_code == 403
    assert client.post(url("lock-many", full_day, full_day.pk), {"group": ""}).status_code == 403

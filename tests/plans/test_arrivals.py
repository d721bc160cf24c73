import datetime as dt

import pytest
from django.urls import reverse

from maillage.gatherings.models import Workshop
from maillage.plans.models import Plan
from maillage.plans.services import make_plan, publish_plan
from maillage.registrations.enums import Presence
from maillage.registrations.own import places_of, token_of
from maillage.registrations.services import PersonDetails, add_registration, mark_presence


@pytest.fixture
def plan(full_day) -> Plan:
    plan = make_plan(gathering=full_day, by="essai")
    publish_plan(plan=plan, by="essai")
    return plan


@pytest.fixture
def arrive(full_day, django_capture_on_commit_callbacks):
    def _arrive(first_name="Nouvelle", **given):
        with django_capture_on_commit_callbacks(execute=True):
            return add_registration(
                gathering=full_day, details=PersonDetails(first_name, "Venue"), by="accueil", walk_in=True, **given
            )

    return _arrive


def seats_of(plan):
    return {(p.registration_id, p.slot_id): (p.workshop_id, p.table) for p in plan.placements.all()}


def body(response):
    return response.content.decode().replace("\u202f", " ").replace("\u00a0", " ")


def test_who_comes_in_has_a_place_at_each_moment_and_nobody_moves(full_day, plan, arrive):
    before = seats_of(plan)

    row = arrive()

    after = seats_of(plan)
    places = {slot: seat for (who, slot), seat in after.items() if who == row.pk}
    assert len(places) == 2
    assert {key: seat for key, seat in after.items() if key[0] != row.pk} == before
    plan.refresh_from_db()
    assert plan.figures["people"] == 129
    assert all(placement.reason for placement in plan.placements.filter(registration=row))


def test_places_hold_the_rules_however_many_come(full_day, plan, arrive):
    for number in range(8):
        arrive(f"Personne {number}")

    for workshop in Workshop.objects.filter(slot__gathering=full_day):
        rows = list(plan.placements.filter(workshop=workshop).values_list("table", flat=True))
        assert len(rows) <= workshop.max_people
        if workshop.table_max:
            assert max(rows.count(table) for table in set(rows)) <= workshop.table_max


def test_a_need_is_answered_by_the_room(full_day, plan, arrive):
    workshops = Workshop.objects.filter(slot__gathering=full_day)
    for workshop in workshops.exclude(title__in=["Anarchaise", "Concevoir un village des solidarités"]):
        workshop.room.step_free = False
        workshop.room.save()
    for title in ("Anarchaise", "Concevoir un village des solidarités"):
        room = full_day.rooms.create(name=f"De plain-pied, {title}", capacity=60, step_free=True)
        workshops.filter(title=title).update(room=room, max_people=60)

    row = arrive(needs="fauteuil roulant")

    assert set(plan.placements.filter(registration=row).values_list("workshop__title", flat=True)) == {
        "Anarchaise",
        "Concevoir un village des solidarités",
    }


def test_a_wish_is_followed_where_there_is_room(full_day, plan, arrive):
    wished = Workshop.objects.select_related("room").get(slot__gathering=full_day, title="Coop ou pas coop")
    wished.max_people = wished.room.capacity = plan.placements.filter(workshop=wished).count() + 1
    wished.room.save()
    wished.save()

    row = arrive(ranks={str(wished.slot_id): [str(wished.pk)]})

    assert plan.placements.get(registration=row, slot=wished.slot_id).workshop == wished


def test_when_every_group_is_full_it_is_said_and_the_other_moment_is_given(full_day, plan, arrive):
    for workshop in Workshop.objects.filter(slot__gathering=full_day, slot__title="Testons les coopérations"):
        workshop.min_people, workshop.max_people = None, plan.placements.filter(workshop=workshop).count()
        workshop.save()

    row = arrive()

    assert plan.placements.filter(registration=row).count() == 1
    assert places_of(full_day, [row])[row.pk][-1] == "Testons les coopérations : pas encore de place"


def test_a_moment_that_has_ended_today_gets_nobody(full_day, plan, arrive, monkeypatch):
    full_day.date = dt.date(2025, 10, 2)
    full_day.save()
    morning = full_day.slots.get(title="Présentation d’expériences")
    morning.starts_at, morning.ends_at = dt.time(10, 0), dt.time(12, 0)
    morning.save()
    monkeypatch.setattr("django.utils.timezone.now", lambda: dt.datetime(2025, 10, 2, 13, 0, tzinfo=dt.UTC))

    row = arrive()

    assert list(plan.placements.filter(registration=row).values_list("slot__title", flat=True)) == [
        "Testons les coopérations"
    ]


def test_who_registered_late_has_a_place_when_they_come_and_once(full_day, plan, django_capture_on_commit_callbacks):
    row = add_registration(gathering=full_day, details=PersonDetails("Tard", "Venue"), by="essai")
    assert not plan.placements.filter(registration=row).exists()

    for _time in range(2):
        with django_capture_on_commit_callbacks(execute=True):
            mark_presence(registration=row, presence=Presence.PRESENT, by="accueil")

    assert plan.placements.filter(registration=row).count() == 2


def test_the_desk_and_the_persons_page_say_where_to_go(
    client, full_day, desk, plan, django_capture_on_commit_callbacks
):
    client.force_login(desk)
    with django_capture_on_commit_callbacks(execute=True):
        client.post(
            reverse("registrations:walk-in", args=[full_day.pk]),
            {"first_name": "Nouvelle", "last_name": "Venue", "category": "resident"},
        )

    row = full_day.registrations.get(person__first_name="Nouvelle")
    words = places_of(full_day, [row])[row.pk]
    assert len(words) == 2
    page = body(client.get(reverse("registrations:desk", args=[full_day.pk])))
    notice = page[page.index("Nouvelle Venue est inscrit·e") :].split("</div>")[0]
    for placement in plan.placements.filter(registration=row).select_related("workshop__room"):
        assert placement.workshop.room.name in notice
    own = body(client.get(reverse("registrations:own", args=[token_of(row)])))
    assert "Où je vais" in own
    assert "Nouvelle Venue est inscrit·e" not in body(client.get(reverse("registrations:desk", args=[full_day.pk])))


def test_without_a_published_plan_the_desk_says_that_the_place_comes_later(client, full_day, desk):
    client.force_login(desk)

    page = client.post(
        reverse("registrations:walk-in", args=[full_day.pk]),
        {"first_name": "Nouvelle", "last_name": "Venue", "category": "resident"},
        follow=True,
    )

    assert "La répartition n’est pas publiée" in body(page)

"""Another workshop, once places are published: first come, first served, and nobody else moves."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.gatherings.models import Gathering, Room, Workshop
from maillage.office.models import Activity, Mail
from maillage.plans.models import Placement, Plan, WorkshopWait
from maillage.plans.refusals import MoveRefused
from maillage.plans.services import make_plan, publish_plan
from maillage.plans.waiting import ask_workshop, hear_left
from maillage.registrations.models import Opening, Registration
from maillage.registrations.own import token_of
from maillage.registrations.services import PersonDetails, cancel_registration
from maillage.registrations.signing_up import Answers, sign_up
from tests.registrations.test_views import body


@pytest.fixture
def soon(full_day) -> Gathering:
    Gathering.objects.filter(pk=full_day.pk).update(date=timezone.localdate() + dt.timedelta(days=20))
    Opening.objects.create(gathering=full_day, base_url="https://inscription.exemple.invalid")
    full_day.refresh_from_db()
    plan = make_plan(gathering=full_day, by="essai")
    publish_plan(plan=plan, by="essai")
    return full_day


@pytest.fixture
def full(soon) -> Workshop:
    """A workshop where every chair is taken, with the others of its moment above their minimum."""
    coop = Workshop.objects.get(slot__gathering=soon, title="Coop ou pas coop")
    coop.max_people = Placement.objects.filter(workshop=coop).count()
    coop.save()
    Room.objects.update(capacity=200)
    Workshop.objects.filter(slot__gathering=soon).update(min_people=1)
    return coop


def elsewhere(workshop: Workshop, number: int) -> list[Registration]:
    places = Placement.objects.filter(slot=workshop.slot_id, porteur=False).exclude(workshop=workshop)
    places = places.exclude(registration__person__email="").select_related("registration__gathering__space")
    return [place.registration for place in places.order_by("registration_id")[:number]]


def inside(workshop: Workshop) -> set:
    return set(Placement.objects.filter(workshop=workshop).values_list("registration_id", flat=True))


def leave(registration: Registration, capture) -> None:
    with capture(execute=True):
        cancel_registration(registration=registration, by="essai")


def test_who_asks_first_has_the_first_chair_and_nobody_else_moves(full, django_capture_on_commit_callbacks):
    first, second = elsewhere(full, 2)
    before = dict(Placement.objects.values_list("pk", "workshop_id"))
    assert [ask_workshop(registration=each, workshop=full, by="essai") for each in (first, second)] == [False, False]
    assert dict(Placement.objects.values_list("pk", "workshop_id")) == before
    seated = Placement.objects.filter(workshop=full).first().registration

    leave(seated, django_capture_on_commit_callbacks)

    assert first.pk in inside(full)
    assert second.pk not in inside(full)
    assert list(WorkshopWait.objects.values_list("registration_id", flat=True)) == [second.pk]
    after = dict(Placement.objects.values_list("pk", "workshop_id"))
    assert len(set(before.items()) - set(after.items())) == 1  # the one place that was left
    letter = Mail.objects.get()
    assert letter.to == first.person.email
    assert token_of(first) in letter.body
    assert Placement.objects.get(registration=first, slot=full.slot_id).locked  # the next run does not undo it


def test_hearing_the_same_news_twice_moves_nobody_twice(full, django_capture_on_commit_callbacks):
    first, second = elsewhere(full, 2)
    for each in (first, second):
        ask_workshop(registration=each, workshop=full, by="essai")
    seated = Placement.objects.filter(workshop=full).first().registration
    leave(seated, django_capture_on_commit_callbacks)

    hear_left(None, registration=seated)

    assert second.pk not in inside(full)
    assert Mail.objects.count() == 1


def test_a_chair_left_in_turn_serves_the_next(full):
    """One goes from A to B; who waited for A follows, in the same breath."""
    goes = elsewhere(full, 1)[0]
    home = Placement.objects.get(registration=goes, slot=full.slot_id).workshop
    Workshop.objects.filter(pk=home.pk).update(max_people=Placement.objects.filter(workshop=home).count())
    follows = Placement.objects.filter(workshop=full, porteur=False).first().registration
    assert not ask_workshop(registration=goes, workshop=full, by="essai")

    assert not ask_workshop(registration=follows, workshop=home, by="essai")  # each waits for the other's chair
    Workshop.objects.filter(pk=full.pk).update(max_people=full.max_people + 1)
    third = next(each for each in elsewhere(full, 40) if each.pk not in (goes.pk, follows.pk))
    ask_workshop(registration=third, workshop=full, by="essai")

    assert goes.pk in inside(full)
    assert follows.pk in inside(home)
    assert third.pk in inside(full)  # the chair that follows left


def test_a_workshop_is_not_emptied_below_its_minimum(full):
    asks = elsewhere(full, 1)[0]
    home = Placement.objects.get(registration=asks, slot=full.slot_id).workshop
    Workshop.objects.filter(pk=home.pk).update(min_people=Placement.objects.filter(workshop=home).count())
    Workshop.objects.filter(pk=full.pk).update(max_people=full.max_people + 5)

    assert not ask_workshop(registration=asks, workshop=full, by="essai")


def test_a_porteur_stays_with_their_table(full):
    porteur = Placement.objects.filter(slot=full.slot_id, porteur=True).first().registration

    with pytest.raises(MoveRefused, match="votre sujet"):
        ask_workshop(registration=porteur, workshop=full, by="essai")


def test_on_the_day_the_desk_decides(full):
    asks = elsewhere(full, 1)[0]
    Gathering.objects.update(date=timezone.localdate())
    asks = Registration.objects.select_related("gathering__space").get(pk=asks.pk)

    with pytest.raises(MoveRefused):
        ask_workshop(registration=asks, workshop=full, by="essai")


def test_one_asks_and_gives_up_on_ones_own_page(full, client, organiser):
    asks = elsewhere(full, 1)[0]
    own, door = f"/inscription/{token_of(asks)}/", reverse("plans:own-ask", args=[token_of(asks)])
    browser = Client(enforce_csrf_checks=True)
    assert "Je préférerais un autre atelier" in body(browser.get(own))

    page = browser.post(door, {"atelier": full.pk}, headers={"origin": "null"}, follow=True)
    assert "vous attendez une place dans « Coop ou pas coop »" in body(page)
    assert Activity.objects.get(verb="ask-workshop").by == "la personne inscrite"  # of the plan: no name stays there
    client.force_login(organiser)
    assert asks.person.full_name in body(client.get(reverse("plans:waiting", args=[full.slot.gathering_id])))

    browser.post(door, {"renoncer": full.slot_id})
    assert not WorkshopWait.objects.exists()
    for wrong in ({"atelier": "x"}, {"renoncer": "x"}, {}):
        assert browser.post(door, wrong).status_code == 302
    assert Plan.objects.count() == 1


def test_who_enters_late_has_a_place_in_the_published_plan(full, django_capture_on_commit_callbacks):
    Opening.objects.update(capacity=Registration.objects.count(), is_open=True)

    gathering = full.slot.gathering
    sign_up(gathering=gathering, answers=Answers(PersonDetails("Late")), key="1")
    late = Registration.objects.get(person__first_name="Late")
    seated = Placement.objects.filter(workshop=full).first().registration

    with django_capture_on_commit_callbacks(execute=True):
        cancel_registration(registration=seated, by="essai")

    assert Placement.objects.filter(registration=late).count() == 2

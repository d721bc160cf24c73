"""The waiting list: in order, once, whatever happens at the same moment."""

import datetime as dt
import threading

import pytest
from django.db import connection, transaction
from django.db.utils import IntegrityError
from django.urls import reverse
from django.utils import timezone

from maillage.gatherings.models import Gathering
from maillage.office.models import Mail
from maillage.people.models import Person, Space
from maillage.registrations.enums import Presence, RegistrationStatus
from maillage.registrations.models import Opening, Registration
from maillage.registrations.opening_services import set_opening
from maillage.registrations.own import token_of
from maillage.registrations.queries import counts_of
from maillage.registrations.services import (
    PersonDetails,
    cancel_registration,
    mark_presence,
    restore_registration,
)
from maillage.registrations.signing_up import Answers, sign_up
from maillage.registrations.waiting import move_in_line, promote, waiting_of
from tests.registrations.test_views import body

BASE = "https://inscription.exemple.invalid"


@pytest.fixture
def small(space) -> Gathering:
    gathering = Gathering.objects.create(
        space=space, slug="petite", title="Petite rencontre", kind="other", date=timezone.localdate() + dt.timedelta(9)
    )
    Opening.objects.create(gathering=gathering, is_open=True, capacity=2, base_url=BASE)
    return gathering


def come(gathering: Gathering, *names: str) -> list[Registration]:
    for name in names:
        details = PersonDetails(first_name=name, email=f"{name.lower()}@exemple.invalid")
        sign_up(gathering=gathering, answers=Answers(details), key=name)
    Mail.objects.all().delete()
    return [gathering.registrations.get(person__first_name=name) for name in names]


def line(gathering: Gathering) -> list[str]:
    return [row.person.first_name for row in waiting_of(gathering)]


def inside(gathering: Gathering) -> set[str]:
    rows = gathering.registrations.filter(status=RegistrationStatus.REGISTERED)
    return set(rows.values_list("person__first_name", flat=True))


def test_who_waits_enters_in_order_and_is_told(small):
    ana, _bo, *_others = come(small, "Ana", "Bo", "Cy", "Di")
    assert line(small) == ["Cy", "Di"]

    cancel_registration(registration=ana, by="essai")

    assert (inside(small), line(small)) == ({"Bo", "Cy"}, ["Di"])
    letter = Mail.objects.get()
    assert letter.to == "cy@exemple.invalid"
    assert "Une place s’est libérée" in letter.subject
    cy = small.registrations.get(person__first_name="Cy")
    assert f"{BASE}/inscription/{token_of(cy)}/annulation/" in letter.body
    assert cy.promoted_at is not None


def test_cancelling_twice_frees_one_place(small):
    ana, *_others = come(small, "Ana", "Bo", "Cy", "Di")

    assert cancel_registration(registration=ana, by="essai")
    stale = Registration.objects.get(pk=ana.pk)
    stale.status = RegistrationStatus.REGISTERED  # as a page read before the first one saw it
    assert not cancel_registration(registration=stale, by="essai")

    assert line(small) == ["Di"]


def test_leaving_the_line_promotes_nobody(small):
    *_in, cy, _di = come(small, "Ana", "Bo", "Cy", "Di")

    cancel_registration(registration=cy, by="essai")

    assert (inside(small), line(small)) == ({"Ana", "Bo"}, ["Di"])


def test_nobody_overtakes_those_who_wait(small):
    ana, *_others = come(small, "Ana", "Bo", "Cy")
    Opening.objects.update(capacity=4)  # written past the service: a place is free, and Cy waits

    assert come(small, "Di")[0].status == RegistrationStatus.WAITING

    cancel_registration(registration=ana, by="essai")
    assert line(small) == []


def test_more_room_lets_people_in(small):
    come(small, "Ana", "Bo", "Cy", "Di", "Ed")

    number = set_opening(gathering=small, by="essai", base_url=BASE, capacity=4)

    assert (number, line(small)) == (2, ["Ed"])
    assert set(Mail.objects.values_list("to", flat=True)) == {"cy@exemple.invalid", "di@exemple.invalid"}
    assert set_opening(gathering=small, by="essai", base_url=BASE, capacity=None) == 1


def test_after_the_day_nobody_enters(small):
    ana, *_others = come(small, "Ana", "Bo", "Cy")
    Gathering.objects.update(date=dt.date(2025, 10, 2))

    cancel_registration(registration=Registration.objects.select_related("gathering__space").get(pk=ana.pk), by="essai")

    assert (line(small), Mail.objects.count()) == (["Cy"], 0)


def test_the_organiser_s_word_is_above_the_number_of_places(small):
    ana, _bo, _cy, di = come(small, "Ana", "Bo", "Cy", "Di")

    assert promote(registration=di, by="essai")
    assert not promote(registration=di, by="essai")
    cancel_registration(registration=ana, by="essai")  # 3 for 2 places: one leaves, none enters
    restore_registration(registration=ana, by="essai")

    assert (inside(small), line(small)) == ({"Ana", "Bo", "Di"}, ["Cy"])


def test_the_order_changes_by_hand(small):
    *_in, cy, di, ed = come(small, "Ana", "Bo", "Cy", "Di", "Ed")

    move_in_line(registration=ed, up=True, by="essai")
    assert line(small) == ["Cy", "Ed", "Di"]
    move_in_line(registration=cy, up=True, by="essai")
    move_in_line(registration=di, up=False, by="essai")
    assert line(small) == ["Cy", "Ed", "Di"]
    assert come(small, "Flo")[0].waiting_rank == 4


def test_who_waited_and_came_has_a_place(small):
    *_in, cy = come(small, "Ana", "Bo", "Cy")

    mark_presence(registration=cy, presence=Presence.PRESENT, by="accueil")

    cy.refresh_from_db()
    assert (cy.status, cy.presence) == (RegistrationStatus.REGISTERED, Presence.PRESENT)


def test_a_mark_of_the_desk_does_not_bring_back_who_cancelled(small):
    (ana,) = come(small, "Ana")
    stale = Registration.objects.select_related("gathering__space").get(pk=ana.pk)
    cancel_registration(registration=ana, by="essai")

    mark_presence(registration=stale, presence=Presence.ABSENT, by="accueil")

    ana.refresh_from_db()
    assert ana.status == RegistrationStatus.CANCELLED


def test_who_waits_is_counted_apart_and_has_no_seat(small):
    come(small, "Ana", "Bo", "Cy")

    counts = counts_of(small)

    assert (counts.registered, counts.waiting, counts.cancelled, counts.expected) == (2, 1, 0, 2)


def test_a_rank_goes_with_the_waiting_list_alone(small):
    (ana,) = come(small, "Ana")
    for wrong in ({"waiting_rank": 3}, {"status": RegistrationStatus.WAITING}):
        with pytest.raises(IntegrityError), transaction.atomic():
            Registration.objects.filter(pk=ana.pk).update(**wrong)


# At the same moment. SQLite queues writers; PostgreSQL needs the lock of the opening.


def at_once(*works) -> list[BaseException]:
    """Each in its own thread and connection, started together."""
    start, faults = threading.Barrier(len(works)), []

    def run(work):
        try:
            start.wait(10)
            work()
        except BaseException as fault:
            faults.append(fault)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    return faults


@pytest.mark.django_db(transaction=True)
def test_two_who_cancel_together_let_two_people_in():
    space = Space.objects.create(slug="e", name="E")
    day = Gathering.objects.create(space=space, slug="j", title="J", kind="other")
    Opening.objects.create(gathering=day, is_open=True, capacity=4, base_url=BASE)
    leaving = come(day, "Ana", "Bo", "Cy", "Di", "Ed", "Flo", "Gus", "Hal", "Ida")[:4]

    def leave(registration):
        fresh = Registration.objects.select_related("gathering__space", "person").get(pk=registration.pk)
        return lambda: cancel_registration(registration=fresh, by="essai")

    faults = at_once(*(leave(each) for each in leaving), *(leave(each) for each in leaving))  # and twice each

    assert faults == []
    assert (inside(day), line(day)) == ({"Ed", "Flo", "Gus", "Hal"}, ["Ida"])
    told = list(Mail.objects.order_by("to").values_list("to", flat=True))
    assert told == [f"{name}@exemple.invalid" for name in ("ed", "flo", "gus", "hal")]


@pytest.mark.django_db(transaction=True)
def test_the_last_place_is_given_once_and_an_address_registers_once():
    space = Space.objects.create(slug="e", name="E")
    day = Gathering.objects.create(space=space, slug="j", title="J", kind="other")
    Opening.objects.create(gathering=day, is_open=True, capacity=1, base_url=BASE)

    def arrive(name, address):
        details = PersonDetails(first_name=name, email=address)
        return lambda: sign_up(gathering=day, answers=Answers(details), key=name)

    same = [arrive(name, "meme@exemple.invalid") for name in ("Ana", "Bo", "Cy")]
    faults = at_once(*same, arrive("Di", "di@exemple.invalid"), arrive("Ed", "ed@exemple.invalid"))

    assert faults == []
    assert day.registrations.count() == 3
    assert day.registrations.filter(status=RegistrationStatus.REGISTERED).count() == 1
    assert sorted(day.registrations.exclude(waiting_rank=None).values_list("waiting_rank", flat=True)) == [1, 2]


# The organiser's page


def test_the_organiser_sees_the_line_moves_it_and_lets_people_in(client, organiser, small):
    client.force_login(organiser)
    *_in, cy, di = come(small, "Ana", "Bo", "Cy", "Di")
    page = body(client.get(reverse("registrations:waiting", args=[small.pk])))
    assert page.index("Cy") < page.index("Di")
    assert "2 personnes inscrites, 2 places." in page

    client.post(reverse("registrations:rank", args=[small.pk, di.pk]), {"sens": "avant"})
    assert line(small) == ["Di", "Cy"]
    client.post(reverse("registrations:promotion", args=[small.pk, cy.pk]))
    assert line(small) == ["Di"]


def test_the_line_is_the_organiser_s_alone(client, desk, small):
    *_in, cy = come(small, "Ana", "Bo", "Cy")
    addresses = [reverse(f"registrations:{name}", args=[small.pk, cy.pk]) for name in ("rank", "promotion")]
    assert [client.post(each).status_code for each in addresses] == [302, 302]  # to the sign-in page
    client.force_login(desk)
    assert [client.post(each).status_code for each in addresses] == [403, 403]
    assert client.get(reverse("registrations:waiting", args=[small.pk])).status_code == 403
    assert line(small) == ["Cy"]


def test_a_row_of_another_gathering_is_not_moved(client, organiser, small):
    client.force_login(organiser)
    other = Gathering.objects.create(space=small.space, slug="autre", title="Autre", kind="other")
    away = Registration.objects.create(
        gathering=other,
        person=Person.objects.create(space=small.space, first_name="Zoé"),
        status=RegistrationStatus.WAITING,
        waiting_rank=1,
    )

    assert client.post(reverse("registrations:promotion", args=[small.pk, away.pk])).status_code == 404

"""Seven and two days before, once each, to those who come."""

import datetime as dt
from zoneinfo import ZoneInfo

import pytest

from maillage.config.upkeep import keep_house
from maillage.gatherings.models import Gathering
from maillage.office.models import Mail
from maillage.people.models import Person
from maillage.registrations.enums import RegistrationStatus
from maillage.registrations.models import Opening, Registration, Reminder
from maillage.registrations.own import token_of
from maillage.registrations.reminders import queue_reminders

BASE = "https://inscription.exemple.invalid"
DAY = dt.date(2027, 3, 10)


@pytest.fixture
def coming(space) -> Gathering:
    gathering = Gathering.objects.create(space=space, slug="j", title="Journée", kind="other", date=DAY, venue="Metz")
    Opening.objects.create(gathering=gathering, base_url=BASE, contact="equipe@exemple.invalid")
    return gathering


def add(gathering, name="Ana", email="ana@exemple.invalid", **more) -> Registration:
    person = Person.objects.create(space=gathering.space, first_name=name, email=email)
    return Registration.objects.create(gathering=gathering, person=person, **more)


def before(days: int, hour: int = 9, zone: str = "Europe/Paris") -> dt.datetime:
    return dt.datetime.combine(DAY - dt.timedelta(days=days), dt.time(hour), ZoneInfo(zone))


def test_two_reminders_once_each_however_often_the_house_is_kept(coming):
    registration = add(coming)

    sent = [queue_reminders(now=before(days)) for days in (9, 8, 7, 7, 6, 5, 4, 3, 2, 2, 1, 0, -1)]

    assert sent == [0, 0, 1, 0, 0, 0, 0, 0, 1, 0, 0, 0, 0]
    letter = Mail.objects.first()
    link = f"{BASE}/inscription/{token_of(registration)}/"
    assert letter.to == "ana@exemple.invalid"
    assert "Journée" in letter.subject
    for words in (link, f"{link}annulation/", "10 mars 2027", "Metz", "Bonjour Ana", "equipe@exemple.invalid"):
        assert words in letter.body
    assert "&#x27;" not in letter.body


def test_a_server_that_was_off_catches_up_but_not_with_both(coming):
    add(coming)

    assert [queue_reminders(now=before(days)) for days in (5, 1, 1)] == [1, 1, 0]
    assert list(Reminder.objects.order_by("days").values_list("days", flat=True)) == [2, 7]


def test_nobody_is_woken_where_people_meet(coming):
    add(coming)
    Gathering.objects.update(timezone="America/Cayenne")

    assert queue_reminders(now=before(7, 7, "America/Cayenne")) == 0
    assert queue_reminders(now=before(7, 8, "America/Cayenne")) == 1


@pytest.mark.parametrize(
    "more",
    [
        {"email": ""},
        {"status": RegistrationStatus.CANCELLED},
        {"status": RegistrationStatus.WAITING, "waiting_rank": 1},
        {"registered_at": before(7, 0)},  # has just read a letter
        {"registered_at": before(20), "promoted_at": before(6)},
    ],
)
def test_who_gets_none(coming, more):
    add(coming, "Bo", **{"email": "bo@exemple.invalid", **more})
    add(coming, registered_at=before(8))

    queue_reminders(now=before(5))

    assert list(Mail.objects.values_list("to", flat=True)) == ["ana@exemple.invalid"]


def test_only_where_the_organiser_wants_them(coming):
    add(coming)
    Opening.objects.update(reminders=False)
    other = Gathering.objects.create(space=coming.space, slug="k", title="K", kind="other", date=DAY)
    add(other)  # nobody prepared its registrations: its people were imported, nobody asked to write to them

    assert queue_reminders(now=before(7)) == 0


def test_a_day_that_moves_is_announced_again(coming):
    add(coming)
    assert queue_reminders(now=before(7)) == 1
    Gathering.objects.update(date=DAY + dt.timedelta(days=30))

    assert queue_reminders(now=before(-23)) == 1


@pytest.mark.django_db(transaction=True)
def test_the_house_keeps_it(coming):
    add(coming)

    keep_house(now=before(7))

    assert Reminder.objects.count() == 1

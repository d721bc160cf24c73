import asyncio
import datetime as dt
import logging

import pytest
from django.db import connection
from django.utils import timezone

from maillage.config import upkeep
from maillage.config.logs import WithoutLinks
from maillage.config.upkeep import keep_house
from maillage.gatherings.models import Gathering
from maillage.live import keys
from maillage.live.enums import SessionStatus
from maillage.live.keys import has_key
from maillage.live.services import open_session
from maillage.office.enums import JobStatus
from maillage.office.models import Activity, Job
from maillage.people.models import Person, Space
from maillage.registrations.enums import ImportStatus
from maillage.registrations.models import Registration, RegistrationImport
from maillage.registrations.retention import erase_past_needs
from tests.live.conftest import _fresh_process, session

__all__ = ["_fresh_process", "session"]  # fixtures, shared by name


@pytest.mark.django_db(transaction=True)
def test_sessions_whose_time_has_come_lose_their_key(session):
    keep_house(now=timezone.now() + dt.timedelta(days=29))
    assert has_key(session.pk)
    keep_house(now=timezone.now() + dt.timedelta(days=32))
    session.refresh_from_db()
    assert (session.status, has_key(session.pk)) == (SessionStatus.ERASED, False)


@pytest.mark.django_db
def test_needs_are_erased_the_day_after_and_not_before():
    space = Space.objects.create(slug="e", name="E")
    day = Gathering.objects.create(space=space, slug="j", title="J", kind="other", date=dt.date(2025, 10, 2))
    person = Person.objects.create(space=space, first_name="A")
    paris = dt.timezone(dt.timedelta(hours=2))
    registration = Registration.objects.create(
        gathering=day, person=person, needs="repas végétarien", needs_at=dt.datetime(2025, 10, 2, 23, 58, tzinfo=paris)
    )
    assert erase_past_needs(now=dt.datetime(2025, 10, 2, 23, 59, tzinfo=paris)) == 0
    evening = dt.datetime(2025, 10, 2, 22, 30, tzinfo=dt.UTC)  # the 3rd in Paris: erased an hour or two late at worst
    assert erase_past_needs(now=evening) == 0
    assert erase_past_needs(now=dt.datetime(2025, 10, 3, 9, 0, tzinfo=paris)) == 1
    registration.refresh_from_db()
    assert registration.needs == ""


@pytest.mark.django_db
def test_needs_said_once_the_day_is_over_serve_one_day_more():
    space = Space.objects.create(slug="e", name="E")
    day = Gathering.objects.create(space=space, slug="j", title="J", kind="other", date=dt.date(2025, 10, 2))
    now = timezone.now()
    for name, hours in (("Ada", 0), ("Bob", 23), ("Cid", 48)):
        person = Person.objects.create(space=space, first_name=name)
        said = now - dt.timedelta(hours=hours)
        Registration.objects.create(gathering=day, person=person, needs="fauteuil", needs_at=said)
    assert erase_past_needs(now=now) == 1
    kept = day.registrations.exclude(needs="").order_by("person__first_name")
    assert [row.person.first_name for row in kept] == ["Ada", "Bob"]

    ada = kept[0]
    ada.say_needs(needs="fauteuil")  # the same again is no news: its day runs on
    assert ada.needs_at == now
    ada.say_needs(interpreter="LSF")
    assert ada.needs_at > now

    erase_past_needs(now=now)  # nothing more is due, and the log says nothing more
    assert Activity.objects.filter(verb="erase-needs", about_id=day.pk).count() == 1


@pytest.mark.django_db
def test_one_person_with_a_need_among_many_without_is_enough():
    space = Space.objects.create(slug="e", name="E")
    day = Gathering.objects.create(space=space, slug="j", title="J", kind="other", date=dt.date(2025, 10, 2))
    for needs in ("", "interprète", ""):
        person = Person.objects.create(space=space, first_name="A")
        said = dt.datetime(2025, 9, 1, tzinfo=dt.UTC)
        Registration.objects.create(gathering=day, person=person, needs=needs, needs_at=said)
    assert erase_past_needs(now=dt.datetime(2025, 10, 4, 9, 0, tzinfo=dt.UTC)) == 1
    assert not Registration.objects.exclude(needs="").exists()


@pytest.mark.django_db
def test_a_file_that_nobody_confirmed_is_forgotten_after_a_week():
    space = Space.objects.create(slug="e", name="E")
    day = Gathering.objects.create(space=space, slug="j", title="J", kind="other")
    waiting = RegistrationImport.objects.create(gathering=day, filename="a.csv", content=b"Nom;Ada", by="Zoe")
    keep_house(now=timezone.now() + dt.timedelta(days=6))
    waiting.refresh_from_db()
    assert waiting.status == ImportStatus.DRAFT
    keep_house(now=timezone.now() + dt.timedelta(days=8))
    waiting.refresh_from_db()
    assert (waiting.status, bytes(waiting.content)) == (ImportStatus.DROPPED, b"")


@pytest.mark.django_db(transaction=True)
def test_one_key_that_cannot_be_removed_does_not_keep_the_other_sessions(session, monkeypatch):
    other = open_session(workshop=session.workshop, by="test", rehearsal=True)
    destroy = keys.destroy_key

    def refuse(session_id):
        if session_id == session.pk:
            raise PermissionError(13, "Permission denied")
        destroy(session_id)

    monkeypatch.setattr("maillage.live.keys.destroy_key", refuse)
    keep_house(now=timezone.now() + dt.timedelta(days=32))
    assert (has_key(session.pk), has_key(other.pk)) == (True, False)


@pytest.mark.django_db(transaction=True)
def test_a_workshop_that_goes_takes_its_sessions_key_with_it(session):
    session.workshop.delete()
    assert not has_key(session.pk)


@pytest.mark.parametrize(
    "address",
    [
        "/inscription/SECRET/",
        "/animer/SECRET/",
        "/fiche/SECRET/",
        "/fiche/SECRET/suivi/",
        "/action/SECRET/",
        "/ou-en-etes-vous/SECRET/",
        "/experiences/mienne/SECRET/",
        "/projection/SECRET/",
        "/connexion/lien/?jeton=SECRET&next=/",
    ],
)
def test_a_log_holds_no_link_that_opens(address):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", (address,), None)
    assert WithoutLinks().filter(record)
    assert "SECRET" not in record.getMessage()
    assert record.getMessage().startswith("Not Found: /")


def test_letters_leave_each_minute_and_the_house_is_kept_each_hour(monkeypatch):
    done, slept = [], []

    async def sleep(seconds):
        slept.append(seconds)
        if len(slept) > 61:
            raise asyncio.CancelledError

    monkeypatch.setattr(upkeep.asyncio, "sleep", sleep)
    monkeypatch.setattr(upkeep, "keep_house", lambda *, now: done.append("house"))
    monkeypatch.setattr(upkeep, "send_letters", lambda: done.append("letters"))
    monkeypatch.setattr(upkeep, "close_stopped_work", lambda *, began: done.append("lost work"))

    with pytest.raises(asyncio.CancelledError):
        asyncio.run(upkeep.run_upkeep())

    assert done == ["lost work", "house", *["letters"] * 59, "house", "letters"]
    assert set(slept) == {60}


@pytest.mark.django_db
def test_work_that_stopped_with_the_server_is_said_when_it_starts_again():
    before = Job.objects.create(kind="plan", status=JobStatus.RUNNING)
    began = timezone.now()
    since = Job.objects.create(kind="plan", status=JobStatus.RUNNING)

    upkeep.close_stopped_work(began=began)

    before.refresh_from_db()
    since.refresh_from_db()
    # PostgreSQL may have several servers: the work may be another's.
    assert (before.status == JobStatus.FAILED) == (connection.vendor == "sqlite")
    assert since.status == JobStatus.RUNNING

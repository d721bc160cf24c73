import datetime as dt
import logging

import pytest
from django.utils import timezone

from maillage.config.logs import WithoutLinks
from maillage.config.upkeep import erase_past_needs, keep_house
from maillage.gatherings.models import Gathering
from maillage.live.enums import SessionStatus
from maillage.live.keys import has_key
from maillage.people.models import Person, Space
from maillage.registrations.models import Registration
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
    registration = Registration.objects.create(gathering=day, person=person, needs="repas végétarien")
    paris = dt.timezone(dt.timedelta(hours=2))
    assert erase_past_needs(now=dt.datetime(2025, 10, 2, 23, 59, tzinfo=paris)) == 0
    evening = dt.datetime(2025, 10, 2, 22, 30, tzinfo=dt.UTC)  # the 3rd in Paris: erased an hour or two late at worst
    assert erase_past_needs(now=evening) == 0
    assert erase_past_needs(now=dt.datetime(2025, 10, 3, 9, 0, tzinfo=paris)) == 1
    registration.refresh_from_db()
    assert registration.needs == ""


@pytest.mark.parametrize(
    "address",
    [
        "/inscription/SECRET/",
        "/animer/SECRET/",
        "/fiche/SECRET/",
        "/projection/SECRET/",
        "/connexion/lien/?jeton=SECRET&next=/",
    ],
)
def test_a_log_holds_no_link_that_opens(address):
    record = logging.LogRecord("django.request", logging.WARNING, "", 0, "Not Found: %s", (address,), None)
    assert WithoutLinks().filter(record)
    assert "SECRET" not in record.getMessage()
    assert record.getMessage().startswith("Not Found: /")

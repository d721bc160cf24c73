"""What another process stores reaches the screens of this one: at once by the bus, each second without it."""

import time
import uuid

import pytest
from django.db import connection

from maillage.live import bus, runtime
from maillage.live.committer import Committer, Submitted
from maillage.live.models import Seat
from maillage.live.rooms import Rooms

pytestmark = pytest.mark.django_db(transaction=True)
SOON = 0.7 if bus.exists() else 5.0  # seconds: well under a look at the log, where there is a bus


@pytest.fixture
def elsewhere(session):
    """Another process: its own rooms, its own committer, and nobody to tell here."""
    committer = Committer(Rooms())

    def store(kind: str, **payload: object) -> None:
        lead = Seat.objects.filter(session=session, kind="facilitator").get()
        assert committer.submit(Submitted(session.pk, lead.pk, kind, payload, uuid.uuid4().hex)).accepted

    return store


@pytest.fixture
def lead(phone):
    lead = phone("Lise", role="facilitator")
    assert lead.move("open").status_code == 201
    return lead


def heard(within: float) -> None:
    deadline = time.monotonic() + within
    while bus.exists() and not runtime.live().ear.listening:
        assert time.monotonic() < deadline
        time.sleep(0.01)


def test_a_move_stored_elsewhere_is_on_the_screens_here(lead, phone, elsewhere, monkeypatch) -> None:
    amel = phone("Amel")
    heard(5)
    if bus.exists():
        monkeypatch.setattr(runtime, "WATCH", 60.0)
        time.sleep(1.1)  # the look that was under way
    with amel.stream() as events:
        events.next()
        began = time.monotonic()
        elsewhere("pause")
        assert "data-status=&quot;paused" in (told := events.until("paused")["data"]) or "paused" in told
        assert time.monotonic() - began < SOON


def test_after_a_cut_the_bus_listens_again_and_nothing_is_missed(lead, phone, elsewhere, monkeypatch) -> None:
    amel = phone("Amel")
    heard(5)
    if bus.exists():
        monkeypatch.setattr(runtime, "WATCH", 60.0)
        time.sleep(1.1)
    with amel.stream() as events:
        events.next()
        if bus.exists():
            with connection.cursor() as cursor:
                cursor.execute(
                    "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %%'", []
                )
                assert cursor.fetchall()
        elsewhere("pause")  # nobody hears this one
        events.until("paused")
        heard(5)
        elsewhere("resume")
        events.until("running")


def test_what_is_said_in_one_transaction_is_not_said_if_it_fails_and_is_read_back(session) -> None:
    many = {uuid.uuid4(): number for number in range(3 * bus.MOST)}
    bus.tell(many)  # more than one notice holds
    words = " ".join(f"{known.hex}:{number}" for known, number in list(many.items())[:3])
    assert bus.read(words) == dict(list(many.items())[:3])
    assert bus.read("n’importe quoi 12:ab ::: " + words) == dict(list(many.items())[:3])

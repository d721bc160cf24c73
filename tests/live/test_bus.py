"""What another process stores reaches the screens of this one: at once by the bus, each second without it."""

import time
import uuid

import pytest
from django.db import connection

from maillage.live import bus, keys, peers, runtime
from maillage.live.committer import Committer, Submitted
from maillage.live.models import Seat
from maillage.live.rooms import Rooms

pytestmark = pytest.mark.django_db(transaction=True)
CUT = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query LIKE 'LISTEN %'"
on_a_bus = pytest.mark.skipif(not bus.exists(), reason="SQLite n’a pas de bus : joué par la suite sur PostgreSQL")
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
        monkeypatch.setattr(runtime, "WATCH_BUS", 60.0)
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
        monkeypatch.setattr(runtime, "WATCH_BUS", 60.0)
        time.sleep(1.1)
    with amel.stream() as events:
        events.next()
        if bus.exists():
            with connection.cursor() as cursor:
                cursor.execute(CUT)
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


def from_elsewhere(**words: object) -> None:
    """What another process would say: this one does nothing of it by itself."""
    bus.tell_news(peers.as_news(**words))


@on_a_bus
def test_a_seat_revoked_elsewhere_loses_its_stream_here(lead, phone) -> None:
    amel = phone("Amel")
    heard(5)
    with amel.stream() as events, lead.stream() as others:
        events.next()
        others.next()
        Seat.objects.filter(id=amel.seat.id).update(generation=amel.seat.generation + 1)
        from_elsewhere(say="end", session=amel.session.id, seat=amel.seat.id)
        assert events.next() == {}  # the answer ended
        assert amel.client.get(f"/live/{amel.session.id}/stream").status_code == 403  # the cache knows too
        assert lead.move("pause").status_code == 201
        others.until("paused")


@on_a_bus
def test_a_seat_revoked_while_the_bus_was_cut_loses_its_stream(lead, phone) -> None:
    amel = phone("Amel")
    heard(5)
    with amel.stream() as events, lead.stream() as others:
        events.next()
        others.next()
        Seat.objects.filter(id=amel.seat.id).update(generation=amel.seat.generation + 1)  # nobody is told
        with connection.cursor() as cursor:
            cursor.execute(CUT)
        assert events.next() == {}
        assert lead.move("pause").status_code == 201
        others.until("paused")  # who was not revoked stays


@on_a_bus
def test_a_session_erased_elsewhere_leaves_no_key_here(lead, phone, session) -> None:
    amel = phone("Amel")
    heard(5)
    with amel.stream() as events:
        events.next()
        assert keys._cache
        from_elsewhere(say="end", session=session.id, seat=None)
        assert events.next() == {}
    assert keys._name(session.id) not in keys._cache
    assert runtime.live().rooms.get(session.id) is None


@on_a_bus
def test_a_call_for_help_answered_elsewhere_reaches_who_leads_here(lead, phone, session) -> None:
    amel = phone("Amel")
    heard(5)
    with lead.stream() as events, amel.stream() as others:
        events.next()
        others.next()
        from_elsewhere(say="help", session=session.id)
        assert events.next() == {"event": "help", "data": "moved"}
        assert lead.move("pause").status_code == 201
        assert others.next()["event"] == "view"  # and nothing before


@on_a_bus
@pytest.mark.parametrize(
    "words", ["", "{", "[]", '"end"', '{"say":"end"}', '{"say":"end","session":"x"}', '{"say":"new","session":null}']
)
def test_what_nobody_understands_is_left_out(lead, words) -> None:
    heard(5)
    with lead.stream() as events:
        events.next()
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [bus.NEWS, words])
        assert lead.move("pause").status_code == 201
        events.until("paused")
    assert runtime.live().ear.listening


@on_a_bus
def test_screens_of_other_processes_are_counted(lead, session) -> None:
    heard(5)
    other = peers.Peers()
    with lead.stream() as events:
        events.next()
        bus.tell_lightly(other.describe("ailleurs", {"screens": 3}, {session.id: (3, 2)}))
        deadline = time.monotonic() + 5
        while runtime.live().screens_of(session.id) != 4:
            assert time.monotonic() < deadline
            time.sleep(0.01)
        assert runtime.live().seats_of(session.id) == 3
        bus.tell_lightly([other.farewell()])
        while runtime.live().screens_of(session.id) != 1:
            assert time.monotonic() < deadline
            time.sleep(0.01)


@on_a_bus
def test_the_bus_says_how_long_it_takes(server) -> None:
    heard(5)
    deadline = time.monotonic() + 10
    while runtime.live().peers.lag is None:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    assert 0 <= runtime.live().peers.lag < 5
    assert bus.try_out(within=5) is not None


@on_a_bus
def test_a_line_that_says_nothing_any_more_is_left_for_another(server, monkeypatch) -> None:
    """A cable pulled: nothing is cut, nothing comes. Our own words do not come back, so we listen anew."""
    heard(5)
    monkeypatch.setattr(peers, "EVERY", 600.0)
    monkeypatch.setattr(bus, "DEAF_AFTER", 0.2)
    deadline = time.monotonic() + 15
    while runtime.live().ear.cuts == 0:
        assert time.monotonic() < deadline
        time.sleep(0.01)
    monkeypatch.setattr(bus, "DEAF_AFTER", 20.0)
    heard(10)


@pytest.mark.skipif(bus.exists(), reason="PostgreSQL a un bus")
def test_sqlite_says_nothing_to_nobody(session) -> None:
    bus.tell({session.id: 3})
    bus.tell_news({"say": "end"})
    bus.tell_lightly([{"say": "here"}])
    assert runtime.live().screens_of(session.id) == 0

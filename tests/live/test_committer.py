"""The committer without a server: batches, failures, limits."""

import asyncio
import threading
import uuid
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest
from django.db import OperationalError, transaction

from facilitation import machine
from maillage.live import committer as committer_module
from maillage.live import log, runtime, seats
from maillage.live.committer import MOST_A_SEAT, Committer, Submitted
from maillage.live.enums import SeatKind
from maillage.live.models import Session
from maillage.live.rooms import Rooms
from maillage.live.services import open_session
from tests.live.play import make_workshop

TYPED = "-".join(["canari", "jaune"])  # a traceback shows source lines: the word is in none

pytestmark = pytest.mark.django_db(transaction=True)


def sit(session: Session, name: str, role: str = "participant"):
    kind = SeatKind.FACILITATOR if role == "facilitator" else SeatKind.PARTICIPANT
    return seats.take_seat(session=session, kind=kind, name=name, role=role, key=name)


def writing(session: Session, seat, text: str, key: str | None = None) -> Submitted:
    return Submitted(session.id, seat.id, "write", {"kind": "idea", "text": text}, key or text)


@pytest.fixture
def opened(session: Session):
    """An open session, its committer running."""
    lead = sit(session, "Lise", "facilitator")
    amel = sit(session, "Amel")
    here = runtime.live().committer
    assert here.submit(Submitted(session.id, lead.id, "open", {}, "open")).status == 201
    here.start()
    yield session, amel, here
    here.stop()


def test_moves_that_wait_share_one_transaction(opened, monkeypatch) -> None:
    session, amel, here = opened
    batches = []
    lock = log.lock
    gate, arrived = threading.Event(), threading.Event()

    def slow_lock(ids):
        batches.append(ids)
        arrived.set()
        gate.wait(10)
        return lock(ids)

    monkeypatch.setattr(log, "lock", slow_lock)
    first = here.enqueue(writing(session, amel, "a"))
    arrived.wait(10)
    others = [here.enqueue(writing(session, amel, f"b{n}")) for n in range(20)]
    gate.set()
    assert [future.result(10).number for future in [first, *others]] == list(range(4, 25))
    assert len(batches) == 2


def test_same_move_twice_in_one_batch_is_stored_once(opened) -> None:
    session, amel, here = opened
    futures = [here.enqueue(writing(session, amel, "a", "same")) for _twice in range(2)]
    assert [future.result(10).status for future in futures] == [201, 200]
    assert session.moves.filter(key="same").count() == 1


def test_database_failure_acknowledges_nobody_and_forgets_the_draft(opened, monkeypatch) -> None:
    session, amel, here = opened
    append = log.append

    def failing(*arguments):
        append(*arguments)
        raise OperationalError("disk full")

    monkeypatch.setattr(log, "append", failing)
    outcome = here.submit(writing(session, amel, "perdu"))
    assert (outcome.status, outcome.reason) == (503, "not-stored")
    assert session.moves.filter(key="perdu").count() == 0
    assert here.rooms.get(session.id).number == 3
    monkeypatch.setattr(log, "append", append)
    assert here.submit(writing(session, amel, "perdu")).number == 4


def test_engine_fault_stops_nobody_else(opened, monkeypatch, caplog) -> None:
    session, amel, here = opened
    apply = committer_module.apply

    def faulty(state, move):
        if (text := move.payload.get("text")) == TYPED:
            raise KeyError(text)
        return apply(state, move)

    monkeypatch.setattr(committer_module, "apply", faulty)
    futures = [here.enqueue(writing(session, amel, text)) for text in ("a", TYPED, "b")]
    assert [future.result(10).status for future in futures] == [201, 500, 201]
    assert "KeyError" in caplog.text
    assert TYPED not in caplog.text


def test_failing_listener_loses_nothing(opened, caplog) -> None:
    session, amel, here = opened

    def failing(changes):
        raise RuntimeError(TYPED)

    here.listeners.append(failing)
    assert here.submit(writing(session, amel, "a")).status == 201
    assert here.submit(writing(session, amel, "b")).status == 201
    here.stop()
    assert "RuntimeError" in caplog.text
    assert TYPED not in caplog.text


def test_one_seat_cannot_fill_the_queue(session) -> None:
    amel = sit(session, "Amel")
    here = Committer(Rooms())  # not started: nothing leaves the queue
    futures = [here.enqueue(writing(session, amel, str(n))) for n in range(MOST_A_SEAT + 1)]
    assert [future.done() for future in futures] == [False] * MOST_A_SEAT + [True]
    assert (futures[-1].result().status, futures[-1].result().reason) == (429, "too-many")


def test_full_queue_says_so(session, monkeypatch) -> None:
    monkeypatch.setattr(committer_module, "MOST_WAITING", 3)
    here = Committer(Rooms())
    futures = [here.enqueue(Submitted(session.id, uuid.uuid4(), "write", {"text": "x"}, str(n))) for n in range(4)]
    assert (futures[-1].result(0).status, futures[-1].result(0).reason) == (503, "busy")
    assert not futures[0].done()


def test_stop_stores_what_waits(opened) -> None:
    session, amel, here = opened
    futures = [here.enqueue(writing(session, amel, str(n))) for n in range(20)]
    here.stop()
    assert {future.result(0).status for future in futures} == {201}


def test_submitting_inside_a_transaction_is_a_mistake(opened) -> None:
    session, amel, here = opened
    with pytest.raises(ValueError, match="transaction"), transaction.atomic():
        here.submit(writing(session, amel, "a"))


def test_two_committers_share_one_log(opened) -> None:
    """As two processes would: neither repeats a number, both end with the same state."""
    session, amel, here = opened
    other = Committer(Rooms())
    other.start()
    try:
        with ThreadPoolExecutor(8) as pool:
            outcomes = list(pool.map(lambda n: (here, other)[n % 2].submit(writing(session, amel, f"c{n}")), range(60)))
    finally:
        other.stop()
    assert sorted(outcome.number for outcome in outcomes) == list(range(4, 64))
    assert here.rooms.load(session.id).state == other.rooms.load(session.id).state


def test_sessions_are_decided_apart(opened) -> None:
    session, amel, here = opened
    other = open_session(workshop=make_workshop("Autre"), by="essai")
    stranger = sit(other, "Bruno")
    mixed = [writing(session, amel, "a"), writing(session, stranger, "b"), writing(other, amel, "c")]
    assert [future.result(10).status for future in [here.enqueue(move) for move in mixed]] == [201, 403, 403]
    assert other.moves.count() == 1


def test_replay_gives_the_state_in_memory(opened) -> None:
    session, amel, here = opened
    for number in range(10):
        here.submit(writing(session, amel, str(number)))
    assert Rooms().load(session.id).state == here.rooms.get(session.id).state


def test_a_log_of_a_later_release_is_shown_and_not_decided_upon(opened, monkeypatch) -> None:
    session, amel, here = opened
    assert here.submit(writing(session, amel, "a")).status == 201
    kept = machine.MOVES.pop("rename")
    try:
        older = Committer(Rooms())
        assert older.submit(writing(session, amel, "b")).status == 201  # nothing here that it does not know
        machine.MOVES["rename"] = kept
        assert here.submit(Submitted(session.id, amel.id, "rename", {"name": "Amèle"}, "later")).status == 201
        del machine.MOVES["rename"]
        refused = older.submit(writing(session, amel, "c"))
        assert (refused.status, refused.reason) == (503, "updating")
        assert older.submit(writing(session, amel, "a")).status == 200  # what is stored is still answered for
        assert [card.text for card in older.rooms.load(session.id).state.cards.values()] == ["a", "b"]
    finally:
        machine.MOVES["rename"] = kept
    assert here.submit(writing(session, amel, "c")).status == 201


def test_what_another_process_stored_in_many_sessions_is_read_in_one_query(session, django_assert_num_queries) -> None:
    """Two processes decide the same sessions in turn: what the other stored must not cost a query a session."""
    sessions = [session, *(open_session(workshop=make_workshop(f"W{n}"), by="essai") for n in range(3))]
    elsewhere, here = Committer(Rooms()), Committer(Rooms())
    seated = [sit(one, "Amel") for one in sessions]
    for one, lead in [(one, sit(one, "Lise", "facilitator")) for one in sessions]:
        elsewhere.submit(Submitted(one.id, lead.id, "open", {}, "open"))
    here.rooms.at_all({one.id: 1 for one in sessions})
    for number, (one, amel) in enumerate(zip(sessions, seated, strict=True)):
        assert elsewhere.submit(writing(one, amel, f"ailleurs-{number}")).accepted
    numbers = dict(Session.objects.filter(id__in=[one.id for one in sessions]).values_list("id", "last_number"))
    with django_assert_num_queries(1):
        found = here.rooms.at_all(numbers)
    assert {id_: room.number for id_, room in found.items()} == numbers
    assert {id_: room.state for id_, room in found.items()} == {id_: elsewhere.rooms.get(id_).state for id_ in numbers}
    with django_assert_num_queries(0):
        here.rooms.at_all(numbers)


def test_loop_is_told_by_its_own_thread_and_who_left_harms_nobody(opened) -> None:
    session, amel, here = opened

    async def phones() -> tuple[list[int], bool]:
        loop = asyncio.get_running_loop()
        told = [loop.create_future() for _n in range(3)]
        told[1].cancel()  # that phone went before its answer
        for n, future in enumerate(told):
            here.enqueue(replace(writing(session, amel, f"p{n}"), future=future))
        outcomes = [await asyncio.wait_for(told[n], 10) for n in (0, 2)]
        return [outcome.status for outcome in outcomes], told[1].cancelled()

    assert asyncio.run(phones()) == ([201, 201], True)
    assert session.moves.filter(key__in=["p0", "p1", "p2"]).count() == 3


def test_loop_that_closed_stops_no_committer(opened) -> None:
    session, amel, here = opened
    loop = asyncio.new_event_loop()
    gone = loop.create_future()
    loop.close()
    here.enqueue(replace(writing(session, amel, "perdue"), future=gone))
    assert here.enqueue(writing(session, amel, "suivante")).result(10).status == 201
    assert session.moves.filter(key__in=["perdue", "suivante"]).count() == 2

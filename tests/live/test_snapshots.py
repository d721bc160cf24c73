"""Snapshots spare a long replay, and are never needed: what they say is what the log says."""

import uuid
from dataclasses import replace

import pytest
from django.db import connections

from maillage.live import log, runtime, seats, snapshots
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.models import Move, Snapshot
from maillage.live.rooms import Room, Rooms
from maillage.live.services import erase_session

pytestmark = pytest.mark.django_db(transaction=True)

TYPED = "-".join(["canari", "vert"])


@pytest.fixture
def room(session) -> Room:
    """A session in which somebody wrote twelve cards."""
    lead = seats.take_seat(session=session, kind=SeatKind.FACILITATOR, name="Lise", role="facilitator", key="l")
    amel = seats.take_seat(session=session, kind=SeatKind.PARTICIPANT, name="Amel", role="participant", key="a")
    committer = runtime.live().committer
    assert committer.submit(Submitted(session.id, lead.id, "open", {}, "open")).accepted
    for n in range(12):
        write = Submitted(session.id, amel.id, "write", {"kind": "idea", "text": f"{TYPED} {n}"}, f"w{n}")
        assert committer.submit(write).accepted
    return runtime.live().rooms.load(session.id)


def rooms_anew() -> Rooms:
    rooms = Rooms()
    rooms.restore = snapshots.restore
    return rooms


@pytest.fixture
def read_after(monkeypatch) -> list[int]:
    """From which number the log was read."""
    numbers: list[int] = []
    read_several = log.read_several

    def noted(after):
        numbers.extend(after.values())
        return read_several(after)

    monkeypatch.setattr(log, "read_several", noted)
    return numbers


def test_room_is_restored_and_only_what_came_after_is_read(room, read_after) -> None:
    snapshots.keep(room)
    again = rooms_anew().load(room.session_id)
    assert read_after == []
    assert (again.state, again.number) == (room.state, room.number)
    (amel,) = [seat for seat in room.state.seats.values() if seat.name == "Amel"]
    here = runtime.live()
    write = Submitted(room.session_id, uuid.UUID(amel.id), "write", {"kind": "idea", "text": "Une de plus"}, "w12")
    assert here.committer.submit(write).accepted
    later = rooms_anew().load(room.session_id)
    assert read_after == [room.number]
    assert later.state == here.rooms.load(room.session_id).state


@pytest.mark.parametrize("spoil", [{"release": "0.0/0"}, {"content": b"x" * 40}, {"number": 3}])
def test_snapshot_that_cannot_be_used_costs_time_and_nothing_else(room, read_after, caplog, spoil) -> None:
    snapshots.keep(room)
    Snapshot.objects.update(**spoil)
    again = rooms_anew().load(room.session_id)
    assert read_after == [0]
    assert again.state == room.state
    assert TYPED not in caplog.text


def test_nothing_typed_is_readable_in_it(room) -> None:
    snapshots.keep(room)
    content = bytes(Snapshot.objects.get().content)
    assert len(content) > 100
    assert TYPED.encode() not in content
    assert b"Amel" not in content


def test_erased_session_has_none_and_none_comes_back(room, session) -> None:
    snapshots.keep(room)
    erase_session(session=session, by="essai")
    assert not Snapshot.objects.exists()
    snapshots.keep(room)  # the thread that writes it was late
    assert not Snapshot.objects.exists()
    assert Move.objects.filter(session=session).exists()


def test_older_room_never_takes_the_place_of_a_newer(room) -> None:
    snapshots.keep(room)
    snapshots.keep(Room(**{name: getattr(room, name) for name in Room.__slots__ if name != "number"}, number=3))
    assert Snapshot.objects.get().number == room.number


def test_room_that_holds_moves_of_a_later_release_is_not_kept(room) -> None:
    snapshots.keep(replace(room, behind=True))
    assert not Snapshot.objects.exists()


def test_snapshots_are_kept_as_moves_come_and_after_a_long_replay(room, monkeypatch) -> None:
    monkeypatch.setattr(snapshots, "EVERY", 5)
    keeper = snapshots.Keeper()
    keeper.start()
    rooms = Rooms()
    rooms.on_replay.append(keeper.replayed)
    rooms.load(room.session_id)
    keeper._asked[room.session_id].result(10)
    keeper.stop()
    assert Snapshot.objects.get().number == room.number
    connections.close_all()


def test_committer_asks_for_one_each_time_enough_moves_have_come(room, session, monkeypatch) -> None:
    monkeypatch.setattr(snapshots, "EVERY", 5)
    here = runtime.live()
    asked: list[int] = []
    monkeypatch.setattr(here.snapshots, "ask", lambda kept: asked.append(kept.number))
    (amel,) = [seat for seat in room.state.seats.values() if seat.name == "Amel"]
    for n in range(12, 22):
        write = Submitted(session.id, uuid.UUID(amel.id), "write", {"kind": "idea", "text": f"mot {n}"}, f"w{n}")
        assert here.committer.submit(write).accepted
    assert len(asked) == 2
    assert all(number % 5 == 0 for number in asked)

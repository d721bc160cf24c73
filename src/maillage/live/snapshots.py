"""Snapshots: a session's state kept at times, so that its first load does not read a log of a hundred thousand moves.

A convenience, never the truth: the log is. One that is missing, of another release, or that does not open costs time
and nothing else. Sealed with the session's key, so erased with it; written by a thread of its own, after the moves
are stored and answered.
"""

import logging
import uuid
import zlib
from collections.abc import Sequence
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from importlib.metadata import version

from django.db import DatabaseError, InterfaceError, connection, transaction

from facilitation import State
from maillage.live import keys
from maillage.live.committer import Change
from maillage.live.enums import SessionStatus
from maillage.live.models import Session, Snapshot
from maillage.live.rooms import Room

logger = logging.getLogger(__name__)

EVERY = 1_000  # moves: a replay of as many takes some 0.1 s
RELEASE = f"{version('maillage')}/1"  # the second number: of what a state is made of, raised when it changes


def restore(room: Room) -> Room:
    """The room as the last snapshot has it, or as it was given: what is lacking is read from the log."""
    row = Snapshot.objects.filter(session_id=room.session_id, release=RELEASE).values_list("number", "content").first()
    if row is None:
        return room
    number, content = row
    try:
        key = keys.read_key(room.session_id)
        text = zlib.decompress(keys.open_sealed(key, bytes(content), context=_context(room.session_id, number)))
        state = State.from_json(room.method, text.decode())
    except keys.KeyMissing:
        return room
    except (keys.BadSeal, zlib.error, ValueError, LookupError, TypeError) as error:
        logger.error("a snapshot does not open: %s %s", room.session_id, type(error).__name__)
        return room
    return replace(room, state=state, number=number)


def keep(room: Room) -> None:
    """Writes the snapshot of a room, unless a later one is there or the session was erased meanwhile.

    A room that is behind (a later release wrote moves it does not know) is not kept: restored, it would pass for whole.
    """
    if room.behind:
        return
    text = zlib.compress(room.state.to_json().encode(), 1)
    with transaction.atomic():
        session = Session.objects.select_for_update().filter(id=room.session_id).first()
        if session is None or session.status == SessionStatus.ERASED:
            return
        if Snapshot.objects.filter(session=session, release=RELEASE, number__gte=room.number).exists():
            return
        content = keys.seal(keys.read_key(room.session_id), text, context=_context(room.session_id, room.number))
        Snapshot.objects.update_or_create(
            session=session, defaults={"number": room.number, "release": RELEASE, "content": content}
        )


class Keeper:
    """Keeps snapshots beside the committer: each EVERY moves of a session, and after a replay that was that long."""

    def __init__(self) -> None:
        self._executor: ThreadPoolExecutor | None = None
        self._asked: dict[uuid.UUID, Future[None]] = {}  # one at a time for each session

    def start(self) -> None:
        self._executor = ThreadPoolExecutor(1, thread_name_prefix="live-snapshots")

    def stop(self) -> None:
        if self._executor is not None:
            self._executor.shutdown(cancel_futures=True)
            self._executor = None

    def note(self, changes: Sequence[Change]) -> None:
        """A listener of the committer."""
        for change in changes:
            if change.after.number // EVERY > change.before.number // EVERY:
                self.ask(change.after)

    def replayed(self, room: Room, moves: int) -> None:
        if moves >= EVERY:
            self.ask(room)

    def ask(self, room: Room) -> None:
        asked = self._asked.get(room.session_id)
        if self._executor is None or (asked is not None and not asked.done()):
            return
        self._asked = {known: one for known, one in self._asked.items() if not one.done()}
        self._asked[room.session_id] = self._executor.submit(_keep, room)


def _keep(room: Room) -> None:
    try:
        keep(room)
    except (DatabaseError, InterfaceError, OSError, keys.KeyMissing) as error:
        logger.warning("a snapshot was not kept: %s", type(error).__name__)  # the log holds everything
    finally:
        connection.close()


def _context(session_id: uuid.UUID, number: int) -> str:
    return f"{session_id}/{number}/snapshot"

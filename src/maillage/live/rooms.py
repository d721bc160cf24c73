"""The sessions this process holds in memory. A room is a session's state at a number; it is replaced, never changed."""

import logging
import threading
import uuid
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import lru_cache
from typing import Any

from facilitation import MOVE_KINDS, Method, MethodError, Move, State, TableSpec, load_method
from facilitation import replay as replay_moves
from facilitation import start as start_method
from maillage.live import keys, log
from maillage.live.enums import SessionStatus
from maillage.live.models import Session
from maillage.methods.models import MethodVersion
from maillage.methods.queries import UnreadableVersion
from maillage.methods.speaking import in_words

logger = logging.getLogger(__name__)


class UnknownSession(Exception):
    pass


class ErasedSession(Exception):
    pass


@dataclass(frozen=True, slots=True)
class Room:
    session_id: uuid.UUID
    title: str
    place: str  # the room's name, "" when it has none
    colour: str  # bleu, rouge, jaune, vert, or ""
    rehearsal: bool
    join_code: str
    method: Method
    state: State
    number: int  # of the last move in `state`
    behind: bool = False  # the log holds moves that this process's code does not know: a later release wrote them

    def leads(self, role: str) -> bool:
        """Whether this role's screen is a prompter."""
        rights = self.state.rights(role)
        return "advance" in rights or "lead" in rights

    def in_words(self) -> "Room":
        """The same room, its method's texts in the language that is spoken; itself, where that is French."""
        method = in_words(self.method)
        if method is self.method:
            return self
        return replace(self, method=method, state=self.state.but(method=method))


class Rooms:
    """Kept by session. Any thread may read or put; a room only ever gives way to a later one."""

    def __init__(self) -> None:
        self._rooms: dict[uuid.UUID, Room] = {}
        self._lock = threading.Lock()
        self._away: set[uuid.UUID] = set()  # as last read: whose home is another server
        self.on_drop: list[Callable[[uuid.UUID], None]] = []  # who else holds something of a session
        self.restore: Callable[[Room], Room] = _as_it_is  # a snapshot, where they are kept
        self.on_replay: list[Callable[[Room, int], None]] = []  # told of each replay, and of how many moves

    def get(self, session_id: uuid.UUID) -> Room | None:
        """What memory holds, without a query."""
        return self._rooms.get(session_id)

    def count(self) -> int:
        return len(self._rooms)

    def put(self, room: Room) -> None:
        with self._lock:
            known = self._rooms.get(room.session_id)
            if known is None or known.number < room.number:
                self._rooms[room.session_id] = room

    def drop(self, session_id: uuid.UUID) -> None:
        with self._lock:
            self._rooms.pop(session_id, None)
        for forget in self.on_drop:
            forget(session_id)

    def load(self, session_id: uuid.UUID) -> Room:
        """The room at the number the log has now, whoever wrote it."""
        head = log.look(session_id)
        if head is None:
            raise UnknownSession(session_id)
        self.say_away(session_id, head.away)
        if head.status == SessionStatus.ERASED:
            self.drop(session_id)
            keys.forget(session_id)
            raise ErasedSession(session_id)
        return self.at(session_id, head.number)

    def is_away(self, session_id: uuid.UUID) -> bool:
        """Whether its home was another server when it was last read; without a query."""
        return session_id in self._away

    def say_away(self, session_id: uuid.UUID, away: bool) -> None:
        if away != (session_id in self._away):
            with self._lock:
                (self._away.add if away else self._away.discard)(session_id)

    def at(self, session_id: uuid.UUID, number: int) -> Room:
        """The room at least at `number`: what memory lacks is read from the log and replayed."""
        return self.at_all({session_id: number})[session_id]

    def at_all(self, numbers: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, Room]:
        """As `at`, for several sessions: what they lack is read in one query."""
        found = {session_id: self._rooms.get(session_id) or self.restore(_begin(session_id)) for session_id in numbers}
        behind = {id_: room.number for id_, room in found.items() if room.number < numbers[id_]}
        for session_id, moves in log.read_several(behind).items() if behind else ():
            found[session_id] = room = catch_up(found[session_id], moves)
            for tell in self.on_replay:
                tell(room, room.number - behind[session_id])
        for room in found.values():
            self.put(room)
        return found


def _as_it_is(room: Room) -> Room:
    return room


def catch_up(room: Room, moves: Iterable[log.Read]) -> Room:
    """The room after these moves.

    During a rolling restart the log may hold moves of the next release. Whoever does not know them shows what it can,
    and decides nothing: what it would accept could make no sense to the others. No release ever drops a kind of move.
    """
    lacking = [Move(move.number, move.seat, move.kind, move.payload, move.at) for move in moves]
    if not lacking:
        return room
    behind = room.behind or any(move.kind not in MOVE_KINDS for move in lacking)
    if behind and not room.behind:
        logger.warning("session %s holds moves of a later release: nothing is decided here", room.session_id)
    return replace(room, state=replay_moves(room.state, lacking), number=lacking[-1].number, behind=behind)


def start_state(method: Method, options: dict[str, Any]) -> State:
    """The state before any move, from what `open_session` kept in Session.options."""
    tables = tuple(TableSpec(**table) for table in options.get("tables", ()))
    return start_method(method, preset=options.get("preset"), tables=tables, minutes=options.get("minutes", {}))


def method_of(version: MethodVersion) -> Method:
    """Raises UnreadableVersion: what an earlier release accepted, this one may refuse."""
    try:
        return _load(version.checksum, version.source, version.method)
    except MethodError as error:
        raise UnreadableVersion(version, error) from error


@lru_cache(maxsize=64)
def _load(checksum: str, source: str, name: str) -> Method:
    return load_method(source, name=name)


def _begin(session_id: uuid.UUID) -> Room:
    session = Session.objects.select_related("method_version", "workshop__room").get(id=session_id)
    method = method_of(session.method_version)
    return Room(
        session_id=session_id,
        title=str(session.workshop),
        place=session.workshop.room.name if session.workshop.room else "",
        colour=session.workshop.colour,
        rehearsal=session.rehearsal,
        join_code=session.join_code,
        method=method,
        state=start_state(method, session.options),
        number=0,
    )

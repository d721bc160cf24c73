"""One committer a process: it groups the moves of all sessions that wait, and stores them in one transaction.

A transaction costs a disk flush whatever it holds: while one is being flushed, moves wait, and the next takes them all.
Nobody is acknowledged before the commit; nothing in memory moves before it either, so a failure drops the drafts and
the rooms are what they were. Figures: docs/decisions/0003-durable-moves.md.
"""

import asyncio
import logging
import queue
import secrets
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping, Sequence
from concurrent.futures import Future
from dataclasses import dataclass, field, replace
from typing import Any

from django.db import DatabaseError, InterfaceError, close_old_connections, connection, transaction

from facilitation import Move, Refusal, apply
from maillage.lib.clock import now_ms
from maillage.live import figures, keys, log
from maillage.live.enums import SessionStatus
from maillage.live.faults import report
from maillage.live.models import Seat
from maillage.live.outcomes import CREATED, REFUSED, REPEATED, Outcome, refusal_words, refuse
from maillage.live.rooms import Room, Rooms

logger = logging.getLogger(__name__)

MOST_WAITING = 4_000  # moves; some two seconds of work: beyond, it is kinder to say so than to let people wait
MOST_A_BATCH = 256  # moves; the flush is shared by enough of them, and the first does not wait for the last
MOST_A_SEAT = 32  # moves of one seat that wait; a phone that comes back sends its outbox, it does not send hundreds
ANSWER_WITHIN = 30  # seconds a thread waits for its outcome; the database gives up at 20


@dataclass(frozen=True, slots=True)
class Submitted:
    session_id: uuid.UUID
    seat: uuid.UUID
    kind: str
    payload: Mapping[str, Any]
    key: str
    generation: int | None = None  # of the seat's cookie; None: the server speaks for the seat
    arrival: Seat | None = None  # the seat of who comes in: stored with the move, or not at all
    future: "Future[Outcome] | asyncio.Future[Outcome]" = field(default_factory=Future)  # a loop's, or a thread's
    at: float = field(default_factory=time.monotonic)  # when it was received


@dataclass(frozen=True, slots=True)
class Change:
    """What a commit did to one session."""

    before: Room
    after: Room
    since: float  # when the first move of it was received, by time.monotonic()


@dataclass(slots=True)
class _Draft:
    """A batch being decided: nothing of it is true before the commit."""

    rooms: dict[uuid.UUID, Room] = field(default_factory=dict)
    keyless: set[uuid.UUID] = field(default_factory=set)
    ended: set[uuid.UUID] = field(default_factory=set)  # sessions whose row says closed, or will
    turned: set[uuid.UUID] = field(default_factory=set)  # closed or reopened by a move of this batch
    entries: list[log.Entry] = field(default_factory=list)
    seated: set[uuid.UUID] = field(default_factory=set)  # seats that are stored already
    arrivals: list[Seat] = field(default_factory=list)
    numbers: dict[tuple[uuid.UUID, uuid.UUID, str], int] = field(default_factory=dict)


class Committer:
    def __init__(self, rooms: Rooms) -> None:
        self.rooms = rooms
        self.listeners: list[Callable[[Sequence[Change]], None]] = []  # called after each commit, in the same thread
        self._waiting: queue.Queue[Submitted | None] = queue.Queue(MOST_WAITING)
        self._of_seat: Counter[uuid.UUID] = Counter()
        self._seats_lock = threading.Lock()
        self._inline = threading.Lock()
        self._thread: threading.Thread | None = None

    @property
    def alive(self) -> bool:
        return self._thread is not None and self._thread.is_alive()

    def start(self) -> None:
        if not self.alive:
            self._thread = threading.Thread(target=self._run, name="committer", daemon=True)
            self._thread.start()

    def stop(self) -> None:
        """Stores what waits, then ends."""
        if self._thread is not None:
            self._waiting.put(None)
            self._thread.join()
            self._thread = None

    def submit(self, move: Submitted) -> Outcome:
        """Stores a move from a thread and waits for the outcome. Without a running committer it is stored here."""
        if not self.alive:
            with self._inline:
                outcomes, changes = self._store([move])
            self._tell(changes)
            _count(outcomes[0])
            return outcomes[0]
        if connection.in_atomic_block:
            raise ValueError("a move submitted inside a transaction would wait for that transaction's own end")
        waited: Future[Outcome] = Future()
        self.enqueue(replace(move, future=waited))
        return waited.result(ANSWER_WITHIN)

    def enqueue(self, move: Submitted) -> "Future[Outcome] | asyncio.Future[Outcome]":
        """Queues a move; never blocks. Its future is done when the move is on disk, or refused.

        A loop's future is given by the loop's own thread."""
        with self._seats_lock:
            if self._of_seat[move.seat] >= MOST_A_SEAT:
                _answer([move], [refuse("too-many")])
                return move.future
            self._of_seat[move.seat] += 1
        try:
            self._waiting.put_nowait(move)
        except queue.Full:
            self._leave([move])
            _answer([move], [refuse("busy")])
        return move.future

    def _run(self) -> None:
        try:
            while batch := self._next_batch():
                close_old_connections()
                changes: Sequence[Change] = ()
                try:
                    outcomes, changes = self._store(batch)
                except Exception as error:  # a process edge: everybody is answered, and the committer lives
                    report(f"{len(batch)} moves were not stored", error)
                    outcomes = [refuse("engine")] * len(batch)
                _answer(batch, outcomes)
                self._tell(changes)
        finally:
            connection.close()

    @property
    def waiting(self) -> int:
        return self._waiting.qsize()

    def _next_batch(self) -> list[Submitted]:
        """All that waits, at most MOST_A_BATCH; empty once stopped."""
        first = self._waiting.get()
        batch: list[Submitted] = []
        while first is not None:
            batch.append(first)
            if len(batch) == MOST_A_BATCH:
                break
            try:
                first = self._waiting.get_nowait()
            except queue.Empty:
                break
        else:
            if batch:
                self._waiting.put(None)  # what came before the stop is stored first
        self._leave(batch)
        return batch

    def _leave(self, moves: Sequence[Submitted]) -> None:
        with self._seats_lock:
            for move in moves:
                self._of_seat[move.seat] -= 1
                if self._of_seat[move.seat] <= 0:
                    del self._of_seat[move.seat]

    def _store(self, batch: Sequence[Submitted]) -> tuple[list[Outcome], list[Change]]:
        began = time.perf_counter()
        outcomes, changes = self._try_to_store(batch)
        figures.commit.observe(time.perf_counter() - began)
        figures.batch.observe(len(batch))
        return outcomes, changes

    def _try_to_store(self, batch: Sequence[Submitted]) -> tuple[list[Outcome], list[Change]]:
        draft = _Draft()
        try:
            with transaction.atomic():
                before, outcomes = self._decide(batch, draft)
                if draft.entries:
                    heads = {entry.session_id: entry.number for entry in draft.entries}
                    Seat.objects.bulk_create(draft.arrivals)
                    log.append(draft.entries, heads)
                    log.set_ended({session_id: session_id in draft.ended for session_id in draft.turned})
        except (DatabaseError, InterfaceError, OSError, keys.KeyMissing) as error:
            # the message may quote a row: its name is enough, and no content reaches the log
            logger.error("%d moves were not stored: %s", len(batch), type(error).__name__)
            return [refuse("not-stored")] * len(batch), []
        since: dict[uuid.UUID, float] = {}
        for move in batch:
            since.setdefault(move.session_id, move.at)
        changes = [
            Change(before[session_id], room, since[session_id])
            for session_id, room in draft.rooms.items()
            if room.number > before[session_id].number
        ]
        for room in draft.rooms.values():
            self.rooms.put(room)
        return outcomes, changes

    def _tell(self, changes: Sequence[Change]) -> None:
        for listener in self.listeners if changes else ():
            try:
                listener(changes)
            except Exception as error:  # a process edge: what is stored stays stored, and the committer lives
                report("a listener failed", error)

    def _decide(self, batch: Sequence[Submitted], draft: _Draft) -> tuple[dict[uuid.UUID, Room], list[Outcome]]:
        heads = log.lock({move.session_id for move in batch})
        seats = {
            id_: (session_id, generation)
            for id_, session_id, generation in Seat.objects.filter(id__in={move.seat for move in batch}).values_list(
                "id", "session_id", "generation"
            )
        }
        draft.seated = set(seats)
        for arriving in [move.arrival for move in batch if move.arrival is not None]:
            seats.setdefault(arriving.id, (arriving.session_id, arriving.generation))
        draft.numbers = log.find_repeats([(move.session_id, move.seat, move.key) for move in batch])
        draft.ended = {session_id for session_id, head in heads.items() if head.status == SessionStatus.CLOSED}
        draft.keyless = {session_id for session_id in heads if not keys.has_key(session_id)}
        for session_id, head in heads.items():
            if head.status == SessionStatus.ERASED:
                self.rooms.drop(session_id)
                keys.forget(session_id)
        before = self.rooms.at_all(
            {session_id: head.number for session_id, head in heads.items() if head.status != SessionStatus.ERASED}
        )
        draft.rooms = dict(before)
        outcomes = []
        for move in batch:
            if move.session_id not in heads:
                outcomes.append(refuse("unknown-session"))
                continue
            head = heads[move.session_id]
            if head.status == SessionStatus.ERASED:
                outcomes.append(refuse("erased"))
            elif head.away and (move.session_id, move.seat, move.key) not in draft.numbers:
                outcomes.append(refuse("elsewhere"))  # what was stored before it left is still acknowledged
            else:
                outcomes.append(_seat_refusal(move, seats) or self._decide_one(move, draft))
        return before, outcomes

    def _decide_one(self, move: Submitted, draft: _Draft) -> Outcome:
        identity = (move.session_id, move.seat, move.key)
        if identity in draft.numbers:
            return Outcome(REPEATED, number=draft.numbers[identity])
        if move.session_id in draft.keyless:
            return refuse("no-key")
        room = draft.rooms[move.session_id]
        if room.behind:
            return refuse("updating")
        payload = dict(move.payload)
        if move.kind == "open":  # secrets are dealt by it; whatever a client says, it is ours
            payload["salt"] = secrets.token_hex(16)
        applied = Move(room.number + 1, str(move.seat), move.kind, payload, now_ms())
        try:
            after = apply(room.state, applied)
        except Exception as error:  # a process edge: one method's fault must not stop every room
            report(f"the engine failed on a move of kind {move.kind}", error)
            return refuse("engine")
        ended = move.session_id in draft.ended
        if isinstance(after, Refusal):
            closed = ended or _is_closed(room)
            return Outcome(410 if closed else REFUSED, after.reason, refusal_words(after))
        if ended and not _is_closed(room):
            return refuse("closed")  # closed by the organiser, the method being in the middle
        draft.entries.append(
            log.Entry(
                move.session_id, applied.number, move.seat, move.kind, applied.payload or {}, move.key, applied.at
            )
        )
        draft.rooms[move.session_id] = room = replace(room, state=after, number=applied.number)
        draft.numbers[identity] = applied.number
        if move.arrival is not None and move.arrival.id not in draft.seated:
            draft.arrivals.append(move.arrival)
        if _is_closed(room) != ended:
            draft.turned.add(move.session_id)
            draft.ended ^= {move.session_id}
        return Outcome(CREATED, number=applied.number)


def _answer(batch: Sequence[Submitted], outcomes: Sequence[Outcome]) -> None:
    """Threads are told one by one; a loop is woken once for all who wait in it: each waking costs a system call, and
    hands over the interpreter's lock."""
    of_loops: dict[asyncio.AbstractEventLoop, list[tuple[asyncio.Future[Outcome], Outcome]]] = {}
    for move, outcome in zip(batch, outcomes, strict=True):
        _count(outcome)
        if isinstance(move.future, Future):
            move.future.set_result(outcome)
        else:
            of_loops.setdefault(move.future.get_loop(), []).append((move.future, outcome))
    for loop, told in of_loops.items():
        try:
            loop.call_soon_threadsafe(_set_results, told)
        except RuntimeError:
            logger.info("%d outcomes found their loop closed", len(told))  # the server stopped; what is stored stays


def _set_results(told: "Sequence[tuple[asyncio.Future[Outcome], Outcome]]") -> None:
    for future, outcome in told:
        if not future.done():  # whoever asked may have gone
            future.set_result(outcome)


def _count(outcome: Outcome) -> None:
    became = {CREATED: "accepted", REPEATED: "repeated"}.get(outcome.status, "refused")
    figures.moves.add(became, outcome.reason)


def _seat_refusal(move: Submitted, seats: Mapping[uuid.UUID, tuple[uuid.UUID, int]]) -> Outcome | None:
    seat = seats.get(move.seat)
    if seat is None or seat[0] != move.session_id:
        return refuse("no-seat")
    if move.generation is not None and move.generation != seat[1]:
        return refuse("revoked-seat")
    return None


def _is_closed(room: Room) -> bool:
    return bool(room.state.status == "closed")

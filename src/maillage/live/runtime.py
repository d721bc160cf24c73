"""The live part of this process: its rooms, its committer, its hub, and how they are started and stopped together."""

import asyncio
import contextlib
import logging
import socket
import time
import uuid
from collections.abc import Callable, Coroutine, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from typing import Any, TypeVar

from django.db import DatabaseError, close_old_connections, connections

from maillage.lib.metrics import Gauge
from maillage.live import bus, figures, keys, peers, screens, signals, snapshots
from maillage.live.committer import Change, Committer
from maillage.live.enums import SessionStatus
from maillage.live.hub import Hub
from maillage.live.models import Seat, Session
from maillage.live.rooms import Rooms

logger = logging.getLogger(__name__)

WATCH = 1.0  # seconds between two looks at the log for moves another process stored
WATCH_BUS = 5.0  # the same while the bus is heard: for what it would have lost
READERS = 2  # threads that read the database for streams; SQLite and two cores serve no more at a time

T = TypeVar("T")


class Live:
    def __init__(self) -> None:
        self.rooms = Rooms()
        self.committer = Committer(self.rooms)
        self.hub = Hub(self.rooms, screens.render_shared, screens.render_own)
        self.rooms.on_drop.append(self.hub.fragments.drop)
        self.snapshots = snapshots.Keeper()
        self.rooms.restore = snapshots.restore
        self.rooms.on_replay.append(self.snapshots.replayed)
        self.committer.listeners = [self._publish, signals.tell, self.snapshots.note]
        self._loop: asyncio.AbstractEventLoop | None = None
        self._executors: list[ThreadPoolExecutor] = []
        self._readers: Iterator[ThreadPoolExecutor] = iter(())
        self._tasks: list[asyncio.Task[None]] = []
        self._looks: set[asyncio.Task[None]] = set()  # the loop itself holds tasks weakly
        self.ear = bus.Ear(self)
        self.peers = peers.Peers()

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        # one thread each: its connection can be closed by name when it ends
        self._executors = [ThreadPoolExecutor(1, thread_name_prefix=f"live-reader-{n}") for n in range(READERS)]
        self._readers = cycle(self._executors)
        self.hub.closing = False
        self.snapshots.start()
        self.committer.start()
        self._tasks = [self._loop.create_task(self.hub.beat()), self._loop.create_task(self._watch())]
        if bus.exists():
            self.ear.start()
            self._tasks.append(self._loop.create_task(self._say_here()))

    async def stop(self) -> None:
        """Ends the streams, stores what waits, lets go of the database."""
        self.hub.close()
        await asyncio.to_thread(self.ear.stop)
        ending = [*self._tasks, *self._looks]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        await asyncio.to_thread(self.committer.stop)
        if bus.exists():
            with contextlib.suppress(DatabaseError):
                await self.in_thread(bus.tell_lightly, [self.peers.farewell()])
        await asyncio.to_thread(self.snapshots.stop)
        for executor in self._executors:
            executor.submit(connections.close_all)
            await asyncio.to_thread(executor.shutdown)
        self._loop = None

    async def in_thread(self, work: Callable[..., T], *arguments: Any) -> T:
        """Runs work that reads the database beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(next(self._readers), _with_connection, work, *arguments)

    def end_streams(self, session_id: uuid.UUID, *, seat: str | None = None) -> None:
        """From any thread: ends the streams of a session or of a seat, in all processes."""
        bus.tell_news(peers.as_news(say="end", session=session_id, seat=seat))
        self._call(lambda: self.hub.end(session_id, seat=seat))

    def say_help_moved(self, session_id: uuid.UUID) -> None:
        """From any thread: the pages of who leads ask for their call for help again, whichever process holds them."""
        bus.tell_news(peers.as_news(say="help", session=session_id))
        self._call(lambda: self.hub.say_help_moved(session_id))

    def screens_of(self, session_id: uuid.UUID) -> int:
        """How many are on line, whichever process holds them."""
        return self.hub.count(session_id) + self.peers.screens(session_id)

    def seats_of(self, session_id: uuid.UUID) -> int:
        """As `screens_of`, several screens of one seat being one; a seat that two processes hold counts for two."""
        return len(self.hub.seats(session_id)) + self.peers.seats(session_id)

    def _call(self, work: Callable[[], None]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(work)

    def _publish(self, changes: Sequence[Change]) -> None:
        self._call(lambda: self._show(changes))
        for change in changes:  # an ended room calls for nothing any more, a reopened one may again
            if (change.before.state.status == "closed") != (change.after.state.status == "closed"):
                self.say_help_moved(change.after.session_id)

    def _show(self, changes: Sequence[Change]) -> None:
        for change in changes:
            self.hub.publish([change.after.session_id], since=change.since)

    def heard(self, heads: bus.Heard) -> None:
        """From the bus's thread: another process, or this one, stored moves."""
        at = time.monotonic()
        self._call(lambda: self._catch_up(heads, at))

    def heard_news(self, news: bus.News) -> None:
        """From the bus's thread: anything else. What is not understood is of another version, and left out."""
        if news["say"] in ("here", "gone"):
            self.peers.hear(news)
            return
        try:
            session_id = uuid.UUID(str(news.get("session")))
            seat = str(uuid.UUID(str(news["seat"]))) if news.get("seat") else None
        except ValueError:
            return
        if news["say"] == "help":
            self._call(lambda: self.hub.say_help_moved(session_id))
        elif news["say"] == "end":
            _forget_seats(uuid.UUID(seat) if seat else None)
            if seat is None:
                self.rooms.drop(session_id)
                keys.forget(session_id)
            self._call(lambda: self.hub.end(session_id, seat=seat))

    def _catch_up(self, heads: bus.Heard, at: float) -> None:
        if heads is None:
            self._begin(self._check_seats())
        behind = []
        for session_id in self.hub.sessions():
            room = self.rooms.get(session_id)
            if heads is None or (session_id in heads and (room is None or room.number < heads[session_id])):
                behind.append(session_id)
        if behind:
            self._begin(self._bring_up_to_date(behind, at))

    def _begin(self, work: Coroutine[Any, Any, None]) -> None:
        task = asyncio.get_running_loop().create_task(work)
        self._looks.add(task)
        task.add_done_callback(self._looks.discard)

    async def _check_seats(self) -> None:
        """After a cut: a seat that was revoked meanwhile was said to nobody."""
        standing = self.hub.standing()
        _forget_seats(None)
        try:
            revoked = await self.in_thread(_revoked, standing) if standing else []
        except DatabaseError as error:
            logger.error("the seats could not be looked at: %s", type(error).__name__)
            return
        for session_id, seat in revoked:
            self.hub.end(session_id, seat=str(seat))

    async def _say_here(self) -> None:
        """Who we are and how it goes, for the other processes and for our own ear."""
        machine = socket.gethostname()
        away = False
        while True:
            counts = peers.counts_of(self.hub.pages())
            try:
                await self.in_thread(bus.tell_lightly, self.peers.describe(machine, self.figures(), counts))
                away = False
            except DatabaseError as error:
                if not away:
                    logger.error("this process could not say it is here: %s", type(error).__name__)
                away = True
            await asyncio.sleep(peers.EVERY)

    def figures(self) -> dict[str, float]:
        """How it goes here, in a few numbers."""
        usual = figures.recent.usual()
        found: dict[str, float] = {"screens": self.hub.count(), "queue": self.committer.waiting}
        if usual is not None:
            found["lag"] = usual
        if self.peers.lag is not None:
            found["bus"] = self.peers.lag
        return found

    async def _watch(self) -> None:
        """Without a bus, or if it is cut: other processes (a command, a second server) store moves too."""
        while True:
            await asyncio.sleep(WATCH_BUS if self.ear.listening else WATCH)
            if watched := self.hub.sessions():
                await self._bring_up_to_date(watched, time.monotonic())

    async def _bring_up_to_date(self, watched: list[uuid.UUID], at: float) -> None:
        try:
            moved, gone = await self.in_thread(self._look, watched)
        except DatabaseError as error:
            logger.error("the log could not be looked at: %s", type(error).__name__)
            return
        self.hub.publish(moved, since=at)
        for session_id in gone:
            self.hub.end(session_id)

    def _look(self, watched: list[uuid.UUID]) -> tuple[list[uuid.UUID], list[uuid.UUID]]:
        moved: dict[uuid.UUID, int] = {}
        gone = []  # erased, or carried to another server: their streams end, and the next answer says why
        rows = Session.objects.filter(id__in=watched).values_list("id", "last_number", "status", "away")
        for session_id, number, status, away in rows:
            room = self.rooms.get(session_id)
            self.rooms.say_away(session_id, away)
            if status == SessionStatus.ERASED or away:
                gone.append(session_id)
            elif room is None or room.number < number:
                moved[session_id] = number
        return list(self.rooms.at_all(moved)), gone


def _with_connection(work: Callable[..., T], *arguments: Any) -> T:
    close_old_connections()
    return work(*arguments)


def _forget_seats(seat: uuid.UUID | None) -> None:
    from maillage.live import seats  # which knows us

    seats.forget(seat)


def _revoked(standing: dict[uuid.UUID, int]) -> list[tuple[uuid.UUID, uuid.UUID]]:
    """Of these seats and the generation each was let in with, those that are of another now; with their session."""
    rows = Seat.objects.filter(id__in=standing).values_list("session_id", "id", "generation")
    return [(session_id, seat) for session_id, seat, generation in rows if generation != standing[seat]]


_live: Live | None = None


def live() -> Live:
    """This process's own, made when first asked for."""
    global _live
    if _live is None:
        _live = Live()
    return _live


def _of_live(read: Callable[[Live], float | None]) -> Callable[[], float | None]:
    return lambda: None if _live is None else read(_live)


for name, words, read in (
    ("maillage_streams", "Streams open now.", lambda here: here.hub.count()),
    ("maillage_watched_sessions", "Sessions that have a stream open now.", lambda here: len(here.hub.sessions())),
    ("maillage_rooms", "Sessions whose state is in memory.", lambda here: here.rooms.count()),
    ("maillage_queue_moves", "Moves that wait to be stored.", lambda here: here.committer.waiting),
    ("maillage_bus_listening", "1 while the bus is heard.", lambda here: here.ear.listening if bus.exists() else None),
    ("maillage_bus_cuts", "Times the bus was cut since the process began.", lambda here: here.ear.cuts),
    ("maillage_bus_lag_seconds", "Our last word took this long to come back by the bus.", lambda here: here.peers.lag),
    ("maillage_peers", "Other processes heard on the bus lately.", lambda here: len(here.peers.known())),
):
    Gauge(figures.registry, name, words, _of_live(read))

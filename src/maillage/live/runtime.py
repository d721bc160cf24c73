"""The live part of this process: its rooms, its committer, its hub, and how they are started and stopped together."""

import asyncio
import logging
import uuid
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from typing import Any, TypeVar

from django.db import DatabaseError, close_old_connections, connections

from maillage.live import bus, screens, signals
from maillage.live.committer import Change, Committer
from maillage.live.enums import SessionStatus
from maillage.live.hub import Hub
from maillage.live.models import Session
from maillage.live.rooms import ErasedSession, Rooms

logger = logging.getLogger(__name__)

WATCH = 1.0  # seconds between two looks at the log for moves another process stored
READERS = 2  # threads that read the database for streams; SQLite and two cores serve no more at a time

T = TypeVar("T")


class Live:
    def __init__(self) -> None:
        self.rooms = Rooms()
        self.committer = Committer(self.rooms)
        self.hub = Hub(self.rooms, screens.render_shared, screens.render_own)
        self.rooms.on_drop.append(self.hub.fragments.drop)
        self.committer.listeners = [self._publish, signals.tell]
        self._loop: asyncio.AbstractEventLoop | None = None
        self._executors: list[ThreadPoolExecutor] = []
        self._readers: Iterator[ThreadPoolExecutor] = iter(())
        self._tasks: list[asyncio.Task[None]] = []
        self._looks: set[asyncio.Task[None]] = set()  # the loop itself holds tasks weakly
        self.ear = bus.Ear(self._heard)

    async def start(self) -> None:
        self._loop = asyncio.get_running_loop()
        # one thread each: its connection can be closed by name when it ends
        self._executors = [ThreadPoolExecutor(1, thread_name_prefix=f"live-reader-{n}") for n in range(READERS)]
        self._readers = cycle(self._executors)
        self.hub.closing = False
        self.committer.start()
        self._tasks = [self._loop.create_task(self.hub.beat()), self._loop.create_task(self._watch())]
        if bus.exists():
            self.ear.start()

    async def stop(self) -> None:
        """Ends the streams, stores what waits, lets go of the database."""
        self.hub.close()
        await asyncio.to_thread(self.ear.stop)
        ending = [*self._tasks, *self._looks]
        for task in ending:
            task.cancel()
        await asyncio.gather(*ending, return_exceptions=True)
        await asyncio.to_thread(self.committer.stop)
        for executor in self._executors:
            executor.submit(connections.close_all)
            await asyncio.to_thread(executor.shutdown)
        self._loop = None

    async def in_thread(self, work: Callable[..., T], *arguments: Any) -> T:
        """Runs work that reads the database beside the event loop."""
        return await asyncio.get_running_loop().run_in_executor(next(self._readers), _with_connection, work, *arguments)

    def end_streams(self, session_id: uuid.UUID, *, seat: str | None = None) -> None:
        """From any thread: ends the streams of a session or of a seat."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(lambda: self.hub.end(session_id, seat=seat))

    def say_help_moved(self, session_id: uuid.UUID) -> None:
        """From any thread: the pages of who leads ask for their call for help again."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.hub.say_help_moved, session_id)

    def _publish(self, changes: Sequence[Change]) -> None:
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self.hub.publish, [change.after.session_id for change in changes])
        for change in changes:  # an ended room calls for nothing any more, a reopened one may again
            if (change.before.state.status == "closed") != (change.after.state.status == "closed"):
                self.say_help_moved(change.after.session_id)

    def _heard(self, heads: bus.Heard) -> None:
        """From the bus's thread: another process, or this one, stored moves."""
        if self._loop is not None:
            self._loop.call_soon_threadsafe(self._catch_up, heads)

    def _catch_up(self, heads: bus.Heard) -> None:
        behind = []
        for session_id in self.hub.sessions():
            room = self.rooms.get(session_id)
            if heads is None or (session_id in heads and (room is None or room.number < heads[session_id])):
                behind.append(session_id)
        if behind:
            task = asyncio.get_running_loop().create_task(self._bring_up_to_date(behind))
            self._looks.add(task)
            task.add_done_callback(self._looks.discard)

    async def _watch(self) -> None:
        """Without a bus, or if it is cut: other processes (a command, a second server) store moves too."""
        while True:
            await asyncio.sleep(WATCH)
            if watched := self.hub.sessions():
                await self._bring_up_to_date(watched)

    async def _bring_up_to_date(self, watched: list[uuid.UUID]) -> None:
        try:
            moved, erased = await self.in_thread(self._look, watched)
        except DatabaseError as error:
            logger.error("the log could not be looked at: %s", type(error).__name__)
            return
        self.hub.publish(moved)
        for session_id in erased:
            self.hub.end(session_id)

    def _look(self, watched: list[uuid.UUID]) -> tuple[list[uuid.UUID], list[uuid.UUID]]:
        moved, erased = [], []
        rows = Session.objects.filter(id__in=watched).values_list("id", "last_number", "status")
        for session_id, number, status in rows:
            room = self.rooms.get(session_id)
            if status == SessionStatus.ERASED:
                erased.append(session_id)
            elif room is None or room.number < number:
                try:
                    self.rooms.load(session_id)
                except ErasedSession:
                    continue
                moved.append(session_id)
        return moved, erased


def _with_connection(work: Callable[..., T], *arguments: Any) -> T:
    close_old_connections()
    return work(*arguments)


_live: Live | None = None


def live() -> Live:
    """This process's own, made when first asked for."""
    global _live
    if _live is None:
        _live = Live()
    return _live

"""One broadcaster a process: the bytes of a screen are made once an audience, and each open stream's send is called.

A client that reads slowly is spared what it would not see: while its line still holds a view nothing is added, and the
newest is given when the line is free. One that takes nothing for PATIENCE is dropped: it comes back with its
Last-Event-ID and gets the whole view. Changes are coalesced: the first goes at once, the next wait for an interval,
whatever their number. It is INTERVAL while screens are cheap to make, and grows when making those of all sessions would
take more than SHARE of the time. All of it runs on the event loop.
"""

import asyncio
import time
import uuid
from collections import Counter
from collections.abc import Awaitable, Callable, Coroutine, Iterable
from dataclasses import dataclass, field
from functools import partial
from typing import Any, NamedTuple, Protocol, cast

from facilitation import Touched, audience, touched, view_own
from maillage.lib.languages import FRENCH, current, spoken
from maillage.live import figures
from maillage.live.faults import report
from maillage.live.fragments import Fragments, Render, RenderOwn, Seen, digest_of, frame, readers
from maillage.live.rooms import Room, Rooms

INTERVAL = 0.25  # seconds between two updates of one session: four a second, as much as an eye follows
SLOWEST = 2.0  # seconds: the same, for the largest audience; what people do is stored and answered meanwhile
SHARE = 0.5  # of the time, for screens; the rest takes moves in and lets people enter
HEARTBEAT = 15.0  # seconds; proxies cut a silent line at 30 or 60
TURN = 0.01  # seconds of sending before others get the loop
PATIENCE = 20.0  # seconds a client may take nothing of what its line holds: a lift, a tunnel; the system waits for 30
SEAT_STREAMS = 40  # open pages of one seat: a projector's link is on several screens, nobody has forty

Send = Callable[[dict[str, Any]], Awaitable[None]]
SPREAD = 2.0  # ms a stream: a thousand phones cut at once come back over two seconds, not in one instant
SPREAD_LEAST, SPREAD_MOST = 250, 3_000  # ms


class Line(Protocol):
    """A connection of our own server, which says whether it is free; through another's `send` one cannot ask."""

    on_free: "Callable[[], None] | None"  # called when a line that was not free is free again

    @property
    def free(self) -> bool:
        """Whether all it was given is with the system."""

    def hold_little(self) -> None:
        """From now, it is not free as soon as something of what it was given waits in this process."""

    def write(self, chunk: bytes) -> None:
        """Writes a chunk of HTTP made once for many streams: a fifth of what `send` costs."""

    def taken(self) -> int:
        """Grows when the client takes something."""


class Message(NamedTuple):
    """What is sent, and the same as a chunk of HTTP/1.1."""

    data: bytes
    chunk: bytes

    @classmethod
    def of(cls, data: bytes) -> "Message":
        return cls(data, b"%x\r\n%b\r\n" % (len(data), data))


HELP = Message.of(b"event: help\ndata: moved\n\n")  # no id: the log did not move


@dataclass(eq=False, slots=True)
class Stream:
    """One open page. `send` is its ASGI send, `abort` cuts the connection without waiting for what it holds."""

    session_id: uuid.UUID
    seat: str
    send: Send
    abort: Callable[[], None]
    line: Line | None = None
    language: str = FRENCH  # of its page, when it was opened
    shared: bytes = b""  # the last sent; the very object all of its audience got, so it costs nothing here
    own: int | None = None  # a hash of the seat's own last view
    group: Seen | None = None
    number: int = -1  # of the room it was last brought up to date with
    open: bool = True
    generation: int | None = None  # of the seat, when the stream was let in
    behind: asyncio.TimerHandle | None = None  # its line is not free: when it is looked at
    taken: int = 0  # what its line said at the last look
    owed: Message | None = None  # news that are in no view, to say once the line is free


@dataclass(slots=True)
class _Channel:
    streams: dict[Stream, None] = field(default_factory=dict)  # in the order they came
    pages: Counter[str] = field(default_factory=Counter)  # of each seat
    room: Room | None = None  # as it was flushed last
    timer: asyncio.TimerHandle | None = None
    flushed_at: float = float("-inf")
    running: bool = False
    again: bool = False
    since: float | None = None  # when the oldest change that the screens have not seen was received
    took: float = 0.0  # seconds of work, the last time


class _Change:
    """What one flush makes once for many: bytes of an audience, and own views that differ by a name alone.

    A thousand people who voted have three own views but for their names; those nobody touched have the one they had.
    """

    def __init__(self, before: Room | None, after: Room) -> None:
        self.number = before.number if before else -1
        self.since: Touched | None = touched(before.state, after.state) if before else None
        self.framed: dict[Seen, bytes] = {}
        self.given: dict[Seen, tuple[bytes, Message]] = {}
        self.alike: dict[str, dict[bytes, bytes]] = {}  # by language

    def already(self, stream: Stream) -> "tuple[bytes, Message] | None":
        """What another stream of its audience was given, where that is all this one lacks."""
        if stream.number != self.number or self.since is None or not self.since.spares(stream.seat):
            return None
        return self.given.get(stream.group) if stream.group is not None else None

    def spares(self, stream: Stream) -> bool:
        """Whether this stream has its own view already: it was given it at the last flush or before, and not since."""
        return self.since is not None and stream.number == self.number and self.since.spares(stream.seat)


class Hub:
    def __init__(self, rooms: Rooms, render_shared: Render, render_own: RenderOwn) -> None:
        self.rooms = rooms
        self.fragments = Fragments(render_shared)
        self.render_own = render_own
        self.closing = False
        self._channels: dict[uuid.UUID, _Channel] = {}
        self._interval, self._weighed_at = INTERVAL, float("-inf")
        self._frames = self._bytes = 0  # sent since they were last told to `figures`
        self._tasks: set[asyncio.Task[None]] = set()  # the loop itself holds tasks weakly

    def sessions(self) -> list[uuid.UUID]:
        return list(self._channels)

    def count(self, session_id: uuid.UUID | None = None) -> int:
        channels = self._channels.values() if session_id is None else [self._channels.get(session_id, _Channel())]
        return sum(len(channel.streams) for channel in channels)

    def pages(self) -> dict[uuid.UUID, Counter[str]]:
        """Of each session, how many pages of each seat are open."""
        return {session_id: channel.pages for session_id, channel in self._channels.items()}

    def standing(self) -> dict[uuid.UUID, int]:
        """The seats that have a page open, and the generation it was let in with: to see which were revoked since."""
        streams = (stream for channel in self._channels.values() for stream in channel.streams)
        return {uuid.UUID(stream.seat): stream.generation for stream in streams if stream.generation is not None}

    def seats(self, session_id: uuid.UUID) -> set[str]:
        """The seats that have a page open now."""
        channel = self._channels.get(session_id)
        return {stream.seat for stream in channel.streams} if channel else set()

    def join(self, stream: Stream, *, after: int) -> None:
        """Takes a stream in, then gives it what it lacks: in this order nothing falls between the two."""
        channel = self._channels.setdefault(stream.session_id, _Channel())
        channel.streams[stream] = None
        if stream.line is not None:
            stream.line.hold_little()
        channel.pages[stream.seat] += 1
        if channel.pages[stream.seat] > SEAT_STREAMS:  # the newest page is the one that is looked at
            self._finish(next(one for one in channel.streams if one.seat == stream.seat))
        room = self.rooms.get(stream.session_id)
        if room is None or room.number == after:
            self._push(stream, self._beat())  # the first byte proves the line
        else:
            self._update(stream, room)
            self._tally()

    def leave(self, stream: Stream) -> None:
        stream.open = False
        self._is_up_to_date(stream)
        channel = self._channels.get(stream.session_id)
        if channel is not None and stream in channel.streams:
            del channel.streams[stream]
            channel.pages -= Counter([stream.seat])
            if not channel.streams and not channel.running:
                if channel.timer is not None:
                    channel.timer.cancel()
                del self._channels[stream.session_id]

    def publish(self, session_ids: Iterable[uuid.UUID], *, since: float | None = None) -> None:
        """Says that these rooms moved. Their streams hear of it now, or at the end of the current interval.

        `since`: when the move was received, by time.monotonic().
        """
        for session_id in session_ids:
            channel = self._channels.get(session_id)
            if channel is not None:
                figures.changes.add()
                channel.since = since if channel.since is None else channel.since
                self._schedule(session_id, channel)

    def _schedule(self, session_id: uuid.UUID, channel: _Channel) -> None:
        loop = asyncio.get_running_loop()
        if channel.timer is not None:
            return
        if channel.running:
            channel.again = True
            return
        wait = channel.flushed_at + self._weigh(loop.time()) - loop.time()
        if wait > 0:
            channel.timer = loop.call_later(wait, self._begin_flush, session_id, channel)
        else:
            self._begin_flush(session_id, channel)

    def _weigh(self, now: float) -> float:
        """How often a session may be shown, so that all those that move leave time for the rest."""
        if now - self._weighed_at > INTERVAL:
            moving = (one.took for one in self._channels.values() if now - one.flushed_at < 2 * SLOWEST)
            self._interval, self._weighed_at = min(max(INTERVAL, sum(moving) / SHARE), SLOWEST), now
        return self._interval

    def say_help_moved(self, session_id: uuid.UUID) -> None:
        """Tells the open pages of who leads that their call for help moved: they ask for it. No other page hears it."""
        room, channel = self.rooms.get(session_id), self._channels.get(session_id)
        for stream in list(channel.streams) if room and channel else ():
            seat = cast(Room, room).state.seats.get(stream.seat)
            if seat is not None and cast(Room, room).leads(seat.role):
                if self._takes(stream):
                    self._push(stream, HELP)
                else:
                    stream.owed = HELP

    def end(self, session_id: uuid.UUID, *, seat: str | None = None) -> None:
        """Ends the streams of a session (erased), or of one of its seats (revoked)."""
        channel = self._channels.get(session_id)
        for stream in list(channel.streams) if channel else ():
            if seat is None or stream.seat == seat:
                self._finish(stream)

    def close(self) -> None:
        """Ends every stream at once: the server stops."""
        self.closing = True
        for session_id in self.sessions():
            self.end(session_id)

    def render(self, room: Room, seat: str) -> bytes:
        """A seat's whole view, as a page that has none asks for it."""
        group = readers(audience(room.state, seat), current())
        told = room.in_words()
        return self.fragments.html(room, group) + b"\n" + self.render_own(told, view_own(told.state, seat), None)

    async def beat(self) -> None:
        """Speaks on every line from time to time, until cancelled."""
        while True:
            await asyncio.sleep(HEARTBEAT)
            beat = self._beat()
            for channel in list(self._channels.values()):
                for stream in list(channel.streams):
                    if self._takes(stream):
                        self._push(stream, beat)

    def _beat(self) -> Message:
        """A comment that proves the line, and over how long to come back if it is cut: the more phones, the longer."""
        spread = min(max(int(SPREAD * self.count()), SPREAD_LEAST), SPREAD_MOST)
        return Message.of(b": \nretry: %d\n\n" % spread)

    def _begin_flush(self, session_id: uuid.UUID, channel: _Channel) -> None:
        channel.timer = None
        channel.running = True
        task = asyncio.get_running_loop().create_task(self._flush(session_id, channel))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)

    async def _flush(self, session_id: uuid.UUID, channel: _Channel) -> None:
        loop = asyncio.get_running_loop()
        channel.flushed_at = began = loop.time()
        since, channel.since, worked = channel.since, None, 0.0
        room = self.rooms.get(session_id)
        groups: set[Seen] = set()
        before, channel.room = channel.room, room  # a line that is free before the end is given this one
        try:
            if room is None:
                return
            change = _Change(before, room)
            for stream in list(channel.streams):
                try:
                    known = change.already(stream)
                    if known is None:
                        groups.add(self._update(stream, room, change))
                    else:  # as most of a crowd: nothing of its own changed, and its audience's bytes are made
                        self._give(stream, room.number, known)
                except Exception as error:  # a process edge: one audience's fault must not silence the others
                    report("a screen could not be made", error)
                if loop.time() - began > TURN:
                    worked += loop.time() - began
                    await asyncio.sleep(0)
                    began = loop.time()
        finally:
            channel.took = worked + loop.time() - began
            self._tally()
            figures.flushes.add()
            figures.flush.observe(channel.took)
            if since is not None:
                figures.lag.observe(time.monotonic() - since)
                figures.recent.add(time.monotonic() - since)
            self.fragments.keep(session_id, groups)
            channel.running = False
            if not channel.streams:
                self._channels.pop(session_id, None)
            elif channel.again:
                channel.again = False
                self._schedule(session_id, channel)

    def _tally(self) -> None:
        figures.frames.add(by=self._frames)
        figures.sent.add(by=self._bytes)
        self._frames = self._bytes = 0

    def _update(self, stream: Stream, room: Room, change: "_Change | None" = None) -> Seen:
        """Sends a stream what changed for it: its audience's bytes, made once, and its own when they differ."""
        spared = change is not None and stream.group is not None and change.spares(stream)
        group = stream.group if spared and stream.group else readers(audience(room.state, stream.seat), stream.language)
        if not self._takes(stream):
            return group
        shared = change.framed.get(group) if change else None
        if shared is None:
            shared = self.fragments.framed(room, group)
            if change is not None:
                change.framed[group] = shared
        own = b"" if spared else self._own(stream, room, change)
        news = shared if shared is not stream.shared and shared != stream.shared else b""
        stream.shared, stream.group, stream.number = shared, group, room.number
        if own:
            self._say(stream, Message.of(message(room.number, news + own)))
        elif news and change is not None:
            change.given[group] = shared, (said := Message.of(message(room.number, news)))
            self._say(stream, said)
        elif news:
            self._say(stream, Message.of(message(room.number, news)))
        return group

    def _give(self, stream: Stream, number: int, given: tuple[bytes, Message]) -> None:
        """Thousands of times a change: `_say` and `_push` are written out where the line is ours."""
        shared, said = given
        line = stream.line
        if not self._takes(stream):
            return
        if stream.shared is not shared and stream.shared != shared:
            if line is None:
                self._say(stream, said)
            else:
                self._frames, self._bytes = self._frames + 1, self._bytes + len(said.data)
                line.write(said.chunk)
        stream.shared, stream.number = shared, number

    def _say(self, stream: Stream, news: Message) -> None:
        """A view, counted; `figures` is told once a flush."""
        self._frames, self._bytes = self._frames + 1, self._bytes + len(news.data)
        self._push(stream, news)

    def _own(self, stream: Stream, room: Room, change: "_Change | None") -> bytes:
        """The seat's own view as data lines, where it is not the one it has."""
        if stream.language != current():
            with spoken(stream.language):
                return self._own(stream, room.in_words(), change)
        view = view_own(room.state, stream.seat)
        digest = digest_of(view)
        if digest == stream.own:
            return b""
        alike = change.alike.setdefault(stream.language, {}) if change else None
        made = frame(self.render_own(room, view, alike))
        stream.own = digest
        return made

    def _push(self, stream: Stream, message: Message) -> None:
        """Writes without waiting. Another server's send that would wait says nothing of when it would not: dropped."""
        if not stream.open:
            return
        if stream.line is not None:
            stream.line.write(message.chunk)
            return
        sending = cast(
            "Coroutine[Any, Any, None]",
            stream.send({"type": "http.response.body", "body": message.data, "more_body": True}),
        )
        try:
            sending.send(None)
        except StopIteration:
            return
        except OSError:
            self.leave(stream)
            return
        sending.close()
        self._drop(stream)

    def _takes(self, stream: Stream) -> bool:
        """Whether something may be given to it now. Otherwise it is given the newest view once its line is free."""
        line = stream.line
        if line is None or line.free:
            return stream.open
        if stream.open:
            figures.spared.add()
            if stream.behind is None:
                stream.taken = line.taken()
                stream.behind = asyncio.get_running_loop().call_later(PATIENCE, self._look, stream, line)
                line.on_free = partial(self._give_newest, stream)
        return False

    def _look(self, stream: Stream, line: Line) -> None:
        """After PATIENCE: who took something is waited for, however little it was."""
        taken, before = line.taken(), stream.taken
        if taken <= before:
            self._drop(stream)
        else:
            stream.taken = taken
            stream.behind = asyncio.get_running_loop().call_later(PATIENCE, self._look, stream, line)

    def _give_newest(self, stream: Stream) -> None:
        """Its line is free: what the others have by now, not all they had meanwhile."""
        self._is_up_to_date(stream)
        channel = self._channels.get(stream.session_id)
        if stream.owed is not None:
            owed, stream.owed = stream.owed, None
            self._push(stream, owed)
        room = (channel.room if channel else None) or self.rooms.get(stream.session_id)
        if room is not None and room.number > stream.number:
            try:
                self._update(stream, room)
                self._tally()
            except Exception as error:  # a process edge, as in a flush
                report("a screen could not be made", error)

    def _is_up_to_date(self, stream: Stream) -> None:
        if stream.behind is not None:
            stream.behind.cancel()
            stream.behind = None
        if stream.line is not None:
            stream.line.on_free = None

    def _drop(self, stream: Stream) -> None:
        figures.dropped.add()
        self.leave(stream)
        stream.abort()

    def _finish(self, stream: Stream) -> None:
        self.leave(stream)
        ending = cast(
            "Coroutine[Any, Any, None]",
            stream.send({"type": "http.response.body", "body": b"", "more_body": False}),
        )
        try:
            ending.send(None)
        except (StopIteration, OSError):
            return
        ending.close()
        stream.abort()


def message(number: int, data: bytes) -> bytes:
    return b"id: %d\nevent: view\n%b\n" % (number, data)

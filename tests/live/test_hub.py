"""The broadcaster alone, with sends one can look into."""

import asyncio
import time
from collections.abc import Callable
from random import Random
from typing import Any

import pytest
from django.db import connections

from maillage.live import figures, runtime, seats
from maillage.live import hub as hub_module
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.hub import Hub, Message, Stream, frame, message

BEAT = Message.of(b": \n\n")

pytestmark = pytest.mark.django_db(transaction=True)


class Line:
    """An open answer: what was sent, and whether its client reads."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.reads = True
        self.ended = self.aborted = False

    async def send(self, event: dict[str, Any]) -> None:
        if not self.reads:
            await asyncio.get_running_loop().create_future()
        self.sent.append(event["body"])
        self.ended = not event["more_body"]

    def abort(self) -> None:
        self.aborted = True


class Wire:
    """A line of our own server, as the hub asks it: free or not, and what its client took."""

    def __init__(self) -> None:
        self.sent: list[bytes] = []
        self.free = True
        self.acknowledged, self.sip = 0, 0
        self.aborted = False
        self.on_free: Callable[[], None] | None = None

    def hold_little(self) -> None:
        pass

    def write(self, chunk: bytes) -> None:
        assert self.free  # nothing is added to what waits
        self.sent.append(chunk)

    def taken(self) -> int:
        self.acknowledged += self.sip
        return self.acknowledged

    def is_free(self) -> None:
        self.free = True
        if self.on_free is not None:
            self.on_free()

    async def send(self, event: dict[str, Any]) -> None:
        raise AssertionError("a chunk is written, not sent")

    def abort(self) -> None:
        self.aborted = True


class Stage:
    """A session with its facilitator and two people, and a hub that counts what it renders."""

    def __init__(self, session) -> None:
        self.session = session
        self.committer = runtime.live().committer
        self.rooms = runtime.live().rooms
        self.lead = self.sit("Lise", "facilitator")
        self.amel, self.bruno = self.sit("Amel"), self.sit("Bruno")
        self.do(self.lead, "open")
        self.rendered: list[str] = []
        self.hub = Hub(self.rooms, self.render_shared, self.render_own)

    def sit(self, name: str, role: str = "participant"):
        kind = SeatKind.FACILITATOR if role == "facilitator" else SeatKind.PARTICIPANT
        return seats.take_seat(session=self.session, kind=kind, name=name, role=role, key=name)

    def do(self, seat, kind: str, **payload: Any) -> None:
        moves = self.rooms.get(self.session.id)
        key = f"k{moves.number if moves else 0}"
        assert self.committer.submit(Submitted(self.session.id, seat.id, kind, payload, key)).status == 201

    def write(self, seat, text: str) -> None:
        self.do(seat, "write", text=text)

    def render_shared(self, room, view, pieces) -> bytes:
        self.rendered.append("shared")
        cards = [card["text"] for board in view["boards"] for card in board["cards"]]
        return f"<section>{view['controls']} {cards}</section>".encode()

    def render_own(self, room, view, alike=None) -> bytes:
        self.rendered.append("own")
        return f"<p>{view['name']} {len(view['cards'])}</p>".encode()

    def wire(self, seat) -> tuple[Wire, Stream]:
        wire = Wire()
        stream = Stream(self.session.id, str(seat.id), wire.send, wire.abort, wire)
        self.hub.join(stream, after=-1)
        return wire, stream

    async def show(self, seat, text: str) -> None:
        """A card written, and on the screens."""

        def write_and_close() -> None:
            self.write(seat, text)
            connections.close_all()

        self.hub._channels[self.session.id].flushed_at = 0.0
        await asyncio.to_thread(write_and_close)
        self.hub.publish([self.session.id])
        await settle()

    def join(self, seat, after: int = -1) -> tuple[Line, Stream]:
        line = Line()
        stream = Stream(self.session.id, str(seat.id), line.send, line.abort)
        self.hub.join(stream, after=after)
        return line, stream


@pytest.fixture
def stage(session) -> Stage:
    return Stage(session)


async def settle() -> None:
    for _turn in range(5):
        await asyncio.sleep(0)


def test_change_is_rendered_once_for_each_audience_it_touches(stage) -> None:
    """Two phones of one seat, another of its table, and the facilitator: two audiences, one seat of its own."""

    async def play() -> list[Line]:
        lines = [stage.join(seat)[0] for seat in (stage.lead, stage.amel, stage.amel, stage.bruno)]
        stage.rendered.clear()
        stage.hub.publish([stage.session.id])
        await settle()
        assert stage.rendered == []  # nothing changed, nothing is made nor sent
        stage.hub._channels[stage.session.id].flushed_at = 0.0
        await asyncio.to_thread(write_and_close, stage.amel, "neuf")
        stage.hub.publish([stage.session.id])
        await settle()
        return lines

    def write_and_close(seat, text: str) -> None:
        stage.write(seat, text)
        connections.close_all()

    lines = asyncio.run(play())
    assert sorted(stage.rendered) == ["own", "own", "shared", "shared"]
    assert [len(line.sent) for line in lines] == [2, 2, 2, 2]
    assert lines[1].sent[1] == lines[2].sent[1]
    assert b"neuf" in lines[3].sent[1]
    assert b"<p>" not in lines[3].sent[1]


def test_equal_audiences_share_one_object(stage) -> None:
    async def play() -> list[Stream]:
        return [stage.join(seat)[1] for seat in (stage.amel, stage.bruno)]

    one, two = asyncio.run(play())
    assert one.shared is two.shared
    assert stage.rendered == ["shared", "own", "own"]


def test_client_that_does_not_read_is_cut(stage) -> None:
    async def play() -> tuple[Line, Line]:
        (slow, _), (quick, _) = stage.join(stage.amel), stage.join(stage.bruno)
        slow.reads = False
        for stream in list(stage.hub._channels[stage.session.id].streams):
            stage.hub._push(stream, BEAT)
        return slow, quick

    slow, quick = asyncio.run(play())
    assert (slow.aborted, quick.aborted) == (True, False)
    assert quick.sent[-1] == BEAT.data
    assert stage.hub.seats(stage.session.id) == {str(stage.bruno.id)}


def test_line_that_is_not_free_is_given_the_newest_view_once_it_is(stage) -> None:
    """Of three changes it has one, the last; of its own what it lacks; and what was said to it meanwhile."""

    async def play() -> Wire:
        wire, stream = stage.wire(stage.lead)
        stage.join(stage.amel)
        wire.free = False
        for text in ("un", "deux", "trois"):
            await stage.show(stage.amel, text)
        stage.hub.say_help_moved(stage.session.id)
        assert len(wire.sent) == 1
        wire.is_free()
        assert stream.behind is None
        await stage.show(stage.amel, "quatre")
        return wire

    spared = figures.spared.value()
    wire = asyncio.run(play())
    assert figures.spared.value() == spared + 4
    assert [b"deux" in sent for sent in wire.sent] == [False, False, True, True]
    assert wire.sent[1] == hub_module.HELP.chunk
    assert b"trois" in wire.sent[2]
    assert b"quatre" in wire.sent[3]


def test_line_that_is_free_during_a_flush_lacks_nothing_at_its_end(stage, monkeypatch) -> None:
    """Passed over while it was not free, and free before the others have theirs."""
    monkeypatch.setattr(hub_module, "TURN", -1)  # the loop turns after each stream

    async def play() -> Wire:
        wire, _stream = stage.wire(stage.amel)
        others = [stage.join(stage.bruno)[0] for _page in range(5)]
        await stage.show(stage.bruno, "un")
        wire.free = False
        stage.hub._channels[stage.session.id].flushed_at = 0.0
        await asyncio.to_thread(write_and_close)
        stage.hub.publish([stage.session.id])
        await asyncio.sleep(0)
        assert [b"deux" in line.sent[-1] for line in others] == [False] * 5
        wire.is_free()
        await settle()
        await settle()
        assert all(b"deux" in line.sent[-1] for line in others)
        return wire

    def write_and_close() -> None:
        stage.write(stage.bruno, "deux")
        connections.close_all()

    assert b"deux" in asyncio.run(play()).sent[-1]


def test_who_takes_little_is_waited_for_and_who_takes_nothing_is_cut(stage, monkeypatch) -> None:
    monkeypatch.setattr(hub_module, "PATIENCE", 0.0)

    async def play() -> tuple[Wire, Wire]:
        (slow, _), (dead, _) = stage.wire(stage.amel), stage.wire(stage.bruno)
        slow.free, slow.sip = False, 1
        dead.free = False
        await stage.show(stage.bruno, "un")
        for _turn in range(1_000):
            await asyncio.sleep(0)
        assert slow.acknowledged > 5
        assert not slow.aborted
        assert dead.aborted
        slow.is_free()
        return slow, dead

    slow, dead = asyncio.run(play())
    assert b"un" in slow.sent[-1]
    assert len(dead.sent) == 1
    assert dead.on_free is None
    assert stage.hub.seats(stage.session.id) == {str(stage.amel.id)}


def test_heartbeat_reaches_every_line(stage, monkeypatch) -> None:
    monkeypatch.setattr(hub_module, "HEARTBEAT", 0)

    async def play() -> list[Line]:
        lines = [stage.join(seat)[0] for seat in (stage.amel, stage.bruno)]
        beating = asyncio.create_task(stage.hub.beat())
        await settle()
        beating.cancel()
        return lines

    for line in asyncio.run(play()):
        assert line.sent[-1] == b": \nretry: 250\n\n"


def test_the_more_lines_the_longer_they_take_to_come_back(stage, monkeypatch) -> None:
    monkeypatch.setattr(hub_module, "HEARTBEAT", 0)
    for count, spread in ((1_000, 2_000), (20_000, 3_000)):
        monkeypatch.setattr(stage.hub, "count", lambda count=count: count)

        async def play() -> Line:
            line = stage.join(stage.amel)[0]
            beating = asyncio.create_task(stage.hub.beat())
            await settle()
            beating.cancel()
            return line

        assert asyncio.run(play()).sent[-1] == b": \nretry: %d\n\n" % spread


def test_closing_ends_every_answer(stage) -> None:
    async def play() -> list[Line]:
        lines = [stage.join(seat)[0] for seat in (stage.amel, stage.bruno)]
        stage.hub.close()
        return lines

    assert all(line.ended and not line.aborted for line in asyncio.run(play()))
    assert stage.hub.count() == 0
    assert stage.hub.sessions() == []


def test_frame_keeps_lines_and_lets_no_text_break_out() -> None:
    assert frame(b"<p>a\r\n\rb</p>\n") == b"data: <p>a\ndata: \ndata: b</p>\n"
    forged = b"<p>x\n\nevent: view\ndata: y</p>"
    assert all(line.startswith(b"data: ") for line in frame(forged).splitlines())
    assert message(7, frame(b"<p></p>")) == b"id: 7\nevent: view\ndata: <p></p>\n\n"


def test_screen_that_cannot_be_made_silences_nobody_else(stage, caplog) -> None:
    def faulty(room, view, pieces) -> bytes:
        if view["controls"]:
            raise KeyError(view["title"])
        return b"<section></section>"

    async def play() -> list[Line]:
        lines = [stage.join(seat)[0] for seat in (stage.lead, stage.amel)]
        stage.hub.fragments.render = faulty
        stage.hub.fragments.drop(stage.session.id)
        for stream in stage.hub._channels[stage.session.id].streams:
            stream.shared = b""
        stage.hub.publish([stage.session.id])
        await settle()
        return lines

    lead, amel = asyncio.run(play())
    assert (len(lead.sent), len(amel.sent)) == (1, 2)
    assert "KeyError" in caplog.text
    assert "Essai" not in caplog.text


@pytest.mark.parametrize(
    ("costs", "interval"),
    [
        ([], 0.25),
        ([0.01], 0.25),
        ([0.1], 0.25),  # forty per cent of the time
        ([0.25], 0.5),
        ([0.05] * 10, 1.0),  # ten rooms
        ([3.0], 2.0),  # what people see is two seconds late at most
    ],
)
def test_the_rate_follows_what_the_audience_costs(stage, costs, interval) -> None:
    for number, took in enumerate(costs):
        channel = hub_module._Channel()
        channel.took, channel.flushed_at = took, 100.0
        stage.hub._channels[number] = channel
    asleep = hub_module._Channel()
    asleep.took, asleep.flushed_at = 5.0, 50.0  # a large room that does not move any more weighs nothing
    stage.hub._channels["asleep"] = asleep
    assert stage.hub._weigh(101.0) == pytest.approx(interval)
    for channel in stage.hub._channels.values():
        channel.took = 0.0
    assert stage.hub._weigh(101.1) == pytest.approx(interval)  # weighed four times a second, not at each change
    assert stage.hub._weigh(102.0) == 0.25


def test_a_stream_that_is_gone_leaves_nothing_behind(stage) -> None:
    async def play() -> None:
        streams = [stage.join(stage.amel)[1] for _page in range(30)]
        stage.join(stage.bruno)
        assert len(stage.hub.pages()[stage.session.id]) == 2
        for stream in streams:
            stage.hub.leave(stream)
        assert stage.hub.pages() == {stage.session.id: {str(stage.bruno.id): 1}}
        assert stage.hub.standing() == {}

    asyncio.run(play())


def test_what_is_sent_and_how_late_is_counted(stage) -> None:
    before = {name: getattr(figures, name).value() for name in ("changes", "frames", "flushes")}

    async def play() -> None:
        for seat in (stage.amel, stage.bruno):
            stage.join(seat)
        for _change in range(5):
            stage.hub.publish([stage.session.id], since=time.monotonic() - 0.5)
        await settle()

    asyncio.run(play())
    assert figures.changes.value() == before["changes"] + 5
    assert figures.flushes.value() == before["flushes"] + 1  # five changes, one look
    assert figures.frames.value() == before["frames"] + 2
    assert figures.recent.usual() >= 0.5


def test_what_a_crowd_is_given_is_counted_with_the_rest(stage) -> None:
    """The second flush knows who was not touched: their bytes are given, not made, and counted all the same."""
    lines: list[Line] = []

    def write_and_close(text: str) -> None:
        stage.write(stage.bruno, text)
        connections.close_all()

    async def play() -> None:
        lines.extend(stage.join(stage.amel)[0] for _page in range(20))
        channel = stage.hub._channels[stage.session.id]
        for text in ("un", "deux", "trois"):
            channel.flushed_at = 0.0
            await asyncio.to_thread(write_and_close, text)
            stage.hub.publish([stage.session.id])
            await settle()

    before = figures.frames.value(), figures.sent.value()
    asyncio.run(play())
    sent = [part for line in lines for part in line.sent if b"event: view" in part]
    assert len(sent) == 4 * 20
    assert figures.frames.value() == before[0] + len(sent)
    assert figures.sent.value() == before[1] + sum(map(len, sent))


def test_own_view_that_nobody_touched_is_not_made_again(stage, monkeypatch) -> None:
    """Bruno writes: Amel's screen shows it, and her own part is not even looked at."""
    looked: list[str] = []
    view_own = hub_module.view_own
    monkeypatch.setattr(hub_module, "view_own", lambda state, seat: looked.append(seat) or view_own(state, seat))

    def write_and_close(text: str) -> None:
        stage.write(stage.bruno, text)
        connections.close_all()

    async def play() -> list[Line]:
        lines = [stage.join(seat)[0] for seat in (stage.amel, stage.bruno)]
        channel = stage.hub._channels[stage.session.id]
        for text in ("un", "deux"):  # the first flush meets them all, the second knows who was touched
            channel.flushed_at = 0.0
            await asyncio.to_thread(write_and_close, text)
            looked.clear()
            stage.hub.publish([stage.session.id])
            await settle()
        return lines

    amel, _bruno = asyncio.run(play())
    assert looked == [str(stage.bruno.id)]
    assert b"deux" in amel.sent[-1]


def test_whatever_the_order_of_joins_moves_and_flushes_every_screen_ends_right(stage) -> None:
    """A stream that came between two flushes was given a room the last flush never saw."""
    random = Random(5)
    seats_there = [stage.lead, stage.amel, stage.bruno]
    lines: list[tuple[Line, Stream]] = []

    def act() -> None:
        seat = random.choice(seats_there)
        if random.random() < 0.5:
            stage.write(seat if seat is not stage.lead else stage.amel, f"carte {random.random()}")
        elif random.random() < 0.5:
            stage.do(stage.lead, "extend", seconds=60)
        else:
            stage.do(seat, "rename", name=f"Nom {random.randrange(1000)}")
        connections.close_all()

    async def play() -> None:
        for _turn in range(60):
            chance = random.random()
            if chance < 0.3:
                lines.append(stage.join(random.choice(seats_there)))
            elif chance < 0.7 or not lines:
                await asyncio.to_thread(act)
            else:
                stage.hub._channels[stage.session.id].flushed_at = 0.0
                stage.hub.publish([stage.session.id])
                await settle()
        stage.hub._channels[stage.session.id].flushed_at = 0.0
        stage.hub.publish([stage.session.id])
        await settle()

    asyncio.run(play())
    room = stage.rooms.get(stage.session.id)
    for line, stream in lines:
        (*_, shared) = [part for part in line.sent if b"<section>" in part]
        (*_, own) = [part for part in line.sent if b"<p>" in part]
        whole = stage.hub.render(room, stream.seat)
        assert whole.partition(b"\n")[0] in shared
        assert whole.partition(b"\n")[2] in own
    assert len(lines) > 10

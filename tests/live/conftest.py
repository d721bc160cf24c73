"""A session to play with, and the real server over it."""

import asyncio
import json
import threading
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field

import httpx
import pytest

from maillage.config.server import bind, make_server
from maillage.live import runtime, seats
from maillage.live.enums import SeatKind
from maillage.live.models import Seat, Session
from maillage.live.services import open_session
from maillage.live.views import codes_throttle
from tests.live.play import make_workshop


@pytest.fixture(autouse=True)
def _fresh_process(monkeypatch: pytest.MonkeyPatch) -> None:
    """Each test is a process that just started: no room in memory, no wrong code counted."""
    monkeypatch.setattr(runtime, "_live", None)
    monkeypatch.setattr(seats, "_known", {})
    codes_throttle.__init__()


@pytest.fixture
def session(transactional_db: None) -> Session:
    return open_session(workshop=make_workshop(), by="essai")


@dataclass
class Phone:
    """A browser with one seat."""

    base: str
    session: Session
    seat: Seat | None
    cookies: dict[str, str] = field(default_factory=dict)
    client: httpx.Client = field(init=False)
    sent: int = 0

    def __post_init__(self) -> None:
        if self.seat is not None:
            self.cookies = {seats.cookie_name(self.session.id, self.seat.kind): seats.make_ticket(self.seat)}
        self.client = httpx.Client(base_url=self.base, cookies=self.cookies, timeout=10, trust_env=False)

    def move(self, kind: str, payload: dict | None = None, key: str | None = None, **headers: str) -> httpx.Response:
        self.sent += 1
        content = json.dumps({"key": key or f"k{self.sent}", "kind": kind, "payload": payload or {}})
        headers = {"content-type": "application/json"} | {
            name.replace("_", "-"): value for name, value in headers.items()
        }
        return self.client.post(f"/live/{self.session.id}/moves", content=content, headers=headers)

    def write(self, text: str, key: str | None = None) -> httpx.Response:
        return self.move("write", {"kind": "idea", "text": text}, key)

    @contextmanager
    def stream(self, after: int | None = None, **headers: str) -> Iterator["Events"]:
        query = {} if after is None else {"after": after}
        headers = {name.replace("_", "-"): value for name, value in headers.items()}
        url = f"/live/{self.session.id}/stream"
        with self.client.stream("GET", url, params=query, headers=headers) as response:
            yield Events(response)


class Events:
    """The messages of a stream, read one at a time."""

    def __init__(self, response: httpx.Response) -> None:
        self.response = response
        self._lines = response.iter_lines()

    def next(self) -> dict[str, str]:
        """The next message; comments are passed over."""
        message: dict[str, str] = {}
        for line in self._lines:
            if not line and "data" in message:
                return message
            if not line:
                message = {}
            name, _colon, value = line.partition(": ")
            if name and not line.startswith(":"):
                message[name] = message[name] + "\n" + value if name in message else value
        return {}

    def until(self, text: str) -> dict[str, str]:
        """The first message that holds this text."""
        while message := self.next():
            if text in message.get("data", ""):
                return message
        raise AssertionError(f"the stream ended without {text!r}")


class RunningServer:
    """The real server on a free port, in a thread."""

    def __init__(self) -> None:
        self.socket = bind("127.0.0.1", 0)
        self.url = f"http://127.0.0.1:{self.socket.getsockname()[1]}"
        self.server = make_server()
        self.started = threading.Event()
        self.thread = threading.Thread(target=self._run)

    def _run(self) -> None:
        async def serve() -> None:
            task = asyncio.ensure_future(self.server.serve(sockets=[self.socket]))
            while not self.server.started and not task.done():
                await asyncio.sleep(0.005)
            self.started.set()
            await task

        with asyncio.Runner(loop_factory=self.server.config.get_loop_factory()) as runner:
            runner.run(serve())

    def start(self) -> "RunningServer":
        self.thread.start()
        self.started.wait(20)
        return self

    def stop(self) -> None:
        self.server.should_exit = True
        self.thread.join(20)
        assert not self.thread.is_alive()


@pytest.fixture
def server(transactional_db: None) -> Iterator[RunningServer]:
    running = RunningServer().start()
    yield running
    running.stop()


@pytest.fixture
def phone(server: RunningServer, session: Session) -> Iterator[Callable[..., Phone]]:
    phones = []

    def make(name: str = "Amel", *, role: str = "participant", seat: Seat | None = None) -> Phone:
        kind = SeatKind.FACILITATOR if role == "facilitator" else SeatKind.PARTICIPANT
        seat = seat or seats.take_seat(session=session, kind=kind, name=name, role=role, key=f"{name}-{len(phones)}")
        phones.append(Phone(server.url, session, seat))
        return phones[-1]

    yield make
    for made in phones:
        made.client.close()

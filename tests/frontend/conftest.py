"""A real server that speaks the live protocol and can be told to fail, and a real Chromium."""

import asyncio
import socket
import threading
from collections.abc import Iterator
from pathlib import Path
from urllib.parse import parse_qs

import pytest
import uvicorn
from playwright.sync_api import Browser, Page, sync_playwright

from tests.conftest import chromium as find_chromium

UI = Path(__file__).resolve().parents[2] / "src/maillage/ui/static/ui"
CSP = (
    "default-src 'none'; script-src 'self'; style-src 'self'; connect-src 'self'; "
    "form-action 'self'; img-src 'self' data:"
)
PAGE = """<!doctype html><html lang="fr"><title>Essai</title><link rel="icon" href="data:,">
<script type="module" src="/page.js"></script>
<section id="step">départ</section>
<ul id="cards"><li id="c1"><button type="button" id="keep">je garde</button></li></ul>
<form action="/" method="post"><textarea id="text"></textarea></form>
<p id="states"></p><p id="clicks">0</p></html>"""
SCRIPT = """
import { connect } from "/ui/live-stream.js";
import { replaceById } from "/ui/replace-by-id.js";
const states = document.querySelector("#states");
const clicks = document.querySelector("#clicks");
document.addEventListener("click", (event) => { if (event.target.id === "keep") clicks.textContent++; });
document.addEventListener("securitypolicyviolation", (event) => { states.append(" csp:" + event.violatedDirective); });
connect("/live/12/stream", {
  onMessage: (message) => { if (message.event === "view") replaceById(message.data); },
  onState: (state, status) => { states.append(` ${state}${status ?? ""}`); },
});
"""


class Server(uvicorn.Server):
    """Says when it is open, so that no test has to guess."""

    def __init__(self, config: uvicorn.Config) -> None:
        super().__init__(config)
        self.open = threading.Event()

    async def startup(self, sockets: list[socket.socket] | None = None) -> None:
        await super().startup(sockets)
        self.open.set()


class Room:
    """One session's stream. `mode`: ok, mute (a proxy that holds streams back), portal, or an HTTP status."""

    def __init__(self) -> None:
        with socket.create_server(("127.0.0.1", 0)) as found:
            self.port = found.getsockname()[1]
        self.mode = "ok"
        self.number = 0
        self.html = ""
        self.asked: list[str] = []  # "stream 3", "since 3"
        self.changed = threading.Condition()
        self.loop: asyncio.AbstractEventLoop | None = None
        self.streams: dict[asyncio.Queue[bytes | None], None] = {}

    @property
    def url(self) -> str:
        return f"http://127.0.0.1:{self.port}/"

    def start(self) -> None:
        config = uvicorn.Config(self.app, port=self.port, log_level="error", lifespan="off", interface="asgi3")
        self.server = Server(config)
        self.thread = threading.Thread(target=self.server.run)
        self.thread.start()
        assert self.server.open.wait(timeout=15)

    def stop(self) -> None:
        self.cut()
        self.server.should_exit = self.server.force_exit = True
        self.thread.join()

    def say(self, part: bytes | None) -> None:
        with self.changed:
            for queue in self.streams:
                assert self.loop is not None
                self.loop.call_soon_threadsafe(queue.put_nowait, part)

    def cut(self) -> None:
        self.say(None)

    def push(self, html: str) -> None:
        self.number, self.html = self.number + 1, html
        self.say(self.event())

    def event(self) -> bytes:
        return f"id: {self.number}\nevent: view\ndata: {self.html}\n\n".encode()

    def note(self, what: str) -> None:
        with self.changed:
            self.asked.append(what)
            self.changed.notify_all()

    def wait(self, what: str, times: int = 1) -> None:
        """Until the page has asked this so many times."""
        with self.changed:
            assert self.changed.wait_for(lambda: self.asked.count(what) >= times, timeout=15), self.asked

    def wait_open(self, count: int) -> None:
        with self.changed:
            assert self.changed.wait_for(lambda: len(self.streams) == count, timeout=15), self.streams

    async def app(self, scope, receive, send) -> None:  # type: ignore[no-untyped-def]  # ASGI's own dictionaries
        async def answer(status: int, kind: str, body: bytes, more: bool = False) -> None:
            headers = [(b"content-type", kind.encode()), (b"content-security-policy", CSP.encode())]
            await send({"type": "http.response.start", "status": status, "headers": headers})
            await send({"type": "http.response.body", "body": body, "more_body": more})

        path = scope["path"]
        if path == "/":
            await answer(200, "text/html; charset=utf-8", PAGE.encode())
        elif path == "/page.js":
            await answer(200, "text/javascript", SCRIPT.encode())
        elif path.startswith("/ui/"):
            await answer(200, "text/javascript", (UI / path[4:]).read_bytes())
        elif path.startswith("/live/12/since/"):
            self.note(f"since {path[15:]}")
            if self.number > int(path[15:]):
                await answer(200, "text/event-stream", self.event())
            else:
                await answer(204, "text/event-stream", b"")
        elif path == "/live/12/stream":
            after = int(parse_qs(scope["query_string"].decode())["after"][0])
            mode = self.mode
            self.note(f"stream {after}")
            if mode.isdigit():
                await answer(int(mode), "text/plain", b"non")
            elif mode == "portal":
                await answer(200, "text/html", b"<h1>Bienvenue sur le Wi-Fi</h1>")
            else:
                await self.stream(answer, receive, send, after, mode)
        else:
            await answer(404, "text/plain", b"")

    async def stream(self, answer, receive, send, after: int, mode: str) -> None:  # type: ignore[no-untyped-def]
        queue: asyncio.Queue[bytes | None] = asyncio.Queue()
        self.loop = asyncio.get_running_loop()
        await answer(200, "text/event-stream; charset=utf-8", b"" if mode == "mute" else b": here\n\n", more=True)
        with self.changed:
            self.streams[queue] = None
            self.changed.notify_all()
        if self.number > after and mode != "mute":
            queue.put_nowait(self.event())

        async def until_gone() -> None:
            while (await receive())["type"] != "http.disconnect":
                pass
            queue.put_nowait(None)

        gone = asyncio.create_task(until_gone())
        while (part := await queue.get()) is not None:
            if mode != "mute":
                await send({"type": "http.response.body", "body": part, "more_body": True})
        gone.cancel()
        with self.changed:
            del self.streams[queue]
            self.changed.notify_all()
        await send({"type": "http.response.body", "body": b""})


@pytest.fixture
def room() -> Iterator[Room]:
    room = Room()
    room.start()
    yield room
    room.stop()


@pytest.fixture(scope="module")
def chromium() -> Iterator[Browser]:
    flags = (
        "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
        "--disable-component-update --disable-sync"
    )
    with sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=find_chromium(), args=flags.split())
        yield browser
        browser.close()


@pytest.fixture
def page(chromium: Browser) -> Iterator[Page]:
    context = chromium.new_context()
    page = context.new_page()
    page.clock.install()  # time flows; a test may jump ahead
    yield page
    context.close()

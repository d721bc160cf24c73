"""Phones of our own: they send what waits again until it is answered, come back to the stream, and keep their records.

A plain HTTP/1.1 client over asyncio, so that twenty phones cost the machine little. They follow the client's rules
(`outbox.js`, `live-stream.js`): a key a move, no move twice under another key, retries spread by chance.
"""

import asyncio
import contextlib
import json
import random
import re
import uuid
from dataclasses import dataclass, field

RETRY = 0.25  # seconds, doubled at each failure, half of it drawn
LONGEST_RETRY = 1.0
PATIENCE = 10.0  # seconds a move waits for its answer
SHARED = re.compile(r'<section id="shared".*?(?=<section id="own"|\Z)', re.DOTALL)


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes = b""


async def read_head(reader: asyncio.StreamReader) -> Answer:
    head = (await reader.readuntil(b"\r\n\r\n")).decode("latin-1").split("\r\n")
    headers = {name.lower(): value for name, _colon, value in (line.partition(": ") for line in head[1:] if line)}
    return Answer(int(head[0].split()[1]), headers)


@dataclass
class Phone:
    name: str
    port: int
    session: uuid.UUID
    seat: uuid.UUID
    cookie: str
    drawn: random.Random
    acknowledged: dict[str, int] = field(default_factory=dict)  # key → number
    refused: dict[str, int] = field(default_factory=dict)  # key → status
    texts: dict[str, str] = field(default_factory=dict)  # key → the words it wrote
    seen: list[int] = field(default_factory=list)  # ids of the stream, as they came
    shared: str = ""  # the last #shared
    repeats: int = 0  # answered 200: it was stored before, and not twice
    statuses: set[int] = field(default_factory=set)
    made: int = 0
    card: str = ""
    _line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    _tasks: list["asyncio.Task[None]"] = field(default_factory=list)
    waiting: "asyncio.Queue[tuple[str, str, dict]]" = field(default_factory=asyncio.Queue)
    busy: bool = False

    @property
    def last(self) -> int:
        return self.seen[-1] if self.seen else 0

    # --- what it sends ---

    def write_something(self) -> None:
        """A card first, then that card corrected: what is shown in the end is the last of them."""
        text = f"mot-{self.name}-{self.made}-"
        if self.made == 0:
            self.send("write", {"kind": "idea", "text": text}, text=text)
        else:
            self.send("edit", {"text": text}, text=text)

    def send(self, kind: str, payload: dict, *, text: str = "") -> str:
        key = f"{self.name}-{self.made}"
        self.made += 1
        if text:
            self.texts[key] = text
        self.waiting.put_nowait((key, kind, payload))
        return key

    async def deliver(self) -> None:
        """The outbox: in order, each until the server has answered for it."""
        while True:
            key, kind, payload = await self.waiting.get()
            self.busy = True
            if kind == "edit":
                payload = {**payload, "card": self.card}
            failures = 0
            while (answer := await self.post(key, kind, payload)) is None:
                await self.pause(failures)
                failures += 1
            if kind == "write" and answer.status in (200, 201):
                self.card = f"c{self.acknowledged[key]}"
            self.busy = not self.waiting.empty()

    async def post(self, key: str, kind: str, payload: dict) -> Answer | None:
        """The server's word, kept; None if it gave none, or said « not now »."""
        body = json.dumps({"key": key, "kind": kind, "payload": payload}).encode()
        try:
            async with asyncio.timeout(PATIENCE):
                answer = await self.ask("POST", "moves", body)
        except (OSError, EOFError, TimeoutError, asyncio.IncompleteReadError, ValueError):
            await self.hang_up()
            return None
        self.statuses.add(answer.status)
        if answer.status in (408, 425, 429, 500, 502, 503, 504):
            await self.hang_up()  # a proxy gives each request to the next server; the relay, each connection
            return None
        said = json.loads(answer.body)
        if answer.status in (200, 201):
            self.repeats += answer.status == 200
            assert self.acknowledged.setdefault(key, said["number"]) == said["number"], "one key, two numbers"
        else:
            self.refused[key] = answer.status
        return answer

    async def ask(self, method: str, where: str, body: bytes = b"") -> Answer:
        if self._line is None:
            self._line = await asyncio.open_connection("127.0.0.1", self.port)
        reader, writer = self._line
        writer.write(self.head(method, where, body) + body)
        await writer.drain()
        answer = await read_head(reader)
        answer.body = await reader.readexactly(int(answer.headers.get("content-length", "0")))
        if answer.headers.get("connection") == "close":
            await self.hang_up()
        return answer

    def head(self, method: str, where: str, body: bytes = b"") -> bytes:
        lines = [
            f"{method} /live/{self.session}/{where} HTTP/1.1",
            f"Host: 127.0.0.1:{self.port}",
            f"Cookie: {self.cookie}",
            *(["Content-Type: application/json", f"Content-Length: {len(body)}"] if body else []),
        ]
        return "\r\n".join([*lines, "", ""]).encode()

    async def hang_up(self) -> None:
        if self._line is not None:
            self._line[1].close()
            self._line = None

    async def pause(self, failures: int) -> None:
        most = min(RETRY * 2**failures, LONGEST_RETRY)
        await asyncio.sleep(most * (0.5 + 0.5 * self.drawn.random()))

    # --- what it sees ---

    async def watch(self) -> None:
        """The stream, taken again whenever it falls, from the last number seen."""
        failures = 0
        while True:
            before = len(self.seen)
            with contextlib.suppress(OSError, EOFError, asyncio.IncompleteReadError, ValueError):
                await self.read_stream()
            failures = 0 if len(self.seen) > before else failures + 1
            await self.pause(failures)

    async def read_stream(self) -> None:
        reader, writer = await asyncio.open_connection("127.0.0.1", self.port, limit=2**22)
        try:
            writer.write(self.head("GET", f"stream?after={self.last}"))
            await writer.drain()
            answer = await read_head(reader)
            if answer.status != 200:
                return
            text = b""
            while size := int(await reader.readline(), 16):
                text += await reader.readexactly(size)
                await reader.readexactly(2)
                *whole, text = text.split(b"\n\n")
                for event in whole:
                    self.take(event.decode())
        finally:
            writer.close()

    def take(self, event: str) -> None:
        fields = [line.partition(": ")[::2] for line in event.split("\n")]
        html = "\n".join(value for name, value in fields if name == "data")
        for name, value in fields:
            if name == "id":
                self.seen.append(int(value))
        if found := SHARED.search(html):
            self.shared = found[0].strip()

    def start(self) -> None:
        self._tasks = [asyncio.ensure_future(self.deliver()), asyncio.ensure_future(self.watch())]

    async def stop(self) -> None:
        for task in self._tasks:
            task.cancel()
        await asyncio.gather(*self._tasks, return_exceptions=True)
        await self.hang_up()

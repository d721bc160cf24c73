"""The client side: kept lines that ask, and phones that hold a stream open. As little work as possible: it is on the
same processor as the server, and its share is said beside each figure."""

import asyncio
import re
import sys
import time
from collections.abc import Callable, Coroutine, Sequence
from functools import partial
from typing import Any, TypeVar

LENGTH = re.compile(rb"\r\ncontent-length: (\d+)\r\n", re.IGNORECASE)
EVENT = b"event: view\n"
END_OF_EVENT = b"\n\n\r\n"  # of a message, then of its chunk
CONNECT_AT_ONCE = 50  # lines opened together: a thousand at the same instant would measure the backlog

T = TypeVar("T")


class UnexpectedAnswer(Exception):
    def __init__(self, answer: bytes) -> None:
        first = answer.partition(b"\r\n")[0].decode("latin-1")
        self.sentence = f"Le serveur mesuré a répondu autre chose que prévu : {first}."
        super().__init__(self.sentence)


class Line(asyncio.Protocol):
    """One connection; one request at a time, already made of bytes."""

    def __init__(self) -> None:
        self._buffer = bytearray()
        self._wanted = -1
        self._answer: asyncio.Future[bytes] | None = None

    def connection_made(self, transport: Any) -> None:
        self.transport = transport

    def data_received(self, data: bytes) -> None:
        self._buffer += data
        if self._wanted < 0:
            head = self._buffer.find(b"\r\n\r\n")
            if head < 0:
                return
            found = LENGTH.search(self._buffer, 0, head + 2)
            self._wanted = head + 4 + (int(found[1]) if found else 0)
        if len(self._buffer) >= self._wanted and self._answer is not None:
            answer, self._answer = self._answer, None
            whole = bytes(self._buffer)
            self._buffer.clear()
            self._wanted = -1
            answer.set_result(whole)

    def connection_lost(self, exc: Exception | None) -> None:
        if self._answer is not None and not self._answer.done():
            self._answer.set_exception(exc or ConnectionResetError())

    async def ask(self, request: bytes, status: bytes) -> bytes:
        """The whole answer, which must have this status."""
        self._answer = asyncio.get_running_loop().create_future()
        self.transport.write(request)
        answer = await self._answer
        if not answer.startswith(b"HTTP/1.1 " + status):
            raise UnexpectedAnswer(answer)
        return answer


class Watchers:
    """How many phones have seen the change, and when the last one did."""

    def __init__(self) -> None:
        self.missing = 0
        self._all: asyncio.Future[float] | None = None

    def expect(self, phones: int) -> "asyncio.Future[float]":
        self.missing = phones
        self._all = asyncio.get_running_loop().create_future()
        return self._all

    def seen(self) -> None:
        self.missing -= 1
        if self.missing == 0 and self._all is not None:
            self._all.set_result(time.perf_counter())  # the loop's own clock counts whole milliseconds


class Phone(asyncio.Protocol):
    """One open stream. An event counts once its last byte is read."""

    def __init__(self, request: bytes, watchers: Watchers) -> None:
        self.request = request
        self.watchers = watchers
        self.last = b""  # the last whole event, as it came
        self.bytes = self.frames = 0
        self._buffer = bytearray()

    def connection_made(self, transport: Any) -> None:
        self.transport = transport
        transport.write(self.request)

    def data_received(self, data: bytes) -> None:
        self.bytes += len(data)
        self._buffer += data
        if self._buffer.endswith(END_OF_EVENT):
            if EVENT in self._buffer:
                self.last = bytes(self._buffer)
                self.frames += 1
                self.watchers.seen()
            self._buffer.clear()


def get(path: str, cookie: str = "", accept: str = "text/html") -> bytes:
    head = f"GET {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nAccept: {accept}\r\nAccept-Encoding: gzip, deflate\r\n"
    return (head + (f"Cookie: {cookie}\r\n" if cookie else "") + "\r\n").encode()


def get_as_a_phone(path: str, cookie: str) -> bytes:
    """A stream asked for with all that a browser says of itself."""
    agent = (
        b"Mozilla/5.0 (Linux; Android 14; Pixel 7) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/142.0 Mobile Safari"
    )
    more = (
        b"User-Agent: %b\r\nAccept-Language: fr-FR,fr;q=0.9,en;q=0.8\r\nReferer: http://127.0.0.1/seance/\r\n" % agent
    )
    more += (
        b"Sec-Fetch-Site: same-origin\r\nSec-Fetch-Mode: cors\r\nSec-Fetch-Dest: empty\r\nConnection: keep-alive\r\n"
    )
    return get(path, cookie, "text/event-stream").replace(b"Accept-Encoding", more + b"Accept-Encoding", 1)


def post_form(path: str, cookie: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n"
    kind = b"Content-Type: application/x-www-form-urlencoded\r\n"
    return head.encode() + kind + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


def post_json(path: str, cookie: str, body: bytes) -> bytes:
    head = f"POST {path} HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\nContent-Type: application/json\r\n"
    return head.encode() + b"Content-Length: %d\r\n\r\n%b" % (len(body), body)


async def open_line(port: int) -> Line:
    _transport, line = await asyncio.get_running_loop().create_connection(Line, "127.0.0.1", port)
    return line


async def open_streams(port: int, requests: Sequence[bytes], watchers: Watchers, *, greeted: bool) -> list[Phone]:
    """Streams that are all open. `greeted`: the server sends a first event to each, which is waited for."""
    loop = asyncio.get_running_loop()
    phones = []
    for start in range(0, len(requests), CONNECT_AT_ONCE):
        group = requests[start : start + CONNECT_AT_ONCE]
        greetings = watchers.expect(len(group))
        opening = [loop.create_connection(partial(Phone, request, watchers), "127.0.0.1", port) for request in group]
        made = await asyncio.gather(*opening)
        phones += [phone for _transport, phone in made]
        if greeted:
            await greetings
    return phones


def run(main: Coroutine[Any, Any, T]) -> T:
    """On the server's own loop: a slower client would be measured instead of it."""
    factory: Callable[[], asyncio.AbstractEventLoop] | None = None
    if sys.platform != "win32":
        import uvloop  # not on Windows

        factory = uvloop.new_event_loop
    with asyncio.Runner(loop_factory=factory) as runner:
        return runner.run(main)

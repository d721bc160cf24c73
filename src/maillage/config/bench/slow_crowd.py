"""What native/crowd.c does, where there is no compiler: phones that hold a stream open, spoken to by lines."""

import asyncio
import struct
import sys
import time
from array import array
from functools import partial
from pathlib import Path
from typing import Any

from maillage.config.bench.phones import Phone, Watchers, run


class Noted(Watchers):
    """When each phone has seen the change."""

    def __init__(self, count: int) -> None:
        super().__init__()
        self.at = array("d", bytes(8 * count))
        self.done = asyncio.Event()

    def expect_all(self, phones: list[Any]) -> None:
        for phone in phones:
            phone.waits = True
        self.missing = len(phones)
        self.done.clear()

    def saw(self, place: int) -> None:
        self.at[place] = time.perf_counter()
        self.missing -= 1
        if self.missing == 0:
            self.done.set()


class Placed(Phone):
    def __init__(self, place: int, request: bytes, watchers: Noted) -> None:
        super().__init__(request, watchers)
        self.place, self.noted, self.waits = place, watchers, True

    def data_received(self, data: bytes) -> None:
        before = self.frames
        super().data_received(data)
        if self.frames > before and self.waits:
            self.waits = False
            self.noted.saw(self.place)


async def crowd(port: int, requests: list[bytes], together: int, greeted: bool) -> None:
    loop = asyncio.get_running_loop()
    noted = Noted(len(requests))
    phones: list[Placed] = []
    for start in range(0, len(requests), together):
        group = [Placed(start + n, request, noted) for n, request in enumerate(requests[start : start + together])]
        noted.expect_all(group)
        for phone in group:
            await loop.create_connection(partial(lambda one: one, phone), "127.0.0.1", port)
        if greeted:
            await noted.done.wait()
        phones += group
    _say(b"open %d\n" % len(phones))
    while word := await asyncio.to_thread(sys.stdin.buffer.readline):
        if word.startswith(b"arm"):
            noted.expect_all(phones)
            began = sum(phone.bytes for phone in phones)
            _say(b"armed\n")
            await noted.done.wait()
            _say(b"seen %d %d\n" % (len(phones), sum(phone.bytes for phone in phones) - began))
            _say(noted.at.tobytes())
        elif word.startswith(b"last"):
            _say(b"event %d\n" % len(phones[0].last) + phones[0].last)


def _say(words: bytes) -> None:
    sys.stdout.buffer.write(words)
    sys.stdout.buffer.flush()


def _read(path: str) -> list[bytes]:
    content, found = Path(path).read_bytes(), []
    at = 0
    while at < len(content):
        (size,) = struct.unpack_from("=I", content, at)
        found.append(content[at + 4 : at + 4 + size])
        at += 4 + size
    return found


if __name__ == "__main__":
    run(crowd(int(sys.argv[1]), _read(sys.argv[2]), int(sys.argv[3]), sys.argv[4] == "1"))

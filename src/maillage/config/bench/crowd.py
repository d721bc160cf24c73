"""A crowd of phones in a process of its own: opened, then asked when each has seen a change."""

import os
import struct
import subprocess
import sys
import tempfile
from array import array
from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import dataclass
from typing import IO

from maillage.config.bench.native import command
from maillage.config.bench.phones import CONNECT_AT_ONCE
from maillage.config.bench.processes import cpu_of


class CrowdFailed(Exception):
    sentence = "Les téléphones de la mesure se sont arrêtés : un flux a été coupé, ou la machine n’en porte pas tant."


@dataclass(frozen=True)
class Seen:
    at: "array[float]"  # time.perf_counter(), of each phone
    bytes: int

    def since(self, began: float) -> list[float]:
        """Seconds, in order."""
        return sorted(at - began for at in self.at)


class Crowd:
    def __init__(self, process: "subprocess.Popen[bytes]") -> None:
        self.process = process
        self.pid = process.pid

    @property
    def _out(self) -> IO[bytes]:
        assert self.process.stdout is not None
        return self.process.stdout

    def arm(self) -> None:
        """From now, each phone waits for one more event."""
        self._ask(b"arm\n")
        self._read_line(b"armed")

    def seen(self) -> Seen:
        """Waits until all have it."""
        _word, count, received = self._read_line(b"seen").split()
        at: array[float] = array("d")
        at.frombytes(self._out.read(8 * int(count)))
        return Seen(at, int(received))

    def last(self) -> bytes:
        """The first phone's last event, as it came."""
        self._ask(b"last\n")
        return self._out.read(int(self._read_line(b"event").split()[1]))

    def cpu(self) -> float:
        return cpu_of(self.pid)

    def _ask(self, words: bytes) -> None:
        assert self.process.stdin is not None
        self.process.stdin.write(words)
        self.process.stdin.flush()

    def _read_line(self, word: bytes) -> bytes:
        line = self._out.readline()
        if not line.startswith(word):
            raise CrowdFailed
        return line


@contextmanager
def crowd(port: int, requests: Sequence[bytes], *, greeted: bool, together: int = CONNECT_AT_ONCE) -> Iterator[Crowd]:
    """Streams that are all open. `greeted`: the server sends a first event to each, which is waited for."""
    with tempfile.NamedTemporaryFile(prefix="maillage-crowd-") as file:
        for request in requests:
            file.write(struct.pack("=I", len(request)) + request)
        file.flush()
        arguments = [*command("crowd"), str(port), file.name, str(together), "1" if greeted else "0"]
        process = subprocess.Popen(  # noqa: S603 - our own command
            arguments, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=sys.stderr, env=os.environ
        )
        try:
            phones = Crowd(process)
            phones._read_line(b"open")
            yield phones
        finally:
            process.kill()
            process.communicate()

"""How often one may do a thing: counted for a place of the network, a link, a mailbox, an account.

What is counted is in one table of a fixed size: whoever tries from a million places makes it no larger, and pushes out
what was nearest to being forgiven. The processes that serve one address share it (a file of their supervisor's folder);
one alone keeps it to itself. It holds digests under a salt of its own, never an address nor a link. A restart forgives.
"""

import contextlib
import fcntl
import hashlib
import ipaddress
import mmap
import os
import secrets
import struct
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from functools import wraps
from pathlib import Path
from typing import Any

from django.http import HttpRequest

FOLDER = "MAILLAGE_FIGURES"  # not a setting: what the supervisor’s processes share, and delete with it
SLOT = struct.Struct("=QdQ")  # digest of a key, when it is forgotten, how many times
ROW = 8  # slots: a key is in one of a row's
ROWS = 4_096
SALT = 32  # bytes, before the rows
SIZE = SALT + ROWS * ROW * SLOT.size  # 0.8 MB
NARROW = 64  # bits of an IPv6 address: a subscriber holds a whole /64


class Table:
    """Keys counted until a moment. Every process counts the same moment: seconds since the machine started."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._memory: mmap.mmap | None = None
        self._file: int | None = None
        self._opened_by = 0

    def count(self, key: str, *, now: float) -> tuple[int, float]:
        """How many times, and until when that holds."""
        with self._held() as memory:
            at, _place, _digest = self._find(memory, key, now)
            if at is None:
                return 0, 0.0
            _digest, until, times = SLOT.unpack_from(memory, at)
            return times, until

    def add(self, key: str, *, now: float, window: float, renew_from: int = 0, most: int = 0) -> tuple[int, float]:
        """One time more, until `window` seconds after the first; after this one, from the `renew_from`th on.

        `most`: that many are there, nothing is added. What was found there, and until when.
        """
        with self._held() as memory:
            at, free, digest = self._find(memory, key, now)
            until, times = now + window, 0
            if at is not None:
                _digest, until, times = SLOT.unpack_from(memory, at)
            if most and times >= most:
                return times, until
            if renew_from and times + 1 >= renew_from:
                until = now + window
            SLOT.pack_into(memory, free if at is None else at, digest, until, times + 1)
            return times, until

    def clear(self) -> None:
        """Everybody is forgiven."""
        with self._held() as memory:
            if self._file is None:
                self._memory = None  # made again when it is needed
            else:
                memory[SALT:SIZE] = bytes(SIZE - SALT)

    def _find(self, memory: mmap.mmap, key: str, now: float) -> tuple[int | None, int, int]:
        """Where this key is; where it would go: in place of what is forgotten first."""
        salt = bytes(memory[:SALT])
        digest = int.from_bytes(hashlib.blake2b(key.encode(), digest_size=8, key=salt).digest(), "big") or 1
        start = SALT + (digest % ROWS) * ROW * SLOT.size
        place, soonest = start, float("inf")
        for at in range(start, start + ROW * SLOT.size, SLOT.size):
            held, until, _times = SLOT.unpack_from(memory, at)
            if until <= now:
                until = 0.0
            elif held == digest:
                return at, at, digest
            if until < soonest:
                place, soonest = at, until
        return None, place, digest

    @contextlib.contextmanager
    def _held(self) -> Iterator[mmap.mmap]:
        with self._lock:
            if self._memory is None or self._opened_by != os.getpid():
                self._open()
            assert self._memory is not None
            if self._file is None:
                yield self._memory
                return
            fcntl.flock(self._file, fcntl.LOCK_EX)
            try:
                yield self._memory
            finally:
                fcntl.flock(self._file, fcntl.LOCK_UN)

    def _open(self) -> None:
        self._opened_by, self._file = os.getpid(), None
        folder = os.environ.get(FOLDER)
        if folder and Path(folder).is_dir():
            self._file = os.open(Path(folder) / "counts", os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
            fcntl.flock(self._file, fcntl.LOCK_EX)
            if os.fstat(self._file).st_size < SIZE:  # the first of them
                os.write(self._file, secrets.token_bytes(SALT))
                os.ftruncate(self._file, SIZE)
            fcntl.flock(self._file, fcntl.LOCK_UN)
            self._memory = mmap.mmap(self._file, SIZE)
        else:
            self._memory = mmap.mmap(-1, SIZE)
            self._memory[:SALT] = secrets.token_bytes(SALT)


table = Table()


class TooMany(Exception):
    """Of a door that has no page of its own to say it on: config/refusing.py answers 429."""

    def __init__(self, wait: int) -> None:
        self.wait = wait
        super().__init__(f"{wait} s")


def of_place(request: HttpRequest, _given: dict[str, Any]) -> str:
    return place_of(request.META.get("REMOTE_ADDR", ""))


def of_link(_request: HttpRequest, given: dict[str, Any]) -> str:
    """The address of the page is the key: each has its own count, whoever opens it."""
    return str(next((given[name] for name in ("token", "secret", "code") if name in given), ""))


PLACE, LINK, MAILBOX, ACCOUNT, RETURN = "une adresse du réseau", "un lien", "une boîte", "un compte", "un aller-retour"
WHOSE = {PLACE: of_place, LINK: of_link}


@dataclass
class Rate:
    """`most` times in `window` seconds, for each of what it counts by."""

    name: str  # French, of SECURITY.md, and no other's
    most: int
    window: float
    by: str = PLACE
    clock: Callable[[], float] = field(default=time.monotonic, repr=False)

    def __post_init__(self) -> None:
        RATES[self.name] = self

    def wait(self, key: str) -> int:
        """Seconds to wait before trying again; 0: go on, and this time is counted."""
        if not self.most:
            return int(self.window)
        whose = place_of(key) if self.by == PLACE else key
        now = self.clock()
        times, until = table.add(f"{self.name}/{whose}", now=now, window=self.window, most=self.most)
        return max(1, int(until - now)) if times >= self.most else 0

    def check(self, request: HttpRequest, given: dict[str, Any]) -> None:
        """Raises TooMany."""
        if wait := self.wait(WHOSE[self.by](request, given)):
            raise TooMany(wait)


RATES: dict[str, Rate] = {}


READING = ("GET", "HEAD")
# A map by typst takes a third of a second; most are kept once made. A class that downloads, not a program.
FILES = Rate("les cartes, documents et fichiers publics composés à la demande", 300, 600)


def limited(*rates: Rate, methods: tuple[str, ...] = ("POST",)) -> Callable[[Callable[..., Any]], Any]:
    """A view that is asked too often from one place, or by one link, says so before it works."""

    def declare(view: Callable[..., Any]) -> Any:
        @wraps(view)
        def counted(request: HttpRequest, *args: Any, **given: Any) -> Any:
            if request.method in methods:
                for rate in rates:
                    rate.check(request, given)
            return view(request, *args, **given)

        said: Any = counted
        said.rates = (*getattr(view, "rates", ()), *((rate, methods) for rate in rates))
        return said

    return declare


def place_of(address: str, prefix: int = NARROW) -> str:
    """An IPv6 subscriber holds a whole /64: it counts as one. An IPv4 seen by a socket of both kinds is itself."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if isinstance(parsed, ipaddress.IPv6Address):
        if parsed.ipv4_mapped is not None:
            return str(parsed.ipv4_mapped)
        return str(ipaddress.ip_network((parsed, prefix), strict=False))
    return address

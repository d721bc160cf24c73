"""A database, servers over it, a relay in front, rooms with phones: processes that may be killed and come back."""

import asyncio
import contextlib
import json
import os
import random
import secrets
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Callable
from pathlib import Path

import httpx

from tests.faults import RIGHT_WITHIN, WHOLE
from tests.faults.checker import faults_of, read_rows
from tests.faults.phones import Phone
from tests.postgresql import TEMPLATE, Cluster

ROOT = Path(__file__).resolve().parents[2]
RATE = 200 if WHOLE else 100  # moves a second, all phones together
SESSIONS, PEOPLE = 4, 5  # rooms, and phones in each
LASTS = 8.0 if WHOLE else 1.5  # seconds of load on each side of the fault


def free_port() -> int:
    """Below those that the system gives to whoever asks for any: nobody takes it before the server does."""
    while True:
        port = secrets.randbelow(15_000) + 16_000
        with socket.socket() as probe, contextlib.suppress(OSError):
            probe.bind(("127.0.0.1", port))
            return port


class Process:
    """A command that is ready when `ready` says so."""

    def __init__(self, *command: str, environment: dict[str, str]) -> None:
        self.command, self.environment = command, environment
        self.running: subprocess.Popen[bytes] | None = None

    def start(self) -> None:
        self.running = subprocess.Popen(
            [sys.executable, "-m", *self.command], cwd=ROOT, env=self.environment, stdout=subprocess.DEVNULL
        )

    @property
    def pid(self) -> int:
        assert self.running is not None
        return self.running.pid

    def kill(self, sent: signal.Signals = signal.SIGKILL) -> None:
        if self.running is not None:
            self.running.send_signal(sent)
            self.running.wait(15)
            self.running = None


class World:
    def __init__(
        self,
        folder: Path,
        *,
        servers: int = 1,
        cluster: Cluster | None = None,
        people: int = PEOPLE,
        method: str = "essai",
        holds: bool = False,
    ) -> None:
        self.folder = folder
        self.cluster = cluster
        self.database = cluster.make_database(f"faults{uuid.uuid4().hex[:8]}", template=TEMPLATE) if cluster else ""
        (folder / "data").mkdir(exist_ok=True)
        self.clock = folder / "clock"
        self.clock.write_text("0")
        self.environment = os.environ | {
            "MAILLAGE_DATA_DIR": str(folder / "data"),
            "MAILLAGE_DATABASE_URL": self.database,
            "MAILLAGE_TEST_CLOCK": str(self.clock),
            "PYTHONPATH": os.pathsep.join([*[path for path in sys.path if path], str(ROOT)]),
        }
        ports = [free_port() for _server in range(servers)]
        self.servers = [Process("tests.faults.server", str(port), environment=self.environment) for port in ports]
        self.ports = ports
        self.port = free_port()
        between = {**self.environment, "MAILLAGE_RELAY_HOLDS": "1" if holds else ""}
        self.relay = Process("tests.faults.relay", str(self.port), *map(str, ports), environment=between)
        self.method = method
        self.leads: dict[uuid.UUID, tuple[str, str]] = {}  # session → seat and cookie
        self.phones: list[Phone] = []
        self.people = people
        self._load: asyncio.Task[None] | None = None

    # --- beginning and end ---

    async def __aenter__(self) -> "World":
        try:
            return await self._begin()
        except BaseException:
            await self.__aexit__()
            raise

    async def _begin(self) -> "World":
        made = subprocess.run(
            [sys.executable, "-m", "tests.faults.prepare", str(SESSIONS), str(self.people), self.method],
            cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, check=True,
        )  # fmt: skip
        drawn = random.Random(7)
        for place, room in enumerate(json.loads(made.stdout)):
            session = uuid.UUID(room["session"])
            self.leads[session] = room["lead"]
            for seat, cookie in room["seats"]:
                name = f"{'abcdefgh'[place]}{len(self.phones)}"
                phone = Phone(name, self.port, session, uuid.UUID(seat), cookie, random.Random(drawn.random()))
                self.phones.append(phone)
        for process in [*self.servers, self.relay]:
            process.start()
        for port in self.ports:
            await self.is_up(port)
        await self.is_up(self.port)
        return self

    async def __aexit__(self, *_error: object) -> None:
        await self.stop_load()
        for phone in self.phones:
            await phone.stop()
        for process in [*self.servers, self.relay]:
            with contextlib.suppress(ProcessLookupError):
                process.kill()

    async def is_up(self, port: int, within: float = 90) -> None:
        """Waits for a server to answer. What comes next is timed from here."""

        async def answers() -> bool:
            with contextlib.suppress(httpx.TransportError):
                return bool((await client.get(f"http://127.0.0.1:{port}/healthz")).status_code == 200)
            return False

        async with httpx.AsyncClient(trust_env=False, timeout=5) as client:
            await until(answers, within, f"no server on port {port}")

    def lead(self, session: uuid.UUID) -> Phone:
        """One more phone of the facilitator's."""
        seat, cookie = self.leads[session]
        return Phone("lise", self.port, session, uuid.UUID(seat), cookie, random.Random(1))

    # --- load ---

    def start_load(self) -> None:
        for phone in self.phones:
            phone.start()
        self._load = asyncio.ensure_future(self._write())

    async def _write(self) -> None:
        loop = asyncio.get_running_loop()
        began, sent = loop.time(), 0
        while True:
            while sent < (loop.time() - began) * RATE:
                phone = self.phones[sent % len(self.phones)]
                if phone.waiting.qsize() < 50:  # a person stops typing when nothing leaves
                    phone.write_something()
                sent += 1
            await asyncio.sleep(1 / RATE)

    async def stop_load(self) -> None:
        if self._load is not None:
            self._load.cancel()
            await asyncio.gather(self._load, return_exceptions=True)
            self._load = None

    async def last(self, seconds: float = LASTS) -> None:
        await asyncio.sleep(seconds)

    # --- what must hold ---

    async def recovers(self) -> float:
        """From now: the seconds until what waited on phones is answered and every screen shows it. Refused beyond 5."""
        began = time.monotonic()
        waited = [(phone, phone.made) for phone in self.phones]
        await until(lambda: all(_answered(phone) >= made for phone, made in waited), 30, "moves are not answered")
        heads = self.read()[1]
        await until(
            lambda: all(phone.last >= heads[phone.session] for phone in self.phones),
            30,
            lambda: f"behind: {[(p.name, p.last) for p in self.phones if p.last < heads[p.session]]} of {heads}",
        )
        spent = time.monotonic() - began
        assert spent <= RIGHT_WITHIN, f"every screen was right {spent:.1f} s after the recovery"
        return spent

    async def settle(self) -> None:
        """The load ends; what waits leaves; the last screens come."""
        await self.stop_load()
        await until(lambda: all(_answered(phone) == phone.made for phone in self.phones), 20, "moves still wait")
        heads = self.read()[1]
        await until(lambda: all(phone.last >= heads[phone.session] for phone in self.phones), 10, "screens are behind")

    def read(self) -> tuple[list, dict[uuid.UUID, int]]:
        return read_rows(self.database or str(self.folder / "data" / "maillage.sqlite3"))

    def check(self) -> None:
        rows, heads = self.read()
        assert sum(len(phone.acknowledged) for phone in self.phones) > 50, "there was no load"
        assert not (faults := faults_of(rows, heads, self.phones)), "\n".join(faults)


def _answered(phone: Phone) -> int:
    return len(phone.acknowledged) + len(phone.refused)


async def until(true: Callable, within: float, otherwise: str | Callable[[], str]) -> None:
    deadline = time.monotonic() + within
    while True:
        found = true()
        if await found if asyncio.iscoroutine(found) else found:
            return
        if time.monotonic() > deadline:
            raise AssertionError(otherwise if isinstance(otherwise, str) else otherwise())
        await asyncio.sleep(0.02)  # processes of their own: there is nothing to wait on

"""Processes of the bench: servers started and stopped, their processor time and their memory."""

import http.client
import os
import subprocess
import sys
import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import closing, contextmanager
from dataclasses import dataclass
from pathlib import Path

from maillage.config.server import bind

STARTS_WITHIN = 60  # seconds; a loaded machine is slow, and slowness is what we measure
LOOK_EVERY = 0.005  # seconds: how much too late a start may be seen
SETTLES = 0.3  # seconds
IDLE = 0.015  # seconds of processor in that time


class ServerFailed(Exception):
    def __init__(self, why: str) -> None:
        self.sentence = f"Le serveur à mesurer ne démarre pas : {why}."
        super().__init__(self.sentence)


@dataclass(frozen=True)
class Process:
    pid: int
    port: int

    def cpu(self) -> float:
        """Seconds of processor used so far, all threads."""
        return cpu_of(self.pid)

    def settle(self) -> None:
        """Waits until it has done what it does when it starts, beside what it answers."""
        deadline = time.monotonic() + STARTS_WITHIN
        before = -1.0
        while self.cpu() - before > IDLE and time.monotonic() < deadline:
            before = self.cpu()
            time.sleep(SETTLES)

    def resident(self) -> float:
        """Megabytes resident."""
        return resident(str(self.pid))


def cpu_of(pid: int) -> float:
    """Seconds of processor of a whole process, by its own clock: clock_getcpuclockid(3), as Linux makes it."""
    return time.clock_gettime((~pid << 3) | 2)


def resident(pid: str = "self") -> float:
    for line in Path(f"/proc/{pid}/status").read_text().splitlines():
        if line.startswith("VmRSS:"):
            return int(line.split()[1]) / 1000  # kB as the kernel says, hence MB
    raise ValueError(f"/proc/{pid}/status says no VmRSS")


def free_port() -> int:
    with closing(bind("127.0.0.1", 0)) as probe:
        port: int = probe.getsockname()[1]
        return port


@contextmanager
def started(command: Sequence[str], port: int, *, environment: Mapping[str, str] | None = None) -> Iterator[Process]:
    """A server of ours in its own process, once it listens. Stopped at the end, killed if it does not stop."""
    process = subprocess.Popen(  # noqa: S603 - our own command
        command, env={**os.environ, **(environment or {})}, stdout=subprocess.DEVNULL
    )
    try:
        wait_until(lambda: listens(port), process)
        yield Process(process.pid, port)
    finally:
        process.terminate()
        try:
            process.wait(10)
        except subprocess.TimeoutExpired:
            process.kill()
            process.wait()


@contextmanager
def served(*, settings: str = "maillage.config.settings") -> Iterator[Process]:
    """`maillage serve` over this process's own data folder, healthy."""
    port = free_port()
    environment = {"DJANGO_SETTINGS_MODULE": settings}
    with started(
        [sys.executable, "-m", "maillage", "serve", "--port", str(port)], port, environment=environment
    ) as server:
        wait_until(lambda: healthy(port))
        yield server


def wait_until(true: Callable[[], bool], process: "subprocess.Popen[bytes] | None" = None) -> None:
    deadline = time.monotonic() + STARTS_WITHIN
    while not true():
        if process is not None and process.poll() is not None:
            raise ServerFailed(f"il s’est arrêté (code {process.returncode})")
        if time.monotonic() > deadline:
            raise ServerFailed(f"il n’a pas répondu en {STARTS_WITHIN} secondes")
        time.sleep(LOOK_EVERY)


def listens(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as line:
        try:
            line.connect()
        except OSError:
            return False
        return True


def healthy(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as line:
        try:
            line.request("GET", "/healthz")
            return line.getresponse().status == 200
        except OSError:
            return False

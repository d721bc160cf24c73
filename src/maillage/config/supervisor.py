"""Several processes that serve one address: started, watched, replaced one at a time, stopped together.

It serves nothing itself and loads neither Django nor the settings: what an update brings is read by the processes it
starts, and it stays light. All of them accept on one socket, which it keeps open: a process that dies or is replaced
takes no waiting connection with it. Signals: SIGTERM and SIGINT stop, SIGHUP replaces the processes one by one.
"""

import asyncio
import contextlib
import logging
import os
import signal
import socket
import sys
import tempfile
import time
from collections.abc import Callable, Coroutine
from dataclasses import dataclass, field
from typing import Any

from maillage.config.logs import configure_alone
from maillage.config.systemd import announce
from maillage.lib.typography import typo

logger = logging.getLogger("maillage.serve")

START_WITHIN = 120.0  # seconds for a process to serve: it reads the whole application first
STOP_WITHIN = 15.0  # seconds for a process that was asked to stop: streams end at once, what waits is stored
STEADY = 10.0  # seconds: a process that lived so long is replaced at once
AGAIN_AFTER, AGAIN_MOST = 0.5, 30.0  # seconds before one that keeps dying is started again, doubled each time
READY = b"ready\n"
PULSE = b"."
PULSE_EVERY = 2.0  # seconds between two words of a process that works
HUNG_AFTER = 30.0  # seconds without one: it answers nobody any more
FIGURES = "MAILLAGE_FIGURES"  # not a setting: the folder where its processes keep what they count


@dataclass(eq=False)
class Worker:
    place: int
    process: asyncio.subprocess.Process
    leash: socket.socket  # it says « ready » by it; closed, it knows that nobody watches it any more, and stops
    born: float = field(default_factory=time.monotonic)
    stopping: bool = False  # it was asked to: its silence is not a fault

    async def ready(self) -> bool:
        """Whether it serves; False when it died before, or takes too long."""
        loop = asyncio.get_running_loop()
        try:
            async with asyncio.timeout(START_WITHIN):
                return await loop.sock_recv(self.leash, len(READY)) == READY
        except (TimeoutError, OSError):
            return False

    async def hang(self) -> None:
        """Returns when it has said nothing for too long, though it lives."""
        loop = asyncio.get_running_loop()
        while True:
            try:
                async with asyncio.timeout(HUNG_AFTER):
                    if not await loop.sock_recv(self.leash, 64):
                        return
            except (TimeoutError, OSError):
                return

    async def end(self) -> int:
        """Its exit status, whether it ends by itself or is killed for having hung."""
        ending, hanging = asyncio.ensure_future(self.process.wait()), asyncio.ensure_future(self.hang())
        try:
            await asyncio.wait([ending, hanging], return_when=asyncio.FIRST_COMPLETED)
            if not self.stopping:
                await asyncio.wait([ending], timeout=1.0)  # its leash falls a moment before it does
            if not ending.done() and not self.stopping:
                how_long = f"{HUNG_AFTER:.0f} s"
                say(logging.ERROR, f"le processus {self.place} ne répond plus depuis {how_long} : il est tué")
                self._send(signal.SIGKILL)
            return await ending
        finally:
            hanging.cancel()

    async def stop(self) -> None:
        """Asks it to stop, and sees that it does."""
        self.stopping = True
        self._send(signal.SIGTERM)
        try:
            async with asyncio.timeout(STOP_WITHIN):
                await self.process.wait()
        except TimeoutError:
            say(logging.ERROR, f"le processus {self.place} ne s’arrête pas en {STOP_WITHIN:.0f} s : il est tué")
            self._send(signal.SIGKILL)
            await self.process.wait()

    def _send(self, number: signal.Signals) -> None:
        with contextlib.suppress(ProcessLookupError):
            self.process.send_signal(number)


class Supervisor:
    def __init__(self, listener: socket.socket, workers: int) -> None:
        self.listener = listener
        self.places = range(1, workers + 1)
        self.workers: dict[int, Worker] = {}  # who holds each place; one that is replaced only ends
        self.stopping = asyncio.Event()
        self._alive: set[Worker] = set()
        self._renewing = False
        self._tasks: set[asyncio.Task[None]] = set()

    async def run(self) -> int:
        loop = asyncio.get_running_loop()
        for number in (signal.SIGTERM, signal.SIGINT):
            loop.add_signal_handler(number, self.stopping.set)
        loop.add_signal_handler(signal.SIGHUP, self._begin, self.renew)
        begun = await asyncio.gather(*(self._begin_place(place) for place in self.places))
        if not any(begun) and not self.stopping.is_set():
            say(logging.ERROR, "aucun processus n’a pu démarrer : la raison est au-dessus")
            await self._end()
            return 1
        announce("READY=1")
        for worker in list(self.workers.values()):
            self._begin(self._watch, worker)
        await self.stopping.wait()
        announce("STOPPING=1")
        await self._end()
        return 0

    async def renew(self) -> None:
        """Each worker in turn gives its place to a new one, which serves before the old one is told to stop."""
        if self._renewing:
            say(logging.WARNING, "un renouvellement est déjà en cours")
            return
        self._renewing = True
        announce("RELOADING=1")
        renewed = 0
        if await self._prepare():
            for place in self.places:
                if self.stopping.is_set() or not await self._replace(place):
                    break
                renewed += 1
        self._renewing = False
        announce("READY=1")
        say(logging.WARNING, f"processus renouvelés : {renewed} sur {len(self.places)}")

    async def _prepare(self) -> bool:
        """The tables and the static files of the version that is installed now, by a process that has read it."""
        process = await asyncio.create_subprocess_exec(sys.executable, "-m", "maillage.config.worker", "--prepare")
        if await process.wait() == 0:
            return True
        say(logging.ERROR, "l’installation n’a pas pu être préparée : les processus restent ce qu’ils sont")
        return False

    async def _replace(self, place: int) -> bool:
        new = await self._start(place)
        if not await new.ready():
            await self._stop(new)
            say(logging.ERROR, f"le nouveau processus {place} ne démarre pas : les autres restent ce qu’ils sont")
            return False
        old, self.workers[place] = self.workers.get(place), new
        self._begin(self._watch, new)
        if old is not None:
            await self._stop(old)
        return True

    async def _begin_place(self, place: int) -> bool:
        worker = self.workers[place] = await self._start(place)
        return await worker.ready()

    async def _start(self, place: int) -> Worker:
        ours, theirs = socket.socketpair()
        ours.setblocking(False)
        with theirs:
            process = await asyncio.create_subprocess_exec(
                *(sys.executable, "-m", "maillage.config.worker"),
                *(str(number) for number in (self.listener.fileno(), theirs.fileno(), place)),
                pass_fds=(self.listener.fileno(), theirs.fileno()),
                start_new_session=True,  # Ctrl+C is for the supervisor: it stops them in order
            )
        worker = Worker(place, process, ours)
        self._alive.add(worker)
        return worker

    async def _watch(self, worker: Worker) -> None:
        """Puts another in the place of a worker that dies, until the place is somebody else’s."""
        wait = AGAIN_AFTER
        while True:
            status = await worker.end()
            self._let_go(worker)
            if not self._holds_its_place(worker):
                return
            if time.monotonic() - worker.born > STEADY:
                wait = AGAIN_AFTER
            how = f"signal {-status}" if status < 0 else f"code {status}"
            delay = f"{wait:.1f}".replace(".", ",")
            say(logging.ERROR, f"le processus {worker.place} est mort ({how}) : un autre démarre dans {delay} s")
            with contextlib.suppress(TimeoutError):
                async with asyncio.timeout(wait):
                    await self.stopping.wait()
            if not self._holds_its_place(worker):  # renewed meanwhile
                return
            wait = min(2 * wait, AGAIN_MOST)
            worker = self.workers[worker.place] = await self._start(worker.place)
            if await worker.ready():
                say(logging.WARNING, f"le processus {worker.place} sert de nouveau")

    def _holds_its_place(self, worker: Worker) -> bool:
        return not self.stopping.is_set() and self.workers.get(worker.place) is worker

    async def _stop(self, worker: Worker) -> None:
        await worker.stop()
        self._let_go(worker)

    def _let_go(self, worker: Worker) -> None:
        self._alive.discard(worker)
        worker.leash.close()

    async def _end(self) -> None:
        self.stopping.set()
        self.listener.close()
        while self._alive:  # one may be starting in the place of another
            await asyncio.gather(*(self._stop(worker) for worker in list(self._alive)))
        if self._tasks:
            await asyncio.wait(self._tasks, timeout=STOP_WITHIN)

    def _begin(self, work: Callable[..., Coroutine[Any, Any, None]], *arguments: object) -> None:
        task = asyncio.get_running_loop().create_task(work(*arguments))
        self._tasks.add(task)
        task.add_done_callback(self._tasks.discard)


def say(level: int, sentence: str) -> None:
    logger.log(level, typo(sentence))


def main() -> int:
    listener = socket.socket(fileno=int(sys.argv[1]))
    listener.setblocking(False)
    configure_alone()

    async def supervise() -> int:
        return await Supervisor(listener, int(sys.argv[2])).run()

    with tempfile.TemporaryDirectory(prefix="maillage-") as folder:
        os.environ[FIGURES] = folder
        return asyncio.run(supervise())


def become_supervisor(listener: socket.socket, workers: int) -> None:
    """This process turns into it: same number, same socket, without the application it has read so far."""
    listener.set_inheritable(True)
    command = [sys.executable, "-m", "maillage.config.supervisor", str(listener.fileno()), str(workers)]
    sys.stdout.flush()
    sys.stderr.flush()
    os.execv(sys.executable, command)  # noqa: S606 - our own module


if __name__ == "__main__":
    raise SystemExit(main())

"""One change → the last of N phones, from the moment it is posted: stored on disk, decided, rendered, sent, read.

Beside it, in the same call: an epoll loop in C that writes the same bytes to as many sockets (the floor), and Django as
it comes, a StreamingHttpResponse with a queue a client. The phones are a program in C, the same for all three.
"""

import http.client
import json
import sys
import tempfile
import time
from collections.abc import Callable
from contextlib import closing
from dataclasses import dataclass, field
from statistics import median

from maillage.config.bench.crowd import Crowd, crowd
from maillage.config.bench.native import command, is_compiled
from maillage.config.bench.phones import get
from maillage.config.bench.processes import Process, free_port, served, started
from maillage.config.bench.rooms import Room, clear_rooms, make_rooms
from maillage.config.bench.rows import Row, number, percentile
from maillage.live.hub import INTERVAL

PHONES = 1_000
MANY = 5_000
TABLE = 8  # people
CHANGES = 10  # a run
FEW = 3  # changes of Django's own: each takes seconds
GOAL = 60  # ms (DESIGN §8)
MOST_OF_FLOOR = 1.5  # the 99th of a hundred phones, beside the floor's
FULLY_OPEN = 0.5  # seconds after the last greeting: the hub has nothing left to say
APART = 2 * INTERVAL  # between two changes: neither waits for the other


@dataclass
class Changes:
    """Seconds from the post, of every phone at every change of every run."""

    taken: list[list[float]] = field(default_factory=list)
    answered: list[float] = field(default_factory=list)
    shares: list[float] = field(default_factory=list)
    costs: list[float] = field(default_factory=list)  # ms of the server's processor a change
    size: int = 0

    def ms(self, share: float) -> float:
        """The median of the changes, for the phone at this place among a hundred."""
        return 1000 * median(percentile(one, share) for one in self.taken)

    @property
    def last(self) -> float:
        return 1000 * median(one[-1] for one in self.taken)


def measure(*, repeat: int, phones: int = PHONES, many: int = MANY, changes: int = CHANGES) -> list[Row]:
    rows: list[Row] = []
    for name, tables in (("fanout-one-view", 1), ("fanout-tables", max(2, phones // TABLE))):
        ours, floor, django = _beside(repeat, phones, tables, changes, with_django=tables == 1)
        views = "une vue" if tables == 1 else f"{tables} tables, une vue chacune"
        rows.append(Row(name, ours.last, "ms", floor.last, GOAL, note=_note(phones, views, ours)))
        rows.append(Row(f"{name}-p99", ours.ms(0.99), "ms", floor.ms(0.99)))
        rows.append(Row(f"{name}-cpu", median(ours.costs), "ms CPU", median(floor.costs)))
        if django.taken:
            note = "référence : Django seul, StreamingHttpResponse et une file par client, même serveur, mêmes octets"
            rows.append(Row(f"{name}-beside-django", ours.last, "ms", django.last, note=note))
    ours, floor, _none = _beside(repeat, many, 1, changes, with_django=False)
    goal = MOST_OF_FLOOR * floor.ms(0.99)
    rows.append(Row("fanout-many-p99", ours.ms(0.99), "ms", floor.ms(0.99), goal, note=_note(many, "une vue", ours)))
    rows.append(Row("fanout-many-p50", ours.ms(0.5), "ms", floor.ms(0.5)))
    rows.append(Row("fanout-many-cpu", median(ours.costs), "ms CPU", median(floor.costs)))
    return rows


def _note(phones: int, views: str, ours: Changes) -> str:
    floor = "une boucle epoll en C" if is_compiled() else "une boucle uvloop (pas de compilateur ici)"
    return (
        f"{phones} téléphones, {views}, {number(ours.size / 1000)} ko chacun ; geste confirmé en "
        f"{1000 * median(ours.answered):.0f} ms ; référence : {floor}, mêmes octets, mêmes téléphones ; "
        f"générateur : {median(ours.shares):.0%} du temps de processeur"
    )


def _beside(
    repeat: int, phones: int, tables: int, changes: int, *, with_django: bool
) -> tuple[Changes, Changes, Changes]:
    """Ours, the floor, and Django's own, in turn at each repeat: a busy moment is shared."""
    ours, floor, django = Changes(), Changes(), Changes()
    room = make_rooms(1, people=phones, tables=tables)[0]
    for _time in range(repeat):
        push = our_changes(room, ours, changes)
        _floor_changes(push, phones, floor, changes)
        if with_django:
            _django_changes(push, phones, django, min(changes, FEW))
    clear_rooms()
    return ours, floor, django


def our_changes(room: Room, into: Changes, changes: int) -> bytes:
    """The bytes of one push."""
    requests = [get(f"/live/{room.session.id}/stream", room.cookie(seat), "text/event-stream") for seat in room.people]
    address, cookie = f"{room.moves_path}?siege=a", room.cookie(room.facilitator)
    with served() as server, closing(http.client.HTTPConnection("127.0.0.1", server.port)) as line:
        server.settle()

        def change(n: int) -> None:
            seconds = 60 if n % 2 else 120  # every phone's clock moves
            move = {"key": f"x{time.monotonic_ns()}", "kind": "extend", "payload": {"seconds": seconds}}
            line.request("POST", address, json.dumps(move), {"Cookie": cookie, "Content-Type": "application/json"})
            answer = line.getresponse()
            if answer.status != 201:
                raise ValueError(f"the change was refused: {answer.read()!r}")
            answer.read()

        with crowd(server.port, requests, greeted=True) as phones:
            watch(phones, server, change, into, changes)
            into.size = len(phones.last())
            return phones.last()


def _floor_changes(push: bytes, phones: int, into: Changes, changes: int) -> None:
    with tempfile.NamedTemporaryFile(prefix="maillage-push-") as file:
        file.write(push)
        file.flush()
        port = free_port()
        with (
            started([*command("floor"), str(port), file.name], port) as server,
            closing(http.client.HTTPConnection("127.0.0.1", port)) as line,
            crowd(port, [b"hello"] * phones, greeted=False) as waiting,
        ):
            line.connect()
            watch(waiting, server, lambda _n: line.send(b"go"), into, changes)


def _django_changes(push: bytes, phones: int, into: Changes, changes: int) -> None:
    with tempfile.NamedTemporaryFile(prefix="maillage-push-") as file:
        file.write(push.partition(b"\r\n")[2].removesuffix(b"\r\n"))  # without its chunk: Django's server makes one
        file.flush()
        port = free_port()
        command_ = [sys.executable, "-m", "maillage.config.bench.streaming", str(port), file.name]
        with (
            started(command_, port) as server,
            closing(http.client.HTTPConnection("127.0.0.1", port)) as line,
            crowd(port, [get("/stream")] * phones, greeted=True) as waiting,
        ):

            def change(_n: int) -> None:
                line.request("POST", "/change")
                line.getresponse().read()

            watch(waiting, server, change, into, changes)


def watch(phones: Crowd, server: Process, change: Callable[[int], None], into: Changes, changes: int) -> None:
    """Some changes, far enough apart, and when each phone had each of them."""
    time.sleep(FULLY_OPEN)
    client = of_server = 0.0
    for n in range(changes):
        if n:
            time.sleep(APART)
        phones.arm()
        client_before, server_before = phones.cpu(), server.cpu()  # what it does at rest is not a change's
        began = time.perf_counter()
        change(n)
        into.answered.append(time.perf_counter() - began)
        into.taken.append(phones.seen().since(began))
        client += phones.cpu() - client_before
        of_server += server.cpu() - server_before
    into.shares.append(client / (client + of_server or 1))
    into.costs.append(1000 * of_server / changes)

"""Durable moves a second: through HTTP as phones send them, then the committer alone, beside Django as it comes.

On the database of the environment: SQLite (`synchronous=FULL`) or PostgreSQL (`synchronous_commit=on`).
"""

import asyncio
import json
import sys
import threading
import time
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import median
from urllib.parse import urlencode

from django.db import connection

from maillage.config.bench.phones import Line, open_line, post_form, post_json, run
from maillage.config.bench.processes import Process, free_port, served, started
from maillage.config.bench.rooms import Room, clear_rooms, make_rooms
from maillage.config.bench.rows import Row, number, percentile
from maillage.live.committer import Submitted
from maillage.live.models import Move
from maillage.live.runtime import live

PHONES = 100  # lines open at once, one move in flight each
MOVES = 2_000  # a run
PLAIN_MOVES = 500  # of the baseline: its rate is steady
TIMES_PLAIN = 10  # what is wanted of ours, beside it
RATE_GOAL = 1_500  # moves a second (DESIGN §8)
P95_GOAL = 250  # ms
SESSIONS = 200


def measure(*, repeat: int, moves: int = MOVES, phones: int = PHONES, several: int = SESSIONS) -> list[Row]:
    rows: list[Row] = []
    base = "" if connection.vendor == "sqlite" else f"-{connection.vendor}"
    for sessions in (1, several):
        plain, through, alone = [], [], []
        for _time in range(repeat):
            plain.append(_plain(min(moves, PLAIN_MOVES), phones))
            rooms = make_rooms(sessions, people=max(1, phones // sessions))
            with served() as server:
                server.settle()
                through.append(run(through_http(rooms, [server], moves)))
            clear_rooms()
            alone.append(committer_alone(make_rooms(sessions, people=max(1, phones // sessions)), moves, phones))
            clear_rooms()
        share, cost = median(one.client_share for one in through), median(one.server_cost for one in through)
        told = (
            f"{moves} gestes, {phones} en vol ; le serveur y met {number(cost)} ms de processeur chacun, le générateur "
            f"{share:.0%} du total ; référence : Django seul, une vue et une transaction par contribution"
        )
        rows += _rows(f"moves-http-{sessions}{base}", through, plain, told)
        rows += _rows(f"moves-store-{sessions}{base}", alone, plain, "sans HTTP : le moteur, le scellé et le disque")
    return rows


@dataclass(frozen=True)
class Run:
    rate: float  # moves a second
    p95: float  # ms
    client_share: float = 0.0  # of the processor time of both sides
    server_cost: float = 0.0  # ms of processor a move


def _rows(name: str, runs: Sequence[Run], plain: Sequence[Run], note: str) -> list[Row]:
    rate, plain_rate = median(one.rate for one in runs), median(one.rate for one in plain)
    p95, plain_p95 = median(one.p95 for one in runs), median(one.p95 for one in plain)
    goal = max(RATE_GOAL, TIMES_PLAIN * plain_rate)
    return [
        Row(name, rate, "gestes/s", plain_rate, goal, more_is_better=True, note=note),
        Row(f"{name}-p95", p95, "ms", plain_p95, P95_GOAL),
    ]


def _plain(moves: int, in_flight: int) -> Run:
    """Contributions to Django as it comes: one view, one transaction each, as many in flight."""
    port = free_port()
    with started([sys.executable, "-m", "maillage.config.bench.contribution", str(port)], port) as server:
        server.settle()
        return run(_contribute(server, moves, in_flight))


async def _contribute(server: Process, moves: int, in_flight: int) -> Run:
    taken: list[float] = []
    numbers = iter(range(moves))
    lines = [await open_line(server.port) for _n in range(min(in_flight, moves))]

    async def phone(line: Line) -> None:
        for n in numbers:
            body = urlencode({"author": f"Personne {n}", "text": _payload(n)["text"]}).encode()
            at = time.perf_counter()
            await line.ask(post_form("/contribution", "", body), b"201")
            taken.append(time.perf_counter() - at)

    began = time.perf_counter()
    await asyncio.gather(*[phone(line) for line in lines])
    seconds = time.perf_counter() - began
    for line in lines:
        line.transport.close()
    return Run(moves / seconds, 1000 * percentile(taken, 0.95))


def _payload(n: int) -> dict[str, object]:
    return {"kind": "subject", "text": f"Comment faire venir les habitants à la réunion {n} ?", "stage": "sujet"}


async def through_http(rooms: Sequence[Room], servers: Sequence[Process], moves: int) -> Run:
    places = [(room, seat) for room in rooms for seat in room.people]
    lines = [await open_line(servers[place % len(servers)].port) for place in range(len(places))]
    taken: list[float] = []
    numbers = iter(range(moves))

    async def phone(place: int) -> None:
        room, seat = places[place]
        cookie, line = room.cookie(seat), lines[place]
        for n in numbers:
            body = json.dumps({"key": f"m{n}", "kind": "write", "payload": _payload(n)}).encode()
            at = time.perf_counter()
            await line.ask(post_json(room.moves_path, cookie, body), b"201")
            taken.append(time.perf_counter() - at)

    server_before, client_before, began = _cpu(servers), time.process_time(), time.perf_counter()
    await asyncio.gather(*[phone(place) for place in range(len(places))])
    seconds = time.perf_counter() - began
    client, of_server = time.process_time() - client_before, _cpu(servers) - server_before
    for line in lines:
        line.transport.close()
    stored = Move.objects.filter(session__in=[room.session for room in rooms], kind="write")
    if await stored.acount() != moves:
        raise ValueError("a move that was acknowledged is not in the log")
    share = client / (client + of_server or 1)
    return Run(moves / seconds, 1000 * percentile(taken, 0.95), share, 1000 * of_server / moves)


def _cpu(servers: Sequence[Process]) -> float:
    return sum(server.cpu() for server in servers)


def committer_alone(rooms: Sequence[Room], moves: int, in_flight: int) -> Run:
    committer = live().committer
    places = [(room.session.id, seat.id) for room in rooms for seat in room.people]
    taken: list[float] = []
    free = threading.Semaphore(in_flight)
    committer.start()
    began = time.perf_counter()
    for n in range(moves):
        free.acquire()
        session, seat = places[n % len(places)]
        at = time.perf_counter()
        future = committer.enqueue(Submitted(session, seat, "write", _payload(n), f"m{n}"))

        def done(_finished: object, at: float = at) -> None:
            taken.append(time.perf_counter() - at)
            free.release()

        future.add_done_callback(done)
    for _n in range(in_flight):
        free.acquire()
    seconds = time.perf_counter() - began
    committer.stop()
    stored = Move.objects.filter(session__in=[room.session for room in rooms], kind="write").count()
    if stored != moves:
        raise ValueError("a move was not stored")
    return Run(moves / seconds, 1000 * percentile(taken, 0.95))

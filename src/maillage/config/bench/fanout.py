"""One change → the last of N phones, from the moment it is posted: stored on disk, decided, rendered, sent, read."""

import asyncio
import json
import tempfile
import time
from statistics import median

from maillage.config.bench.phones import Phone, Watchers, get, open_line, open_streams, post_json, run
from maillage.config.bench.processes import Process, free_port, served, started
from maillage.config.bench.rooms import Room, clear_rooms, make_rooms
from maillage.config.bench.rows import Row, number
from maillage.live.hub import INTERVAL

PHONES = 200
TABLE = 8  # people
CHANGES = 10  # a run
GOAL = 60  # ms (DESIGN §8, for 1,000 phones)
FULLY_OPEN = 0.5  # seconds after the last greeting: the hub has nothing left to say


def measure(*, repeat: int, phones: int = PHONES, changes: int = CHANGES) -> list[Row]:
    rows: list[Row] = []
    for name, tables in (("fanout-one-view", 1), ("fanout-tables", max(2, phones // TABLE))):
        room = make_rooms(1, people=phones, tables=tables)[0]
        taken: list[float] = []
        answered: list[float] = []
        plain: list[float] = []
        shares: list[float] = []
        sizes: list[int] = []
        for _time in range(repeat):
            with served() as server:
                server.settle()
                push, last, acknowledged, share = run(_changes(room, server, changes))
            taken += last
            answered += acknowledged
            shares.append(share)
            sizes.append(len(push))
            plain += _plain(push, phones, changes)
        clear_rooms()
        views = "une vue" if tables == 1 else f"{tables} tables, une vue chacune"
        note = (
            f"{phones} téléphones, {views}, {number(median(sizes) / 1000)} ko chacun ; geste confirmé en "
            f"{1000 * median(answered):.0f} ms ; générateur : {median(shares):.0%} du temps de processeur"
        )
        baseline = 1000 * median(plain)
        rows.append(Row(name, 1000 * median(taken), "ms", baseline, GOAL, note=note))
        rows.append(Row(f"{name}-max", 1000 * max(taken), "ms", 1000 * max(plain)))
    return rows


async def _changes(room: Room, server: Process, changes: int) -> tuple[bytes, list[float], list[float], float]:
    """The bytes of one push, seconds to the last phone, seconds to the acknowledgement, the client's share."""
    watchers = Watchers()
    path = f"/live/{room.session.id}/stream"
    requests = [get(path, room.cookie(seat), "text/event-stream") for seat in room.people]
    phones = await open_streams(server.port, requests, watchers, greeted=True)
    line = await open_line(server.port)
    cookie = room.cookie(room.facilitator)
    last, acknowledged = [], []
    server_before, client_before = server.cpu(), time.process_time()
    for n in range(changes):
        await asyncio.sleep(FULLY_OPEN if n == 0 else 2 * INTERVAL)  # a change that is not coalesced with the last
        all_seen = watchers.expect(len(phones))
        key = f"x{time.monotonic_ns()}"
        seconds = 60 if n % 2 else 120  # every phone's clock moves
        body = json.dumps({"key": key, "kind": "extend", "payload": {"seconds": seconds}}).encode()
        began = time.perf_counter()
        await line.ask(post_json(f"{room.moves_path}?siege=a", cookie, body), b"201")
        acknowledged.append(time.perf_counter() - began)
        last.append(await all_seen - began)
    client, of_server = time.process_time() - client_before, server.cpu() - server_before
    _hang_up(phones)
    return phones[0].last, last, acknowledged, client / (client + of_server or 1)


def _plain(push: bytes, phones: int, changes: int) -> list[float]:
    with tempfile.NamedTemporaryFile(prefix="maillage-push-") as file:
        file.write(push)
        file.flush()
        port = free_port()
        with started(["maillage.config.bench.broadcast", str(port), file.name], port) as server:
            return run(_plain_changes(server, phones, changes))


async def _plain_changes(server: Process, count: int, changes: int) -> list[float]:
    watchers = Watchers()
    phones = await open_streams(server.port, [b"hello"] * count, watchers, greeted=False)
    line = await open_line(server.port)
    last = []
    for n in range(changes):
        await asyncio.sleep(FULLY_OPEN if n == 0 else 2 * INTERVAL)
        all_seen = watchers.expect(len(phones))
        began = time.perf_counter()
        line.transport.write(b"go")
        last.append(await all_seen - began)
    _hang_up(phones)
    return last


def _hang_up(phones: list[Phone]) -> None:
    for phone in phones:
        phone.transport.abort()

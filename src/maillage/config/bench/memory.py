"""What an open stream holds in the server, its share of the page it shows included, beside Django's own streams."""

import sys
import tempfile
import time
from contextlib import closing
from http.client import HTTPConnection
from statistics import median

from maillage.config.bench.crowd import crowd
from maillage.config.bench.phones import get_as_a_phone
from maillage.config.bench.processes import Process, free_port, served, started
from maillage.config.bench.rooms import clear_rooms, make_rooms
from maillage.config.bench.rows import Row, number

STREAMS = 1_000
WARM = 100  # streams opened and closed before: what is made once is not theirs
GOAL = 15  # kB (DESIGN §8)
SETTLE = 1.0  # seconds


def measure(*, repeat: int, streams: int = STREAMS) -> list[Row]:
    room = make_rooms(1, people=streams)[0]
    address = f"/live/{room.session.id}/stream"
    requests = [get_as_a_phone(address, room.cookie(seat)) for seat in room.people]
    ours, django, at_rest = [], [], []
    for _time in range(repeat):
        with served() as server:
            server.settle()
            at_rest.append(server.resident())
            ours.append(a_stream(server, requests))
        with tempfile.NamedTemporaryFile(prefix="maillage-push-") as file:
            file.write(b"event: view\ndata: " + b"x" * 1_600 + b"\n\n")
            file.flush()
            port = free_port()
            with started(
                [sys.executable, "-m", "maillage.config.bench.streaming", str(port), file.name], port
            ) as plain:
                with closing(HTTPConnection("127.0.0.1", port)) as line:
                    line.request("POST", "/change")
                django.append(a_stream(plain, [get_as_a_phone("/stream", "")] * streams))
    clear_rooms()
    note = (
        f"{streams} flux ouverts, avec les en-têtes d’un téléphone ; serveur au repos : {number(median(at_rest))} Mo ; "
        "référence : Django seul, StreamingHttpResponse et une file par client"
    )
    return [Row("memory-stream", median(ours), "ko", median(django), GOAL, note=note)]


def a_stream(server: Process, requests: list[bytes]) -> float:
    """kB resident more, for each."""
    with crowd(server.port, requests[:WARM], greeted=True):
        pass
    time.sleep(SETTLE)
    before = server.resident()
    with crowd(server.port, requests, greeted=True):
        time.sleep(SETTLE)
        return 1000 * (server.resident() - before) / len(requests)

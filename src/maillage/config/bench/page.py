"""What one participant's page costs the server's processor, beside an empty page of the same server."""

from statistics import median

from maillage.config.bench.phones import get, open_line, run
from maillage.config.bench.processes import Process, served
from maillage.config.bench.rooms import make_rooms, write_subjects
from maillage.config.bench.rows import Row, number

REQUESTS = 300  # a run
WARM = 20  # templates are compiled once
TABLE = 8  # people, each with a subject on the table
GOAL = 4  # ms of processor (DESIGN §8)


def measure(*, repeat: int, requests: int = REQUESTS) -> list[Row]:
    room = make_rooms(1, people=TABLE)[0]
    write_subjects(room)
    page = get(f"/seance/{room.session.id}/", room.cookie(room.people[0]))
    full, empty, sizes = [], [], []
    for _time in range(repeat):
        with served(settings="maillage.config.bench.empty_settings") as server:
            server.settle()
            empty.append(run(_cost(server, get("/"), requests))[0])
        with served() as server:
            server.settle()
            cost, size = run(_cost(server, page, requests))
        full.append(cost)
        sizes.append(size)
    size_told = f"{number(median(sizes) / 1000)} ko compressés"
    note = f"GET /seance/… d’une place réelle, {size_told} ; référence : un gabarit vide, même serveur"
    return [Row("page", median(full), "ms CPU", median(empty), GOAL, note=note)]


async def _cost(server: Process, request: bytes, requests: int) -> tuple[float, int]:
    """Milliseconds of the server's processor for one answer, and its size."""
    line = await open_line(server.port)
    answer = b""
    for _n in range(WARM):
        answer = await line.ask(request, b"200")
    before = server.cpu()
    for _n in range(requests):
        await line.ask(request, b"200")
    cost = 1000 * (server.cpu() - before) / requests
    line.transport.close()
    return cost, len(answer)

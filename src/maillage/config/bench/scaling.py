"""From one machine to all of France: costs measured in this call, then computed by bench/simulation.py.

Every row is computed, but those named `scaling-cost-…`, which are measured here. docs/scaling.md explains them.
"""

import math
from statistics import median

from maillage.config.bench.fanout import Changes, our_changes
from maillage.config.bench.growth import write_log
from maillage.config.bench.memory import a_stream
from maillage.config.bench.moves import MOVES, through_http
from maillage.config.bench.phones import get_as_a_phone, run
from maillage.config.bench.processes import served
from maillage.config.bench.rooms import clear_rooms, make_rooms
from maillage.config.bench.rows import Row, number, seconds_of
from maillage.config.bench.simulation import Costs, borne, memory, play
from maillage.live.rooms import Rooms

WORKERS = 4  # a machine of four processors
ROOM = 40  # people in a room of a day: five tables of eight
SIZES = (100, 1_000)  # streams, to tell what a change costs from what each stream adds
LOG = 2_000  # moves replayed
SPARE = 0.5  # of a machine's capacity, kept for pages, papers, and a neighbour that fails
SCENARIOS = {  # people who hold a stream in the same minute
    "day-150": 150,
    "region-1500": 1_500,
    "neighbourhoods-54000": 54_000,  # 40 people in each of some 1,360 quartiers prioritaires
    "france-100000": 100_000,
    "europe-1000000": 1_000_000,
}
PRICE = "ms CPU"


def measure(*, repeat: int, quick: bool = False) -> list[Row]:
    costs = measured_costs(repeat, SIZES if not quick else (4, 12), MOVES if not quick else 40)
    rows = [
        Row(f"scaling-cost-{name}", getattr(costs, name), unit, None)
        for name, unit in (("move", PRICE), ("replay", PRICE), ("change", PRICE), ("stream", PRICE), ("idle", "Mo"),
                           ("held", "ko"))
    ]  # fmt: skip
    most = borne(ROOM, WORKERS, costs)
    minute = play(max(most, 1), ROOM, WORKERS, costs)
    note = (
        f"calculé : salles de {ROOM} personnes, {WORKERS} processus ; la pire minute : {minute.moves:.0f} gestes/s, "
        f"attente {1000 * minute.wait:.0f} ms (p99), processeurs à {minute.busy:.0%}"
    )
    rows.append(Row("scaling-rooms-a-machine", most, "salles", None, note=note))
    for name, people in SCENARIOS.items():
        rooms = math.ceil(people / ROOM)
        machines = math.ceil(rooms / max(1.0, most * (1 - SPARE)))
        held = memory(math.ceil(people / machines), WORKERS, costs)
        told = f"calculé : {rooms} salles, {number(held)} Mo par machine, moitié de chaque machine en réserve"
        rows.append(Row(f"scaling-{name}", machines, "machines", None, note=told))
    return rows


def measured_costs(repeat: int, sizes: tuple[int, int], moves: int) -> Costs:
    changes = [Changes(), Changes()]
    for size, seen in zip(sizes, changes, strict=True):
        room = make_rooms(1, people=size)[0]
        for _time in range(repeat):
            our_changes(room, seen, 5)
        clear_rooms()
    few, many = (median(seen.costs) for seen in changes)
    a_stream_more = max(0.0, (many - few) / (sizes[1] - sizes[0]))
    stored, held, idle = [], [], []
    for _time in range(repeat):
        rooms = make_rooms(20, people=5)
        with served() as server:
            server.settle()
            idle.append(server.resident())
            stored.append(run(through_http(rooms, [server], moves)).server_cost)
        clear_rooms()
    room = make_rooms(1, people=sizes[1])[0]
    address = f"/live/{room.session.id}/stream"
    with served() as server:
        server.settle()
        held.append(a_stream(server, [get_as_a_phone(address, room.cookie(seat)) for seat in room.people]))
    write_log(room, moves)
    replay = 1000 * seconds_of(lambda: Rooms().load(room.session.id)) / moves
    clear_rooms()
    # a change is posted, hence stored, before it is sent: that part is counted with the moves
    change = max(0.0, few - sizes[0] * a_stream_more - median(stored))
    return Costs(median(stored), replay, change, a_stream_more, median(idle), max(median(held), 0.0))

"""Two processes over one PostgreSQL against one: what a move costs their processors together, and how many pass.

The phones of each session are shared out between the two: each reads in the log what the other stored.
"""

from contextlib import ExitStack
from statistics import median

from maillage.config.bench.moves import MOVES, PHONES, SESSIONS, Run, through_http
from maillage.config.bench.phones import run
from maillage.config.bench.processes import served
from maillage.config.bench.rooms import clear_rooms, make_rooms
from maillage.config.bench.rows import Row

WORKERS = 2
MOST = 1.15  # times one worker's processor, a move


def measure(*, repeat: int, moves: int = MOVES, phones: int = PHONES, several: int = SESSIONS) -> list[Row]:
    rows: list[Row] = []
    for sessions in (1, several):
        one, two = [], []
        for _time in range(repeat):
            one.append(_run(1, sessions, moves, phones))
            two.append(_run(WORKERS, sessions, moves, phones))
        cost, alone = median(run.server_cost for run in two), median(run.server_cost for run in one)
        rate, rate_alone = median(run.rate for run in two), median(run.rate for run in one)
        note = (
            f"{WORKERS} processus, PostgreSQL, {sessions} séance(s) dont les téléphones sont partagés entre eux ; "
            f"référence : un processus ; générateur : {median(run.client_share for run in two):.0%}"
        )
        rows.append(Row(f"workers-cost-{sessions}", cost, "ms CPU", alone, MOST * alone, note=note))
        rows.append(Row(f"workers-rate-{sessions}", rate, "gestes/s", rate_alone))
    return rows


def _run(workers: int, sessions: int, moves: int, phones: int) -> Run:
    rooms = make_rooms(sessions, people=max(WORKERS, phones // sessions))
    with ExitStack() as stack:
        servers = [stack.enter_context(served()) for _worker in range(workers)]
        for server in servers:
            server.settle()
        done = run(through_http(rooms, servers, moves))
    clear_rooms()
    return done

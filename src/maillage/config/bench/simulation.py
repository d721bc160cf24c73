"""How many machines a number of rooms asks for: the same code, computed from costs that were measured.

A shard is one machine: a few workers over one database, with the sessions of some spaces. Nothing crosses two shards
while a room is at work, so what one bears is found by playing one, moment by moment; the rest is a division. What is
played is the worst minute of a day: every room of the shard passes to the same step, and most people answer.
"""

import heapq
import math
from dataclasses import dataclass
from random import Random

STEP_AT = 5.0  # seconds into the minute: every room passes to the next step
ANSWERS_WITHIN = 20.0  # seconds after it
ANSWER = 0.8  # of the people do
ELSE_EACH = 60.0  # seconds between two other moves of one person
MINUTE = 60.0
INTERVAL = 0.25  # seconds between two updates of one session
MOST_WAIT = 0.25  # seconds, for 99 moves in 100
MOST_BUSY = 0.7  # of the processors, over the busiest ten seconds
WINDOW = 10.0  # seconds


@dataclass(frozen=True)
class Costs:
    """Milliseconds of one processor, measured."""

    move: float  # received, decided, stored, answered
    replay: float  # decided again, by a worker that hears of it
    change: float  # one update of a session: its view made
    stream: float  # one update, for each stream
    idle: float = 100.0  # MB, a worker
    held: float = 15.0  # kB, a stream
    stored: float = 1_500.0  # moves a second that the database takes


@dataclass(frozen=True)
class Minute:
    wait: float  # seconds, 99 moves in 100
    busy: float  # of all processors, in the busiest WINDOW
    moves: float  # a second, in the busiest WINDOW

    def holds(self, costs: Costs) -> bool:
        return self.wait <= MOST_WAIT and self.busy <= MOST_BUSY and self.moves <= costs.stored


def play(sessions: int, people: int, workers: int, costs: Costs, *, seed: int = 1) -> Minute:
    """One shard's minute. The streams of a session are shared out among the workers: sticky to nothing."""
    random = Random(seed)  # noqa: S311 - a simulation
    arrivals: list[tuple[float, int]] = []  # moment, session
    for session in range(sessions):
        arrivals.append((STEP_AT, session))
        for _person in range(people):
            if random.random() < ANSWER:
                arrivals.append((STEP_AT + random.uniform(0, ANSWERS_WITHIN), session))
            at = random.expovariate(1 / ELSE_EACH)
            if at < MINUTE:
                arrivals.append((at, session))
    arrivals.sort()
    free = [0.0] * workers  # when each worker has done what it has
    worked = [[0.0] * math.ceil(MINUTE / WINDOW + 2) for _worker in range(workers)]
    waits: list[float] = []
    updates: list[tuple[float, int]] = []
    due: set[int] = set()
    last = [-INTERVAL] * sessions
    there = min(workers, people)  # workers that hold streams of one session
    update = (costs.change + costs.stream * people / there) / 1000

    def work(worker: int, at: float, seconds: float) -> float:
        begin = max(at, free[worker])
        free[worker] = begin + seconds
        worked[worker][min(int(begin / WINDOW), len(worked[worker]) - 1)] += seconds
        return free[worker]

    def send(until: float) -> None:
        while updates and updates[0][0] <= until:
            at, session = heapq.heappop(updates)
            due.discard(session)
            last[session] = at
            for n in range(there):
                work((session + n) % workers, at, update)

    for at, session in arrivals:
        send(at)
        chosen = random.randrange(workers)
        waits.append(work(chosen, at, costs.move / 1000) - at)
        for other in range(workers):
            if other != chosen and (other - session) % workers < there:
                work(other, at, costs.replay / 1000)
        if session not in due:
            due.add(session)
            heapq.heappush(updates, (max(at, last[session] + INTERVAL), session))
    send(math.inf)
    waits.sort()
    busiest = max(sum(one[n] for one in worked) for n in range(len(worked[0]))) / (WINDOW * workers)
    moves = max(sum(1 for at, _s in arrivals if int(at / WINDOW) == n) for n in range(int(MINUTE / WINDOW))) / WINDOW
    return Minute(waits[min(len(waits) - 1, int(0.99 * len(waits)))], busiest, moves)


def borne(people: int, workers: int, costs: Costs) -> int:
    """The most sessions of that many people that one shard bears; 0: not even one."""
    most = 1
    while play(most, people, workers, costs).holds(costs) and most * people < 200_000:
        most *= 2
    low, high = most // 2, most
    while high - low > max(1, low // 50):
        middle = (low + high) // 2
        low, high = (middle, high) if play(middle, people, workers, costs).holds(costs) else (low, middle)
    return low


def memory(streams: int, workers: int, costs: Costs) -> float:
    """MB of the workers of a machine."""
    return workers * costs.idle + streams * costs.held / 1000

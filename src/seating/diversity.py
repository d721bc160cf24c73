"""Groups as diverse as can be: the maximally diverse grouping problem, for any table of distances.

Gallego, Laguna, Martí & Duarte, « Tabu search with strategic oscillation for the maximally diverse grouping problem »,
JORS 64 (2013), doi:10.1057/jors.2012.66, give the problem and the instances. Here: parallel tempering (what it is good
for: Machta 2009, arXiv:0908.0012). Several deals are held on a ladder of temperatures, and neighbours on it change
rungs by the heat bath: what is stuck where it is cold climbs, loosens and comes down again. A step takes one person and
draws, by the heat bath too, among all people (and free seats) of other groups the one to change places with.
near[g, j] is what j is worth to group g, so that a step reads each candidate once, row by row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from copy import deepcopy
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seating.attributes import Ints
from seating.chance import NOISE_UNIT, child, gumbel, numbers

UNIT = NOISE_UNIT
SHIFT = UNIT.bit_length() - 1  # a division by UNIT
POOL = 1 << 12  # noise drawn for a chunk, a power of two; each step begins to read it somewhere else
FEW, RUNGS = 3, 6  # deals, at least and at most
CROWD = 1440  # people times rungs: the more people, the longer a deal takes to cool, and the fewer deals share the work
STEPS = 4200  # of a chunk, shared by the deals; then they exchange rungs
# First and last temperature of the ladder, in standard deviations of the distances. What one person is worth to a group
# varies by them times the root of its size, and so do temperatures; from LARGE on, warmer is too slow to pay.
ROUGH, SMOOTH = (1.5, 0.8), (0.4, 0.2)
EVEN = 4  # a mean of that many standard deviations: points in space rather than chance, smoother ground
LARGE = 14
COOLING = 0.5  # share of the work where all six deals cool together, each down to its rung; fewer cool longer
ROOM = 2**29  # what a step compares stays below, in numbers of 32 bits
SETTLED = 6  # steps per person to settle

Numbers = npt.NDArray[np.integer]  # of 32 bits where the distances allow it: twice as fast


@dataclass(frozen=True)
class Groups:
    """A partition and the sum of distances inside its groups."""

    group: Ints
    value: int


def diversity(distance: Ints, group: Ints) -> int:
    """Sum of distances inside groups."""
    same = group[:, None] == group[None, :]
    return int(distance[same].sum()) // 2


def divide(
    distance: npt.ArrayLike,
    lower: Sequence[int],
    upper: Sequence[int],
    *,
    seed: int = 0,
    chunks: int = 64,
    slow: bool | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> Groups:
    """People in groups of bounded sizes, the sum of distances inside groups as large as found.

    Where sizes are free they are those with the most pairs as long as it is warm, for warm groups that may grow and
    shrink drift to even sizes and freeze there; sizes move where only what gains is done. Distances whose mean is near
    zero or below like pairs less: there sizes begin level, and move all along.

    Parameters
    ----------
    distance : (people, people) whole numbers, symmetric, zero diagonal
    lower, upper : sizes of each group
    chunks : how much work, of `STEPS` steps each
    slow : True for plain Python, False for numpy, None for the fastest there is; the result is the same

    Raises
    ------
    ValueError
        The sizes cannot hold the people, or the distances are not symmetric.
    """
    far = np.asarray(distance, dtype=np.int64)
    people = len(far)
    if far.shape != (people, people) or (far != far.T).any() or far.diagonal().any():
        raise ValueError("distances must be a symmetric table with a zero diagonal")
    if not sum(lower) <= people <= sum(upper):
        raise ValueError(f"groups of {sum(lower)} to {sum(upper)} seats in all cannot hold {people} people")
    step = plain_change_places if slow else batch_change_places
    if slow is None and compiled_change_places is not None:
        step = compiled_change_places
    low, high = np.asarray(lower, dtype=np.int64), np.asarray(upper, dtype=np.int64)
    others = far[np.triu_indices(people, 1)]
    spread, mean = (float(others.std()), float(others.mean())) if people > 1 else (0.0, 0.0)
    kept = 2 * mean > spread
    sizes = most_unequal(low, high, people) if kept else _level(low, high, people)
    least, most = (sizes, sizes) if kept else (low, high)
    fine, table = _fine(far, int(high.max(initial=0)))
    never = int(np.iinfo(table.dtype).min) // 2
    scale = fine * spread * min(1.0, math.sqrt(people / max(1, len(low)) / LARGE))
    hot, cold = (scale * t for t in (SMOOTH if mean > EVEN * spread else ROUGH))
    count = min(RUNGS, max(FEW, CROWD // max(1, people)))
    cooling = chunks * (1 - (1 - COOLING) * count / RUNGS)
    rungs = [cold + (hot - cold) * r / (RUNGS - 1) for r in range(count)][::-1]
    deals = [_Deal(table, sizes, child(seed, 0, r)) for r in range(count)]
    still = np.zeros(POOL + people + len(low) + 1, dtype=table.dtype)
    best = deepcopy(deals[-1])
    for chunk in range(chunks if people else 0):
        if not go_on():
            break
        own = child(seed, 1 + chunk)
        who, start = _draw(child(own, 0), STEPS, people)
        noise = gumbel(child(own, 1), (len(still),)).astype(np.int64)
        common = hot + (cold - hot) * (chunk + 1) / cooling
        heats = [max(1, round(max(rung, common))) for rung in rungs]
        for r, (deal, heat) in enumerate(zip(deals, heats, strict=True)):
            mine = slice(r * STEPS // count, (r + 1) * STEPS // count)
            warm = (noise * heat >> SHIFT).astype(table.dtype)
            deal.value += int(step(who[mine], start[mine], warm, never, least, most, table, *deal.arrays()))
        _exchange(deals, heats, gumbel(child(own, 2), (count, 2)).tolist())
        last = chunk == chunks - 1
        if last or chunk % (1 + people // 48) == 0:  # only what gains, from a copy of the coldest, and of all at last
            who, start = _draw(child(own, 3), SETTLED * people, people)
            for deal in deepcopy(deals if last else deals[-1:]):
                deal.value += int(step(who, start, still, never, low, high, table, *deal.arrays()))
                best = max(best, deal, key=lambda deal: deal.value)
    group = best.group.astype(np.int64)
    return Groups(group, diversity(far, group))


def most_unequal(lower: Ints, upper: Ints, people: int) -> Ints:
    """Sizes within bounds with the most pairs inside groups: what the sum of distances likes, where sizes are free.

    A programme over the groups: the most pairs of the first g groups for each number of people in them.
    """
    most = np.full(people + 1, -1, dtype=np.int64)
    most[0] = 0
    taken = []
    for low, high in zip(lower.tolist(), upper.tolist(), strict=True):
        after, size = np.full(people + 1, -1, dtype=np.int64), np.zeros(people + 1, dtype=np.int64)
        for s in range(low, min(high, people) + 1):
            before = most[: people + 1 - s]
            pairs = np.where(before >= 0, before + s * (s - 1) // 2, -1)
            better = pairs > after[s:]
            after[s:][better] = pairs[better]
            size[s:][better] = s
        most = after
        taken.append(size)
    sizes = np.zeros(len(lower), dtype=np.int64)
    left = people
    for g in range(len(lower) - 1, -1, -1):
        sizes[g] = taken[g][left]
        left -= int(sizes[g])
    return sizes


def _level(lower: Ints, upper: Ints, people: int) -> Ints:
    """Sizes as equal as the bounds allow."""
    sizes = lower.copy()
    for _ in range(people - int(lower.sum())):
        room = np.flatnonzero(sizes < upper)
        sizes[room[sizes[room].argmin()]] += 1
    return sizes


def _fine(far: Ints, largest: int) -> tuple[int, Numbers]:
    """Distances in units as fine as 32 bits allow for what a step adds up; larger ones as they are, in 64 bits."""
    reach = (4 * largest + 20) * max(1, int(np.abs(far).max(initial=0)))
    fine = min(UNIT, ROOM // reach)
    return (fine, (far * fine).astype(np.int32)) if fine else (1, far)


def _exchange(deals: list[_Deal], heats: list[int], toss: list[list[int]]) -> None:
    """Neighbours on the ladder change rungs by the heat bath: surely, or nearly, if the warmer deal is worth more."""
    for r in (*range(0, len(deals) - 1, 2), *range(1, len(deals) - 1, 2)):
        gain = (deals[r].value - deals[r + 1].value) * (heats[r] - heats[r + 1])
        if gain * UNIT > (toss[r][0] - toss[r][1]) * heats[r] * heats[r + 1]:
            deals[r], deals[r + 1] = deals[r + 1], deals[r]


def _draw(seed: int, steps: int, people: int) -> tuple[Ints, Ints]:
    """Who takes each step, and where its noise begins."""
    drawn = numbers(seed, steps)
    who = (drawn >> np.uint64(32)) * np.uint64(people) >> np.uint64(32)
    start = drawn & np.uint64(POOL - 1)
    return who.astype(np.int64), start.astype(np.int64)


class _Deal:
    """Who is in which group, and what each is worth to each group."""

    def __init__(self, far: Numbers, sizes: Ints, seed: int) -> None:
        people, groups = len(far), len(sizes)
        self.size = sizes.copy()
        self.group = np.zeros(people, dtype=np.min_scalar_type(len(sizes)))
        self.group[np.argsort(numbers(seed, people))] = np.repeat(np.arange(groups), sizes)
        self.near = np.zeros((groups, people), dtype=far.dtype)
        for g in range(groups):
            self.near[g] = far[:, self.group == g].sum(axis=1)
        self.own = self.near[self.group, np.arange(people)]
        self.value = int(self.own.sum(dtype=np.int64)) // 2

    def arrays(self) -> tuple[Ints, Numbers, Numbers, Numbers]:
        return self.size, self.group, self.near, self.own


def change_places(
    who: Ints,
    start: Ints,
    warm: Numbers,
    never: int,
    lower: Ints,
    upper: Ints,
    far: Numbers,
    size: Ints,
    group: Numbers,
    near: Numbers,
    own: Numbers,
) -> int:
    """Each of `who` changes places with somebody of another group or a free seat there, or not; what was gained.

    warm: temperature × noise; from `start` on, one for each person, each group's free seats, and staying.
    never: worth less than any step.
    """
    people, groups = len(group), len(size)
    nobody, base, narrow = np.zeros_like(own), np.empty_like(near[:, 0]), own.dtype.type
    gained = 0
    for t in range(len(who)):
        i = who[t]
        a = group[i]
        row, here, heard = far[i], near[a], warm[start[t] : start[t] + people + groups + 1]
        for g in range(groups):
            base[g] = near[g, i] - own[i]
        base[a] = never
        best = base[a]
        for j in range(people):  # nothing is stored in this loop: else base could not be gathered in vectors
            best = max(best, narrow(here[j] - own[j] - 2 * row[j] + heard[j] + base[group[j]]))
        b = -1
        if size[a] > lower[a]:
            for g in range(groups):
                if size[g] < upper[g] and base[g] + heard[people + g] > best:
                    best = base[g] + heard[people + g]
                    b = g
        if best <= heard[people + groups]:
            continue
        if b >= 0:
            gained += base[b]
            size[a] -= 1
            size[b] += 1
            other = nobody
        else:
            j = 0
            while here[j] - own[j] - 2 * row[j] + heard[j] + base[group[j]] != best:
                j += 1
            gained += best - heard[j]
            b = group[j]
            group[j] = a
            other = far[j]
        group[i] = b
        there = near[b]
        for k in range(people):
            here[k] += other[k] - row[k]
            there[k] -= other[k] - row[k]
        for k in range(people):  # all read before one is chosen: no branch
            g, in_a, in_b, elsewhere = group[k], here[k], there[k], own[k]
            own[k] = in_a if g == a else in_b if g == b else elsewhere
    return gained


def batch_change_places(
    who: Ints,
    start: Ints,
    warm: Numbers,
    never: int,
    lower: Ints,
    upper: Ints,
    far: Numbers,
    size: Ints,
    group: Numbers,
    near: Numbers,
    own: Numbers,
) -> int:
    """`change_places` with all candidates of a step at once."""
    people, groups = len(group), len(size)
    twice = 2 * far
    gained = 0
    for i, at in zip(who.tolist(), start.tolist(), strict=True):
        a = int(group[i])
        base = near[:, i] - own[i]
        base[a] = never
        worth = base.take(group)
        worth += near[a]
        worth -= own
        worth -= twice[i]
        worth += warm[at : at + people]
        j = int(worth.argmax())
        best, gain, b = int(worth[j]), int(worth[j]) - int(warm[at + j]), int(group[j])
        if size[a] > lower[a]:
            seats = base + warm[at + people : at + people + groups]
            seats[size >= upper] = never
            g = int(seats.argmax())
            if seats[g] > best:
                best, gain, b, j = int(seats[g]), int(base[g]), g, -1
        if best <= warm[at + people + groups]:
            continue
        gained += gain
        if j < 0:
            change = -far[i]
            size[a] -= 1
            size[b] += 1
        else:
            change = far[j] - far[i]
            group[j] = a
        group[i] = b
        near[a] += change
        near[b] -= change
        moved = np.flatnonzero((group == a) | (group == b))
        own[moved] = near[group[moved], moved]
    return gained


Step = Callable[[Ints, Ints, Numbers, int, Ints, Ints, Numbers, Ints, Numbers, Numbers, Numbers], int]
plain_change_places: Step = change_places
compiled_change_places: Step | None = None
try:
    import numba
except ImportError:
    pass
else:
    compiled_change_places = numba.njit(cache=True, nogil=True)(change_places)

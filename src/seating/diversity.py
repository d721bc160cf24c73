"""Groups as diverse as can be: the maximally diverse grouping problem, for any table of distances.

Gallego, Laguna, Martí & Duarte, « Tabu search with strategic oscillation for the maximally diverse grouping problem »,
JORS 64 (2013), doi:10.1057/jors.2012.66, give the problem and the instances. Here: annealing where a step takes one
person and draws, by the heat bath, among all people (and empty seats) of other groups the one to change places with.
near[g, j] is what j is worth to group g, so that a step reads each candidate once, row by row.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seating.attributes import Ints
from seating.chance import NOISE_UNIT, child, gumbel, numbers

UNIT = NOISE_UNIT
POOL = 1 << 16  # noise drawn for a chunk; each step begins to read it somewhere else
STEPS = 4096  # of a chunk
# First and last temperature in standard deviations of the distances, and how many runs share the work, the best kept:
# sizes given; sizes free, and their choice matters more than who sits where; sizes free, and both matter.
GIVEN, UNEQUAL, FREE = (2.5, 0.6, 3), (1.0, 0.2, 1), (4.0, 0.3, 4)
EVEN = 4  # a mean of that many standard deviations: distances so even that sizes decide
NEVER = np.int64(2**62)


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
    spread = float(others.std()) if people > 1 else 0.0
    hot, cold, runs = GIVEN
    sizes = _level(low, high, people)
    if (low < high).any():
        hot, cold, runs = FREE
        if people > 1 and others.mean() > EVEN * spread:
            hot, cold, runs = UNEQUAL
            sizes = most_unequal(low, high, people)
    best, most = None, 0
    each = max(1, chunks // runs)
    for chunk in range(max(1, chunks)):
        run, done = divmod(chunk, each)
        if done == 0:
            places = _Places(far, low, high, sizes.copy(), child(seed, 0, run))
        if best is None or places.value > most:
            best, most = places.group.copy(), places.value
        if not chunks or not go_on():
            break
        heat = round(max(1.0, spread) * hot * math.pow(cold / hot, done / max(1, each - 1)))
        own = child(seed, 1 + chunk)
        drawn = numbers(child(own, 0), STEPS)
        who = ((drawn >> np.uint64(32)) % np.uint64(people)).astype(np.int64)
        start = ((drawn & np.uint64(0xFFFFFFFF)) % np.uint64(POOL - len(places.group))).astype(np.int64)
        noise = gumbel(child(own, 1), (POOL,)).astype(np.int64)
        places.value += int(step(who, start, heat, noise, people, *places.arrays()))
        if done == each - 1:  # then only what gains
            places.value += int(step(who, start, 0, noise, people, *places.arrays()))
        if places.value > most:
            best, most = places.group.copy(), places.value
    assert best is not None
    group = best[:people]
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


class _Places:
    """People first, then empty seats, which are as near to everybody as nobody."""

    def __init__(self, far: Ints, lower: Ints, upper: Ints, sizes: Ints, seed: int) -> None:
        people, groups = len(far), len(lower)
        empty = np.repeat(np.arange(groups), upper - sizes)
        shuffled = np.argsort(numbers(seed, people))
        group = np.zeros(people + len(empty), dtype=np.int64)
        group[shuffled] = np.repeat(np.arange(groups), sizes)
        group[people:] = empty
        total = len(group)
        self.far = np.zeros((total, total), dtype=np.int64)
        self.far[:people, :people] = far
        self.lower, self.size, self.group = lower, sizes, group
        self.near = np.stack([self.far[:, group == g].sum(axis=1) for g in range(groups)])
        self.own = self.near[group, np.arange(total)]
        self.value = int(self.own.sum()) // 2

    def arrays(self) -> tuple[Ints, Ints, Ints, Ints, Ints, Ints]:
        return self.far, self.lower, self.size, self.group, self.near, self.own


def change_places(
    who: Ints,
    start: Ints,
    heat: int,
    noise: Ints,
    people: int,
    far: Ints,
    lower: Ints,
    size: Ints,
    group: Ints,
    near: Ints,
    own: Ints,
) -> int:
    """Each of `who` changes places with somebody of another group or an empty seat there, or not; what was gained."""
    total = len(group)
    everybody = total
    gained = 0
    for t in range(len(who)):
        i = who[t]
        a = group[i]
        last = everybody if size[a] > lower[a] else people
        at = start[t]
        best = heat * noise[at + i]
        best_j, best_gain = -1, 0
        stay = own[i]
        for j in range(last):
            b = group[j]
            if b != a:
                gain = near[b, i] - stay + near[a, j] - own[j] - 2 * far[i, j]
                value = gain * UNIT + heat * noise[at + j]
                if value > best:
                    best, best_j, best_gain = value, j, gain
        if best_j < 0:
            continue
        j = best_j
        b = group[j]
        gained += best_gain
        for k in range(total):
            change = far[j, k] - far[i, k]
            near[a, k] += change
            near[b, k] -= change
            if group[k] == a:
                own[k] += change
            elif group[k] == b:
                own[k] -= change
        if j >= people:
            size[a] -= 1
            size[b] += 1
        group[i], group[j] = b, a
        own[i], own[j] = near[b, i], near[a, j]
    return gained


def batch_change_places(
    who: Ints,
    start: Ints,
    heat: int,
    noise: Ints,
    people: int,
    far: Ints,
    lower: Ints,
    size: Ints,
    group: Ints,
    near: Ints,
    own: Ints,
) -> int:
    """`change_places` with all candidates of a step at once."""
    total = len(group)
    warm = noise * heat
    twice = 2 * far
    gained = 0
    for i, at in zip(who.tolist(), start.tolist(), strict=True):
        a = int(group[i])
        gain = near[:, i].take(group)
        gain += near[a]
        gain -= own
        gain -= twice[i]
        value = (gain - own[i]) * UNIT
        value += warm[at : at + total]
        value[group == a] = -NEVER
        if size[a] <= lower[a]:
            value[people:] = -NEVER
        j = int(value.argmax())
        if value[j] <= warm[at + i]:
            continue
        b = int(group[j])
        gained += int(gain[j] - own[i])
        change = far[j] - far[i]
        near[a] += change
        near[b] -= change
        if j >= people:
            size[a] -= 1
            size[b] += 1
        group[i], group[j] = b, a
        moved = np.flatnonzero((group == a) | (group == b))
        own[moved] = near[group[moved], moved]
    return gained


Step = Callable[[Ints, Ints, int, Ints, int, Ints, Ints, Ints, Ints, Ints, Ints], int]
plain_change_places: Step = change_places
compiled_change_places: Step | None = None
try:
    import numba
except ImportError:
    pass
else:
    compiled_change_places = numba.njit(cache=True, nogil=True)(change_places)

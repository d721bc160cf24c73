"""Every way to seat a few people in one slot, counted with arrays: the judge of the programme."""

from __future__ import annotations

from functools import cache
from itertools import combinations

import numpy as np
import numpy.typing as npt

from seating import Person, Problem, Workshop

Ints = npt.NDArray[np.int64]


def all_ways(people: int, workshops: int) -> Ints:
    """One row an assignment, one column a person."""
    return np.stack(
        [np.arange(workshops**people, dtype=np.int64) // workshops**i % workshops for i in range(people)], axis=1
    )


def outcomes(problem: Problem, ways: Ints | None = None) -> Ints:
    """What the wishes minimise, in order, of every assignment that keeps the hard rules: a row each."""
    return judged(problem, ways)[1]


def best_ways(problem: Problem) -> Ints:
    """The assignments whose outcome is the least, a row each."""
    ways, rows = judged(problem)
    best = least(rows)
    return ways[(rows == np.asarray(best)).all(axis=1)] if best is not None else ways


@cache
def splits(sizes: tuple[int, ...]) -> Ints:
    """Every way to deal sum(sizes) people to groups of these sizes: one row a way, one column a person."""
    ways = np.full((1, sum(sizes)), -1, dtype=np.int64)
    for group, size in enumerate(sizes):
        dealt = []
        for way in ways:
            free = np.flatnonzero(way < 0)
            for chosen in combinations(free, size):
                dealt.append(way.copy())
                dealt[-1][list(chosen)] = group
        ways = np.stack(dealt)
    return ways


def mix_prices(problem: Problem, ways: Ints) -> Ints:
    """What each way costs, pair by pair: who shares a group shares a category, an organisation, a territory, or not."""
    weights, people = problem.weights, problem.people
    prices = np.zeros(len(ways), dtype=np.int64)
    for i, one in enumerate(people):
        for j, other in enumerate(people[:i]):
            alike = weights.category * (one.category == other.category)
            alike += weights.colleagues * (bool(one.organisation) and one.organisation == other.organisation)
            alike += weights.territory * (bool(one.territory) and one.territory == other.territory)
            if alike:
                prices += alike * (ways[:, i] == ways[:, j])
    return prices


def judged(problem: Problem, ways: Ints | None = None) -> tuple[Ints, Ints]:
    """The assignments that keep the hard rules, and their outcomes."""
    (slot,) = problem.slots
    people, workshops = problem.present(slot), problem.workshops_of(slot)
    if ways is None:
        ways = all_ways(len(people), len(workshops))
    row_of = {person.id: i for i, person in enumerate(people)}
    lawful = np.ones(len(ways), dtype=bool)
    for i, person in enumerate(people):
        lawful &= np.asarray([_open(person, workshop) for workshop in workshops])[ways[:, i]]
    for a, b in problem.pairs(slot, together=True):
        lawful &= ways[:, row_of[a]] == ways[:, row_of[b]]
    ways = ways[lawful]
    lawful = np.ones(len(ways), dtype=bool)
    broken = {rule: np.zeros(len(ways), dtype=np.int64) for rule in ("alone", "few", "small", "mute")}
    for w, workshop in enumerate(workshops):
        here = ways == w
        count = here.sum(axis=1)
        residents = here[:, [person.category == "resident" for person in people]].sum(axis=1)
        volunteers = here[:, [person.volunteer_porteur for person in people]].sum(axis=1)
        split = np.zeros(len(ways), dtype=bool)
        for a, b in problem.pairs(slot, together=False):
            split |= here[:, row_of[a]] & here[:, row_of[b]]
        lawful &= count <= workshop.maximum
        broken["alone"] += residents == 1
        broken["few"] += np.maximum(0, workshop.minimum - count)
        if workshop.tables is None:
            lawful &= ~split
            groups = (count > 0).astype(np.int64)
        else:
            least, most = workshop.tables
            groups = np.maximum(-(-count // most), np.where(split, 2, 0))
            lawful &= groups <= (workshop.table_count or 10**6)
            for cluster in problem.clusters(slot):
                if len(cluster) > most:
                    lawful &= ~here[:, row_of[cluster[0]]]
            broken["small"] += np.maximum(0, least * groups - count)
        if workshop.porteur_needed:
            broken["mute"] += np.maximum(0, groups - volunteers)
    costs = np.zeros(ways.shape, dtype=np.int64)
    for i, person in enumerate(people):
        wishes = person.wishes.get(slot, ())
        left = [2 * rank for rank in range(len(wishes), len(workshops))]
        price = [
            2 * wishes.index(w.id) if w.id in wishes else sum(left) // len(left) if wishes else 0 for w in workshops
        ]
        costs[:, i] = np.asarray(price)[ways[:, i]]
    levels = [(costs == level).sum(axis=1) for level in range(2 * len(workshops), 0, -1)]
    total = costs.sum(axis=1)
    wanted = [total, *levels] if problem.first == "total" else [*levels, total]
    return ways[lawful], np.stack([*broken.values(), *wanted], axis=1)[lawful]


def least(rows: Ints) -> tuple[int, ...] | None:
    """The first row in the order of the columns; None when there is none."""
    if not len(rows):
        return None
    return tuple(rows[np.lexsort(rows.T[::-1])[0]].tolist())


def _open(person: Person, workshop: Workshop) -> bool:
    lock = person.locks.get(workshop.slot)
    return person.needs <= workshop.facilities and (lock is None or lock.workshop == workshop.id)

"""The fewest moves against brute force."""

from __future__ import annotations

import os
import random
from dataclasses import replace

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seating import Problem
from seating.calm import Group, settle
from seating.wishes import TooFewMoves
from tests.seating.brute import all_ways
from tests.seating.problems import one_slot

Ints = npt.NDArray[np.int64]
TABLES = (1, 2, 3)
EXAMPLES = 1_000 if os.environ.get("MAILLAGE_LONG") else 40


def counted(problem: Problem, before: dict[str, Group], groups: list[Group], ways: Ints) -> Ints:
    """Rules that give way, then moves, of every way that keeps the hard rules."""
    people = problem.people
    row_of = {person.id: i for i, person in enumerate(people)}
    lawful = np.ones(len(ways), dtype=bool)
    for i, person in enumerate(people):
        lock = person.locks.get("s")
        fits = [
            person.needs <= problem.workshop(group[0]).facilities
            and (lock is None or (lock.workshop == group[0] and lock.table in (None, group[1])))
            for group in groups
        ]
        lawful &= np.asarray(fits)[ways[:, i]]
    for a, b in problem.pairs("s", together=True):
        lawful &= ways[:, row_of[a]] == ways[:, row_of[b]]
    for a, b in problem.pairs("s", together=False):
        lawful &= ways[:, row_of[a]] != ways[:, row_of[b]]
    here = ways[:, :, None] == np.arange(len(groups))
    sizes = here.sum(axis=1)
    residents = here[:, [person.category == "resident" for person in people]].sum(axis=1)
    volunteers = here[:, [person.volunteer_porteur for person in people]].sum(axis=1)
    few, small, mute = (np.zeros(len(ways), dtype=np.int64) for _ in range(3))
    for workshop in problem.workshops:
        inside = [g for g, group in enumerate(groups) if group[0] == workshop.id]
        count = sizes[:, inside].sum(axis=1)
        lawful &= count <= workshop.maximum
        few += np.maximum(0, workshop.minimum - count)
        for g in inside:
            used = sizes[:, g] > 0
            if workshop.tables is not None:
                lawful &= sizes[:, g] <= workshop.tables[1]
                small += used * np.maximum(0, workshop.tables[0] - sizes[:, g])
            if workshop.porteur_needed:
                mute += used & (volunteers[:, g] == 0)
        if workshop.table_count is not None:
            lawful &= (sizes[:, inside] > 0).sum(axis=1) <= workshop.table_count
    alone = (residents == 1).sum(axis=1)
    was = np.asarray([groups.index(before[p.id]) if p.id in before else -1 for p in people])
    moves = ((ways != was) & (was >= 0)).sum(axis=1)
    return np.stack([alone, few, small, mute, moves], axis=1)[lawful]


def least(rows: Ints) -> tuple[int, ...]:
    return tuple(rows[np.lexsort(rows.T[::-1])[0]].tolist())


def few_enough(problem: Problem, groups: int) -> Problem:
    """The problem with as many of its people as brute force can seat."""
    people = problem.people
    while groups ** len(people) > 20_000:
        people = people[:-1]
    here = {person.id for person in people}
    pairs = [[p for p in some if {p.a, p.b} <= here] for some in (problem.together, problem.apart)]
    return replace(problem, people=people, together=tuple(pairs[0]), apart=tuple(pairs[1]))


@given(one_slot(), st.integers(0, 10_000))
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
def test_the_fewest_moves_equal_brute_force(problem: Problem, seed: int) -> None:
    dice = random.Random(seed)
    groups: list[Group] = [
        (workshop.id, table)
        for workshop in problem.workshops
        for table in ([None] if workshop.tables is None else TABLES)
    ]
    problem = few_enough(problem, len(groups))
    before = {person.id: dice.choice(groups) for person in problem.people if dice.random() < 0.8}
    found = counted(problem, before, groups, all_ways(len(problem.people), len(groups)))
    if not len(found):
        return  # three tables a workshop may be too few where the programme has more
    best = least(found)
    settled = settle(problem, "s", before, seed=seed)
    assert settled.proven
    mine = [settled.groups[person.id] for person in problem.people]
    offered = [*groups, *sorted({group for group in mine if group not in groups}, key=str)]
    said = least(counted(problem, before, offered, np.asarray([[offered.index(group) for group in mine]])))
    assert settled.moves == said[-1]
    assert said <= best if len(offered) > len(groups) else said == best
    if len(offered) == len(groups) and settled.moves:
        fewer = settled.moves - 1
        allowed = found[found[:, -1] <= fewer]
        if len(allowed):
            assert settle(problem, "s", before, max_moves=fewer, seed=seed).moves <= fewer
        else:
            with pytest.raises(TooFewMoves):
                settle(problem, "s", before, max_moves=fewer, seed=seed)

"""People who are the same to the wishes of a slot, counted together: a variable a kind of person.

Bound people (« ensemble ») are one unit; units with the same rooms open, the same costs, the same traits and the same
seat now are one class.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seating.problem import Person, Problem

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def regrets(problem: Problem, slot: str, people: Sequence[Person]) -> Ints:
    """Cost of each workshop for each person, whatever the hard rules say.

    Returns
    -------
    ndarray of int64, shape (people, workshops of the slot)
        Twice the rank from 0. With W workshops and L wishes the ones not asked for cost L + W - 1, twice the mean of
        the ranks L … W - 1 left. Without wishes: 0 everywhere.
    """
    workshops = problem.workshops_of(slot)
    column = {workshop.id: w for w, workshop in enumerate(workshops)}
    rows: dict[tuple[str, ...], list[int]] = {(): [0] * len(workshops)}
    for person in people:
        ranked = person.wishes.get(slot, ())
        if ranked not in rows:
            rows[ranked] = [len(ranked) + len(workshops) - 1] * len(workshops)
            for rank, workshop in enumerate(ranked):
                rows[ranked][column[workshop]] = 2 * rank
    cost = np.asarray([rows[person.wishes.get(slot, ())] for person in people], dtype=np.int64)
    return cost.reshape(len(people), len(workshops))


def allowed(problem: Problem, slot: str, people: Sequence[Person]) -> Bools:
    """Workshops a person may be in: the room answers their needs, a lock leaves one. Shape (people, workshops)."""
    workshops = problem.workshops_of(slot)
    column = {workshop.id: w for w, workshop in enumerate(workshops)}
    answers = {needs: [needs <= w.facilities for w in workshops] for needs in {person.needs for person in people}}
    open_to = np.asarray([answers[person.needs] for person in people], dtype=np.bool_)
    open_to = open_to.reshape(len(people), len(workshops))
    for i, person in enumerate(people):
        if slot in person.locks:
            only = column[person.locks[slot].workshop]
            welcome = bool(open_to[i, only])
            open_to[i] = False
            open_to[i, only] = welcome
    return open_to


@dataclass(frozen=True)
class Crowd:
    """The classes of a slot. Arrays are by class; `members` are rows of `people`, unit by unit."""

    people: Sequence[Person]
    members: tuple[tuple[tuple[int, ...], ...], ...]
    class_of: Ints  # (people,) class of each
    open_to: Bools  # (classes, workshops)
    _first: Ints  # rows of one unit of each class, one unit after the other
    _starts: Ints  # where each of those units begins

    @property
    def units(self) -> Ints:
        """Units of each class."""
        return np.asarray([len(units) for units in self.members], dtype=np.int64)

    def one(self, of_people: Ints) -> Ints:
        """What one unit of each class adds up to, of something counted by person (first axis)."""
        if not len(self._starts):
            return np.zeros((0, *of_people.shape[1:]), dtype=np.int64)
        return np.asarray(np.add.reduceat(of_people[self._first], self._starts, axis=0), dtype=np.int64)


def gather(
    problem: Problem, slot: str, people: Sequence[Person], costs: Ints, traits: Ints, *, at: Mapping[str, int]
) -> Crowd:
    """Put together who is the same.

    Parameters
    ----------
    costs : (people, workshops)
    traits : (people, anything)
        What else tells two people apart.
    at : mapping of person to a number
        Where people are now; those who are nowhere are left out.
    """
    row_of = {person.id: i for i, person in enumerate(people)}
    clusters = [tuple(row_of[person] for person in cluster) for cluster in problem.clusters(slot)]
    alone = {i for cluster in clusters for i in cluster}
    units = sorted([*clusters, *((i,) for i in range(len(people)) if i not in alone)])
    special = {row_of[x] for pair in problem.pairs(slot, together=False) for x in pair} | alone
    mark = np.asarray([i + 1 if i in special else 0 for i in range(len(people))], dtype=np.int64)
    now = np.asarray([at.get(person.id, -1) for person in people], dtype=np.int64)
    may = allowed(problem, slot, people)
    seen = np.ascontiguousarray(np.column_stack([mark, now, may, costs, traits])[[unit[0] for unit in units]])
    by_class: dict[bytes, list[tuple[int, ...]]] = {}
    for unit, row in zip(units, seen, strict=True):
        by_class.setdefault(row.tobytes(), []).append(unit)
    members = tuple(tuple(found) for found in by_class.values())
    class_of = np.zeros(len(people), dtype=np.int64)
    for number, found in enumerate(members):
        for unit in found:
            class_of[list(unit)] = number
    sizes = np.asarray([len(found[0]) for found in members], dtype=np.int64)
    open_to = np.asarray([may[list(found[0])].all(axis=0) for found in members], dtype=np.bool_)
    largest = [w.capacity if w.tables is None else min(w.capacity, w.tables[1]) for w in problem.workshops_of(slot)]
    open_to = open_to.reshape(len(members), len(largest)) & (sizes[:, None] <= np.asarray(largest))
    first = np.asarray([i for found in members for i in found[0]], dtype=np.int64)
    starts = np.concatenate([[0], np.cumsum(sizes)[:-1]]).astype(np.int64) if len(sizes) else sizes
    return Crowd(people, members, class_of, open_to, first, starts)

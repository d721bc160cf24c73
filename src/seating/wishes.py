"""Who goes to which workshop: a whole-number programme for each slot, proven by HiGHS.

Slots share no constraint, so each has its own programme. Order of the objectives: the rules that may give way do so as
little as possible (minimum of a workshop, size of tables, a porteur a table, no resident alone: in this order), then
the wishes, then the fewest moves. The worst-off are leximax: the levels of regret are emptied one by one, worst first.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seating.milp import Programme
from seating.problem import Person, Problem, SeatingError, Workshop

Ints = npt.NDArray[np.int64]


class NoAssignment(Exception):
    """The hard rules of a slot cannot be kept together; `diagnose` says why."""

    def __init__(self, slot: str) -> None:
        super().__init__(slot)
        self.slot = slot


class TooFewMoves(SeatingError):
    """`max_moves` does not allow the moves that the hard rules demand."""

    def __init__(self, *, allowed: int, needed: int) -> None:
        self.allowed = allowed
        self.needed = needed
        plural = "s" if needed > 1 else ""
        super().__init__(f"Il faut au moins {needed} déplacement{plural} ; vous en autorisez {allowed}.")


@dataclass(frozen=True)
class Assignment:
    """Workshop of each person present in a slot."""

    workshop: Mapping[str, str]
    proven: bool


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
    cost = np.zeros((len(people), len(workshops)), dtype=np.int64)
    for i, person in enumerate(people):
        ranked = person.wishes.get(slot, ())
        if ranked:
            cost[i, :] = len(ranked) + len(workshops) - 1
            for rank, workshop in enumerate(ranked):
                cost[i, column[workshop]] = 2 * rank
    return cost


def allowed(problem: Problem, slot: str, people: Sequence[Person]) -> npt.NDArray[np.bool_]:
    """Workshops a person may be in: the room answers their needs, a lock leaves one. Shape (people, workshops)."""
    workshops = problem.workshops_of(slot)
    open_to = np.asarray([[workshop.welcomes(person) for workshop in workshops] for person in people], dtype=np.bool_)
    open_to = open_to.reshape(len(people), len(workshops))
    for i, person in enumerate(people):
        if slot in person.locks:
            open_to[i] &= [workshop.id == person.locks[slot].workshop for workshop in workshops]
    return open_to


def assign(
    problem: Problem,
    slot: str,
    *,
    seed: int = 0,
    keep: Mapping[str, str] | None = None,
    calm: bool = False,
    max_moves: int | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> Assignment:
    """Assign the people present in a slot to its workshops.

    Parameters
    ----------
    keep : mapping of person to workshop
        Where people already are. Fewest moves come last or, if `calm`, before the wishes.
    max_moves : int or None
        Most people of `keep` that may change workshop.
    go_on : callable
        Asked between two levels of the worst-off; when it says no, the rest is left unproven.

    Raises
    ------
    NoAssignment
        Capacity, needs, locks and pairs cannot be kept together.
    TooFewMoves
        They can, but not within `max_moves`.
    """
    model = _SlotProgramme(problem, slot, seed)
    if not model.people:
        return Assignment({}, True)
    moves, moves_constant = model.moves(keep or {})
    if max_moves is not None and keep:
        model.programme.row(moves, upper=max_moves - moves_constant)
    if not model.settle_rules():
        if max_moves is not None and keep:
            free = assign(problem, slot, seed=seed, keep=keep, calm=True)
            needed = sum(free.workshop.get(person, at) != at for person, at in keep.items() if person in free.workshop)
            if needed > max_moves:
                raise TooFewMoves(allowed=max_moves, needed=needed)
        raise NoAssignment(slot)
    if calm and moves:
        model.minimise_and_hold(moves)
    proven = model.minimise_wishes(problem.first, go_on)
    if moves and not calm and proven:
        model.minimise_and_hold(moves)
    return Assignment(model.solution(), proven)


class _SlotProgramme:
    """Variables and rows of one slot."""

    def __init__(self, problem: Problem, slot: str, seed: int) -> None:
        self.programme = Programme(seed=seed)
        self.problem = problem
        self.slot = slot
        self.people = problem.present(slot)
        self.workshops = problem.workshops_of(slot)
        self.cost = regrets(problem, slot, self.people)
        may = allowed(problem, slot, self.people)
        self.row_of = {person.id: i for i, person in enumerate(self.people)}
        self.seat: dict[tuple[int, int], int] = {
            (int(i), int(w)): self.programme.variable() for i, w in np.argwhere(may)
        }
        for i in range(len(self.people)):
            self.programme.row({self.seat[i, w]: 1 for w in range(len(self.workshops)) if may[i, w]}, 1, 1)
        # The rules that may give way, in the order in which they are spared: (slack variables, their bound)
        self.slacks: list[list[tuple[int, int]]] = [[], [], [], []]
        for w, workshop in enumerate(self.workshops):
            self._add_workshop(w, workshop)
        for a, b in problem.pairs(slot, together=True):
            for w in range(len(self.workshops)):
                self.programme.row(self._difference(self.row_of[a], self.row_of[b], w), 0, 0)

    def _in(self, w: int, wanted: Callable[[Person], bool]) -> dict[int, int]:
        return {self.seat[i, w]: 1 for i, p in enumerate(self.people) if (i, w) in self.seat and wanted(p)}

    def _difference(self, i: int, j: int, w: int) -> dict[int, int]:
        terms: dict[int, int] = {}
        if (i, w) in self.seat:
            terms[self.seat[i, w]] = 1
        if (j, w) in self.seat:
            terms[self.seat[j, w]] = -1
        return terms

    def _slack(self, rule: int, bound: int) -> int:
        variable = self.programme.variable(0)
        self.slacks[rule].append((variable, bound))
        return variable

    def _add_workshop(self, w: int, workshop: Workshop) -> None:
        add = self.programme.row
        everybody = self._in(w, lambda person: True)
        add(everybody, upper=workshop.capacity)
        if workshop.minimum:
            add(everybody | {self._slack(0, workshop.minimum): 1}, lower=workshop.minimum)
        apart = [
            {self.seat[self.row_of[x], w]: 1 for x in pair if (self.row_of[x], w) in self.seat}
            for pair in self.problem.pairs(self.slot, together=False)
        ]
        apart = [terms for terms in apart if len(terms) == 2]
        volunteers = self._in(w, lambda person: person.volunteer_porteur)
        if workshop.tables is not None:
            least, most = workshop.tables
            tables = self.programme.variable(workshop.table_count or -(-workshop.maximum // least))
            add(everybody | {tables: -most}, upper=0)
            add(everybody | {tables: -least, self._slack(1, least * workshop.maximum): 1}, lower=0)
            if workshop.porteur_needed:
                add(volunteers | {tables: -1, self._slack(2, workshop.maximum): 1}, lower=0)
            for terms in apart:  # two tables at least, if both are here
                add(terms | {tables: -1}, upper=0)
        else:
            if workshop.porteur_needed:
                opened = self.programme.variable()
                add(everybody | {opened: -workshop.maximum}, upper=0)
                add(volunteers | {opened: -1, self._slack(2, 1): 1}, lower=0)
            for terms in apart:
                add(terms, upper=1)
        residents = self._in(w, lambda person: person.is_resident)
        if residents:
            some = self.programme.variable()
            add(residents | {some: -len(residents)}, upper=0)
            add(residents | {some: -2, self._slack(3, 1): 1}, lower=0)

    def moves(self, keep: Mapping[str, str]) -> tuple[dict[int, int], int]:
        """Objective and constant whose sum counts the people of `keep` who change workshop."""
        column = {workshop.id: w for w, workshop in enumerate(self.workshops)}
        terms: dict[int, int] = {}
        constant = 0
        for person, workshop in keep.items():
            i, w = self.row_of.get(person), column.get(workshop)
            if i is None:
                continue
            constant += 1
            if w is not None and (i, w) in self.seat:
                terms[self.seat[i, w]] = -1
        return terms, constant

    def settle_rules(self) -> bool:
        """Find a solution that breaks as few of the rules that may give way as possible, and hold it there."""
        if self.programme.minimise({}) is not None:
            return True
        for rule in self.slacks:
            for variable, bound in rule:
                self.programme.bound(variable, bound)
        for rule in self.slacks:
            if rule and self.minimise_and_hold({variable: 1 for variable, _ in rule}) is None:
                return False
        return any(self.slacks) and self.programme.minimise({}) is not None

    def minimise_and_hold(self, objective: Mapping[int, int]) -> int | None:
        best = self.programme.minimise(objective)
        if best is not None:
            self.programme.row(objective, upper=best)
        return best

    def minimise_wishes(self, first: str, go_on: Callable[[], bool]) -> bool:
        total = {variable: int(self.cost[i, w]) for (i, w), variable in self.seat.items() if self.cost[i, w]}
        if first == "total":
            self.minimise_and_hold(total)
        levels = sorted({int(c) for c in np.unique(self.cost)} - {0}, reverse=True)
        for level in levels:
            if not go_on():
                if first == "worst":
                    self.programme.minimise(total)
                return False
            at_level = {variable: 1 for (i, w), variable in self.seat.items() if self.cost[i, w] == level}
            if at_level:
                self.minimise_and_hold(at_level)
        return True

    def solution(self) -> dict[str, str]:
        chosen = {i: w for (i, w), variable in self.seat.items() if self.programme.value(variable)}
        return {person.id: self.workshops[chosen[i]].id for i, person in enumerate(self.people)}

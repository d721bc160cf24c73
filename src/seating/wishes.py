"""Who goes to which workshop: a whole-number programme for each slot, proven.

Slots share no constraint, so each has its own programme. Order of the objectives: the rules that may give way do so as
little as possible (no resident alone, minimum of a workshop, size of tables, a porteur a table: in this order), then
the wishes, then the fewest moves. The worst-off are leximax: the levels of regret are emptied one by one, worst first.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import numpy as np
import numpy.typing as npt

from seating.crowd import allowed, gather, regrets
from seating.ladder import Ladder, Rows
from seating.problem import Problem, SeatingError, Workshop
from seating.words import speak_of

__all__ = ["Assignment", "NoAssignment", "TooFewMoves", "allowed", "assign", "regrets"]

Ints = npt.NDArray[np.int64]
RULES = 4  # that may give way, in the order in which they are spared
RESIDENT, MINIMUM, TABLES, PORTEUR = range(RULES)


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
        super().__init__(
            speak_of(
                needed,
                "Il faut au moins {number} déplacement ; vous en autorisez {allowed}.",
                "Il faut au moins {number} déplacements ; vous en autorisez {allowed}.",
                allowed=allowed,
            )
        )


@dataclass(frozen=True)
class Assignment:
    """Workshop of each person present in a slot.

    Attributes
    ----------
    proven : bool
        Nothing is left to chance: every objective was proven least.
    given : (int, int, int, int)
        Of each rule, how much gave way; the tables may demand more.
    regret : int
        Total over the slot.
    levels : mapping of regret to people, worst first
    """

    workshop: Mapping[str, str]
    proven: bool
    given: tuple[int, int, int, int] = (0, 0, 0, 0)
    regret: int = 0
    levels: Mapping[int, int] = field(default_factory=dict)


def assign(
    problem: Problem,
    slot: str,
    *,
    seed: int = 0,
    keep: Mapping[str, str] | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> Assignment:
    """Assign the people present in a slot to its workshops.

    Parameters
    ----------
    keep : mapping of person to workshop
        Where people already are: of plans whose wishes are equal, the one where the fewest change workshop.
    go_on : callable
        Asked between two levels of the worst-off; when it says no, the rest is left unproven.

    Raises
    ------
    NoAssignment
        Capacity, needs, locks and pairs cannot be kept together.
    """
    if not problem.present(slot):
        return Assignment({}, True)
    slate = _Slate(problem, slot, keep or {})
    levels = sorted({int(cost) for cost in np.unique(slate.person_costs)} - {0}, reverse=True)
    wishes = [slate.at_level(level) for level in levels]
    if problem.first == "total" or not wishes:
        wishes.insert(0, slate.total)
    moves = [slate.moves] if keep else []
    ladder = climb(slate, [*wishes, *moves], seed=seed, go_on=go_on)
    if ladder is None:
        raise NoAssignment(slot)
    assert ladder.best is not None
    chosen = ladder.best[: len(slate.total)]
    counts = {level: int(slate.at_level(level) @ chosen) for level in levels}
    resident, minimum, tables, porteur = (int(slate.slack_costs(rule) @ ladder.best) for rule in range(RULES))
    given = (resident, minimum, tables, porteur)
    return Assignment(slate.dealt(chosen), ladder.proven, given, int(slate.total @ chosen), counts)


class Climbed(Protocol):
    """What `climb` needs: programmes under all rules, to be tried in turn, and one where rules may give way."""

    total: Ints
    contradicts: bool

    def strict(self, seed: int) -> Iterable[Ladder]: ...

    def yielding(self, seed: int) -> Ladder: ...

    def slack_costs(self, rule: int) -> Ints: ...


def climb(
    slate: Climbed, objectives: Sequence[Ints], *, seed: int, go_on: Callable[[], bool] = lambda: True
) -> Ladder | None:
    """Minimise the objectives in their order, under rules that give way only where nothing keeps them.

    None when the hard rules cannot be kept together. When `go_on` says no, the total comes next and last.
    """
    if slate.contradicts:
        return None
    waiting = list(objectives)
    for ladder in slate.strict(seed):
        total = ladder.padded(slate.total)
        if ladder.minimise(ladder.padded(waiting[0]), guide=total) is not None:
            del waiting[0]
            break
    else:
        ladder = slate.yielding(seed)
        total = ladder.padded(slate.total)
        for rule in range(RULES):
            if ladder.minimise(slate.slack_costs(rule)) is None:
                return None
    for objective in waiting:
        if objective is not objectives[0] and not go_on():
            ladder.proven = False
            ladder.minimise(total)
            break
        ladder.minimise(ladder.padded(objective), guide=total)
    return ladder


class _Slate:
    """Variables and rows of one slot: a variable a class of people and workshop open to it."""

    def __init__(self, problem: Problem, slot: str, keep: Mapping[str, str]) -> None:
        self.problem, self.slot = problem, slot
        self.people, self.workshops = problem.present(slot), problem.workshops_of(slot)
        column = {workshop.id: w for w, workshop in enumerate(self.workshops)}
        self.person_costs = regrets(problem, slot, self.people)
        self.residents = np.asarray([person.is_resident for person in self.people], dtype=np.int64)
        asked = any(workshop.porteur_needed for workshop in self.workshops)
        self.volunteers = np.asarray([asked and person.volunteer_porteur for person in self.people], dtype=np.int64)
        at = {person: column.get(workshop, len(column)) for person, workshop in keep.items()}
        traits = np.column_stack([self.residents, self.volunteers])
        self.crowd = gather(problem, slot, self.people, self.person_costs, traits, at=at)
        self.class_, self.column = np.nonzero(self.crowd.open_to)
        self.total = self._spread(self.person_costs)
        now = np.asarray([at.get(person.id, -1) for person in self.people], dtype=np.int64)
        leaves = (now[:, None] >= 0) & (now[:, None] != np.arange(len(column)))
        self.moves = self._spread(leaves.astype(np.int64))
        row_of = {person.id: i for i, person in enumerate(self.people)}
        self.apart = [
            (int(self.crowd.class_of[row_of[a]]), int(self.crowd.class_of[row_of[b]]))
            for a, b in problem.pairs(slot, together=False)
        ]
        self.contradicts = any(a == b for a, b in self.apart)
        self._slacks: list[tuple[int, int]] = []  # (rule, variable)

    def _spread(self, of_people: Ints) -> Ints:
        """By variable, from something counted by person and workshop."""
        return self.crowd.one(of_people)[self.class_, self.column]

    def at_level(self, level: int) -> Ints:
        return self._spread((self.person_costs == level).astype(np.int64))

    def slack_costs(self, rule: int) -> Ints:
        costs = np.zeros(self._variables, dtype=np.int64)
        costs[[variable for of_rule, variable in self._slacks if of_rule == rule]] = 1
        return costs

    def strict(self, seed: int) -> Iterable[Ladder]:
        return [self._ladder(seed, yielding=False)]

    def yielding(self, seed: int) -> Ladder:
        return self._ladder(seed, yielding=True)

    def _ladder(self, seed: int, *, yielding: bool) -> Ladder:
        units = self.crowd.units
        uppers = [*units[self.class_].tolist()]
        rows = Rows()
        rows.add_many(self.class_, np.arange(len(self.class_)), lower=units, upper=units)
        self._slacks = []

        def more(upper: int) -> int:
            uppers.append(upper)
            return len(uppers) - 1

        def slack(rule: int, bound: int) -> list[int]:
            if not yielding:
                return []
            self._slacks.append((rule, more(bound)))
            return [len(uppers) - 1]

        counted = [
            self._spread(np.repeat(trait[:, None], len(self.workshops), axis=1))
            for trait in (np.ones(len(self.people), dtype=np.int64), self.residents, self.volunteers)
        ]
        for w, workshop in enumerate(self.workshops):
            self._add_workshop(rows, w, workshop, counted, more, slack)
        whole = np.arange(len(uppers)) < len(self.class_)
        self._variables = len(uppers)
        return Ladder(np.asarray(uppers, dtype=np.int64), whole, rows, seed=seed)

    def _add_workshop(
        self,
        rows: Rows,
        w: int,
        workshop: Workshop,
        counted: list[Ints],
        more: Callable[[int], int],
        slack: Callable[[int, int], list[int]],
    ) -> None:
        here = np.flatnonzero(self.column == w)
        people, residents, volunteers = (trait[here] for trait in counted)

        def add(values: Ints, extra: Mapping[int, int], *, lower: float = -np.inf, upper: float = np.inf) -> None:
            rows.add(here, values, extra, lower=lower, upper=upper)

        def given(variables: list[int]) -> dict[int, int]:
            return dict.fromkeys(variables, 1)

        add(people, {}, upper=workshop.capacity)
        if workshop.minimum:
            add(people, given(slack(MINIMUM, workshop.minimum)), lower=workshop.minimum)
        apart = [
            ((self.class_[here] == a) | (self.class_[here] == b)).astype(np.int64)
            for a, b in self.apart
            if self.crowd.open_to[a, w] and self.crowd.open_to[b, w]
        ]
        if workshop.tables is not None:
            least, most = workshop.tables
            tables = more(workshop.table_count or max(-(-workshop.maximum // least), 2 if apart else 1))
            add(people, {tables: -most}, upper=0)
            add(people, {tables: -least} | given(slack(TABLES, least * workshop.maximum)), lower=0)
            if workshop.porteur_needed:
                add(volunteers, {tables: -1} | given(slack(PORTEUR, workshop.maximum)), lower=0)
            for pair in apart:  # two tables at least, if both are here
                add(pair, {tables: -1}, upper=0)
        else:
            if workshop.porteur_needed:
                opened = more(1)
                add(people, {opened: -workshop.maximum}, upper=0)
                add(volunteers, {opened: -1} | given(slack(PORTEUR, 1)), lower=0)
            for pair in apart:
                add(pair, {}, upper=1)
        most_here = int(self.residents.sum())
        if residents.any():
            some = more(1)
            add(residents, {some: -most_here}, upper=0)
            add(residents, {some: -2} | given(slack(RESIDENT, 1)), lower=0)

    def dealt(self, solution: Ints) -> dict[str, str]:
        """Who of each class goes where: in the order of the people."""
        found: dict[str, str] = {}
        places: list[list[int]] = [[] for _ in self.crowd.members]
        for variable in np.flatnonzero(solution).tolist():
            places[self.class_[variable]] += [int(self.column[variable])] * int(solution[variable])
        for units, columns in zip(self.crowd.members, places, strict=True):
            for unit, w in zip(units, columns, strict=True):
                found |= {self.people[i].id: self.workshops[w].id for i in unit}
        return found

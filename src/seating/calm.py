"""Fewest moves, proven: everybody near the seat they have, the rules kept.

Over the groups themselves (tables, and workshops without tables), so that going to another table and to another
workshop weigh the same. Two programmes a slot. The first proves the least number of moves: it counts who leaves each
group and who enters each, by kind, and forgets who comes from where. The second keeps its tables and its number of
moves, and chooses by the wishes who leaves and where newcomers sit.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from itertools import pairwise

import numpy as np
import numpy.typing as npt

from seating.crowd import gather, regrets
from seating.ladder import Ladder, Rows
from seating.problem import Lock, Problem
from seating.wishes import MINIMUM, PORTEUR, RESIDENT, TABLES, NoAssignment, TooFewMoves, climb

Ints = npt.NDArray[np.int64]
Group = tuple[str, int | None]


@dataclass(frozen=True)
class Settled:
    """A group for everybody of a slot, and how many of those who had one changed it: the least, if `proven`."""

    groups: Mapping[str, Group]
    moves: int
    proven: bool


def settle(
    problem: Problem,
    slot: str,
    before: Mapping[str, Group],
    *,
    within: Mapping[str, str] | None = None,
    max_moves: int | None = None,
    seed: int = 0,
) -> Settled:
    """Seat the people of a slot near `before`.

    Parameters
    ----------
    before : mapping of person to (workshop, table)
        Where people are; who is not in it is new, and sits where the wishes say.
    within : mapping of person to workshop, or None
        The workshop of everybody, if it is settled already: then only tables are chosen.
    max_moves : int or None
        Most people of `before` who may change group. Rules that may give way do so within it.

    Raises
    ------
    NoAssignment
        The hard rules cannot be kept together.
    TooFewMoves
        They can, but not within `max_moves`.
    """
    if not problem.present(slot):
        return Settled({}, 0, True)
    slate = _Slate(problem, slot, before, within or {}, max_moves, wishes=False)
    ladder = climb(slate, [slate.moves], seed=seed)
    if ladder is None:
        if max_moves is not None:
            needed = settle(problem, slot, before, within=within, seed=seed).moves
            if needed > max_moves:
                raise TooFewMoves(allowed=max_moves, needed=needed)
        raise NoAssignment(slot)
    assert ladder.best is not None
    groups, proven = slate.dealt(ladder.best), ladder.proven
    if within is None:
        emptied = {group for person, group in slate.here.items() if groups[person] != group}
        free = frozenset(p for p in groups if p not in slate.here or slate.here[p] in emptied)
        chosen = _Slate(problem, slot, before, {}, max_moves, wishes=True, free=free)
        again = chosen.under(ladder.best[len(slate.moves) :], seed)
        for objective in [chosen.moves, *chosen.wishes()]:
            if again.minimise(again.padded(objective)) is None:
                raise RuntimeError("the fewest moves were found, then lost")
        assert again.best is not None
        groups = chosen.dealt(again.best)
    _even(problem, slot, groups, before)
    moves = sum(groups[person] != group for person, group in before.items() if person in groups)
    return Settled(groups, moves, proven)


def _even(problem: Problem, slot: str, groups: dict[str, Group], before: Mapping[str, Group]) -> None:
    """Newcomers whom no rule holds to their table go to the smallest one of their workshop."""
    held = {x for together in (True, False) for pair in problem.pairs(slot, together=together) for x in pair}
    loose = [
        person.id
        for person in problem.present(slot)
        if person.id not in before
        and person.id not in held
        and slot not in person.locks
        and not person.is_resident
        and not (person.volunteer_porteur and problem.workshop(groups[person.id][0]).porteur_needed)
    ]
    sizes = Counter(groups.values())
    for person in loose:
        workshop, table = here = groups[person]
        if table is None:
            continue
        smallest = min((g for g in sizes if g[0] == workshop and sizes[g]), key=lambda g: (sizes[g], g[1] or 0))
        least = (problem.workshop(workshop).tables or (1, 1))[0]
        if sizes[here] > max(sizes[smallest] + 1, least):
            groups[person] = smallest
            sizes[here] -= 1
            sizes[smallest] += 1


def _locked_table(lock: Lock | None) -> int:
    return -1 if lock is None or lock.table is None else lock.table


class _Slate:
    """Variables and rows of one slot: how many of each class leave their group, how many of each kind enter a group.

    A kind is a class whatever group it sits in. `wishes`: whether different wishes make different kinds. `free`: who
    may leave, or None for everybody.
    """

    def __init__(
        self,
        problem: Problem,
        slot: str,
        before: Mapping[str, Group],
        within: Mapping[str, str],
        max_moves: int | None,
        *,
        wishes: bool,
        free: frozenset[str] | None = None,
    ) -> None:
        self.problem, self.slot, self.max_moves = problem, slot, max_moves
        self.people, self.workshops = problem.present(slot), problem.workshops_of(slot)
        self.here = {person.id: before[person.id] for person in self.people if person.id in before}
        self.groups, self.fresh = self._groups()
        self.costs = regrets(problem, slot, self.people) * wishes
        self.residents = np.asarray([person.is_resident for person in self.people], dtype=np.int64)
        asked = any(workshop.porteur_needed for workshop in self.workshops)
        self.volunteers = np.asarray([asked and person.volunteer_porteur for person in self.people], dtype=np.int64)
        self._gather(within, free)
        self._open_columns(within)
        row_of = {person.id: i for i, person in enumerate(self.people)}
        self.apart = [(row_of[a], row_of[b]) for a, b in problem.pairs(slot, together=False)]
        self.contradicts = any(self.kinds.class_of[a] == self.kinds.class_of[b] for a, b in self.apart)
        self._slacks: list[tuple[int, Ints]] = []

    def _groups(self) -> tuple[list[Group], dict[str, list[int]]]:
        """Every group somebody may be in; and, for each workshop, those of them that nobody is in yet."""
        found: list[Group] = []
        fresh: dict[str, list[int]] = {}
        settled = sum(self.problem.has_workshop(group[0]) for group in self.here.values())
        couples = len(self.problem.pairs(self.slot, together=False))
        for workshop in self.workshops:
            if workshop.tables is None:
                found.append((workshop.id, None))
                continue
            locks = [person.locks[self.slot] for person in self.people if self.slot in person.locks]
            taken = {lock.table for lock in locks if lock.workshop == workshop.id and lock.table is not None}
            taken |= {table for held, table in self.here.values() if held == workshop.id and table is not None}
            # Enough empty tables for everybody who is new, and for who must be apart.
            spare = -(-(len(self.people) - settled) // workshop.tables[1]) + 1 + min(couples, 2)
            if workshop.table_count is not None:
                spare = min(spare, max(0, workshop.table_count - len(taken)))
            numbers = (number for number in range(1, len(taken) + spare + 1) if number not in taken)
            added = [next(numbers) for _ in range(spare)]
            tables = sorted([*taken, *added])
            fresh[workshop.id] = [len(found) + tables.index(table) for table in added]
            found += [(workshop.id, table) for table in tables]
        return found, fresh

    def _gather(self, within: Mapping[str, str], free: frozenset[str] | None) -> None:
        """Kinds of people, and classes: a kind in a group."""
        column = {workshop.id: w for w, workshop in enumerate(self.workshops)}
        index = {group: g for g, group in enumerate(self.groups)}
        self.workshop_of = np.asarray([column[group[0]] for group in self.groups], dtype=np.int64)
        self.table_of = np.asarray([group[1] or 0 for group in self.groups], dtype=np.int64)
        self.locked = np.asarray([_locked_table(p.locks.get(self.slot)) for p in self.people], dtype=np.int64)
        self.only = np.asarray([column[within[p.id]] if p.id in within else -1 for p in self.people], dtype=np.int64)
        may_leave = np.asarray([free is None or person.id in free for person in self.people], dtype=np.int64)
        traits = np.column_stack([self.residents, self.volunteers, self.locked, self.only, may_leave])
        at = {person: index[group] for person, group in self.here.items() if group in index}
        self.uprooted = len(self.here) - len(at)  # whose group is no more: they move in any case
        self.now = np.asarray([at.get(person.id, -1) for person in self.people], dtype=np.int64)
        self.kinds = gather(self.problem, self.slot, self.people, self.costs, traits, at={})
        # A unit that is scattered, or partly new, has no one seat to keep: it enters a group, at its price in moves.
        self.seated: list[list[tuple[int, ...]]] = []
        self.floating: list[list[tuple[int, ...]]] = [[] for _ in self.kinds.members]
        for k, units in enumerate(self.kinds.members):
            at_home: dict[int, list[tuple[int, ...]]] = {}
            for unit in units:
                homes = set(self.now[list(unit)].tolist()) if len(unit) > 1 else {int(self.now[unit[0]])}
                at_home.setdefault(homes.pop() if len(homes) == 1 else -1, []).append(unit)
            self.floating[k] = at_home.pop(-1, [])
            self.seated += at_home.values()
        first = np.asarray([units[0][0] for units in self.seated], dtype=np.int64)
        self.kind = self.kinds.class_of[first]
        self.home = self.now[first]
        self.fixed = may_leave[first] == 0

    def _open_columns(self, within: Mapping[str, str]) -> None:
        may = self.kinds.open_to[:, self.workshop_of]
        for wanted, offered in ((self.locked, self.table_of), (self.only, self.workshop_of)):
            fits = (wanted[:, None] < 0) | (wanted[:, None] == offered)
            may = may & (self.kinds.one((~fits).astype(np.int64)) == 0)
        self.units = np.asarray([len(units) for units in self.seated], dtype=np.int64)
        self.driven = ~may[self.kind, self.home]  # a lock or a need drives them out
        self.fixed &= ~self.driven
        moving = np.asarray([len(units) > 0 for units in self.floating], dtype=np.bool_)
        moving[self.kind[~self.fixed]] = True
        self.enters, self.group = np.nonzero(may & moving[:, None])
        elsewhere = (self.now[:, None] >= 0) & (self.now[:, None] != np.arange(len(self.groups)))
        entering = np.zeros(may.shape, dtype=np.int64)
        for k, units in enumerate(self.floating):
            if units:  # alone: new, and free to enter; bound people: some of them may have a seat to lose
                entering[k] = elsewhere[list(units[0])].sum(axis=0)
        sizes = self.kinds.one(np.ones(len(self.people), dtype=np.int64))
        self.moves = np.concatenate([sizes[self.kind], entering[self.enters, self.group]])
        self.total = self.spread(self.costs)

    def spread(self, of_people: Ints) -> Ints:
        """By variable, from something counted by person and workshop, up to what nobody's moving changes."""
        one = self.kinds.one(of_people)
        leaving = one[self.kind, self.workshop_of[self.home]]
        return np.concatenate([-leaving, one[self.enters, self.workshop_of[self.group]]])

    def wishes(self) -> list[Ints]:
        levels = sorted({int(cost) for cost in np.unique(self.costs)} - {0}, reverse=True)
        by_level = [self.spread((self.costs == level).astype(np.int64)) for level in levels]
        return [self.total, *by_level] if self.problem.first == "total" else by_level

    def slack_costs(self, rule: int) -> Ints:
        costs = np.zeros(self._variables, dtype=np.int64)
        for of_rule, variables in self._slacks:
            costs[variables] += of_rule == rule
        return costs

    def strict(self, seed: int) -> list[Ladder]:
        return [self._ladder(seed, slack=False)]

    def yielding(self, seed: int) -> Ladder:
        return self._ladder(seed, slack=True)

    def under(self, settled: Ints, seed: int) -> Ladder:
        """The programme with its tables, and what gives way, settled by another of the same slot."""
        ladder = self._ladder(seed, slack=False)
        if len(ladder.high) - len(self.moves) != len(settled):
            ladder = self._ladder(seed, slack=True)
        ladder.low[len(self.moves) :] = ladder.high[len(self.moves) :] = settled
        return ladder

    def _ladder(self, seed: int, *, slack: bool) -> Ladder:
        kinds, leaving = len(self.floating), len(self.seated)
        afloat = np.asarray([len(units) for units in self.floating], dtype=np.int64)
        loose = afloat + np.bincount(self.kind, weights=self.units * ~self.fixed, minlength=kinds).astype(np.int64)
        columns = _Columns([*(self.units * ~self.fixed).tolist(), *loose[self.enters].tolist()], slack)
        rows = Rows()
        rows.add_many(
            np.concatenate([self.kind, self.enters]),
            np.arange(len(self.moves)),
            np.concatenate([np.full(leaving, -1), np.ones(len(self.enters), dtype=np.int64)]),
            lower=afloat,
            upper=afloat,
        )
        used = self._add_groups(rows, columns)
        self._add_workshops(rows, columns, used)
        if self.max_moves is not None:
            rows.add(np.arange(len(self.moves)), self.moves, upper=self.max_moves - self.uprooted)
        self._slacks, self._variables = columns.slacks, len(columns.uppers)
        whole = np.arange(self._variables) < len(self.moves)
        ladder = Ladder(np.asarray(columns.uppers, dtype=np.int64), whole, rows, seed=seed)
        driven = np.flatnonzero(self.driven)
        ladder.low[driven] = self.units[driven]
        return ladder

    def _add_groups(self, rows: Rows, columns: _Columns) -> Ints:
        """Rows of every group; the variables « somebody is here »."""
        rooms = [self.workshops[w] for w in self.workshop_of.tolist()]
        most = np.asarray([room.maximum if room.tables is None else room.tables[1] for room in rooms], dtype=np.int64)
        least = np.asarray([0 if room.tables is None else room.tables[0] for room in rooms], dtype=np.int64)
        porteur = np.asarray([int(room.porteur_needed) for room in rooms], dtype=np.int64)
        count = np.ones(len(rooms), dtype=np.int64)
        people, residents, volunteers = (_Counts(self, of, self.home, self.group, len(rooms)) for of in self._counted())
        used, some = columns.more(count), columns.more(count)
        self._opens(rows, np.arange(len(self.seated)), used)
        self._opens(rows, np.flatnonzero(self._counted()[1][self.kind]), some)
        people.bound(rows, [(used, -most)], upper=0)
        people.bound(rows, [(used, -least), *columns.slack(TABLES, least)], lower=0)
        volunteers.bound(rows, [(used, -porteur), *columns.slack(PORTEUR, porteur)], lower=0)
        residents.bound(rows, [(some, -np.minimum(most, self.residents.sum()))], upper=0)
        residents.bound(rows, [(some, -2 * count), *columns.slack(RESIDENT, count)], lower=0)
        for pair in self.apart:
            either = np.isin(np.arange(len(self.floating)), self.kinds.class_of[list(pair)]).astype(np.int64)
            _Counts(self, either, self.home, self.group, len(rooms)).bound(rows, [], upper=1)
        return used

    def _add_workshops(self, rows: Rows, columns: _Columns, used: Ints) -> None:
        home, group = self.workshop_of[self.home], self.workshop_of[self.group]
        people = _Counts(self, self._counted()[0], home, group, len(self.workshops))
        people.bound(rows, [], upper=np.asarray([workshop.maximum for workshop in self.workshops]))
        minimum = np.asarray([workshop.minimum for workshop in self.workshops], dtype=np.int64)
        people.bound(rows, columns.slack(MINIMUM, minimum), lower=minimum)
        for w, workshop in enumerate(self.workshops):
            if workshop.table_count is not None:
                rows.add(used[self.workshop_of == w], upper=workshop.table_count)
            for one, other in pairwise(self.fresh.get(workshop.id, [])):  # empty tables are alike: in their order
                rows.add(used[[one, other]], [1, -1], lower=0)

    def _counted(self) -> list[Ints]:
        """People, residents and volunteers of a unit of each kind."""
        everybody = np.ones(len(self.people), dtype=np.int64)
        return [self.kinds.one(trait) for trait in (everybody, self.residents, self.volunteers)]

    def _opens(self, rows: Rows, classes: npt.NDArray[np.intp], switches: Ints) -> None:
        """A group that keeps one of its own is a group: tighter than a sum, so the relaxation sees the moves."""
        count, units = len(classes), self.units[classes]
        columns = np.concatenate([classes, switches[self.home[classes]]])
        values = np.concatenate([np.full(count, -1), -units])
        lower, upper = np.full(count, -np.inf), -units
        rows.add_many(np.tile(np.arange(count), 2), columns, values, lower=lower, upper=upper)

    def dealt(self, solution: Ints) -> dict[str, Group]:
        """Who leaves and who goes where: in the order of the people."""
        found = dict[str, Group]()
        waiting = [list(units) for units in self.floating]

        def sit(unit: tuple[int, ...], g: int) -> None:
            found.update({self.people[i].id: self.groups[g] for i in unit})

        for c, units in enumerate(self.seated):
            stay = len(units) - int(solution[c])
            for unit in units[:stay]:
                sit(unit, int(self.home[c]))
            waiting[int(self.kind[c])] += units[stay:]
        for variable in np.flatnonzero(solution[len(self.seated) : len(self.moves)]).tolist():
            k, g = int(self.enters[variable]), int(self.group[variable])
            for _ in range(int(solution[len(self.seated) + variable])):
                sit(waiting[k].pop(0), g)
        return found


@dataclass
class _Columns:
    uppers: list[int]
    yielding: bool
    slacks: list[tuple[int, Ints]] = field(default_factory=list)  # (rule, variables)

    def more(self, uppers: Ints) -> Ints:
        first = len(self.uppers)
        self.uppers += uppers.tolist()
        return np.arange(first, len(self.uppers))

    def slack(self, rule: int, bounds: Ints) -> list[tuple[Ints, Ints]]:
        """Terms that let a rule give way, if rules may."""
        if not self.yielding:
            return []
        self.slacks.append((rule, self.more(bounds)))
        return [(self.slacks[-1][1], np.ones(len(bounds), dtype=np.int64))]


class _Counts:
    """How many of something (by unit of a kind) are in each place, in the variables."""

    def __init__(self, slate: _Slate, of_kind: Ints, home: Ints, group: Ints, places: int) -> None:
        leaving, entering = of_kind[slate.kind], of_kind[slate.enters]
        self.rows = np.concatenate([home, group])
        self.values = np.concatenate([-leaving, entering])
        self.base = np.bincount(home, weights=leaving * slate.units, minlength=places)

    def bound(
        self,
        rows: Rows,
        extra: Sequence[tuple[Ints, Ints]],
        *,
        lower: npt.ArrayLike = -np.inf,
        upper: npt.ArrayLike = np.inf,
    ) -> None:
        """A row a place: the count, with one more term a place for each pair of variables and values."""
        places = np.arange(len(self.base))
        index = np.concatenate([self.rows, *(places for _ in extra)])
        columns = np.concatenate([np.arange(len(self.values)), *(variables for variables, _ in extra)])
        values = np.concatenate([self.values, *(value for _, value in extra)])
        kept = values != 0
        ends = (np.broadcast_to(np.asarray(end, dtype=np.float64), places.shape) - self.base for end in (lower, upper))
        low, high = ends
        rows.add_many(index[kept], columns[kept], values[kept], lower=low, upper=high)

"""The hall: the state of the search in one slot, as arrays. `kernels` and `batch` move people in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from seating.attributes import ALONE, HARD, MODES, Attribute, Group, Groups, Ints, Partners
from seating.chance import numbers
from seating.latitude import latitude
from seating.problem import Problem
from seating.wishes import allowed, regrets

WINDOW = 12
ROOM_WINDOW = 32  # where no group is a table
MOST_LEVELS = 30  # 4**30 is the last power of four that leaves room for a sum of three in 63 bits

Bools = npt.NDArray[np.bool_]


@dataclass(frozen=True)
class Deal:
    """How the groups of a slot are dealt into pairs: shuffled (by workshop, or all together), then taken two by two."""

    groups: Ints
    suit: Ints  # (groups,) those of one suit stay together
    first: Ints  # (pairs,) places, after the shuffle
    second: Ints

    def deal(self, seed: int, steps: int) -> tuple[Ints, Ints]:
        """The first and the second group of each pair, shape (steps, pairs)."""
        count = np.uint64(len(self.groups))
        drawn = numbers(seed, steps * len(self.groups)).reshape(steps, -1) >> np.uint64(24)
        order = (self.suit.astype(np.uint64) << np.uint64(52)) + drawn * count + np.arange(count, dtype=np.uint64)
        shuffled = self.groups[np.argsort(order, axis=1)]
        return shuffled[:, self.first], shuffled[:, self.second]


def deal_by(groups: Ints, suit: Ints) -> Deal:
    """Only suits of two or more play; where a suit is odd, one group waits."""
    groups, suit = groups[np.argsort(suit, kind="stable")], np.sort(suit)
    first: list[int] = []
    for one in np.unique(suit):
        places = np.flatnonzero(suit == one)
        first += places[:-1:2].tolist()
    places = np.asarray(first, dtype=np.int64)
    return Deal(groups, suit, places, places + 1)


@dataclass
class Hall:
    """People are numbered as in `Problem.people`, absent ones included; groups as in `names`."""

    slot: str
    names: list[Group]
    mode: Ints  # (groups,) index in MODES
    workshop: Ints  # (groups,) column of the workshop
    porteur: Ints  # (groups,) 1 where a volunteer is needed
    seats: Ints  # (groups, most seats) who; those who may move come first, -1 at the end
    size: Ints  # (groups,)
    movable: Ints  # (groups,) how many of the first seats may be drawn
    group: Ints  # (people,) group of each; -1: not here
    trait: Ints  # (people,) 1 for a volunteer, 2 for a resident, 3 for both
    loose: Bools  # (people, workshops) may be there in some plan with the same wishes granted
    level: Ints  # (people, workshops) 4 to the power of the rank of the regret: sums of three name their terms
    still: Bools  # (people,) not drawn: held, locked to a table, or bound to others
    partners: Partners
    within: Deal  # tables of a workshop among themselves
    across: Deal  # all groups
    clusters: list[Ints]  # people bound together at a table of several, who move as one
    window: int  # people of a group weighed against those of another, at most
    weight: Ints = field(init=False)  # (modes, attributes)
    words: list[int] = field(init=False)  # of each attribute
    first_column: list[int] = field(init=False)  # of each attribute in `counted`, then their number
    code: Ints = field(init=False)  # (attributes, people) column of the word of each in `counted`
    key: Ints = field(init=False)  # (attributes, people) the same, but a number of one's own where there is no word
    own: Ints = field(init=False)  # (modes, people) price of somebody with themselves
    counted: Ints = field(init=False)  # (groups, columns) how many of each word sit there, times the price of a pair
    residents: Ints = field(init=False)
    volunteers: Ints = field(init=False)
    trade: Ints = field(init=False)  # (groups, 16) price in rules of giving trait x for trait y, at 4x + y

    def furnish(self, attributes: Sequence[Attribute]) -> None:
        """Take attributes and count everything anew."""
        here = np.flatnonzero(self.group >= 0)
        count = len(self.names)
        self.weight = np.stack([attribute.price for attribute in attributes], axis=1)
        self.words = [attribute.words for attribute in attributes]
        self.first_column = [0, *np.cumsum([words + 1 for words in self.words]).tolist()]
        self.code = np.zeros((len(attributes), len(self.group)), dtype=np.int64)
        self.key = np.zeros_like(self.code)
        self.counted = np.zeros((count, self.first_column[-1]), dtype=np.int64)
        for k, attribute in enumerate(attributes):
            self.recount(k, attribute.value)
        self.residents = np.bincount(self.group[here], weights=self.trait[here] >> 1, minlength=count).astype(np.int64)
        self.volunteers = np.bincount(self.group[here], weights=self.trait[here] & 1, minlength=count).astype(np.int64)
        self.trade = np.zeros((count, 16), dtype=np.int64)
        for g in range(count):
            self.retrade(g)

    def recount(self, k: int, value: Ints) -> None:
        """New words of attribute k."""
        first, words = self.first_column[k], self.words[k]
        self.code[k] = np.where(value >= 0, value, words) + first  # the last column is nobody's
        self.key[k] = np.where(value >= 0, value, -1 - np.arange(len(value)))
        self.own = self.weight @ (self.key >= 0).astype(np.int64)
        here = np.flatnonzero((self.group >= 0) & (value >= 0))
        self.counted[:, first : first + words + 1] = 0
        np.add.at(self.counted, (self.group[here], self.code[k, here]), self.weight[self.mode[self.group[here]], k])

    def retrade(self, g: int) -> None:
        residents, volunteers, porteur = int(self.residents[g]), int(self.volunteers[g]), int(self.porteur[g])
        before = ALONE * (residents == 1) + (volunteers < 1) * porteur
        for x in range(4):
            for y in range(4):
                after = ALONE * (residents - (x >> 1) + (y >> 1) == 1) + (volunteers - (x & 1) + (y & 1) < 1) * porteur
                self.trade[g, 4 * x + y] = HARD * (after - before)

    def price(self) -> int:
        """Price of everybody's seat: pairs of one word, partners, and HARD for each rule broken at a group."""
        here = np.flatnonzero(self.group >= 0)
        at = self.group[here]
        pairs = int(self.counted[at[None, :], self.code[:, here]].sum()) - int(self.own[self.mode[at], here].sum())
        who = self.partners.who[here]
        met = self.partners.price[self.mode[at], here] * (self.group[who] == at[:, None])
        rules = ALONE * int((self.residents == 1).sum()) + int(((self.volunteers < 1) * self.porteur).sum())
        return (pairs + int(met.sum())) // 2 + HARD * rules

    def price_of(self, g: int) -> int:
        """What of the price is group g's."""
        people = self.seats[g, : self.size[g]]
        mode = self.mode[g]
        pairs = int(self.counted[g, self.code[:, people]].sum()) - int(self.own[mode, people].sum())
        who = self.partners.who[people]
        met = self.partners.price[mode, people] * (self.group[who] == g)
        rules = ALONE * int(self.residents[g] == 1) + int(self.volunteers[g] < 1) * int(self.porteur[g])
        return (pairs + int(met.sum())) // 2 + HARD * rules

    def sort_row(self, g: int) -> None:
        """Those who may be drawn first."""
        row = self.seats[g, : self.size[g]]
        fixed = self.still[row]
        self.seats[g, : self.size[g]] = np.concatenate([row[~fixed], row[fixed]])
        self.movable[g] = int((~fixed).sum())

    def swap(self, a: int, i: int, b: int, j: int) -> None:
        """Person at seat i of group a with the one at seat j of group b."""
        one, other = int(self.seats[a, i]), int(self.seats[b, j])
        for g, leaving, coming in ((a, one, other), (b, other, one)):
            price = self.weight[self.mode[g]]
            self.counted[g, self.code[:, leaving]] -= price * (self.key[:, leaving] >= 0)
            self.counted[g, self.code[:, coming]] += price * (self.key[:, coming] >= 0)
            self.residents[g] += (self.trait[coming] >> 1) - (self.trait[leaving] >> 1)
            self.volunteers[g] += (self.trait[coming] & 1) - (self.trait[leaving] & 1)
            self.retrade(g)
        self.seats[a, i], self.seats[b, j] = other, one
        self.group[one], self.group[other] = b, a

    def groups(self, problem: Problem, group: Ints) -> dict[str, Group]:
        return {p.id: self.names[int(g)] for p, g in zip(problem.people, group, strict=True) if g >= 0}

    def plays(self) -> bool:
        return bool(len(self.within.first) or len(self.across.first))


def open_hall(problem: Problem, slot: str, groups: Groups, held: frozenset[str], partners: Partners) -> Hall:
    """A hall where everybody sits as in `groups`; `furnish` it before use."""
    names = sorted(set(groups.values()), key=lambda name: (name[0], name[1] or 0))
    index = {name: g for g, name in enumerate(names)}
    column = {workshop.id: w for w, workshop in enumerate(problem.workshops_of(slot))}
    group = np.asarray([index[groups[p.id]] if p.id in groups else -1 for p in problem.people], dtype=np.int64)
    workshop = np.asarray([column[name[0]] for name in names], dtype=np.int64)
    bound = {x for cluster in problem.clusters(slot) for x in cluster}
    still = np.zeros(len(group), dtype=np.bool_)
    for i, person in enumerate(problem.people):
        lock = person.locks.get(slot)
        still[i] = person.id in held or person.id in bound or (lock is not None and lock.table is not None)
    loose, level = _wishes_kept(problem, slot, group, workshop, still)
    rows: list[list[int]] = []
    movable = []
    for g, name in enumerate(names):
        members = np.flatnonzero(group == g)
        lone = not any(other[0] == name[0] and other != name for other in names)
        fixed = still[members] | (lone & (loose[members].sum(axis=1) < 2))
        rows.append([*members[~fixed], *members[fixed]])
        movable.append(int((~fixed).sum()))
    size = np.asarray([len(row) for row in rows], dtype=np.int64)
    seats = np.full((len(names), int(size.max(initial=0))), -1, dtype=np.int64)
    for g, row in enumerate(rows):
        seats[g, : len(row)] = row
    moving = np.asarray(movable, dtype=np.int64)
    playing = np.flatnonzero(moving)
    several = [g for g in playing.tolist() if (workshop[playing] == workshop[g]).sum() > 1]
    at_tables = [int(size[g]) for g in several]
    open_to_others = [g for g in playing.tolist() if (loose[seats[g, : size[g]]].sum(axis=1) > 1).any()]
    offered = [problem.workshop(name[0]) for name in names]
    return Hall(
        slot=slot,
        names=names,
        mode=np.asarray([MODES.index(w.compose) for w in offered], dtype=np.int64),
        workshop=workshop,
        porteur=np.asarray([int(w.porteur_needed) for w in offered], dtype=np.int64),
        seats=seats,
        size=size,
        movable=moving,
        group=group,
        trait=np.asarray([2 * p.is_resident + p.volunteer_porteur for p in problem.people], dtype=np.int64),
        loose=loose,
        level=level,
        still=still,
        partners=partners,
        within=deal_by(np.asarray(several, dtype=np.int64), workshop[several]),
        across=deal_by(np.asarray(open_to_others, dtype=np.int64), np.zeros(len(open_to_others), dtype=np.int64)),
        clusters=_moving_clusters(problem, slot, group, several, held),
        window=min(WINDOW, max(at_tables)) if at_tables else ROOM_WINDOW,
    )


def _moving_clusters(problem: Problem, slot: str, group: Ints, several: list[int], held: frozenset[str]) -> list[Ints]:
    row_of = {person.id: i for i, person in enumerate(problem.people)}
    found = []
    for cluster in problem.clusters(slot):
        free = not any(p in held or ((lock := problem.person(p).locks.get(slot)) and lock.table) for p in cluster)
        rows = np.asarray([row_of[person] for person in cluster], dtype=np.int64)
        if free and int(group[rows[0]]) in several and (group[rows] == group[rows[0]]).all():
            found.append(rows)
    return found


def _wishes_kept(problem: Problem, slot: str, group: Ints, workshop: Ints, still: Bools) -> tuple[Bools, Ints]:
    """Where each person may go without a worse total or level of regret, and the level of their regret there."""
    here = np.flatnonzero(group >= 0)
    people = [problem.people[i] for i in here]
    n, offered = len(problem.people), len(problem.workshops_of(slot))
    loose = np.zeros((n, offered), dtype=np.bool_)
    level = np.zeros((n, offered), dtype=np.int64)
    at = workshop[group[here]]
    cost, may = regrets(problem, slot, people), allowed(problem, slot, people)
    may &= ~still[here][:, None]
    may[np.arange(len(here)), at] = True
    loose[here] = latitude(cost, may, at, (), worst_first=problem.first == "worst")
    used = [int(c) for c in np.unique(cost[loose[here]])][:MOST_LEVELS]
    power = np.zeros(int(cost.max(initial=0)) + 1, dtype=np.int64)
    power[used] = [4**rank for rank in range(len(used))]
    level[here] = power[cost]
    loose &= level > 0
    loose[here, at] = True
    return loose, level

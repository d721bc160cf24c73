"""Who sits with whom: a deterministic local search on swaps that leave the wishes as good as they are.

The price of a group (a table, or a workshop without tables) is the sum of the prices of its pairs, so the effect of a
swap on everybody else is a few additions: S[i, g] holds what person i would pay with the people of group g. Iterated
local search: descend, shake, descend, keep the better. All prices are whole numbers, the generator is our own.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np
import numpy.typing as npt

from seating.problem import Compose, Person, Problem
from seating.wishes import allowed, regrets

HARD = 10**8  # price of a broken rule at a table: above any sum of pairs a swap can change, within 32 bits
MODES: tuple[Compose, ...] = ("mixed", "free", "peers")

Ints = npt.NDArray[np.int64]
Prices = npt.NDArray[np.int32]
Bools = npt.NDArray[np.bool_]
Groups = Mapping[str, tuple[str, int | None]]  # person -> (workshop, table)


class Dice:
    """SplitMix64 (Steele, Lea & Flood 2014, doi:10.1145/2660193.2660195): the same numbers everywhere."""

    def __init__(self, seed: int) -> None:
        self._state = seed & 0xFFFFFFFFFFFFFFFF

    def below(self, bound: int) -> int:
        """A whole number from 0 to bound - 1."""
        self._state = (self._state + 0x9E3779B97F4A7C15) & 0xFFFFFFFFFFFFFFFF
        z = self._state
        z = ((z ^ (z >> 30)) * 0xBF58476D1CE4E5B9) & 0xFFFFFFFFFFFFFFFF
        z = ((z ^ (z >> 27)) * 0x94D049BB133111EB) & 0xFFFFFFFFFFFFFFFF
        return (z ^ (z >> 31)) % bound


def pair_prices(problem: Problem, slot: str, people: Sequence[Person], earlier: Sequence[Groups]) -> Prices:
    """Price of each pair in a group, for each way of composing it.

    Parameters
    ----------
    earlier : groups of the slots already seated today

    Returns
    -------
    ndarray of int32, shape (3, people, people)
        Symmetric, zero diagonal; the first axis follows `MODES`.
    """
    n = len(people)
    weights = problem.weights

    def codes(words: Sequence[str]) -> Ints:  # empty words all differ
        known: dict[str, int] = {}
        return np.asarray(
            [known.setdefault(word or f"\0{i}", len(known)) for i, word in enumerate(words)], dtype=np.int64
        )

    def same(words: Sequence[str]) -> Prices:
        code = codes(words)
        return np.asarray(code[:, None] == code[None, :], dtype=np.int32)

    row_of = {person.id: i for i, person in enumerate(people)}
    colleagues = weights.colleagues * same([person.organisation for person in people])
    category = same([person.category for person in people])
    met = np.zeros((n, n), dtype=np.int32)
    for groups in earlier:
        met += weights.met * same([":".join(map(str, groups[p.id])) if p.id in groups else "" for p in people])
    for encounter in problem.encounters:
        i, j = row_of.get(encounter.a), row_of.get(encounter.b)
        if i is not None and j is not None:
            met[i, j] += weights.met * encounter.weight
            met[j, i] += weights.met * encounter.weight
    ties = {frozenset(tie) for tie in problem.ties}
    tied = np.zeros((n, n), dtype=np.int32)
    if ties:
        organisations = sorted({organisation for tie in ties for organisation in tie})
        index = {organisation: o for o, organisation in enumerate(organisations)}
        table = np.zeros((len(index) + 1, len(index) + 1), dtype=np.int32)
        for tie in problem.ties:
            table[index[tie[0]], index[tie[1]]] = table[index[tie[1]], index[tie[0]]] = weights.hierarchy
        code = np.asarray([index.get(person.organisation, len(index)) for person in people])
        tied = table[code[:, None], code[None, :]]
    apart = np.zeros((n, n), dtype=np.int32)
    for a, b in problem.pairs(slot, together=False):
        apart[row_of[a], row_of[b]] = apart[row_of[b], row_of[a]] = HARD
    territory = weights.territory * same([person.territory for person in people])
    prices = np.stack(
        [
            colleagues + weights.category * category + territory + met + apart,
            apart,
            colleagues + tied + weights.category * (1 - category) + met + apart,
        ]
    )
    prices[:, np.arange(n), np.arange(n)] = 0
    return prices


@dataclass
class Room:
    """The state of the search in one slot. People come first, then empty chairs that let table sizes breathe by one."""

    group: Ints  # (people + chairs,) index of the group of each
    workshop: Ints  # (groups,) column of the workshop
    mode: Ints  # (groups,) index in MODES
    porteur: Ints  # (groups,) 1 where a volunteer is needed
    price: Prices  # (3, n, n)
    resident: Ints  # (n,) 0 or 1
    volunteer: Ints  # (n,) 0 or 1
    held: Bools  # (n,) never moves
    tied: Bools  # (n,) never changes workshop
    cost: Ints  # (n, workshops) regret; -1 where not allowed
    near: Ints = field(init=False)  # (n, groups) price of each with each group
    residents: Ints = field(init=False)  # (groups,)
    volunteers: Ints = field(init=False)  # (groups,)

    def __post_init__(self) -> None:
        self.recount()

    def recount(self) -> None:
        n, groups = len(self.group), len(self.workshop)
        at = np.zeros((n, groups))
        at[np.arange(n), self.group] = 1
        self.near = np.zeros((n, groups), dtype=np.int64)
        for mode in range(len(MODES)):
            columns = np.flatnonzero(self.mode == mode)
            if len(columns):  # exact in double precision: every sum stays far below 2**53
                self.near[:, columns] = np.rint(self.price[mode].astype(np.float64) @ at[:, columns])
        self.residents = np.bincount(self.group, weights=self.resident, minlength=groups).astype(np.int64)
        self.volunteers = np.bincount(self.group, weights=self.volunteer, minlength=groups).astype(np.int64)

    def total(self) -> int:
        """Price of the room."""
        pairs = int(self.near[np.arange(len(self.group)), self.group].sum()) // 2
        alone = int((self.residents == 1).sum())
        without = int(((self.volunteers < 1) * self.porteur).sum())
        return pairs + HARD * (alone + without)

    def swaps(self, i: int) -> tuple[Ints, Ints]:
        """Partners i may swap seats with, and what each swap would add to the price."""
        a = int(self.group[i])
        here, there = self.workshop[a], self.workshop[self.group]
        same_room = there == here
        fits = same_room.copy()
        if not self.tied[i] and not same_room.all():
            mine_here, mine_there = self.cost[i, here], self.cost[i, there]
            theirs_here, theirs_there = self.cost[:, here], self.cost[np.arange(len(self.group)), there]
            neutral = ((mine_there == mine_here) & (theirs_here == theirs_there)) | (
                (mine_there == theirs_there) & (theirs_here == mine_here)
            )
            fits |= (
                neutral
                & ~self.tied
                & (mine_there >= 0)
                & (theirs_here >= 0)
                & (self.resident == self.resident[i])
                & (self.volunteer == self.volunteer[i])
            )
        partners = np.flatnonzero(fits & ~self.held & (self.group != a))
        b = self.group[partners]
        delta = (
            self.near[i, b]
            + self.near[partners, a]
            - self.near[i, a]
            - self.near[partners, b]
            - self.price[self.mode[a], i, partners]
            - self.price[self.mode[b], i, partners]
        )
        shift = self.resident[partners] - self.resident[i]
        if shift.any():
            in_a, in_b = self.residents[a], self.residents[b]
            alone = ((in_a + shift) == 1).astype(np.int64) + ((in_b - shift) == 1) - (in_a == 1) - (in_b == 1)
            delta += HARD * alone
        shift = self.volunteer[partners] - self.volunteer[i]
        if shift.any():
            in_a, in_b = self.volunteers[a], self.volunteers[b]
            lacking_a = ((in_a + shift) < 1).astype(np.int64) - (in_a < 1)
            lacking_b = ((in_b - shift) < 1).astype(np.int64) - (in_b < 1)
            delta += HARD * (self.porteur[a] * lacking_a + self.porteur[b] * lacking_b)
        return partners, delta

    def swap(self, i: int, j: int) -> None:
        a, b = self.group[i], self.group[j]
        self.near[:, a] += self.price[self.mode[a], :, j] - self.price[self.mode[a], :, i]
        self.near[:, b] += self.price[self.mode[b], :, i] - self.price[self.mode[b], :, j]
        for count, trait in ((self.residents, self.resident), (self.volunteers, self.volunteer)):
            count[a] += trait[j] - trait[i]
            count[b] += trait[i] - trait[j]
        self.group[i], self.group[j] = b, a

    def descend(self) -> None:
        """Swap while a swap makes the room better."""
        movable = np.flatnonzero(~self.held)
        better = True
        while better:
            better = False
            for i in movable:
                partners, delta = self.swaps(int(i))
                if len(partners):
                    best = int(delta.argmin())
                    if delta[best] < 0:
                        self.swap(int(i), int(partners[best]))
                        better = True

    def shake(self, dice: Dice, swaps: int) -> None:
        movable = np.flatnonzero(~self.held)
        for _ in range(swaps):
            i = int(movable[dice.below(len(movable))])
            partners, _ = self.swaps(i)
            if len(partners):
                self.swap(i, int(partners[dice.below(len(partners))]))


def mix(
    problem: Problem,
    slot: str,
    groups: Groups,
    earlier: Sequence[Groups],
    *,
    held: frozenset[str] = frozenset(),
    dice: Dice,
    chunks: int,
    go_on: Callable[[], bool] = lambda: True,
) -> dict[str, tuple[str, int | None]]:
    """Better groups than `groups` for everybody of a slot, wishes and table sizes kept.

    Parameters
    ----------
    groups : mapping of person to (workshop, table)
        A start that keeps the hard rules.
    held : people who keep their seat
    chunks : how many times to shake and descend again
    go_on : asked between two chunks
    """
    people = [person for person in problem.present(slot) if person.id in groups]
    if len(people) < 2:
        return dict(groups)
    names = sorted({groups[person.id] for person in people}, key=lambda key: (key[0], key[1] or 0))
    room = _furnish(problem, slot, people, groups, names, earlier, held)
    if not room.held.all():
        room.descend()
        best, least = room.group.copy(), room.total()
        for _ in range(chunks):
            if not go_on():
                break
            room.shake(dice, max(2, len(people) // 16))
            room.descend()
            if room.total() < least:
                best, least = room.group.copy(), room.total()
            else:
                room.group = best.copy()
                room.recount()
        room.group = best
    return {person.id: names[int(room.group[i])] for i, person in enumerate(people)}


def _furnish(
    problem: Problem,
    slot: str,
    people: Sequence[Person],
    groups: Groups,
    names: Sequence[tuple[str, int | None]],
    earlier: Sequence[Groups],
    held: frozenset[str],
) -> Room:
    index = {name: g for g, name in enumerate(names)}
    column = {workshop.id: w for w, workshop in enumerate(problem.workshops_of(slot))}
    group = [index[groups[person.id]] for person in people]
    chairs: list[int] = []
    for workshop in problem.workshops_of(slot):
        tables = [g for g, name in enumerate(names) if name[0] == workshop.id and name[1] is not None]
        sizes = {g: group.count(g) for g in tables}
        # Larger differences come from locks or from the day itself: those sizes stay.
        if sizes and max(sizes.values()) - min(sizes.values()) == 1:
            chairs += [g for g, size in sizes.items() if size < max(sizes.values())]
    n, total = len(people), len(people) + len(chairs)
    price = np.zeros((len(MODES), total, total), dtype=np.int32)
    price[:, :n, :n] = pair_prices(problem, slot, people, earlier)
    price[:, n:, n:] = HARD  # two empty chairs at a table would unbalance it
    price[:, np.arange(total), np.arange(total)] = 0
    cost = np.where(allowed(problem, slot, people), regrets(problem, slot, people), -1)
    bound = {x for pair in problem.pairs(slot, together=True) for x in pair}
    bound_apart = {x for pair in problem.pairs(slot, together=False) for x in pair}
    kept = np.zeros(total, dtype=np.bool_)
    tied = np.ones(total, dtype=np.bool_)
    for i, person in enumerate(people):
        lock = person.locks.get(slot)
        kept[i] = person.id in held or person.id in bound or (lock is not None and lock.table is not None)
        tied[i] = kept[i] or lock is not None or person.id in bound_apart
    empty = np.zeros(len(chairs), dtype=np.int64)
    return Room(
        group=np.asarray(group + chairs, dtype=np.int64),
        workshop=np.asarray([column[name[0]] for name in names], dtype=np.int64),
        mode=np.asarray([MODES.index(problem.workshop(name[0]).compose) for name in names], dtype=np.int64),
        porteur=np.asarray([int(problem.workshop(name[0]).porteur_needed) for name in names], dtype=np.int64),
        price=price,
        resident=np.concatenate([np.asarray([int(p.is_resident) for p in people], dtype=np.int64), empty]),
        volunteer=np.concatenate([np.asarray([int(p.volunteer_porteur) for p in people], dtype=np.int64), empty]),
        held=kept,
        tied=tied,
        cost=np.concatenate([cost, np.full((len(chairs), cost.shape[1]), -1, dtype=np.int64)]),
    )

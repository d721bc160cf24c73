"""What two people share, as numbers: the price of a group is a sum over attributes of price × C(count, 2).

An attribute is a word each person has (category, organisation, territory, the group sat in during another slot). People
of one word are counted at each group, so that the effect of a swap costs the number of attributes, whatever the number
of people. What is no word (earlier encounters, « pas ensemble », funder and funded) is a short list of partners.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

from seating.problem import Compose, Problem

HARD = 10**8  # price of a broken rule at a table: above any sum of pairs a swap can change
ALONE = 16  # rules that a resident alone counts for: more than tables without a porteur, as in the wishes programme
APART = (
    64 * HARD
)  # « pas ensemble » never gives way: above three residents alone and three porteurs gained by one trade
MODES: tuple[Compose, ...] = ("mixed", "free", "peers")
MIXED, FREE, PEERS = range(3)

Ints = npt.NDArray[np.int64]
Group = tuple[str, int | None]
Groups = Mapping[str, Group]  # person -> (workshop, table)


@dataclass(frozen=True)
class Attribute:
    """One word each person has.

    Attributes
    ----------
    value : ndarray of int64, shape (people,)
        Number of the word, below `words`; -1 where the person has none, or one nobody shares.
    price : ndarray of int64, shape (modes,)
        Price of a pair of one word at a group, by the way the group is composed; negative where it is wanted.
    """

    name: str
    value: Ints
    words: int
    price: Ints


def numbered(words: Sequence[str | Group | None]) -> Ints:
    """Numbers of words, in their order of appearance; -1 for an empty word and for one that a single person has."""
    count: dict[str | Group, int] = {}
    for word in words:
        if word:
            count[word] = count.get(word, 0) + 1
    number: dict[str | Group, int] = {}
    for word in words:
        if word and count[word] > 1:
            number.setdefault(word, len(number))
    return np.asarray([number.get(word, -1) if word else -1 for word in words], dtype=np.int64)


def own_attributes(problem: Problem) -> list[Attribute]:
    """Category, organisation, territory of all the people of a problem."""
    weights, people = problem.weights, problem.people

    def attribute(name: str, words: Sequence[str], mixed: int, peers: int) -> Attribute:
        value = numbered(words)
        return Attribute(name, value, int(value.max(initial=-1)) + 1, np.asarray([mixed, 0, peers], dtype=np.int64))

    return [
        attribute("category", [p.category for p in people], weights.category, -weights.category),
        attribute("organisation", [p.organisation for p in people], weights.colleagues, weights.colleagues),
        attribute("territory", [p.territory for p in people], weights.territory, 0),
    ]


def met_attribute(problem: Problem, slot: str, other: str, group: Ints, names: Sequence[Group]) -> Attribute:
    """The group of another slot of the day. The later of two meetings has its price, unless its group is « free »."""
    later = problem.slots.index(other) > problem.slots.index(slot)
    price = problem.weights.met
    return Attribute(
        other,
        met_value(problem, slot, other, group, names),
        len(names),
        np.asarray([price, price if later else 0, price], dtype=np.int64),
    )


def met_value(problem: Problem, slot: str, other: str, group: Ints, names: Sequence[Group]) -> Ints:
    """Group of each in another slot; -1 where having been, or being later, in it costs nothing."""
    if problem.slots.index(other) < problem.slots.index(slot):
        return group
    paid = np.asarray([problem.workshop(name[0]).compose != "free" for name in names] + [False])
    return np.where(paid[group], group, -1)


@dataclass(frozen=True)
class Partners:
    """Pairs with a price of their own: who[i, d] and price[mode, i, d]; short lists are filled with i itself, at 0."""

    who: Ints
    price: Ints


def partners(problem: Problem, slot: str) -> Partners:
    """Earlier encounters, pairs to keep apart in a slot, and, among peers, ties between organisations."""
    row_of = {person.id: i for i, person in enumerate(problem.people)}
    prices: dict[tuple[int, int], list[int]] = {}

    def add(i: int, j: int, mixed: int, free: int, peers: int) -> None:
        for one, other in ((i, j), (j, i)):
            had = prices.setdefault((one, other), [0, 0, 0])
            for mode, price in enumerate((mixed, free, peers)):
                had[mode] += price

    for encounter in problem.encounters:
        price = problem.weights.met * encounter.weight
        add(row_of[encounter.a], row_of[encounter.b], price, 0, price)
    for a, b in problem.pairs(slot, together=False):
        add(row_of[a], row_of[b], APART, APART, APART)
    if problem.ties and any(workshop.compose == "peers" for workshop in problem.workshops_of(slot)):
        staff: dict[str, list[int]] = {}
        for i, person in enumerate(problem.people):
            staff.setdefault(person.organisation, []).append(i)
        for one, other in {(min(tie), max(tie)) for tie in problem.ties if tie[0] != tie[1]}:
            for i in staff.get(one, ()):
                for j in staff.get(other, ()):
                    add(i, j, 0, 0, problem.weights.hierarchy)
    n = len(problem.people)
    lists: list[list[tuple[int, list[int]]]] = [[] for _ in range(n)]
    for (i, j), by_mode in sorted(prices.items()):
        if any(by_mode):
            lists[i].append((j, by_mode))
    depth = max(map(len, lists), default=0)
    who = np.repeat(np.arange(n, dtype=np.int64)[:, None], depth, axis=1)
    prices_of = np.zeros((len(MODES), n, depth), dtype=np.int64)
    for i, found in enumerate(lists):
        for d, (j, by_mode) in enumerate(found):
            who[i, d] = j
            prices_of[:, i, d] = by_mode
    return Partners(who, prices_of)

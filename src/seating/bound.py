"""How good a mix can be: a price that no plan with the same wishes granted and the same sizes goes below.

A linear programme. A person is spread over the workshops where the wishes stay as they are: as many people at each
level of regret as in the plan, each workshop and each table with as many people. People of one word are then spread
over the tables of a workshop as evenly as fractions allow, for each attribute apart: the C(count, 2) pairs of a table
become a convex price of the count, one segment a whole person. Meetings of two slots are counted the same way over
pairs of tables. What is left out (pairs apart, residents, porteurs, earlier encounters) could only raise the price.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping
from dataclasses import dataclass, field

import numpy as np

from seating.attributes import FREE, MODES, Attribute, Group, Groups, own_attributes
from seating.latitude import latitude
from seating.linear import INFINITE, Linear
from seating.problem import Problem
from seating.wishes import allowed, regrets

GAP = 0.0005  # of the whole-number programme: what the tables lose is more
NODES = 200
MOST_COLUMNS = 8_000  # about a second; beyond, trades between workshops do nearly as well


@dataclass(frozen=True)
class _Class:
    """Tables of one size in one workshop."""

    column: int  # of the workshop
    size: int
    count: int
    mode: int


@dataclass
class _Slot:
    name: str
    here: list[int]  # people
    at: dict[int, int]  # person -> column of the workshop in the plan
    classes: list[_Class]
    share: dict[int, dict[int, int]] = field(
        default_factory=dict
    )  # person -> workshop -> column of the programme; {}: 1


def mix_bound(problem: Problem, groups: Mapping[str, Groups]) -> int:
    """A price that the mix of no plan like this one goes below, pairs of one category counted as a gain among peers."""
    linear = Linear()
    _relax(problem, groups, linear, ())
    if not linear.cost:
        return 0  # nobody is there
    found = linear.minimise()
    if found is None:
        raise RuntimeError("the plan itself keeps all that the bound asks for")
    return int(np.ceil(found[0] - 1e-4))


def best_workshops(
    problem: Problem, groups: Mapping[str, Groups], change: Collection[str]
) -> dict[str, dict[str, str]] | None:
    """Workshops of everybody in the slots to change, the wishes granted as they are, for the best mix that tables could
    then have; None when none was found in good time.

    A workshop keeps its volunteers where each table needs one, and is not left with a resident alone.
    """
    linear = Linear()
    slots = _relax(problem, groups, linear, [slot for slot in problem.slots if slot not in change])
    whole: list[int] = []
    for slot in slots:
        if slot.name in change:
            _keep_rules(problem, slot, linear)
            whole += [column for ways in slot.share.values() for column in ways.values()]
    if not whole or len(linear.cost) > MOST_COLUMNS:
        return None
    found = linear.minimise(whole=whole, gap=GAP, nodes=NODES)
    if found is None:
        return None
    taken = found[1] > 0.5
    return {
        slot.name: {
            problem.people[i].id: offered[next((w for w, c in slot.share[i].items() if taken[c]), slot.at[i])].id
            for i in slot.here
        }
        for slot in slots
        if slot.name in change
        for offered in [problem.workshops_of(slot.name)]
    }


def _relax(problem: Problem, groups: Mapping[str, Groups], linear: Linear, still: Collection[str]) -> list[_Slot]:
    slots = [_open(problem, slot, groups[slot], linear, slot in still) for slot in problem.slots if groups.get(slot)]
    for slot in slots:
        for attribute in own_attributes(problem):
            if slot.name not in still:
                _spread(linear, slot, attribute)
    for number, later in enumerate(slots):
        for earlier in slots[:number]:
            _meetings(linear, earlier, later, problem.weights.met)
    return slots


def _keep_rules(problem: Problem, slot: _Slot, linear: Linear) -> None:
    row_of = {person.id: i for i, person in enumerate(problem.people)}
    for w, workshop in enumerate(problem.workshops_of(slot.name)):
        tables = sum(one.count for one in slot.classes if one.column == w)
        residents = [i for i in slot.here if problem.people[i].is_resident]
        volunteers = [i for i in slot.here if problem.people[i].volunteer_porteur]
        now = sum(slot.at[i] == w for i in residents)
        terms, left = _count(slot, residents, w)
        if now != 1 and terms:
            linear.row(terms, min(now, 2) - left, (INFINITE if now else 0) - left)
        terms, left = _count(slot, volunteers, w)
        if workshop.porteur_needed and terms:
            linear.row(terms, min(tables, sum(slot.at[i] == w for i in volunteers)) - left, INFINITE)
        if tables == 1:
            for pair in problem.pairs(slot.name, together=False):
                terms, left = _count(slot, [row_of[person] for person in pair], w)
                if terms:
                    linear.row(terms, -INFINITE, 1 - left)


def _classes(problem: Problem, slot: str, groups: Groups) -> list[_Class]:
    column = {workshop.id: w for w, workshop in enumerate(problem.workshops_of(slot))}
    sizes: Counter[Group] = Counter(groups.values())
    alike = Counter((workshop, size) for (workshop, _), size in sizes.items())
    return [
        _Class(column[workshop], size, count, MODES.index(problem.workshop(workshop).compose))
        for (workshop, size), count in sorted(alike.items())
    ]


def _open(problem: Problem, slot: str, groups: Groups, linear: Linear, still: bool) -> _Slot:
    """Columns for who may be where; those that no plan with the same wishes uses are left out."""
    here = [i for i, person in enumerate(problem.people) if person.id in groups]
    people = [problem.people[i] for i in here]
    column = {workshop.id: w for w, workshop in enumerate(problem.workshops_of(slot))}
    at = {i: column[groups[problem.people[i].id][0]] for i in here}
    cost = regrets(problem, slot, people)
    may = allowed(problem, slot, people)
    size = Counter(at.values())
    row_of = {person.id: k for k, person in enumerate(people)}
    bound = [[row_of[person] for person in cluster if person in row_of] for cluster in problem.clusters(slot)]
    place = np.asarray([at[i] for i in here], dtype=np.int64)
    may = latitude(cost, may, place, bound, worst_first=problem.first == "worst")
    found = _Slot(slot, here, at, _classes(problem, slot, groups))
    if still:
        found.share = {i: {} for i in here}
        return found
    for k, i in enumerate(here):
        open_to = np.flatnonzero(may[k]).tolist()
        found.share[i] = {w: linear.column(1.0) for w in open_to} if len(open_to) > 1 else {}
        if found.share[i]:
            linear.row(dict.fromkeys(found.share[i].values(), 1.0), 1.0, 1.0)
    for w in range(len(column)):
        inside, fixed = _count(found, here, w)
        if inside:
            linear.row(inside, size[w] - fixed, size[w] - fixed)
    for level in np.unique(cost).tolist():
        terms: dict[int, float] = {}
        left = sum(int(cost[k, at[i]] == level) for k, i in enumerate(here))
        for k, i in enumerate(here):
            if not found.share[i]:
                left -= int(cost[k, at[i]] == level)
            for w, c in found.share[i].items():
                if cost[k, w] == level:
                    terms[c] = 1.0
        if terms:
            linear.row(terms, left, left)
    for cluster in bound:
        one, *others = [here[k] for k in cluster]
        for other in others:
            for w in set(found.share[one]) & set(found.share[other]):
                linear.row({found.share[one][w]: 1.0, found.share[other][w]: -1.0}, 0.0, 0.0)
    return found


def _count(slot: _Slot, people: list[int], w: int) -> tuple[dict[int, float], int]:
    """How many of these people are in a workshop: columns, and a constant."""
    terms = {slot.share[i][w]: 1.0 for i in people if w in slot.share[i]}
    return terms, sum(not slot.share[i] and slot.at[i] == w for i in people)


def _segments(linear: Linear, most: int, room: int, price: float) -> dict[int, float]:
    """Columns that sum to a count of at most `most` at `room` tables: the j-th person of a table meets j - 1 others."""
    return {linear.column(room, price * j): 1.0 for j in range(-(-most // room))}


def _spread(linear: Linear, slot: _Slot, attribute: Attribute) -> None:
    words: dict[int, list[int]] = {}
    for i in slot.here:
        words.setdefault(int(attribute.value[i]), []).append(i)
    filled: list[dict[int, float]] = [{} for _ in slot.classes]
    for word, people in words.items():
        for w in {one.column for one in slot.classes}:
            own = [(c, one) for c, one in enumerate(slot.classes) if one.column == w]
            terms, left = _count(slot, people, w)
            most = len(terms) + left
            if not most:
                continue
            balance = dict(terms)
            for c, one in own:
                price = float(attribute.price[one.mode]) if word >= 0 else 0.0
                if price > 0:
                    segments = _segments(linear, min(most, one.count * one.size), one.count, price)
                else:  # wanted together: no better than all of them at one table
                    at_best = price * (min(one.size, most) - 1) / 2
                    segments = {linear.column(INFINITE, at_best): 1.0}
                for column in segments:
                    balance[column] = -1.0
                filled[c].update(segments)
            linear.row(balance, -left, -left)
    for c, one in enumerate(slot.classes):
        if filled[c]:
            linear.row(filled[c], one.count * one.size, one.count * one.size)


def _meetings(linear: Linear, earlier: _Slot, later: _Slot, price: int) -> None:
    both = [i for i in earlier.here if i in later.at]
    flows: dict[tuple[int, int], tuple[dict[int, float], int]] = {}
    from_one: dict[tuple[int, int], dict[int, float]] = {}
    from_other: dict[tuple[int, int], dict[int, float]] = {}

    def flow(x: int, y: int) -> tuple[dict[int, float], int]:
        return flows.get((x, y), ({}, 0))

    for i in both:
        ways_in = earlier.share[i] or {earlier.at[i]: -1}
        ways_out = later.share[i] or {later.at[i]: -1}
        for x, first in ways_in.items():
            for y, second in ways_out.items():
                terms, left = flow(x, y)
                if first < 0 and second < 0:
                    left += 1
                elif first < 0 or second < 0:
                    terms[max(first, second)] = 1.0
                else:
                    column = linear.column(1.0)
                    terms[column] = 1.0
                    from_one.setdefault((i, x), {})[column] = 1.0
                    from_other.setdefault((i, y), {})[column] = 1.0
                flows[x, y] = (terms, left)
    for slot, parts in ((earlier, from_one), (later, from_other)):
        for (i, w), terms in parts.items():
            linear.row({**terms, slot.share[i][w]: -1.0}, 0.0, 0.0)
    came: dict[_Class, dict[int, float]] = {}
    went: dict[_Class, dict[int, float]] = {}
    for (x, y), (terms, left) in flows.items():
        balance = dict(terms)
        for one in earlier.classes:
            for other in later.classes:
                if one.column == x and other.column == y:
                    paid = 0 if other.mode == FREE else price
                    most = min(len(terms) + left, one.count * one.size, other.count * other.size)
                    segments = _segments(linear, most, one.count * other.count, paid) if most else {}
                    for column in segments:
                        balance[column] = -1.0
                    went.setdefault(one, {}).update(segments)
                    came.setdefault(other, {}).update(segments)
        linear.row(balance, -left, -left)
    for parts_of in (went, came):
        for one, segments in parts_of.items():
            linear.row(segments, -INFINITE, one.count * one.size)
    if len(both) == len(earlier.here):
        for one, segments in went.items():
            linear.row(segments, one.count * one.size, INFINITE)
    if len(both) == len(later.here):
        for one, segments in came.items():
            linear.row(segments, one.count * one.size, INFINITE)

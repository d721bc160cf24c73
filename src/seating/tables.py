"""Tables of a workshop: how many, of what size, and who must be at which.

`first_tables` builds a start for `mix` to improve; `settle_tables` keeps people where they are and moves the fewest
that the rules of a table demand, proven by a whole-number programme.
"""

from __future__ import annotations

from collections import Counter
from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass

from seating.milp import Programme
from seating.problem import Person, Problem, Workshop


class NoTables(Exception):
    """Sizes, table locks and pairs of a workshop cannot be kept together."""


@dataclass(frozen=True)
class TableBounds:
    """How many tables n people may take, and how many suit them best."""

    least: int
    most: int
    best: int


def table_bounds(workshop: Workshop, people: int, volunteers: int, *, at_least: int = 1) -> TableBounds:
    """Number of tables for `people`.

    The best number makes tables closest to the middle of the allowed sizes and, where each table needs a porteur,
    never exceeds the volunteers while the room allows it. `at_least` asks for that many when the sizes allow it.
    """
    assert workshop.tables is not None
    smallest, largest = workshop.tables
    least = max(1, -(-people // largest))
    most = max(least, people // smallest)
    if workshop.table_count is not None:
        most = max(least, min(most, workshop.table_count))
    low = min(max(least, at_least), most)
    high = most
    if workshop.porteur_needed:
        high = max(low, min(high, volunteers))
    # Twice the distance to the middle size, compared as fractions: |2n/k - (smallest + largest)|
    best = min(range(low, high + 1), key=lambda k: (abs(2 * people - k * (smallest + largest)) / k, k))
    return TableBounds(least, most, best)


def balanced_sizes(people: int, filled: Sequence[int]) -> list[int]:
    """Sizes as equal as possible that sum to `people`, none below what already sits there."""
    sizes = list(filled)
    for _ in range(people - sum(sizes)):
        sizes[sizes.index(min(sizes))] += 1
    return sizes


def first_tables(problem: Problem, workshop: Workshop, members: Sequence[Person]) -> dict[str, int]:
    """A first table for everybody of a workshop that has tables: locks, then people bound together, then porteurs, then
    residents two by two, then the others, each at the emptiest table. Raises NoTables."""
    assert workshop.tables is not None
    slot, largest = workshop.slot, workshop.tables[1]
    here = {person.id: person for person in members}
    apart = [pair for pair in problem.pairs(slot, together=False) if pair[0] in here and pair[1] in here]
    volunteers = sum(person.volunteer_porteur for person in members)
    bounds = table_bounds(workshop, len(members), volunteers, at_least=2 if apart else 1)
    locked = {p.id: lock.table for p in members if (lock := p.locks.get(slot)) and lock.table is not None}
    numbers = sorted(set(locked.values()))
    free = (number for number in range(1, len(members) + len(numbers) + 2) if number not in numbers)
    numbers = sorted([*numbers, *(next(free) for _ in range(bounds.best - len(numbers)))])
    at: dict[str, int] = {}
    filled = dict.fromkeys(numbers, 0)

    def sit(people: Sequence[str], table: int) -> None:
        for person in people:
            at[person] = table
            filled[table] += 1

    clusters = [c for c in problem.clusters(slot) if c[0] in here]
    for cluster in sorted(clusters, key=len, reverse=True):
        wanted = {locked[person] for person in cluster if person in locked}
        table = min(wanted) if wanted else min(numbers, key=lambda t: (filled[t], t))
        sit(cluster, table)
    for person, table in locked.items():
        if person not in at:
            sit([person], table)
    if any(count > largest for count in filled.values()):
        raise NoTables
    sizes = dict(zip(numbers, balanced_sizes(len(members), [filled[t] for t in numbers]), strict=True))
    if max(sizes.values()) > largest:
        raise NoTables
    waiting = [person for person in members if person.id not in at]
    if workshop.porteur_needed:
        served = {at[p.id] for p in members if p.id in at and p.volunteer_porteur}
        bringing = [person for person in waiting if person.volunteer_porteur]
        for table in numbers:
            if table not in served and filled[table] < sizes[table] and bringing:
                sit([bringing.pop(0).id], table)
    residents = [p.id for p in waiting if p.is_resident and p.id not in at]
    others = [p.id for p in waiting if not p.is_resident and p.id not in at]
    inside = Counter(at[p] for p in at if here[p].is_resident)
    for person_id in [*residents, *others]:
        room = [table for table in numbers if filled[table] < sizes[table]]
        resident = here[person_id].is_resident
        alone = [t for t in room if inside[t] == 1] if resident else []
        table = min(alone or room, key=lambda t: (filled[t] - sizes[t], t))
        sit([person_id], table)
        inside[table] += resident
    _part(at, apart, here, {person for cluster in clusters for person in cluster} | set(locked))
    return at


def _part(
    at: dict[str, int], apart: Sequence[tuple[str, str]], here: Mapping[str, Person], still: Collection[str]
) -> None:
    """Seat apart who must be: one of each such pair changes places with somebody alike. Raises NoTables."""
    named = {person for pair in apart for person in pair}
    for pair in apart:
        if at[pair[0]] != at[pair[1]]:
            continue
        swaps = (
            (leaving, other)
            for leaving in pair
            if leaving not in still
            for other in at
            if other not in still
            and other not in named
            and here[other].is_resident == here[leaving].is_resident
            and here[other].volunteer_porteur == here[leaving].volunteer_porteur
            and not any(at[other] == at[q if p == leaving else p] for p, q in apart if leaving in (p, q))
        )
        leaving, other = next(swaps, ("", ""))
        if not leaving:
            raise NoTables
        at[leaving], at[other] = at[other], at[leaving]


def settle_tables(
    problem: Problem,
    workshop: Workshop,
    members: Sequence[Person],
    before: Mapping[str, int],
    *,
    seed: int = 0,
    max_moves: int | None = None,
) -> dict[str, int]:
    """Tables for everybody, nearest to `before`: the fewest people of `before` change table.

    Largest size, table locks and pairs are kept. Where not all can be, a porteur at each table gives way first, then
    the smallest size, then « no resident alone »: the order of `wishes` and of the mix.

    Raises
    ------
    NoTables
        The hard rules cannot be kept together, or not within `max_moves`.
    """
    assert workshop.tables is not None
    smallest, largest = workshop.tables
    slot = workshop.slot
    row_of = {person.id: i for i, person in enumerate(members)}
    locked = {p.id: lock.table for p in members if (lock := p.locks.get(slot)) and lock.table is not None}
    needed = table_bounds(workshop, len(members), len(members)).least
    numbers = sorted({before[p.id] for p in members if p.id in before} | set(locked.values()))
    spare = needed + 1 if workshop.table_count is None else max(0, workshop.table_count - len(numbers))
    fresh = (n for n in range(1, len(numbers) + spare + 1) if n not in numbers)
    numbers = sorted([*numbers, *(n for n, _ in zip(fresh, range(spare), strict=False))])
    programme = Programme(seed=seed)
    seat = {(i, t): programme.variable() for i in range(len(members)) for t in numbers}
    slacks: list[list[tuple[int, int]]] = [[], [], []]

    def slack(rule: int, bound: int) -> int:
        variable = programme.variable(0)
        slacks[rule].append((variable, bound))
        return variable

    for i in range(len(members)):
        programme.row({seat[i, t]: 1 for t in numbers}, 1, 1)
    used = {t: programme.variable() for t in numbers}
    if workshop.table_count is not None:
        programme.row({used[t]: 1 for t in numbers}, upper=workshop.table_count)
    for t in numbers:
        everybody = {seat[i, t]: 1 for i in range(len(members))}
        programme.row(everybody | {used[t]: -largest}, upper=0)
        programme.row(everybody | {used[t]: -smallest, slack(1, smallest): 1}, lower=0)
        if workshop.porteur_needed:
            bringing = {seat[i, t]: 1 for i, p in enumerate(members) if p.volunteer_porteur}
            programme.row(bringing | {used[t]: -1, slack(2, 1): 1}, lower=0)
        residents = {seat[i, t]: 1 for i, p in enumerate(members) if p.is_resident}
        if residents:
            some = programme.variable()
            programme.row(residents | {some: -len(residents)}, upper=0)
            programme.row(residents | {some: -2, slack(0, 1): 1}, lower=0)
    for person, table in locked.items():
        programme.row({seat[row_of[person], table]: 1}, 1, 1)
    for a, b in problem.pairs(slot, together=True):
        if a in row_of:
            for t in numbers:
                programme.row({seat[row_of[a], t]: 1, seat[row_of[b], t]: -1}, 0, 0)
    for a, b in problem.pairs(slot, together=False):
        if a in row_of and b in row_of:
            for t in numbers:
                programme.row({seat[row_of[a], t]: 1, seat[row_of[b], t]: 1}, upper=1)
    stay = {seat[row_of[p.id], before[p.id]]: -1 for p in members if p.id in before}
    if max_moves is not None:
        programme.row(stay, upper=max_moves - len(stay))
    if programme.minimise(stay) is None:
        for rule in slacks:
            for variable, bound in rule:
                programme.bound(variable, bound)
        for rule in slacks:
            objective = {variable: 1 for variable, _ in rule}
            best = programme.minimise(objective)
            if best is None:
                raise NoTables
            programme.row(objective, upper=best)
        programme.minimise(stay)
    return {members[i].id: t for (i, t), variable in seat.items() if programme.value(variable)}

"""A tie said after a plan was made: who sits with their funder changes places with one person, and nobody else moves.

`seating.solve` keeps a seat that no hard rule forbids, so that running again moves nobody without a reason. A new tie
is a reason: `part_ties` gives the places to start from.
"""

from collections.abc import Collection, Iterator
from dataclasses import replace
from itertools import combinations

import seating
from maillage.plans.problem import Situation
from maillage.plans.violations import with_figures

MOST_EXCHANGES = 40  # of one run
MOST_WEIGHED = 30  # exchanges whose whole plan is checked, for one: 10 ms each for 130 people
PEERS = "peers"  # seating's word

Seats = dict[tuple[str, str], seating.Seat]
Worth = tuple[int, int, int]  # ties broken, colleagues, unlike neighbours: least is best
Tied = Collection[frozenset[str]]  # names of organisations


def part_ties(situation: Situation, start: seating.Plan) -> seating.Plan:
    """`start` with each broken tie mended by the best exchange inside its workshop, where there is one."""
    seats, problem = dict(start.seats), situation.problem
    ties = {frozenset(tie) for tie in problem.ties}
    for _exchange in range(MOST_EXCHANGES if ties else 0):
        best = _best_exchange(problem, seats, ties)
        if best is None:
            break
        seats = best
    return replace(start, seats=seats)


def _best_exchange(problem: seating.Problem, seats: Seats, ties: Tied) -> Seats | None:
    """One that breaks fewer ties and no rule that a run may not break."""
    found: list[tuple[Worth, str, str, str]] = []
    for slot, person in _with_a_tied_one(problem, seats, ties):
        for other in _could_change(problem, seats, slot, person):
            tried = _exchanged(problem, seats, slot, person, other)
            tables = {seats[each, slot].table for each in (person, other)}
            workshop = seats[person, slot].workshop
            before, after = (_worth(problem, each, ties, slot, workshop, tables) for each in (seats, tried))
            if after[0] < before[0]:
                gained = (after[0] - before[0], after[1] - before[1], after[2] - before[2])
                found.append((gained, slot, person, other))
    broken = _broken_rules(problem, seats) if found else frozenset()
    for _gained, slot, person, other in sorted(found)[:MOST_WEIGHED]:
        tried = _exchanged(problem, seats, slot, person, other)
        if _broken_rules(problem, tried) <= broken:
            return tried
    return None


def _with_a_tied_one(problem: seating.Problem, seats: Seats, ties: Tied) -> Iterator[tuple[str, str]]:
    """Slot and person, at one table of peers with somebody whose organisation is tied to theirs."""
    groups: dict[tuple[str, str, int], list[str]] = {}
    for (person, slot), seat in seats.items():
        known = problem.has_person(person) and problem.has_workshop(seat.workshop)
        if known and seat.table is not None and problem.workshop(seat.workshop).compose == PEERS:
            groups.setdefault((slot, seat.workshop, seat.table), []).append(person)
    for (slot, _workshop, _table), people in sorted(groups.items()):
        pairs = [pair for pair in combinations(sorted(people), 2) if _organisations(problem, *pair) in ties]
        yield from ((slot, person) for person in dict.fromkeys(person for pair in pairs for person in pair))


def _organisations(problem: seating.Problem, one: str, other: str) -> frozenset[str]:
    return frozenset((problem.person(one).organisation, problem.person(other).organisation))


def _worth(
    problem: seating.Problem, seats: Seats, ties: Tied, slot: str, workshop: str, tables: Collection[int | None]
) -> Worth:
    """Of these tables alone."""
    broken = colleagues = unlike = 0
    for table in tables:
        people = [
            problem.person(person)
            for (person, when), seat in seats.items()
            if (when, seat.workshop, seat.table) == (slot, workshop, table) and problem.has_person(person)
        ]
        for one, other in combinations(people, 2):
            broken += frozenset((one.organisation, other.organisation)) in ties
            colleagues += bool(one.organisation) and one.organisation == other.organisation
            unlike += one.category != other.category
    return broken, colleagues, unlike


def _broken_rules(problem: seating.Problem, seats: Seats) -> frozenset[str]:
    found = seating.check(problem, with_figures(problem, seating.Plan(seats)))
    return frozenset(violation.sentence for violation in found if violation.level != "soft")


def _could_change(problem: seating.Problem, seats: Seats, slot: str, person: str) -> list[str]:
    """Who sits at another table of the same workshop and is free to move; nobody when this person is not."""
    here = seats[person, slot]
    if slot in problem.person(person).locks:
        return []
    return [
        other
        for (other, when), seat in seats.items()
        if when == slot
        and seat.workshop == here.workshop
        and seat.table != here.table
        and problem.has_person(other)
        and slot not in problem.person(other).locks
    ]


def _exchanged(problem: seating.Problem, seats: Seats, slot: str, one: str, other: str) -> Seats:
    mine, theirs = seats[one, slot], seats[other, slot]
    tried = dict(seats)
    tried[one, slot] = replace(theirs, porteur=False)
    tried[other, slot] = replace(mine, porteur=False)
    for seat in (mine, theirs):
        give_porteur(problem, tried, slot, (seat.workshop, seat.table))
    return tried


def give_porteur(problem: seating.Problem, seats: Seats, slot: str, group: tuple[str, int | None]) -> None:
    """A table that lacks a porteur takes its first volunteer."""
    members = [who for (who, when), seat in seats.items() if when == slot and (seat.workshop, seat.table) == group]
    if not problem.workshop(group[0]).porteur_needed or any(seats[who, slot].porteur for who in members):
        return
    for who in members:
        if problem.person(who).volunteer_porteur:
            seats[who, slot] = replace(seats[who, slot], porteur=True)
            return

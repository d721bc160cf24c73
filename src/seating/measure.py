"""Figures of a plan, recounted from the plan itself."""

from __future__ import annotations

from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from itertools import combinations

from seating.plan import FREE, UNWISHED, Plan
from seating.problem import Problem


@dataclass(frozen=True)
class GroupReport:
    """A table, or a workshop without tables (`table` None)."""

    slot: str
    workshop: str
    table: int | None
    people: int
    categories: Mapping[str, int]
    organisations: int
    territories: int
    colleague_pairs: int


@dataclass(frozen=True)
class Report:
    """What an organiser wants to know of a plan.

    Attributes
    ----------
    people : int
        Distinct people seated.
    seats : int
    regret : int
        See `Plan.regret`.
    ranks : mapping of slot to mapping of {"1", "2", …, "other", "none"} to people
    wished, first_wish, unwished, free : int
        Seats answering a wish; the first; none, though there were wishes; people without wish.
    workshops : mapping of workshop to people
    groups : tuple of GroupReport
    colleague_pairs : int
        Pairs of one organisation at a same table.
    repeated_encounters : int
        Pairs that share a group twice today, or again after an earlier gathering.
    mix : int
        0–100: among pairs at a same table (or in a workshop without tables) whose workshop is composed « mixed », the
        share that differ in category, organisation and territory, the three together on average.
    """

    people: int
    seats: int
    regret: int
    ranks: Mapping[str, Mapping[str, int]]
    wished: int
    first_wish: int
    unwished: int
    free: int
    workshops: Mapping[str, int]
    groups: tuple[GroupReport, ...]
    colleague_pairs: int
    repeated_encounters: int
    mix: int


def rank_counts(problem: Problem, plan: Plan) -> dict[str, dict[str, int]]:
    """People by slot and rank of what they got: "1", "2", …, then "other" and "none"; zeros are left out."""
    counts: dict[str, dict[str, int]] = {}
    for slot in problem.slots:
        found: Counter[str] = Counter()
        for person in problem.present(slot):
            seat = plan.seat(person.id, slot)
            if seat is not None:
                wishes = person.wishes.get(slot, ())
                if seat.workshop in wishes:
                    found[str(wishes.index(seat.workshop) + 1)] += 1
                else:
                    found[UNWISHED if wishes else FREE] += 1
        counts[slot] = {key: found[key] for key in sorted(found, key=lambda k: (not k.isdigit(), len(k), k))}
    return counts


def measure(problem: Problem, plan: Plan) -> Report:
    """Recount a plan. Seats of people or workshops that the problem does not know are left out."""
    ranks = rank_counts(problem, plan)
    totals: Counter[str] = Counter()
    for counts in ranks.values():
        totals.update(counts)
    seats = sum(totals.values())
    groups: list[GroupReport] = []
    met = {frozenset((encounter.a, encounter.b)) for encounter in problem.encounters}
    repeated = 0
    alike = pairs_in_mixed = 0
    workshops: Counter[str] = Counter({workshop.id: 0 for workshop in problem.workshops})
    for slot in problem.slots:
        known = {
            key: [problem.person(p) for p in people if problem.has_person(p)]
            for key, people in plan.groups(slot).items()
            if problem.has_workshop(key[0])
        }
        for (workshop, table), members in sorted(known.items(), key=lambda item: (item[0][0], item[0][1] or 0)):
            workshops[workshop] += len(members)
            colleagues = 0
            for one, other in combinations(members, 2):
                pair = frozenset((one.id, other.id))
                repeated += pair in met
                met.add(pair)
                together = bool(one.organisation) and one.organisation == other.organisation
                colleagues += together
                if problem.workshop(workshop).compose == "mixed":
                    pairs_in_mixed += 1
                    territory = bool(one.territory) and one.territory == other.territory
                    alike += together + territory + (one.category == other.category)
            groups.append(
                GroupReport(
                    slot=slot,
                    workshop=workshop,
                    table=table,
                    people=len(members),
                    categories=dict(sorted(Counter(person.category for person in members).items())),
                    organisations=len({person.organisation for person in members if person.organisation}),
                    territories=len({person.territory for person in members if person.territory}),
                    colleague_pairs=colleagues,
                )
            )
    return Report(
        people=len({person for person, _ in plan.seats}),
        seats=seats,
        regret=_regret(problem, plan),
        ranks=ranks,
        wished=seats - totals[UNWISHED] - totals[FREE],
        first_wish=totals["1"],
        unwished=totals[UNWISHED],
        free=totals[FREE],
        workshops=dict(workshops),
        groups=tuple(groups),
        colleague_pairs=sum(group.colleague_pairs for group in groups if group.table is not None),
        repeated_encounters=repeated,
        mix=100 - round(100 * alike / (3 * pairs_in_mixed)) if pairs_in_mixed else 100,
    )


def _regret(problem: Problem, plan: Plan) -> int:
    total = 0
    for slot in problem.slots:
        offered = len(problem.workshops_of(slot))
        for person in problem.present(slot):
            seat, wishes = plan.seat(person.id, slot), person.wishes.get(slot, ())
            if seat is not None and wishes:
                unwished = len(wishes) + offered - 1
                total += 2 * wishes.index(seat.workshop) if seat.workshop in wishes else unwished
    return total

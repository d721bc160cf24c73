"""What is wrong with seats, for the organiser: by the checker's words."""

from dataclasses import replace

import seating
from maillage.plans.problem import Situation


def _seated(plan: seating.Plan, workshop: str) -> int:
    return sum(seat.workshop == workshop for seat in plan.seats.values())


def is_eased(violation: seating.Violation, before: seating.Plan, after: seating.Plan) -> bool:
    """Still too many people in a workshop, but fewer than before: leaving it must not be refused."""
    many = violation.kind == "over_maximum"
    return many and _seated(after, violation.workshop) < _seated(before, violation.workshop)


def is_assumed(situation: Situation, violation: seating.Violation, after: seating.Plan) -> bool:
    """Too many people for a size that is only supposed, and not for one that is known."""
    if violation.kind != "over_maximum":
        return False
    workshop = situation.workshops[violation.workshop]
    known = [] if workshop.sizes_assumed else [workshop.max_people]
    if workshop.room is not None and not workshop.room.capacity_assumed:
        known.append(workshop.room.capacity)
    return all(bound is None or _seated(after, violation.workshop) <= bound for bound in known)


def violations_of(situation: Situation, plan: seating.Plan) -> dict[str, seating.Violation]:
    """By their words; « wrong figures » is not one here: the figures are recounted after the move.

    Who met whom at an earlier gathering is for the solver alone: no sentence names them.
    """
    problem = replace(situation.problem, encounters=())
    found = seating.check(problem, with_figures(problem, plan))
    return {violation.sentence: violation for violation in found}


def with_figures(problem: seating.Problem, plan: seating.Plan) -> seating.Plan:
    report = seating.measure(problem, plan)
    return replace(plan, regret=report.regret, ranks=report.ranks)

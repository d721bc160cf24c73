"""Who sits where and with whom: pure, on frozen dataclasses. numpy and highspy, nothing else."""

from seating.check import Violation, check
from seating.diagnose import diagnose
from seating.engine import Effort, Progress, solve
from seating.explain import explain
from seating.lacks import Infeasible, Missing, WayOut
from seating.measure import GroupReport, Report, measure
from seating.plan import InvalidPlan, Plan, Seat
from seating.problem import (
    CATEGORY_NAMES,
    MAX_PEOPLE,
    RESIDENT,
    Encounter,
    InvalidProblem,
    Lock,
    Pair,
    Person,
    Problem,
    SeatingError,
    Weights,
    Workshop,
)
from seating.repair import Changes, reoptimise
from seating.score import NotSeated, Score, TableScore, score
from seating.wishes import TooFewMoves

__all__ = [
    "CATEGORY_NAMES",
    "MAX_PEOPLE",
    "RESIDENT",
    "Changes",
    "Effort",
    "Encounter",
    "GroupReport",
    "Infeasible",
    "InvalidPlan",
    "InvalidProblem",
    "Lock",
    "Missing",
    "NotSeated",
    "Pair",
    "Person",
    "Plan",
    "Problem",
    "Progress",
    "Report",
    "Score",
    "Seat",
    "SeatingError",
    "TableScore",
    "TooFewMoves",
    "Violation",
    "WayOut",
    "Weights",
    "Workshop",
    "check",
    "diagnose",
    "explain",
    "measure",
    "reoptimise",
    "score",
    "solve",
]

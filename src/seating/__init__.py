"""Who sits where and with whom: pure, on frozen dataclasses. numpy and highspy, nothing else.

What computes is read when it is first asked for: numpy and highspy are 25 MB that a server without a plan to make does
not hold.
"""

from importlib import import_module
from typing import TYPE_CHECKING, Any

from seating.check import Violation, check
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
from seating.words import Sentence, later, later_of, say_again, speak, speak_of, together

if TYPE_CHECKING:
    from seating.diagnosis import diagnose
    from seating.engine import Effort, Progress, solve
    from seating.repair import Changes, reoptimise
    from seating.scoring import NotSeated, Score, TableScore, score
    from seating.wishes import TooFewMoves

_COMPUTES = {
    "Changes": "seating.repair",
    "Effort": "seating.engine",
    "NotSeated": "seating.scoring",
    "Progress": "seating.engine",
    "Score": "seating.scoring",
    "TableScore": "seating.scoring",
    "TooFewMoves": "seating.wishes",
    "diagnose": "seating.diagnosis",
    "reoptimise": "seating.repair",
    "score": "seating.scoring",
    "solve": "seating.engine",
}

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
    "Sentence",
    "TableScore",
    "TooFewMoves",
    "Violation",
    "WayOut",
    "Weights",
    "Workshop",
    "check",
    "diagnose",
    "explain",
    "later",
    "later_of",
    "measure",
    "reoptimise",
    "say_again",
    "score",
    "solve",
    "speak",
    "speak_of",
    "together",
]


def __getattr__(name: str) -> Any:
    if name not in _COMPUTES:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    found = getattr(import_module(_COMPUTES[name]), name)
    globals()[name] = found
    return found

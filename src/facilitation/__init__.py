"""How a method of facilitation unfolds: pure, without clock, database or network. See docs/methods.md."""

from facilitation.definition import Method, MethodError, Problem
from facilitation.forms import forms
from facilitation.inputs import inputs
from facilitation.leaving import leaving
from facilitation.loading import load_method, shipped_methods
from facilitation.machine import MOVE_KINDS, UnplayableMethod, apply, replay, start
from facilitation.paper import paper_steps
from facilitation.refusals import REFUSALS, Refusal
from facilitation.results import results
from facilitation.state import Card, Move, Released, Seat, State, TableSpec
from facilitation.story import kept_cards, story
from facilitation.touched import Touched, touched
from facilitation.view import Audience, Moment, audience, view, view_audience, view_own

__all__ = [
    "MOVE_KINDS",
    "REFUSALS",
    "Audience",
    "Card",
    "Method",
    "MethodError",
    "Moment",
    "Move",
    "Problem",
    "Refusal",
    "Released",
    "Seat",
    "State",
    "TableSpec",
    "Touched",
    "UnplayableMethod",
    "apply",
    "audience",
    "forms",
    "inputs",
    "kept_cards",
    "leaving",
    "load_method",
    "paper_steps",
    "replay",
    "results",
    "shipped_methods",
    "start",
    "story",
    "touched",
    "view",
    "view_audience",
    "view_own",
]

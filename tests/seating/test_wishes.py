"""The wishes of a slot against brute force, their order, and their proof."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seating import Lock, Person, Problem, Workshop
from seating.wishes import NoAssignment, assign
from tests.seating.brute import least, outcomes
from tests.seating.problems import one_slot

EXAMPLES = int(os.environ.get("SEATING_EXAMPLES", "100"))  # 1,000 in the long suite


@given(one_slot(), st.integers(0, 9))
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
def test_rules_wishes_and_worst_off_equal_brute_force(problem: Problem, seed: int) -> None:
    best = least(outcomes(problem))
    if best is None:
        with pytest.raises(NoAssignment):
            assign(problem, "s", seed=seed)
        return
    found = assign(problem, "s", seed=seed)
    column = {workshop.id: w for w, workshop in enumerate(problem.workshops)}
    way = np.asarray([[column[found.workshop[person.id]] for person in problem.people]])
    assert least(outcomes(problem, way)) == best
    assert found.proven


def test_the_worst_off_come_first_where_the_organiser_says_so() -> None:
    """Random problems seldom tell the two orders apart: one that does."""
    lists = {"p0": ("a", "b", "d", "c"), "p1": ("b", "c", "d", "a"), "p2": ("d", "a", "c", "b")}
    people = [Person(id=key, category="partner", wishes={"s": ranked}) for key, ranked in lists.items()]
    people.append(Person(id="speaker", category="partner", locks={"s": Lock("d")}))
    rooms = tuple(Workshop(id=room, slot="s", maximum=1) for room in "abcd")
    problem = Problem(slots=("s",), people=tuple(people), workshops=rooms)
    found = assign(problem, "s")
    assert (found.regret, dict(found.levels)) == (4, {6: 0, 4: 1, 2: 0})
    found = assign(replace(problem, first="worst"), "s")
    assert (found.regret, dict(found.levels)) == (6, {6: 0, 4: 0, 2: 3})

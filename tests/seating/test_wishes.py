"""The wishes of a slot against brute force, their order, and their proof."""

from __future__ import annotations

import os
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seating import Infeasible, Lock, Pair, Person, Problem, Workshop, solve
from seating.wishes import NoAssignment, assign
from tests.seating.brute import least, outcomes
from tests.seating.problems import one_slot

EXAMPLES = 1_000 if os.environ.get("MAILLAGE_LONG") else 40


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


def test_two_residents_who_wish_apart_go_together() -> None:
    rooms = tuple(Workshop(id=key, slot="s", maximum=4) for key in "ab")
    wished = {"ana": "a", "bea": "b"}
    residents = tuple(Person(id=key, category="resident", wishes={"s": (room,)}) for key, room in wished.items())
    others = tuple(Person(id=f"p{i}", category="partner", wishes={"s": ("ab"[i % 2],)}) for i in range(4))
    found = assign(Problem(slots=("s",), people=(*residents, *others), workshops=rooms), "s")
    assert found.workshop["ana"] == found.workshop["bea"]
    assert found.regret == 2


def test_three_people_apart_go_to_another_workshop_when_two_tables_cannot_part_them() -> None:
    """The wishes alone do not see it: they would put the three in a room of two tables."""
    people = tuple(Person(id=f"p{i}", category="partner", wishes={"s": ("tables",)}) for i in range(3))
    rooms = (
        Workshop(id="tables", slot="s", maximum=6, tables=(1, 3), table_count=2),
        Workshop(id="other", slot="s", maximum=6),
    )
    apart = (Pair("p0", "p1"), Pair("p1", "p2"), Pair("p0", "p2"))
    problem = Problem(slots=("s",), people=people, workshops=rooms, apart=apart)
    plan = solve(problem)
    assert sorted(seat.workshop for seat in plan.seats.values()) == ["other", "tables", "tables"]
    assert not plan.proven
    with pytest.raises(Infeasible) as refusal:
        solve(replace(problem, workshops=rooms[:1]))
    (lack,) = [lack for lack in refusal.value.missing if lack.blocking]
    assert [way.kind for way in lack.ways_out] == ["drop_pair", "drop_pair", "drop_pair"]

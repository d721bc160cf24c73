"""Rules that may give way, where the tables demand more than the wishes see: nothing gives way that need not."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings

from seating import Pair, Person, Problem, Workshop, check, score, solve
from seating.calm import Group
from tests.seating.brute import all_ways
from tests.seating.problems import one_slot
from tests.seating.test_calm import EXAMPLES, TABLES, counted, few_enough, least


def relaxed(problem: Problem, **how: float) -> list[str]:
    plan = solve(problem, **how)  # type: ignore[arg-type]
    assert solve(problem, seed=1, start=plan).seats == plan.seats
    return sorted(violation.kind for violation in check(problem, plan) if violation.level != "soft")


@given(one_slot())
@settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
def test_no_rule_gives_way_that_brute_force_keeps(problem: Problem) -> None:
    """Over the groups themselves, tables included; and `proven` is said only of what was."""
    groups: list[Group] = [
        (workshop.id, table)
        for workshop in problem.workshops
        for table in ([None] if workshop.tables is None else TABLES)
    ]
    problem = few_enough(problem, len(groups))
    ways = counted(problem, {}, groups, all_ways(len(problem.people), len(groups)))
    if not len(ways):
        return  # three tables a workshop may be too few where the programme has more
    plan = solve(problem)
    mine = [(seat.workshop, seat.table) for seat in (plan.seats[person.id, "s"] for person in problem.people)]
    offered = [*groups, *sorted({group for group in mine if group not in groups}, key=str)]
    said = least(counted(problem, {}, offered, np.asarray([[offered.index(group) for group in mine]])))
    assert said <= least(ways)


def test_three_residents_do_not_go_where_tables_hold_two() -> None:
    """Counted by workshop nobody is alone; at the tables one would be."""
    people = [Person(id=f"r{i}", category="resident", wishes={"s": ("pairs",)}) for i in range(3)]
    people += [Person(id="p", category="partner", wishes={"s": ("pairs",)})]
    rooms = (Workshop(id="pairs", slot="s", maximum=4, tables=(2, 2)), Workshop(id="plain", slot="s", maximum=4))
    problem = Problem(slots=("s",), people=tuple(people), workshops=rooms)
    plan = solve(problem)
    assert relaxed(problem) == []
    assert not plan.proven  # by workshop, more wishes could be granted


def test_a_run_stopped_at_once_leaves_no_resident_alone_either() -> None:
    """Porteurs and sizes seat a first resident alone, and the mix that would mend it does not run."""
    wishes = {"p1": ("b", "a"), "p2": ("b", "a"), "p3": ("b",), "p4": ("b", "a")}
    people = tuple(
        Person(
            id=f"p{i}",
            category="resident" if i > 3 else "partner",
            wishes={"s": wishes.get(f"p{i}", ())},
            volunteer_porteur=i in (3, 4),
        )
        for i in range(7)
    )
    rooms = (
        Workshop(id="a", slot="s", maximum=7, tables=(3, 3), table_count=2),
        Workshop(id="b", slot="s", maximum=3, tables=(1, 1), compose="peers"),
    )
    problem = Problem(slots=("s",), people=people, workshops=rooms, first="worst")
    assert relaxed(problem) == []
    assert relaxed(problem, time_limit=0) == []


def test_two_who_must_be_apart_have_two_tables_even_in_a_room_of_one() -> None:
    people = tuple(Person(id=key, category="partner") for key in "ab")
    rooms = (Workshop(id="w", slot="s", maximum=2, tables=(2, 2)),)
    problem = Problem(slots=("s",), people=people, workshops=rooms, apart=(Pair("a", "b"),))
    assert relaxed(problem) == ["table_small", "table_small"]


@pytest.mark.parametrize("absent", [False, True])
def test_a_day_without_anybody_has_a_score(absent: bool) -> None:
    people = (Person(id="a", category="partner", absent_slots=frozenset({"s"})),) if absent else ()
    problem = Problem(slots=("s",), people=people, workshops=(Workshop(id="w", slot="s", maximum=3),))
    assert score(problem, solve(problem)).points == 100

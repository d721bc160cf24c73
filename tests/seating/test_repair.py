"""Absences and walk-ins: the fewest moves, each said."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seating import Changes, Infeasible, InvalidProblem, Person, Plan, Problem, Seat, Workshop, check, reoptimise, solve
from seating.wishes import TooFewMoves
from tests.seating.days import regional_day

DAY = regional_day()
PLAN = solve(DAY, effort="quick")


def moved(before: Plan, after: Plan) -> set[tuple[str, str]]:
    return {
        key
        for key, seat in after.seats.items()
        if key in before.seats and (seat.workshop, seat.table) != (before.seats[key].workshop, before.seats[key].table)
    }


def test_nothing_changed_nobody_moves() -> None:
    plan = PLAN
    for seed in range(3):
        plan = reoptimise(DAY, plan, Changes(), seed=seed)
    assert plan.seats == PLAN.seats
    assert plan.notes == ()


def test_a_walk_in_sits_where_wished_and_nobody_moves() -> None:
    small = Problem(
        slots=("s",),
        people=tuple(Person(id=f"p{i}", category="partner", wishes={"s": ("ab"[i % 2],)}) for i in range(6)),
        workshops=(Workshop(id="a", slot="s", maximum=4), Workshop(id="b", slot="s", maximum=4, tables=(2, 4))),
    )
    plan = solve(small)
    changes = Changes(walk_ins=(Person(id="new", category="association", wishes={"s": ("b",)}),))
    after = reoptimise(small, plan, changes)
    assert after.seats["new", "s"].workshop == "b"
    assert moved(plan, after) == set()
    assert check(changes.applied_to(small), after) == []


def test_a_walk_in_s_wish_never_moves_somebody_seated() -> None:
    rooms = (Workshop(id="a", slot="s", maximum=1), Workshop(id="b", slot="s", maximum=4))
    small = Problem(slots=("s",), people=(Person(id="first", category="partner"),), workshops=rooms)
    plan = Plan({("first", "s"): Seat("a")}, ranks={"s": {"none": 1}})
    newcomer = Person(id="new", category="partner", wishes={"s": ("a", "b")})
    after = reoptimise(small, plan, Changes(walk_ins=(newcomer,)))
    assert after.seats == {("first", "s"): Seat("a"), ("new", "s"): Seat("b")}


def test_an_absence_that_breaks_a_minimum_moves_exactly_the_people_it_takes() -> None:
    small = Problem(
        slots=("s",),
        people=tuple(Person(id=f"p{i}", category="partner", wishes={"s": ("a" if i < 3 else "b",)}) for i in range(8)),
        workshops=(Workshop(id="a", slot="s", maximum=4, minimum=3), Workshop(id="b", slot="s", maximum=6)),
    )
    plan = solve(small)
    changes = Changes(absent={"p0": frozenset({"s"})})
    after = reoptimise(small, plan, changes)
    assert len(moved(plan, after)) == 1
    assert len(after.notes) == 1
    assert "change de place" in after.notes[0]
    assert ("p0", "s") not in after.seats
    forbidden = reoptimise(small, plan, changes, max_moves=0)  # a minimum gives way, a person does not move
    assert moved(plan, forbidden) == set()
    assert forbidden.notes == ("« a » : 2 personnes, il en faut au moins 3.",)


def test_a_hard_rule_beyond_max_moves_is_refused_with_the_number() -> None:
    small = Problem(
        slots=("s",),
        people=tuple(Person(id=f"p{i}", category="partner") for i in range(3)),
        workshops=(
            Workshop(id="a", slot="s", maximum=3, facilities=frozenset({"rampe"})),
            Workshop(id="b", slot="s", maximum=3),
        ),
    )
    plan = Plan({(f"p{i}", "s"): Seat("a") for i in range(3)})
    changes = Changes(walk_ins=(Person(id="new", category="partner", needs=frozenset({"rampe"})),))
    with pytest.raises(TooFewMoves) as refusal:
        reoptimise(small, plan, changes, max_moves=0)
    assert refusal.value.needed == 1
    assert refusal.value.sentence == "Il faut au moins 1 déplacement ; vous en autorisez 0."
    after = reoptimise(small, plan, changes, max_moves=1)
    assert len(moved(plan, after)) == 1


def test_more_walk_ins_than_places_is_infeasible_and_says_how_many() -> None:
    newcomers = tuple(Person(id=f"new{i}", category="partner") for i in range(60))
    with pytest.raises(Infeasible) as refusal:
        reoptimise(DAY, PLAN, Changes(walk_ins=newcomers))
    assert "il manque" in refusal.value.sentence


def test_an_unknown_absentee_is_named() -> None:
    with pytest.raises(InvalidProblem) as refusal:
        reoptimise(DAY, PLAN, Changes(absent={"fantôme": frozenset({"matin"})}))
    assert refusal.value.sentence == "La personne « fantôme » n’est pas inscrite."


def test_a_porteur_who_stays_keeps_bringing_their_subject() -> None:
    porteurs = {key for key, seat in PLAN.seats.items() if seat.porteur}
    gone = sorted(porteurs)[0][0]
    after = reoptimise(DAY, PLAN, Changes(absent={gone: frozenset(DAY.slots)}))
    assert {key for key in porteurs if key[0] != gone} <= {key for key, seat in after.seats.items() if seat.porteur}


@given(st.integers(0, 10_000), st.integers(0, 40), st.integers(0, 10))
@settings(max_examples=15, deadline=None, derandomize=True)
def test_a_turbulent_morning_keeps_every_hard_rule_and_says_every_move(seed: int, gone: int, come: int) -> None:
    dice = random.Random(seed)
    absent = {person.id: frozenset(DAY.slots) for person in dice.sample(DAY.people, gone)}
    walk_ins = tuple(
        Person(id=f"new{i}", category=dice.choice(["resident", "partner"]), wishes={"midi": ("codev",)})
        for i in range(come)
    )
    changes = Changes(absent=absent, walk_ins=walk_ins)
    after = reoptimise(DAY, PLAN, changes, seed=seed)
    wrong = [violation for violation in check(changes.applied_to(DAY), after) if violation.level != "soft"]
    assert [violation for violation in wrong if violation.level == "hard"] == []
    assert {violation.sentence for violation in wrong} <= set(after.notes)
    assert sum("change de place" in note for note in after.notes) == len(moved(PLAN, after))

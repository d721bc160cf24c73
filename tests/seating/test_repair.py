"""Absences and walk-ins: the fewest moves, each said."""

from __future__ import annotations

import random
import time
from dataclasses import replace

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seating import (
    Changes,
    Infeasible,
    InvalidProblem,
    Lock,
    Person,
    Plan,
    Problem,
    Seat,
    Workshop,
    check,
    reoptimise,
    solve,
)
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
    (note,) = after.notes
    assert note.endswith(" change de place : de « b » à « a ». Sans cela : « a » : 2 personnes, il en faut au moins 3.")
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


def test_a_workshop_taken_off_the_programme_moves_its_people_and_nobody_else() -> None:
    rooms = tuple(Workshop(id=key, slot="s", maximum=6) for key in "abc")
    people = tuple(Person(id=f"p{i}", category="partner", wishes={"s": ("abc"[i % 3],)}) for i in range(9))
    plan = solve(Problem(slots=("s",), people=people, workshops=rooms))
    left = tuple(replace(person, wishes={"s": tuple(w for w in person.wishes["s"] if w != "c")}) for person in people)
    smaller = Problem(slots=("s",), people=left, workshops=rooms[:2])
    after = reoptimise(smaller, plan, Changes())
    assert {person for person, _ in moved(plan, after)} == {"p2", "p5", "p8"}
    assert [violation.kind for violation in check(smaller, after)] == []
    assert solve(smaller, start=plan).seats.keys() == after.seats.keys()


def test_locked_and_run_again_ten_times_nobody_moves() -> None:
    seats = [key for key, seat in PLAN.seats.items() if key[1] == "midi" and seat.table is not None][::4]
    locks = {person: Lock(PLAN.seats[person, slot].workshop, PLAN.seats[person, slot].table) for person, slot in seats}
    people = tuple(
        replace(person, locks={**person.locks, "midi": locks[person.id]}) if person.id in locks else person
        for person in DAY.people
    )
    locked, plan = replace(DAY, people=people), PLAN
    for seed in range(10):
        plan = solve(locked, start=plan, seed=seed, effort="quick")
        assert plan.seats == PLAN.seats


def test_a_third_absent_and_ten_walk_ins_is_mended_quickly_and_moves_only_whom_it_says() -> None:
    day = regional_day(300, 4)
    plan = solve(day, effort="quick")
    dice = random.Random(4)
    absent = {person.id: frozenset(day.slots) for person in dice.sample(day.people, 90)}
    walk_ins = tuple(Person(id=f"new{i}", category="partner", wishes={"midi": ("coop",)}) for i in range(10))
    began = time.process_time()
    after = reoptimise(day, plan, Changes(absent=absent, walk_ins=walk_ins))
    assert time.process_time() - began < 3  # about 0.3 s alone; other work shares the machine
    assert sum("change de place" in note for note in after.notes) == len(moved(plan, after))
    assert all("Sans cela : " in note for note in after.notes if "change de place" in note)

"""The checker catches every planted fault, and nothing on a sound plan."""

from __future__ import annotations

import ast
import inspect
import sys
from collections.abc import Callable
from dataclasses import replace

import pytest

from seating import Encounter, Lock, Pair, Person, Plan, Problem, Seat, Workshop, check

RAMP = frozenset({"rampe"})
PROBLEM = Problem(
    slots=("matin", "midi"),
    people=(
        Person(id="ana", name="Ana", category="resident", wishes={"matin": ("tfpb", "village")}),
        Person(id="bea", name="Béa", category="resident"),
        Person(id="col", name="Colin", category="partner", organisation="CAF", volunteer_porteur=True),
        Person(id="dao", name="Dao", category="association", organisation="Régie", needs=RAMP),
        Person(id="eli", name="Élie", category="partner", organisation="CAF", locks={"midi": Lock("codev", 2)}),
        Person(id="fay", name="Fay", category="association", organisation="Foyer", volunteer_porteur=True),
        Person(id="guy", name="Guy", category="partner", absent_slots=frozenset({"matin"})),
        Person(id="hal", name="Hal", category="partner", organisation="DDETS", locks={"matin": Lock("village")}),
    ),
    workshops=(
        Workshop(id="tfpb", slot="matin", maximum=4, minimum=3, facilities=RAMP),
        Workshop(id="village", slot="matin", maximum=4, minimum=3),
        Workshop(
            id="codev",
            slot="midi",
            maximum=8,
            tables=(3, 4),
            table_count=2,
            porteur_needed=True,
            compose="peers",
            facilities=RAMP,
        ),
    ),
    together=(Pair("ana", "bea"),),
    apart=(Pair("fay", "hal", "matin"),),
    encounters=(Encounter("dao", "guy"),),
    ties=(("DDETS", "Foyer"),),
)
SOUND = Plan(
    seats={
        ("ana", "matin"): Seat("tfpb"),
        ("bea", "matin"): Seat("tfpb"),
        ("dao", "matin"): Seat("tfpb"),
        ("fay", "matin"): Seat("tfpb"),
        ("col", "matin"): Seat("village"),
        ("eli", "matin"): Seat("village"),
        ("hal", "matin"): Seat("village"),
        ("ana", "midi"): Seat("codev", 1),
        ("bea", "midi"): Seat("codev", 1),
        ("col", "midi"): Seat("codev", 1, True),
        ("dao", "midi"): Seat("codev", 1),
        ("eli", "midi"): Seat("codev", 2),
        ("fay", "midi"): Seat("codev", 2, True),
        ("guy", "midi"): Seat("codev", 2),
    },
    ranks={"matin": {"1": 1, "none": 6}, "midi": {"none": 8}},
)
SOUND = replace(SOUND, seats={**SOUND.seats, ("hal", "midi"): Seat("codev", 2)})


def moved(person: str, slot: str, seat: Seat | None) -> Plan:
    seats = dict(SOUND.seats)
    if seat is None:
        del seats[person, slot]
    else:
        seats[person, slot] = seat
    return replace(SOUND, seats=seats)


def hall(**changes: object) -> Problem:
    codev = replace(PROBLEM.workshops[2], **changes)  # type: ignore[arg-type]
    return replace(PROBLEM, workshops=(*PROBLEM.workshops[:2], codev))


def room(workshop: int, **changes: object) -> Problem:
    rooms = list(PROBLEM.workshops)
    rooms[workshop] = replace(rooms[workshop], **changes)  # type: ignore[arg-type]
    return replace(PROBLEM, workshops=tuple(rooms))


def kinds(problem: Problem, plan: Plan) -> dict[str, str]:
    return {violation.kind: violation.level for violation in check(problem, plan)}


def test_a_sound_plan_has_only_what_the_mix_could_not_avoid() -> None:
    assert kinds(PROBLEM, SOUND) == {"hierarchy": "soft"}  # Hal supervises where Fay works, at one table of peers
    assert kinds(replace(PROBLEM, ties=()), SOUND) == {}
    assert kinds(hall(compose="mixed"), SOUND) == {}


FAULTS: dict[str, tuple[str, Callable[[], tuple[Problem, Plan]]]] = {
    "unknown_person": ("hard", lambda: (PROBLEM, moved("zoe", "matin", Seat("village")))),
    "unknown_slot": ("hard", lambda: (PROBLEM, moved("ana", "soir", Seat("village")))),
    "absent_seated": ("hard", lambda: (PROBLEM, moved("guy", "matin", Seat("village")))),
    "no_seat": ("hard", lambda: (PROBLEM, moved("hal", "midi", None))),
    "wrong_workshop": ("hard", lambda: (PROBLEM, moved("hal", "midi", Seat("village")))),
    "over_maximum": ("hard", lambda: (room(0, maximum=3), SOUND)),
    "below_minimum": ("relaxable", lambda: (room(1, minimum=4), SOUND)),
    "lock_workshop": ("hard", lambda: (PROBLEM, moved("hal", "matin", Seat("tfpb")))),
    "lock_table": ("hard", lambda: (PROBLEM, moved("eli", "midi", Seat("codev", 1)))),
    "need": ("hard", lambda: (PROBLEM, moved("dao", "matin", Seat("village")))),
    "together_split": ("hard", lambda: (PROBLEM, moved("bea", "midi", Seat("codev", 2)))),
    "apart_joined": ("hard", lambda: (PROBLEM, moved("fay", "matin", Seat("village")))),
    "table_over": ("hard", lambda: (hall(tables=(3, 3)), SOUND)),
    "table_small": ("relaxable", lambda: (hall(tables=(5, 6)), SOUND)),
    "table_missing": ("hard", lambda: (PROBLEM, moved("guy", "midi", Seat("codev")))),
    "table_unexpected": ("hard", lambda: (PROBLEM, moved("col", "matin", Seat("village", 1)))),
    "too_many_tables": ("hard", lambda: (PROBLEM, moved("guy", "midi", Seat("codev", 3)))),
    "table_beyond": (
        "hard",
        lambda: (
            PROBLEM,
            replace(
                SOUND,
                seats={key: replace(seat, table=7) if seat.table == 1 else seat for key, seat in SOUND.seats.items()},
            ),
        ),
    ),
    "porteur_missing": ("relaxable", lambda: (PROBLEM, moved("fay", "midi", Seat("codev", 2)))),
    "porteur_double": ("hard", lambda: (PROBLEM, moved("fay", "midi", Seat("codev", 1, True)))),
    "porteur_unwilling": ("hard", lambda: (PROBLEM, moved("guy", "midi", Seat("codev", 2, True)))),
    "porteur_unneeded": ("hard", lambda: (PROBLEM, moved("col", "matin", Seat("village", porteur=True)))),
    "resident_alone": ("relaxable", lambda: (PROBLEM, moved("bea", "matin", Seat("village")))),
    "resident_alone_table": ("relaxable", lambda: (PROBLEM, moved("bea", "midi", Seat("codev", 2)))),
    "wrong_regret": ("hard", lambda: (PROBLEM, replace(SOUND, regret=2))),
    "wrong_ranks": ("hard", lambda: (PROBLEM, replace(SOUND, ranks={**SOUND.ranks, "midi": {"1": 8}}))),
    "colleagues": ("soft", lambda: (PROBLEM, moved("col", "midi", Seat("codev", 2)))),
    "met_again": ("soft", lambda: (PROBLEM, moved("guy", "midi", Seat("codev", 1)))),
}


@pytest.mark.parametrize("kind", FAULTS)
def test_a_planted_fault_is_caught_and_said(kind: str) -> None:
    level, plant = FAULTS[kind]
    problem, plan = plant()
    found = [violation for violation in check(problem, plan) if violation.kind == kind]
    assert found, f"{kind} was not seen"
    assert {violation.level for violation in found} == {level}
    assert all(violation.sentence.endswith(".") and len(violation.sentence) > 20 for violation in found)
    assert kind not in kinds(PROBLEM, SOUND)


def test_regret_is_recounted_wish_by_wish() -> None:
    """Ana: her second choice, 2; then a workshop she did not ask for, with one wish of two workshops: 2 too."""
    for wishes, regret in ((("village", "tfpb"), 2), (("village",), 2), (("tfpb",), 0)):
        people = (replace(PROBLEM.people[0], wishes={"matin": wishes}), *PROBLEM.people[1:])
        problem = replace(PROBLEM, people=people)
        for announced in range(5):
            said = "wrong_regret" in kinds(problem, replace(SOUND, regret=announced))
            assert said == (announced != regret)


def test_a_table_of_exactly_its_least_or_most_is_no_fault() -> None:
    assert "table_small" not in kinds(hall(tables=(4, 5)), SOUND)
    assert "table_over" not in kinds(hall(tables=(3, 4)), SOUND)


def test_the_sentence_names_the_people_and_the_place() -> None:
    (fault,) = [v for v in check(PROBLEM, moved("dao", "matin", Seat("village"))) if v.kind == "need"]
    assert fault.sentence == "La salle de « village » ne répond pas au besoin de Dao : rampe."
    assert (fault.slot, fault.workshop, fault.people) == ("matin", "village", ("dao",))


def test_the_checker_imports_nothing_of_the_solver() -> None:
    solver = {"engine", "wishes", "mix", "tables", "repair", "milp", "diagnose"}
    for name in ("seating.check", "seating.measure", "seating.plan", "seating.problem"):
        tree = ast.parse(inspect.getsource(sys.modules[name]))  # the name seating.check is the function
        imported = {node.module or "" for node in ast.walk(tree) if isinstance(node, ast.ImportFrom)}
        assert not {module.removeprefix("seating.") for module in imported} & solver

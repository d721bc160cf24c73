"""A refusal always has a way out that can be taken: taken one after the other, they lead to a plan."""

from __future__ import annotations

from dataclasses import replace

from hypothesis import given, settings

from seating import Infeasible, Lock, Pair, Person, Problem, WayOut, Workshop, check, diagnose, solve
from tests.examples import several
from tests.seating.problems import one_slot

RAMP = frozenset({"rampe"})


@given(one_slot())
@settings(max_examples=several(120), deadline=None, derandomize=True)
def test_the_first_ways_out_lead_to_a_plan(problem: Problem) -> None:
    for _tap in range(40):
        try:
            plan = solve(problem, effort="quick")
        except Infeasible as refusal:
            blocking = [lack for lack in refusal.missing if lack.blocking]
            assert blocking, "a refusal without a reason"
            changed = [way.applied_to(problem) for lack in blocking for way in lack.ways_out]
            problem = next(after for after in changed if after is not None and after != problem)
        else:
            assert not [violation for violation in check(problem, plan) if violation.level == "hard"]
            return
    raise AssertionError("forty taps and still no plan")


def test_the_smallest_lack_is_a_chair_and_another_room_may_be_equipped() -> None:
    people = tuple(Person(id=f"p{i}", name=f"P{i}", category="partner", needs=RAMP) for i in range(3))
    rooms = (
        Workshop(id="a", slot="s", name="A", maximum=2, facilities=RAMP),
        Workshop(id="b", slot="s", name="B", maximum=9),
    )
    problem = Problem(slots=("s",), people=people, workshops=rooms)
    (lack,) = [lack for lack in diagnose(problem) if lack.blocking]
    assert [way.sentence for way in lack.ways_out] == [
        "Passer « A » de 2 à 3 places.",
        "Équiper la salle de « B » : rampe.",
    ]
    for way in lack.ways_out:
        after = way.applied_to(problem)
        assert after is not None
        assert diagnose(after) == []


def test_a_pair_dropped_in_one_slot_still_holds_in_the_other() -> None:
    rooms = tuple(Workshop(id=slot, slot=slot, maximum=4) for slot in ("matin", "midi"))
    people = tuple(Person(id=key, category="partner") for key in ("ana", "bea"))
    problem = Problem(slots=("matin", "midi"), people=people, workshops=rooms, apart=(Pair("ana", "bea"),))
    after = WayOut("drop_pair", "", slot="matin", people=("ana", "bea")).applied_to(problem)
    assert after is not None
    assert after.apart == (Pair("ana", "bea", "midi"),)


def test_a_way_out_that_needs_somebody_changes_nothing_by_itself() -> None:
    problem = Problem(slots=("s",), people=(), workshops=(Workshop(id="a", slot="s", maximum=2, porteur_needed=True),))
    assert WayOut("find_porteur", "", "a", "s", amount=1).applied_to(problem) is None
    assert WayOut("find_resident", "", slot="s", amount=1).applied_to(problem) is None


def test_a_lock_freed_leaves_the_others() -> None:
    person = Person(id="ana", category="partner", locks={"s": Lock("a")})
    other = replace(person, id="bea")
    problem = Problem(slots=("s",), people=(person, other), workshops=(Workshop(id="a", slot="s", maximum=2),))
    after = WayOut("unlock", "", "a", "s", ("ana",)).applied_to(problem)
    assert after is not None
    assert [dict(p.locks) for p in after.people] == [{}, {"s": Lock("a")}]

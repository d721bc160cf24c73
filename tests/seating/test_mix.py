"""The mix: slow twins, price recounted apart, bound against brute force, rounds and diverse groups."""

from __future__ import annotations

import os
import random
from collections import Counter
from dataclasses import replace
from itertools import combinations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seating import (
    Encounter,
    Infeasible,
    Lock,
    Pair,
    Person,
    Plan,
    Problem,
    Seat,
    Workshop,
    kernels,
    measure,
    score,
    solve,
)
from seating.attributes import own_attributes, partners
from seating.bound import best_workshops, mix_bound
from seating.chance import Dice, number, numbers
from seating.diversity import compiled_change_places, diversity, divide, most_unequal
from seating.encounters import compiled_trade_meetings, constructed, repeats, rounds_of
from seating.engine import seat_at_tables
from seating.hall import open_hall
from seating.measure import rank_counts
from seating.mix import mix_day
from seating.scoring import mix_price
from seating.tables import NoTables, first_tables, settle_tables
from seating.wishes import assign
from tests.seating.brute import best_ways, mix_prices, splits
from tests.seating.days import regional_day
from tests.seating.problems import one_slot

EXAMPLES = 1_000 if os.environ.get("MAILLAGE_LONG") else 40

DAY = replace(
    regional_day(48, 4),
    encounters=(Encounter("p001", "p002", 3), Encounter("p003", "p030"), Encounter("p004", "p031", 2)),
)


def started(problem: Problem) -> dict[str, dict[str, tuple[str, int | None]]]:
    """Wishes granted, tables filled one after the other, nothing mixed."""
    return {slot: seat_at_tables(problem, slot, assign(problem, slot).workshop, {}, seed=0) for slot in problem.slots}


START = started(DAY)


def pair_by_pair(problem: Problem, groups: dict[str, dict[str, tuple[str, int | None]]]) -> int:
    """The price of a day, one pair after the other."""
    weights, total = problem.weights, 0
    known = {frozenset((e.a, e.b)): e.weight for e in problem.encounters}
    ties = {frozenset(tie) for tie in problem.ties}
    for number_, slot in enumerate(problem.slots):
        for a, b in combinations(groups[slot], 2):
            if groups[slot][a] != groups[slot][b]:
                continue
            compose = problem.workshop(groups[slot][a][0]).compose
            if compose == "free":
                continue
            one, other = problem.person(a), problem.person(b)
            met = sum(groups[s].get(a, a) == groups[s].get(b, b) for s in problem.slots[:number_])
            total += weights.met * (met + known.get(frozenset((a, b)), 0))
            total += weights.colleagues * (bool(one.organisation) and one.organisation == other.organisation)
            if compose == "mixed":
                total += weights.category * (one.category == other.category)
                total += weights.territory * (bool(one.territory) and one.territory == other.territory)
            else:
                total += weights.category * (one.category != other.category)
                total += weights.hierarchy * (frozenset((one.organisation, other.organisation)) in ties)
    return total


def test_price_is_that_of_all_pairs() -> None:
    assert mix_price(DAY, START) == pair_by_pair(DAY, START)
    mixed = mix_day(DAY, START, chunks=1)
    assert mix_price(DAY, mixed) == pair_by_pair(DAY, mixed)


def test_numpy_and_plain_python_seat_the_same() -> None:
    fast = mix_day(DAY, START, chunks=1, seed=5, slow=False)
    assert fast == mix_day(DAY, START, chunks=1, seed=5, slow=True)
    assert fast != mix_day(DAY, START, chunks=1, seed=6, slow=False)


def test_a_run_cut_after_a_chunk_is_the_uncut_one_up_to_there() -> None:
    def told(until: int) -> list[str]:
        heard: list[str] = []
        mix_day(
            DAY,
            START,
            chunks=4,
            seed=5,
            go_on=lambda: len(heard) < until,
            on_chunk=lambda _done, best: heard.append(
                repr(sorted((slot, sorted(g.items())) for slot, g in best.items()))
            ),
        )
        return heard

    whole = told(4)
    assert len(set(whole)) > 1
    for until in (1, 2, 3):
        assert told(until) == whole[:until]


@pytest.mark.long
def test_numba_seats_the_same(monkeypatch: pytest.MonkeyPatch) -> None:
    assert kernels.compiled_trade_steps is not None, "make long installs numba, of requirements-fast.lock"
    day = regional_day(90, 7)
    start = started(day)
    assert mix_day(day, start, chunks=2, slow=None) == mix_day(day, start, chunks=2, slow=False)
    assert divide(_distances(20), [4] * 5, [4] * 5, chunks=1).group.tolist() == (
        divide(_distances(20), [4] * 5, [4] * 5, chunks=1, slow=False).group.tolist()
    )
    assert compiled_change_places is not None
    assert compiled_trade_meetings is not None
    assert (rounds_of(4, 3, 5, chunks=2) == rounds_of(4, 3, 5, chunks=2, slow=False)).all()
    compiled = solve(day, seed=7).digest()
    monkeypatch.setattr(kernels, "compiled_trade_steps", None)
    assert solve(day, seed=7).digest() == compiled


def test_wishes_sizes_locks_and_pairs_stay_as_they_were() -> None:
    mixed = mix_day(DAY, START, chunks=2)
    before, after = (
        rank_counts(DAY, Plan({(p, s): Seat(*g) for s, here in groups.items() for p, g in here.items()}))
        for groups in (START, mixed)
    )
    assert before == after
    assert mixed != START
    for slot in DAY.slots:
        assert Counter(mixed[slot].values()) == Counter(START[slot].values())
        for a, b in DAY.pairs(slot, together=True):
            assert mixed[slot][a] == mixed[slot][b]
        for a, b in DAY.pairs(slot, together=False):
            assert mixed[slot][a] != mixed[slot][b]
        for person in DAY.present(slot):
            if slot in person.locks:
                assert mixed[slot][person.id][0] == person.locks[slot].workshop


def test_who_is_held_stays() -> None:
    held = {slot: frozenset(list(here)[:20]) for slot, here in START.items()}
    mixed = mix_day(DAY, START, held=held, chunks=1)
    for slot, people in held.items():
        assert all(mixed[slot][person] == START[slot][person] for person in people)
    assert mixed != START
    everybody = {slot: frozenset(here) for slot, here in START.items()}
    assert mix_day(DAY, START, held=everybody, chunks=1) == START


def test_cut_short_the_best_seats_so_far_are_kept() -> None:
    told: list[int] = []
    mixed = mix_day(DAY, START, chunks=6, go_on=lambda: len(told) < 1, on_chunk=lambda n, _best: told.append(n))
    assert told == [1]
    assert mix_price(DAY, mixed) < mix_price(DAY, START)


def test_a_hall_knows_its_price_after_each_swap() -> None:
    slot = DAY.slots[1]
    hall = open_hall(DAY, slot, START[slot], frozenset(), partners(DAY, slot))
    hall.furnish(own_attributes(DAY))
    dice = Dice(3)
    for _ in range(40):
        a, b = (dice.below(len(hall.names)) for _ in range(2))
        if a == b:
            continue
        hall.swap(a, dice.below(int(hall.size[a])), b, dice.below(int(hall.size[b])))
        kept, counted, trade = hall.price(), hall.counted.copy(), hall.trade.copy()
        hall.furnish(own_attributes(DAY))
        assert hall.price() == kept == sum(hall.price_of(g) for g in range(len(hall.names)))
        assert (hall.counted == counted).all()
        assert (hall.trade == trade).all()


@st.composite
def tables_only(draw: st.DrawFn) -> Problem:
    sizes = draw(st.sampled_from([(3, 3), (4, 4), (2, 2, 2), (3, 3, 2), (5, 5), (6, 6), (4, 3, 3), (4, 4, 3)]))
    people = tuple(
        Person(
            id=f"p{i}",
            category=draw(st.sampled_from(["local_officer", "partner", "association"])),
            organisation=draw(st.sampled_from(["", "a", "b"])),
            territory=draw(st.sampled_from(["", "t", "u"])),
        )
        for i in range(sum(sizes))
    )
    room = Workshop(id="w", slot="s", maximum=12, tables=(min(sizes), max(sizes)), table_count=len(sizes))
    return Problem(slots=("s",), people=people, workshops=(room,))


def test_mix_equals_brute_force_at_tables_and_no_plan_beats_the_bound() -> None:
    missed: list[Problem] = []

    @given(tables_only())
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
    def one(problem: Problem) -> None:
        start = started(problem)
        names = sorted(set(start["s"].values()))
        sizes = Counter(start["s"].values())
        least = int(mix_prices(problem, splits(tuple(sizes[name] for name in names))).min())
        price = mix_price(problem, mix_day(problem, start, chunks=1))
        assert mix_bound(problem, start) <= least <= price
        if price > least:
            missed.append(problem)

    one()
    assert len(missed) <= max(1, EXAMPLES // 100), missed


def test_mix_equals_brute_force_over_workshops_and_no_plan_beats_the_bound() -> None:
    """Of all the plans whose wishes are as good, the workshops as large."""
    missed: list[Problem] = []

    @given(one_slot(tables_too=False), st.data())
    @settings(max_examples=EXAMPLES, deadline=None, derandomize=True)
    def one(problem: Problem, data: st.DataObject) -> None:
        homes = data.draw(st.lists(st.sampled_from(["", "t", "u"]), min_size=12, max_size=12))
        people = tuple(replace(p, territory=t) for p, t in zip(problem.people, homes, strict=False))
        problem = replace(problem, people=people)
        try:
            plan = solve(problem, effort="quick")
        except Infeasible:
            return
        rooms = {workshop.id: w for w, workshop in enumerate(problem.workshops)}
        chosen = np.asarray([[rooms[plan.seats[person.id, "s"].workshop] for person in people]])
        ways = best_ways(problem)
        assert (ways == chosen).all(axis=1).any()  # the wishes are as good as can be
        same = np.bincount(chosen[0], minlength=len(rooms))
        kept = ways[[(np.bincount(way, minlength=len(rooms)) == same).all() for way in ways]]
        least, (price,) = int(mix_prices(problem, kept).min()), mix_prices(problem, chosen)
        seats = {"s": {person: (seat.workshop, seat.table) for (person, _slot), seat in plan.seats.items()}}
        assert price == mix_price(problem, seats)
        assert mix_bound(problem, seats) <= least
        if price > least:
            missed.append(problem)

    one()
    assert len(missed) <= max(1, EXAMPLES // 100), missed


def test_bound_holds_over_plans_that_move_between_workshops() -> None:
    people = tuple(
        Person(id=f"p{i}", category=c, wishes={"s": w})
        for i, (c, w) in enumerate(
            [("x", ("a",)), ("x", ("a",)), ("x", ()), ("y", ()), ("y", ("b",)), ("y", ("b",)), ("y", ()), ("x", ())]
        )
    )
    rooms = (Workshop(id="a", slot="s", maximum=4, minimum=4), Workshop(id="b", slot="s", maximum=4, minimum=4))
    problem = Problem(slots=("s",), people=people, workshops=rooms)
    start = {"s": {f"p{i}": ("a" if i in (0, 1, 2, 7) else "b", None) for i in range(8)}}
    assert mix_price(problem, start) == 2 * 6 * problem.weights.category
    least = min(
        mix_price(problem, {"s": {f"p{i}": ("a" if i in way else "b", None) for i in range(8)}})
        for way in combinations(range(8), 4)
        if {0, 1} <= set(way) and not {4, 5} & set(way)
    )
    assert mix_bound(problem, start) == least
    assert mix_price(problem, mix_day(problem, start, chunks=1)) == least
    found = best_workshops(problem, start, ["s"])
    assert found is not None
    assert Counter(found["s"].values()) == {"a": 4, "b": 4}


def test_the_score_goes_from_chance_to_the_bound() -> None:
    people = tuple(Person(id=f"p{i:02}", category="xyz"[i % 3], organisation=f"o{i % 6}") for i in range(18))
    room = Workshop(id="w", slot="s", maximum=18, tables=(3, 3))
    problem = Problem(slots=("s",), people=people, workshops=(room,))
    best = score(problem, solve(problem))
    assert best.proven
    assert best.points == 100
    assert best.sentence == "Mélange : 100 sur 100, le maximum est atteint et prouvé."
    assert best.share == 1
    sorted_in = {"s": {p.id: ("w", n // 3 + 1) for n, p in enumerate(sorted(people, key=lambda p: p.category))}}
    worst = score(problem, Plan({(p, "s"): Seat(*g) for p, g in sorted_in["s"].items()}))
    assert worst.points == 0
    assert worst.sentence.startswith("Mélange : 0 sur 100 (100 :")
    assert worst.worst is not None
    assert worst.worst.price == max(3 * 3 + 12 * n for n in [worst.worst.colleagues])
    dice = random.Random(1)
    dealt = []
    for _ in range(400):
        order = dice.sample([p.id for p in people], 18)
        dealt.append(mix_price(problem, {"s": {p: ("w", n // 3 + 1) for n, p in enumerate(order)}}))
    assert best.chance == pytest.approx(sum(dealt) / len(dealt), rel=0.03)


@pytest.mark.parametrize("seed", range(4))
def test_a_resident_is_not_left_alone_for_want_of_a_porteur(seed: int) -> None:
    """The only one who brings a subject is a resident, at a table of one: the wishes leave them with the others."""
    kinds = [("resident", False)] * 4 + [("partner", False)] * 2 + [("resident", True)]
    people = tuple(Person(id=f"p{i}", category=c, volunteer_porteur=v) for i, (c, v) in enumerate(kinds))
    rooms = (
        Workshop(id="a", slot="s", maximum=1),
        Workshop(id="b", slot="s", maximum=1, porteur_needed=True),
        Workshop(id="c", slot="s", maximum=5),
    )
    plan = solve(Problem(slots=("s",), people=people, workshops=rooms), seed=seed, effort="quick")
    assert {plan.seats[f"p{i}", "s"].workshop for i in (0, 1, 2, 3, 6)} == {"c"}


def test_residents_are_not_alone_where_two_by_two_is_possible() -> None:
    people = tuple(
        Person(id=f"p{i:02}", category="resident" if i < 8 else "partner", volunteer_porteur=i % 6 == 0)
        for i in range(30)
    )
    room = Workshop(id="w", slot="s", maximum=30, tables=(6, 6), porteur_needed=True)
    groups = measure(*(lambda p: (p, solve(p)))(Problem(slots=("s",), people=people, workshops=(room,)))).groups
    assert all(group.categories.get("resident", 0) != 1 for group in groups)


def test_bound_together_people_change_table_as_one() -> None:
    people = tuple(Person(id=f"p{i:02}", category="ab"[i < 8], organisation=f"o{i // 2}") for i in range(16))
    room = Workshop(id="w", slot="s", maximum=16, tables=(4, 4))
    together = (Pair("p00", "p02"), Pair("p04", "p06"))
    problem = Problem(slots=("s",), people=people, workshops=(room,), together=together)
    start = {"s": {p.id: ("w", n // 4 + 1) for n, p in enumerate(people)}}
    start["s"] |= {"p02": ("w", 1), "p04": ("w", 2), "p06": ("w", 2)}
    mixed = mix_day(problem, start, chunks=3)
    assert mixed["s"]["p00"] == mixed["s"]["p02"]
    assert mixed["s"]["p04"] == mixed["s"]["p06"]
    assert mix_price(problem, mixed) == 4 * 2 * problem.weights.category


def test_a_table_lock_holds() -> None:
    people = tuple(
        Person(id=f"p{i:02}", category="ab"[i % 2], locks={"s": Lock("w", 2)} if i < 2 else {}) for i in range(8)
    )
    room = Workshop(id="w", slot="s", maximum=8, tables=(4, 4))
    problem = Problem(slots=("s",), people=people, workshops=(room,))
    mixed = mix_day(problem, started(problem), chunks=1)
    assert mixed["s"]["p00"] == mixed["s"]["p01"] == ("w", 2)


def test_numbers_are_the_same_one_by_one_and_at_once() -> None:
    for seed in (0, 1, 2**64 - 1):
        assert numbers(seed, 50).tolist() == [number(seed, k) for k in range(50)]
    assert number(0, 0) == 0xE220A8397B1DCDAF  # first of SplitMix64 from 0, as published


@pytest.mark.parametrize(("tables", "size", "rounds"), [(19, 8, 5), (20, 6, 4), (8, 4, 9), (9, 9, 10), (6, 3, 3)])
def test_construction_repeats_nobody(tables: int, size: int, rounds: int) -> None:
    found = constructed(tables, size)
    assert len(found) >= rounds
    assert repeats(found) == 0
    assert all(np.bincount(here, minlength=tables).tolist() == [size] * tables for here in found)


def test_rounds_beyond_the_construction_are_annealed() -> None:
    found = rounds_of(8, 4, 10, chunks=2)
    assert repeats(found) <= 20
    assert all(np.bincount(here).tolist() == [4] * 8 for here in found)
    fast = rounds_of(5, 3, 6, chunks=1, begin=False, slow=False)
    assert (fast == rounds_of(5, 3, 6, chunks=1, begin=False, slow=True)).all()
    assert repeats(fast) == sum(
        max(0, sum(int(here[a] == here[b]) for here in fast) - 1) for a, b in combinations(range(15), 2)
    )


def _distances(people: int, seed: int = 1) -> np.ndarray:
    """By the rule published with RanReal: uniform in (0, 100), three decimals."""
    dice = np.random.default_rng(seed)
    upper = np.triu(dice.integers(1, 100_000, (people, people)), 1)
    return upper + upper.T


def test_diverse_groups_equal_brute_force() -> None:
    far = _distances(8)
    best = max(diversity(far, np.asarray([int(i in way) for i in range(8)])) for way in combinations(range(8), 4))
    found = divide(far, [4, 4], [4, 4], chunks=1, slow=False)
    assert found.value == best == diversity(far, found.group)
    assert found.group.tolist() == divide(far, [4, 4], [4, 4], chunks=1, slow=True).group.tolist()


def test_sizes_stay_within_their_bounds() -> None:
    found = divide(_distances(20), [2, 3, 4], [9, 9, 9], chunks=2, slow=False)
    sizes = np.bincount(found.group, minlength=3)
    assert sizes.sum() == 20
    assert (sizes >= [2, 3, 4]).all()
    assert (sizes <= 9).all()
    assert most_unequal(np.asarray([2, 3, 4]), np.asarray([9, 9, 9]), 20).tolist() in ([9, 7, 4], [2, 9, 9])
    with pytest.raises(ValueError, match="hold 20"):
        divide(_distances(20), [1, 1], [5, 5], chunks=1)
    with pytest.raises(ValueError, match="symmetric"):
        divide(np.triu(_distances(6)), [3, 3], [3, 3], chunks=1)


def test_first_tables_seat_apart_who_must_be_without_a_programme() -> None:
    people = tuple(Person(id=f"p{i:02}", category="ab"[i % 2]) for i in range(12))
    apart = (Pair("p00", "p04"), Pair("p01", "p05"), Pair("p00", "p08"))
    room = Workshop(id="w", slot="s", maximum=12, tables=(3, 3), table_count=4)
    problem = Problem(slots=("s",), people=people, workshops=(room,), apart=apart)
    assert problem.pairs("s", together=False) == (("p00", "p04"), ("p01", "p05"), ("p00", "p08"))
    at = first_tables(problem, room, people)
    assert all(at[pair.a] != at[pair.b] for pair in apart)
    assert Counter(at.values()) == dict.fromkeys(range(1, 5), 3)
    with pytest.raises(NoTables):
        first_tables(
            replace(problem, people=people[:2], apart=(Pair("p00", "p01"),)), replace(room, tables=(2, 2)), people[:2]
        )


@pytest.mark.parametrize("seed", range(4))
def test_no_rule_that_may_give_way_buys_a_pair_that_must_be_apart(seed: int) -> None:
    """The only volunteer would serve the room that waits for one, where somebody they must not meet sits."""
    people = tuple(
        Person(id=name, category="partner", territory=lives, wishes={"s": ("w2",)}, volunteer_porteur=name == "Bo")
        for name, lives in (("Amel", "t1"), ("Bo", "t2"), ("Cy", "t1"))
    )
    rooms = (
        Workshop(id="w1", slot="s", maximum=7, minimum=2, porteur_needed=True),
        Workshop(id="w2", slot="s", maximum=6, minimum=1, tables=(4, 4)),
    )
    problem = Problem(
        slots=("s",), people=people, workshops=rooms, apart=(Pair("Bo", "Amel", slot=None), Pair("Bo", "Cy", slot=None))
    )
    plan = solve(problem, seed=seed, effort="quick")  # a broken pair is a RuntimeError of ours
    bo = plan.seats["Bo", "s"]
    assert all((s.workshop, s.table) != (bo.workshop, bo.table) for (who, _), s in plan.seats.items() if who != "Bo")


def test_where_not_all_rules_hold_a_porteur_gives_way_before_a_resident_alone() -> None:
    residents = [Person(id=f"r{n}", category="resident") for n in range(3)]
    others = [Person(id=f"o{n}", category="partner", volunteer_porteur=n < 2) for n in range(3)]
    room = Workshop(id="w", slot="s", maximum=8, tables=(3, 3), porteur_needed=True)
    problem = Problem(slots=("s",), people=(*residents, *others), workshops=(room,))
    at = settle_tables(problem, room, problem.people, {"r0": 1, "r1": 1, "o0": 1, "r2": 2, "o1": 2, "o2": 2})
    assert at["r0"] == at["r1"] == at["r2"]

"""Seats on invented days and on published instances, in seconds of processor, each row beside a plainer way."""

import csv
import lzma
import random
import time
from collections.abc import Callable, Mapping, Sequence
from dataclasses import replace
from functools import partial
from pathlib import Path
from statistics import fmean, median
from typing import Any, TypeVar

import numpy as np

import seating
from maillage.config.bench.peers.ask import ask
from maillage.config.bench.rows import Row
from maillage.config.bench.seating_days import invented_day
from maillage.config.bench.seats import wishes_only
from seating.attributes import Group, Groups, own_attributes
from seating.bound import mix_bound
from seating.diversity import divide
from seating.encounters import repeats, rounds_of
from seating.engine import CHUNKS, seat_at_tables
from seating.kernels import compiled_trade_steps
from seating.mix import mix_day
from seating.scoring import Score, mix_price, score
from seating.tables import first_tables
from seating.wishes import Assignment, assign

FAST = compiled_trade_steps is not None
WITH = "numba, déjà compilé" if FAST else "numpy seul"
DATED = "chiffre daté de novembre 2026, non remesuré"
MIX_SEEDS = range(1, 8)
WISHES_SEEDS = range(1, 21)
SHARE_GOAL, MEAN_GOAL, POINTS_GOAL = 99.55, 99.75, 74
MIX_SECONDS = 1.0 if FAST else 5.0
CP_SAT_SECONDS = 30.0
Days = Callable[[int, int], seating.Problem]
T = TypeVar("T")


def measure(*, instances: Path, repeat: int, peers: Path | None = None, quick: bool = False) -> list[Row]:
    def day(people: int, seed: int) -> seating.Problem:
        return invented_day(instances, people, seed)

    if quick:
        return [
            *mix_rows(day, people=60, seeds=range(1, 3)),
            *table_rows(day, people=32, peers=peers, seconds=2.0),
            *encounter_rows(quick=True),
        ]
    return [
        *wishes_rows(day),
        *mix_rows(day, people=300, seeds=MIX_SEEDS),
        *whole_day_rows(day),
        *table_rows(day, people=296, peers=peers),
        *calm_rows(day, repeat),
        *encounter_rows(),
        *diversity_rows(instances / "mdgplib"),
    ]


def cpu(work: Callable[[], T]) -> tuple[T, float]:
    began = time.process_time()
    result = work()
    return result, time.process_time() - began


def wishes_rows(day: Days) -> list[Row]:
    """Total and worst-off proven, beside one programme per slot that proves the total alone."""
    rows = []
    for people, seeds, goal, dated in (
        (300, WISHES_SEEDS, 0.2, None),
        (1000, WISHES_SEEDS[:3], 2.5, None),
        (3000, WISHES_SEEDS[:1], 15.0, 449.0),
    ):
        ours, plain, proven = [], [], 0
        for seed in seeds:
            problem = day(people, seed)
            found, seconds = cpu(partial(_wishes, problem))
            proven += all(one.proven for one in found)
            ours.append(seconds)
            if dated is None:
                plain.append(cpu(partial(wishes_only, problem))[1])
        told = f"{proven} prouvées sur {len(ours)}, la plus lente ; référence : HiGHS, le total seul"
        told += f", {DATED}" if dated else ", la médiane, sans tables ni paires"
        rows.append(Row(f"wishes-{people}", max(ours), "s", dated or median(plain), goal, note=told))
    return rows


def _wishes(problem: seating.Problem) -> list[Assignment]:
    return [assign(problem, slot) for slot in problem.slots]


def seated(problem: seating.Problem) -> dict[str, dict[str, Group]]:
    """Wishes granted, tables filled one after the other: where the mix begins."""
    return {slot: seat_at_tables(problem, slot, assign(problem, slot).workshop, {}, seed=0) for slot in problem.slots}


def as_plan(groups: Mapping[str, Groups]) -> seating.Plan:
    return seating.Plan(
        {(person, slot): seating.Seat(*group) for slot, here in groups.items() for person, group in here.items()}
    )


def dealt(
    problem: seating.Problem, groups: Mapping[str, Groups], order: Callable[[list[str]], Sequence[str]]
) -> dict[str, dict[str, Group]]:
    """The same workshops and sizes; each workshop's people dealt to its tables in turn, in an order."""
    found: dict[str, dict[str, Group]] = {}
    for slot, here in groups.items():
        seats: dict[str, list[Group]] = {}
        for group in here.values():
            seats.setdefault(group[0], []).append(group)
        found[slot] = {}
        for workshop, places in seats.items():
            turn: dict[Group, int] = {}
            ranked = []
            for place in places:
                turn[place] = turn.get(place, 0) + 1
                ranked.append((turn[place], place[1] or 0, place))
            people = order([person for person, group in here.items() if group[0] == workshop])
            found[slot] |= {p: place for p, (_, _, place) in zip(people, sorted(ranked), strict=True)}
    return found


def in_turn(problem: seating.Problem, groups: Mapping[str, Groups]) -> dict[str, dict[str, Group]]:
    """Round-robin: sorted by category, organisation and territory, one at each table."""

    def key(identifier: str) -> tuple[str, str, str]:
        person = problem.person(identifier)
        return person.category, person.organisation, person.territory

    return dealt(problem, groups, lambda people: sorted(people, key=key))


def at_random(problem: seating.Problem, groups: Mapping[str, Groups], seed: int) -> dict[str, dict[str, Group]]:
    dice = random.Random(seed)  # noqa: S311 - a baseline, not a secret
    return dealt(problem, groups, lambda people: dice.sample(people, len(people)))


def mix_rows(day: Days, *, people: int, seeds: Sequence[int]) -> list[Row]:
    ours: list[Score] = []
    turns: list[Score] = []
    deals: list[Score] = []
    seconds: list[float] = []
    for seed in seeds:
        problem = day(people, seed)
        start = seated(problem)
        if not seconds:
            mix_day(problem, start, chunks=0)  # compiled code is read once
        mixed, spent = cpu(partial(mix_day, problem, start, chunks=CHUNKS["normal"]))
        seconds.append(spent)
        ours.append(score(problem, as_plan(mixed)))
        turns.append(replace(ours[-1], price=mix_price(problem, in_turn(problem, mixed))))  # same bound, same chance
        deals.append(replace(ours[-1], price=mix_price(problem, at_random(problem, mixed, seed))))
    name = f"mix-{people}"
    worst = ours[min(range(len(ours)), key=lambda i: ours[i].points)].worst
    least, mean = 100 * min(s.share for s in ours), 100 * fmean(s.share for s in ours)
    told = f"{least:.3f} %, la plus faible de {len(ours)} ; référence : un tirage au sort, mêmes souhaits et tailles"
    at_worst = "" if worst is None else f" ; pire table : {worst.price / worst.pairs:.2f} par paire".replace(".", ",")
    return [
        Row(name, least, "%", 100 * min(s.share for s in deals), SHARE_GOAL, True, told),
        Row(f"{name}-mean", mean, "%", 100 * fmean(s.share for s in deals), MEAN_GOAL,
            True, f"{mean:.3f} % du maximum prouvé, en moyenne"),
        Row(f"{name}-score", min(s.points for s in ours), "/100", fmean(s.points for s in turns), POINTS_GOAL, True,
            f"le plus faible ; référence : à tour de rôle, triés, en moyenne{at_worst}"),
        Row(f"{name}-seconds", max(seconds), "s", None, MIX_SECONDS, note=f"{WITH} ; la plus lente"),
    ]  # fmt: skip


def whole_day_rows(day: Days) -> list[Row]:
    rows = []
    for people, goal in ((1000, 4.0), (3000, 20.0)):
        problem = day(people, 1)
        plan, seconds = cpu(partial(seating.solve, problem))
        found = score(problem, plan)
        deal = replace(found, price=mix_price(problem, at_random(problem, _groups(problem, plan), 1)))
        told = f"souhaits, tables et mélange ; {WITH}"
        rows += [
            Row(f"day-{people}", seconds, "s", None, goal, note=told),
            Row(f"day-{people}-mix", 100 * found.share, "%", 100 * deal.share, 99.5, True,
                f"{100 * found.share:.3f} %, {found.points} sur 100 ; référence : un tirage au sort"),
        ]  # fmt: skip
    return rows


def _groups(problem: seating.Problem, plan: seating.Plan) -> dict[str, dict[str, Group]]:
    return {
        slot: {p.id: (seat.workshop, seat.table) for p in problem.present(slot) if (seat := plan.seat(p.id, slot))}
        for slot in problem.slots
    }


def table_rows(day: Days, *, people: int, peers: Path | None = None, seconds: float = CP_SAT_SECONDS) -> list[Row]:
    """One round at tables of eight, no wish: the bound is reached, and so proven."""
    whole = day(people, 1)
    room = seating.Workshop(id="w", slot="s", maximum=people, tables=(8, 8))
    free = tuple(replace(p, wishes={}, locks={}, needs=frozenset(), volunteer_porteur=False) for p in whole.people)
    problem = seating.Problem(slots=("s",), people=free, workshops=(room,))

    def run() -> tuple[dict[str, dict[str, Group]], int]:
        start = {"s": {p: (room.id, table) for p, table in first_tables(problem, room, problem.people).items()}}
        return mix_day(problem, start, chunks=0), mix_bound(problem, start)

    run()
    (mixed, bound), spent = cpu(run)
    found = score(problem, as_plan(mixed))
    deal = replace(found, price=mix_price(problem, at_random(problem, mixed, 1)))
    told = f"prix {mix_price(problem, mixed)}, borne {bound} ; référence : un tirage au sort"
    rows = [
        Row(f"tables-of-8-{people}", found.points, "/100", deal.points, 100, True, told),
        Row(f"tables-of-8-{people}-seconds", spent, "s", 0.03, 0.1,
            note=f"borne comprise, {WITH} ; référence : anticlust, {DATED}"),
    ]  # fmt: skip
    if peers is None:
        return rows
    theirs, their_spent = by_cp_sat(peers, problem, mixed, seconds)
    points = replace(found, price=theirs).points
    told = f"prix {theirs} ; référence : CP-SAT 9.15, mêmes tables, {seconds:.0f} s, {their_spent:.0f} s de processeur"
    return [*rows, Row(f"tables-of-8-{people}-cp-sat", found.points, "/100", points, more_is_better=True, note=told)]


def by_cp_sat(peers: Path, problem: seating.Problem, mixed: Mapping[str, Groups], seconds: float) -> tuple[int, float]:
    """The price of CP-SAT's tables for the one round, and its seconds of processor: all cores, where we take one."""
    ((slot, here),) = mixed.items()
    turn = in_turn(problem, mixed)  # it begins where an organiser would
    tables = sorted(set(here.values()), key=lambda group: group[1] or 0)
    sizes = [list(here.values()).count(table) for table in tables]
    work: dict[str, Any] = {
        "people": len(problem.people),
        "sizes": sizes,
        "start": [tables.index(turn[slot][p.id]) for p in problem.people],
        "attributes": [
            {"words": attribute.value.tolist(), "price": int(attribute.price[0])}  # « mixed » is the first mode
            for attribute in own_attributes(problem)
        ],
        "seconds": seconds,
    }
    answer = ask(peers, "cp_sat.py", work)
    seats = answer["tables"] or work["start"]
    dealt_ = {slot: {p.id: tables[seats[i]] for i, p in enumerate(problem.people)}}
    return mix_price(problem, dealt_), answer["seconds"]


def calm_rows(day: Days, repeat: int) -> list[Row]:
    problem = day(300, 1)
    plan = seating.solve(problem, effort="quick")
    dice = random.Random(1)  # noqa: S311 - invented absences
    absent = dice.sample([p.id for p in problem.people if not p.locks], 18)
    newcomers = tuple(
        seating.Person(id=f"new{n}", category=dice.choice(("resident", "partner")), wishes=problem.people[n].wishes)
        for n in range(15)
    )
    gone = {person: frozenset(problem.slots) for person in absent}
    changes = seating.Changes(absent=gone, walk_ins=newcomers)
    spent, moved = [], 0
    for _time in range(repeat):
        after, seconds = cpu(lambda: seating.reoptimise(problem, plan, changes))
        spent.append(seconds)
        kept = [key for key in plan.seats if key in after.seats]
        moved = sum(plan.seats[key] != after.seats[key] for key in kept)
    anew, again = cpu(lambda: seating.solve(changes.applied_to(problem)))
    shuffled = sum(plan.seats[key] != anew.seats[key] for key in plan.seats if key in anew.seats)
    told = f"18 absents, 15 arrivées : {moved} déplacés ; référence : tout recalculer, {shuffled} déplacés"
    return [Row("calm-300", median(spent), "s", again, 0.3, note=told)]


def encounter_rows(*, quick: bool = False) -> list[Row]:
    rows = []
    for tables, size, rounds, goal, limit, dated in (
        (19, 8, 5, 0, 3.0, None),
        (20, 6, 4, 0, 1.0, 110.0),
        (8, 4, 10, 20, 10.0, 8.0),
    ):
        if quick and tables == 8:
            continue
        rounds_of(3, 3, 2)
        found, seconds = cpu(partial(rounds_of, tables, size, rounds, chunks=20))
        plain = _by_chance(tables, size, rounds)
        name = f"rounds-{tables}x{size}x{rounds}"
        told = "rencontres répétées ; référence : au hasard, la médiane de neuf"
        rows += [
            Row(name, repeats(found), "", float(plain), goal, note=told),
            Row(f"{name}-seconds", seconds, "s", dated, limit,
                note=f"{WITH}" + (f" ; référence : good-enough-golfers, {DATED}" if dated else "")),
        ]  # fmt: skip
    return rows


def _by_chance(tables: int, size: int, rounds: int) -> int:
    """Repeats of random deals, the median of nine."""
    found = []
    for seed in range(9):
        dice = np.random.default_rng(seed)
        seats = np.repeat(np.arange(tables), size)
        found.append(repeats(np.stack([dice.permutation(seats) for _ in range(rounds)])))
    return int(median(found))


def diversity_rows(folder: Path) -> list[Row]:
    """Gap to the best of twenty runs of TPSDP, as published with the instances; the mean of each family."""
    with (folder / "best_known.csv").open() as lines:
        best = {row["instance"]: float(row["best_of_20"]) for row in csv.DictReader(lines)}
    rows = []
    divide([[0, 1], [1, 0]], [1, 1], [1, 1], chunks=1)  # compiled code is read once
    for family, limit, goal, chunks, dated in (
        ("RanReal_n120", 5.0, 0.05, 6600, 0.15),
        ("RanReal_n240", 20.0, 0.04, 18500, 0.08),
        ("RanReal_n480_ss", 30.0, 0.0, 18500, 0.30),
        ("RanReal_n480_ds", 30.0, 0.03, 18500, 0.30),
        ("Geo_n120", 5.0, 0.01, 6600, 0.007),
    ):
        gaps, spent = [], []
        for name in sorted(name for name in best if name.startswith(family)):
            distance, lower, upper, unit = _published(folder, name)
            began = time.process_time()
            found = divide(
                distance,
                lower,
                upper,
                chunks=chunks,
                go_on=partial(_within, began, limit),
            )
            spent.append(time.process_time() - began)
            gaps.append(100 * (1 - found.value / unit / best[name]))
        told = f"écart moyen au meilleur publié, {len(gaps)} instances, {max(spent):.0f} s, {WITH}"
        rows.append(Row(f"mdgp-{family}", fmean(gaps), "%", dated, goal, note=f"{told} ; référence : TPSDP, {DATED}"))
    return [*rows, _distances_480()]


# Sums of distances, in thousandths: the best that `divide` found in longer runs (docs/results/geo-480.json holds them).
BEST_GEO_480 = {"ss": 542259480, "ds": 564310761}


def _distances_480() -> Row:
    """Geo at 480 is not among the files we hold: two instances made by the published rule, beside our own long runs."""
    gaps, spent = [], []
    for kind, best in BEST_GEO_480.items():
        distance, lower, upper = geo_480(kind)
        began = time.process_time()
        found = divide(distance, lower, upper, chunks=18_500, go_on=partial(_within, began, 30.0))
        spent.append(time.process_time() - began)
        gaps.append(100 * (1 - found.value / best))
    told = (
        f"instances faites selon la règle publiée, écart moyen à nos meilleures longues recherches, {max(spent):.0f} s"
    )
    return Row("mdgp-Geo_n480-made", fmean(gaps), "%", 0.007, 0.01, note=f"{told}, {WITH} ; référence : TPSDP, {DATED}")


def geo_480(kind: str) -> tuple[np.ndarray, list[int], list[int]]:
    """Euclidean distances of 480 points, each coordinate uniform in (0, 100), 2 to 21 coordinates; twenty groups."""
    dice = random.Random(1)  # noqa: S311 - an instance
    axes = dice.randint(2, 21)
    at = np.array([[dice.uniform(0, 100) for _axis in range(axes)] for _point in range(480)])
    distance = np.rint(1_000 * np.sqrt(((at[:, None] - at[None]) ** 2).sum(axis=2))).astype(np.int64)
    if kind == "ss":
        return distance, [24] * 20, [24] * 20
    dice = random.Random(480)  # noqa: S311
    return distance, [dice.randint(18, 24) for _low in range(20)], [dice.randint(24, 30) for _high in range(20)]


def _published(folder: Path, name: str) -> tuple[list[list[int]], list[int], list[int], int]:
    """Distances in whole numbers, bounds of the sizes, and the unit of the distances."""
    path = folder / f"{name}.txt"
    text = path.read_text() if path.exists() else lzma.decompress((folder / f"{name}.txt.xz").read_bytes()).decode()
    head, *lines = text.splitlines()
    people, _groups, _kind, *bounds = head.split()
    unit = 1_000
    distance = [[0] * int(people) for _ in range(int(people))]
    for line in lines:
        if line.strip():
            i, j, far = line.split()
            distance[int(i)][int(j)] = distance[int(j)][int(i)] = round(unit * float(far))
    sizes = [int(bound) for bound in bounds]
    return distance, sizes[0::2], sizes[1::2], unit


def _within(began: float, limit: float) -> bool:
    """Whether seconds of processor are left."""
    return time.process_time() - began < limit

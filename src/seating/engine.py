"""The way from a problem to a plan: wishes of every slot, then tables, then the mix, then the recount."""

from __future__ import annotations

import time
from collections import Counter
from collections.abc import Callable, Collection, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import Literal

import numpy as np

from seating.calm import settle
from seating.check import check
from seating.crowd import regrets
from seating.diagnosis import diagnose
from seating.lacks import Infeasible, Missing, WayOut
from seating.measure import rank_counts
from seating.mix import Groups, mix_day
from seating.plan import Plan, Seat
from seating.problem import Problem
from seating.rules import Given, gives_way, worth
from seating.tables import NoTables, first_tables, settle_tables
from seating.wishes import NoAssignment, assign
from seating.words import speak

Effort = Literal["quick", "normal", "high"]
CHUNKS: Mapping[str, int] = {"quick": 0, "normal": 4, "high": 60}  # of the mix
SHOWN = 3  # ways out of a kind, of many
Group = tuple[str, int | None]


@dataclass(frozen=True)
class Progress:
    """News of a run: `done` steps of `total`, what comes next in French, and the best plan so far (None at first)."""

    done: int
    total: int
    sentence: str
    best: Plan | None


def solve(
    problem: Problem,
    *,
    seed: int = 0,
    effort: Effort = "normal",
    time_limit: float | None = None,
    start: Plan | None = None,
    on_progress: Callable[[Progress], bool | None] | None = None,
) -> Plan:
    """Seat everybody.

    Parameters
    ----------
    seed : int
        One seed, one plan.
    effort : {"quick", "normal", "high"}
        How long the mix is improved, in chunks, not in seconds.
    time_limit : float or None
        Seconds after which no further chunk starts. The clock is read only if this is given. Seats that keep the hard
        rules are always found first, however long that takes.
    start : Plan or None
        Seats to keep wherever the rules and the wishes allow: with nothing changed, nobody moves.
    on_progress : callable or None
        Called between steps; returning False stops with the best plan so far.

    Returns
    -------
    Plan

    Raises
    ------
    Infeasible
        Hard rules cannot be kept together; carries what lacks.
    """
    if effort not in CHUNKS:
        raise ValueError(f"effort must be one of {sorted(CHUNKS)}, not {effort!r}")
    deadline = None if time_limit is None else time.monotonic() + time_limit
    stopped = False

    def go_on() -> bool:
        return not stopped and (deadline is None or time.monotonic() < deadline)

    steps = 2 * len(problem.slots)

    def tell(done: int, sentence: str, best: Plan | None) -> None:
        nonlocal stopped
        if on_progress is not None and on_progress(Progress(done, steps, sentence, best)) is False:
            stopped = True

    before = {} if start is None else dict(start.seats)
    groups: dict[str, dict[str, Group]] = {}
    given: dict[str, Given] = {}
    proven = True
    for number, slot in enumerate(problem.slots):
        tell(number, speak("Souhaits : {slot}", slot=problem.slot_name(slot)), None)
        keep = {person: seat.workshop for (person, when), seat in before.items() if when == slot}
        try:
            assignment = assign(problem, slot, seed=seed, keep=keep, go_on=go_on)
        except NoAssignment as impossible:
            raise Infeasible(diagnose(problem)) from impossible
        given[slot] = assignment.given
        groups[slot] = seat_at_tables(problem, slot, assignment.workshop, before, seed=seed)
        held = all(groups[slot][person][0] == workshop for person, workshop in assignment.workshop.items())
        proven = proven and assignment.proven and held
    plan = finish(problem, groups, before, seed=seed, proven=proven)
    tell(len(problem.slots), "Tables", plan)
    if go_on():
        told = 0

        def on_chunk(chunk: int, best: Mapping[str, Groups]) -> None:
            nonlocal told
            done = len(problem.slots) * chunk // CHUNKS[effort]
            if on_progress is not None and told < done < len(problem.slots):
                told = done
                best_plan = finish(problem, best, before, seed=seed, proven=proven)
                tell(len(problem.slots) + done, "Tables", best_plan)

        groups = mix_slots(
            problem, problem.slots, groups, before, seed=seed, chunks=CHUNKS[effort], go_on=go_on, on_chunk=on_chunk
        )
    else:
        kept = {slot: _held(slot, groups[slot], before) for slot in problem.slots}
        groups = _mend(problem, problem.slots, groups, before, kept)
    more = [slot for slot in problem.slots if gives_way(problem, slot, groups[slot]) > given[slot]]
    if more:  # the tables demand what the wishes did not see
        groups = _weigh_all(problem, more, groups, before, seed=seed, chunks=CHUNKS[effort] if go_on() else 0)
        proven = False
    plan = finish(problem, groups, before, seed=seed, proven=proven)
    tell(steps, speak("Terminé"), plan)
    return plan


def seat_at_tables(
    problem: Problem,
    slot: str,
    workshop_of: Mapping[str, str],
    before: Mapping[tuple[str, str], Seat],
    *,
    seed: int,
) -> dict[str, Group]:
    """A group for everybody assigned in a slot; the fewest people of `before` change table.

    The workshops are kept, unless tables cannot be made in them (three people who must be apart and two tables, say):
    then workshops and tables are chosen together.

    Raises
    ------
    Infeasible
        Table locks, sizes and pairs cannot be kept together.
    """
    near = {
        person: (seat.workshop, seat.table)
        for person, workshop in workshop_of.items()
        if (seat := before.get((person, slot))) and seat.workshop == workshop
    }
    found: dict[str, Group] = {}
    try:
        for workshop in problem.workshops_of(slot):
            members = [p for p in problem.present(slot) if workshop_of.get(p.id) == workshop.id]
            if workshop.tables is None or not members:
                found |= {person.id: (workshop.id, None) for person in members}
            elif near:
                break
            else:
                tables = first_tables(problem, workshop, members)
                found |= {person: (workshop.id, table) for person, table in tables.items()}
        else:
            return found
    except NoTables:
        pass  # the quick way places one after the other; the programme below weighs all at once
    try:
        return dict(settle(problem, slot, near, within=workshop_of, seed=seed).groups)
    except NoAssignment:
        pass
    try:
        return dict(settle(problem, slot, near, seed=seed).groups)
    except NoAssignment as impossible:
        raise Infeasible([*diagnose(problem), *_no_tables(problem, slot)]) from impossible


def _no_tables(problem: Problem, slot: str) -> list[Missing]:
    """What may be at fault where workshops could be filled but not their tables: those with pairs or table locks."""
    pairs = problem.pairs(slot, together=False)
    drops = [
        WayOut(
            "drop_pair",
            speak(
                "Ne plus séparer {person} et {person2}.",
                person=problem.person(a).label,
                person2=problem.person(b).label,
            ),
            slot=slot,
            people=(a, b),
        )
        for a, b in pairs[:SHOWN]
    ]
    found = []
    for room in problem.workshops_of(slot):
        held = [p for p in problem.present(slot) if (lock := p.locks.get(slot)) and lock.workshop == room.id]
        held = [person for person in held if person.locks[slot].table is not None]
        if room.tables is None or not (pairs or held):
            continue
        unlocks = [
            WayOut("unlock", speak("Libérer la place de {label}.", label=person.label), room.id, slot, (person.id,))
            for person in held[:SHOWN]
        ]
        sentence = speak("les tables ne peuvent pas tenir à la fois les tailles, les places fixées et les paires.")
        found.append(
            Missing(
                "tables",
                speak("« {label} » : {sentence}", label=room.label, sentence=sentence),
                (*unlocks, *drops),
                blocking=True,
                slot=slot,
                workshop=room.id,
            )
        )
    return found


def mix_slots(
    problem: Problem,
    slots: Sequence[str],
    groups: Mapping[str, Groups],
    before: Mapping[tuple[str, str], Seat],
    *,
    seed: int,
    chunks: int,
    go_on: Callable[[], bool] = lambda: True,
    on_chunk: Callable[[int, Mapping[str, Groups]], None] | None = None,
) -> dict[str, dict[str, Group]]:
    """Mix some slots together: who kept a seat stays there, and table rules still broken are mended by the programme.

    Returns the groups of all slots of `groups`, those that are not mixed as they were.
    """
    held = {slot: _held(slot, groups[slot], before) for slot in slots}
    mixed = mix_day(problem, groups, change=slots, held=held, seed=seed, chunks=chunks, go_on=go_on, on_chunk=on_chunk)
    return _mend(problem, slots, mixed, before, held)


def _held(slot: str, groups: Groups, before: Mapping[tuple[str, str], Seat]) -> frozenset[str]:
    return frozenset(
        person
        for person, group in groups.items()
        if (seat := before.get((person, slot))) and (seat.workshop, seat.table) == group
    )


def _mend(
    problem: Problem,
    slots: Sequence[str],
    groups: Mapping[str, Groups],
    before: Mapping[tuple[str, str], Seat],
    held: Mapping[str, frozenset[str]],
) -> dict[str, dict[str, Group]]:
    """The groups, with new tables where a rule of tables is broken."""
    mended = {slot: dict(here) for slot, here in groups.items()}
    faults = {
        violation.workshop
        for violation in check(problem, _bare(problem, groups, before))
        if violation.table is not None and violation.level != "soft"
    }
    for slot in slots if faults else ():
        mended[slot] |= _mended(problem, slot, groups[slot], held[slot], faults)
    return mended


def _moves(near: Groups, groups: Groups) -> int:
    return sum(groups[person] != group for person, group in near.items())


def _weigh_all(
    problem: Problem,
    slots: Sequence[str],
    groups: Mapping[str, Groups],
    before: Mapping[tuple[str, str], Seat],
    *,
    seed: int,
    chunks: int,
) -> dict[str, dict[str, Group]]:
    """Workshops and tables weighed at once, in the slots where tables for the workshops that the wishes chose break a
    rule: three residents and tables of two, say. What was there stays where it is worth as much.
    """
    found = {slot: dict(here) for slot, here in groups.items()}
    for slot in slots:
        near = {p.id: (s.workshop, s.table) for p in problem.present(slot) if (s := before.get((p.id, slot)))}
        try:
            other = dict(settle(problem, slot, near, seed=seed).groups)
        except NoAssignment:
            continue
        mixed = mix_slots(problem, [slot], {**found, slot: other}, before, seed=seed, chunks=chunks)[slot]
        ways = [(worth(problem, slot, way), _moves(near, way), way) for way in (groups[slot], mixed, other)]
        found[slot] = dict(min(ways, key=lambda way: way[:2])[2])
    return found


def _mended(
    problem: Problem, slot: str, groups: Groups, held: frozenset[str], faults: Collection[str]
) -> dict[str, Group]:
    """New tables in the workshops where a rule of tables is broken though the wishes allow it."""
    found: dict[str, Group] = {}
    for workshop in problem.workshops_of(slot):
        members = [p for p in problem.present(slot) if groups.get(p.id, ("",))[0] == workshop.id]
        # Where somebody is held, the tables come from settle_tables already: what is broken there cannot be mended.
        if workshop.id in faults and workshop.tables is not None and held.isdisjoint(p.id for p in members):
            at = {person.id: table for person in members if (table := groups[person.id][1]) is not None}
            try:
                mended = settle_tables(problem, workshop, members, at)
            except NoTables as impossible:
                raise Infeasible([*diagnose(problem), *_no_tables(problem, slot)]) from impossible
            found |= {person: (workshop.id, table) for person, table in mended.items()}
    return found


def _bare(problem: Problem, groups: Mapping[str, Groups], before: Mapping[tuple[str, str], Seat]) -> Plan:
    """Seats and porteurs, without figures."""
    seats: dict[tuple[str, str], Seat] = {}
    brought: Counter[str] = Counter()
    for slot in problem.slots:
        here = groups.get(slot, {})
        bringing: dict[Group, tuple[tuple[bool, int], str]] = {}
        for person in problem.present(slot):
            group = here.get(person.id)
            if group is None or not person.volunteer_porteur or not problem.workshop(group[0]).porteur_needed:
                continue
            had = before.get((person.id, slot))
            kept = had is not None and had.porteur and (had.workshop, had.table) == group
            rank = (not kept, brought[person.id])  # who brings it already, then who brought least today
            if group not in bringing or rank < bringing[group][0]:
                bringing[group] = (rank, person.id)
        chosen = {person for _, person in bringing.values()}
        brought.update(chosen)
        for person in problem.present(slot):
            if person.id in here:
                workshop, table = here[person.id]
                seats[person.id, slot] = Seat(workshop, table, person.id in chosen)
    return Plan(seats)


def finish(
    problem: Problem,
    groups: Mapping[str, Groups],
    before: Mapping[tuple[str, str], Seat],
    *,
    seed: int,
    proven: bool,
    notes: tuple[str, ...] = (),
) -> Plan:
    """The plan with its figures and its notes. A hard rule that the checker finds broken here is our own mistake."""
    plan = _bare(problem, groups, before)
    plan = replace(plan, regret=_regret(problem, plan), ranks=rank_counts(problem, plan), seed=seed, proven=proven)
    violations = check(problem, plan)
    hard = [violation.sentence for violation in violations if violation.level == "hard"]
    said = [violation.sentence for violation in violations if violation.level == "relaxable"]
    if hard:
        raise RuntimeError(f"the solver broke hard rules: {hard}")
    return replace(plan, notes=(*notes, *said))


def _regret(problem: Problem, plan: Plan) -> int:
    total = 0
    for slot in problem.slots:
        people = [person for person in problem.present(slot) if (person.id, slot) in plan.seats]
        column = {workshop.id: w for w, workshop in enumerate(problem.workshops_of(slot))}
        at = [column[plan.seats[person.id, slot].workshop] for person in people]
        total += int(regrets(problem, slot, people)[np.arange(len(at)), np.asarray(at, dtype=np.int64)].sum())
    return total

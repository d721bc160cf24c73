"""The day changes: people leave, people come, and as few as possible of the others move."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace

from seating.calm import settle
from seating.check import Violation, check
from seating.diagnosis import diagnose
from seating.engine import finish, mix_slots
from seating.lacks import Infeasible
from seating.plan import Plan, Seat
from seating.problem import InvalidProblem, Person, Problem
from seating.wishes import NoAssignment, TooFewMoves
from seating.words import speak


@dataclass(frozen=True)
class Changes:
    """What happened since the plan.

    Parameters
    ----------
    absent : mapping of person identifier to slots
        Slots a person is not at after all.
    walk_ins : tuple of Person
        Newcomers.
    present : mapping of person identifier to slots
        Slots somebody announced absent is at after all.
    """

    absent: Mapping[str, frozenset[str]] = field(default_factory=dict)
    walk_ins: tuple[Person, ...] = ()
    present: Mapping[str, frozenset[str]] = field(default_factory=dict)

    def applied_to(self, problem: Problem) -> Problem:
        """The problem as it now is; `check` and `explain` want this one.

        Raises
        ------
        InvalidProblem
            An unknown person or slot, a newcomer who is already there.
        """
        for person in (*self.absent, *self.present):
            if not problem.has_person(person):
                raise InvalidProblem(
                    speak("La personne « {person} » n’est pas inscrite.", person=person), field="Changes", who=person
                )
        people = [
            replace(
                person,
                absent_slots=(person.absent_slots | frozenset(self.absent.get(person.id, ())))
                - frozenset(self.present.get(person.id, ())),
            )
            if person.id in self.absent or person.id in self.present
            else person
            for person in problem.people
        ]
        return replace(problem, people=(*people, *self.walk_ins))


def reoptimise(problem: Problem, plan: Plan, changes: Changes, *, max_moves: int | None = None, seed: int = 0) -> Plan:
    """Seats after `changes`: the absent leave, newcomers sit, and nobody already seated moves unless a rule demands it.

    Parameters
    ----------
    problem : Problem
        Before the changes.
    plan : Plan
        In force.
    max_moves : int or None
        Most people already seated who may change workshop or table, over the day. Rules that may give way do so
        within this bound; hard rules do not.

    Returns
    -------
    Plan
        Every move is said in its notes. In each slot the fewest people change workshop or table, proven; then newcomers
        sit by their wishes; then the mix is improved without moving anybody who was seated.

    Raises
    ------
    Infeasible
        More people than places, say.
    TooFewMoves
        The hard rules demand more than `max_moves`.
    """
    now = changes.applied_to(problem)
    left = max_moves
    before = {key: seat for key, seat in plan.seats.items() if now.has_person(key[0])}
    groups: dict[str, dict[str, tuple[str, int | None]]] = {}
    for slot in now.slots:
        here = {p.id: (s.workshop, s.table) for p in now.present(slot) if (s := before.get((p.id, slot)))}
        try:
            settled = settle(now, slot, here, max_moves=left, seed=seed)
        except NoAssignment as impossible:
            raise Infeasible(diagnose(now)) from impossible
        except TooFewMoves as refusal:
            made = (max_moves or 0) - (left or 0)
            raise TooFewMoves(allowed=max_moves or 0, needed=made + refusal.needed) from refusal
        groups[slot] = dict(settled.groups)
        if left is not None:
            left -= settled.moves
    groups = mix_slots(now, now.slots, groups, before, seed=seed, chunks=0)
    moved = {
        (person.id, slot): group
        for slot in now.slots
        for person in now.present(slot)
        if (seat := before.get((person.id, slot))) and (seat.workshop, seat.table) != (group := groups[slot][person.id])
    }
    still = {  # as it would be had nobody moved, newcomers where they now are
        (person, slot): before.get((person, slot), Seat(*group))
        for slot in now.slots
        for person, group in groups[slot].items()
    }
    broken = check(now, Plan(still)) if moved else []
    notes = [_said(now, person, slot, before[person, slot], group, broken) for (person, slot), group in moved.items()]
    return finish(now, groups, before, seed=seed, proven=False, notes=tuple(notes))


def _said(
    problem: Problem, person: str, slot: str, old: Seat, new: tuple[str, int | None], broken: Sequence[Violation]
) -> str:
    """A move, and the rule that would be broken at one end of it if nobody had moved."""

    def place(group: tuple[str, int | None]) -> str:
        name = problem.workshop(group[0]).label if problem.has_workshop(group[0]) else group[0]
        return (
            speak("« {name} »", name=name)
            if group[1] is None
            else speak("« {name} », table {group}", name=name, group=group[1])
        )

    left = (old.workshop, old.table)
    ends = (left, new, (left[0], None), (new[0], None))
    reasons = [
        fault.sentence
        for end in ends
        for fault in broken
        if fault.level != "soft" and fault.slot == slot and (fault.workshop, fault.table) == end
    ]
    why = speak("Sans cela : {reasons}", reasons=reasons[0]) if reasons else speak("C’est pour tenir une règle.")
    return speak(
        "{person} change de place : de {place} à {place2}. {why}",
        person=problem.person(person).label,
        place=place(left),
        place2=place(new),
        why=why,
    )

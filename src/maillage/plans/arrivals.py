"""A place for who has just come in, at once: nobody who was told theirs moves."""

import datetime as dt
from collections import Counter
from collections.abc import Mapping
from typing import Any
from zoneinfo import ZoneInfo

from django.db import transaction
from django.utils import timezone

import seating
from maillage.gatherings.models import Slot
from maillage.plans.enums import PlanStatus
from maillage.plans.figures import figures_of
from maillage.plans.models import Plan
from maillage.plans.parting import give_porteur
from maillage.plans.problem import Situation, known_seats
from maillage.plans.queries import latest_plan
from maillage.plans.refusals import CannotPlan
from maillage.plans.services import log_plan, plan_situation, usable_plan, write_placements
from maillage.plans.violations import with_figures
from maillage.registrations.enums import RegistrationStatus
from maillage.registrations.models import Registration

Group = tuple[str, int | None]  # workshop, table


def hear_arrival(sender: object, *, registration: Registration, by: object, **_news: Any) -> None:
    """Receiver of `registrations.signals.arrived`."""
    seat_arrival(registration=registration, by=by)


def seat_arrival(*, registration: Registration, by: object, now: dt.datetime | None = None) -> None:
    """Gives a place for each moment that lacks one, in what people see and in the draft that may replace it.

    A moment where no group has room is left without: the pages say so, the organiser rebalances.
    """
    if registration.status != RegistrationStatus.REGISTERED:
        return
    plans = list(registration.gathering.plans.filter(status=PlanStatus.PUBLISHED))
    last = latest_plan(registration.gathering)
    if last is not None and last not in plans:
        plans.append(last)
    for plan in plans:
        _seat_in(plan, registration, by, now or timezone.now())


@transaction.atomic
def _seat_in(plan: Plan, registration: Registration, by: object, now: dt.datetime) -> None:
    plan = usable_plan(plan)
    try:
        situation = plan_situation(plan.gathering, plan)
    except CannotPlan:
        return
    who, seated = str(registration.pk), known_seats(situation, plan)
    if who not in situation.registrations:
        return
    person = situation.problem.person(who)
    added = []
    for slot in situation.problem.slots:
        if (who, slot) in seated.seats or slot in person.absent_slots or _is_over(situation.slots[slot], now):
            continue
        placed = _placed(situation, seated, person, slot)
        if placed is not None:
            seated = placed
            added.append(slot)
    if not added:
        return
    seated = with_figures(situation.problem, seated)
    new = {(who, slot): seated.seats[who, slot] for slot in added}
    write_placements(plan, situation, seated, set(), only=new)
    plan.figures = figures_of(situation, seated)
    plan.save(update_fields=["figures"])
    log_plan(plan, by, "seat-arrival")


def _is_over(slot: Slot, now: dt.datetime) -> bool:
    """Nobody is sent to a workshop that has ended today; on another day (a rehearsal) the whole programme counts."""
    here = now.astimezone(ZoneInfo(slot.gathering.timezone))
    return slot.gathering.date == here.date() and slot.ends_at is not None and slot.ends_at < here.time()


def _placed(situation: Situation, plan: seating.Plan, person: seating.Person, slot: str) -> seating.Plan | None:
    """The plan with this person in the best group that has room; None when there is none."""
    problem, best = situation.problem, None
    wishes = person.wishes.get(slot, ())
    broken = Counter(violation.level for violation in seating.check(problem, plan))
    for (workshop, table), people in groups_with_room(problem, plan, person, slot):
        seats = dict(plan.seats)
        seats[person.id, slot] = seating.Seat(workshop, table)
        give_porteur(problem, seats, slot, (workshop, table))
        tried = seating.Plan(seats, seed=plan.seed)
        after = Counter(violation.level for violation in seating.check(problem, with_figures(problem, tried)))
        cost = (
            residents_alone(problem, seats, slot),  # a rule is above a wish, as in the solver
            wishes.index(workshop) if workshop in wishes else len(wishes),
            after["hard"] - broken["hard"],
            after["relaxable"] - broken["relaxable"],
            after["soft"] - broken["soft"],
            people,
            problem.workshop(workshop).name,
            table or 0,
        )
        if best is None or cost < best[0]:
            best = cost, tried
    return best[1] if best is not None else None


def residents_alone(problem: seating.Problem, seats: Mapping[tuple[str, str], seating.Seat], slot: str) -> int:
    """Groups where one resident sits without another."""
    inside = Counter(
        (seat.workshop, seat.table)
        for person in problem.present(slot)
        if person.is_resident and (seat := seats.get((person.id, slot))) is not None
    )
    return sum(residents == 1 for residents in inside.values())


def groups_with_room(
    problem: seating.Problem, plan: seating.Plan, person: seating.Person, slot: str
) -> list[tuple[Group, int]]:
    """Groups that meet already, with how many they are; nobody is put alone at a new table, nor where they cannot go.

    An absent person's chair is free.
    """
    filled: Counter[Group] = Counter()
    for other in problem.present(slot):
        if (seat := plan.seat(other.id, slot)) is not None:
            filled[seat.workshop, seat.table] += 1
    found: list[tuple[Group, int]] = []
    for workshop in problem.workshops_of(slot):
        here = {group: people for group, people in filled.items() if group[0] == workshop.id}
        lock = person.locks.get(slot)
        if sum(here.values()) >= workshop.maximum or not workshop.welcomes(person):
            continue
        if lock is not None and lock.workshop != workshop.id:
            continue
        if workshop.tables is None:
            found.append(((workshop.id, None), sum(here.values())))
            continue
        found += [
            (group, people)
            for group, people in here.items()
            if people < workshop.tables[1] and (lock is None or lock.table in (None, group[1]))
        ]
    return found

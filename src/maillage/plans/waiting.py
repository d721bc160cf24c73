"""Once places are published: somebody asks for another workshop, and has it as soon as a chair frees there.

First come, first served, and nobody else moves. A chair frees when somebody cancels, or leaves for another workshop in
turn. Until the eve: on the day the desk decides, with the people in front of it.
"""

import datetime as dt
from dataclasses import replace
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import seating
from maillage.gatherings.models import Gathering, Workshop
from maillage.plans.arrivals import groups_with_room, residents_alone
from maillage.plans.figures import figures_of
from maillage.plans.models import Placement, Plan, WorkshopWait
from maillage.plans.problem import Situation, seating_plan
from maillage.plans.queries import published_plan
from maillage.plans.refusals import CannotPlan, MoveRefused
from maillage.plans.services import log_plan, plan_situation, usable_plan, write_placements
from maillage.plans.violations import with_figures
from maillage.registrations.enums import RegistrationStatus
from maillage.registrations.letters import Letter, queue_letter
from maillage.registrations.models import Registration
from maillage.registrations.opening import is_past, is_today

BY = "la liste d’attente"


def may_ask(gathering: Gathering, now: dt.datetime) -> bool:
    return not is_today(gathering, now) and not is_past(gathering, now)


@transaction.atomic
def ask_workshop(*, registration: Registration, workshop: Workshop, by: object) -> bool:
    """True: they have it at once. Another wish for the same moment replaces the first, at the end of the line."""
    plan = published_plan(registration.gathering)
    if plan is None or not may_ask(registration.gathering, timezone.now()):
        raise MoveRefused(_("On ne change plus d’atelier ici : parlez-en à l’accueil."))
    plan = usable_plan(plan)
    if registration.status != RegistrationStatus.REGISTERED:
        raise MoveRefused(_("Votre inscription ne tient plus."))
    place = plan.placements.filter(registration=registration, slot=workshop.slot_id).first()
    if place is None or workshop.slot.gathering_id != registration.gathering_id:
        raise MoveRefused(_("Vous n’avez pas de place sur ce créneau : demandez à l’équipe."))
    if place.porteur:
        raise MoveRefused(_("Votre table compte sur votre sujet : parlez-en à l’équipe."))
    if place.workshop_id == workshop.pk:
        raise MoveRefused(_("Vous y êtes déjà."))
    WorkshopWait.objects.filter(registration=registration, slot=workshop.slot_id).delete()
    WorkshopWait.objects.create(registration=registration, slot_id=workshop.slot_id, workshop=workshop)
    log_plan(plan, by, "ask-workshop")
    _settle(plan, tell=registration.pk)
    return not WorkshopWait.objects.filter(registration=registration, workshop=workshop).exists()


@transaction.atomic
def stop_waiting(*, wait: WorkshopWait) -> None:
    wait.delete()


def hear_left(sender: object, *, registration: Registration, **_news: Any) -> None:
    """Receiver of `registrations.signals.left`: a chair is free."""
    WorkshopWait.objects.filter(registration=registration).delete()
    settle_workshops(gathering=registration.gathering)


@transaction.atomic
def settle_workshops(*, gathering: Gathering) -> int:
    """Gives free chairs to those who wait for them, in order; returns how many moved."""
    plan = published_plan(gathering)
    if plan is None or not may_ask(gathering, timezone.now()):
        return 0
    return _settle(usable_plan(plan))


def waits_of(gathering: Gathering) -> list[WorkshopWait]:
    """In the order in which they will be served, workshop by workshop."""
    rows = WorkshopWait.objects.filter(registration__gathering=gathering)
    rows = rows.select_related("registration__person", "workshop", "slot")
    return list(rows.order_by("slot__position", "workshop__position", "created_at", "pk"))


def _settle(plan: Plan, *, tell: object = None) -> int:
    """The caller holds the plan's lock. Each who moves frees a chair, perhaps for another: until nobody moves."""
    waits = list(
        WorkshopWait.objects.filter(
            registration__gathering=plan.gathering_id, registration__status=RegistrationStatus.REGISTERED
        )
        .select_related("registration__gathering__space", "registration__person", "workshop__slot")
        .order_by("created_at", "pk")
    )
    if not waits:
        return 0
    try:
        situation = plan_situation(plan.gathering, plan)
    except CannotPlan:
        return 0
    moved, going = 0, True
    while going:
        going = False
        for wait in waits:
            if _move(plan, situation, wait):
                waits.remove(wait)
                wait.delete()
                if wait.registration_id != tell:  # who asks sees the answer
                    queue_letter(Letter.MOVED, wait.registration)
                moved, going = moved + 1, True
                break
    return moved


def _move(plan: Plan, situation: Situation, wait: WorkshopWait) -> bool:
    who, slot, wanted = str(wait.registration_id), str(wait.slot_id), str(wait.workshop_id)
    problem, seated = situation.problem, seating_plan(plan)
    here = seated.seat(who, slot)
    if here is None or here.porteur or wanted not in situation.workshops or who not in situation.registrations:
        return False
    person = problem.person(who)
    staying = sum(
        seat is not None and seat.workshop == here.workshop
        for seat in (seated.seat(other.id, slot) for other in problem.present(slot))
    )
    if staying - 1 < problem.workshop(here.workshop).minimum:
        return False
    free = [
        group for group in groups_with_room(problem, seated, _unlocked(person, slot), slot) if group[0][0] == wanted
    ]
    if person.is_resident:
        alone = residents_alone(problem, seated.seats, slot)
        free = [
            each
            for each in free
            if residents_alone(problem, {**seated.seats, (who, slot): seating.Seat(*each[0])}, slot) <= alone
        ]
    if not free:
        return False
    (workshop, table), _people = min(free, key=lambda group: (group[1], group[0][1] or 0))
    seats = {**seated.seats, (who, slot): seating.Seat(workshop, table)}
    after = with_figures(problem, seating.Plan(seats, seed=seated.seed))
    rows = Placement.objects.filter(plan=plan, registration=wait.registration_id, slot=wait.slot_id)
    known = {(one, moment): pk for one, moment, pk in rows.values_list("registration", "slot", "pk")}
    rows.delete()
    # Locked: they were told, and the next run must not undo it.
    promised = {(wait.registration_id, wait.slot_id)}
    write_placements(plan, situation, after, promised, only={(who, slot): seats[who, slot]}, known=known)
    plan.figures = figures_of(situation, after)
    plan.save(update_fields=["figures"])
    log_plan(plan, BY, "workshop-promotion")
    return True


def _unlocked(person: seating.Person, slot: str) -> seating.Person:
    """Their own wish is above the lock that keeps them where they are."""
    return replace(person, locks={when: lock for when, lock in person.locks.items() if when != slot})

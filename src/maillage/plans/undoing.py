"""The last move by hand, undone: every place it changed is put back as it was, or nothing is."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

import seating
from maillage.plans.models import Plan
from maillage.plans.problem import known_seats
from maillage.plans.services import (
    Place,
    Refused,
    Stay,
    log_plan,
    places_of_plan,
    plan_situation,
    rewrite_placements,
    usable_plan,
)


class ChangedSince(Refused):
    def __init__(self) -> None:
        super().__init__(_("La répartition a changé depuis : cela ne se défait plus. Déplacez la personne à la main."))


@transaction.atomic
def undo_move(*, plan: Plan, step: Sequence[Stay], by: object) -> None:
    plan = usable_plan(plan)
    now = places_of_plan(plan)
    keys = {(UUID(stay.registration), UUID(stay.slot)): stay for stay in step}
    if not keys or any(now.get(key) != stay.after for key, stay in keys.items()):
        raise ChangedSince
    situation = plan_situation(plan.gathering, plan)
    seats = dict(known_seats(situation, plan).seats)
    for stay in step:
        workshop, table, porteur, _locked = stay.before
        if workshop not in situation.workshops or stay.registration not in situation.registrations:
            raise ChangedSince
        seats[stay.registration, stay.slot] = seating.Seat(workshop, table, porteur)
    places = now | {key: stay.before for key, stay in keys.items()}
    locks = {key for key, place in places.items() if place[3]}
    rewrite_placements(plan, situation, seating.Plan(seats, seed=plan.seed), locks)
    log_plan(plan, by, "undo-move")


def kept(step: Sequence[Stay]) -> list[dict[str, Any]]:
    """For the visitor's own session: JSON-able."""
    return [{"registration": s.registration, "slot": s.slot, "before": s.before, "after": s.after} for s in step]


def read_kept(rows: Sequence[dict[str, Any]]) -> list[Stay]:
    return [Stay(row["registration"], row["slot"], _place(row["before"]), _place(row["after"])) for row in rows]


def _place(values: Sequence[Any]) -> Place:
    workshop, table, porteur, locked = values
    return str(workshop), table, bool(porteur), bool(locked)

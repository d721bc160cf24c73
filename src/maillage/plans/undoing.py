"""The last move by hand, undone: every place it changed is put back as it was, or nothing is."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from maillage.plans.models import Placement, Plan
from maillage.plans.problem import known_seats
from maillage.plans.refusals import Refused
from maillage.plans.services import (
    Place,
    Said,
    Stay,
    log_plan,
    places_of_plan,
    plan_situation,
    rewrite_placements,
    seats_digest,
    usable_plan,
)

LAST, UNDO = "plan-last", "plan-undo"  # in the visitor's session: what was just done, what may still be undone


class ChangedSince(Refused):
    def __init__(self) -> None:
        super().__init__(_("La répartition a changé depuis : cela ne se défait plus. Déplacez la personne à la main."))


@transaction.atomic
def undo_move(*, plan: Plan, step: Sequence[Stay], by: object, said: Said | None = None) -> None:
    """The places as they were; `said`, what the plan said then, is said again where nothing else has changed."""
    plan = usable_plan(plan)
    now = places_of_plan(plan)
    keys = {(UUID(stay.registration), UUID(stay.slot)): stay for stay in step}
    if not keys or any(now.get(key) != stay.after for key, stay in keys.items()):
        raise ChangedSince
    _put_back(plan, keys)
    if any(stay.before[:3] != stay.after[:3] for stay in step):
        situation = plan_situation(plan.gathering, plan)  # with the locks put back
        if any(s.before[0] not in situation.workshops or s.registration not in situation.registrations for s in step):
            raise ChangedSince
        seats = known_seats(situation, plan)
        if said is not None and len(seats.seats) == len(now) and seats_digest(now) == said.after:
            _say_again(plan, said)
        else:
            locks = {key for key, place in places_of_plan(plan).items() if place[3]}
            rewrite_placements(plan, situation, seats, locks)
    log_plan(plan, by, "undo-move")


def _put_back(plan: Plan, keys: dict[tuple[UUID, UUID], Stay]) -> None:
    rows = [row for row in plan.placements.all() if (row.registration_id, row.slot_id) in keys]
    for row in rows:
        workshop, table, porteur, locked = keys[row.registration_id, row.slot_id].before
        row.workshop_id, row.table, row.porteur, row.locked = UUID(workshop), table, porteur, locked
    Placement.objects.bulk_update(rows, ["workshop", "table", "porteur", "locked"])


def _say_again(plan: Plan, said: Said) -> None:
    rows = [row for row in plan.placements.all() if f"{row.registration_id} {row.slot_id}" in said.reasons]
    for row in rows:
        key = f"{row.registration_id} {row.slot_id}"
        row.reason, row.told = said.reasons[key], said.told.get(key, {})
    Placement.objects.bulk_update(rows, ["reason", "told"])
    plan.notes, plan.figures, plan.told = said.notes, said.figures, said.notes_told
    plan.save(update_fields=["notes", "figures", "told"])


def kept(step: Sequence[Stay]) -> list[dict[str, Any]]:
    """For the visitor's own session: JSON-able."""
    return [{"registration": s.registration, "slot": s.slot, "before": s.before, "after": s.after} for s in step]


def read_kept(rows: Sequence[dict[str, Any]]) -> list[Stay]:
    return [Stay(row["registration"], row["slot"], _place(row["before"]), _place(row["after"])) for row in rows]


def _place(values: Sequence[Any]) -> Place:
    workshop, table, porteur, locked = values
    return str(workshop), table, bool(porteur), bool(locked)

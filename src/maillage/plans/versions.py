"""The plans of a gathering over time: each is kept, two are compared, an earlier one is taken up again."""

from collections.abc import Iterable
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import Count, Exists, OuterRef, QuerySet
from django.db.models.functions import TruncMinute
from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering, Slot
from maillage.lib.matching import fold
from maillage.plans.enums import PlanStatus
from maillage.plans.figures import figures_by_slot
from maillage.plans.models import Placement, Plan
from maillage.plans.problem import known_seats
from maillage.plans.queries import latest_plan, placements, published_plan
from maillage.plans.refusals import AlreadyReplaced, Refused
from maillage.plans.services import log_plan, plan_situation, rewrite_placements, usable_plan
from maillage.registrations.enums import RegistrationStatus
from maillage.registrations.models import Registration


@dataclass(frozen=True)
class Change:
    """One person whose place differs between two plans. None: no place in that one."""

    registration: Registration
    slot: Slot
    before: Placement | None
    after: Placement | None


@dataclass(frozen=True)
class Comparison:
    changes: list[Change]  # those who move, then those who come in, then those who go out
    same: int  # places that are the same in both
    figures: list[tuple[str, list[str], list[str]]]  # title of the moment, sentences of the one, of the other

    @property
    def moves(self) -> list[Change]:
        return [change for change in self.changes if change.before and change.after]

    @property
    def moved(self) -> int:
        return len({change.registration.pk for change in self.moves})

    @property
    def seated(self) -> list[Registration]:
        """Who had no place at some moment, and has one."""
        return _once(change.registration for change in self.changes if not change.before)

    @property
    def unseated(self) -> list[Registration]:
        return _once(change.registration for change in self.changes if not change.after)


class NothingLeft(Refused):
    def __init__(self) -> None:
        super().__init__(_("Plus personne de cette répartition n’est inscrit : il n’y a rien à reprendre."))


def plans_of(gathering: Gathering) -> QuerySet[Plan]:
    """Newest first, with how many places, and whether another was made in the same minute (`Plan.when` names them)."""
    others = gathering.plans.exclude(pk=OuterRef("pk")).annotate(minute=TruncMinute("created_at"))
    rows = gathering.plans.annotate(seats=Count("placements"), minute=TruncMinute("created_at"))
    twin = Exists(others.filter(minute=OuterRef("minute")))
    return rows.annotate(twin=twin).order_by("-created_at", "-id")


def compare(before: Plan, after: Plan) -> Comparison:
    old, new = _places(before), _places(after)
    changes = [
        Change((new.get(key) or old[key]).registration, (new.get(key) or old[key]).slot, old.get(key), new.get(key))
        for key in {**old, **new}
        if key not in old or key not in new or _where(old[key]) != _where(new[key])
    ]
    changes.sort(key=_order)
    return Comparison(changes, len({**old, **new}) - len(changes), _side_by_side(before, after))


@transaction.atomic
def take_up(*, plan: Plan, by: object) -> Plan:
    """A new draft with the places of this plan: who has left since is left out, fixed places stay fixed."""
    kept = list(
        placements().filter(plan=plan, registration__status=RegistrationStatus.REGISTERED, workshop__isnull=False)
    )
    if not kept:
        raise NothingLeft
    draft = Plan.objects.create(
        gathering=plan.gathering,
        seed=plan.seed,
        notes=plan.notes,
        told=plan.told,
        figures=plan.figures,
        by=str(by),
    )
    for placement in kept:
        placement.pk, placement.plan = None, draft
        placement._state.adding = True
    Placement.objects.bulk_create(kept)
    if len(kept) < plan.placements.count():  # its figures, notes and reasons spoke of people who are gone
        situation = plan_situation(plan.gathering, draft)
        locks = {(row.registration_id, row.slot_id) for row in kept if row.locked}
        rewrite_placements(draft, situation, known_seats(situation, draft), locks)
    log_plan(draft, by, "take-up-plan")
    return draft


@transaction.atomic
def drop_draft(*, plan: Plan, by: object) -> None:
    """The published plan goes on: the drafts made since are set aside, each still kept to be taken up again."""
    plan = usable_plan(plan)
    seen = published_plan(plan.gathering)
    newest = latest_plan(plan.gathering)
    if seen is None or plan.status != PlanStatus.DRAFT or newest is None or newest.pk != plan.pk:
        raise AlreadyReplaced
    drafts = Plan.objects.filter(gathering=plan.gathering_id, status=PlanStatus.DRAFT, created_at__gt=seen.created_at)
    drafts.update(status=PlanStatus.REPLACED)
    log_plan(plan, by, "drop-draft")


def _once(registrations: Iterable[Registration]) -> list[Registration]:
    return list({row.pk: row for row in registrations}.values())


def _places(plan: Plan) -> dict[tuple[UUID, UUID], Placement]:
    return {(row.registration_id, row.slot_id): row for row in placements().filter(plan=plan)}


def _where(placement: Placement) -> tuple[UUID, int | None]:
    return placement.workshop_id, placement.table


def _order(change: Change) -> tuple[int, int, str]:
    kind = 0 if change.before and change.after else 1 if change.after else 2
    return kind, change.slot.position, fold(f"{change.registration.person.last_name} {change.registration.person}")


def _side_by_side(before: Plan, after: Plan) -> list[tuple[str, list[str], list[str]]]:
    old, new = dict(figures_by_slot(before.figures)), dict(figures_by_slot(after.figures))
    return [(title, old.get(title, []), new.get(title, [])) for title in {**old, **new}]

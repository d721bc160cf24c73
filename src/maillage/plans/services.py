"""Writes about plans: make, rebalance, move, lock, publish. `by` is who did it, as the activity log names them."""

import hashlib
from collections.abc import Callable, Collection, Mapping
from dataclasses import dataclass, field, replace
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

import seating
from maillage.gatherings.models import Gathering, Workshop
from maillage.lib.languages import in_french
from maillage.office.services import record_activity
from maillage.plans.enums import PlanStatus
from maillage.plans.figures import figures_of, score_of
from maillage.plans.models import Placement, Plan
from maillage.plans.parting import give_porteur, part_ties
from maillage.plans.problem import NothingToPlan, Situation, seating_plan, situation_of
from maillage.plans.queries import latest_plan
from maillage.plans.refusals import AlreadyReplaced, CannotPlan, MoveRefused, SizeAssumed
from maillage.plans.telling import anew, how_each
from maillage.plans.ties import TiesTold
from maillage.plans.violations import is_assumed, is_eased, violations_of
from maillage.plans.wished import wishes_changed

MOST_RUNS = 3  # of one calculation, when others change the plan under it
WHAT = " – "  # between the gathering and what was changed of its plan, in the activity log
REASON_LENGTH = 400  # characters a placement holds
BEYOND = seating.later("Place confirmée par l’organisation au-delà d’une taille supposée (hypothèse).")


@dataclass(frozen=True)
class Effect:
    """What a move would do: rules broken that forbid it, what gets worse, what gets better. Sentences."""

    refused: tuple[str, ...]
    worse: tuple[str, ...]
    better: tuple[str, ...]
    assumed: tuple[str, ...] = ()  # rules broken whose number is a supposition: to be confirmed
    step: tuple["Stay", ...] = ()  # once done: what changed, for an undo
    said: "Said | None" = None  # once done: what the plan said before, for an undo


@dataclass(frozen=True)
class Said:
    """What a plan said before a move: the reasons that the move changed, keyed « registration slot », and the rest."""

    reasons: dict[str, str]
    notes: list[str]
    figures: dict[str, Any]
    after: str  # the seats once moved: with others, these words are not true any more
    told: dict[str, Any] = field(default_factory=dict)  # how the reasons were said, by the same keys
    notes_told: dict[str, Any] = field(default_factory=dict)


Place = tuple[str, int | None, bool, bool]  # workshop, table, brings a subject, locked


@dataclass(frozen=True)
class Stay:
    """One person's place at one moment, before and after a move."""

    registration: str
    slot: str
    before: Place
    after: Place


Progress = Callable[[int, str], bool | None]  # per cent, what is being done; False stops with the best so far


def make_plan(*, gathering: Gathering, by: object, seed: int = 0, on_progress: Progress | None = None) -> Plan:
    """A draft that starts from the last plan: with nothing changed, nobody moves. The solver runs in no transaction."""

    def tell(progress: seating.Progress) -> bool | None:
        return on_progress(100 * progress.done // max(progress.total, 1), progress.sentence) if on_progress else None

    def solve(situation: Situation, last: Plan | None) -> seating.Plan:
        start = part_ties(situation, seating_plan(last)) if last is not None else None
        return seating.solve(situation.problem, seed=seed, start=start, on_progress=tell)

    return _solved(gathering, solve, by, "make-plan")


def rebalance_plan(*, gathering: Gathering, by: object) -> Plan:
    """A draft after absences and walk-ins: the fewest people move, and each move is said in its notes."""
    if latest_plan(gathering) is None:
        return make_plan(gathering=gathering, by=by)

    def settle(situation: Situation, last: Plan | None) -> seating.Plan:
        assert last is not None, "a plan is never deleted"
        return seating.reoptimise(situation.problem, seating_plan(last), seating.Changes(), seed=last.seed)

    return _solved(gathering, settle, by, "rebalance-plan")


def _solved(
    gathering: Gathering, solve: Callable[[Situation, Plan | None], seating.Plan], by: object, verb: str
) -> Plan:
    """Solves, then keeps; what somebody decides meanwhile is not undone by a draft that did not know it:

    1. the run reads the last plan and its locks, and computes for seconds;
    2. another organiser moves somebody, who is then locked there, or takes a workshop off the programme;
    3. the run ends, sees it, and starts anew from there.
    """
    for _run in range(MOST_RUNS):
        last = latest_plan(gathering)
        situation = plan_situation(gathering, last)
        try:
            solved = solve(situation, last)
        except seating.Infeasible as refusal:
            raise _cannot(refusal) from refusal
        with transaction.atomic():
            if _is_as_read(gathering, situation, last):
                return _keep(gathering, situation, solved, last, by, verb)
    raise CannotPlan(
        _("Les places ou le programme changent pendant le calcul. Rien n’est perdu : attendez un instant, recalculez.")
    )


def _is_as_read(gathering: Gathering, situation: Situation, last: Plan | None) -> bool:
    """Nobody moved or locked anybody, made another plan, or removed what the situation holds."""
    if last is not None:
        Plan.objects.select_for_update().get(pk=last.pk)  # moves by hand take this lock too
        read = {(p.registration_id, p.slot_id): (p.workshop_id, p.table, p.locked) for p in last.placements.all()}
        rows = Placement.objects.filter(plan=last)
        now = {(p.registration_id, p.slot_id): (p.workshop_id, p.table, p.locked) for p in rows}
        if now != read:
            return False
    newest = gathering.plans.exclude(status=PlanStatus.REPLACED).values_list("pk", flat=True).first()
    if newest != (last and last.pk):
        return False
    registrations = set(gathering.registrations.values_list("pk", flat=True))
    workshops = set(Workshop.objects.filter(slot__gathering=gathering).values_list("pk", "slot"))
    return registrations.issuperset(row.pk for row in situation.registrations.values()) and workshops.issuperset(
        (row.pk, row.slot_id) for row in situation.workshops.values()
    )


@transaction.atomic
def publish_plan(*, plan: Plan, by: object) -> None:
    """People see this one from now on; the one they saw is replaced."""
    plan = usable_plan(plan)
    Plan.objects.filter(gathering=plan.gathering_id, status=PlanStatus.PUBLISHED).exclude(pk=plan.pk).update(
        status=PlanStatus.REPLACED
    )
    plan.status, plan.published_at = PlanStatus.PUBLISHED, timezone.now()
    plan.save(update_fields=["status", "published_at"])
    log_plan(plan, by, "publish-plan")


@transaction.atomic
def unpublish_plan(*, plan: Plan, by: object) -> None:
    plan = usable_plan(plan)
    plan.status, plan.published_at = PlanStatus.DRAFT, None
    plan.save(update_fields=["status", "published_at"])
    log_plan(plan, by, "unpublish-plan")


@transaction.atomic
def lock_placement(*, placement: Placement, by: object, locked: bool = True) -> Stay:
    """The next runs keep this person there."""
    asked, plan = placement, usable_plan(placement.plan)
    rows = plan.placements.select_for_update().filter(registration=asked.registration_id, slot=asked.slot_id)
    found = rows.first()  # not the row that was read: another organiser may have moved them since
    if found is None or (found.workshop_id, found.table) != (asked.workshop_id, asked.table):
        raise MoveRefused(_("La répartition vient de changer : rechargez la page, puis recommencez."))
    placement = found
    here = (str(placement.workshop_id), placement.table, placement.porteur)
    stay = Stay(str(placement.registration_id), str(placement.slot_id), (*here, placement.locked), (*here, locked))
    placement.locked = locked
    placement.save(update_fields=["locked"])
    where = _where(placement.workshop, placement.table)
    log_plan(plan, by, "lock" if locked else "unlock", what=where)
    return stay


@transaction.atomic
def lock_group(*, plan: Plan, workshop: UUID, table: int | None, by: object, locked: bool = True) -> list[Stay]:
    """Everybody of a table, or of a whole workshop (`table` None). Those who already are as asked are left out."""
    plan = usable_plan(plan)
    rows = plan.placements.select_for_update().filter(workshop=workshop).exclude(locked=locked).order_by("pk")
    if table is not None:
        rows = rows.filter(table=table)
    steps = []
    for row in rows:
        here = (str(row.workshop_id), row.table, row.porteur)
        steps.append(Stay(str(row.registration_id), str(row.slot_id), (*here, not locked), (*here, locked)))
    plan.placements.filter(pk__in=[row.pk for row in rows]).update(locked=locked)
    if steps:
        where = _where(Workshop.objects.get(pk=workshop), table)
        log_plan(plan, by, "lock-group" if locked else "unlock-group", what=where)
    return steps


def move_effect(placement: Placement, workshop: Workshop, table: int | None) -> Effect:
    """What a move would do, before it is done."""
    situation = plan_situation(placement.plan.gathering, placement.plan, but=placement)
    before = seating_plan(placement.plan)
    return _effect(situation, before, _moved(situation, before, placement, workshop, table))


@transaction.atomic
def move_person(
    *, placement: Placement, workshop: Workshop, table: int | None, by: object, anyway: bool = False
) -> Effect:
    """Seat somebody elsewhere by hand, and lock them there: the next run must not undo what a person decided.

    `anyway` goes beyond a size that is only supposed, and says so in the reason; a known size stays a wall.
    """
    plan = usable_plan(placement.plan)
    rows = plan.placements.select_related("plan__gathering__space", "registration__person")
    found = rows.filter(pk=placement.pk).first()
    if found is None:
        raise MoveRefused(_("La répartition vient de changer : rechargez la page, puis recommencez."))
    placement = found
    if workshop.slot_id != placement.slot_id:
        raise MoveRefused(_("Cet atelier n’a pas lieu sur ce créneau."))
    situation = plan_situation(plan.gathering, plan, but=placement)
    if str(workshop.pk) not in situation.workshops or str(placement.registration_id) not in situation.registrations:
        raise MoveRefused(_("Cette personne ou cet atelier n’est plus au programme."))
    if not workshop.table_max:
        table = None
    elif table is None:
        raise MoveRefused(_("Choisissez une table."))
    before = seating_plan(plan)
    after = _moved(situation, before, placement, workshop, table)
    effect = _effect(situation, before, after)
    if effect.refused:
        raise MoveRefused(" ".join(effect.refused))
    if effect.assumed and not anyway:
        raise SizeAssumed(_("{sizes} Cette taille est une hypothèse.").format(sizes=" ".join(effect.assumed)))
    old, said, told = places_of_plan(plan), reasons_of_plan(plan), told_of_plan(plan)
    notes, figures, notes_told = plan.notes, plan.figures, plan.told
    locks = {key for key, place in old.items() if place[3]} | {(placement.registration_id, placement.slot_id)}
    beyond = {(placement.registration_id, placement.slot_id)} if effect.assumed else set()
    rewrite_placements(plan, situation, after, locks, beyond)
    there = f"{_where(placement.workshop, placement.table)} → {_where(workshop, table)}"
    log_plan(plan, by, "move-person", what=there)
    new, says = places_of_plan(plan), reasons_of_plan(plan)
    changed = {key: reason for key, reason in said.items() if says.get(key) != reason}
    return replace(
        effect,
        said=Said(
            changed, notes, figures, seats_digest(new), {key: told[key] for key in changed if told[key]}, notes_told
        ),
        step=tuple(
            Stay(str(key[0]), str(key[1]), old[key], new[key]) for key in old if key in new and old[key] != new[key]
        ),
    )


def places_of_plan(plan: Plan) -> dict[tuple[UUID, UUID], Place]:
    return {
        (row.registration_id, row.slot_id): (str(row.workshop_id), row.table, row.porteur, row.locked)
        for row in plan.placements.order_by("pk")
    }


def reasons_of_plan(plan: Plan) -> dict[str, str]:
    return {f"{row.registration_id} {row.slot_id}": row.reason for row in plan.placements.all()}


def told_of_plan(plan: Plan) -> dict[str, dict[str, Any]]:
    return {f"{row.registration_id} {row.slot_id}": row.told for row in plan.placements.all()}


def _confirmed(plan: Plan) -> set[tuple[UUID, UUID]]:
    """Places that somebody confirmed beyond a supposed size, and that are still fixed."""
    rows = plan.placements.filter(locked=True, reason__contains=BEYOND)
    return set(rows.values_list("registration_id", "slot_id"))


def seats_digest(places: Mapping[tuple[UUID, UUID], Place]) -> str:
    """The same for the same seats, locks aside."""
    rows = sorted(f"{key} {place[:3]}" for key, place in places.items())
    return hashlib.sha256("\n".join(rows).encode()).hexdigest()


def rewrite_placements(
    plan: Plan,
    situation: Situation,
    seats: seating.Plan,
    locks: set[tuple[UUID, UUID]],
    beyond: Collection[tuple[UUID, UUID]] = (),
) -> None:
    """All the plan's places anew: reasons and figures follow from the whole. `beyond`: confirmed just now."""
    confirmed = _confirmed(plan) | set(beyond)
    known = {(each.registration_id, each.slot_id): each.pk for each in plan.placements.all()}
    plan.placements.all().delete()
    write_placements(plan, situation, seats, locks, beyond=confirmed, known=known)
    plan.figures = figures_of(situation, seats)
    notes = _notes(situation, seats)
    plan.notes, plan.told = [*map(str, notes)], how_each(notes)
    plan.save(update_fields=["figures", "notes", "told"])


def situation_now(gathering: Gathering) -> Situation:
    """The problem with no lock: for places decided elsewhere."""
    return plan_situation(gathering, None)


def plan_situation(gathering: Gathering, last: Plan | None, but: Placement | None = None) -> Situation:
    """The problem with the locks of a plan. A lock that the programme no longer knows is left out."""
    locked = list(last.placements.filter(locked=True)) if last is not None else []
    if but is not None:
        locked = [placement for placement in locked if placement.pk != but.pk]
    try:
        return situation_of(gathering, locked)
    except NothingToPlan as refusal:
        raise CannotPlan(refusal.sentence) from refusal
    except seating.InvalidProblem as refusal:
        raise CannotPlan(refusal.sentence) from refusal


def _cannot(refusal: seating.Infeasible) -> CannotPlan:
    lacks = tuple(
        (lack.sentence, tuple(way.sentence for way in lack.ways_out)) for lack in refusal.missing if lack.blocking
    )
    return CannotPlan(refusal.sentence, lacks)


def usable_plan(plan: Plan) -> Plan:
    """The row, locked, unless another plan has taken its place."""
    fresh = Plan.objects.select_for_update().select_related("gathering__space").get(pk=plan.pk)
    if fresh.status == PlanStatus.REPLACED:
        raise AlreadyReplaced
    return fresh


@transaction.atomic
def _keep(
    gathering: Gathering, situation: Situation, solved: seating.Plan, last: Plan | None, by: object, verb: str
) -> Plan:
    locks: set[tuple[UUID, UUID]] = set()
    beyond: set[tuple[UUID, UUID]] = set()
    if last is not None:
        locks = set(last.placements.filter(locked=True).values_list("registration_id", "slot_id"))
        beyond = _confirmed(last)
    return keep_plan(gathering, situation, solved, locks, by, verb, beyond, scored=True)


@transaction.atomic
def keep_plan(
    gathering: Gathering,
    situation: Situation,
    solved: seating.Plan,
    locks: set[tuple[UUID, UUID]],
    by: object,
    verb: str,
    beyond: Collection[tuple[UUID, UUID]] = (),
    *,
    scored: bool = False,
) -> Plan:
    """A draft with these places, its figures and what is to be known of it. `scored`: with its mix on 100, a cost."""
    figures = figures_of(situation, solved)
    if scored:
        figures["score"] = score_of(situation, solved)
    notes = _notes(situation, solved)
    plan = Plan.objects.create(
        gathering=gathering,
        seed=solved.seed,
        by=str(by),
        notes=[*map(str, notes)],
        told=how_each(notes),
        figures=figures,
    )
    write_placements(plan, situation, solved, locks, beyond=beyond)
    log_plan(plan, by, verb)
    return plan


@in_french
def write_placements(
    plan: Plan,
    situation: Situation,
    solved: seating.Plan,
    locks: set[tuple[UUID, UUID]],
    *,
    only: Mapping[tuple[str, str], seating.Seat] | None = None,
    beyond: Collection[tuple[UUID, UUID]] = (),
    known: Mapping[tuple[UUID, UUID], int] | None = None,
) -> None:
    """All the seats, or `only` those; why somebody sits there is said from the whole plan.

    `known`: the numbers these places had, and keep: another organiser's page still names them.
    """

    ties = TiesTold(situation, solved)

    def reason(person: str, slot: str) -> tuple[str, dict[str, Any]]:
        """The words, and how they were said."""
        key = situation.registrations[person].pk, situation.slots[slot].pk
        why = seating.explain(situation.problem, solved, person, slot)
        said = seating.together(" ", why, *ties.to(person, slot))
        if key not in beyond or key not in locks:
            return _cut(said), said.told
        last = seating.speak(BEYOND)
        return f"{_cut(said, REASON_LENGTH - len(last) - 1)} {last}", seating.together(" ", said, last).told

    def number(person: str, slot: str) -> int | None:
        return (known or {}).get((situation.registrations[person].pk, situation.slots[slot].pk))

    def placement(person: str, slot: str, seat: seating.Seat) -> Placement:
        words, told = reason(person, slot)
        return Placement(
            pk=number(person, slot),
            plan=plan,
            registration=situation.registrations[person],
            slot=situation.slots[slot],
            workshop=situation.workshops[seat.workshop],
            table=seat.table,
            porteur=seat.porteur,
            locked=(situation.registrations[person].pk, situation.slots[slot].pk) in locks,
            reason=words,
            told=told,
        )

    Placement.objects.bulk_create(
        placement(person, slot, seat) for (person, slot), seat in (solved.seats if only is None else only).items()
    )


@in_french
def _notes(situation: Situation, solved: seating.Plan) -> list[str]:
    """What gave way or moved, then what is not known. A sentence is said once."""
    broken = (
        sentence
        for sentence, violation in violations_of(situation, solved).items()
        if violation.level in ("hard", "relaxable")  # hard ones are broken by a plan made by hand only
    )
    ties = TiesTold(situation, solved).notes()
    return list(dict.fromkeys(anew(each) for each in (*solved.notes, *broken, *ties, *situation.notes)))


def _moved(
    situation: Situation, before: seating.Plan, placement: Placement, workshop: Workshop, table: int | None
) -> seating.Plan:
    """The seats with one person elsewhere. Each table that lacks a porteur takes its first volunteer."""
    known = situation.registrations
    seats = {
        key: seat for key, seat in before.seats.items() if key[0] in known and seat.workshop in situation.workshops
    }
    person, slot = str(placement.registration_id), str(placement.slot_id)
    left = seats.get((person, slot))
    seats[person, slot] = seating.Seat(str(workshop.pk), table if workshop.table_max else None)
    for seat in (left, seats[person, slot]):
        if seat is not None:
            give_porteur(situation.problem, seats, slot, (seat.workshop, seat.table))
    return seating.Plan(seats, seed=before.seed)


def _effect(situation: Situation, before: seating.Plan, after: seating.Plan) -> Effect:
    old, new = violations_of(situation, before), violations_of(situation, after)
    added = [violation for sentence, violation in new.items() if sentence not in old]
    added = [each for each in added if not is_eased(each, before, after)]
    assumed = [each for each in added if is_assumed(situation, each, after)]
    lost, won = wishes_changed(situation, before, after)
    return Effect(
        refused=tuple(each.sentence for each in added if each.level == "hard" and each not in assumed),
        worse=(*lost, *(each.sentence for each in added if each.level != "hard")),
        better=(*won, *(sentence for sentence in old if sentence not in new)),
        assumed=tuple(each.sentence for each in assumed),
    )


def _cut(sentence: str, length: int = REASON_LENGTH) -> str:
    return sentence if len(sentence) <= length else sentence[: length - 1] + "…"


@in_french  # for the log
def _where(workshop: Workshop, table: int | None) -> str:
    return _("{workshop}, table {n}").format(workshop=workshop, n=table) if table else str(workshop)


def log_plan(plan: Plan, by: object, verb: str, what: str = "") -> None:
    """`what`: tables and workshops, never a person: the log outlives them."""
    about = f"{plan.gathering}{WHAT}{what}" if what else str(plan.gathering)
    record_activity(space=plan.gathering.space.slug, by=str(by), verb=verb, about=about, about_id=plan.pk)

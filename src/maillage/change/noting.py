"""Conditions, shared findings, actions, reviews, harvests: short things a noyau notes."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.change.checks import ChangeRefused, check_evidence, check_past, check_planned, check_text
from maillage.change.enums import Condition, ConditionState, ReviewKind, Strength
from maillage.change.keeping import add_kept, change_kept
from maillage.change.models import (
    LONGEST_SENTENCE,
    Change,
    Commitment,
    ConditionNote,
    CoreGroup,
    Finding,
    Harvest,
    Member,
    Review,
)
from maillage.memory.enums import ActionState
from maillage.memory.models import Action


def note_condition(
    *, group: CoreGroup, condition: str, state: str, finding: str, by: Member, on: dt.date | None = None
) -> ConditionNote:
    today = timezone.localdate()
    row = ConditionNote(
        group=group,
        condition=Condition(condition),
        state=ConditionState(state),
        finding=finding.strip(),
        on=check_past(on or today, today=today),
    )
    return add_kept(row, by=by, verb=_("a noté une condition"))


def add_finding(*, group: CoreGroup, text: str, by: Member, said_by: str = "", source: str = "") -> Finding:
    text = check_text(text, field="text", sentence=_("Écrivez le constat en une phrase."))
    known = Finding.objects.filter(group=group, text=text, removed_at=None).first()
    if known is not None:
        return known
    row = Finding(group=group, text=text, said_by=said_by.strip(), source=source.strip())
    return add_kept(row, by=by, verb=_("a noté un constat"))


def add_commitment(
    *,
    group: CoreGroup,
    what: str,
    by: Member | None,
    who: str = "",
    due: dt.date | None = None,
    change: Change | None = None,
    by_words: str = "",
    entrusted: str = "",
) -> Commitment:
    what = check_text(what, field="what", sentence=_("Dites ce qui sera fait."), most=LONGEST_SENTENCE)
    if due is not None:
        check_planned(due, today=timezone.localdate())
    same = Commitment.objects.filter(group=group, what=what, removed_at=None, entrusted=entrusted).first()
    if same is not None:
        return same
    row = Commitment(group=group, what=what, who=who.strip(), due=due, change=change, entrusted=entrusted)
    return add_kept(row, by=by, by_words=by_words, verb=_("a noté une action"))


@transaction.atomic
def take_action(*, group: CoreGroup, action: Action, by: Member | None, change: Change | None = None) -> Commitment:
    """An action that a gathering decided and whoever bears it agreed to: it feeds this path. It stays where it is."""
    if action.agreed_at is None:
        sentence = _("Cette action attend encore l’accord de qui s’en charge : elle pourra être reprise ensuite.")
        raise ChangeRefused("action", sentence)
    known = Commitment.objects.filter(group=group, decided=action).first()
    if known is not None:
        return known
    row = Commitment(group=group, what=action.what, who=action.bearer, due=action.due, decided=action, change=change)
    return add_kept(row, by=by, verb=_("a repris une action"))


def set_commitment_state(*, commitment: Commitment, state: str, by: Member, outcome: str | None = None) -> Commitment:
    content: dict[str, Any] = {"state": ActionState(state)} | ({"outcome": outcome} if outcome is not None else {})
    return change_kept(commitment, content=content, seen=None, by=by, verb=_("a dit où en est une action"))


def plan_review(*, group: CoreGroup, kind: str, on: dt.date, by: Member) -> Review:
    check_planned(on, today=timezone.localdate(), field="on")
    known = Review.objects.filter(group=group, kind=kind, on=on, removed_at=None).first()
    if known is not None:
        return known
    return add_kept(Review(group=group, kind=ReviewKind(kind), on=on), by=by, verb=_("a prévu une revue"))


def hold_review(
    *,
    review: Review,
    learned: str,
    decisions: str,
    next_on: dt.date | None,
    agenda: dict[str, Any],
    seen: int | None,
    by: Member,
    attended: str = "",
) -> Review:
    """What was learned and decided, by whom; the agenda stays as it was on the table."""
    if next_on is not None:
        check_planned(next_on, today=timezone.localdate(), field="next_on")
        if next_on <= review.on:
            raise ChangeRefused("next_on", _("La prochaine revue vient après celle-ci : vérifiez la date."))
    content: dict[str, Any] = {
        "attended": attended.strip(),
        "learned": learned.strip(),
        "decisions": decisions.strip(),
        "next_on": next_on,
    }
    if review.agenda is None:
        content["agenda"] = agenda
    return change_kept(review, content=content, seen=seen, by=by, verb=_("a noté une revue"))


def add_harvest(
    *,
    group: CoreGroup,
    review: Review | None,
    text: str,
    who: str,
    when: str,
    contribution: str,
    strength: str,
    evidence: str,
    by: Member,
) -> Harvest:
    row = Harvest(
        group=group,
        review=review,
        text=check_text(text, field="text", sentence=_("Dites ce qui a changé.")),
        who=check_text(who, field="who", sentence=_("Dites pour qui, ou chez qui.")),
        when=check_text(when, field="when", sentence=_("Dites quand : une date, un mois, une saison.")),
        contribution=check_text(
            contribution, field="contribution", sentence=_("Dites comment le noyau y a contribué.")
        ),
        strength=Strength(strength),
        evidence=check_evidence(strength, evidence),
    )
    return add_kept(row, by=by, verb=_("a récolté un effet"))

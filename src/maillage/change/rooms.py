"""What a live room gave lands in a noyau, card by card, when who holds it agrees. Read from the room each time."""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.change.checks import ChangeRefused, check_text
from maillage.change.enums import ReceivedStatus
from maillage.change.models import LONGEST_SENTENCE, LONGEST_STORY, Actor, CoreGroup, Member, Offering, Received
from maillage.change.noting import add_commitment, add_finding
from maillage.change.path import add_actor, add_change
from maillage.change.visions import current_vision, write_vision
from maillage.lib.matching import fold
from maillage.live.models import Session
from maillage.live.story import story_of_session
from maillage.office.services import record_activity

# kinds of cards of the shipped methods `vision-partagee` and `chemins-de-changement` → what they become
TARGETS = {"finding": "finding", "vision": "vision", "actor": "actor", "change": "change", "action": "action"}
MOST = {"finding": LONGEST_STORY, "vision": 2000, "actor": 120, "change": LONGEST_SENTENCE, "action": LONGEST_SENTENCE}
METHODS = ("vision-partagee", "chemins-de-changement")


@dataclass(frozen=True)
class Gift:
    """A card the room kept."""

    offering: Offering
    card: str
    target: str
    title: str
    text: str
    status: str  # "": not dealt with

    @property
    def name(self) -> str:
        return f"{self.offering.pk}/{self.card}"


@transaction.atomic
def offer_session(*, group: CoreGroup, session: Session, by: str) -> Offering:
    if session.gathering.space_id != group.space_id or session.rehearsal:
        raise ValueError("a session of another space, or a rehearsal")
    row, made = Offering.objects.get_or_create(group=group, session=session, defaults={"by": by[:200]})
    if made or row.withdrawn_at is not None:
        row.withdrawn_at = None
        row.save(update_fields=["withdrawn_at"])
        _log(group, by, _("a proposé un atelier à un noyau"))
    return row


@transaction.atomic
def withdraw_offer(*, group: CoreGroup, session: Session, by: str) -> None:
    """The noyau sees its cards no more. What it took is its own; offered again, all is as before."""
    if group.offerings.filter(session=session, withdrawn_at=None).update(withdrawn_at=timezone.now()):
        _log(group, by, _("ne propose plus un atelier à un noyau"))


def _log(group: CoreGroup, by: str, verb: str) -> None:
    record_activity(space=group.space.slug, by=by, verb=verb, about=group.name, about_id=group.pk)


def sessions_to_offer(group: CoreGroup) -> Sequence[Session]:
    rows = Session.objects.filter(gathering__space=group.space, rehearsal=False, method_version__method__in=METHODS)
    return list(rows.exclude(status="erased").select_related("workshop", "gathering").order_by("-created_at")[:30])


def gifts_of(group: CoreGroup) -> list[tuple[Offering, list[Gift]]]:
    dealt = {(row.offering_id, row.card): row.status for row in Received.objects.filter(offering__group=group)}
    return [
        (
            offering,
            [
                Gift(
                    offering,
                    card["id"],
                    TARGETS[card["kind"]],
                    card["title"],
                    card["text"],
                    dealt.get((offering.pk, card["id"]), ""),
                )
                for card in story_of_session(offering.session_id).cards
                if card["kind"] in TARGETS
            ],
        )
        for offering in group.offerings.filter(withdrawn_at=None).select_related(
            "session__workshop", "session__gathering"
        )
    ]


def guess_actor(text: str, actors: Sequence[Actor]) -> Actor | None:
    """The one the sentence begins with: « Le bailleur fait… »."""
    said = fold(text)
    found = [actor for actor in actors if said.startswith(fold(actor.name))]
    return max(found, key=lambda actor: len(actor.name), default=None)


@transaction.atomic
def receive(
    *,
    gift: Gift,
    by: Member,
    text: str,
    actor: Actor | None = None,
    new_actor: str = "",
    horizon: int | None = None,
) -> Any:
    """What it became. A card that was dealt with is not taken twice."""
    group = by.group
    CoreGroup.objects.select_for_update().get(pk=group.pk)
    if Received.objects.filter(offering=gift.offering, card=gift.card, status=ReceivedStatus.KEPT).exists():
        return None
    text = check_text(text, field="text", sentence=_("Cette carte est vide : écrivez-la."), most=MOST[gift.target])
    if new_actor.strip():
        new_actor = check_text(new_actor, field="actor", sentence="", most=MOST["actor"])
    said = _("l’atelier « %s »") % gift.offering.session.workshop
    made: Any
    if gift.target == "finding":
        made = add_finding(
            group=group, text=text, said_by=said[:200], source=str(gift.offering.session.gathering), by=by
        )
    elif gift.target == "vision":
        current = current_vision(group)
        made = write_vision(group=group, text=text, horizon=horizon, seen=current.number if current else 0, by=by)
    elif gift.target == "actor":
        made = add_actor(group=group, name=text, by=by)
    elif gift.target == "action":
        made = add_commitment(group=group, what=text, by=by)
    else:
        if actor is None and new_actor.strip():
            actor = add_actor(group=group, name=new_actor, by=by)
        if actor is None:
            raise ChangeRefused("actor", _("Dites de quel acteur parle cette phrase : choisissez-le, ou nommez-le."))
        made = add_change(group=group, actor=actor, text=text, by=by)
    _mark(gift, ReceivedStatus.KEPT, made.pk)
    return made


def leave_aside(*, gift: Gift) -> None:
    if gift.status != ReceivedStatus.KEPT:
        _mark(gift, ReceivedStatus.LEFT, None)


def take_up_again(*, gift: Gift) -> None:
    Received.objects.filter(offering=gift.offering, card=gift.card, status=ReceivedStatus.LEFT).delete()


def _mark(gift: Gift, status: ReceivedStatus, pk: Any) -> None:
    said = {"status": status, "object_id": pk}
    Received.objects.update_or_create(offering=gift.offering, card=gift.card, defaults=said)

"""What is kept: sentences for the report, and the porteur's sealed sheet."""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.db.models import Max
from django.utils import timezone

from maillage.gatherings.models import Gathering, Workshop
from maillage.live.enums import SessionStatus
from maillage.live.models import Session
from maillage.live.queries import releases_of
from maillage.memory.enums import TakeawayOrigin
from maillage.memory.history import lock_takeaway, record_version
from maillage.memory.models import Action, Gleaning, PorteurSheet, Takeaway
from maillage.memory.sheets import lookup_of, seal_sheet, sheet_token

LONGEST_TAKEAWAY = 600  # characters, as the column holds them


@transaction.atomic
def add_takeaway(
    *,
    gathering: Gathering,
    workshop: Workshop | None,
    text: str,
    origin: str,
    by: str,
    rehearsal: bool = False,
    said: int = 1,
) -> Takeaway:
    """Last of its workshop, or of the day's own."""
    rows = Takeaway.with_removed.filter(gathering=gathering, workshop=workshop, rehearsal=rehearsal)
    last = rows.aggregate(last=Max("position"))["last"]
    takeaway = Takeaway.objects.create(
        gathering=gathering,
        workshop=workshop,
        text=text,
        origin=origin,
        rehearsal=rehearsal,
        said=said,
        position=0 if last is None else last + 1,
    )
    record_version(takeaway, verb="a ajouté un « à retenir »", by=by)
    return takeaway


@transaction.atomic
def remove_takeaway(*, takeaway: Takeaway, by: str) -> None:
    """Takes a sentence out of the report; it can come back. What a porteur released goes too: they still hold it."""
    locked = lock_takeaway(takeaway)
    if locked.removed_at is None:
        locked.removed_at = timezone.now()
        record_version(locked, verb="a retiré un « à retenir »", by=by)


def keep_sheet(*, session: Session, seat_id: uuid.UUID, content: dict[str, Any]) -> tuple[PorteurSheet, str]:
    """Seals what the porteur keeps and gives the token of the private link, the same each time for the same seat."""
    token = sheet_token(session.pk, seat_id)
    sheet, _made = PorteurSheet.objects.update_or_create(
        lookup=lookup_of(token),
        defaults={"session": session, "gathering": session.gathering, "sealed": seal_sheet(token, content)},
    )
    return sheet, token


def hear_release(*, session: Session, seat_id: uuid.UUID, sentence: str | None) -> None:
    """The porteur's word: one sentence into the day's synthesis, or nothing. Heard twice, it is written once."""
    lookup = lookup_of(sheet_token(session.pk, seat_id))
    with transaction.atomic():
        sheet = (
            PorteurSheet.objects.select_for_update(of=("self",))
            .filter(lookup=lookup)
            .select_related("takeaway")
            .first()
        )
        if sheet is None:
            sheet, _token = keep_sheet(session=session, seat_id=seat_id, content={})
        sheet.release_heard = sentence is not None
        if sentence is None:
            if sheet.takeaway is not None:
                sheet.takeaway.delete()
                sheet.takeaway = None
        elif sheet.takeaway is None:
            sheet.takeaway = add_takeaway(
                gathering=session.gathering,
                workshop=session.workshop,
                text=sentence[:LONGEST_TAKEAWAY],
                origin=TakeawayOrigin.RELEASED,
                by="la personne qui a apporté son sujet",
                rehearsal=session.rehearsal,
            )
        else:
            sheet.takeaway.text = sentence[:LONGEST_TAKEAWAY]
            sheet.takeaway.save(update_fields=["text"])  # and no update: pages above follow what is saved
        sheet.save(update_fields=["takeaway", "release_heard"])


def hear_card(*, session: Session, card: str, sentence: str | None) -> None:
    """A card somebody let out is offered on the desk. Taken back by the porteur whose word it is, it is gone there."""
    if sentence is None:
        kept = Gleaning.objects.filter(session=session, key=f"card:{card}", takeaway__origin=TakeawayOrigin.RELEASED)
        Takeaway.with_removed.filter(gleanings__in=list(kept)).delete()


def erase_rehearsed(*, gathering_id: uuid.UUID, session_ids: Sequence[uuid.UUID]) -> None:
    """What robots kept and released goes with their sessions; nothing of a real one carries these marks."""
    with transaction.atomic():
        PorteurSheet.objects.filter(session__in=session_ids, session__rehearsal=True).delete()
        Action.with_removed.filter(gathering=gathering_id, rehearsal=True).delete()
        Takeaway.with_removed.filter(gathering=gathering_id, rehearsal=True).delete()


def catch_up_releases() -> None:
    """After a crash: the log may hold a sentence whose news was never heard. Nothing is written twice."""
    waiting = Session.objects.exclude(status=SessionStatus.ERASED).select_related("gathering__space", "workshop")
    for session in waiting.filter(last_number__gt=0):
        heard = set(session.sheets.filter(release_heard=True).values_list("lookup", flat=True))
        for seat_id, sentence in releases_of(session.pk).items():
            if lookup_of(sheet_token(session.pk, seat_id)) not in heard:
                hear_release(session=session, seat_id=seat_id, sentence=sentence)

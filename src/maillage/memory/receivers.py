"""News from the rooms: a porteur's sheet changed, a sentence was released or taken back."""

import uuid
from typing import Any

from maillage.live.models import Session
from maillage.memory.services import erase_rehearsed, hear_card, hear_release, keep_sheet


def on_kept(*, session_id: uuid.UUID, seat: uuid.UUID, sheet: dict[str, Any], **_: object) -> None:
    keep_sheet(session=_session(session_id), seat_id=seat, content=sheet)


def on_released(
    *, session_id: uuid.UUID, seat: uuid.UUID, sentence: str | None, card: str | None = None, **_: object
) -> None:
    if card is not None:
        hear_card(session=_session(session_id), card=card, sentence=sentence)
        return
    hear_release(session=_session(session_id), seat_id=seat, sentence=sentence)


def on_rehearsal_erased(*, gathering_id: uuid.UUID, session_ids: list[uuid.UUID], **_: object) -> None:
    erase_rehearsed(gathering_id=gathering_id, session_ids=session_ids)


def _session(session_id: uuid.UUID) -> Session:
    return Session.objects.select_related("gathering__space", "workshop").get(pk=session_id)

"""What the rooms of a gathering leave to tell, from their logs: for the report, during the day as after it."""

import logging
import uuid
from dataclasses import dataclass, field, replace
from typing import Any

from facilitation import kept_cards, story
from maillage.lib.languages import in_french
from maillage.live import keys
from maillage.live.enums import SessionStatus
from maillage.live.models import Session
from maillage.live.results import kept_figures
from maillage.live.rooms import ErasedSession, UnknownSession
from maillage.live.runtime import live
from maillage.methods.queries import UnreadableVersion

logger = logging.getLogger(__name__)


@dataclass(frozen=True)
class RoomStory:
    """`steps` and `cards` are as `facilitation.story` gives them; empty for a session that says nothing any more."""

    status: str = ""  # waiting, running, paused, closed; "" when it says nothing
    steps: list[dict[str, Any]] = field(default_factory=list)
    cards: list[dict[str, Any]] = field(default_factory=list)
    erased: bool = False
    unreadable: bool = False
    figures: list[dict[str, Any]] = field(default_factory=list)  # live.results.Row: counts kept when notes are erased


def stories_by_workshop(gathering_id: uuid.UUID, *, rehearsal: bool = False) -> dict[uuid.UUID, RoomStory]:
    """One entry a workshop that has a session, or whose counts were kept. One that cannot be read does not keep the
    others from being told."""
    found: dict[uuid.UUID, RoomStory] = {}
    counted = {} if rehearsal else kept_figures(gathering_id)
    rows = Session.objects.filter(gathering_id=gathering_id, rehearsal=rehearsal).order_by("created_at")
    for session_id, workshop_id, status in rows.values_list("pk", "workshop_id", "status"):
        if status == SessionStatus.ERASED:
            found.setdefault(workshop_id, RoomStory(erased=True))
            continue
        found[workshop_id] = _story_of(session_id)
    for workshop_id, figures in counted.items():  # of an erased session, or of a day that came as an archive
        known = found.get(workshop_id, RoomStory())
        if not known.status:
            found[workshop_id] = replace(known, figures=figures)
    return found


@in_french
def _story_of(session_id: uuid.UUID) -> RoomStory:
    if not keys.has_key(session_id):  # its moves would be read as erased ones
        return RoomStory(unreadable=True)
    try:
        room = live().rooms.load(session_id)
    except (UnknownSession, ErasedSession):
        return RoomStory(erased=True)
    except UnreadableVersion:
        logger.warning("session %s cannot be read: the report goes on without it", session_id)
        return RoomStory(unreadable=True)
    state = room.state
    return RoomStory(state.status, story(state), kept_cards(state))


def story_of_session(session_id: uuid.UUID) -> RoomStory:
    """Of one session that is not erased, else nothing."""
    session = Session.objects.filter(pk=session_id).exclude(status=SessionStatus.ERASED).exists()
    return _story_of(session_id) if session else RoomStory(erased=True)

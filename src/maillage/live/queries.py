"""What others read of sessions. A content never leaves by here but through the engine's views and what was released."""

import uuid
from typing import Any

from django.contrib.auth.models import AnonymousUser

from facilitation import Audience, Method, view_audience
from facilitation import leaving as leaving_view
from maillage.lib.languages import in_french
from maillage.live.enums import SeatKind, SessionStatus
from maillage.live.models import Session
from maillage.live.rooms import ErasedSession, UnknownSession
from maillage.live.runtime import live
from maillage.live.signals import sheet_of_seat
from maillage.methods.queries import UnreadableVersion
from maillage.people.models import User
from maillage.people.queries import can_facilitate

FACILITATOR_ROLE = "facilitator"


def session_by_join_code(code: str) -> Session | None:
    return Session.objects.filter(join_code=code).first() if code else None


def session_by_facilitator_code(code: str) -> Session | None:
    return Session.objects.filter(facilitator_code=code).first() if code else None


def join_roles(method: Method) -> list[dict[str, str]]:
    """The roles somebody may take at the door, the usual one first."""
    return [{"id": role.id, "label": role.title} for role in method.join_roles]


def default_role(method: Method) -> str:
    return method.default_role


def tables(session: Session) -> list[dict[str, Any]]:
    """The tables one may choose at the door; none to choose when there is one."""
    declared = session.options.get("tables", [])
    return declared if len(declared) > 1 else []


def can_control(user: User | AnonymousUser, session: Session) -> bool:
    """The control room belongs to those who organise or facilitate the gathering."""
    return can_facilitate(user, session.gathering)


def open_sessions(gathering_id: uuid.UUID) -> list[Session]:
    rows = Session.objects.filter(gathering_id=gathering_id).exclude(status=SessionStatus.ERASED)
    return list(
        rows.select_related("workshop__slot", "workshop__room").order_by(
            "workshop__slot__position", "workshop__position"
        )
    )


def sessions_with_codes(gathering: uuid.UUID) -> list[Session]:
    """Those of the day itself, to which people may be sent."""
    rows = open_sessions(gathering)
    return [session for session in rows if session.status == SessionStatus.OPEN and not session.rehearsal]


def rehearsal_sessions(gathering_id: uuid.UUID) -> list[Session]:
    return list(Session.objects.filter(gathering_id=gathering_id, rehearsal=True).select_related("workshop"))


def sheet_of(session_id: uuid.UUID, seat_id: uuid.UUID) -> dict[str, Any] | None:
    """The porteur's sheet as their own screen shows it; None for everybody else, and once the session is erased."""
    try:
        room = live().rooms.load(session_id)
    except (UnknownSession, ErasedSession):
        return None
    return sheet_of_seat(room, str(seat_id))


@in_french
def leaving(session_id: uuid.UUID) -> dict[str, Any] | None:
    """What this session lets out for what the day keeps (facilitation.leaving); None once it is erased."""
    try:
        room = live().rooms.load(session_id)
    except (UnknownSession, ErasedSession, UnreadableVersion):
        return None
    return leaving_view(room.state)


def released_sentences(session_id: uuid.UUID) -> list[str]:
    """What people of this session let out of the room, as it stands now."""
    return [release.sentence for release in live().rooms.load(session_id).state.released]


def releases_of(session_id: uuid.UUID) -> dict[uuid.UUID, str]:
    """The sentence each seat has let out and not taken back, as the log says it. Cards are in `leaving`."""
    released = live().rooms.load(session_id).state.released
    return {uuid.UUID(release.seat): release.sentence for release in released if release.card is None}


def control_view(session_id: uuid.UUID) -> dict[str, Any]:
    """What the control room sees of a session: step, clock, counts, never a card or a name; and phones on line."""
    room = live().rooms.load(session_id).in_words()
    view = view_audience(room.state, Audience(str(SeatKind.CONTROL), None))
    return {**view, "online": live().seats_of(session_id)}

"""« Tout décaler » : the clocks of all the rooms of a gathering at once, each by the hand of whoever leads there."""

from dataclasses import dataclass, field
from uuid import UUID

from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.models import Session
from maillage.live.queries import open_sessions
from maillage.live.rooms import ErasedSession
from maillage.live.runtime import live
from maillage.office.services import record_activity

GOING_ON = ("running", "paused")
MOST_MINUTES = 60  # as much as one move of the engine gives


@dataclass
class Shifted:
    """The rooms whose step ends later (or sooner), and those that said no, with their reason."""

    moved: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def shift_clocks(*, gathering: Gathering, minutes: int, key: UUID, by: str) -> Shifted:
    """Gives `minutes` (-60…60, not 0) to the step of every room that plays. The same `key` twice shifts once.

    A room that has not begun, or has ended, has no clock: it is left. What is on disk is said, room by room.
    """
    done = Shifted()
    for session in open_sessions(gathering.pk):
        if session.rehearsal:
            continue
        try:
            if live().rooms.load(session.pk).state.status not in GOING_ON:
                continue
        except ErasedSession:
            continue
        refusal = _extend(session, minutes, key)
        if refusal:
            done.refused.append(f"{session} : {refusal}")
        else:
            done.moved.append(str(session))
    if done.moved:
        record_activity(
            space=gathering.space.slug, by=by, verb="shift-clocks", about=str(gathering), about_id=gathering.pk
        )
    return done


def _extend(session: Session, minutes: int, key: UUID) -> str:
    """The sentence of the refusal, "" when the move is stored. A lead who is refused is passed over for the next."""
    refusal = _("Personne n’y anime : donnez ces minutes depuis son écran d’animation.")
    for seat in session.seats.filter(kind=SeatKind.FACILITATOR).order_by("pk"):
        move = Submitted(session.pk, seat.pk, "extend", {"seconds": minutes * 60}, f"shift-{key}")
        outcome = live().committer.submit(move)
        if outcome.accepted:
            return ""
        refusal = str(outcome.sentence)
    return refusal

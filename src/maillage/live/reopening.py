"""« Rouvrir » from the control room: by the hand of whoever leads there, and nobody new enters the room for it."""

import uuid

from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering
from maillage.live import log
from maillage.live.committer import Submitted
from maillage.live.models import Session
from maillage.live.outcomes import refuse
from maillage.live.rooms import ErasedSession
from maillage.live.runtime import live
from maillage.office.services import record_activity


def reopen_room(*, session: Session, gathering: Gathering, by: str) -> str:
    """The sentence of the refusal, "" when the room is open again (or was already)."""
    try:
        state = live().rooms.load(session.pk).state
    except ErasedSession:
        return _("Cette séance a été effacée.")
    if live().rooms.is_away(session.pk):
        return str(refuse("elsewhere").sentence)
    if state.status != "closed":  # ended from outside, the method being in the middle: it goes on there
        log.set_ended({session.pk: False})
        return ""
    leads = [
        seat
        for seat in state.seats.values()
        if seat.by == "self" and "reopen" in state.rights(seat.role) and not seat.table
    ]
    leads.sort(key=lambda seat: not seat.present)  # who is still there first
    refusal = _("Personne n’y a animé : ouvrez-la depuis son lien « Animer ».")
    for lead in leads:
        outcome = live().committer.submit(Submitted(session.pk, uuid.UUID(lead.id), "reopen", {}, uuid.uuid4().hex))
        if outcome.accepted:
            record_activity(
                space=gathering.space.slug, by=by, verb="reopen-session", about=str(session), about_id=session.pk
            )
            return ""
        refusal = str(outcome.sentence)
    return refusal

"""A room asks for help, the control room answers that somebody comes, the room says it is settled.

It is no move of the method: nothing of it is in the log, nor on any screen but the prompter's and the control room's.
"""

import math
import uuid
from dataclasses import dataclass
from datetime import datetime

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering
from maillage.live.enums import HelpWord, SessionStatus
from maillage.live.models import HelpCall, Session
from maillage.live.outcomes import refuse
from maillage.live.runtime import live


class HelpRefused(Exception):
    def __init__(self, status: int, sentence: str) -> None:
        self.status = status
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True, slots=True)
class HelpView:
    """A call for help as both screens say it."""

    id: uuid.UUID
    word: str  # « une personne », "" when the room did not say
    since: str  # « depuis 3 min »
    answered: str  # « il y a 1 min », when the control room said that somebody comes; "" when it has not


def ask_help(*, session_id: uuid.UUID, word: str) -> None:
    """Opens the room's call, or says what the open one is about. Asked twice, it is one call, of the first time."""
    if word not in ("", *HelpWord.values):
        raise HelpRefused(422, _("Choisissez un des mots proposés, ou aucun."))
    with transaction.atomic():
        session = Session.objects.select_for_update().filter(id=session_id).first()
        if session is None:
            raise HelpRefused(404, str(refuse("unknown-session").sentence))
        if session.status == SessionStatus.ERASED:
            raise HelpRefused(410, str(refuse("erased").sentence))
        if session.away:
            raise HelpRefused(410, str(refuse("elsewhere").sentence))
        if session.status == SessionStatus.CLOSED:
            raise HelpRefused(410, _("La séance est terminée : la régie ne reçoit plus d’appel de cette salle."))
        if session.rehearsal:
            raise HelpRefused(409, _("C’est une répétition : la régie n’en reçoit pas d’appel."))
        call, _made = HelpCall.objects.get_or_create(session=session)
        if word and word != call.word:
            call.word = word
            call.save(update_fields=["word"])
        transaction.on_commit(lambda: live().say_help_moved(session_id))


def settle_help(*, session_id: uuid.UUID, call_id: uuid.UUID) -> None:
    """Takes that call back; a later one of the same room stays. Harmless twice."""
    with transaction.atomic():
        HelpCall.objects.filter(id=call_id, session_id=session_id).delete()
        transaction.on_commit(lambda: live().say_help_moved(session_id))


def answer_help(*, gathering: Gathering, call_id: uuid.UUID) -> Session | None:
    """« On arrive »: the session that is told, None when its call is settled already. Said twice, it is said once."""
    with transaction.atomic():
        rows = HelpCall.objects.filter(id=call_id, session__gathering=gathering)
        call = rows.select_related("session__workshop").first()
        if call is None:
            return None
        session = call.session
        if rows.filter(answered_at=None).update(answered_at=timezone.now()):
            transaction.on_commit(lambda: live().say_help_moved(session.pk))
    return session


def help_of(session_id: uuid.UUID) -> HelpView | None:
    """The open call of a session."""
    call = HelpCall.objects.filter(session_id=session_id).first()
    return _view(call) if call else None


def help_calls(gathering_id: uuid.UUID) -> dict[uuid.UUID, HelpView]:
    """The open calls of a gathering, by session."""
    return {call.session_id: _view(call) for call in HelpCall.objects.filter(session__gathering_id=gathering_id)}


def _view(call: HelpCall) -> HelpView:
    return HelpView(
        id=call.id,
        word=call.get_word_display(),
        since=_long(call.asked_at, _("depuis {minutes} min")),
        answered=_long(call.answered_at, _("il y a {minutes} min")) if call.answered_at else "",
    )


def _long(moment: datetime, words: str) -> str:
    minutes = math.floor((timezone.now() - moment).total_seconds() / 60)
    return words.format(minutes=minutes) if minutes > 0 else _("à l’instant")

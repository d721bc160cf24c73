"""The notes of the rooms: thirty days, then their key is destroyed. What a porteur keeps stays, under its own link."""

import datetime as dt
from collections import Counter
from uuid import UUID

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maillage.live.enums import SessionStatus
from maillage.live.models import Session
from maillage.live.services import KEEP_DAYS, erase_due, erase_session
from maillage.office import ledger
from maillage.office.retention import BY, Due, Rule

DAYS = KEEP_DAYS


def due_sessions(space: UUID, _now: dt.datetime) -> list[Due]:
    """One line a gathering and a moment: its rooms go together."""
    rows = Session.objects.filter(gathering__space=space, rehearsal=False).exclude(status=SessionStatus.ERASED)
    numbers = Counter((row.gathering, row.erase_at) for row in rows.select_related("gathering"))
    return [
        Due(
            ngettext(
                "{gathering} : notes et photos d’{n} atelier", "{gathering} : notes et photos de {n} ateliers", number
            ).format(gathering=gathering, n=number),
            at,
        )
        for (gathering, at), number in numbers.items()
    ]


def erase(now: dt.datetime) -> int:
    return erase_due(now=now)


def erase_again() -> int:
    gone = ledger.erased(ledger.SESSION)
    number = 0
    for session in Session.objects.exclude(status=SessionStatus.ERASED).select_related("gathering__space", "workshop"):
        if session.pk in gone:
            erase_session(session=session, by=BY)
            number += 1
    return number


NOTES = Rule(
    key="notes",
    title=gettext_lazy("Les notes des ateliers"),
    term=lambda _space: _("{days} jours après la rencontre").format(days=DAYS),
    stays=gettext_lazy(
        "La fiche de chaque porteur ou porteuse reste, sous son lien ; les phrases confiées et les nombres aussi."
    ),
    due=due_sessions,
    erase=erase,
    again=erase_again,
    in_clear=False,  # sealed: without the key its bytes say nothing
)

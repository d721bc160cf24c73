"""A gathering or a workshop that is removed: its sessions go with it, unless people are in one."""

from django.db.models import QuerySet
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.gatherings.models import Gathering, Workshop
from maillage.live.enums import SessionStatus
from maillage.live.models import BoardPhoto, Session
from maillage.live.rooms import ErasedSession, UnknownSession
from maillage.live.runtime import live

GOING_ON = ("running", "paused")


def losses(gathering: Gathering) -> list[str]:
    number = Session.objects.filter(gathering=gathering, rehearsal=False).count()
    sentence = ngettext("{n} séance, et tout ce qui s’y est écrit", "{n} séances, et tout ce qui s’y est écrit", number)
    photos = BoardPhoto.objects.filter(session__gathering=gathering, session__rehearsal=False).count()
    pictured = ngettext("{n} photo de tableau papier", "{n} photos de tableau papier", photos)
    return [words.format(n=count) for count, words in ((number, sentence), (photos, pictured)) if count]


def hold(workshops: "QuerySet[Workshop]") -> str:
    sessions = Session.objects.filter(workshop__in=workshops, status=SessionStatus.OPEN, away=False).select_related(
        "workshop"
    )
    names = [str(session) for session in sessions if _is_going_on(session)]
    if not names:
        return ""
    return _("Une séance est en cours : {names}. Terminez-la d’abord, depuis la régie.").format(names=", ".join(names))


def _is_going_on(session: Session) -> bool:
    try:
        return live().rooms.load(session.pk).state.status in GOING_ON
    except (UnknownSession, ErasedSession):
        return False

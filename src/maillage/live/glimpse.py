from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.gatherings.glance import Action, Figure, Glimpse
from maillage.gatherings.models import Gathering
from maillage.gatherings.queries import has_workshops
from maillage.live.enums import SessionStatus
from maillage.live.queries import open_sessions
from maillage.people.queries import Visitor, can_facilitate, can_organise


def before(gathering: Gathering, user: Visitor) -> Glimpse | None:
    if not can_organise(user, gathering.space) or not has_workshops(gathering):
        return None
    return Glimpse(actions=[Action(_("Répéter avec des robots"), reverse("live:rehearsal", args=[gathering.pk]))])


def during(gathering: Gathering, user: Visitor) -> Glimpse | None:
    if not can_facilitate(user, gathering):
        return None
    url = reverse("live:control-room", args=[gathering.pk])
    sessions = [session for session in open_sessions(gathering.pk) if not session.rehearsal]
    if not sessions and not has_workshops(gathering):
        return None
    if not sessions:
        return Glimpse([Figure(_("Aucune séance n’est ouverte."), url=url)], [Action(_("Ouvrir les séances"), url)])
    ended = sum(session.status == SessionStatus.CLOSED for session in sessions)
    opened = len(sessions) - ended
    figures = []
    if opened:
        figures.append(Figure(_("séances ouvertes") if opened > 1 else _("séance ouverte"), opened, url))
    if ended:
        figures.append(Figure(_("séances terminées") if ended > 1 else _("séance terminée"), ended, url))
    return Glimpse(figures, [Action(_("Aller à la régie"), url)])

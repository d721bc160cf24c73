from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.gatherings.glance import Action, Figure, Glimpse
from maillage.gatherings.models import Gathering
from maillage.live.queries import open_sessions
from maillage.people.queries import Visitor, can_facilitate, can_organise


def before(gathering: Gathering, user: Visitor) -> Glimpse | None:
    if not can_organise(user, gathering.space):
        return None
    return Glimpse(actions=[Action(_("Répéter avec des robots"), reverse("live:rehearsal", args=[gathering.pk]))])


def during(gathering: Gathering, user: Visitor) -> Glimpse | None:
    if not can_facilitate(user, gathering.space):
        return None
    url = reverse("live:control-room", args=[gathering.pk])
    opened = sum(not session.rehearsal for session in open_sessions(gathering.pk))
    if not opened:
        return Glimpse([Figure(_("Aucune séance n’est ouverte."), url=url)], [Action(_("Ouvrir les séances"), url)])
    figures = [Figure(_("séances ouvertes") if opened > 1 else _("séance ouverte"), opened, url)]
    return Glimpse(figures, [Action(_("Aller à la régie"), url)])

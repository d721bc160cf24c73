from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.gatherings.glance import Action, Figure, Glimpse
from maillage.gatherings.models import Gathering
from maillage.gatherings.queries import has_workshops
from maillage.people.queries import Visitor, can_organise
from maillage.trips.queries import born_here


def before(gathering: Gathering, user: Visitor) -> Glimpse | None:
    """Where the day will be played; once it left, that it did."""
    if not can_organise(user, gathering.space) or not has_workshops(gathering):
        return None
    url = reverse("trips:trip", args=[gathering.pk])
    if gathering.away_since is not None:
        own = born_here(gathering)
        words = (
            _("Emportée sur un autre serveur : ses séances se jouent là-bas.") if own else _("Rendue à son serveur.")
        )
        return Glimpse([Figure(words, url=url, warn=own)], [Action(_("Rapporter, ou reprendre ici"), url)])
    if not born_here(gathering):
        return Glimpse(actions=[Action(_("Rendre à son serveur d’origine"), url)])
    return Glimpse(actions=[Action(_("Emporter sur un serveur de salle"), url)])

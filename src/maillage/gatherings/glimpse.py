"""What a programme itself has to show at a glance."""

from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.gatherings.clashes import find_clashes
from maillage.gatherings.glance import Action, Figure, Glimpse
from maillage.gatherings.models import Gathering
from maillage.gatherings.queries import programme_of
from maillage.people.queries import Visitor, can_organise


def of_programme(gathering: Gathering, user: Visitor) -> Glimpse:
    slots = programme_of(gathering)
    workshops = [workshop for slot in slots for workshop in slot.workshops.all()]
    url = reverse("gatherings:programme", args=[gathering.pk])
    figures = []
    if workshops:
        rooms = len({workshop.room_id for workshop in workshops if workshop.room_id})
        words = ngettext("atelier", "ateliers", len(workshops))
        if rooms:
            words += ngettext(", dans %d salle", ", dans %d salles", rooms) % rooms
        figures.append(Figure(words, len(workshops), url))
    else:
        figures.append(Figure(_("Le programme n’a pas encore d’atelier."), url=url, warn=True))
    clashes = len(find_clashes(slots))
    if clashes:
        words = ngettext("point à revoir dans le programme", "points à revoir dans le programme", clashes)
        figures.append(Figure(words, clashes, url, warn=True))
    if gathering.date is None:
        figures.append(Figure(_("La date n’est pas fixée."), url=reverse("gatherings:edit", args=[gathering.pk])))
    actions = [Action(_("Préparer le programme"), url)] if can_organise(user, gathering.space) else []
    return Glimpse(figures, actions)

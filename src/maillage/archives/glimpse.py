from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.gatherings.glance import Action, Glimpse
from maillage.gatherings.models import Gathering
from maillage.gatherings.queries import has_workshops
from maillage.people.queries import Visitor, can_organise


def after(gathering: Gathering, user: Visitor) -> Glimpse | None:
    if not can_organise(user, gathering.space):
        return None
    actions = [Action(_("Ce qui s’efface, et quand"), reverse("archives:retention", args=[gathering.space.slug]))]
    if has_workshops(gathering) or gathering.takeaways.exists():
        archive = Action(_("Archive ouverte, sans aucun nom (zip)"), reverse("archives:archive", args=[gathering.pk]))
        actions.insert(0, archive)
    return Glimpse(actions=actions)


def public_action(gathering: Gathering) -> Action | None:
    """From the day on: before, there is only a programme, which the page says better."""
    if gathering.date is None or gathering.date > timezone.localdate():
        return None
    url = reverse("archives:public", args=[gathering.space.slug, gathering.slug])
    return Action(_("Les données de cette rencontre (zip)"), url, quiet=True)

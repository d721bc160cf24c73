from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.gatherings.glance import Action, Glimpse
from maillage.gatherings.models import Gathering
from maillage.people.queries import Visitor, can_organise, can_run_desk


def papers(gathering: Gathering, user: Visitor) -> Glimpse | None:
    if not can_run_desk(user, gathering.space):
        return None
    return Glimpse(
        actions=[
            Action(_("Badges (PDF)"), reverse("reports:badges", args=[gathering.pk])),
            Action(_("Feuilles d’émargement (PDF)"), reverse("reports:sign-in-sheets", args=[gathering.pk])),
        ]
    )


def evening_report(gathering: Gathering, user: Visitor) -> Glimpse | None:
    if not can_organise(user, gathering.space):
        return None
    return Glimpse(actions=[Action(_("Compte rendu (PDF)"), reverse("reports:report", args=[gathering.pk]))])

from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.gatherings.glance import Action, Glimpse
from maillage.gatherings.models import Gathering
from maillage.gatherings.queries import has_workshops
from maillage.people.queries import Visitor, can_facilitate, can_organise, can_run_desk
from maillage.plans.queries import has_published_plan


def papers(gathering: Gathering, user: Visitor) -> Glimpse | None:
    if not can_run_desk(user, gathering) or not gathering.registrations.exists():
        return None  # a badge needs somebody
    doors = (
        [Action(_("Listes des portes (PDF)"), reverse("reports:door-lists", args=[gathering.pk]))]
        if has_published_plan(gathering)
        else []
    )
    return Glimpse(
        actions=[
            Action(_("Badges (PDF)"), reverse("reports:badges", args=[gathering.pk])),
            Action(_("Feuilles d’émargement (PDF)"), reverse("reports:sign-in-sheets", args=[gathering.pk])),
            Action(_("Émargement par demi-journée (PDF)"), reverse("reports:half-day-sheets", args=[gathering.pk])),
            *doors,
        ]
    )


def day_pack(gathering: Gathering, user: Visitor) -> Glimpse | None:
    if not can_facilitate(user, gathering) or not has_workshops(gathering):
        return None
    return Glimpse(
        actions=[
            Action(_("Le dossier papier de la journée (PDF)"), reverse("reports:day-pack", args=[gathering.pk])),
            Action(_("Affiches des salles (PDF)"), reverse("reports:signs", args=[gathering.pk])),
        ]
    )


def evening_report(gathering: Gathering, user: Visitor) -> Glimpse | None:
    if not can_organise(user, gathering.space):
        return None
    if not (has_workshops(gathering) or gathering.registrations.exists() or gathering.takeaways.exists()):
        return None  # nothing to tell yet
    return Glimpse(
        actions=[
            Action(_("Compte rendu (PDF)"), reverse("reports:report", args=[gathering.pk])),
            Action(_("Synthèse en deux pages (PDF)"), reverse("reports:summary", args=[gathering.pk])),
        ]
    )


def plenary(gathering: Gathering, user: Visitor) -> Glimpse | None:
    """The slides of the plenary: asked for while the rooms work."""
    if not can_facilitate(user, gathering) or not has_workshops(gathering):
        return None
    return Glimpse(
        actions=[Action(_("Retour sur les ateliers (diapositives)"), reverse("reports:deck", args=[gathering.pk]))]
    )


def documents(gathering: Gathering, user: Visitor) -> Glimpse | None:
    if not can_facilitate(user, gathering) and not can_run_desk(user, gathering):
        return None
    return Glimpse(actions=[Action(_("Documents de la rencontre"), reverse("reports:documents", args=[gathering.pk]))])

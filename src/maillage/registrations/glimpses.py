"""What registrations say on the gathering's own page."""

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.gatherings.glance import Action, Figure, Glimpse
from maillage.gatherings.models import Gathering
from maillage.people.queries import Visitor, can_organise, can_run_desk
from maillage.registrations.enums import ImportStatus
from maillage.registrations.links import form_path
from maillage.registrations.models import Opening
from maillage.registrations.opening import entrance
from maillage.registrations.queries import counts_of


def before(gathering: Gathering, user: Visitor) -> Glimpse | None:
    if not can_organise(user, gathering.space):
        return None
    counts = counts_of(gathering)
    url = reverse("registrations:list", args=[gathering.pk])
    if counts.registered:
        figures = [Figure(ngettext("inscription", "inscriptions", counts.registered), counts.registered, url)]
    else:
        figures = [Figure(_("Personne n’est encore inscrit."), url=url)]
    if counts.without_wish:
        figures.append(
            Figure(
                ngettext("personne sans vœu", "personnes sans vœu", counts.without_wish),
                counts.without_wish,
                f"{url}?only=no-wish",
                warn=True,
            )
        )
    if counts.volunteers:
        figures.append(
            Figure(
                ngettext("personne apporte un sujet", "personnes apportent un sujet", counts.volunteers),
                counts.volunteers,
                f"{url}?only=porteur",
            )
        )
    if counts.waiting:
        figures.append(
            Figure(
                ngettext("personne attend une place", "personnes attendent une place", counts.waiting),
                counts.waiting,
                reverse("registrations:waiting", args=[gathering.pk]),
            )
        )
    form_url = reverse("registrations:opening", args=[gathering.pk])
    opening = Opening.objects.select_related("gathering").filter(gathering=gathering).first()
    if opening is not None:
        figures.append(Figure(entrance(opening, timezone.now()).for_organiser, url=form_url))
    import_url = reverse("registrations:import", args=[gathering.pk])
    waiting = gathering.imports.filter(status=ImportStatus.DRAFT).count()
    if waiting:
        figures.append(
            Figure(
                ngettext("fichier attend vos réponses", "fichiers attendent vos réponses", waiting),
                waiting,
                import_url,
                warn=True,
            )
        )
    return Glimpse(
        figures,
        [
            Action(_("Voir les inscriptions"), url),
            Action(_("Formulaire d’inscription"), form_url),
            Action(_("Importer un fichier"), import_url),
        ],
    )


def during(gathering: Gathering, user: Visitor) -> Glimpse | None:
    if not can_run_desk(user, gathering):
        return None
    counts = counts_of(gathering)
    url = reverse("registrations:desk", args=[gathering.pk])
    figures = []
    if counts.present or counts.absent:
        figures = [
            Figure(ngettext("personne présente", "personnes présentes", counts.present), counts.present, url),
            Figure(ngettext("encore attendue", "encore attendues", counts.expected), counts.expected, url),
        ]
    return Glimpse(figures, [Action(_("Ouvrir l’accueil"), url)])


def sign_up_action(gathering: Gathering) -> Action | None:
    """On the public page of a gathering whose form takes people now."""
    opening = Opening.objects.select_related("gathering__space").filter(gathering=gathering).first()
    if opening is None or not entrance(opening, timezone.now()).enters:
        return None
    return Action(_("S’inscrire"), form_path(gathering))

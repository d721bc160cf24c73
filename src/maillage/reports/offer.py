"""All that can be printed or kept of a gathering, with what each is for: the page « Documents de la rencontre »."""

from collections.abc import Iterable
from dataclasses import dataclass

from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering
from maillage.gatherings.queries import has_workshops
from maillage.live.queries import sessions_with_codes
from maillage.people.queries import Visitor, can_facilitate, can_organise, can_run_desk
from maillage.plans.queries import has_published_plan
from maillage.registrations.certificates import why_no_certificate


@dataclass(frozen=True)
class Way:
    """One form of a document."""

    label: str
    url: str


@dataclass(frozen=True)
class Paper:
    title: str
    what_for: str
    ways: tuple[Way, ...] = ()
    lacking: str = ""  # why there is none yet


@dataclass(frozen=True)
class Group:
    title: str
    papers: tuple[Paper, ...]


def offer_of(gathering: Gathering, user: Visitor, *, rehearsal: bool = False) -> list[Group]:
    """In the order of the day: before, during, after. What this person's role does not reach is not listed."""
    after = tuple(_after(gathering, rehearsal)) if can_organise(user, gathering.space) else ()
    during = tuple(_during(gathering, rehearsal)) if can_facilitate(user, gathering) else ()
    before = (
        *(_rooms(gathering) if can_facilitate(user, gathering) else ()),
        *(_welcome(gathering) if can_run_desk(user, gathering) else ()),
    )
    if rehearsal:  # badges and sheets are the real day's: none of them is of a rehearsal
        before = ()
    groups = (
        Group(_("Après la rencontre"), after),
        Group(_("Pendant la rencontre"), during),
        Group(_("Avant et le jour même"), before),
    )
    return [group for group in groups if group.papers]


def _after(gathering: Gathering, rehearsal: bool) -> Iterable[Paper]:
    asked = "?repetition" if rehearsal else ""

    def address(name: str) -> str:
        return reverse(f"reports:{name}", args=[gathering.pk]) + asked

    yield Paper(
        _("Compte rendu"),
        _("Tout ce que la rencontre laisse : le programme, chaque atelier, les votes, les territoires, le cycle."),
        (
            Way(_("Lire ici"), address("report-page")),
            Way(_("PDF, à imprimer ou archiver"), address("report")),
            Way(_("DOCX, à modifier dans Word"), address("report-docx")),
            Way(_("ODT, à modifier dans LibreOffice"), address("report-odt")),
            Way(_("HTML, un seul fichier à envoyer"), address("report-html")),
        ),
    )
    yield Paper(
        _("Synthèse"),
        _(
            "Deux pages pour qui n’était pas là : ce qui a été décidé et par qui, ce qui a été retenu, ce qui n’est "
            "pas tranché, la suite."
        ),
        (
            Way(_("PDF, deux pages"), address("summary")),
            Way(_("DOCX, à modifier dans Word"), address("summary-docx")),
            Way(_("ODT, à modifier dans LibreOffice"), address("summary-odt")),
            Way(_("HTML, un seul fichier à envoyer"), address("summary-html")),
        ),
    )
    poster = address("poster")
    joined = f"{poster}&" if rehearsal else f"{poster}?"
    yield Paper(
        _("Affiche de la rencontre"),
        _("Une page à accrocher dans un hall : les nombres, la carte, ce que nous gardons."),
        (Way(_("PDF, A3"), f"{joined}papier=a3"), Way(_("PDF, A4"), f"{joined}papier=a4")),
    )
    if rehearsal:  # who was there is of the real day
        return
    yield Paper(
        _("Attestations de présence"),
        _("Une page par personne pointée présente : le nom, la date, les demi-journées, qui signe."),
        (
            Way(_("Préparer, imprimer, envoyer"), reverse("registrations:certificates", args=[gathering.pk])),
            *(
                ()
                if why_no_certificate(gathering)
                else (Way(_("PDF, toutes"), reverse("reports:certificates", args=[gathering.pk])),)
            ),
        ),
    )
    yield Paper(
        _("Questionnaires"),
        _("Avant, à chaud, quelques mois après : la feuille à imprimer, les résultats et leurs fichiers."),
        (Way(_("Ouvrir"), reverse("questionnaires:list", args=[gathering.pk])),),
    )


def _during(gathering: Gathering, rehearsal: bool) -> Iterable[Paper]:
    asked = "?repetition" if rehearsal else ""
    what_for = _(
        "À projeter en plénière : une diapositive par atelier, avec ce qui est épinglé ou gardé à cet instant."
    )
    if not has_workshops(gathering):
        yield Paper(_("Retour sur les ateliers"), what_for, lacking=_("Le programme n’a pas encore d’atelier."))
        return
    yield Paper(
        _("Retour sur les ateliers"),
        what_for,
        (Way(_("PDF, écran large"), reverse("reports:deck", args=[gathering.pk]) + asked),),
    )


def _rooms(gathering: Gathering) -> Iterable[Paper]:
    if not has_workshops(gathering):
        return
    yield Paper(
        _("Dossier papier de la journée"),
        _("Si l’internet, le serveur ou les téléphones manquent : une feuille par méthode, à donner à chaque salle."),
        (Way("PDF", reverse("reports:day-pack", args=[gathering.pk])),),
    )
    yield Paper(
        _("Affiches des salles"),
        _("À la porte de chaque salle : l’atelier, sa couleur, le code pour entrer.")
        if sessions_with_codes(gathering.pk)
        else _("À la porte de chaque salle : l’atelier, sa couleur. Le code pour entrer y sera, les séances ouvertes."),
        (Way("PDF", reverse("reports:signs", args=[gathering.pk])),),
    )


def _welcome(gathering: Gathering) -> Iterable[Paper]:
    if not gathering.registrations.exists():
        yield Paper(
            _("Badges et émargement"),
            _("Pour l’accueil : qui vient, et où chaque personne va."),
            lacking=_("Personne n’est encore inscrit."),
        )
        return
    planned = has_published_plan(gathering)
    lacking = "" if planned else _("La répartition n’est pas encore publiée.")
    yield Paper(
        _("Badges"),
        _("À découper, dix par page : le nom, la structure, la couleur et la salle de chaque créneau."),
        (Way("PDF", reverse("reports:badges", args=[gathering.pk])),),
    )
    yield Paper(
        _("Feuilles d’émargement par salle"),
        _("Une par atelier, avec la place de signer ; à détruire une fois les présences comptées."),
        (Way("PDF", reverse("reports:sign-in-sheets", args=[gathering.pk])),) if planned else (),
        lacking,
    )
    yield Paper(
        _("Émargement par demi-journée"),
        _("Pour la table d’accueil : tout le monde sur une seule liste."),
        (Way("PDF", reverse("reports:half-day-sheets", args=[gathering.pk])),),
    )
    yield Paper(
        _("Listes des portes"),
        _("Qui est attendu dans chaque salle ; à détruire après la journée."),
        (Way("PDF", reverse("reports:door-lists", args=[gathering.pk])),) if planned else (),
        lacking,
    )

"""The published experiences of a space as the house publishes them: told, and read back exactly. Never a contact."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from maillage.gatherings.models import Workshop
from maillage.lib.tableschema import UUID_PATTERN, Column, Columns
from maillage.memory.enums import CooperationCriterion
from maillage.memory.experience_forms import LONGEST, MOST_DOCUMENTS, MOST_THEMES
from maillage.memory.experiences import (
    EMPTY,
    change_experience,
    propose_experience,
    publish_experience,
)
from maillage.memory.models import Experience, ExperienceVersion
from maillage.people.models import Space
from maillage.territories.models import Commune, Epci, Qpv
from maillage.territories.published import COMMUNE, COMMUNE_NAME, EPCI, EPCI_NAME

EXPERIENCES = Columns(
    (
        Column("id", "Identifiant, le même pour toujours.", required=True, pattern=UUID_PATTERN),
        Column("titre", "Titre.", required=True),
        Column("probleme", "Le problème de départ."),
        Column("qui", "Qui s’y est mis."),
        Column("fait", "Ce qui a été fait."),
        Column("resultats", "Ce que cela a donné."),
        Column("changements", "Ce que coopérer a changé."),
        Column("criteres", "Réponses aux questions de la coopération, par code (d1, q4…).", "object"),
        Column("annee", "Année du début.", "year"),
        COMMUNE,
        COMMUNE_NAME,
        EPCI,
        EPCI_NAME,
        Column("qpv", "Code du quartier prioritaire.", of="quartiers.code"),
        Column("themes", "Thèmes.", "array"),
        Column("methode", "Identifiant de la méthode."),
        Column("documents", "Documents : des couples titre, adresse.", "array"),
        Column("atelier", "Identifiant de l’atelier qui l’a présentée.", pattern=UUID_PATTERN, of="ateliers.id"),
        Column("publiee_le", "Instant de la version publiée.", "datetime", required=True),
    ),
    key=("id",),
)
CONTENT_OF = {
    "titre": "title",
    "probleme": "problem",
    "qui": "who",
    "fait": "done",
    "resultats": "results",
    "changements": "changed",
    "criteres": "criteria",
    "annee": "year",
    "insee_commune": "commune",
    "siren_epci": "epci",
    "qpv": "qpv",
    "themes": "themes",
    "methode": "method",
    "documents": "documents",
}
TEXTS = ("probleme", "qui", "fait", "resultats", "changements")


class ExperiencesRefused(Exception):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def experience_row(row: Experience) -> dict[str, Any]:
    """Its versions, places and workshop's gathering are read: prefetch them for many."""
    version = next(version for version in row.versions.all() if version.number == row.published)
    content = EMPTY | version.content
    gathering = row.workshop.slot.gathering if row.workshop else None
    shown = gathering is not None and gathering.public and not gathering.trial
    return {
        **{column: content[key] for column, key in CONTENT_OF.items()},
        "id": row.pk,
        "nom_commune": row.commune and row.commune.name,
        "nom_epci": row.epci and row.epci.name,
        "atelier": row.workshop_id if shown else None,
        "publiee_le": version.at,
    }


@transaction.atomic
def import_published_experiences(*, space: Space, rows: Iterable[tuple[str, Mapping[str, Any]]], by: str) -> int:
    """`rows`: where, what. A known one gets a version more if its words differ. Raises ExperiencesRefused."""
    places = {
        "insee_commune": set(Commune.objects.values_list("pk", flat=True)),
        "siren_epci": set(Epci.objects.values_list("pk", flat=True)),
        "qpv": set(Qpv.objects.values_list("pk", flat=True)),
    }
    rows = list(rows)
    for place, cells in rows:
        sentence = _fault(cells, places)
        if sentence:
            raise ExperiencesRefused(f"{place} : {sentence}.")
        workshop = None
        if cells["atelier"]:
            workshop = Workshop.objects.filter(pk=cells["atelier"], slot__gathering__space=space).first()
        told = {key: cells[column] for column, key in CONTENT_OF.items()}
        pk = UUID(cells["id"])
        experience = Experience.objects.filter(pk=pk).first()
        if experience is None:
            experience = propose_experience(space=space, content=EMPTY | told, by=by, workshop=workshop, key=pk)
        elif experience.space_id != space.pk:
            raise ExperiencesRefused(_("%s : cet identifiant est déjà celui d’autre chose sur ce serveur.") % place)
        else:
            last = experience.versions.get(number=experience.last)
            content = EMPTY | last.content | told  # the contact it has here stays
            experience = change_experience(experience=experience, content=content, seen=last.number, by=by)
        if experience.published != experience.last:
            publish_experience(experience=experience, number=experience.last, by=by)
            ExperienceVersion.objects.filter(experience=experience, number=experience.last).update(
                at=cells["publiee_le"]
            )
    return len(rows)


def _fault(cells: Mapping[str, Any], places: Mapping[str, set[str]]) -> str:
    for column, known in places.items():
        if cells[column] and cells[column] not in known:
            sentence: str = _("« %(column)s » : %(code)s est inconnu ; importez d’abord les territoires")
            return sentence % {"column": column, "code": cells[column][:40]}
    for column, most in {"titre": 200, "methode": 60, **dict.fromkeys(TEXTS, LONGEST)}.items():
        if len(cells[column]) > most:
            return _("« %(column)s » dépasse %(most)d signes") % {"column": column, "most": most}
    if cells["annee"] is not None and not 1900 < cells["annee"] < 2200:
        return str(_("« annee » : %s n’est pas une année possible") % cells["annee"])
    codes = CooperationCriterion.values
    if not all(code in codes and isinstance(words, str) for code, words in cells["criteres"].items()):
        return _("« criteres » : on attend des réponses par code, de d1 à q9")
    themes = cells["themes"]
    if len(themes) > MOST_THEMES or not all(isinstance(name, str) and 0 < len(name) <= 80 for name in themes):
        return _("« themes » : on attend au plus %d thèmes de 80 signes") % MOST_THEMES
    pairs = cells["documents"]
    if len(pairs) > MOST_DOCUMENTS or not all(_is_document(pair) for pair in pairs):
        return _("« documents » : on attend des couples titre, adresse, et une adresse qui commence par https://")
    return ""


def _is_document(pair: object) -> bool:
    return (
        isinstance(pair, list)
        and len(pair) == 2
        and all(isinstance(text, str) for text in pair)
        and pair[1].startswith(("https://", "http://"))
    )

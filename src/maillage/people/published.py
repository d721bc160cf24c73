"""The public directory of a space as the house publishes it: the organisations it shows, and nobody's name."""

from collections.abc import Iterable, Mapping
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from maillage.lib.matching import fold
from maillage.lib.tableschema import UUID_PATTERN, Column, Columns
from maillage.people.directory import write_organisation
from maillage.people.enums import OrganisationKind
from maillage.people.models import Organisation, Space
from maillage.territories.models import Commune, Epci
from maillage.territories.published import COMMUNE, COMMUNE_NAME, EPCI, EPCI_NAME

ORGANISATIONS = Columns(
    (
        Column("id", "Identifiant, le même pour toujours.", required=True, pattern=UUID_PATTERN),
        Column("nom", "Nom.", required=True),
        Column("genre", "Genre de structure, quand il est connu.", choices=OrganisationKind),
        Column("siret", "SIRET, quand il est connu.", pattern=r"\d{14}"),
        Column("site", "Adresse de son site."),
        Column("presentation", "Ce qu’elle fait, en une phrase."),
        COMMUNE,
        COMMUNE_NAME,
        EPCI,
        EPCI_NAME,
        Column("source", "D’où l’espace le tient."),
    ),
    key=("id",),
)
FACT_OF = {"nom": "name", "genre": "kind", "siret": "siret", "site": "website", "presentation": "about"}
FACT_OF |= {"insee_commune": "commune_id", "siren_epci": "epci_id", "source": "source"}
LONGEST = {"nom": 200, "site": 300, "presentation": 300, "source": 300}


class OrganisationsRefused(Exception):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def organisation_row(row: Organisation) -> dict[str, Any]:
    return {
        "id": row.pk,
        **{column: getattr(row, fact) for column, fact in FACT_OF.items()},
        "site": row.website if row.website.startswith(("https://", "http://")) else "",
        "nom_commune": row.commune and row.commune.name,
        "nom_epci": row.epci and row.epci.name,
    }


@transaction.atomic
def import_published_organisations(*, space: Space, rows: Iterable[tuple[str, Mapping[str, Any]]], by: str) -> int:
    """`rows`: where, what. They are shown here too, as where they come from. Raises OrganisationsRefused."""
    Space.objects.select_for_update().get(pk=space.pk)
    places = {
        "insee_commune": set(Commune.objects.values_list("pk", flat=True)),
        "siren_epci": set(Epci.objects.values_list("pk", flat=True)),
    }
    there = Organisation.objects.in_bulk()
    named = {row.folded_name: row for row in there.values() if row.space_id == space.pk}
    number = 0
    for place, cells in rows:
        pk = UUID(cells["id"])
        sentence = _fault(cells, places)
        known = there.get(pk)
        if not sentence and known is not None and known.space_id != space.pk:
            sentence = _("cet identifiant est déjà celui d’autre chose sur ce serveur")
        twin = named.get(fold(cells["nom"])[:200])
        if not sentence and twin is not None and twin.pk != pk:
            sentence = _("« %s » est déjà dans l’annuaire, sous un autre identifiant") % cells["nom"]
        if sentence:
            raise OrganisationsRefused(f"{place} : {sentence}.")
        row = known or Organisation(pk=pk, space=space)
        facts = {FACT_OF[column]: cells[column] for column in FACT_OF}
        facts |= {name: facts[name] or None for name in ("commune_id", "epci_id")}
        for name in ("commune_id", "epci_id"):
            setattr(row, name, facts.pop(name))
        row = write_organisation(organisation=row, facts=facts | {"listed": True}, by=by)
        there[pk] = named[row.folded_name] = row
        number += 1
    return number


def _fault(cells: Mapping[str, Any], places: Mapping[str, set[str]]) -> str:
    for column, known in places.items():
        if cells[column] and cells[column] not in known:
            sentence: str = _("« %(column)s » : %(code)s est inconnu ; importez d’abord les territoires")
            return sentence % {"column": column, "code": cells[column][:40]}
    for column, most in LONGEST.items():
        if len(cells[column]) > most:
            return _("« %(column)s » dépasse %(most)d signes") % {"column": column, "most": most}
    if cells["site"] and not cells["site"].startswith(("https://", "http://")):
        return str(_("« site » : on attend une adresse qui commence par https://"))
    return ""

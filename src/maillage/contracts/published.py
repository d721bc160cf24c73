"""The contracts of a space as the house publishes them, without the organisers' note: written, read back exactly."""

import datetime as dt
from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from maillage.contracts.enums import SignatoryCategory, SignatureStatus
from maillage.contracts.facts import facts_of, written_day
from maillage.contracts.models import ContratDeVille
from maillage.contracts.services import ContractRefused, change_contract, make_contract, new_facts
from maillage.lib.tableschema import Column, Columns
from maillage.people.models import Space
from maillage.territories.models import Epci
from maillage.territories.published import EPCI, EPCI_NAME

CONTRACTS = Columns(
    (
        Column("siren_epci", EPCI.about, required=True, pattern=EPCI.pattern, of=EPCI.of),
        EPCI_NAME,
        Column("perimetre", "Qui il couvre, quand ce n’est pas toute cette intercommunalité."),
        Column("reference", "Sa référence dans les listes de l’État, par exemple CV185."),
        Column("premiere_annee", "Première année du contrat.", "year", required=True),
        Column("derniere_annee", "Dernière année du contrat.", "year", required=True),
        Column(
            "signature",
            "Ce que l’on sait de la signature. Avoir un quartier prioritaire n’en dit rien : « non connue » est une "
            "réponse.",
            required=True,
            choices=SignatureStatus,
        ),
        Column("source", "D’où on le sait."),
        Column("date_source", "Date de la source : année, mois ou jour.", pattern=r"\d{4}(-\d\d(-\d\d)?)?"),
        Column("signe_le", "Jour de la signature.", "date"),
        Column("signataires", "Structures signataires : categorie, nom, signe_le. Jamais une personne.", "array"),
        Column("axes", "Axes du contrat, dans son ordre.", "array"),
        Column("reunion_annuelle", "Jour de la réunion annuelle.", "date"),
        Column("revision", "Jour de la révision.", "date"),
        Column("conseil_citoyen", "Ce que l’on sait du conseil citoyen ou de la table de quartier."),
        Column("source_conseil_citoyen", "D’où on le sait."),
        Column("documents", "Documents publics : titre, lien.", "array"),
    ),
    key=("siren_epci", "premiere_annee", "perimetre"),
)
FACT_OF = {
    "siren_epci": "epci",
    "perimetre": "perimeter",
    "reference": "reference",
    "premiere_annee": "first_year",
    "derniere_annee": "last_year",
    "signature": "status",
    "source": "source",
    "date_source": "source_date",
    "axes": "axes",
    "conseil_citoyen": "residents_body",
    "source_conseil_citoyen": "residents_body_source",
}
DAYS = {"signe_le": "signed_on", "reunion_annuelle": "annual_meeting_on", "revision": "revision_on"}
SIGNATORY = {"categorie": "category", "nom": "name", "signe_le": "signed_on"}
DOCUMENT = {"titre": "title", "lien": "url"}


class ContractsRefused(Exception):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def contract_row(row: ContratDeVille) -> dict[str, Any]:
    """Its signatories are read: prefetch them for many."""
    facts = facts_of(row)
    said = {column: facts[name] for column, name in (FACT_OF | DAYS).items()}
    said |= {column: dt.date.fromisoformat(said[column]) if said[column] else None for column in DAYS}
    signatories = [{column: line[name] for column, name in SIGNATORY.items()} for line in facts["signatories"]]
    for line in signatories:
        line["categorie"] = str(SignatoryCategory(line["categorie"]).label)
    documents = [{column: line[name] for column, name in DOCUMENT.items()} for line in facts["documents"]]
    return said | {"nom_epci": row.epci.name, "signataires": signatories, "documents": documents}


@transaction.atomic
def import_published_contracts(*, space: Space, rows: Iterable[tuple[str, Mapping[str, Any]]], by: str) -> int:
    """`rows`: where, what. One that is there says what the file says, its note kept. Raises ContractsRefused."""
    Space.objects.select_for_update().get(pk=space.pk)
    epcis = set(Epci.objects.values_list("pk", flat=True))
    known = ContratDeVille.objects.filter(space=space, removed_at=None).select_related("space", "epci")
    there = {(row.epci_id, row.first_year, row.perimeter): row for row in known.prefetch_related("signatories")}
    number = 0
    for place, cells in rows:
        if cells["siren_epci"] not in epcis:
            sentence = _("%(place)s : l’intercommunalité %(siren)s est inconnue ; importez d’abord les territoires.")
            raise ContractsRefused(sentence % {"place": place, "siren": cells["siren_epci"]})
        said = _facts(place, cells)
        contract = there.get((said["epci"], said["first_year"], said["perimeter"]))
        try:
            if contract is None:
                make_contract(space=space, facts=new_facts(said.pop("epci"), **said), by=by, verb="import")
            else:
                facts = facts_of(contract) | said
                change_contract(contract=contract, facts=facts, opened=None, by=by, verb="import")
        except ContractRefused as refusal:
            raise ContractsRefused(f"{place} : {refusal.sentence}") from refusal
        number += 1
    return number


def _facts(place: str, cells: Mapping[str, Any]) -> dict[str, Any]:
    said = {name: cells[column] for column, name in FACT_OF.items()}
    said |= {name: written_day(cells[column]) for column, name in DAYS.items()}
    if not all(isinstance(axis, str) for axis in cells["axes"]):
        raise ContractsRefused(_("%s : « axes » est une liste de textes.") % place)
    categories = {str(label): value for value, label in SignatoryCategory.choices}
    said["signatories"] = _lines(place, cells, "signataires", SIGNATORY)
    for line in said["signatories"]:
        line["category"] = categories.get(line["category"], line["category"])
    return said | {"documents": _lines(place, cells, "documents", DOCUMENT)}


def _lines(place: str, cells: Mapping[str, Any], column: str, names: Mapping[str, str]) -> list[dict[str, str]]:
    for line in cells[column]:
        right = isinstance(line, dict) and set(line) == set(names)
        if not right or not all(isinstance(value, str) for value in line.values()):
            words = {"place": place, "column": column, "names": ", ".join(names)}
            raise ContractsRefused(_("%(place)s : « %(column)s » : chaque ligne dit %(names)s.") % words)
    return [{names[key]: value for key, value in line.items()} for line in cells[column]]

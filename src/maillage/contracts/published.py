"""The contracts of a space as the house publishes them: written, and read back exactly."""

from collections.abc import Iterable, Mapping
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from maillage.contracts.models import ContratDeVille
from maillage.lib.tableschema import Column, Columns
from maillage.office.services import record_activity
from maillage.people.models import Space
from maillage.territories.models import Epci
from maillage.territories.published import EPCI, EPCI_NAME

CONTRACTS = Columns(
    (
        Column("siren_epci", EPCI.about, required=True, pattern=EPCI.pattern, of=EPCI.of),
        EPCI_NAME,
        Column("premiere_annee", "Première année du contrat.", "year", required=True),
        Column("derniere_annee", "Dernière année du contrat.", "year", required=True),
        Column(
            "signe",
            "true : signé ; false : non signé ; vide : ce n’est pas su. Avoir un quartier prioritaire ne dit rien de "
            "la signature.",
            "boolean",
        ),
        Column("source", "D’où l’on sait qu’il est signé, ou non."),
    ),
    key=("siren_epci", "premiere_annee"),
)


class ContractsRefused(Exception):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def contract_row(row: ContratDeVille) -> dict[str, Any]:
    return {
        "siren_epci": row.epci_id,
        "nom_epci": row.epci.name,
        "premiere_annee": row.first_year,
        "derniere_annee": row.last_year,
        "signe": row.signed,
        "source": row.source,
    }


@transaction.atomic
def import_published_contracts(*, space: Space, rows: Iterable[tuple[str, Mapping[str, Any]]], by: str) -> int:
    """`rows`: where, what. Raises ContractsRefused, and then nothing was taken."""
    known = set(Epci.objects.values_list("pk", flat=True))
    rows = list(rows)
    for place, cells in rows:
        if cells["siren_epci"] not in known:
            sentence = _("%(place)s : l’intercommunalité %(siren)s est inconnue ; importez d’abord les territoires.")
            raise ContractsRefused(sentence % {"place": place, "siren": cells["siren_epci"]})
        if cells["signe"] is not None and not cells["source"]:
            raise ContractsRefused(_("%s : une signature se dit avec sa source.") % place)
        if not 1900 < cells["premiere_annee"] <= cells["derniere_annee"] < 2200:
            raise ContractsRefused(_("%s : la période va d’une année à la même ou à une suivante.") % place)
        if len(cells["source"]) > 300:
            raise ContractsRefused(_("%s : la source dépasse 300 signes.") % place)
        ContratDeVille.objects.update_or_create(
            space=space,
            epci_id=cells["siren_epci"],
            first_year=cells["premiere_annee"],
            defaults={"last_year": cells["derniere_annee"], "signed": cells["signe"], "source": cells["source"]},
        )
    record_activity(space=space.slug, by=by, verb="import-contracts", about=_("%d contrats de ville") % len(rows))
    return len(rows)

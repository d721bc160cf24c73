"""What the atlas says of contracts: a status always, « signature non connue » among them.

Having a quarter is not having signed: a signature is a fact with its source.
"""

from collections.abc import Collection
from dataclasses import dataclass
from uuid import UUID

from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.contracts.models import ContratDeVille
from maillage.contracts.queries import contracts_of, in_force_by_epci
from maillage.people.models import Organisation, Space

PERIOD = (2024, 2030)  # of the contracts in force: « Engagements Quartiers 2030 »
SIGNED, PREPARING, UNSIGNED, UNKNOWN = "signed", "preparing", "not_signed", "unknown"


@dataclass(frozen=True)
class Status:
    state: str
    first_year: int
    last_year: int
    source: str = ""
    contract: UUID | None = None  # None: nobody noted one

    @property
    def words(self) -> str:
        return {
            SIGNED: _("contrat signé"),
            PREPARING: _("contrat en préparation"),
            UNSIGNED: _("contrat qui ne sera pas signé"),
            UNKNOWN: _("signature non connue"),
        }[self.state]

    @property
    def period(self) -> str:
        return f"{self.first_year}–{self.last_year}"

    @property
    def now(self) -> bool:
        return self.first_year >= PERIOD[0]


def current_by_epci(space: Space, epcis: Collection[str]) -> dict[str, Status]:
    """What is said of now of each of these, « not known » included; of one that merged, what its successor signed."""
    year = min(max(timezone.localdate().year, PERIOD[0]), PERIOD[1])
    found = in_force_by_epci(space, epcis=epcis, year=year)
    return {
        siren: Status(said.status, said.first_year, said.last_year, said.source, said.contract)
        if (said := found.get(siren)) is not None
        else Status(UNKNOWN, *PERIOD)
        for siren in epcis
    }


def statuses_by_epci(space: Space, epcis: Collection[str]) -> dict[str, list[Status]]:
    """Those the space knows of, the latest first; an EPCI without any has no key."""
    found: dict[str, list[Status]] = {}
    for contract in contracts_of(space).filter(epci__in=epcis).order_by("-first_year", "perimeter"):
        found.setdefault(contract.epci_id, []).append(
            Status(contract.status, contract.first_year, contract.last_year, contract.source, contract.pk)
        )
    return found


def signed_by(space: Space, organisation: Organisation) -> QuerySet[ContratDeVille]:
    """Signed contracts that name it among their signatories; each has its source."""
    return contracts_of(space).filter(status=SIGNED, signatories__organisation=organisation).distinct()

"""What others read of contracts: all of it may be shown to anybody, but `note`, which these queries do not read.

`year`: contracts in force that year; this year when nothing is said.
"""

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from itertools import pairwise
from typing import Any
from uuid import UUID

from django.db.models import Prefetch, Q, QuerySet
from django.utils import timezone

from maillage.contracts.enums import SignatureStatus
from maillage.contracts.facts import PARTS
from maillage.contracts.models import ContractVersion, ContratDeVille, Signatory
from maillage.people.models import Space
from maillage.territories.models import Epci
from maillage.territories.queries import VINTAGE

# Of several contracts of one intercommunalité (one that grew), what is said of it: the furthest.
FURTHEST = (
    SignatureStatus.SIGNED.value,
    SignatureStatus.PREPARING.value,
    SignatureStatus.NOT_SIGNED.value,
    SignatureStatus.UNKNOWN.value,
)


def contracts_of(space: Space) -> QuerySet[ContratDeVille]:
    """Those of the space that were not taken away, of every period, by département and name, the latest first."""
    return (
        ContratDeVille.objects.filter(space=space, removed_at=None)
        .select_related("space", "epci__department")
        .defer("note")
        .order_by("epci__department", "epci__name", "-first_year", "perimeter")
    )


def with_signatories(contracts: QuerySet[ContratDeVille]) -> QuerySet[ContratDeVille]:
    return contracts.prefetch_related(Prefetch("signatories", Signatory.objects.select_related("organisation")))


def whole_contracts(space: Space) -> QuerySet[ContratDeVille]:
    """With signatories and the organisers' note: for `facts_of`, which reads both of each."""
    return with_signatories(contracts_of(space).defer(None))


def contracts_at(space: Space, epci: Epci) -> QuerySet[ContratDeVille]:
    """All periods of an intercommunalité, the latest first; one that merged keeps what was said of it."""
    return with_signatories(contracts_of(space).filter(epci=epci).order_by("-first_year", "perimeter"))


def contract_of(space: Space, epci: Epci, *, year: int | None = None) -> ContratDeVille | None:
    """The one in force, with its signatories; that of its successor, when it merged and nothing else is said of it."""
    rows = with_signatories(in_force(contracts_of(space), year)).filter(
        Q(epci=epci) | Q(epci__predecessors=epci, perimeter__in=["", epci.name])
    )

    def nearness(row: ContratDeVille) -> tuple[bool, bool, int, str]:
        joined = row.epci_id != epci.pk
        return joined, joined and not row.perimeter, FURTHEST.index(row.status), row.perimeter

    return min(rows, key=nearness, default=None)


def in_force(contracts: QuerySet[ContratDeVille], year: int | None = None) -> QuerySet[ContratDeVille]:
    year = timezone.localdate().year if year is None else year
    return contracts.filter(first_year__lte=year, last_year__gte=year)


def signed_contracts(space: Space, *, year: int | None = None) -> QuerySet[ContratDeVille]:
    """Those whose signature somebody entered, with its source. Others may have signed: absence says nothing."""
    signed = contracts_of(space).filter(status=SignatureStatus.SIGNED)
    return in_force(signed, year).order_by("epci__name", "perimeter")


def status_by_epci(space: Space, *, year: int | None = None) -> dict[str, str]:
    """SIREN → status of its contract in force, in one query. An intercommunalité that is not there has none noted.

    One that merged is there too, under its old SIREN: what is said of it, else of the whole it joined.
    """
    return {siren: said.status for siren, said in in_force_by_epci(space, year=year).items()}


@dataclass(frozen=True)
class InForce:
    """Of an intercommunalité: the contract in force that says the most of it."""

    contract: UUID
    status: str
    first_year: int
    last_year: int
    source: str
    whole: bool  # not of a perimeter only


def in_force_by_epci(
    space: Space, *, epcis: Collection[str] | None = None, year: int | None = None
) -> dict[str, InForce]:
    """As `status_by_epci`, whose statuses these are; `epcis`: of these only."""
    rows = in_force(contracts_of(space), year).order_by()
    if epcis is not None:
        rows = rows.filter(Q(epci__in=epcis) | Q(epci__in=Epci.objects.filter(pk__in=epcis).values("successor")))
    own: dict[str, list[InForce]] = {}
    old: dict[str, list[InForce]] = {}
    columns = ("pk", "status", "first_year", "last_year", "source", "perimeter", "epci")
    for key, status, first, last, source, perimeter, siren, old_siren, old_name in rows.values_list(
        *columns, "epci__predecessors", "epci__predecessors__name"
    ):
        found = InForce(key, status, first, last, source, whole=perimeter == "")
        own.setdefault(siren, []).append(found)
        if old_siren and perimeter in ("", old_name):
            old.setdefault(old_siren, []).append(found)
    told = {siren: _furthest([one for one in said if one.whole == _least(said)]) for siren, said in old.items()}
    told |= {siren: _furthest(said) for siren, said in own.items()}
    return told if epcis is None else {siren: said for siren, said in told.items() if siren in set(epcis)}


def _least(said: Iterable[InForce]) -> bool:
    """False as soon as one is of a perimeter: it speaks of that intercommunalité itself."""
    return min(one.whole for one in said)


def _furthest(said: Iterable[InForce]) -> InForce:
    return min(said, key=lambda one: (FURTHEST.index(one.status), -one.first_year, str(one.contract)))


def unsaid_epcis(space: Space) -> QuerySet[Epci]:
    """Intercommunalités of the region that have a quartier prioritaire, and of which no contract in force is noted."""
    if space.region_id is None:
        return Epci.objects.none()
    return (
        Epci.objects.filter(department__region=space.region_id, qpvs__vintage=VINTAGE)
        .exclude(pk__in=status_by_epci(space))
        .select_related("department")
        .distinct()
        .order_by("department", "name")
    )


def removed_contracts(space: Space) -> QuerySet[ContratDeVille]:
    """The latest first: what may be put back."""
    gone = ContratDeVille.objects.filter(space=space).exclude(removed_at=None)
    return gone.select_related("epci").defer("note").order_by("-removed_at")


def epci_names(states: Iterable[Mapping[str, Any]]) -> dict[str, str]:
    """SIREN → name, of all that these states speak of."""
    return dict(Epci.objects.filter(pk__in={state["epci"] for state in states}).values_list("pk", "name"))


def who_changed(version: ContractVersion, part: str) -> ContractVersion:
    """The version, this one or before, that made this part what it is."""
    versions = list(ContractVersion.objects.filter(contract=version.contract_id, number__lte=version.number))
    for later, earlier in pairwise(versions):  # the latest first
        if any(later.state[name] != earlier.state[name] for name in PARTS[part]):
            return later
    return versions[-1]

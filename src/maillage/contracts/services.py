"""Every write of a contract: under its lock, checked, and kept as a version. Two people's changes are merged."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.contracts.enums import SignatureStatus
from maillage.contracts.facts import (
    DATES,
    FIELDS,
    Conflict,
    Facts,
    Fault,
    check_facts,
    clean_facts,
    day_of,
    facts_of,
    merge,
)
from maillage.contracts.models import ContractVersion, ContratDeVille, Signatory
from maillage.contracts.signals import taken_over
from maillage.lib.matching import fold
from maillage.office.services import record_activity
from maillage.people.models import Space
from maillage.people.queries import organisations_by_name
from maillage.territories.models import Epci

BATCH = 500  # rows a statement: SQLite's variables are bounded
FIRST_YEAR, LAST_YEAR = 2024, 2030  # « Engagements Quartiers 2030 »


class ContractRefused(Exception):
    """What it would say is not right: `faults` say where, each in a sentence. Nothing was written."""

    def __init__(self, faults: Sequence[Fault]) -> None:
        self.faults = list(faults)
        self.sentence = " ".join(fault.sentence for fault in self.faults)
        super().__init__(self.sentence)


class TwoAtOnce(Exception):
    """Somebody changed the same parts meanwhile, in another way: a person chooses. Nothing was written."""

    def __init__(self, conflicts: Sequence[Conflict], *, merged: Facts, number: int) -> None:
        self.conflicts = list(conflicts)
        self.merged = merged  # theirs and mine together; mine where they conflict
        self.number = number  # the version that `theirs` is
        self.sentence = _("Quelqu’un d’autre a changé la même chose entre-temps.")
        super().__init__(self.sentence)


class Removed(Exception):
    """The contract was taken away meanwhile."""

    def __init__(self) -> None:
        self.sentence = _("Ce contrat a été retiré entre-temps : remettez-le d’abord.")
        super().__init__(self.sentence)


@dataclass(frozen=True)
class Kept:
    contract: ContratDeVille
    changed: bool  # False: it said that already
    merged: bool = False  # with what somebody else changed meanwhile


def new_facts(epci: str, **said: Any) -> Facts:
    """Those of a contract nobody knows anything of yet, with what is `said`."""
    return facts_of_nothing() | {"epci": epci} | said


def facts_of_nothing() -> Facts:
    nothing: Facts = dict.fromkeys(FIELDS, "")
    nothing |= {"first_year": FIRST_YEAR, "last_year": LAST_YEAR, "status": SignatureStatus.UNKNOWN.value}
    return nothing | {"axes": [], "documents": [], "signatories": []}


@transaction.atomic
def record_signature(*, space: Space, epci: Epci, source: str, by: str) -> tuple[ContratDeVille, bool]:
    """That an intercommunalité has signed is a fact with its source; what is already known with a source stays."""
    _lock(space)
    same = {"space": space, "epci": epci, "first_year": FIRST_YEAR, "perimeter": ""}
    contract = ContratDeVille.objects.filter(**same).order_by("removed_at").first()
    if contract is None:
        facts = new_facts(epci.pk, status=SignatureStatus.SIGNED.value, source=source)
        return _make(space, facts, by, "record-signature"), True
    if contract.removed_at is not None or contract.status != SignatureStatus.UNKNOWN:
        return contract, False
    facts = facts_of(contract) | {"status": SignatureStatus.SIGNED.value, "source": source}
    _store(contract, facts, by, "record-signature")
    return contract, True


@transaction.atomic
def make_contract(*, space: Space, facts: Mapping[str, Any], by: object, verb: str = "make") -> ContratDeVille:
    """Raises ContractRefused."""
    _lock(space)
    cleaned = clean_facts(facts)
    _check(space, cleaned)
    return _make(space, cleaned, by, verb)


@transaction.atomic
def change_contract(
    *, contract: ContratDeVille, facts: Mapping[str, Any], opened: int | None, by: object, verb: str = "change"
) -> Kept:
    """`opened`: the version these facts were written over; None: over the present one, whatever it says.

    Raises TwoAtOnce, ContractRefused, Removed.
    """
    _lock(contract.space)
    contract = ContratDeVille.objects.select_for_update(of=("self",)).select_related("space").get(pk=contract.pk)
    if contract.removed_at is not None:
        raise Removed
    theirs, mine = facts_of(contract), clean_facts(facts)
    together = False
    if opened is not None and opened != contract.version:
        base = contract.versions.get(number=opened).state
        merged = merge(base, theirs, mine)
        if merged.conflicts:
            raise TwoAtOnce(merged.conflicts, merged=merged.facts, number=contract.version)
        together = merged.facts not in (theirs, mine)
        mine = merged.facts
    if mine == theirs:
        return Kept(contract, changed=False)
    _check(contract.space, mine, but=contract)
    _store(contract, mine, by, verb)
    return Kept(contract, changed=True, merged=together)


@transaction.atomic
def restore_version(*, contract: ContratDeVille, number: int, by: object) -> Kept:
    """It says again what it said then; what it said meanwhile stays in its history. Raises ContractRefused, Removed."""
    state = contract.versions.get(number=number).state
    return change_contract(contract=contract, facts=state, opened=None, by=by, verb="restore")


@transaction.atomic
def remove_contract(*, contract: ContratDeVille, by: object) -> bool:
    """Out of every list; nothing of it is lost. False: it was already."""
    _lock(contract.space)
    contract = (
        ContratDeVille.objects.select_for_update(of=("self",)).select_related("space", "epci").get(pk=contract.pk)
    )
    if contract.removed_at is not None:
        return False
    contract.removed_at, contract.version = timezone.now(), contract.version + 1
    contract.save(update_fields=["removed_at", "version"])
    _keep_version(contract, facts_of(contract), by, "remove")
    return True


@transaction.atomic
def put_back_contract(*, contract: ContratDeVille, by: object) -> bool:
    """Raises ContractRefused when another one took its place."""
    _lock(contract.space)
    contract = (
        ContratDeVille.objects.select_for_update(of=("self",)).select_related("space", "epci").get(pk=contract.pk)
    )
    if contract.removed_at is None:
        return False
    facts = facts_of(contract)
    _check_alone(contract.space, facts, contract)
    contract.removed_at, contract.version = None, contract.version + 1
    contract.save(update_fields=["removed_at", "version"])
    _keep_version(contract, facts, by, "put-back")
    return True


@transaction.atomic
def take_over_contracts(
    *, space: Space, made: Sequence[Facts], changed: Sequence[tuple[ContratDeVille, Facts]], by: object, about: str
) -> None:
    """A whole file's, read and checked by the caller under the space's lock: few statements, one line of the log."""
    contracts = []
    for facts in made:
        contract = ContratDeVille(space=space, version=1)
        _say(contract, facts)
        contracts.append(contract)
    ContratDeVille.objects.bulk_create(contracts, batch_size=BATCH)
    _keep_signatories(space, list(zip(contracts, made, strict=True)))
    for contract, facts in changed:
        contract.version += 1
        _say(contract, facts)
        contract.save()
    Signatory.objects.filter(contract__in=[contract for contract, _facts in changed]).delete()
    _keep_signatories(space, changed)
    ContractVersion.objects.bulk_create(
        (
            ContractVersion(contract=contract, number=contract.version, by=str(by)[:200], verb="import", state=facts)
            for contract, facts in [*zip(contracts, made, strict=True), *changed]
        ),
        batch_size=BATCH,
    )
    record_activity(space=space.slug, by=str(by), verb="import-contracts", about=about, about_id=space.pk)
    taken_over.send(sender=ContratDeVille, space=space)


def _lock(space: Space) -> None:
    """Two organisers may note the same contract at once."""
    Space.objects.select_for_update().get(pk=space.pk)


def _check(space: Space, facts: Facts, but: ContratDeVille | None = None) -> None:
    faults = check_facts(facts, today=timezone.localdate())
    if faults:
        raise ContractRefused(faults)
    _check_alone(space, facts, but)


def _check_alone(space: Space, facts: Facts, but: ContratDeVille | None = None) -> None:
    same = {name: facts[name] for name in ("epci", "first_year", "perimeter")}
    there = ContratDeVille.objects.filter(space=space, removed_at=None, **same).select_related("epci")
    found = there.exclude(pk=but.pk).first() if but is not None else there.first()
    if found is not None:
        sentence = _("Ce contrat est déjà noté : %s. Ouvrez-le plutôt, ou précisez le périmètre.") % found
        raise ContractRefused([Fault("epci", sentence)])


def _make(space: Space, facts: Facts, by: object, verb: str) -> ContratDeVille:
    contract = ContratDeVille(space=space, version=0)
    _store(contract, facts, by, verb)
    return contract


def _store(contract: ContratDeVille, facts: Facts, by: object, verb: str) -> None:
    new = contract.version == 0
    before = [] if new else facts_of(contract)["signatories"]
    contract.version += 1
    _say(contract, facts)
    contract.save(force_insert=new)
    if facts["signatories"] != before:
        contract.signatories.all().delete()
        _keep_signatories(contract.space, [(contract, facts)])
    _keep_version(contract, facts, by, verb)


def _say(contract: ContratDeVille, facts: Facts) -> None:
    """All but its signatories, which are rows of their own."""
    for name in FIELDS:
        if name == "epci":
            contract.epci_id = facts["epci"]
        elif name in DATES:
            setattr(contract, name, day_of(facts[name]))
        elif name != "signatories":
            setattr(contract, name, facts[name])


def _keep_signatories(space: Space, said: Sequence[tuple[ContratDeVille, Facts]]) -> None:
    rows = [(contract, place, row) for contract, facts in said for place, row in enumerate(facts["signatories"])]
    if not rows:
        return
    known = organisations_by_name(space)
    Signatory.objects.bulk_create(
        (
            Signatory(
                contract=contract,
                category=row["category"],
                name=row["name"],
                organisation=known.get(fold(row["name"])[:200]),
                signed_on=day_of(row["signed_on"]),
                position=place,
            )
            for contract, place, row in rows
        ),
        batch_size=BATCH,
    )


def _keep_version(contract: ContratDeVille, facts: Facts, by: object, verb: str) -> None:
    ContractVersion.objects.create(contract=contract, number=contract.version, by=str(by)[:200], verb=verb, state=facts)
    record_activity(
        space=contract.space.slug,
        by=str(by),
        verb=verb if verb == "record-signature" else f"{verb}-contract",
        about=str(contract),
        about_id=contract.pk,
    )

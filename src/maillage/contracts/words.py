"""A contract, its changes and its lists in French."""

import datetime as dt
from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from django.db import models
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext

from maillage.contracts.enums import SignatoryCategory, SignatureStatus
from maillage.contracts.facts import DATES, FIELDS, INTERNAL, LISTS, Facts, differences
from maillage.contracts.models import ContratDeVille
from maillage.lib.dates import day_words
from maillage.lib.typography import join_words

VERBS = {
    "make": gettext_lazy("a noté le contrat"),
    "import": gettext_lazy("a importé un fichier"),
    "record-signature": gettext_lazy("a noté une signature"),
    "change": gettext_lazy("a modifié le contrat"),
    "restore": gettext_lazy("est revenu à une version d’avant"),
    "remove": gettext_lazy("a retiré le contrat"),
    "put-back": gettext_lazy("a remis le contrat"),
    "before": gettext_lazy("état du contrat quand l’historique a commencé"),
}
PART_LABELS = {
    "place": gettext_lazy("intercommunalité, périmètre, référence"),
    "period": gettext_lazy("période"),
    "signature": gettext_lazy("signature, sa source et sa date"),
    "signatories": gettext_lazy("signataires"),
    "axes": gettext_lazy("axes"),
    "annual_meeting_on": gettext_lazy("réunion annuelle"),
    "revision_on": gettext_lazy("révision"),
    "residents": gettext_lazy("conseil citoyen ou table de quartier"),
    "documents": gettext_lazy("documents"),
    "note": gettext_lazy("note interne"),
}


def label(name: str) -> str:
    field = ContratDeVille._meta.get_field(name)
    return str(field.verbose_name) if isinstance(field, models.Field) else _("signataires")


def value_words(name: str, value: Any, epcis: Mapping[str, str]) -> str:
    """One value of a fact. `epcis`: SIREN → name."""
    if value in ("", [], None):
        return _("rien")
    if name == "epci":
        return f"{epcis[value]} ({value})" if value in epcis else str(value)
    if name == "status":
        return str(SignatureStatus(value).label)
    if name in DATES:
        return day_words(dt.date.fromisoformat(value))
    if name == "source_date":
        return source_date_words(value)
    if name in LISTS:
        return " ; ".join(line_words(name, line) for line in value)
    return str(value)


def line_words(name: str, line: Any) -> str:
    if name == "documents":
        return f"{line['title']} ({line['url']})"
    if name == "signatories":
        signed = _(", signé le %s") % day_words(dt.date.fromisoformat(line["signed_on"])) if line["signed_on"] else ""
        return f"{SignatoryCategory(line['category']).label} : {line['name']}{signed}"
    return str(line)


def source_date_words(value: str) -> str:
    """« 12 mars 2024 », « mars 2024 », « 2024 »."""
    if len(value) == 10:
        return day_words(dt.date.fromisoformat(value))
    if len(value) == 7:
        return day_words(dt.date.fromisoformat(f"{value}-01")).split(" ", 1)[1]
    return value


def source_words(contract: ContratDeVille) -> str:
    """« délibération du conseil, mars 2024 »."""
    said = [contract.source, source_date_words(contract.source_date)]
    return ", ".join(words for words in said if words)


def signatory_words(noted: int, dated: int) -> str:
    """« 8 signataires notés, 3 avec leur date de signature »."""
    said = ngettext("{n} signataire noté", "{n} signataires notés", noted).format(n=noted)
    if not dated:
        return _("{said}, sans date de signature.").format(said=said)
    if dated == noted:
        one, many = _("{said}, avec sa date de signature."), _("{said}, tous avec leur date de signature.")
        return (one if noted == 1 else many).format(said=said)
    words = ngettext("{said}, {n} avec sa date de signature.", "{said}, {n} avec leur date de signature.", dated)
    return words.format(said=said, n=dated)


@dataclass(frozen=True)
class ChangeWords:
    label: str
    before: str
    after: str
    added: list[str]  # of a list: what came and what went, instead of the two lists
    gone: list[str]


def change_words(before: Facts | None, after: Facts, epcis: Mapping[str, str], *, internal: bool) -> list[ChangeWords]:
    """What a version changed. `internal`: with what is the organisers' alone."""
    names = [name for name in FIELDS if internal or name not in INTERNAL]
    told = []
    for change in differences(before, after, names) if before is not None else []:
        gone, added = [], []
        if change.field in LISTS:
            gone = [line_words(change.field, line) for line in change.before if line not in change.after]
            added = [line_words(change.field, line) for line in change.after if line not in change.before]
        was, now = (value_words(change.field, value, epcis) for value in (change.before, change.after))
        told.append(ChangeWords(label(change.field), was, now, added, gone))
    return told


def facts_words(facts: Mapping[str, Any], names: Iterable[str], epcis: Mapping[str, str]) -> list[tuple[str, str]]:
    return [(label(name), value_words(name, facts[name], epcis)) for name in names]


def count_words(statuses: Iterable[str]) -> str:
    """« 3 signés, 1 en préparation, 2 dont la signature n’est pas connue »."""
    counted: dict[str, int] = {}
    for status in statuses:
        counted[status] = counted.get(status, 0) + 1
    said = [_one_count(status, counted[status]) for status in _IN_ORDER if status in counted]
    return join_words(said)


_IN_ORDER = (
    SignatureStatus.SIGNED.value,
    SignatureStatus.PREPARING.value,
    SignatureStatus.NOT_SIGNED.value,
    SignatureStatus.UNKNOWN.value,
)


def _one_count(status: str, n: int) -> str:
    if status == SignatureStatus.SIGNED:
        return ngettext("{n} signé", "{n} signés", n).format(n=n)
    if status == SignatureStatus.PREPARING:
        return ngettext("{n} en préparation", "{n} en préparation", n).format(n=n)
    if status == SignatureStatus.NOT_SIGNED:
        return ngettext("{n} qui ne sera pas signé", "{n} qui ne seront pas signés", n).format(n=n)
    return ngettext("{n} dont la signature n’est pas connue", "{n} dont la signature n’est pas connue", n).format(n=n)

"""A version in words, for its history: what changed, as the page calls it."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.db.models import ForeignKey
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.change.keeping import Row, versions_of
from maillage.change.models import Version
from maillage.lib.dates import day_words

LABELS = {
    "name": gettext_lazy("Nom"),
    "rhythm": gettext_lazy("Rythme"),
    "contract": gettext_lazy("Contrat de ville"),
    "qpv": gettext_lazy("Quartier prioritaire"),
    "contact": gettext_lazy("À qui écrire"),
    "sharing": gettext_lazy("Partage"),
    "organisation": gettext_lazy("Structure"),
    "category": gettext_lazy("Catégorie"),
    "lead": gettext_lazy("Tient le noyau"),
    "joined_on": gettext_lazy("Arrivée"),
    "left_on": gettext_lazy("Départ"),
    "condition": gettext_lazy("Condition"),
    "state": gettext_lazy("État"),
    "finding": gettext_lazy("Ce qui le montre"),
    "on": gettext_lazy("Jour"),
    "text": gettext_lazy("Texte"),
    "for_whom": gettext_lazy("Pour qui"),
    "said_by": gettext_lazy("Qui le dit"),
    "source": gettext_lazy("D’après quoi"),
    "actor": gettext_lazy("Acteur"),
    "change": gettext_lazy("Changement"),
    "level": gettext_lazy("Niveau"),
    "marker": gettext_lazy("Repère"),
    "degree": gettext_lazy("Vu"),
    "seen_by": gettext_lazy("Qui l’a vu"),
    "inside": gettext_lazy("Pour le noyau seulement"),
    "what": gettext_lazy("Quoi"),
    "who": gettext_lazy("Qui"),
    "due": gettext_lazy("Pour quand"),
    "outcome": gettext_lazy("Ce que cela a donné"),
    "kind": gettext_lazy("Revue"),
    "attended": gettext_lazy("Qui était là"),
    "learned": gettext_lazy("Ce que nous apprenons"),
    "decisions": gettext_lazy("Ce que nous décidons"),
    "next_on": gettext_lazy("Prochaine revue"),
    "review": gettext_lazy("Revue"),
    "when": gettext_lazy("Quand"),
    "contribution": gettext_lazy("Contribution du noyau"),
    "strength": gettext_lazy("Ce qui le prouve"),
    "evidence": gettext_lazy("Qui l’a vu ou dit, ou où le relire"),
}
UNSAID = ("position", "agenda", "removed")


def history_of(row: Row) -> list[tuple[Version, list[tuple[str, str]]]]:
    """Newest first; of each version, what it changed."""
    versions = list(versions_of(row).select_related("by").order_by("number"))
    told: list[tuple[Version, list[tuple[str, str]]]] = []
    before: Mapping[str, Any] = {}
    for version in versions:
        told.append((version, changed_words(row, before, version.content)))
        before = version.content
    return told[::-1]


def changed_words(row: Row, before: Mapping[str, Any], after: Mapping[str, Any]) -> list[tuple[str, str]]:
    changed = [part for part in row.CONTENT if part not in UNSAID and after.get(part) != before.get(part)]
    return [
        (str(LABELS[part]), value_words(row, part, after.get(part))) for part in changed if before or after.get(part)
    ]


def value_words(row: Row, part: str, value: Any) -> str:
    if value in (None, ""):
        return _("(rien)")
    column = row._meta.get_field(part)
    if isinstance(column, ForeignKey):
        found = column.related_model._base_manager.filter(pk=value).first()
        return str(found) if found else _("(rien)")
    if column.choices:
        return str(dict(column.flatchoices).get(value, value))
    if isinstance(value, bool):
        return _("oui") if value else _("non")
    if column.get_internal_type() == "DateField":
        return day_words(dt.date.fromisoformat(value))
    return str(value)

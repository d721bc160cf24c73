"""Observations taken from the file the open data give (published.py): what cannot be is said, by line."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import Q
from django.utils.translation import gettext as _

from maillage.change.checks import ChangeRefused
from maillage.change.enums import SeenBy
from maillage.change.models import LONGEST_SENTENCE, LONGEST_STORY, CoreGroup, Marker, Member, Observation
from maillage.change.observing import add_observation
from maillage.change.path import add_actor, add_marker
from maillage.change.published import OBSERVATIONS
from maillage.lib.tableschema import BadCell, UnreadableSheet, read_record, read_sheet

MOST_BYTES, MOST_LINES = 5_000_000, 2_000
LONGEST = {
    "acteur": 120,
    "repere": LONGEST_SENTENCE,
    "recit": LONGEST_STORY,
    "source": 200,
}  # characters, as columns hold


@dataclass
class Taken:
    new: int = 0
    known: int = 0
    refusals: list[str] = field(default_factory=list)  # one a line that was not taken: where, why


def take_in(*, group: CoreGroup, content: bytes, by: Member) -> Taken:
    """Once each, by its identifier: the same file again adds nothing. Raises UnreadableSheet."""
    if len(content) > MOST_BYTES:
        raise UnreadableSheet(_("le fichier pèse plus de 5 Mo"))
    sheet = read_sheet(content)
    missing = sorted(OBSERVATIONS.own - set(sheet.headers))
    if missing:
        raise UnreadableSheet(_("il y manque les colonnes %s") % ", ".join(missing))
    if len(sheet.records) > MOST_LINES:
        raise UnreadableSheet(_("plus de %d lignes : donnez-le en plusieurs fichiers") % MOST_LINES)
    taken = Taken()
    for place, cells in sheet.records:
        try:
            with transaction.atomic():
                new = _take(group, read_record(OBSERVATIONS, cells, text=sheet.text), by)
        except BadCell as refusal:
            taken.refusals.append(f"{place} : {refusal.sentence}.")
        except ChangeRefused as refusal:
            taken.refusals.append(f"{place} : {refusal.sentence}")
        else:
            taken.new, taken.known = taken.new + new, taken.known + (not new)
    return taken


def _take(group: CoreGroup, row: Mapping[str, Any], by: Member) -> bool:
    key = UUID(row["id"])
    if Observation.objects.filter(Q(pk=key) | Q(key=key), group=group).exists():
        return False
    if row["invente"] and not group.invented:
        raise BadCell("invente", _("c’est une donnée de démonstration, elle n’entre pas dans un vrai noyau"))
    for name, text in row.items():
        if isinstance(text, str) and "\x00" in text:
            raise BadCell(name, _("« %s » contient un signe qui ne se garde pas") % name)
    for name, most in LONGEST.items():
        if len(row[name]) > most:
            raise BadCell(name, _("« %(name)s » : %(most)d signes au plus") % {"name": name, "most": most})
    source = row["source"]
    if row["noyau"] != group.name:
        source = " – ".join(filter(None, [source, _("repris de « %s »") % row["noyau"]]))[:200]
    # whoever saw it is not who brings the file
    seen_by = SeenBy.MEMBER if row["vu_par"] == SeenBy.MYSELF else row["vu_par"]
    _row, new = add_observation(
        group=group, by=by, key=key, degree=row["vu"], marker=_marker(group, row, by), text=row["recit"],
        on=row["jour"], seen_by=seen_by, source=source,
    )  # fmt: skip
    return new


def _marker(group: CoreGroup, row: Mapping[str, Any], by: Member) -> Marker | None:
    """Found by its actor and its words; put on the path when it is not there."""
    if not row["repere"]:
        return None
    if not row["acteur"] or not row["niveau"]:
        raise BadCell("repere", _("un repère va avec son acteur et son niveau"))
    return add_marker(
        group=group,
        actor=add_actor(group=group, name=row["acteur"], by=by),
        level=row["niveau"],
        text=row["repere"],
        by=by,
    )

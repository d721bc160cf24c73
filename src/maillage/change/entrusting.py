"""A porteur gives their first step to a noyau, from their own sheet, and can take it back. Nobody else can."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from maillage.change.keeping import keep
from maillage.change.models import Commitment, CoreGroup, Review, Version
from maillage.change.noting import add_commitment
from maillage.change.queries import entrusted_words, groups_of
from maillage.memory.models import PorteurSheet
from maillage.memory.sheets import follow_up_lookup

PORTEUR = "qui a apporté le sujet"


def entrusted_by(token: str) -> Commitment | None:
    """`token`: of the sheet's own link."""
    rows = Commitment.objects.filter(entrusted=follow_up_lookup(token)).select_related("group")
    return rows.first()


@transaction.atomic
def entrust_step(*, token: str, group: CoreGroup, what: str, who: str, due: dt.date) -> Commitment:
    """Once a sheet; given again, it is that same action, as its author words it now."""
    known = entrusted_by(token)
    if known is None:
        return add_commitment(
            group=group, what=what, who=who, due=due, by=None, by_words=PORTEUR, entrusted=follow_up_lookup(token)
        )
    known = Commitment.objects.select_for_update().select_related("group").get(pk=known.pk)
    if known.group_id != group.pk:  # given to another: the first one reads it no more
        _forget_in_agendas(known.group, _words_of(known))
        Version.objects.filter(object_id=known.pk).update(group=group)
    known.group, known.what, known.who, known.due, known.removed_at = group, what, who, due, None
    return keep(known, verb=_("a noté une action"), by=None, by_words=PORTEUR)


@transaction.atomic
def take_step_back(*, token: str) -> None:
    """It leaves the noyau's pages; its words go from every version: they were their author's."""
    known = entrusted_by(token)
    if known is None:
        return
    _forget_in_agendas(known.group, _words_of(known))
    Version.objects.filter(object_id=known.pk).delete()
    known.delete()


def _words_of(row: Commitment) -> set[str]:
    contents = Version.objects.filter(object_id=row.pk).values_list("content", flat=True)
    return {row.what, *(content["what"] for content in contents)}


def _forget_in_agendas(group: CoreGroup, words: set[str]) -> None:
    """A review that was held keeps its agenda as it was on the table, but for a step that its author took back."""
    marked = entrusted_words()

    def without(agenda: dict[str, Any]) -> dict[str, Any]:
        return {
            part: [line for line in lines if not (marked in line and line.startswith(tuple(words)))]
            if isinstance(lines, list)
            else lines
            for part, lines in agenda.items()
        }

    for review in Review.objects.select_for_update().filter(group=group, agenda__isnull=False):
        left = without(review.agenda or {})
        if left != review.agenda:
            review.agenda = left
            review.save(update_fields=["agenda"])
    for version in group.versions.filter(kind="review"):
        agenda = version.content.get("agenda")
        if agenda and without(agenda) != agenda:
            version.content["agenda"] = without(agenda)
            version.save(update_fields=["content"])


def groups_open_to(sheet: PorteurSheet) -> list[CoreGroup]:
    return list(groups_of(sheet.gathering.space))

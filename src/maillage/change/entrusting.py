"""A porteur gives their first step to a noyau, from their own sheet, and can take it back. Nobody else can."""

import datetime as dt

from django.db import transaction
from django.utils.translation import gettext as _

from maillage.change.keeping import keep
from maillage.change.models import Commitment, CoreGroup
from maillage.change.noting import add_commitment
from maillage.change.queries import groups_of
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
    known = Commitment.objects.select_for_update().get(pk=known.pk)
    known.group, known.what, known.who, known.due, known.removed_at = group, what, who, due, None
    return keep(known, verb=_("a noté une action"), by=None, by_words=PORTEUR)


@transaction.atomic
def take_step_back(*, token: str) -> None:
    """It leaves the noyau's pages; its words go from every version: they were their author's."""
    known = entrusted_by(token)
    if known is None:
        return
    known.group.versions.filter(object_id=known.pk).delete()
    known.delete()


def groups_open_to(sheet: PorteurSheet) -> list[CoreGroup]:
    return list(groups_of(sheet.gathering.space))

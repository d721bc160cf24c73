"""« Ce ne sont pas les mêmes »: two organisations told apart are no longer proposed as doubles until it is undone."""

from collections.abc import Sequence
from dataclasses import dataclass
from uuid import UUID

from django.db import transaction
from django.utils.translation import gettext as _

from maillage.office.services import record_activity
from maillage.people.models import Organisation, Space, ToldApart


@dataclass(frozen=True)
class Apart:
    told: ToldApart
    one: Organisation
    other: Organisation


class NotTwo(Exception):
    """One of the two is gone, merged meanwhile perhaps."""

    def __init__(self) -> None:
        self.sentence = _("L’une de ces deux structures a été retirée ou réunie entre-temps.")
        super().__init__(self.sentence)


@transaction.atomic
def tell_apart(*, space: Space, one: UUID, other: UUID, by: str) -> ToldApart:
    """Saying it again changes nothing. Raises NotTwo."""
    first, second = sorted((one, other))
    rows = space.organisations.in_bulk([first, second])
    if len(rows) < 2:
        raise NotTwo
    told, made = ToldApart.objects.get_or_create(space=space, first=first, second=second, defaults={"by": by[:200]})
    if made:
        about = f"{rows[first]} / {rows[second]}"
        record_activity(space=space.slug, by=by, verb="tell-organisations-apart", about=about)
    return told


@transaction.atomic
def take_back_apart(*, told: ToldApart, by: str) -> None:
    rows = Organisation.objects.in_bulk([told.first, told.second])
    about = " / ".join(str(row) for row in rows.values())
    record_activity(space=told.space.slug, by=by, verb="propose-double-again", about=about)
    told.delete()


def told_apart(space: Space, most: int) -> Sequence[Apart]:
    """The latest first; of those that are both still there."""
    rows = list(space.told_apart.select_related("space")[:most])
    named = Organisation.objects.in_bulk({key for row in rows for key in (row.first, row.second)})
    return [
        Apart(row, named[row.first], named[row.second]) for row in rows if row.first in named and row.second in named
    ]


def pairs_apart(space: Space) -> set[frozenset[UUID]]:
    return {frozenset(pair) for pair in space.told_apart.order_by().values_list("first", "second")}

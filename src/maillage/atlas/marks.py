"""What changes of a noun changes its mark, in the same transaction: what was made at a mark is right while it lasts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

from django.db import connection, transaction

from maillage.atlas.models import Mark
from maillage.lib.identifiers import uuid7
from maillage.people.models import Space

TERRITORIES, CONTRACTS, GATHERINGS = "territories", "contracts", "gatherings"
EXPERIENCES, ORGANISATIONS, TAKEAWAYS = "experiences", "organisations", "takeaways"
INDEX = "index"  # of search: made after what it follows
OF_ALL = (TERRITORIES, INDEX)  # of no space
OF_SPACES = (CONTRACTS, GATHERINGS, EXPERIENCES, ORGANISATIONS, TAKEAWAYS)


def key_of(noun: str, space: UUID | None) -> str:
    return noun if noun in OF_ALL else f"{noun} {space}"


def change_mark(noun: str, space: UUID | None = None) -> None:
    """In the transaction of what changed, without ever waiting in it: two that write sentences of one space would each
    hold a row the other wants. A mark that another is changing is changed again once ours is committed."""
    key = key_of(noun, space)
    if connection.features.has_select_for_update_skip_locked and connection.in_atomic_block:
        free = list(Mark.objects.select_for_update(skip_locked=True).filter(pk=key).values_list("pk", flat=True))
        if not free and Mark.objects.filter(pk=key).exists():
            transaction.on_commit(lambda: _write(key))
            return
    _write(key)


def _write(key: str) -> None:
    value = uuid7()
    if not Mark.objects.filter(pk=key).update(value=value):
        Mark.objects.bulk_create([Mark(key=key, value=value)], ignore_conflicts=True)  # two at once: either will do


@dataclass(frozen=True)
class Marks:
    space: Space
    values: Mapping[str, UUID]

    def of(self, nouns: Collection[str]) -> str:
        return " ".join(str(self.values.get(key_of(noun, self.space.pk), "-")) for noun in nouns)

    @property
    def all(self) -> str:
        return self.of((*OF_ALL, *OF_SPACES))


def marks_of(space: Space) -> Marks:
    keys = [key_of(noun, space.pk) for noun in (*OF_ALL, *OF_SPACES)]
    return Marks(space, dict(Mark.objects.filter(pk__in=keys).values_list("key", "value")))

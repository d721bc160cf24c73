"""What changes of a noun changes its mark, in the same transaction: what was made at a mark is right while it lasts."""

from collections.abc import Collection, Mapping
from dataclasses import dataclass
from uuid import UUID

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
    key, value = key_of(noun, space), uuid7()
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

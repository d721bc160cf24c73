"""How much a list is, without making it: its rows are counted, a few of them weighed."""

from dataclasses import dataclass
from uuid import UUID

from django.utils.translation import gettext as _

from maillage.atlas.marks import marks_of
from maillage.atlas.opendata.lists import ALL, OpenList
from maillage.atlas.opendata.writing import PARTS
from maillage.lib.typography import NO_BREAK
from maillage.people.models import Space

WEIGHED = 20  # rows
_known: dict[tuple[str, UUID], tuple[str, "Weight"]] = {}  # (list, space) → (its mark, how much)


@dataclass(frozen=True)
class Weight:
    number: int
    octets: dict[str, int]  # format → about how many
    exact: bool


def weights_of(space: Space) -> dict[str, Weight]:
    """Of each list by name; counted again once something of it changed."""
    marks = marks_of(space)
    return {asked.name: _weigh_once(asked, space, marks.of(asked.nouns)) for asked in ALL}


def _weigh_once(asked: OpenList, space: Space, mark: str) -> Weight:
    key = (asked.name, space.pk)
    known = _known.get(key)
    if known is None or known[0] != mark:
        known = _known[key] = (mark, weigh(asked, space))
    return known[1]


def weigh(asked: OpenList, space: Space) -> Weight:
    rows = asked.asked(space)
    number = rows.count()
    some = rows.filter(pk__in=list(rows.values_list("pk", flat=True)[:WEIGHED])) if number > WEIGHED else rows
    said = list(asked.said(some))  # read once for all formats
    ratio = number / WEIGHED if number > WEIGHED else 1
    octets = {
        kind: round(sum(len(part.encode()) for part in PARTS[kind](asked, said)) * ratio) for kind in asked.formats
    }
    return Weight(number, octets, number <= WEIGHED)


def octets_words(octets: int) -> str:
    """« 12 ko », « 3,4 Mo »."""
    if octets < 1_000:
        return f"{octets}{NO_BREAK}{_('octets')}"
    if octets < 1_000_000:
        return f"{round(octets / 1_000)}{NO_BREAK}{_('ko')}"
    return f"{octets / 1_000_000:.1f}".replace(".", ",") + f"{NO_BREAK}{_('Mo')}"

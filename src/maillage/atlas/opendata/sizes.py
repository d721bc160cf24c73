"""How much a list is, without making it: its rows are counted, a few of them weighed."""

from dataclasses import dataclass

from django.utils.translation import gettext as _

from maillage.atlas.opendata.lists import OpenList
from maillage.atlas.opendata.writing import WRITERS
from maillage.lib.typography import NO_BREAK
from maillage.people.models import Space

WEIGHED = 40  # rows


@dataclass(frozen=True)
class Weight:
    number: int
    octets: dict[str, int]  # format → about how many
    exact: bool


def weigh(asked: OpenList, space: Space) -> Weight:
    rows = asked.asked(space)
    number = rows.count()
    some = rows.filter(pk__in=list(rows.values_list("pk", flat=True)[:WEIGHED])) if number > WEIGHED else rows
    ratio = number / WEIGHED if number > WEIGHED else 1
    octets = {kind: round(len(WRITERS[kind](asked, some)) * ratio) for kind in asked.formats}
    return Weight(number, octets, number <= WEIGHED)


def octets_words(octets: int) -> str:
    """« 12 ko », « 3,4 Mo »."""
    if octets < 1_000:
        return f"{octets}{NO_BREAK}{_('octets')}"
    if octets < 1_000_000:
        return f"{round(octets / 1_000)}{NO_BREAK}{_('ko')}"
    return f"{octets / 1_000_000:.1f}".replace(".", ",") + f"{NO_BREAK}{_('Mo')}"

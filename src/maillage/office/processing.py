"""The register of processings (RGPD, article 30). Each noun says what it holds of people; the pages read this.

    # live/apps.py, in ready():
    register(Processing("rooms", …, rules=("notes",), fields=("live.Seat.registration",)))

How long is read from the retention rules themselves (`rules`), so that the register cannot say anything else; `kept` is
for what has none, and is made from the constant that the code applies.
"""

from collections.abc import Callable
from dataclasses import dataclass
from uuid import UUID

from django.utils.functional import Promise
from django.utils.translation import gettext as _

from maillage.office import retention
from maillage.office.models import NamesRule

Words = str | Promise
NO_SPACE = UUID(int=0)  # has no row of its own: the usual rule


@dataclass(frozen=True)
class Processing:
    key: str
    title: Words
    purpose: Words
    basis: Words  # article 6 of the RGPD, in words
    people: Words
    data: Words
    recipients: Words
    rules: tuple[str, ...] = ()  # of office.retention
    kept: Callable[[], list[str]] | None = None
    fields: tuple[str, ...] = ()  # "app.Model.field": where it lies


@dataclass(frozen=True)
class Line:
    """A processing with its durations, as the rules say them now."""

    processing: Processing
    durations: list[str]


_processings: dict[str, Processing] = {}


def register(processing: Processing) -> None:
    _processings[processing.key] = processing


def processings() -> list[Processing]:
    return list(_processings.values())


def lines() -> list[Line]:
    known = {rule.key: rule for rule in retention.rules()}
    return [
        Line(each, [_duration(known[key]) for key in each.rules] + (each.kept() if each.kept else []))
        for each in processings()
    ]


def terms_of(rule: retention.Rule) -> list[str]:
    """How long, in words: the usual term, and those that spaces chose instead."""
    spaces = [NO_SPACE, *NamesRule.objects.order_by("months").values_list("space", flat=True)]
    return list(dict.fromkeys(rule.term(space) for space in spaces))


def _duration(rule: retention.Rule) -> str:
    return _("{title} : {terms}").format(title=rule.title, terms=_(", ou ").join(terms_of(rule)))

"""What an installation did, in numbers: no name, no place, no space, nothing below five.

By whole years of the day of the gathering. The total is of the years that are shown, so that taking the ones away from
the other gives nothing that was kept back.
"""

import datetime as dt
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.core.cache import cache
from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractYear
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.models import Gathering
from maillage.live.enums import SeatKind
from maillage.live.models import Move, Seat
from maillage.memory.models import Experience
from maillage.registrations.enums import Presence, RegistrationStatus
from maillage.registrations.models import Registration

FLOOR = 5
KEPT = 600  # seconds: anybody may ask, and moves are many


@dataclass(frozen=True)
class Figure:
    key: str
    title: str | Promise
    counted: Callable[[dt.date], dict[int, int]]  # year → how many, up to that day


@dataclass(frozen=True)
class Row:
    title: str | Promise
    by_year: dict[int, int | None]  # None: fewer than five

    @property
    def total(self) -> int | None:
        shown = [number for number in self.by_year.values() if number is not None]
        return sum(shown) if shown else None


def _by_year(rows: "QuerySet[Any]", day: str) -> dict[int, int]:
    return dict(rows.order_by().annotate(the_year=ExtractYear(day)).values_list("the_year").annotate(Count("pk")))


def _gatherings(today: dt.date) -> dict[int, int]:
    return _by_year(Gathering.objects.filter(date__lte=today), "date")


def _welcomed(today: dt.date) -> dict[int, int]:
    rows = Registration.objects.filter(status=RegistrationStatus.REGISTERED, presence=Presence.PRESENT)
    return _by_year(rows.filter(gathering__date__lte=today, gathering__trial=False), "gathering__date")


def _seated(today: dt.date) -> dict[int, int]:
    rows = Seat.objects.filter(kind=SeatKind.PARTICIPANT, session__rehearsal=False, session__gathering__trial=False)
    return _by_year(rows.filter(session__gathering__date__lte=today), "session__gathering__date")


def _moves(today: dt.date) -> dict[int, int]:
    rows = Move.objects.filter(session__rehearsal=False, session__gathering__trial=False)
    return _by_year(rows.filter(session__gathering__date__lte=today), "session__gathering__date")


def _experiences(today: dt.date) -> dict[int, int]:
    rows = Experience.objects.filter(published__isnull=False, created_at__date__lte=today)
    return _by_year(rows, "created_at")


FIGURES = (
    Figure("gatherings", _("Rencontres tenues"), _gatherings),
    Figure("welcomed", _("Personnes accueillies, pointées à leur arrivée"), _welcomed),
    Figure("seats", _("Téléphones et postes entrés dans un atelier"), _seated),
    Figure("moves", _("Gestes faits dans les ateliers : cartes, votes, réponses"), _moves),
    Figure("experiences", _("Expériences publiées"), _experiences),
)


def table(*, today: dt.date) -> tuple[list[int], list[Row]]:
    """The years, latest first, and a row for each figure."""
    counted: list[dict[int, int]] | None = cache.get(f"stats-{today}")
    if counted is None:
        counted = [figure.counted(today) for figure in FIGURES]
        cache.set(f"stats-{today}", counted, KEPT)
    years = sorted({year for found in counted for year in found}, reverse=True)
    rows = [
        Row(figure.title, {year: _floored(found.get(year, 0)) for year in years})
        for figure, found in zip(FIGURES, counted, strict=True)
    ]
    return years, rows


def _floored(number: int) -> int | None:
    return number if number >= FLOOR else None

"""What an installation did, in numbers: no name, no place, no space, nothing that gives a small number.

Whoever takes these away from what is published elsewhere (archives, open data, the atlas), from those of yesterday, or
from what their own space counts, must be left with no few people. So a gathering of fewer than five, a room of fewer
than five phones add nothing: what is left of a sum is none, or five at least. The sums are then rounded down, never up:
« au moins » is true, and one person more or less hardly ever shows. They are made once a day, of what was over the
evening before, for every process: who looks each minute counts nobody at the door. The total is of the years as they
are shown.
"""

import contextlib
import datetime as dt
import json
import os
import tempfile
from collections import Counter
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db.models import Count, QuerySet
from django.db.models.functions import ExtractYear
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.models import Gathering
from maillage.live.enums import SeatKind
from maillage.live.models import Move, Seat, Session
from maillage.memory.models import Experience
from maillage.registrations.enums import Presence, RegistrationStatus
from maillage.registrations.models import Registration

FLOOR = 5
STEPS = ((100, 5), (1_000, 10), (10_000, 100))  # below that, by so many
LAST_STEP = 1_000

ByYear = dict[int, int]


@dataclass(frozen=True)
class Figure:
    key: str
    title: str | Promise
    counted: Callable[[dt.date], ByYear]  # how many, of what was over before that day


@dataclass(frozen=True)
class Row:
    title: str | Promise
    by_year: dict[int, int | None]  # at least so many; None: fewer than five, without the small ones

    @property
    def total(self) -> int | None:
        shown = [number for number in self.by_year.values() if number is not None]
        return sum(shown) if shown else None


def _sum(rows: Iterable[tuple[int, int]]) -> ByYear:
    """Of (year, how many in one gathering or room): one of fewer than five adds nothing."""
    found: Counter[int] = Counter()
    for year, number in rows:
        if number >= FLOOR:
            found[year] += number
    return dict(found)


def _gatherings(today: dt.date) -> ByYear:
    rows = Gathering.objects.filter(date__lt=today).order_by().annotate(the_year=ExtractYear("date"))
    return dict(rows.values_list("the_year").annotate(Count("pk")))


def _welcomed(today: dt.date) -> ByYear:
    rows = Registration.objects.filter(status=RegistrationStatus.REGISTERED, presence=Presence.PRESENT)
    rows = rows.filter(gathering__date__lt=today, gathering__trial=False).order_by()
    by_gathering = rows.annotate(the_year=ExtractYear("gathering__date")).values_list("gathering", "the_year")
    return _sum((year, number) for _gathering, year, number in by_gathering.annotate(number=Count("pk")))


def _rooms(today: dt.date) -> dict[object, tuple[int, int]]:
    """Year and phones of each room of five phones at least."""
    rows = Seat.objects.filter(kind=SeatKind.PARTICIPANT, session__in=_played(today)).order_by()
    of_rooms = rows.annotate(the_year=ExtractYear("session__gathering__date")).values_list("session", "the_year")
    found = of_rooms.annotate(number=Count("pk"))
    return {session: (year, number) for session, year, number in found if number >= FLOOR}


def _played(today: dt.date) -> QuerySet[Session]:
    return Session.objects.filter(rehearsal=False, gathering__trial=False, gathering__date__lt=today)


def _seated(today: dt.date) -> ByYear:
    return _sum(_rooms(today).values())


def _moves(today: dt.date) -> ByYear:
    rooms = _rooms(today)
    rows = Move.objects.filter(session__in=_played(today)).order_by().values_list("session")
    return _sum((rooms[session][0], number) for session, number in rows.annotate(Count("pk")) if session in rooms)


def _experiences(today: dt.date) -> ByYear:
    rows = Experience.objects.filter(published__isnull=False, created_at__date__lt=today).order_by()
    return dict(rows.annotate(the_year=ExtractYear("created_at")).values_list("the_year").annotate(Count("pk")))


FIGURES = (
    Figure("gatherings", _("Rencontres tenues"), _gatherings),
    Figure("welcomed", _("Personnes accueillies, pointées à leur arrivée"), _welcomed),
    Figure("seats", _("Téléphones et postes entrés dans un atelier"), _seated),
    Figure("moves", _("Gestes faits dans les ateliers : cartes, votes, réponses"), _moves),
    Figure("experiences", _("Expériences publiées"), _experiences),
)


def table(*, today: dt.date) -> tuple[list[int], list[Row]]:
    """The years, latest first, and a row for each figure."""
    counted = _kept(today)
    if counted is None:
        counted = {figure.key: _rounded(figure.counted(today)) for figure in FIGURES}
        _keep(today, counted)
    years = sorted({year for found in counted.values() for year in found}, reverse=True)
    return years, [
        Row(figure.title, {year: counted[figure.key].get(year) or None for year in years}) for figure in FIGURES
    ]


def rounded_down(number: int) -> int:
    """0: not shown."""
    step = next((step for below, step in STEPS if number < below), LAST_STEP)
    return number // step * step


def _rounded(found: ByYear) -> ByYear:
    return {year: rounded_down(number) for year, number in found.items()}


def _kept(today: dt.date) -> dict[str, ByYear] | None:
    """As counted today already, by whichever process was asked first. Rounded: the file says no more than the page."""
    try:
        said = json.loads(_file().read_text(encoding="utf-8"))
        if said["day"] != str(today):
            return None
        return {
            figure.key: {int(year): int(number) for year, number in said["counted"][figure.key].items()}
            for figure in FIGURES
        }
    except (OSError, ValueError, KeyError, TypeError, AttributeError):  # none yet, or of an earlier release
        return None


def _keep(today: dt.date, counted: dict[str, ByYear]) -> None:
    with contextlib.suppress(OSError):  # a full disk: counted again at the next question
        with tempfile.NamedTemporaryFile(
            "w", dir=settings.DATA_DIR, prefix="stats-", delete=False, encoding="utf-8"
        ) as out:
            json.dump({"day": str(today), "counted": counted}, out)
        os.replace(out.name, _file())


def _file() -> Path:
    return Path(settings.DATA_DIR) / "stats.json"

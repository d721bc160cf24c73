"""Presence by half-day, where the organiser asks for it.

`Opening.half_days`: those the desk marks; none: one presence for the whole gathering. `Registration.half_days`: those
somebody was seen at. Of somebody present none means all of it: what every presence meant before there were half-days.
"""

import datetime as dt
from collections import Counter
from collections.abc import Iterable, Sequence
from zoneinfo import ZoneInfo

from maillage.gatherings.models import Gathering
from maillage.lib.typography import join_words, typo
from maillage.registrations.enums import HalfDay, Presence, RegistrationStatus
from maillage.registrations.models import Opening, Registration

NOON, EVENING = 13, 18  # hours: what begins from then on is of the afternoon, of the evening


def in_order(halves: Iterable[str]) -> list[str]:
    known = set(halves)
    return [half for half in HalfDay.values if half in known]


def half_days_asked(gathering: Gathering) -> list[str]:
    asked = Opening.objects.filter(gathering=gathering).values_list("half_days", flat=True).first()
    return in_order(asked or [])


def half_days_words(halves: Iterable[str]) -> str:
    """« matin et après-midi »."""
    return typo(join_words([str(HalfDay(half).label) for half in in_order(halves)]))


def half_of(hour: int) -> HalfDay:
    if hour < NOON:
        return HalfDay.MORNING
    return HalfDay.AFTERNOON if hour < EVENING else HalfDay.EVENING


def half_day_at(gathering: Gathering, asked: Sequence[str], now: dt.datetime) -> list[str]:
    """The one that is on where the gathering is, else the last before it, else the first; none where none is asked."""
    order = HalfDay.values
    here = order.index(half_of(now.astimezone(ZoneInfo(gathering.timezone)).hour))
    before = [half for half in asked if order.index(half) <= here]
    return before[-1:] if before else list(asked)[:1]


def seen_at(registration: Registration, asked: Sequence[str]) -> list[str]:
    """Which of those asked this person was seen at."""
    if registration.presence != Presence.PRESENT:
        return []
    return in_order(registration.half_days or asked)


def half_day_marks(row: Registration, asked: Sequence[str]) -> list[tuple[str, str, bool]]:
    """A button each: what it sends, its words, whether the person was seen then. Pressed again it is taken back."""
    seen = seen_at(row, asked)
    return [
        (f"{Presence.EXPECTED if half in seen else Presence.PRESENT}:{half}", str(HalfDay(half).label), half in seen)
        for half in asked
    ]


def counts_in_half_days(gathering: Gathering, asked: Sequence[str]) -> str:
    """« Matin : 34, après-midi : 28. »; nothing where none is asked, or nobody came."""
    rows = gathering.registrations.filter(status=RegistrationStatus.REGISTERED, presence=Presence.PRESENT)
    seen = Counter(half for halves in rows.values_list("half_days", flat=True) for half in (halves or asked))
    said = ", ".join(f"{HalfDay(half).label} : {seen[half]}" for half in asked)
    return f"{said[0].upper()}{said[1:]}." if said and seen else ""

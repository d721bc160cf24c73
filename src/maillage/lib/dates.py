"""Dates and times as one says them, in the language that is spoken."""

import datetime as dt

from django.utils import formats

from maillage.lib.languages import FRENCH, current

DAYS = {"de": "j. F Y"}  # where it is not « 2 October 2025 »


def day_words(date: dt.date) -> str:
    """« 2 octobre 2025 », « 1er mars 2026 »."""
    if current() != FRENCH:
        return formats.date_format(date, DAYS.get(current(), "j F Y"))
    day = "1er" if date.day == 1 else str(date.day)
    return f"{day} {formats.date_format(date, 'F Y')}"


def typed_day_words(value: str) -> str:
    """A day as a browser sends it, « 2025-11-04 », in words; any other text as it is."""
    try:
        return day_words(dt.date.fromisoformat(value))
    except ValueError:
        return value


def time_words(time: dt.time | dt.datetime) -> str:
    """« 9 h 05 »; elsewhere « 9:05 »."""
    return f"{time.hour}\u00a0h\u00a0{time:%M}" if current() == FRENCH else f"{time.hour}:{time:%M}"

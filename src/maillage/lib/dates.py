"""Dates and times as one says them, in the language that is spoken."""

import datetime as dt

from django.utils import formats

from maillage.lib.languages import FRENCH, tongue

DAYS = {"de": "j. F Y"}  # where it is not « 2 October 2025 »


def day_words(date: dt.date) -> str:
    """« 2 octobre 2025 », « 1er mars 2026 »."""
    if tongue() != FRENCH:
        return formats.date_format(date, DAYS.get(tongue(), "j F Y"))
    day = "1er" if date.day == 1 else str(date.day)
    return f"{day} {formats.date_format(date, 'F Y')}"


def short_day(date: dt.date) -> str:
    """« 02/10/2025 », in figures."""
    return f"{date:%d/%m/%Y}" if tongue() == FRENCH else formats.date_format(date, "SHORT_DATE_FORMAT")


def day_format(format_: str, date: dt.date) -> str:
    """A format of a page, « j F Y », as the language says that day: « 1er mars », « 1. März »."""
    if tongue() == FRENCH:
        return format_.replace("j F", "j\\e\\r F") if date.day == 1 else format_
    return format_.replace("j F", "j. F") if tongue() == "de" else format_


def typed_day_words(value: str) -> str:
    """A day as a browser sends it, « 2025-11-04 », in words; any other text as it is."""
    try:
        return day_words(dt.date.fromisoformat(value))
    except ValueError:
        return value


def time_words(time: dt.time | dt.datetime) -> str:
    """« 9 h 05 »; elsewhere « 9:05 »."""
    return f"{time.hour}\u00a0h\u00a0{time:%M}" if tongue() == FRENCH else f"{time.hour}:{time:%M}"

"""Dates as one says them in French."""

import datetime as dt

from django.utils import formats


def day_words(date: dt.date) -> str:
    """« 2 octobre 2025 », « 1er mars 2026 »."""
    day = "1er" if date.day == 1 else str(date.day)
    return f"{day} {formats.date_format(date, 'F Y')}"


def typed_day_words(value: str) -> str:
    """A day as a browser sends it, « 2025-11-04 », in words; any other text as it is."""
    try:
        return day_words(dt.date.fromisoformat(value))
    except ValueError:
        return value

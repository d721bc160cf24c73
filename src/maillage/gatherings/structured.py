"""A public gathering as search engines read it: schema.org, and nobody's name."""

import datetime as dt
from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError

from django.urls import reverse

from maillage.gatherings.models import Gathering, Slot

Moment = dt.date | dt.datetime


def span_of(gathering: Gathering, slots: Iterable[Slot]) -> tuple[Moment, Moment | None] | None:
    """From when to when: instants if the programme has hours, else the day; None without a date."""
    if gathering.date is None:
        return None
    slots = list(slots)
    starts = [slot.starts_at for slot in slots if slot.starts_at]
    if not starts:
        return gathering.date, gathering.date
    try:
        zone: dt.tzinfo = ZoneInfo(gathering.timezone)
    except (ZoneInfoNotFoundError, ValueError):
        return gathering.date, gathering.date
    first = min(starts)
    last = max([time for slot in slots for time in (slot.starts_at, slot.ends_at) if time])
    start = dt.datetime.combine(gathering.date, first, zone)
    return start, dt.datetime.combine(gathering.date, last, zone) if last > first else None


def event_data(gathering: Gathering, slots: Iterable[Slot], base: str) -> dict[str, Any] | None:
    """None without a date: schema.org has no event at a day nobody knows."""
    span = span_of(gathering, slots)
    if span is None:
        return None
    start, end = span
    data: dict[str, Any] = {
        "@context": "https://schema.org",
        "@type": "Event",
        "name": gathering.subtitle or gathering.title,
        "startDate": start.isoformat(),
        "eventStatus": "https://schema.org/EventScheduled",
        "eventAttendanceMode": "https://schema.org/OfflineEventAttendanceMode",
        "inLanguage": "fr",
        "url": base + reverse("gatherings:public", args=[gathering.space.slug, gathering.slug]),
        "organizer": {"@type": "Organization", "name": gathering.space.host or gathering.space.name},
    }
    if end is not None:
        data["endDate"] = end.isoformat()
    if gathering.theme:
        data["about"] = gathering.theme
    if gathering.objectives:
        data["description"] = " ".join(gathering.objectives)
    place = _place(gathering)
    return data | ({"location": place} if place else {})


def _place(gathering: Gathering) -> dict[str, Any] | None:
    area = gathering.commune or gathering.epci
    if not gathering.venue and area is None:
        return None
    place: dict[str, Any] = {"@type": "Place", "name": gathering.venue or str(area)}
    address = {"@type": "PostalAddress", "addressCountry": "FR"}
    if area is not None:
        address["addressLocality" if gathering.commune else "addressRegion"] = area.name
    place["address"] = address
    return place

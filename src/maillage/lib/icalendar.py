"""Calendars that every agenda reads (RFC 5545). Instants are in UTC: no time zone has to be told."""

import datetime as dt
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

FOLD = 75  # octets a line, at most (RFC 5545, 3.1)
_ESCAPED = str.maketrans({"\\": r"\\", ";": r"\;", ",": r"\,", "\n": r"\n"})
_CONTROL = re.compile(r"[\x00-\x09\x0b-\x1f\x7f]")


@dataclass(frozen=True)
class Event:
    uid: str  # the same for ever
    title: str
    starts: dt.date | dt.datetime  # a day, or an instant with its zone
    ends: dt.date | dt.datetime | None  # of a day: the last one; None: not known
    revised: dt.datetime
    sequence: int = 0  # how many times it was changed
    place: str = ""
    about: str = ""
    url: str = ""
    words: Sequence[str] = ()  # categories


def write_calendar(name: str, events: Iterable[Event], *, product: str, url: str = "") -> bytes:
    lines = ["BEGIN:VCALENDAR", "VERSION:2.0", f"PRODID:{text(product)}", "CALSCALE:GREGORIAN"]
    lines += [f"NAME:{text(name)}", f"X-WR-CALNAME:{text(name)}"]
    lines += ["REFRESH-INTERVAL;VALUE=DURATION:PT12H", "X-PUBLISHED-TTL:PT12H"]
    lines += [f"URL:{_address(url)}"] if url else []
    for event in events:
        lines += _event(event)
    lines.append("END:VCALENDAR")
    return "".join(f"{fold_line(line)}\r\n" for line in lines).encode()


def _event(event: Event) -> list[str]:
    lines = [
        "BEGIN:VEVENT",
        f"UID:{text(event.uid)}",
        f"DTSTAMP:{_instant(event.revised)}",
        f"LAST-MODIFIED:{_instant(event.revised)}",
        f"SEQUENCE:{event.sequence}",
        "STATUS:CONFIRMED",
        f"DTSTART{_moment(event.starts)}",
    ]
    ends = event.ends
    if ends is not None and not isinstance(ends, dt.datetime):
        ends += dt.timedelta(days=1)  # the end of a day is not in it
    if ends is not None and ends > event.starts:
        lines.append(f"DTEND{_moment(ends)}")
    lines.append(f"SUMMARY:{text(event.title)}")
    said = {"LOCATION": event.place, "DESCRIPTION": event.about}
    lines += [f"{name}:{text(words)}" for name, words in said.items() if words]
    lines += [f"CATEGORIES:{','.join(text(word) for word in event.words)}"] if event.words else []
    lines += [f"URL:{_address(event.url)}"] if event.url else []
    return [*lines, "END:VEVENT"]


def text(words: str) -> str:
    """A TEXT value: nothing in it can end its line."""
    return _CONTROL.sub(" ", words.replace("\r\n", "\n").replace("\r", "\n")).translate(_ESCAPED)


def _address(url: str) -> str:
    return re.sub(r"[\x00-\x20\x7f]", "", url)


def _moment(moment: dt.date | dt.datetime) -> str:
    return f":{_instant(moment)}" if isinstance(moment, dt.datetime) else f";VALUE=DATE:{moment:%Y%m%d}"


def _instant(moment: dt.datetime) -> str:
    return moment.astimezone(dt.UTC).strftime("%Y%m%dT%H%M%SZ")


def fold_line(line: str) -> str:
    """No line of more than 75 octets, no character cut in two."""
    octets = line.encode()
    parts, start, room = [], 0, FOLD
    while len(octets) - start > room:
        stop = start + room
        while octets[stop] & 0xC0 == 0x80:  # within a character
            stop -= 1
        parts.append(octets[start:stop].decode())
        start, room = stop, FOLD - 1  # a space begins the others
    return "\r\n ".join([*parts, octets[start:].decode()])

"""Reading a move's payload, which anybody may have made: a value of the right type, or a named refusal.

A form without JavaScript sends text only, so « 12 » and « on » are read as what they mean.
"""

import re
import unicodedata
from collections.abc import Mapping
from typing import Any

from facilitation.refusals import Refused

Payload = Mapping[str, Any]

LONGEST_NAME = 60
LONGEST_ID = 100
_WHOLE = re.compile(r"[+-]?[0-9]{1,9}\Z")
_UNREADABLE = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f\ud800-\udfff]")
_YES = ("1", "true", "on", "oui")
_NO = ("0", "false", "off", "non", "")


def word(payload: Payload, key: str) -> str | None:
    """A name: a stage, a card, a role. An empty one is none."""
    value = payload.get(key)
    if value is None or value == "":
        return None
    if not isinstance(value, str) or len(value) > LONGEST_ID:
        raise Refused("bad_payload")
    return value


def needed(payload: Payload, key: str) -> str:
    value = word(payload, key)
    if value is None:
        raise Refused("bad_payload")
    return value


def whole(payload: Payload, key: str) -> int | None:
    value = payload.get(key)
    if value is None or value == "":
        return None
    if isinstance(value, int) and not isinstance(value, bool) and abs(value) < 1_000_000_000:
        return value
    if isinstance(value, str) and _WHOLE.match(value):
        return int(value)
    raise Refused("bad_payload")


def number(payload: Payload, key: str) -> float:
    value = payload.get(key)
    if isinstance(value, str) and re.match(r"[0-9]{1,4}([.,][0-9]{1,2})?\Z", value):
        return float(value.replace(",", "."))
    if isinstance(value, int | float) and not isinstance(value, bool) and 0 <= value < 10_000:
        return value
    raise Refused("bad_payload")


def flag(payload: Payload, key: str, default: bool) -> bool:
    value = payload.get(key)
    if value is None:
        return default
    if isinstance(value, bool):
        return value
    if isinstance(value, int | str):
        text = str(value).lower() if not isinstance(value, int) or abs(value) < 10 else ""
        if text in _YES:
            return True
        if text in _NO:
            return False
    raise Refused("bad_payload")


def text(payload: Payload, key: str, most: int, *, empty: bool = False) -> str:
    """What a person typed, kept as it is."""
    value = payload.get(key)
    if value is None:
        value = ""
    if not isinstance(value, str):
        raise Refused("bad_payload")
    if len(value) > most:
        raise Refused("too_long", "" if most == 1_000 else "Ici, {most} signes au plus.", most=most)
    if _UNREADABLE.search(value):
        raise Refused("bad_text")
    if not value.strip() and not empty:
        raise Refused("empty_text")
    return value


def name(payload: Payload) -> str:
    """On one line, without the signs no screen shows: one of them would make a name look like a neighbour’s."""
    value = payload.get("name")
    if not isinstance(value, str) or len(value) > LONGEST_NAME or _UNREADABLE.search(value):
        raise Refused("bad_name")
    shown = "".join(sign for sign in unicodedata.normalize("NFC", value) if unicodedata.category(sign)[0] != "C")
    if not shown.strip():
        raise Refused("bad_name")
    return " ".join(shown.split())

"""What PostgreSQL refuses to write, SQLite takes: words longer than their column, numbers beyond it, a NUL, and half a
character inside JSON.

Refused here too, so that each test says it on whichever base it runs.
"""

import re
from collections.abc import Iterator
from typing import Any

from django.db import DataError
from django.db.models import JSONField, fields

BITS = {"SmallIntegerField": 15, "PositiveSmallIntegerField": 15, "IntegerField": 31, "PositiveIntegerField": 31}
BAD = re.compile("[\0\ud800-\udfff]")
_written = fields.Field.get_db_prep_save


def _strictly(field: fields.Field, value: Any, connection: Any) -> Any:
    if isinstance(value, str) and "\0" in value:
        raise ValueError(f"{field}: a NUL")
    if isinstance(field, JSONField) and (wrong := next((text for text in _texts(value) if BAD.search(text)), None)):
        raise DataError(f"{field}: {wrong[:40]!r} in JSON")
    if isinstance(value, str) and isinstance(field, fields.CharField) and len(value) > (field.max_length or len(value)):
        raise DataError(f"{field}: {len(value)} characters for {field.max_length}, {value[:40]!r}")
    bits = BITS.get(field.get_internal_type())
    if bits and isinstance(value, int) and not -(1 << bits) <= value < 1 << bits:
        raise DataError(f"{field}: {value} is beyond {bits} bits")
    return _written(field, value, connection)


def _texts(value: Any) -> Iterator[str]:
    if isinstance(value, str):
        yield value
    elif isinstance(value, dict):
        for key, inner in value.items():
            yield from _texts(key)
            yield from _texts(inner)
    elif isinstance(value, (list, tuple)):
        for inner in value:
            yield from _texts(inner)


def install() -> None:
    fields.Field.get_db_prep_save = _strictly

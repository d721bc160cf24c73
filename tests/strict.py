"""What PostgreSQL refuses to write, SQLite takes: words longer than their column, numbers beyond it, a NUL.

Refused here too, so that each test says it on whichever base it runs.
"""

from typing import Any

from django.db import DataError
from django.db.models import fields

BITS = {"SmallIntegerField": 15, "PositiveSmallIntegerField": 15, "IntegerField": 31, "PositiveIntegerField": 31}
_written = fields.Field.get_db_prep_save


def _strictly(field: fields.Field, value: Any, connection: Any) -> Any:
    if isinstance(value, str) and "\0" in value:
        raise ValueError(f"{field}: a NUL")
    if isinstance(value, str) and isinstance(field, fields.CharField) and len(value) > (field.max_length or len(value)):
        raise DataError(f"{field}: {len(value)} characters for {field.max_length}, {value[:40]!r}")
    bits = BITS.get(field.get_internal_type())
    if bits and isinstance(value, int) and not -(1 << bits) <= value < 1 << bits:
        raise DataError(f"{field}: {value} is beyond {bits} bits")
    return _written(field, value, connection)


def install() -> None:
    fields.Field.get_db_prep_save = _strictly  # type: ignore[method-assign]

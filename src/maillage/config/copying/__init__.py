"""The tables as they are, whichever version made them, in one file: written, read again, put back.

A backup (archives/backup.py) is written by the models of one version and read by the same; what an upgrade goes back to
was made by another. So this copies tables and not models: SQLite's file by SQLite's own backup, PostgreSQL's by COPY.
"""

import os
from pathlib import Path
from types import ModuleType

from django.db import connection

from maillage.config.copying import postgresql, sqlite


def _mine() -> ModuleType:
    return postgresql if connection.vendor == "postgresql" else sqlite


def write_tables(path: Path) -> dict[str, int]:
    """Inside the transaction that keeps others from writing. Says how many rows of each table the file holds, counted
    in the file; raises CopyDamaged when the base does not count the same."""
    held: dict[str, int] = _mine().write_tables(path)
    with path.open("rb") as file:
        os.fsync(file.fileno())
    return held


def put_tables_back(path: Path) -> None:
    """All or nothing, even killed on the way. Nobody else may have the base open."""
    _mine().put_tables_back(path)


def count_rows() -> dict[str, int]:
    rows: dict[str, int] = _mine().count_rows()
    return rows


def size_of_tables() -> int:
    """Bytes, as they lie in the base."""
    size: int = _mine().size_of_tables()
    return size

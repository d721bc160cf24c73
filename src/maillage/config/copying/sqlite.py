"""SQLite: its own backup, page by page."""

import sqlite3
from contextlib import closing
from pathlib import Path

from django.db import connection

from maillage.config.copying.damage import CopyDamaged

WAIT = 20.0  # seconds for the base, as every other connection of ours
# Tables that hold rows of ours: not SQLite's own, nor a virtual table and what lies under it.
ORDINARY = (
    "SELECT name FROM pragma_table_list WHERE schema = 'main' AND type = 'table' AND substr(name, 1, 7) <> 'sqlite_'"
)


def base_file() -> Path:
    return Path(str(connection.settings_dict["NAME"]))


def write_tables(path: Path) -> dict[str, int]:
    with closing(sqlite3.connect(path)) as copy:
        with closing(sqlite3.connect(f"{base_file().absolute().as_uri()}?mode=ro", uri=True, timeout=WAIT)) as base:
            base.backup(copy)
            there = _count(base)
        copy.execute("PRAGMA journal_mode=DELETE")  # one file, without a journal beside it
        if (said := copy.execute("PRAGMA integrity_check(1)").fetchone()[0]) != "ok":
            raise CopyDamaged(path, f"SQLite répond « {said} »")
        if (held := _count(copy)) != there:
            raise CopyDamaged(path, "elle n’a pas les mêmes lignes")
    return held


def put_tables_back(path: Path) -> None:
    """One transaction of SQLite's over the whole file: killed on the way, the next to open it finds what was there."""
    connection.close()
    with (
        closing(sqlite3.connect(f"{path.absolute().as_uri()}?mode=ro", uri=True)) as copy,
        closing(sqlite3.connect(base_file(), timeout=WAIT)) as base,
    ):
        copy.backup(base)
        base.execute("PRAGMA journal_mode=WAL")
        base.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # what is gone is not in the journal either


def count_rows() -> dict[str, int]:
    connection.ensure_connection()
    return _count(connection.connection)


def _count(base: sqlite3.Connection) -> dict[str, int]:
    names = [name for (name,) in base.execute(f"{ORDINARY} ORDER BY name").fetchall()]
    counted = {}
    for name in names:
        counted[name] = base.execute(f'SELECT count(*) FROM "{name}"').fetchone()[0]  # noqa: S608 - its own name
    return counted


def size_of_tables() -> int:
    base = base_file()
    return sum(file.stat().st_size for file in (base, base.with_name(base.name + "-wal")) if file.exists())

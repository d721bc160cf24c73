"""PostgreSQL: what its own catalogue says of each table, and the rows by COPY, in one zip.

Not pg_dump: it is not where the application is (a container, another machine), and refuses a server that is newer than
it. What Django and our migrations make is tables, identity columns, constraints and indexes; nothing else is copied.
"""

import json
import zipfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Any

from django.apps import apps
from django.db import connection

from maillage.config.copying.damage import CopyDamaged

FORMAT = 1
SCHEMA = "tables.json"
PART = 1_000_000  # bytes read at once from the file

TABLES = """
SELECT c.oid, c.relname FROM pg_class c
WHERE c.relnamespace = current_schema()::regnamespace AND c.relkind = 'r' ORDER BY c.relname
"""
COLUMNS = """
SELECT a.attname, format_type(a.atttypid, a.atttypmod), a.attnotnull, a.attidentity, a.attgenerated,
       pg_get_expr(d.adbin, d.adrelid, true),
       CASE WHEN a.attcollation <> t.typcollation THEN l.collname END
FROM pg_attribute a JOIN pg_type t ON t.oid = a.atttypid
LEFT JOIN pg_attrdef d ON d.adrelid = a.attrelid AND d.adnum = a.attnum
LEFT JOIN pg_collation l ON l.oid = a.attcollation
WHERE a.attrelid = %s AND a.attnum > 0 AND NOT a.attisdropped ORDER BY a.attnum
"""
CONSTRAINTS = """
SELECT conname, contype = 'f', pg_get_constraintdef(oid, true) FROM pg_constraint
WHERE conrelid = %s AND contype IN ('p', 'u', 'c', 'x', 'f') ORDER BY contype <> 'p', conname
"""
INDEXES = """
SELECT pg_get_indexdef(indexrelid, 0, true) FROM pg_index i JOIN pg_class c ON c.oid = i.indexrelid
WHERE indrelid = %s AND NOT EXISTS (SELECT 1 FROM pg_constraint WHERE conindid = indexrelid AND conrelid = indrelid)
ORDER BY c.relname
"""


def write_tables(path: Path) -> dict[str, int]:
    held: dict[str, int] = {}
    described: list[dict[str, Any]] = []
    with connection.cursor() as cursor, _zip(path, "w") as file:
        cursor.execute(TABLES)
        for oid, name in cursor.fetchall():
            table = _describe(cursor, oid, name)
            described.append(table)
            with file.open(_entry(name), "w", force_zip64=True) as rows:
                held[name] = _copy_out(cursor, f"COPY {_q(name)} ({_columns(table)}) TO STDOUT", rows)
        file.writestr(_entry(SCHEMA), json.dumps({"format": FORMAT, "tables": described}, ensure_ascii=False))
    there = count_rows()
    if held != there:
        raise CopyDamaged(path, "elle n’a pas les mêmes lignes")
    with _zip(path, "r") as file:
        if broken := file.testzip():
            raise CopyDamaged(path, f"la table {broken} y est abîmée")
    return held


def put_tables_back(path: Path) -> None:
    """One transaction: killed on the way, PostgreSQL keeps what was there."""
    with connection.cursor() as cursor, _zip(path, "r") as file:
        tables = _read(file, path)
        names = {table["name"] for table in tables}
        cursor.execute("BEGIN")
        try:
            cursor.execute("SET LOCAL statement_timeout = 0")
            cursor.execute(TABLES)
            for _oid, name in cursor.fetchall():
                if name in names or _ours(name):
                    cursor.execute(f"DROP TABLE {_q(name)} CASCADE")
            _build(cursor, tables, file)
            cursor.execute("COMMIT")
        except BaseException:
            cursor.execute("ROLLBACK")
            raise


def put_tables_into(path: Path, schema: str) -> None:
    """Beside those that serve: an upgrade is tried there."""
    with connection.cursor() as cursor, _zip(path, "r") as file:
        cursor.execute(f"DROP SCHEMA IF EXISTS {_q(schema)} CASCADE")
        cursor.execute(f"CREATE SCHEMA {_q(schema)}")
        cursor.execute("SELECT current_setting('search_path')")
        (path_before,) = cursor.fetchone()
        cursor.execute(f"SET search_path TO {_q(schema)}")
        try:
            _build(cursor, _read(file, path), file)
        finally:
            cursor.execute("SELECT set_config('search_path', %s, false)", [path_before])


def _build(cursor: Any, tables: list[dict[str, Any]], file: zipfile.ZipFile) -> None:
    for table in tables:
        cursor.execute(f"CREATE TABLE {_q(table['name'])} ({', '.join(map(_column, table['columns']))})")
    for table in tables:
        with file.open(table["name"]) as rows:
            _copy_in(cursor, f"COPY {_q(table['name'])} ({_columns(table)}) FROM STDIN", rows)
    for foreign in (False, True):  # what is referred to must be unique before
        for table in tables:
            for constraint in table["constraints"]:
                if constraint["foreign"] == foreign:
                    name, meaning = _q(constraint["name"]), constraint["meaning"]
                    cursor.execute(f"ALTER TABLE {_q(table['name'])} ADD CONSTRAINT {name} {meaning}")
    for table in tables:
        for index in table["indexes"]:
            cursor.execute(index)
        for column, (last, called) in table["counters"].items():
            cursor.execute(
                "SELECT setval(pg_get_serial_sequence(%s, %s), %s, %s)", [_q(table["name"]), column, last, called]
            )


def _describe(cursor: Any, oid: int, name: str) -> dict[str, Any]:
    cursor.execute(COLUMNS, [oid])
    keys = ("name", "type", "not_null", "identity", "generated", "default", "collation")
    columns = [dict(zip(keys, row, strict=True)) for row in cursor.fetchall()]
    cursor.execute(CONSTRAINTS, [oid])
    constraints = [{"name": row[0], "foreign": row[1], "meaning": row[2]} for row in cursor.fetchall()]
    cursor.execute(INDEXES, [oid])
    indexes = [index for (index,) in cursor.fetchall()]
    counters = {}
    for column in columns:
        if column["identity"]:
            cursor.execute("SELECT pg_get_serial_sequence(%s, %s)", [_q(name), column["name"]])
            cursor.execute(f"SELECT last_value, is_called FROM {cursor.fetchone()[0]}")  # noqa: S608 - quoted by it
            counters[column["name"]] = cursor.fetchone()
    return {
        "name": name,
        "columns": columns,
        "constraints": constraints,
        "indexes": indexes,
        "counters": counters,
    }


def _column(column: dict[str, Any]) -> str:
    words = [_q(column["name"]), column["type"]]
    if column["collation"]:
        words.append(f"COLLATE {_q(column['collation'])}")
    if column["generated"]:
        words.append(f"GENERATED ALWAYS AS ({column['default']}) STORED")
    elif column["default"] is not None:
        words.append(f"DEFAULT {column['default']}")
    if column["not_null"]:
        words.append("NOT NULL")
    if column["identity"]:
        words.append(f"GENERATED {'ALWAYS' if column['identity'] == 'a' else 'BY DEFAULT'} AS IDENTITY")
    return " ".join(words)


def _columns(table: dict[str, Any]) -> str:
    return ", ".join(_q(column["name"]) for column in table["columns"] if not column["generated"])


def _copy_out(cursor: Any, statement: str, rows: Any) -> int:
    lines = 0
    with cursor.copy(statement) as copy:
        for block in copy:
            part = bytes(block)
            lines += part.count(b"\n")  # a line break of a value is written « \n »
            rows.write(part)
    return lines


def _copy_in(cursor: Any, statement: str, rows: Any) -> None:
    with cursor.copy(statement) as copy:
        while part := rows.read(PART):
            copy.write(part)


def _read(file: zipfile.ZipFile, path: Path) -> list[dict[str, Any]]:
    try:
        content = json.loads(file.read(SCHEMA))
    except (KeyError, ValueError, zipfile.BadZipFile) as error:
        raise CopyDamaged(path, "ce n’est pas une copie de tables") from error
    tables: list[dict[str, Any]] = content["tables"]
    return tables


@contextmanager
def _zip(path: Path, mode: Any) -> Iterator[zipfile.ZipFile]:
    try:
        with zipfile.ZipFile(path, mode, zipfile.ZIP_DEFLATED, compresslevel=1) as file:
            yield file
    except zipfile.BadZipFile as error:
        raise CopyDamaged(path, "le fichier est abîmé") from error


def _entry(name: str) -> zipfile.ZipInfo:
    """Without the time: the same tables are the same file."""
    entry = zipfile.ZipInfo(name)
    entry.compress_type = zipfile.ZIP_DEFLATED
    return entry


def table_names() -> list[str]:
    with connection.cursor() as cursor:
        cursor.execute(TABLES)
        return [name for _oid, name in cursor.fetchall()]


def count_rows() -> dict[str, int]:
    counted = {}
    with connection.cursor() as cursor:
        for name in table_names():
            cursor.execute(f"SELECT count(*) FROM {_q(name)}")  # noqa: S608 - quoted
            counted[name] = cursor.fetchone()[0]
    return counted


def size_of_tables(schema: str | None = None) -> int:
    with connection.cursor() as cursor:
        cursor.execute(
            "SELECT coalesce(sum(pg_total_relation_size(oid)), 0)::bigint FROM pg_class"
            " WHERE relnamespace = coalesce(%s, current_schema())::regnamespace AND relkind = 'r'",
            [schema],
        )
        size: int = cursor.fetchone()[0]
    return size


def _ours(table: str) -> bool:
    """By its name: made by an application of this version, though the copy does not have it."""
    return any(table.startswith(f"{config.label}_") for config in apps.get_app_configs()) or table.startswith("django_")


def _q(name: str) -> str:
    return str(connection.ops.quote_name(name))

"""Two states of the tables held one against the other: what came, what went, what was written again."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.db import connection
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState

from maillage.config.upgrade_words import BOOKKEEPING, new_words
from maillage.lib.typography import count, join_words


@dataclass
class _Table:
    columns: list[str] = field(default_factory=list)
    key: list[str] = field(default_factory=list)


def compare(plan: Sequence[Migration], state: ProjectState, *, before: str) -> tuple[list[str], list[str]]:
    """Lines on what differs, then on what is lost. The base at hand is the later one; `before` is a schema of it (or an
    attached file), that nobody writes."""
    old, new = _tables(before), _tables(None)
    tables, columns = _renamed(plan, state)
    changes: list[str] = []
    lost: list[str] = []
    changes += new_words({name: _number(name) for name in set(new) - {tables.get(name, name) for name in old}})
    for name in sorted(set(old) - BOOKKEEPING):
        now = tables.get(name, name)
        if now not in new:
            if number := _number(f"{before}.{name}"):
                lost.append(f"table {name} : {count(number, 'ligne', 'lignes', zero='')}")
            changes.append(f"table {name} : retirée")
            continue
        pairs = [(column, columns.get((name, column), column)) for column in old[name].columns]
        common = [(was, now_is) for was, now_is in pairs if now_is in new[now].columns]
        said = [f"s’appellera {now}"] if now != name else []
        said += [f"la colonne {was} s’appellera {now_is}" for was, now_is in common if was != now_is]
        added = sorted(set(new[now].columns) - {now_is for _was, now_is in pairs})
        if added:
            said.append(f"de plus : {join_words(added)}")
        for gone in [was for was, now_is in pairs if now_is not in new[now].columns]:
            said.append(f"sans {gone}")
            if filled := _filled(f"{before}.{name}", gone):
                lost.append(f"table {name}, colonne {gone} : {count(filled, 'valeur', 'valeurs', zero='')}")
        said += _rows(before, name, now, old[name], common, columns, lost)
        if said:
            changes.append(f"table {name} : {' ; '.join(said)}")
    return changes, lost


def _rows(
    before: str,
    name: str,
    now: str,
    old: _Table,
    common: list[tuple[str, str]],
    columns: dict[tuple[str, str], str],
    lost: list[str],
) -> list[str]:
    key = [(was, columns.get((name, was), was)) for was in old.key]
    if not key or not set(key) <= set(common):
        was, is_ = _number(f"{before}.{name}"), _number(now)
        return [f"{was} lignes avant, {is_} après"] if was != is_ else []
    same = " AND ".join(f"b.{_q(was)} = a.{_q(now_is)}" for was, now_is in key)
    said = []
    others = [pair for pair in common if pair not in key]
    if others:
        differ = " OR ".join(
            f"{_text('b', was)} {_DISTINCT[connection.vendor]} {_text('a', is_)}" for was, is_ in others
        )
        changed = _one(f"SELECT count(*) FROM {_t(f'{before}.{name}')} b JOIN {_t(now)} a ON {same} WHERE {differ}")  # noqa: S608
        if changed:
            said.append(count(changed, "ligne récrite", "lignes récrites", zero=""))
    gone = _one(
        f"SELECT count(*) FROM {_t(f'{before}.{name}')} b WHERE NOT EXISTS (SELECT 1 FROM {_t(now)} a WHERE {same})"  # noqa: S608
    )
    come = _one(
        f"SELECT count(*) FROM {_t(now)} a WHERE NOT EXISTS (SELECT 1 FROM {_t(f'{before}.{name}')} b WHERE {same})"  # noqa: S608
    )
    if come:
        said.append(count(come, "ligne nouvelle", "lignes nouvelles", zero=""))
    if gone:
        said.append(count(gone, "ligne effacée", "lignes effacées", zero=""))
        lost.append(f"table {name} : {count(gone, 'ligne', 'lignes', zero='')}")
    return said


_DISTINCT = {"sqlite": "IS NOT", "postgresql": "IS DISTINCT FROM"}


def _renamed(plan: Sequence[Migration], state: ProjectState) -> tuple[dict[str, str], dict[tuple[str, str], str]]:
    """Table → its new name, and (table, column) → its new name, so that what changes its name is not lost."""
    tables: dict[str, str] = {}
    columns: dict[tuple[str, str], str] = {}
    state = state.clone()
    for migration in plan:
        for operation in migration.operations:
            kind = type(operation).__name__
            if kind not in ("RenameField", "RenameModel", "AlterModelTable"):
                operation.state_forwards(migration.app_label, state)
                continue
            named: Any = operation
            model = getattr(named, "model_name", None) or getattr(named, "old_name", None) or named.name
            was = state.apps.get_model(migration.app_label, model)._meta
            first = next((old for old, new in tables.items() if new == was.db_table), was.db_table)
            column = was.get_field(named.old_name).column if kind == "RenameField" else ""
            operation.state_forwards(migration.app_label, state)
            after = named.new_name if kind == "RenameModel" else model
            meta = state.apps.get_model(migration.app_label, after)._meta
            if meta.db_table != was.db_table:
                tables[first] = meta.db_table
            if column:
                old = next((c for (t, c), new in columns.items() if t == first and new == column), column)
                columns[first, old] = meta.get_field(named.new_name).column
    return tables, columns


def _tables(schema: str | None) -> dict[str, _Table]:
    """Ordinary tables, their columns and their primary keys. None: the schema at hand."""
    found: dict[str, _Table] = {}
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute(
                "SELECT t.name, c.name, c.pk FROM pragma_table_list t, pragma_table_info(t.name, t.schema) c WHERE"
                " t.schema = %s AND t.type = 'table' AND substr(t.name, 1, 7) <> 'sqlite_' ORDER BY t.name, c.cid",
                [schema or "main"],
            )
        else:
            cursor.execute(
                "SELECT c.relname, a.attname, coalesce(a.attnum = ANY (p.conkey), false)::int FROM pg_class c"
                " JOIN pg_attribute a ON a.attrelid = c.oid AND a.attnum > 0 AND NOT a.attisdropped"
                " LEFT JOIN pg_constraint p ON p.conrelid = c.oid AND p.contype = 'p'"
                " WHERE c.relkind = 'r' AND c.relnamespace = coalesce(%s, current_schema())::regnamespace"
                " ORDER BY c.relname, a.attnum",
                [schema],
            )
        for table, column, in_key in cursor.fetchall():
            entry = found.setdefault(table, _Table())
            entry.columns.append(column)
            if in_key:
                entry.key.append(column)
    return found


def _number(table: str) -> int:
    return _one(f"SELECT count(*) FROM {_t(table)}")  # noqa: S608 - quoted


def _filled(table: str, column: str) -> int:
    """Rows that say something there."""
    return _one(f"SELECT count(*) FROM {_t(table)} WHERE {_q(column)} IS NOT NULL AND {_text('', column)} <> ''")  # noqa: S608


def _text(alias: str, column: str) -> str:
    """As text where a type may have changed: PostgreSQL compares no other."""
    name = f"{alias}.{_q(column)}" if alias else _q(column)
    return f"CAST({name} AS text)"


def _one(query: str) -> int:
    with connection.cursor() as cursor:
        cursor.execute(query)
        number: int = cursor.fetchone()[0]
    return number


def _t(table: str) -> str:
    return ".".join(map(_q, table.split(".")))


def _q(name: str) -> str:
    return str(connection.ops.quote_name(name))

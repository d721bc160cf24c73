"""After a test that commits, its rows go, and nothing else is done.

Django's flush empties all the tables, then writes 520 permissions and content types anew in 35 transactions of their
own: a second a test. Here the tables that hold something are emptied, in one; what the migrations' end wrote stays.
"""

from typing import Any

from django.db import connection, transaction
from django.test import TransactionTestCase

WRITTEN_ONCE = ("django_content_type", "auth_permission")
_flush = TransactionTestCase._fixture_teardown


def empty_tables(case: Any) -> None:
    names = connection.introspection.django_table_names(only_existing=True, include_views=False)
    with connection.cursor() as cursor:
        cursor.execute(" UNION ALL ".join(f"SELECT '{name}' WHERE EXISTS (SELECT 1 FROM \"{name}\")" for name in names))
        filled = [name for (name,) in cursor.fetchall()]
    if not set(WRITTEN_ONCE) <= set(filled):  # a test emptied the whole database: it is made as it was
        _flush(case)
        return
    if connection.vendor == "sqlite":
        with connection.constraint_checks_disabled(), transaction.atomic(), connection.cursor() as cursor:
            _delete(cursor, filled)
    else:
        with transaction.atomic(), connection.cursor() as cursor:
            cursor.execute("SET LOCAL session_replication_role = replica")  # no key is checked, of tables that all go
            _delete(cursor, filled)


def _delete(cursor: Any, filled: list[str]) -> None:
    for name in filled:
        if name not in WRITTEN_ONCE:
            cursor.execute(f'DELETE FROM "{name}"')


def _close_connections(case: Any) -> bool:
    """As Django's, but on PostgreSQL: the process it then begins reads anew what it knew of a hundred tables."""
    if connection.vendor == "sqlite":
        return True
    connection.close_if_unusable_or_obsolete()
    return False


def install() -> None:
    TransactionTestCase._fixture_teardown = empty_tables  # type: ignore[method-assign]
    TransactionTestCase._should_reload_connections = _close_connections  # type: ignore[attr-defined]

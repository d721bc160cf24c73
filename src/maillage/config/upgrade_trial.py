"""An upgrade played for real on a copy of the data, to know what it will do. What serves is read, and not touched."""

import shutil
import time
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

from django.conf import settings
from django.db import DatabaseError, connection, connections
from django.db.backends.base.base import BaseDatabaseWrapper

from maillage.archives.complete import one_moment
from maillage.config import upgrading
from maillage.config.copying import kept, postgresql, size_of_tables, write_tables
from maillage.config.upgrade_difference import compare
from maillage.config.upgrade_words import CannotTry, TrialFailed
from maillage.config.upgrading import Step, Tables
from maillage.lib.system_errors import database_error_words

BEFORE, AFTER = "maillage_avant", "maillage_essai"  # schemas of PostgreSQL, or names of files
WORKING = 3  # times the base: its copy, the one it is tried on, and what the migrations write again


@dataclass(frozen=True)
class Trial:
    steps: list[Step]
    changes: list[str]  # what will differ, a line each
    lost: list[str]  # what was written and will be nowhere but in the copy
    one_way: list[str]  # migrations that have no reverse
    copy_size: int  # bytes
    growth: int  # bytes more in the base, while it is done
    needed: int  # bytes free on the disk of the data
    free: int
    door: float  # seconds
    beside: bool  # a server of the version before may go on meanwhile


def try_upgrade() -> Trial | None:
    """None: nothing waits. Raises TrialFailed with the step where it stopped."""
    upgrading.refuse_root()
    with upgrading.turn():
        tables = upgrading.look()
        upgrading.refuse_newer(tables)
        if not tables.plan or tables.empty:
            return None
        upgrading.refuse_full_disk(WORKING * size_of_tables())
        folder = kept.copies_folder() / kept.TRIAL
        shutil.rmtree(folder, ignore_errors=True)
        folder.mkdir(parents=True, mode=0o700)
        try:
            return _try(tables, folder / kept.TABLES[connection.vendor])
        finally:
            shutil.rmtree(folder, ignore_errors=True)


def _try(tables: Tables, file: Path) -> Trial:
    steps: list[Step] = []
    size = size_of_tables()
    began = time.monotonic()
    with one_moment():
        write_tables(file)
    copying, copy_size = time.monotonic() - began, file.stat().st_size
    with _beside(file):
        began = time.monotonic()
        try:
            with upgrading.one_transaction():
                upgrading.migrate(steps)
                connection.check_constraints()
        except Exception as error:  # whatever a migration raises on these data: a trial is for that
            raise TrialFailed(upgrading.step_after(tables, steps), upgrading.why(error)) from error
        door = copying + time.monotonic() - began
        growth = max(0, size_of_tables() - size)
        changes, lost = compare(tables.plan, tables.state, before=BEFORE)
    on_this_disk = copy_size + (growth if connection.vendor == "sqlite" else 0)
    return Trial(
        steps=steps,
        changes=changes,
        lost=lost,
        one_way=[
            upgrading.name_of(migration)
            for migration in tables.plan
            if not all(operation.reversible for operation in migration.operations)
        ],
        copy_size=copy_size,
        growth=growth,
        needed=on_this_disk + upgrading.SPARE,
        free=shutil.disk_usage(settings.DATA_DIR).free,
        door=door,
        beside=upgrading.goes_on_beside(tables),
    )


@contextmanager
def _beside(file: Path) -> Iterator[None]:
    """This thread's base is the copy, twice: to be migrated, and as it was, under the name BEFORE."""
    real = connections["default"]
    tried = _sqlite_beside(file) if real.vendor == "sqlite" else _postgresql_beside(file)
    connections["default"] = tried  # migrations that fill tables look for it by that name
    try:
        if tried.vendor == "sqlite":
            with tried.cursor() as cursor:
                cursor.execute(f"ATTACH DATABASE %s AS {BEFORE}", [str(file)])
        yield
    finally:
        tried.close()
        connections["default"] = real
        if real.vendor == "postgresql":
            _drop_schemas()


def _sqlite_beside(file: Path) -> BaseDatabaseWrapper:
    tried = file.with_name(f"{AFTER}.sqlite3")
    shutil.copyfile(file, tried)
    copy = connection.copy()
    copy.settings_dict["NAME"] = str(tried)
    return copy


def _postgresql_beside(file: Path) -> BaseDatabaseWrapper:
    try:
        for schema in (BEFORE, AFTER):
            postgresql.put_tables_into(file, schema)
    except DatabaseError as error:
        _drop_schemas()
        raise CannotTry(database_error_words(error)) from error
    copy = connection.copy()
    options = copy.settings_dict["OPTIONS"]
    options["options"] = f"{options.get('options', '')} -c search_path={AFTER}".strip()
    return copy


def _drop_schemas() -> None:
    with connection.cursor() as cursor:
        for schema in (BEFORE, AFTER):
            cursor.execute(f"DROP SCHEMA IF EXISTS {schema} CASCADE")

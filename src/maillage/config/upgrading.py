"""From the tables of one version to those of another, and back.

All the migrations that wait are one transaction, on SQLite as on PostgreSQL, and so is the copy of what was there
before. Killed at any point, cut off, refused by the last of its checks: the base is what it was.
"""

import fcntl
import logging
import os
import shutil
import time
from collections.abc import Callable, Iterator
from contextlib import contextmanager, suppress
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from django.apps import apps
from django.conf import settings
from django.core.management import call_command
from django.core.management.commands.migrate import Command as MigrateCommand
from django.db import DatabaseError, connection, transaction
from django.db.migrations.executor import MigrationExecutor
from django.db.migrations.migration import Migration
from django.db.migrations.state import ProjectState

from maillage.config.copying import count_rows, kept, postgresql, size_of_tables
from maillage.config.copying.damage import CopyDamaged
from maillage.config.copying.kept import Copy
from maillage.config.upgrade_words import (
    Failed,
    NoCopy,
    NoRoom,
    NotItsOwner,
    StillServing,
    TablesAreNewer,
    TablesAreOlder,
    again_words,
    begin_words,
    done_words,
)
from maillage.lib.system_errors import database_error_words, database_is_away, os_error_words

TURN = 0x6D61696C  # of PostgreSQL's advisory locks: who brings the tables up to date
TURN_WITHIN = 600_000  # ms: another machine's migrations may be long
SERVING = ".serving"  # of the data folder: held by whoever serves a base of SQLite
GONE_WITHIN = 3.0  # seconds
SPARE = 50_000_000  # bytes left to the disk beyond what an upgrade takes

logger = logging.getLogger(__name__)

Tell = Callable[[str], None]
held: list[Any] = []


@dataclass(frozen=True)
class Tables:
    """Those of the base, held against this version's."""

    applied: frozenset[str]
    target: frozenset[str]
    plan: list[Migration]  # what waits
    unknown: list[str]  # migrations of ours that this version never heard of
    state: ProjectState  # of the tables as they are

    @property
    def empty(self) -> bool:
        return not self.applied


@dataclass(frozen=True)
class Step:
    name: str
    seconds: float


@dataclass
class Upgraded:
    copy: Copy
    steps: list[Step]
    before: dict[str, int]  # table → rows
    after: dict[str, int]
    copying: float = 0.0  # seconds
    checking: float = 0.0


def look() -> Tables:
    executor = MigrationExecutor(connection)
    loader = executor.loader
    applied = loader.applied_migrations
    ours = {config.label for config in apps.get_app_configs()}
    replaced = {name for migration in loader.disk_migrations.values() for name in migration.replaces}
    known = set(loader.disk_migrations) | replaced
    plan = [migration for migration, _backwards in executor.migration_plan(loader.graph.leaf_nodes())]
    return Tables(
        applied=frozenset(f"{app}.{name}" for app, name in applied),
        target=frozenset(f"{app}.{name}" for app, name in loader.disk_migrations),
        plan=plan,
        unknown=sorted(f"{app}.{name}" for app, name in set(applied) - known if app in ours),
        state=loader.project_state([node for node in applied if node in loader.graph.nodes]),
    )


def name_of(migration: Migration) -> str:
    return f"{migration.app_label}.{migration.name}"


# --- whose turn it is ---


@contextmanager
def turn() -> Iterator[None]:
    """One at a time: two containers over one volume, two machines over one database."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    with (settings.DATA_DIR / ".preparing").open("w") as lock:
        fcntl.flock(lock, fcntl.LOCK_EX)
        if connection.vendor != "postgresql":
            yield
            return
        with connection.cursor() as cursor:
            cursor.execute(f"SET lock_timeout = {TURN_WITHIN}")
            cursor.execute("SELECT pg_advisory_lock(%s)", [TURN])
            cursor.execute("RESET lock_timeout")
        try:
            yield
        finally:
            with suppress(DatabaseError), connection.cursor() as cursor:  # a lost connection has let it go
                cursor.execute("SELECT pg_advisory_unlock(%s)", [TURN])


def hold_serving() -> None:
    """For as long as this process lives: an upgrade of a base of SQLite sees that somebody serves it."""
    if connection.vendor != "sqlite":
        return
    handle = (settings.DATA_DIR / SERVING).open("w")
    with suppress(OSError):  # another serves too, or a disk without locks
        fcntl.flock(handle, fcntl.LOCK_SH | fcntl.LOCK_NB)
    held.append(handle)


def others_serve() -> int:
    """How many others have the base open. A person at psql, or pg_dump, says its name and is not counted."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            cursor.execute(
                "SELECT count(*) FROM pg_stat_activity WHERE datname = current_database() AND usename = current_user"
                " AND pid <> pg_backend_pid() AND backend_type = 'client backend'"
                " AND application_name IN ('', 'maillage')"
            )
            number: int = cursor.fetchone()[0]
            return number
    with (settings.DATA_DIR / SERVING).open("a") as handle:
        try:
            fcntl.flock(handle, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except BlockingIOError:
            return 1
        fcntl.flock(handle, fcntl.LOCK_UN)
    return 0


# --- the tables brought up to date ---


def bring_up_to_date(*, tell: Tell, upgrade: bool) -> Upgraded | None:
    """In one's turn. A base with nothing in it gets its tables; an older one only if `upgrade`, else it is refused."""
    tables = look()
    refuse_newer(tables)
    _settle_what_was_cut(tables, tell)
    if not tables.plan:
        return None
    if tables.empty:
        with one_transaction():
            migrate([])
        return None
    if not upgrade:
        raise TablesAreOlder(len(tables.plan))
    refuse_root()
    if not goes_on_beside(tables):
        refuse_while_others_serve()
    refuse_full_disk(size_of_tables())
    tell(begin_words(len(tables.plan)))
    return _upgrade(tables, tell)


def _upgrade(tables: Tables, tell: Tell) -> Upgraded:
    steps: list[Step] = []
    copy = None
    try:
        with one_transaction():
            _keep_others_from_writing()
            began = time.monotonic()
            copy = kept.take_copy(why=kept.BEFORE_UPGRADE, applied=tables.applied, target=tables.target)
            copying = time.monotonic() - began
            migrate(steps)
            began = time.monotonic()
            connection.check_constraints()
            after = count_rows()
            done = Upgraded(copy, steps, copy.rows, after, copying, time.monotonic() - began)
    except BaseException as error:
        if copy is not None:
            kept.drop_copy(copy)  # the base is what it was
        kept.drop_unfinished()
        if not isinstance(error, Exception):
            raise
        logger.error("the upgrade failed", exc_info=error)
        step = step_after(tables, steps) if copy is not None else ""
        raise Failed(step, why(error), kept.served_by()) from error
    kept.mark_done(copy)
    for line in done_words(done):
        tell(line)
    return done


def step_after(tables: Tables, steps: list[Step]) -> str:
    """The migration that was on when something stopped, or none: all were made."""
    return name_of(tables.plan[len(steps)]) if len(steps) < len(tables.plan) else ""


def why(error: Exception) -> str:
    said = getattr(error, "sentence", None)
    if said is not None:
        return str(said).rstrip(".")
    if isinstance(error, OSError):
        return os_error_words(error)
    if isinstance(error, DatabaseError):
        away = database_is_away(error)
        return database_error_words(error) if away else f"la base refuse une donnée, {type(error).__name__}"
    return type(error).__name__


class Timed(MigrateCommand):
    steps: list[Step]
    began = 0.0

    def migration_progress_callback(self, action: str, migration: Any = None, fake: bool = False) -> None:
        if action == "apply_start":
            self.began = time.monotonic()
        elif action == "apply_success":
            if connection.vendor == "postgresql":  # it alters no table whose rows wait for a check
                with connection.cursor() as cursor:
                    cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
                    cursor.execute("SET CONSTRAINTS ALL DEFERRED")
            self.steps.append(Step(name_of(migration), time.monotonic() - self.began))


def migrate(steps: list[Step]) -> None:
    command = Timed()
    command.steps = steps
    call_command(command, verbosity=0, interactive=False)


@contextmanager
def one_transaction() -> Iterator[None]:
    """SQLite alters tables only where foreign keys are not held at each write: they are checked at the end."""
    unheld = connection.disable_constraint_checking() if connection.vendor == "sqlite" else False
    try:
        with transaction.atomic(durable=True):
            if connection.vendor == "postgresql":
                with connection.cursor() as cursor:
                    cursor.execute("SET LOCAL statement_timeout = 0")
                    cursor.execute("SET LOCAL idle_in_transaction_session_timeout = 0")
            yield
    finally:
        if unheld and connection.connection is not None:
            connection.enable_constraint_checking()


def _keep_others_from_writing() -> None:
    """SQLite's transaction does from its beginning."""
    if connection.vendor == "postgresql":
        with connection.cursor() as cursor:
            names = ", ".join(map(connection.ops.quote_name, postgresql.table_names()))
            cursor.execute(f"LOCK TABLE {names} IN SHARE ROW EXCLUSIVE MODE")


def _settle_what_was_cut(tables: Tables, tell: Tell) -> None:
    """An upgrade that was killed: before the end nothing of it is there; after, only its last word is missing."""
    cut = kept.drop_unfinished()
    for copy in kept.kept_copies():
        if copy.done:
            continue
        if copy.why == kept.BEFORE_UPGRADE and set(copy.target) <= tables.applied:
            kept.mark_done(copy)
        elif copy.why == kept.BEFORE_BACK:
            kept.mark_done(copy)  # what was there before the way back: it may be all there is of it
        else:
            kept.drop_copy(copy)
            cut = True
    if cut:
        tell(again_words())


# --- refusals ---


def refuse_newer(tables: Tables) -> None:
    if tables.unknown:
        raise TablesAreNewer(tables.unknown, _last_before_upgrade(tables), kept.version_here())


def refuse_while_others_serve() -> None:
    """One that was just stopped, or killed, has a moment to be gone."""
    deadline = time.monotonic() + GONE_WITHIN
    while others := others_serve():
        if time.monotonic() > deadline:
            raise StillServing(others)
        time.sleep(0.2)


def refuse_full_disk(needed: int) -> None:
    free = shutil.disk_usage(settings.DATA_DIR).free
    if free < needed + SPARE:
        raise NoRoom(needed + SPARE, free, settings.DATA_DIR)


def refuse_root() -> None:
    """What root writes, the account that serves could not write again."""
    owner = Path(settings.DATA_DIR).stat().st_uid
    if os.geteuid() == 0 and owner != 0:
        raise NotItsOwner(settings.DATA_DIR, owner)


def goes_on_beside(tables: Tables) -> bool:
    """Whether a version that knows nothing of these migrations may go on writing once they are made."""
    state = tables.state.clone()
    for migration in tables.plan:
        for operation in migration.operations:
            before = state.clone()
            operation.state_forwards(migration.app_label, state)
            if not _harmless(operation, migration.app_label, before):
                return False
    return True


def _harmless(operation: Any, app: str, before: ProjectState) -> bool:
    kind = type(operation).__name__
    if kind in ("CreateModel", "AddIndex", "AlterModelOptions", "AlterModelManagers"):
        return True
    if kind == "AddField":
        new = operation.field
        return bool(new.many_to_many or new.null or new.has_db_default())
    if kind == "AlterField":  # choices, a label: nothing of the table
        old = before.models[app, operation.model_name_lower].fields[operation.name]
        return _in_the_base(old) == _in_the_base(operation.field)
    return False


def _in_the_base(column: Any) -> tuple[Any, ...]:
    _name, path, args, options = column.deconstruct()
    return path, args, {key: value for key, value in options.items() if key not in column.non_db_attrs}


# --- the way back ---


@dataclass(frozen=True)
class WentBack:
    copy: Copy
    kept: Copy  # what was there until now


def go_back(*, to: str | None, tell: Tell) -> WentBack:
    """The tables as they were before the last upgrade, or as in the copy that is named; what is there now is copied
    first, so that this too can be undone."""
    refuse_root()
    with turn():
        tables = look()
        _settle_what_was_cut(tables, tell)
        refuse_while_others_serve()
        copy = _named(to) if to else _last_before_upgrade(tables)
        if copy is None:
            raise NoCopy(None, kept.kept_copies())
        if copy.vendor != connection.vendor:
            raise CopyDamaged(copy.path, f"elle vient de {copy.vendor}, et la base est {connection.vendor}")
        kept.check_copy(copy)
        refuse_full_disk(size_of_tables() + copy.size)
        with one_transaction():
            _keep_others_from_writing()
            now = kept.take_copy(why=kept.BEFORE_BACK, applied=tables.applied, target=copy.applied)
        kept.put_back(copy)
        if count_rows() != copy.rows:
            raise CopyDamaged(copy.path, "la base n’a pas toutes ses lignes")
        return WentBack(copy, kept.mark_done(now))


def _named(name: str) -> Copy:
    given = Path(name)
    copies = kept.kept_copies()
    for copy in copies:
        if name == copy.folder or given.resolve() in (copy.path.resolve(), copy.file.resolve()):
            return copy
    raise NoCopy(name, copies)


def _last_before_upgrade(tables: Tables) -> Copy | None:
    """Of the upgrade that made the tables what they are."""
    for copy in kept.kept_copies():
        if copy.why == kept.BEFORE_UPGRADE and copy.done and set(copy.target) <= tables.applied:
            return copy
    return None


def last_upgrade() -> Copy | None:
    """For the doctor."""
    return next((copy for copy in kept.kept_copies() if copy.why == kept.BEFORE_UPGRADE and copy.done), None)

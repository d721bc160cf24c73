"""All of a space in one sealed file, for its own backup; and that file put into an empty installation, row for row.

Sealed with a passphrase (trips/sealing.py): it holds people. The keys of sessions are not in it unless asked for: what
was typed in the rooms then stays unreadable to whoever holds the file, and to us once they are destroyed.
"""

import base64
import contextlib
import os
import uuid
from collections.abc import Iterator
from dataclasses import dataclass
from importlib.metadata import version
from itertools import islice
from pathlib import Path
from typing import Any, BinaryIO

from django.core.exceptions import ValidationError
from django.core.management.color import no_style
from django.db import DatabaseError, connection, transaction
from django.db.migrations.recorder import MigrationRecorder
from django.db.models import JSONField, QuerySet
from django.utils import timezone

from maillage.archives.scope import rows_of, tables
from maillage.atlas.indexing import index_all
from maillage.lib.system_errors import os_error_words
from maillage.live import keys
from maillage.live.enums import SessionStatus
from maillage.live.models import Session
from maillage.office.retention import erase_again, erase_all_due
from maillage.office.services import record_activity
from maillage.people.models import Space
from maillage.trips.kinds import decode, encode
from maillage.trips.sealing import COMPLETE, Damaged, Writer, read_lines

FORMAT = 1
DRAFT = ".partiel"
BATCH = 200  # rows a line; one, where a row may weigh a photo
HEAVY = frozenset({"live.boardphoto", "live.snapshot", "memory.porteursheet", "people.organisationimport"})
HEAVY |= {"registrations.registrationimport"}


# What a line that nobody of ours wrote raises, though it was sealed with the passphrase.
NOT_OURS = (ValidationError, DatabaseError, TypeError, ValueError, LookupError, AttributeError, ArithmeticError)


class CompleteRefused(Exception):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class Written:
    path: Path
    rows: int
    keys: int
    size: int  # bytes


@dataclass(frozen=True)
class Restored:
    space: Space
    rows: int
    keys: int
    without_key: int  # sessions that are not erased, and whose key is not here: nothing of them can be read
    erased: int  # things whose time came since the archive was written


# --- written ---


def write_complete(*, space: Space, path: Path, passphrase: str, with_keys: bool, by: str) -> Written:
    with sealed_file(path, passphrase, magic=COMPLETE) as writer:
        rows, kept = _write(space, writer, with_keys)
    about = f"{rows}" + (" +clés" if with_keys else "")
    record_activity(space=space.slug, by=by, verb="complete-archive", about=about, about_id=space.pk)
    return Written(path, rows, kept, path.stat().st_size)


@contextlib.contextmanager
def sealed_file(path: Path, passphrase: str, *, magic: bytes) -> Iterator[Writer]:
    """What is written at one moment is whole under its name, or not there. Raises CompleteRefused."""
    if path.exists():
        raise CompleteRefused(f"{path} existe déjà : choisissez un autre nom, il n’est pas remplacé.")
    draft = path.with_name(path.name + DRAFT)
    try:
        writer = Writer(draft, passphrase, magic=magic)
    except OSError as error:
        raise CompleteRefused(f"On ne peut pas écrire {path} : {os_error_words(error)}.") from error
    try:
        with one_moment():
            yield writer
        writer.flush()
        writer.finish()
        os.replace(draft, path)
    except BaseException as error:
        writer.abandon()
        draft.unlink(missing_ok=True)
        if isinstance(error, OSError):
            raise CompleteRefused(f"On ne peut pas écrire {path} : {os_error_words(error)}.") from error
        raise


@contextlib.contextmanager
def one_moment() -> Iterator[None]:
    """Everything as it was at one moment, while others write."""
    if connection.in_atomic_block:
        yield
        return
    with connection.cursor() as cursor:
        # Django would begin IMMEDIATE on SQLite, and no phone could write meanwhile
        deferred = "BEGIN" if connection.vendor == "sqlite" else "BEGIN ISOLATION LEVEL REPEATABLE READ, READ ONLY"
        cursor.execute(deferred)
        try:
            yield
        finally:
            cursor.execute("ROLLBACK")  # nothing was written


def _write(space: Space, writer: Writer, with_keys: bool) -> tuple[int, int]:
    writer.line(
        {
            "complete": FORMAT,
            "version": version("maillage"),
            "migrations": migrations(),
            "space": space.slug,
            "keys": with_keys,
            "at": timezone.now().isoformat(timespec="seconds"),
        }
    )
    total = sum(write_rows(writer, label, rows_of(model, space)) for label, model in tables().items())
    kept = write_keys(writer, Session.objects.filter(gathering__space=space)) if with_keys else 0
    writer.line({"end": total})
    return total, kept


def write_rows(writer: Writer, label: str, rows: "QuerySet[Any]") -> int:
    columns = rows.model._meta.concrete_fields
    size = 1 if label in HEAVY else BATCH
    read = rows.iterator(chunk_size=size)
    total = 0
    while batch := list(islice(read, size)):
        values = [[encode_value(column, getattr(row, column.attname)) for column in columns] for row in batch]
        writer.line({"table": label, "columns": [column.attname for column in columns], "rows": values})
        total += len(batch)
    return total


def write_keys(writer: Writer, sessions: "QuerySet[Session]") -> int:
    kept = 0
    for pk in sessions.exclude(status=SessionStatus.ERASED).order_by("pk").values_list("pk", flat=True):
        if keys.has_key(pk):
            writer.line({"key": str(pk), "content": base64.b64encode(keys.read_key(pk)).decode()})
            kept += 1
    return kept


def migrations() -> dict[str, str]:
    """What the tables are: the last migration of each app of the house."""
    found: dict[str, str] = {}
    ours = {model._meta.app_label for model in tables().values()}
    for app, name in sorted(MigrationRecorder(connection).applied_migrations()):
        if app in ours:
            found[app] = max(name, found.get(app, ""))
    return found


def encode_value(column: Any, value: Any) -> Any:
    return value if isinstance(column, JSONField) else encode(value)


def decode_value(column: Any, value: Any) -> Any:
    """ValidationError, TypeError or ValueError: nobody of ours wrote that."""
    if value is None or isinstance(column, JSONField):
        return value
    return decode(column.model, column.attname, value)


# --- put back ---


def restore_complete(*, file: BinaryIO, passphrase: str, by: str) -> Restored:
    """Whole or not at all, and only where no space is. What is due by now goes before anybody reads it."""
    if Space.objects.exists():
        raise CompleteRefused(
            "Cette installation a déjà un espace : une archive complète se remet dans une installation vide. "
            "Donnez un dossier de données neuf (--data DOSSIER), ou une base PostgreSQL neuve."
        )
    reading = Reading(read_lines(file, passphrase, magic=COMPLETE))
    try:
        with transaction.atomic():
            reading.take_all()
            space = Space.objects.get()
            index_all()
            record_activity(space=space.slug, by=by, verb="restore-complete", about=space.name, about_id=space.pk)
    except BaseException as error:
        reading.undo_keys()
        if isinstance(error, NOT_OURS):
            raise Damaged from error  # sealed with the passphrase, and yet no file that Maillage writes
        raise
    erased = sum(erase_again().values()) + sum(erase_all_due(now=timezone.now()).values())
    alive = Session.objects.filter(gathering__space=space).exclude(status=SessionStatus.ERASED)
    without = sum(not keys.has_key(pk) for pk in alive.values_list("pk", flat=True))
    return Restored(space, reading.total, len(reading.keys), without, erased)


class Reading:
    """Of a space's archive, or (`kind`) of a backup: the rows of its lines, put into empty tables."""

    def __init__(self, lines: Iterator[dict[str, Any]], kind: str = "complete") -> None:
        self.lines = lines
        self.kind = kind
        self.head: dict[str, Any] = {}
        self.total = 0
        self.keys: list[uuid.UUID] = []

    def take_all(self) -> None:
        self.take_head()
        for model in reversed(tables().values()):
            # no space is here, but territories, shipped methods, who signed in; keys are checked at the commit
            model._base_manager.all()._raw_delete(connection.alias)
        for line in self.lines:
            if "end" in line:
                if line["end"] != self.total or next(self.lines, None) is not None:
                    raise Damaged
                break
            if "table" in line:
                self._rows(line)
            else:
                self.take_beside(line)
        else:
            raise Damaged
        renumber()

    def take_head(self) -> None:
        self.head = head = next(self.lines, {})
        format_ = head.get(self.kind)
        if not isinstance(format_, int):
            raise Damaged
        if format_ > FORMAT or head["migrations"] != migrations():
            raise CompleteRefused(
                f"Cette archive a été écrite par Maillage {head['version']}, dont les tables ne sont pas celles d’ici "
                f"({version('maillage')}). Remettez-la avec cette version-là, puis mettez à jour : rien n’est perdu."
            )

    def _rows(self, line: dict[str, Any]) -> None:
        model = tables()[line["table"]]
        columns = model._meta.concrete_fields
        if line["columns"] != [column.attname for column in columns]:
            raise Damaged
        rows = [
            model(
                **{column.attname: decode_value(column, value) for column, value in zip(columns, values, strict=True)}
            )
            for values in line["rows"]
        ]
        most = connection.ops.bulk_batch_size(columns, rows)
        for start in range(0, len(rows), most):
            # raw: the dates that Django writes by itself stay those of the row
            model._base_manager._insert(rows[start : start + most], columns, using=connection.alias, raw=True)  # type: ignore[attr-defined]
        self.total += len(rows)

    def take_beside(self, line: dict[str, Any]) -> None:
        """What is not a row: the key of a session."""
        session_id, key = uuid.UUID(line["key"]), base64.b64decode(line["content"], validate=True)
        if len(key) != keys.KEY_BYTES:
            raise Damaged
        if not keys.has_key(session_id):
            self.keys.append(session_id)
            keys.install_key(session_id, key)

    def undo_keys(self) -> None:
        for session_id in self.keys:
            keys.destroy_key(session_id)


def renumber() -> None:
    """Rows keep their numbers; the next one must not take one of theirs."""
    statements = connection.ops.sequence_reset_sql(no_style(), list(tables().values()))
    with connection.cursor() as cursor:
        for statement in statements:
            cursor.execute(statement)

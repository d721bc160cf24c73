"""How long things are kept. Each noun says what it erases and when; the page, the command and the server read this.

    # live/apps.py, in ready():
    register(Rule("notes", …, due=due_sessions, erase=erase_due))

This noun is the lowest: a space is an identifier here.
"""

import calendar
import contextlib
import datetime as dt
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import DatabaseError, connection, transaction
from django.db.backends.utils import CursorWrapper
from django.utils import timezone
from django.utils.functional import Promise

from maillage.office.models import NamesRule
from maillage.office.services import record_activity

USUAL_MONTHS = 36
LEAST_MONTHS, MOST_MONTHS = 1, 36
BY = "la durée de conservation"


@dataclass(frozen=True)
class Due:
    """Something that will be erased, in words, and from when on."""

    words: str
    at: dt.datetime


@dataclass(frozen=True)
class Rule:
    key: str
    title: str | Promise
    term: Callable[[UUID], str]  # in words, for a space
    stays: str | Promise  # what is not erased by it
    due: Callable[[UUID, dt.datetime], list[Due]]  # of a space, all that is waiting, whatever its date
    erase: Callable[[dt.datetime], int]  # everywhere, what is due at that moment; how many things
    again: Callable[[], int] | None = None  # what the ledger says was erased, and an older backup brought back
    in_clear: bool = True  # what goes is readable in the database's own files, until they are written anew


_rules: dict[str, Rule] = {}


def register(rule: Rule) -> None:
    _rules[rule.key] = rule


def rules() -> list[Rule]:
    return list(_rules.values())


def erase_all_due(*, now: dt.datetime, on_fault: Callable[[str, Exception], None] | None = None) -> dict[str, int]:
    """rule → how many things went. With `on_fault` one rule's fault does not keep the others."""
    return _run(lambda rule: rule.erase(now), on_fault)


def erase_again(*, on_fault: Callable[[str, Exception], None] | None = None) -> dict[str, int]:
    """After a backup was put back: what had been erased since goes before anybody reads it."""
    return _run(lambda rule: rule.again() if rule.again is not None else 0, on_fault)


def _run(duty: Callable[[Rule], int], on_fault: Callable[[str, Exception], None] | None) -> dict[str, int]:
    gone: dict[str, int] = {}
    for rule in rules():
        try:
            gone[rule.key] = duty(rule)
        except Exception as error:  # an edge: the other rules, and the next hour, do their part
            if on_fault is None:
                raise
            on_fault(f"the retention rule {rule.key} waits", error)
    erased = {rule.key for rule in rules() if rule.in_clear and gone.get(rule.key)}
    try:
        erased |= _asked()
        if erased and write_files_anew(erased):
            _being_written().unlink(missing_ok=True)
    except (DatabaseError, OSError) as error:  # somebody holds a table, the disk is full: what is erased is erased
        if on_fault is None:
            raise
        on_fault("the database's files are not written anew", error)
    return gone


def ask_for_new_files(key: str) -> None:
    """Once this transaction is committed. Somebody who waits for a page does not wait for the whole database to be
    written, nor makes everybody else wait: the server does it within the hour (config.upkeep).
    """
    transaction.on_commit(lambda: _ask(key), robust=True)  # what is erased is erased, a full disk or not


def _ask(key: str) -> None:
    mark = _mark()
    mark.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    with mark.open("a", encoding="utf-8") as file:
        file.write(f"{key}\n")


def _asked() -> set[str]:
    """What is asked while the files are being written is for the next time; what was cut short is asked still."""
    found: set[str] = set()
    for path in (_being_written(), _mark()):
        with contextlib.suppress(FileNotFoundError):
            found.update(path.read_text(encoding="utf-8").split())
    if found:
        _being_written().write_text("".join(f"{key}\n" for key in sorted(found)), encoding="utf-8")
        _mark().unlink(missing_ok=True)
    return found


def _mark() -> Path:
    return Path(settings.KEYS_DIR) / "recrire"


def _being_written() -> Path:
    return Path(settings.KEYS_DIR) / "recrire.en-cours"


def write_files_anew(keys: Iterable[str]) -> bool:
    """What these rules erased leaves the database's own files too: the freed parts of its pages, its journal.

    PostgreSQL keeps the old rows in the files of their tables until these are rewritten, and samples of their values in
    its statistics: those are taken anew, then rewritten (the owner of the database may; else it warns and passes over).
    Its WAL, and the copies an operator makes of it, follow the operator's own delay.
    """
    if connection.in_atomic_block:
        return False  # the next hour: a database is not rewritten in the middle of somebody's transaction
    with connection.cursor() as cursor:
        if connection.vendor == "sqlite":
            cursor.execute("VACUUM")
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")
        elif connection.vendor == "postgresql":
            for table in sorted({table for key in keys for table in _cleared.get(key, ())}):
                cursor.execute(f'VACUUM (FULL, ANALYZE) "{table}"')
                _drop_samples_of_none(cursor, table)
            cursor.execute("VACUUM (FULL) pg_catalog.pg_statistic")
    return True


def _drop_samples_of_none(cursor: CursorWrapper, table: str) -> None:
    """Of a table that is empty now ANALYZE keeps the old samples. A column given its own type again loses them."""
    cursor.execute(f'SELECT NOT EXISTS (SELECT 1 FROM "{table}")')  # noqa: S608 - a table of ours
    if not cursor.fetchone()[0]:
        return
    cursor.execute(
        "SELECT attname, format_type(atttypid, atttypmod) FROM pg_attribute "
        "WHERE attrelid = %s::regclass AND attnum > 0 AND NOT attisdropped "
        "AND atttypid IN ('varchar'::regtype, 'text'::regtype, 'jsonb'::regtype, 'bytea'::regtype)",
        [f'"{table}"'],
    )
    for column, kind in cursor.fetchall():
        cursor.execute(f'ALTER TABLE "{table}" ALTER COLUMN "{column}" TYPE {kind}')


_cleared: dict[str, set[str]] = {}


def clears(key: str, *tables: str) -> None:
    """Tables where a rule overwrites or removes what can be read."""
    _cleared.setdefault(key, set()).update(tables)


# The rule of names, which a space changes


def names_months(space: UUID) -> int:
    found = NamesRule.objects.filter(space=space).values_list("months", flat=True).first()
    return found if found is not None else USUAL_MONTHS


@transaction.atomic
def change_names_rule(*, space: UUID, slug: str, months: int, by: str) -> None:
    if not LEAST_MONTHS <= months <= MOST_MONTHS:
        raise ValueError(f"{months} is not between {LEAST_MONTHS} and {MOST_MONTHS}")
    NamesRule.objects.update_or_create(space=space, defaults={"months": months, "by": by[:200]})
    record_activity(space=slug, by=by, verb="change-names-rule", about=str(months), about_id=space)


def months_after(day: dt.date, months: int) -> dt.date:
    """The same day of the month, or the last one it has."""
    year, month = divmod(day.year * 12 + day.month - 1 + months, 12)
    year = min(year, dt.MAXYEAR)  # a gathering of the year 9999 is a slip of the hand
    return dt.date(year, month + 1, min(day.day, calendar.monthrange(year, month + 1)[1]))


def waiting(space: UUID, *, now: dt.datetime | None = None) -> Iterator[tuple[Rule, list[Due]]]:
    moment = now or timezone.now()
    for rule in rules():
        yield rule, sorted(rule.due(space, moment), key=lambda due: (due.at, due.words))

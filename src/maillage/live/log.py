"""The log of moves on disk: locked, read, appended. Payloads go in and out sealed with their session's key."""

import json
import logging
import uuid
from collections.abc import Collection, Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection, transaction
from django.utils import timezone

from maillage.live import bus, keys
from maillage.live.enums import SessionStatus
from maillage.live.models import HelpCall, Move, Session

logger = logging.getLogger(__name__)


@dataclass(frozen=True, slots=True)
class Head:
    """Where a session's log stands, read under the lock of its row."""

    number: int
    status: str
    away: bool  # another server is its home


@dataclass(frozen=True, slots=True)
class Entry:
    """One move to append, as the engine accepted it."""

    session_id: uuid.UUID
    number: int
    seat: uuid.UUID
    kind: str
    payload: Mapping[str, Any]
    key: str
    at: int


@dataclass(frozen=True, slots=True)
class Read:
    """One move read back; its payload is None where the key is gone or does not open it."""

    number: int
    seat: str
    kind: str
    payload: dict[str, Any] | None
    at: int


def lock(session_ids: Collection[uuid.UUID]) -> dict[uuid.UUID, Head]:
    """Locks the sessions' rows until the transaction ends, in one order for everybody so that nobody waits in a ring.

    On SQLite the transaction itself is the lock: it was begun IMMEDIATE (settings).
    """
    rows = Session.objects.select_for_update().filter(id__in=session_ids).order_by("id")
    values = rows.values_list("id", "last_number", "status", "away")
    return {id_: Head(number, status, away) for id_, number, status, away in values}


def look(session_id: uuid.UUID) -> Head | None:
    """Where it stands, without a lock. Asked at each page and each poll: its SQL is written here, not each time."""
    statement = f"SELECT last_number, status, away FROM {Session._meta.db_table} WHERE id = %s"  # noqa: S608 - no outside text
    with connection.cursor() as cursor:
        cursor.execute(statement, [Session._meta.pk.get_db_prep_value(session_id, connection)])
        row = cursor.fetchone()
    return Head(row[0], row[1], bool(row[2])) if row else None


def read(session_id: uuid.UUID, *, after: int = 0) -> list[Read]:
    return read_several({session_id: after})[session_id]


def read_several(after: Mapping[uuid.UUID, int]) -> dict[uuid.UUID, list[Read]]:
    """The moves of each session beyond its number, in one query: two processes read each other's at every batch."""
    field, seat = Session._meta.pk, Move._meta.get_field("seat")
    behind = ", ".join(["(%s, %s)"] * len(after))
    statement = (
        f"WITH behind (session, number) AS (VALUES {behind}) "  # noqa: S608 - no outside text
        f"SELECT session_id, move.number, seat, kind, payload, at FROM {Move._meta.db_table} AS move "
        "JOIN behind ON session_id = session AND move.number > behind.number ORDER BY session_id, move.number"
    )
    values = [value for id_, number in after.items() for value in (field.get_db_prep_value(id_, connection), number)]
    found: dict[uuid.UUID, list[Read]] = {session_id: [] for session_id in after}
    known = {session_id: _key_of(session_id) for session_id in after}
    with connection.cursor() as cursor:
        if after:
            cursor.execute(statement, values)
            for text, number, sat, kind, sealed, at in cursor:
                session_id, seat_id = field.to_python(text), seat.to_python(sat)
                key = known[session_id]
                payload = _open(key, bytes(sealed), _context(session_id, number, seat_id, kind)) if key else None
                found[session_id].append(Read(number, str(seat_id), kind, payload, at))
    return found


def _key_of(session_id: uuid.UUID) -> bytes | None:
    try:
        return keys.read_key(session_id)
    except keys.KeyMissing:
        return None


def find_repeats(
    moves: Collection[tuple[uuid.UUID, uuid.UUID, str]],
) -> dict[tuple[uuid.UUID, uuid.UUID, str], int]:
    """Of these (session, seat, key), those already in the log, with their number: one look in the index for each. Three
    lists of « IN » had SQLite look for every seat of the batch in every session of it."""
    if not moves:
        return {}
    field, seat = Session._meta.pk, Move._meta.get_field("seat")
    asked = ", ".join(["(%s, %s, %s)"] * len(moves))
    statement = (
        f"WITH asked (session, place, word) AS (VALUES {asked}) "  # noqa: S608 - no outside text
        f"SELECT session_id, seat, key, number FROM asked JOIN {Move._meta.db_table} AS move "
        "ON session_id = session AND seat = place AND key = word"
    )
    values: list[Any] = []
    for session_id, seat_id, key in moves:
        values += [field.get_db_prep_value(session_id, connection), seat.get_db_prep_value(seat_id, connection), key]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)
        return {(field.to_python(row[0]), seat.to_python(row[1]), row[2]): row[3] for row in cursor}


def append(entries: Iterable[Entry], heads: Mapping[uuid.UUID, int]) -> None:
    """Writes the moves and the new number of each session, in the transaction that holds their lock."""
    if not transaction.get_connection().in_atomic_block:
        raise ValueError("append() belongs to the transaction that locked the sessions")
    sealing = {session: keys.read_key(session) for session in heads}
    insert(list(entries), sealing)
    field = Session._meta.pk
    statement = f"UPDATE {Session._meta.db_table} SET last_number = %s WHERE id = %s"  # noqa: S608 - no outside text
    with connection.cursor() as cursor:
        cursor.executemany(
            statement, [(number, field.get_db_prep_value(session, connection)) for session, number in heads.items()]
        )
    bus.tell(heads)


def set_ended(sessions: Mapping[uuid.UUID, bool]) -> None:
    """Closes the sessions their room closed, opens again those it reopened."""
    for session_id, ended in sessions.items():
        Session.objects.filter(id=session_id).update(
            status=SessionStatus.CLOSED if ended else SessionStatus.OPEN, closed_at=timezone.now() if ended else None
        )
    HelpCall.objects.filter(session__in=[session_id for session_id, ended in sessions.items() if ended]).delete()


def insert(entries: Sequence[Entry], sealing: Mapping[uuid.UUID, bytes]) -> None:
    """Rows in one statement, written here: `bulk_create` takes twice the time of all that is decided on them."""
    if not entries:
        return
    field, seat = Session._meta.pk, Move._meta.get_field("seat")
    place = ", ".join(["(%s, %s, %s, %s, %s, %s, %s)"] * len(entries))
    statement = (
        f"INSERT INTO {Move._meta.db_table} (session_id, number, seat, kind, payload, key, at) "  # noqa: S608 - no outside text
        f"VALUES {place}"
    )
    values: list[Any] = []
    for entry in entries:
        session_id = field.get_db_prep_value(entry.session_id, connection)
        seat_id = seat.get_db_prep_value(entry.seat, connection)
        sealed = _seal(sealing[entry.session_id], entry)
        values += [session_id, entry.number, seat_id, entry.kind, sealed, entry.key, entry.at]
    with connection.cursor() as cursor:
        cursor.execute(statement, values)


def _seal(key: bytes, entry: Entry) -> bytes:
    text = json.dumps(entry.payload, ensure_ascii=False, separators=(",", ":"))
    context = _context(entry.session_id, entry.number, entry.seat, entry.kind)
    return keys.seal(key, text.encode(), context=context)


def _open(key: bytes, sealed: bytes, context: str) -> dict[str, Any] | None:
    try:
        payload: dict[str, Any] = json.loads(keys.open_sealed(key, sealed, context=context))
    except keys.BadSeal:
        logger.error("a move does not open: %s", context)  # ids and a kind: nothing of the content
        return None
    return payload


def _context(session_id: uuid.UUID, number: int, seat: uuid.UUID, kind: str) -> str:
    return f"{session_id}/{number}/{seat}/{kind}"

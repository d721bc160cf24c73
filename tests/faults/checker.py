"""What must hold whatever died: read from the log's own rows and from what the phones recorded. No code of ours here.

The rows are read with the database's own driver; of the application it knows two tables' columns.
"""

import re
import sqlite3
import uuid
from collections import Counter, defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from itertools import zip_longest

import psycopg

from tests.faults.phones import Phone

ROWS = "SELECT session_id, number, seat, key FROM live_move ORDER BY session_id, number"
HEADS = "SELECT id, last_number FROM live_session"


@dataclass(frozen=True)
class Row:
    session: uuid.UUID
    number: int
    seat: uuid.UUID
    key: str


def read_rows(database: str) -> tuple[list[Row], dict[uuid.UUID, int]]:
    """All moves, and the last number each session's row claims. `database`: a PostgreSQL URL, or an SQLite file."""
    if database.startswith("postgresql:"):
        with psycopg.connect(database) as connection:
            rows, heads = connection.execute(ROWS).fetchall(), connection.execute(HEADS).fetchall()
    else:
        with sqlite3.connect(database) as connection:
            rows, heads = connection.execute(ROWS).fetchall(), connection.execute(HEADS).fetchall()
        connection.close()
    return (
        [Row(uuid.UUID(str(session)), number, uuid.UUID(str(seat)), key) for session, number, seat, key in rows],
        {uuid.UUID(str(id_)): number for id_, number in heads},
    )


def faults_of(rows: Sequence[Row], heads: dict[uuid.UUID, int], phones: Iterable[Phone]) -> list[str]:
    """What is wrong, a line each: nothing where all is well."""
    faults: list[str] = []
    phones = list(phones)
    by_session: dict[uuid.UUID, list[int]] = defaultdict(list)
    for row in rows:
        by_session[row.session].append(row.number)
    for session, numbers in by_session.items():
        if numbers != list(range(1, len(numbers) + 1)):
            faults.append(f"{session}: the numbers are not 1 to {len(numbers)}")
        if heads[session] != len(numbers):
            faults.append(f"{session}: its row says {heads[session]}, the log holds {len(numbers)}")
    for (session, seat, key), times in Counter((row.session, row.seat, row.key) for row in rows).items():
        if times > 1:
            faults.append(f"{session} {seat} {key}: stored {times} times")
    stored = {(row.session, row.seat, row.key): row.number for row in rows}
    for phone in phones:
        for key, number in phone.acknowledged.items():
            if stored.get((phone.session, phone.seat, key)) != number:
                kept = stored.get((phone.session, phone.seat, key))
                faults.append(f"{phone.name} {key}: acknowledged as {number}, the log says {kept}")
        for key in phone.refused:
            if (phone.session, phone.seat, key) in stored:
                faults.append(f"{phone.name} {key}: refused, and stored all the same")
        if phone.seen != sorted(phone.seen):
            faults.append(f"{phone.name}: its screen went back in time")
    return faults + _screens(phones, heads, stored)


# « 28:53 », as it was when the server wrote it: two servers write a second apart, and a phone counts from data-ends-at.
CLOCK_WORDS = re.compile(r'(<span class="clock"[^>]*>)[^<]*')


def _screens(
    phones: Sequence[Phone], heads: dict[uuid.UUID, int], stored: dict[tuple[uuid.UUID, uuid.UUID, str], int]
) -> list[str]:
    """One room, one picture: every phone at the last number, the same bytes, what is written last on each card."""
    faults = []
    rooms: dict[uuid.UUID, list[Phone]] = defaultdict(list)
    for phone in phones:
        rooms[phone.session].append(phone)
    for session, room in rooms.items():
        behind = [f"{phone.name} at {phone.last}" for phone in room if phone.last > heads[session]]
        if behind:
            faults.append(f"{session} is at {heads[session]}, beyond it: {', '.join(behind)}")
        pictures = Counter(CLOCK_WORDS.sub(r"\1", phone.shared) for phone in room if phone.shared)
        if len(pictures) > 1:
            one, other, *_more = (picture.split("\n") for picture in pictures)
            differ = [(a, b) for a, b in zip_longest(one, other) if a != b][:2]
            faults.append(f"{session}: {len(pictures)} different screens of one room: {differ}")
        shown = Counter(re.findall(r"mot-[0-9a-z]+-\d+-", next(iter(pictures), "")))
        for phone in room:
            said = [(number, phone.texts[key]) for key, number in phone.acknowledged.items() if key in phone.texts]
            late = {key: number for (at, seat, key), number in stored.items() if (at, seat) == (session, phone.seat)}
            said += [
                (late[key], text) for key, text in phone.texts.items() if key in late and key not in phone.acknowledged
            ]
            if said and phone.shared and shown[max(said)[1]] != 1:
                faults.append(f"{phone.name}: « {max(said)[1]} » is shown {shown[max(said)[1]]} times")
    return faults

"""The words of the index, and how each database finds them. One interface: put, drop, find.

Words are folded and cut to their roots before they are stored (lib.matching.roots): accents, capitals, plurals and
feminines are alike on SQLite (FTS5) and PostgreSQL (tsvector), which then compare plain tokens.
"""

import json
from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from maillage.atlas.enums import EntryKind
from maillage.atlas.models import Entry
from maillage.lib.matching import roots
from maillage.people.models import Space

MOST_WORDS = 8  # of a question: more only slow it down
PAGE = 20  # results
FACETS = ("kind", "department", "year", "method", "theme")
BATCH = 400


@dataclass(frozen=True)
class Line:
    """What is put in the index: an entry that is not stored yet, and the words by which it is found."""

    entry: Entry
    words: str = ""  # beside those of its title


@dataclass(frozen=True)
class Found:
    entries: list[Entry]
    total: int
    facets: dict[str, list[tuple[str, int]]]  # facet → (value, how many), the most first


def put(lines: Iterable[Line]) -> None:
    """Stores them, in place of what the index said of the same things."""
    kept = list(lines)
    for start in range(0, len(kept), BATCH):
        batch = kept[start : start + BATCH]
        by_kind: dict[str, list[str]] = {}
        for line in batch:
            by_kind.setdefault(line.entry.kind, []).append(line.entry.ref)
        for kind, refs in by_kind.items():
            drop(kind, refs)
        entries = Entry.objects.bulk_create([line.entry for line in batch])
        rows = [
            (entry.pk, " ".join(roots(line.entry.title)), " ".join(roots(f"{line.entry.extract} {line.words}")))
            for entry, line in zip(entries, batch, strict=True)
        ]
        with connection.cursor() as cursor:
            cursor.executemany(_sql("put"), rows)


def drop(kind: str, refs: Sequence[str] | None = None) -> None:
    """What the index says of these things, or of all of this kind, goes."""
    rows = Entry.objects.filter(kind=kind) if refs is None else Entry.objects.filter(kind=kind, ref__in=refs)
    numbers = list(rows.values_list("pk", flat=True))
    with connection.cursor() as cursor:
        cursor.executemany(_sql("drop"), [(number,) for number in numbers])
    rows.delete()


def find(space: Space, question: str, chosen: Mapping[str, str], page: int = 1) -> Found:
    """`chosen`: facet → value. Every word must be there; the last one may be only begun."""
    match = _match(question)
    if match is None:
        return Found([], 0, {})
    where, values = _filters(space, chosen)
    source = f"FROM atlas_words JOIN atlas_entry e ON {_sql('same')} WHERE {_sql('match')} AND {where}"
    with connection.cursor() as cursor:
        cursor.execute(f"SELECT e.kind, e.department, e.year, e.method, e.themes {source}", [match, *values])
        facets, total = _facets(cursor.fetchall())
        cursor.execute(
            f"SELECT e.id {source} ORDER BY {_sql('rank')}, e.title, e.id LIMIT %s OFFSET %s",
            [match, *values, *([match] if connection.vendor == "postgresql" else []), PAGE, (page - 1) * PAGE],
        )
        numbers = [row[0] for row in cursor.fetchall()]
    entries = Entry.objects.in_bulk(numbers)
    return Found([entries[number] for number in numbers], total, facets)


def _match(question: str) -> str | None:
    words = list(dict.fromkeys(roots(question)))[:MOST_WORDS]
    if not words:
        return None
    if connection.vendor == "postgresql":
        return " & ".join([*(f"'{word}'" for word in words[:-1]), f"'{words[-1]}':*"])
    return " AND ".join([*(f'"{word}"' for word in words[:-1]), f'"{words[-1]}"*'])


def _filters(space: Space, chosen: Mapping[str, str]) -> tuple[str, list[Any]]:
    where, values = ["(e.space_id IS NULL OR e.space_id = %s)"], [_uuid(space)]
    for facet in FACETS:
        if not chosen.get(facet):
            continue
        if facet == "theme":
            where.append(
                "e.themes @> to_jsonb(%s::text)"
                if connection.vendor == "postgresql"
                else "EXISTS (SELECT 1 FROM json_each(e.themes) WHERE json_each.value = %s)"
            )
        else:
            where.append(f"e.{facet} = %s")
        values.append(chosen[facet])
    return " AND ".join(where), values


def _uuid(space: Space) -> Any:
    return space.pk if connection.vendor == "postgresql" else space.pk.hex


def _facets(rows: Iterable[Sequence[Any]]) -> tuple[dict[str, list[tuple[str, int]]], int]:
    counts: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    total = 0
    for kind, department, year, method, themes in rows:
        total += 1
        counts["kind"][kind] += 1
        if department:
            counts["department"][department] += 1
        if year:
            counts["year"][str(year)] += 1
        if method:
            counts["method"][method] += 1
        if themes and themes != "[]":
            counts["theme"].update(themes if isinstance(themes, list) else _read_list(themes))
    return {facet: counter.most_common() for facet, counter in counts.items()}, total


def _read_list(text: str) -> list[str]:
    """As a raw query of SQLite gives it."""
    return [str(item) for item in json.loads(text)]


# atlas_words: made by migration 0001, in each database's own way.
SQL = {
    "sqlite": {
        "put": "INSERT OR REPLACE INTO atlas_words (rowid, title, words) VALUES (%s, %s, %s)",
        "drop": "DELETE FROM atlas_words WHERE rowid = %s",
        "same": "e.id = atlas_words.rowid",
        "match": "atlas_words MATCH %s",
        "rank": "bm25(atlas_words, 8.0, 1.0)",  # a word of the title is worth eight of the rest
    },
    "postgresql": {
        "put": "INSERT INTO atlas_words (entry_id, words) VALUES "
        "(%s, setweight(to_tsvector('simple', %s), 'A') || setweight(to_tsvector('simple', %s), 'D')) "
        "ON CONFLICT (entry_id) DO UPDATE SET words = excluded.words",
        "drop": "DELETE FROM atlas_words WHERE entry_id = %s",
        "same": "e.id = atlas_words.entry_id",
        "match": "atlas_words.words @@ to_tsquery('simple', %s)",
        "rank": "ts_rank(atlas_words.words, to_tsquery('simple', %s)) DESC",
    },
}


def _sql(name: str) -> str:
    return SQL[connection.vendor][name]


def is_empty() -> bool:
    return not Entry.objects.filter(kind=EntryKind.COMMUNE).exists()

"""The words of the index, and how each database finds them. One interface: put, drop, find.

Words are folded and cut to their roots before they are stored (lib.matching.roots): accents, capitals, plurals and
feminines are alike on SQLite (FTS5) and PostgreSQL (tsvector), which then compare plain tokens.
"""

from collections import Counter
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db import connection

from maillage.atlas.enums import EntryKind
from maillage.atlas.marks import INDEX, change_mark
from maillage.atlas.models import Entry
from maillage.lib.matching import roots
from maillage.people.models import Space

MOST_WORDS = 8  # of a question: more only slow it down
PAGE = 20  # results
MOST_RANKED = 1_000  # results the pages go through; a question that has more is said to be too wide
FACETS = ("kind", "department", "year", "method", "theme")
WIDE = 5_000  # lines with these words: beyond (« la »: half of a country), only what and where are counted to narrow it
WIDE_FACETS = ("kind", "department")
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
    shown: int = 0  # how many of them the pages go through


def put(lines: Iterable[Line]) -> None:
    """Stores them, in place of what the index said of the same things."""
    change_mark(INDEX)
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
    change_mark(INDEX)
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
    start = (page - 1) * PAGE
    with connection.cursor() as cursor:
        wide = _is_wide(cursor, match)
        facets, total = _facets(cursor, source, [match, *values], WIDE_FACETS if wide else FACETS)
        if total <= MOST_RANKED:
            numbers = _ranked(cursor, source, match, values, start)
        else:
            numbers = _first_ranked(cursor, source, question, values, start + PAGE)[start:]
    entries = Entry.objects.in_bulk(numbers)
    return Found([entries[number] for number in numbers], total, facets, min(total, MOST_RANKED))


def _ranked(cursor: Any, source: str, match: str, values: list[Any], start: int) -> list[int]:
    rank = [match] if connection.vendor == "postgresql" else []
    cursor.execute(
        f"SELECT e.id {source} ORDER BY {_sql('rank')}, e.title, e.id LIMIT %s OFFSET %s",
        [match, *values, *rank, PAGE, start],
    )
    return [row[0] for row in cursor.fetchall()]


def _first_ranked(cursor: Any, source: str, question: str, values: list[Any], stop: int) -> list[int]:
    """Of very many, those whose title has the words, the shortest first, then others: weighing all would be slow."""
    found: dict[int, None] = {}
    for asked in (_match(question, titles=True), _match(question)):
        some = f"SELECT e.id, e.title {source} LIMIT {MOST_RANKED}"
        best = f"SELECT id FROM ({some}) AS few ORDER BY LENGTH(title), title, id"  # noqa: S608 - of our own words
        cursor.execute(best, [asked, *values])
        found.update(dict.fromkeys(row[0] for row in cursor.fetchall()))
        if len(found) >= stop:
            break
    return list(found)[: min(stop, MOST_RANKED)]


def _match(question: str, *, titles: bool = False) -> str | None:
    """`titles`: in the title only."""
    words = list(dict.fromkeys(roots(question)))[:MOST_WORDS]
    if not words:
        return None
    begun = "*" if len(words[-1]) > 1 else ""  # a letter begins half of the index: alone, it is a word
    if connection.vendor == "postgresql":
        ends = [*[""] * (len(words) - 1), begun]
        where = "A" if titles else ""
        return " & ".join(f"'{word}':{end}{where}".rstrip(":") for word, end in zip(words, ends, strict=True))
    said = " AND ".join([*(f'"{word}"' for word in words[:-1]), f'"{words[-1]}"{begun}'])
    return f"title : ({said})" if titles else said


def _filters(space: Space, chosen: Mapping[str, str]) -> tuple[str, list[Any]]:
    where, values = [_sql("of_space")], [_uuid(space)]
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
            # « + »: else SQLite takes the index of kinds, and asks each row of it whether it has the words (20 s)
            plus = "+" if facet == "kind" and connection.vendor != "postgresql" else ""
            where.append(f"{plus}e.{facet} = %s")
        values.append(chosen[facet])
    return " AND ".join(where), values


def _uuid(space: Space) -> Any:
    return space.pk if connection.vendor == "postgresql" else space.pk.hex


def _is_wide(cursor: Any, match: str) -> bool:
    some = f"SELECT 1 FROM atlas_words WHERE {_sql('match')} LIMIT {WIDE + 1}"  # noqa: S608 - of our own words
    cursor.execute(f"SELECT COUNT(*) FROM ({some}) AS few", [match])  # noqa: S608
    return bool(cursor.fetchone()[0] > WIDE)


def _facets(
    cursor: Any, source: str, values: list[Any], counted: Sequence[str]
) -> tuple[dict[str, list[tuple[str, int]]], int]:
    """Found once, counted five times, by the database: a country has tens of thousands of results."""
    said = [
        f"SELECT '{facet}', CAST({facet} AS text), COUNT(*) FROM found GROUP BY {facet}"  # noqa: S608 - of FACETS
        for facet in counted
        if facet != "theme"
    ]
    said += [_sql("themes")] if "theme" in counted else []
    columns = ", ".join(
        f"e.{name} AS {name}" for name in ("themes" if facet == "theme" else facet for facet in counted)
    )
    asked = f"WITH found AS MATERIALIZED (SELECT {columns} {source}) "
    cursor.execute(asked + " UNION ALL ".join(said), values)
    counts: dict[str, Counter[str]] = {facet: Counter() for facet in FACETS}
    for facet, value, number in cursor.fetchall():
        if value:
            counts[facet][value] += number
    return {facet: counter.most_common() for facet, counter in counts.items()}, counts["kind"].total()


# atlas_words: made by migration 0001, in each database's own way.
SQL = {
    "sqlite": {
        "put": "INSERT OR REPLACE INTO atlas_words (rowid, title, words) VALUES (%s, %s, %s)",
        "drop": "DELETE FROM atlas_words WHERE rowid = %s",
        "same": "e.id = atlas_words.rowid",
        "of_space": "(+e.space_id IS NULL OR +e.space_id = %s)",
        "match": "atlas_words MATCH %s",
        "themes": "SELECT 'theme', t.value, COUNT(*) FROM found, json_each(found.themes) AS t GROUP BY t.value",
        "rank": "bm25(atlas_words, 8.0, 1.0)",  # a word of the title is worth eight of the rest
    },
    "postgresql": {
        "put": "INSERT INTO atlas_words (entry_id, words) VALUES "
        "(%s, setweight(to_tsvector('simple', %s), 'A') || setweight(to_tsvector('simple', %s), 'D')) "
        "ON CONFLICT (entry_id) DO UPDATE SET words = excluded.words",
        "drop": "DELETE FROM atlas_words WHERE entry_id = %s",
        "same": "e.id = atlas_words.entry_id",
        "of_space": "(e.space_id IS NULL OR e.space_id = %s)",
        "match": "atlas_words.words @@ to_tsquery('simple', %s)",
        "themes": "SELECT 'theme', t.value, COUNT(*) FROM found, jsonb_array_elements_text(found.themes) AS t(value) "
        "GROUP BY t.value",
        "rank": "ts_rank(atlas_words.words, to_tsquery('simple', %s)) DESC",
    },
}


def _sql(name: str) -> str:
    return SQL[connection.vendor][name]


def is_empty() -> bool:
    return not Entry.objects.filter(kind=EntryKind.COMMUNE).exists()

"""A list as CSV, JSON and GeoJSON: the same rows, the same order, and the same bytes as long as nothing changed."""

from collections.abc import Callable, Iterable, Iterator
from itertools import islice
from typing import Any

from django.db.models import QuerySet

from maillage.atlas.opendata.lists import CHUNK, SHAPE_SOURCE, OpenList, outlines_of
from maillage.lib.tableschema import compact, csv_lines, record

CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8; header=present",
    "json": "application/json",
    "geojson": "application/geo+json",
}


Said = Iterable[dict[str, Any]]  # rows as their list says them


def as_csv(asked: OpenList, said: Said) -> Iterator[str]:
    return csv_lines(asked.columns, said)


def as_json(asked: OpenList, said: Said) -> Iterator[str]:
    """A list, one line a row: two versions are compared line by line."""
    lines = (compact(record(asked.columns, row)) for row in said)
    return _lines("[", lines, "]")


def as_geojson(asked: OpenList, said: Said) -> Iterator[str]:
    """RFC 7946: degrees, WGS 84, longitude first; the outline as its producer published it."""
    return _lines('{"type":"FeatureCollection","features":[', _features(asked, said), "]}")


PARTS: dict[str, Callable[[OpenList, Said], Iterator[str]]] = {
    "csv": as_csv,
    "json": as_json,
    "geojson": as_geojson,
}


def write_list(asked: OpenList, rows: QuerySet[Any], kind: str) -> bytes:
    """Whole, for what is short; `keeping` writes long ones part by part."""
    return "".join(PARTS[kind](asked, asked.said(rows))).encode()


def _lines(opening: str, lines: Iterable[str], closing: str) -> Iterator[str]:
    yield f"{opening}\n"
    between = ""
    for line in lines:
        yield between + line
        between = ",\n"
    yield f"\n{closing}\n"


def _features(asked: OpenList, said: Said) -> Iterator[str]:
    left = iter(said)
    key = asked.columns.key[0]
    while chunk := list(islice(left, CHUNK)):
        outlines = outlines_of(asked.level, [row[key] for row in chunk])
        for row in chunk:
            properties = record(asked.columns, row)
            geometry = _point(row)
            if asked.level is not None:
                outline, source = outlines.get(row[key], ("", ""))
                properties[SHAPE_SOURCE] = source or None
                geometry = outline or geometry
            yield f'{{"type":"Feature","properties":{compact(properties)},"geometry":{geometry}}}'


def _point(row: dict[str, Any]) -> str:
    """Where it is, when no outline says it better."""
    lon, lat = row.get("lon"), row.get("lat")
    return "null" if lon is None or lat is None else compact({"type": "Point", "coordinates": [lon, lat]})

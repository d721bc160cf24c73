"""A table whose columns are declared once: written as CSV or JSON, described by a Table Schema, read back exactly.

The specification: https://specs.frictionlessdata.io/table-schema/ (types of its version 1, which every tool reads).
"""

import csv
import datetime as dt
import io
import json
import re
from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import TextChoices
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from maillage.lib.spreadsheets.escaping import escape_cell, unescape_cell

SEPARATOR = ";"
UUID_PATTERN = r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"
BARE = frozenset({"integer", "number", "boolean", "date", "time", "datetime", "year"})  # no formula can hide in them
SPECIFICATION = "https://specs.frictionlessdata.io/schemas/table-schema.json"
JSON_TYPES: dict[str, dict[str, Any]] = {  # what a cell is in JSON, in the words of JSON Schema
    "year": {"type": "integer"},
    "date": {"type": "string", "format": "date"},
    "time": {"type": "string", "pattern": r"^\d\d:\d\d:\d\d$"},
    "datetime": {"type": "string", "format": "date-time"},
}


@dataclass(frozen=True)
class Column:
    name: str
    about: str  # one sentence, in French
    kind: str = "string"  # or another type of Table Schema
    required: bool = False
    pattern: str = ""
    choices: type[TextChoices] | None = None  # a cell holds the label
    derived: bool = False  # to be read by people: said elsewhere too, and not read back
    of: str = ""  # « list.column »: whose values it takes
    before: Any = None  # what a file says that was written before this column was there; None: there is no such file


@dataclass(frozen=True)
class Columns:
    """Those of one list; `key`: what tells its rows apart."""

    columns: tuple[Column, ...]
    key: tuple[str, ...]

    def __iter__(self) -> Iterator[Column]:
        return iter(self.columns)

    @property
    def names(self) -> list[str]:
        return [column.name for column in self.columns]

    def are_of(self, found: Sequence[Any], told: Callable[[Column], Any]) -> bool:
        """`found`, those of a file, as `told` says a column: all of these in order, but for those that came later."""
        left = list(found)
        for column in self.columns:
            if left and left[0] == told(column):
                left.pop(0)
            elif column.before is None:
                return False
        return not left

    @property
    def own(self) -> frozenset[str]:
        return frozenset(column.name for column in self.columns if not column.derived)

    def are_in(self, headers: Iterable[str]) -> bool:
        return self.own <= set(headers)


class BadCell(ValueError):
    def __init__(self, column: str, sentence: str) -> None:
        self.column, self.sentence = column, sentence
        super().__init__(sentence)


class UnreadableSheet(Exception):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


# Written


def plain(column: Column, value: Any) -> Any:
    """As JSON says it; None for what is not known."""
    if value is None or value == "" or value == [] or value == {}:
        return None
    if column.choices is not None:
        return str(column.choices(value).label)
    if isinstance(value, dt.datetime):
        return value.astimezone(dt.UTC).strftime("%Y-%m-%dT%H:%M:%SZ")
    if isinstance(value, dt.date):
        return value.isoformat()
    if isinstance(value, dt.time):
        return value.strftime("%H:%M:%S")
    return str(value) if column.kind == "string" else value


def record(columns: Columns, row: Mapping[str, Any]) -> dict[str, Any]:
    return {column.name: plain(column, row[column.name]) for column in columns}


def _cell(column: Column, value: Any) -> str:
    said = plain(column, value)
    if said is None:
        return ""
    if column.kind in ("array", "object"):
        return compact(said)
    text = ("true" if said else "false") if column.kind == "boolean" else str(said)
    return text if column.kind in BARE else escape_cell(text)


def compact(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"), allow_nan=False)


def write_csv(columns: Columns, rows: Iterable[Mapping[str, Any]]) -> bytes:
    """UTF-8 with its mark, `;`, CRLF: what a French spreadsheet opens with a double click."""
    return "".join(csv_lines(columns, rows)).encode()


def csv_lines(columns: Columns, rows: Iterable[Mapping[str, Any]]) -> Iterator[str]:
    """The same a line at a time, its mark first."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=SEPARATOR, lineterminator="\r\n")
    out.write("\ufeff")
    writer.writerow(columns.names)
    for row in rows:
        yield out.getvalue()
        out.seek(0)
        out.truncate()
        writer.writerow([_cell(column, row[column.name]) for column in columns])
    yield out.getvalue()


# Described


def field_of(column: Column) -> dict[str, Any]:
    constraints: dict[str, Any] = {"required": True} if column.required else {}
    if column.pattern:
        constraints["pattern"] = column.pattern
    if column.choices is not None:
        constraints["enum"] = [str(label) for label in column.choices.labels]
    said: dict[str, Any] = {"name": column.name, "type": column.kind, "description": column.about}
    return said | ({"constraints": constraints} if constraints else {})


def schema_of(columns: Columns, **about: Any) -> dict[str, Any]:
    """`about`: name, title, description… as the specification names them."""
    foreign = [
        {"fields": column.name, "reference": {"resource": column.of.split(".")[0], "fields": column.of.split(".")[1]}}
        for column in columns
        if column.of and column.kind != "array"
    ]
    key: Any = columns.key[0] if len(columns.key) == 1 else list(columns.key)
    said = {"$schema": SPECIFICATION, **about, "fields": [field_of(column) for column in columns]}
    said |= {"missingValues": [""], "primaryKey": key}
    return said | ({"foreignKeys": foreign} if foreign else {})


def json_schema_of(columns: Columns) -> dict[str, Any]:
    """The same for JSON, where what is not known is null."""
    return {
        "type": "object",
        "required": columns.names,
        "properties": {column.name: _json_schema(column) for column in columns},
    }


def _json_schema(column: Column) -> dict[str, Any]:
    said = dict(JSON_TYPES.get(column.kind, {"type": column.kind}))
    if column.pattern:
        said["pattern"] = f"^(?:{column.pattern})$"
    if column.choices is not None:
        said["enum"] = [str(label) for label in column.choices.labels] + ([] if column.required else [None])
    if not column.required:
        said["type"] = [said["type"], "null"]
    return said | {"description": column.about}


# Read back


@dataclass(frozen=True)
class Sheet:
    headers: tuple[str, ...]
    records: list[tuple[str, Mapping[str, Any]]]  # where (« ligne 3 »), what
    text: bool  # cells of a CSV; else values of JSON


def read_sheet(content: bytes) -> Sheet:
    """CSV, a list of JSON, GeoJSON. Raises UnreadableSheet."""
    try:
        text = content.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        raise UnreadableSheet(
            _("ce n’est pas du texte en UTF-8 (octet {place})").format(place=error.start + 1)
        ) from None
    if text.lstrip()[:1] in ("{", "["):
        return _read_json(text)
    rows = csv.reader(io.StringIO(text, newline=""), delimiter=SEPARATOR)
    try:
        headers = tuple(next(rows, ()))
        records = [(f"ligne {rows.line_num}", dict(zip(headers, row, strict=False))) for row in rows if row]
    except csv.Error as error:
        raise UnreadableSheet(
            _("CSV illisible, ligne {num} : {error}").format(num=rows.line_num, error=error)
        ) from None
    return Sheet(headers, [(place, row) for place, row in records], text=True)


def _read_json(text: str) -> Sheet:
    try:
        said = json.loads(text)
    except (ValueError, RecursionError):
        raise UnreadableSheet(_("ce n’est pas du JSON")) from None
    if is_broken(said):
        raise UnreadableSheet(_("un texte y contient un demi-caractère, qui ne peut pas être gardé"))
    items = said.get("features") if isinstance(said, dict) else said
    if not isinstance(items, list):
        raise UnreadableSheet(_("ni une FeatureCollection, ni une liste"))
    records: list[tuple[str, Mapping[str, Any]]] = []
    for number, item in enumerate(items, 1):
        row = item.get("properties") if isinstance(item, dict) and "geometry" in item else item
        if not isinstance(row, dict):
            raise UnreadableSheet(_("élément {number} : ce n’est pas une ligne").format(number=number))
        records.append((_("élément {number}").format(number=number), row))
    return Sheet(tuple(records[0][1]) if records else (), records, text=False)


def is_broken(said: Any) -> bool:
    """JSON may name half of a pair of code units (\"\\ud83d\"): no database, no file takes it."""
    try:
        json.dumps(said, ensure_ascii=False).encode()
    except UnicodeEncodeError:
        return True
    return False


def read_record(columns: Columns, given: Mapping[str, Any], *, text: bool) -> dict[str, Any]:
    """The very values that were written. `text`: cells of a CSV. Raises BadCell."""
    return {
        column.name: column.before
        if column.before is not None and column.name not in given
        else read_value(column, given.get(column.name), text=text)
        for column in columns
        if not column.derived
    }


def read_value(column: Column, given: Any, *, text: bool) -> Any:
    if given is None or given == "":
        if column.required:
            raise BadCell(column.name, _("« {name} » est vide").format(name=column.name))
        return {"string": "", "array": [], "object": {}}.get(column.kind)
    try:
        value = _READ_TEXT[column.kind](str(given)) if text else _READ_JSON[column.kind](given)
    except (ValueError, TypeError, KeyError, RecursionError):
        said = _("« {name} » : « {str} » n’est pas {words}").format(
            name=column.name, str=str(given)[:40], words=_WORDS[column.kind]
        )
        raise BadCell(column.name, said) from None
    if column.kind in ("array", "object") and is_broken(value):
        raise BadCell(
            column.name, _("« {name} » contient un demi-caractère, qui ne peut pas être gardé").format(name=column.name)
        )
    if column.choices is not None:
        found = {str(label): key for key, label in column.choices.choices}
        if value not in found:
            known = ", ".join(f"« {label} »" for label in found)
            raise BadCell(
                column.name,
                _("« {name} » : « {value} » n’est pas l’un de {known}").format(
                    name=column.name, value=value[:40], known=known
                ),
            )
        return found[value]
    if column.pattern and not re.fullmatch(column.pattern, value):
        raise BadCell(
            column.name,
            _("« {name} » : « {value} » n’a pas la forme attendue").format(name=column.name, value=value[:40]),
        )
    return value


def _only(*kinds: type) -> Any:
    def check(value: Any) -> Any:
        if not isinstance(value, kinds) or (isinstance(value, bool) and bool not in kinds):
            raise TypeError(value)
        return value

    return check


def _finite(value: float) -> float:
    if value - value != 0:  # infinite, or no number
        raise ValueError(value)
    return float(value)


def _typed(kind: type) -> Any:
    def read(text: str) -> Any:
        value = json.loads(text)
        if not isinstance(value, kind):
            raise TypeError(text)
        return value

    return read


_WORDS = {
    "string": _l("un texte"),
    "integer": _l("un nombre entier"),
    "year": _l("une année"),
    "number": _l("un nombre"),
    "boolean": _l("true ou false"),
    "date": _l("une date (AAAA-MM-JJ)"),
    "time": _l("une heure (HH:MM:SS)"),
    "datetime": _l("un instant (AAAA-MM-JJTHH:MM:SSZ)"),
    "array": _l("une liste JSON"),
    "object": _l("un objet JSON"),
}
_READ_TEXT: dict[str, Any] = {
    "string": unescape_cell,
    "integer": int,
    "year": int,
    "number": lambda text: _finite(float(text)),
    "boolean": {"true": True, "false": False}.__getitem__,
    "date": dt.date.fromisoformat,
    "time": dt.time.fromisoformat,
    "datetime": dt.datetime.fromisoformat,
    "array": _typed(list),
    "object": _typed(dict),
}
_READ_JSON: dict[str, Any] = _READ_TEXT | {
    "string": _only(str),
    "integer": _only(int),
    "year": _only(int),
    "number": lambda value: _finite(_only(int, float)(value)),
    "boolean": _only(bool),
    "array": _only(list),
    "object": _only(dict),
}


def recognise(headers: Iterable[str], lists: Mapping[str, Columns]) -> str:
    """The name of the list these headers are of: the one that has the most columns of its own there; or ""."""
    given = set(headers)
    found: Sequence[tuple[int, str]] = [(len(own.own), name) for name, own in lists.items() if own.are_in(given)]
    return max(found, default=(0, ""))[1]

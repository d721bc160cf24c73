"""XLSX: the first sheet that holds something, values as a reader sees them."""

import datetime as dt
import io
import re
import struct
import warnings
import zipfile
import zlib
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext as _n
from openpyxl import load_workbook
from openpyxl.utils.exceptions import InvalidFileException

from maillage.lib.spreadsheets.apart import read_workbook_apart
from maillage.lib.spreadsheets.table import (
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_UNCOMPRESSED,
    Table,
    UnreadableTable,
    make_table,
)
from maillage.lib.typography import grouped

HERE = 2_000_000  # bytes unpacked: some 300 people with twenty columns take 0.5
_MAX_TAGS = 8_000_000  # of one part: a million honest cells take some six
_LONGEST_CELL = 32_767  # characters: what a spreadsheet itself allows
_MAX_MEMBERS = 2_000  # a workbook of a hundred sheets with pictures has a few hundred
# openpyxl pads each row to the last column asked for; the margin past our limit is there to see what goes over it.
_WIDTH_READ = MAX_COLUMNS + 56
# A sheet formatted down to its last row (1,048,576), or a forged row number, would cost 40 s to walk.
_LAST_ROW = 3 * MAX_ROWS
# What openpyxl, zipfile and expat raise on damaged or hostile files.
_DAMAGED = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    EOFError,
    InvalidFileException,
    LookupError,
    MemoryError,
    OSError,
    RuntimeError,
    SyntaxError,  # xml.etree's ParseError
    TypeError,
    ValueError,
    struct.error,
    zipfile.BadZipFile,
    zlib.error,
)


def read_workbook(data: bytes, name: str) -> Table:
    """Here when it is small, as nearly all are; apart when its unpacking could hold up whoever is served meanwhile."""
    try:
        with zipfile.ZipFile(io.BytesIO(data)) as archive:
            unpacked = sum(member.file_size for member in archive.infolist())
    except _DAMAGED:
        unpacked = 0  # parse_workbook says what is wrong with it
    return read_workbook_apart(data, name) if HERE < unpacked <= MAX_UNCOMPRESSED else parse_workbook(data, name)


def parse_workbook(data: bytes, name: str) -> Table:
    try:
        unsaved = _inspect(data, name)
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # « Data Validation extension is not supported »: nothing we read
            rows, sheet, others = _first_filled_sheet(data, name)
            notes = []
            if rows and rows[-1][0] == _LAST_ROW:
                notes.append(
                    _("La lecture s'est arrêtée à la ligne {grouped} de la feuille.").format(grouped=grouped(_LAST_ROW))
                )
            if others:
                notes.append(_("Seule la feuille « {sheet} » a été lue ({others}).").format(sheet=sheet, others=others))
            if unsaved:
                notes += _formulas_without_value(data, sheet, rows)
    except UnreadableTable:
        raise
    except _DAMAGED as error:
        raise UnreadableTable(
            "damaged",
            _(
                "{name} est un classeur abîmé. Ouvrez-le dans votre tableur, enregistrez-le à nouveau en .xlsx, "
                "puis envoyez-le."
            ).format(name=name),
        ) from error
    return make_table(rows, encoding="", separator="", notes=notes)


def _inspect(data: bytes, name: str) -> bool:
    """Refuse bombs before anything is unpacked; say whether some sheet holds formulas."""
    formulas = False
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        members = archive.infolist()
        # zipfile never reads past the size announced here, so a false one only truncates.
        if len(members) > _MAX_MEMBERS or sum(member.file_size for member in members) > MAX_UNCOMPRESSED:
            raise UnreadableTable(
                "too_big",
                _(
                    "{name} prend trop de place une fois décompressé (plus de {most} Mo). Copiez le tableau seul "
                    "dans un nouveau classeur, puis envoyez celui-ci."
                ).format(name=name, most=MAX_UNCOMPRESSED // 1000000),
            )
        for member in members:
            if member.filename.endswith((".xml", ".rels")):
                # No office suite writes a DTD; entities that unfold are the other kind of bomb.
                part = archive.read(member)
                if b"<!DOCTYPE" in part.upper() or part.count(b"<") > _MAX_TAGS:
                    raise UnreadableTable(
                        "damaged", _("{name} n'est pas un classeur ordinaire : il est refusé.").format(name=name)
                    )
            if re.fullmatch("xl/worksheets/[^/]+\\.xml", member.filename) and not formulas:
                formulas = re.search(rb"<(?:\w+:)?f[\s/>]", archive.read(member)) is not None
    return formulas


def _first_filled_sheet(data: bytes, name: str) -> tuple[list[tuple[int, list[str]]], str, str]:
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=True)
    try:
        empty: list[str] = []
        for sheet in book.worksheets:
            rows = _read_sheet(sheet, name)
            if rows:
                left = len(book.worksheets) - len(empty) - 1
                others = (
                    [_n("{n} vide avant elle", "{n} vides avant elle", len(empty)).format(n=len(empty))]
                    if empty
                    else []
                )
                others += [_("{left} après elle").format(left=left)] if left else []
                return rows, sheet.title, ", ".join(others)
            empty.append(sheet.title)
    finally:
        book.close()
    return [], "", ""


def _read_sheet(sheet: Any, name: str) -> list[tuple[int, list[str]]]:
    rows: list[tuple[int, list[str]]] = []
    cells = 0
    # Both bounds are given: what the file says of its own size is often wrong, and is not used.
    values = sheet.iter_rows(max_row=_LAST_ROW, max_col=_WIDTH_READ, values_only=True)
    for number, row in enumerate(values, start=1):
        filled = len(row)
        while filled and row[filled - 1] is None:  # the padding, most of a row
            filled -= 1
        texts = [_text(value) for value in row[:filled]]
        if any(len(text) > _LONGEST_CELL for text in texts):
            raise UnreadableTable(
                "too_big",
                _(
                    "{name} a une cellule de plus de {grouped} caractères, ligne {number}. Raccourcissez-la, puis "
                    "envoyez le classeur à nouveau."
                ).format(name=name, grouped=grouped(_LONGEST_CELL), number=number),
                line=number,
            )
        while texts and not texts[-1].strip():
            texts.pop()
        if not texts:
            continue
        cells += len(texts)
        rows.append((number, texts))
        if cells > MAX_CELLS or len(rows) > MAX_ROWS + 100:  # preamble and totals do not count
            raise UnreadableTable(
                "too_many_rows",
                _(
                    "{name} est trop grand : plus de {grouped} lignes ou d'un million de cellules, à la ligne "
                    "{number}. Coupez-le en plusieurs fichiers."
                ).format(name=name, grouped=grouped(MAX_ROWS), number=number),
                line=number,
            )
    return rows


def _formulas_without_value(data: bytes, title: str, rows: list[tuple[int, list[str]]]) -> list[str]:
    """A workbook written by a program holds formulas nobody has computed: their cells read as empty. Say it."""
    shown = dict(rows)
    book = load_workbook(io.BytesIO(data), read_only=True, data_only=False)
    try:
        sheet = book[title]
        missing = 0
        first = (0, 0)
        for number, row in enumerate(sheet.iter_rows(max_row=_LAST_ROW, max_col=MAX_COLUMNS), start=1):
            for place, cell in enumerate(row, start=1):
                texts = shown.get(number, [])
                if cell.data_type == "f" and not (place <= len(texts) and texts[place - 1]):
                    missing += 1
                    first = first if missing > 1 else (number, place)
    finally:
        book.close()
    if not missing:
        return []
    return [
        _(
            "Formules dont le résultat n'est pas enregistré, lues comme vides : {missing} (la première : "
            "ligne {first}, colonne {first2}). Ouvrez le classeur dans un tableur et enregistrez-le pour les retrouver."
        ).format(missing=missing, first=first[0], first2=first[1])
    ]


def _text(value: object) -> str:
    """What a French reader sees in the cell; dates in the order that sorts."""
    match value:
        case None:
            return ""
        case bool():
            return "Oui" if value else "Non"
        case str():
            # Excel's own errors (#N/A, #REF!) are no text anybody typed.
            return "" if re.fullmatch("#(?:N/A|REF!|NAME\\?|VALUE!|DIV/0!|NUM!|NULL!)", value) else value
        case float():
            return str(int(value)) if value.is_integer() and abs(value) < 1e15 else f"{value:.12g}".replace(".", ",")
        case dt.datetime():
            return value.strftime("%Y-%m-%d" if value.time() == dt.time() else "%Y-%m-%d %H:%M")
        case dt.date():
            return value.isoformat()
        case dt.time():
            return value.strftime("%H:%M")
        case dt.timedelta():
            minutes = round(value.total_seconds() / 60)
            return f"{minutes // 60}:{minutes % 60:02}"
        case _:
            return str(value)

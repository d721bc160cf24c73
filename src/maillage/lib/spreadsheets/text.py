"""CSV as people export it: any encoding, any separator, a title above, a total below."""

import codecs
import csv
import io
import re
from collections import Counter

from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _l

from maillage.lib.spreadsheets.escaping import unescape_cell
from maillage.lib.spreadsheets.table import Table, UnreadableTable, make_table

SEPARATORS = (";", "\t", ",", "|")  # the first wins a tie: French tools write ;
_END = "\ue002"  # a last record of our own: if it does not come back whole, an open quote has swallowed it
_SAMPLE = 200  # records: enough to see the separator, past any preamble
# csv's own limit is for the whole process; this is Excel's for a cell, and no honest cell comes near.
_MAX_CELL = 32_767
_BOMS = (  # UTF-32 first: its mark begins with that of UTF-16
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_CONTROLS = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")
_MULTIBYTE = re.compile(rb"[\xc3-\xf4][\x80-\xbf]+")
_SEP_LINE = re.compile(r"\ufeff?\"?sep=(.)\"?[ \t]*(?:\r\n|\r|\n)", re.IGNORECASE)
_EXPORT_AGAIN = _l("Exportez-le à nouveau en choisissant « CSV UTF-8 », puis envoyez-le.")


def read_text(data: bytes, name: str) -> Table:
    text, encoding, notes = _decode(data, name)
    controls = len(_CONTROLS.findall(text))
    # A Word file, a photo, a program: not one stray control character but many.
    if "\x00" in text or controls > len(text) / 100 + 2:
        raise UnreadableTable(
            "binary",
            _("{name} n'est pas un tableau : son contenu n'est pas du texte. Envoyez un fichier .xlsx ou .csv.").format(
                name=name
            ),
        )
    if controls:
        text = _CONTROLS.sub(lambda match: " " * (match.group() in "\x0b\x0c"), text)
        notes.append(_("Des caractères invisibles ont été retirés."))
    first_line = 1
    declared = _SEP_LINE.match(text)
    if declared and declared[1] in SEPARATORS:
        separator, text, first_line = declared[1], text[declared.end() :], 2
    else:
        separator = _find_separator(text)
    records = [
        (line + first_line - 1, [unescape_cell(cell) for cell in cells])
        for line, cells in _parse(text, separator, name, first_line)
    ]
    return make_table(records, encoding=encoding, separator=separator, notes=notes)


def _decode(data: bytes, name: str) -> tuple[str, str, list[str]]:
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            try:
                return data.decode(encoding), encoding, []
            except UnicodeDecodeError as error:
                raise UnreadableTable(
                    "encoding",
                    _("{name} est abîmé : son texte s'interrompt au milieu d'un caractère. {again}").format(
                        name=name, again=_EXPORT_AGAIN
                    ),
                ) from error
    encoding = "utf-8-sig" if data.startswith(codecs.BOM_UTF8) else "utf-8"
    body = data.removeprefix(codecs.BOM_UTF8)
    try:
        return body.decode("utf-8"), encoding, []
    except UnicodeDecodeError as error:
        first_bad = error.start
    # Two files pasted together: mostly UTF-8 with a few bytes of cp1252. Read as cp1252, every é would be « Ã© ».
    wrong = [len(match.group()) for match in re.finditer(rb"[\x80-\xff]+", _MULTIBYTE.sub(b"", body))]
    mixed = encoding == "utf-8-sig" or len(_MULTIBYTE.findall(body)) > 2 * sum(wrong)
    try:
        if not mixed:
            return body.decode("cp1252"), "cp1252", []
        text = body.decode("utf-8", errors=_FALLBACK)
    except UnicodeDecodeError as error:
        bad = error.start
        line, column = _position(body, bad)
        raise UnreadableTable(
            "encoding",
            _("{name} contient un caractère illisible (ligne {line}, {column}ᵉ caractère). {again}").format(
                name=name, line=line, column=column, again=_EXPORT_AGAIN
            ),
            line=line,
            column=column,
        ) from error
    line = _position(body, first_bad)[0]
    return (
        text,
        encoding,
        [_("Le fichier mélange deux codages de caractères : relisez à partir de la ligne {line}.").format(line=line)],
    )


def _position(body: bytes, index: int) -> tuple[int, int]:
    before = body[:index].replace(b"\r\n", b"\n").replace(b"\r", b"\n")
    return before.count(b"\n") + 1, len(before) - before.rfind(b"\n")


def _as_cp1252(error: UnicodeError) -> tuple[str, int]:
    if not isinstance(error, UnicodeDecodeError):
        raise error
    return error.object[error.start : error.end].decode("cp1252"), error.end


_FALLBACK = "maillage-cp1252"
codecs.register_error(_FALLBACK, _as_cp1252)


def _find_separator(text: str) -> str:
    """The character that cuts most rows into the same number of cells, of two or more."""
    best, best_score = SEPARATORS[0], (0, 0)
    for separator in SEPARATORS:
        reader = csv.reader(io.StringIO(f"{text}\n{_END}", newline=""), delimiter=separator)
        widths: Counter[int] = Counter()
        cells: list[str] = []
        try:
            for cells in reader:
                if any(cell.strip() for cell in cells):
                    widths[len(cells)] += 1
                if widths.total() >= _SAMPLE:
                    break
            else:
                if cells[-1:] != [_END]:
                    continue  # cut there, an open quote would swallow the end of the file
        except csv.Error:  # said properly by _parse, with its line, if this is the separator
            pass
        width, rows = max(
            ((width, rows) for width, rows in widths.items() if width > 1), key=lambda pair: pair[::-1], default=(0, 0)
        )
        if (rows, width) > best_score:
            best, best_score = separator, (rows, width)
    return best


def _parse(text: str, separator: str, name: str, first_line: int) -> list[tuple[int, list[str]]]:
    end = "" if text.endswith(("\n", "\r")) else "\n"
    reader = csv.reader(io.StringIO(f"{text}{end}{_END}", newline=""), delimiter=separator)
    records: list[tuple[int, list[str]]] = []
    line = 1
    while True:
        shown = line + first_line - 1
        try:
            cells = next(reader, None)
        except csv.Error as error:
            raise _unclosed(name, shown) from error
        if cells is None:
            break
        longest = max(map(len, cells), default=0)
        if longest > _MAX_CELL:
            raise _unclosed(name, shown)
        records.append((line, cells))
        line = reader.line_num + 1
    if records[-1][1] != [_END]:
        raise _unclosed(name, records[-1][0] + first_line - 1)
    return records[:-1]


def _unclosed(name: str, line: int) -> UnreadableTable:
    return UnreadableTable(
        "unclosed_quote",
        _(
            "Dans {name}, un guillemet ouvert à la ligne {line} n'est jamais refermé, ou une cellule est "
            "démesurée. Corrigez cette ligne, ou exportez le fichier à nouveau."
        ).format(name=name, line=line),
        line=line,
    )

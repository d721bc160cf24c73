"""What a table is once read: one line of headers, rows with the line they came from, and what was left out."""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from django.utils.translation import gettext as _
from django.utils.translation import ngettext as _n

from maillage.lib.typography import grouped, typo

# A regional day has 200 registrations and 20 columns; a file ten times any real one still passes.
MAX_BYTES = 10_000_000  # 10 MB: what a form accepts, and what one process may hold several times over
MAX_ROWS = 20_000
MAX_COLUMNS = 200
# CSV: some 3 s. XLSX: openpyxl takes some 35 µs a cell on a busy small machine, so read a large one in a job.
MAX_CELLS = 1_000_000
MAX_UNCOMPRESSED = 100_000_000  # 100 MB: an honest XLSX of 10 MB unpacks to some 60 to 90

# Preamble: a title, the date of the export, a legend. Nobody writes twenty lines of it.
_MAX_PREAMBLE = 20
# A header names most of the columns in use; a title fills one cell or two.
_HEADER_SHARE = 0.6
_TOTAL = re.compile(
    r"(?:(?:sous|grand)[\s-]*)?tota(?:l|ux)\b|nombre\s+(?:de|d['’]|total)|effectifs?\b\s*(?:total|:|$)"
    r"|(?:export|édité|généré|imprimé|extrait)\w*\s+(?:le|du)\b|source\s*:",
    re.IGNORECASE,
)
_NUMBER = re.compile(r"[-+]?[\d\s\u00a0\u202f.,]+%?")
_MAIL = re.compile(r"[^\s@]+@[^\s@]+\.\w+")


class UnreadableTable(Exception):
    """The file cannot be read as a table. `sentence` says, in French, what, where, and what to do."""

    def __init__(self, reason: str, sentence: str, *, line: int | None = None, column: int | None = None) -> None:
        self.reason = reason  # a stable name: empty, too_big, legacy_xls, unclosed_quote…
        self.sentence = typo(sentence)
        self.line = line
        self.column = column
        super().__init__(self.sentence)


@dataclass(frozen=True)
class Table:
    """`rows[i]` stood at line `lines[i]` of the file (row of the sheet), as long as `headers`."""

    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    lines: tuple[int, ...]
    encoding: str
    separator: str  # empty for a workbook
    notes: tuple[str, ...]  # French sentences: what was left out or repaired

    def records(self) -> Iterator[tuple[int, dict[str, str]]]:
        """(line, {header: cell}) for each row. Headers are all different."""
        for line, row in zip(self.lines, self.rows, strict=True):
            yield line, dict(zip(self.headers, row, strict=True))


Records = Sequence[tuple[int, Sequence[str]]]


def make_table(records: Records, *, encoding: str, separator: str, notes: Iterable[str]) -> Table:
    """Headers found, preamble, totals, blank rows and columns left out, ragged rows made even."""
    told = list(notes)
    filled = [(line, list(cells)) for line, cells in records if any(not _blank(cell) for cell in cells)]
    if not filled:
        raise UnreadableTable(
            "empty",
            _("Ce fichier ne contient aucune ligne remplie. Vérifiez que c'est le bon, puis envoyez-le à nouveau."),
        )
    start = _header_index(filled)
    if start:
        told.append(_("{lines} avant les en-têtes.").format(lines=_lines(start)))
    header_line, header = filled[start]
    body = filled[start + 1 :]

    footer = 0
    while body and _is_total(body[-1][1]):
        footer += 1
        body.pop()
    if footer:
        told.append(_("{lines} à la fin du tableau (totaux ou mentions).").format(lines=_lines(footer)))

    repeated = [line for line, cells in body if _stripped(cells) == _stripped(header)]
    if repeated:
        body = [(line, cells) for line, cells in body if _stripped(cells) != _stripped(header)]
        told.append(_("En-têtes répétés ignorés : {where}.").format(where=_where(repeated)))

    _check_size(body, header)
    headers, kept = _columns(header, body, told)
    names = len(_stripped(header))
    longer = [line for line, cells in body if len(_stripped(cells)) > names]
    if longer:
        told.append(
            _("Plus de cellules que d'en-têtes : {where}. Rien n'est perdu : voyez les colonnes ajoutées.").format(
                where=_where(longer)
            )
        )
    if any(_MAIL.fullmatch(name.strip()) for name in header):
        told.append(
            _("La ligne {line} sert d'en-têtes mais ressemble à des données : il en manque peut-être une.").format(
                line=header_line
            )
        )
    if not body:
        told.append(_("Aucune ligne sous les en-têtes."))
    return Table(
        headers=headers,
        rows=tuple(tuple(cells[i] if i < len(cells) else "" for i in kept) for _line, cells in body),
        lines=tuple(line for line, _ in body),
        encoding=encoding,
        separator=separator,
        notes=tuple(typo(note) for note in told),
    )


def _blank(cell: str) -> bool:
    return not cell.strip("\ufeff \t\r\n\u00a0\u202f\u200b")


def _stripped(cells: Sequence[str]) -> list[str]:
    """Without the empty cells at the end."""
    end = next((i for i in range(len(cells), 0, -1) if not _blank(cells[i - 1])), 0)
    return [cell.strip() for cell in cells[:end]]


def _filled(cells: Sequence[str]) -> int:
    return sum(not _blank(cell) for cell in cells)


def _header_index(rows: list[tuple[int, list[str]]]) -> int:
    # One ragged row of forty cells must not make the real header look empty: widths are capped by the usual one.
    usual = Counter(len(cells) for _, cells in rows).most_common(1)[0][0]
    first = [min(_filled(cells), usual) for _, cells in rows[: _MAX_PREAMBLE + 1]]
    wanted = max(first) * _HEADER_SHARE
    return next(i for i, count in enumerate(first) if count >= wanted)


def _is_total(cells: Sequence[str]) -> bool:
    values = [cell.strip() for cell in cells if not _blank(cell)]
    if not values or not _TOTAL.match(values[0]):
        return False
    # « Total » as somebody's organisation, in a full row, is data.
    return all(_NUMBER.fullmatch(value) for value in values[1:])


def _check_size(body: list[tuple[int, list[str]]], header: Sequence[str]) -> None:
    if len(body) > MAX_ROWS:
        line = body[MAX_ROWS][0]
        raise UnreadableTable(
            "too_many_rows",
            _(
                "Ce tableau a {grouped} lignes : la limite est de {grouped2}, dépassée à la ligne {line} du "
                "fichier. Coupez-le en plusieurs fichiers."
            ).format(grouped=grouped(len(body)), grouped2=grouped(MAX_ROWS), line=line),
            line=line,
        )
    for line, cells in [(0, header), *body]:
        if len(_stripped(cells)) > MAX_COLUMNS:
            where = _("La ligne {line} a").format(line=line) if line else _("La ligne d'en-têtes a")
            raise UnreadableTable(
                "too_many_columns",
                _(
                    "{where} plus de {columns} colonnes. Supprimez celles qui ne servent pas, puis envoyez le "
                    "fichier à nouveau."
                ).format(where=where, columns=MAX_COLUMNS),
                line=line or None,
                column=MAX_COLUMNS + 1,
            )
    if sum(len(cells) for _line, cells in body) > MAX_CELLS:
        raise UnreadableTable(
            "too_many_cells",
            _(
                "Ce tableau a plus d'un million de cellules. Supprimez les colonnes qui ne servent pas, ou "
                "coupez-le en plusieurs fichiers."
            ),
        )


def _columns(
    header: Sequence[str], body: list[tuple[int, list[str]]], told: list[str]
) -> tuple[tuple[str, ...], list[int]]:
    """The names, all different, and the places of the columns kept."""
    width = max([len(header), *(len(cells) for _line, cells in body)])
    used = [False] * width
    for _line, cells in body:
        for i, cell in enumerate(cells):
            used[i] = used[i] or not _blank(cell)
    names: list[str] = []
    kept: list[int] = []
    nameless: list[str] = []
    doubled: list[str] = []
    taken = {" ".join(cell.split()).casefold() for cell in header}
    seen: set[str] = set()
    for i in range(width):
        name = "" if i >= len(header) or _blank(header[i]) else " ".join(header[i].split())
        if not name:
            if not used[i]:
                continue
            name = _free_name("Colonne {}", i + 1, taken)
            nameless.append(name)
        elif name.casefold() in seen:
            doubled.append(f"«\u202f{name}\u202f»")
            name = _free_name(f"{name.replace('{', '{{').replace('}', '}}')} ({{}})", 2, taken)
        seen.add(name.casefold())
        taken.add(name.casefold())
        names.append(name)
        kept.append(i)
    if nameless:
        told.append(_("Colonnes sans en-tête, nommées d'après leur place : {join}.").format(join=", ".join(nameless)))
    if doubled:
        told.append(
            _("En-têtes présents plusieurs fois, numérotés : {join}.").format(join=", ".join(dict.fromkeys(doubled)))
        )
    return tuple(names), kept


def _free_name(pattern: str, number: int, taken: set[str]) -> str:
    while pattern.format(number).casefold() in taken:
        number += 1
    return pattern.format(number)


def _lines(number: int) -> str:
    return _n("{n} ligne ignorée", "{n} lignes ignorées", number).format(n=number)


def _where(lines: Sequence[int]) -> str:
    shown = ", ".join(map(str, lines[:5]))
    more = f" et {len(lines) - 5} autres" if len(lines) > 5 else ""
    return f"ligne {shown}" if len(lines) == 1 else f"lignes {shown}{more}"

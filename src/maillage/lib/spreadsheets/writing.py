"""CSV and XLSX a French spreadsheet opens with a double click, where no cell is ever a formula."""

import csv
import io
from collections.abc import Iterable, Sequence

from maillage.lib.spreadsheets.escaping import escape_cell

_NOT_IN_A_TITLE = str.maketrans(dict.fromkeys("\\/*?:[]'", " "))  # forbidden in the name of a sheet
_TITLE_LENGTH = 31  # Excel's limit
_WIDEST = 60  # characters: a longer column is wrapped by its reader


def write_csv(headers: Sequence[str], rows: Iterable[Sequence[str]]) -> bytes:
    """UTF-8 with its mark, `;`, CRLF. `read_table` gives back the very same cells."""
    out = io.StringIO(newline="")
    writer = csv.writer(out, delimiter=";", lineterminator="\r\n")
    for row in [headers, *rows]:
        writer.writerow([escape_cell(cell) for cell in row])
    return out.getvalue().encode("utf-8-sig")


def write_xlsx(headers: Sequence[str], rows: Iterable[Sequence[str]], title: str) -> bytes:
    """One sheet, headers in bold and kept in view, every cell a string."""
    # openpyxl is 35 MB with the numpy it looks for: a server that writes no workbook does without
    from openpyxl import Workbook
    from openpyxl.cell import WriteOnlyCell
    from openpyxl.cell.cell import ILLEGAL_CHARACTERS_RE
    from openpyxl.styles import Font
    from openpyxl.utils import get_column_letter

    book = Workbook(write_only=True)
    sheet = book.create_sheet(title.translate(_NOT_IN_A_TITLE).strip()[:_TITLE_LENGTH] or "Tableau")
    table = [list(headers), *(list(row) for row in rows)]
    sheet.freeze_panes = "A2"
    for i in range(len(headers)):
        longest = max(len(row[i]) for row in table if i < len(row))
        sheet.column_dimensions[get_column_letter(i + 1)].width = min(max(longest + 2, 10), _WIDEST)
    for number, row in enumerate(table):
        cells = []
        for value in row:
            cell = WriteOnlyCell(sheet, value=ILLEGAL_CHARACTERS_RE.sub("", value))
            cell.data_type = "s"  # openpyxl takes « =… » for a formula and « #N/A » for an error
            if escape_cell(value) != value:
                cell.quotePrefix = True  # stays text when somebody edits the cell
            if number == 0:
                cell.font = Font(bold=True)
            cells.append(cell)
        sheet.append(cells)
    out = io.BytesIO()
    book.save(out)
    return out.getvalue()

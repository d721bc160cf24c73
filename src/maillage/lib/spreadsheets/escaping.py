"""Cells a spreadsheet would run as a formula. An apostrophe makes them text; reading takes it off again."""

import re

# = + - @ begin a formula; a tab, a line feed or a carriage return before them is skipped by some spreadsheets.
# A cell that already begins with apostrophes gets one more, so that reading back is exact.
_DANGEROUS = re.compile(r"'*[=+\-@\t\r\n]")
_ESCAPED = re.compile(r"'+[=+\-@\t\r\n]")


def escape_cell(cell: str) -> str:
    return f"'{cell}" if _DANGEROUS.match(cell) else cell


def unescape_cell(cell: str) -> str:
    return cell[1:] if _ESCAPED.match(cell) else cell

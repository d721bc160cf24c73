"""Tables of other people: CSV and XLSX read with patience, written without danger. Knows no column's meaning."""

from maillage.lib.spreadsheets.reading import read_table, short_name
from maillage.lib.spreadsheets.table import (
    MAX_BYTES,
    MAX_CELLS,
    MAX_COLUMNS,
    MAX_ROWS,
    MAX_UNCOMPRESSED,
    Table,
    UnreadableTable,
)
from maillage.lib.spreadsheets.writing import write_csv, write_xlsx

__all__ = [
    "MAX_BYTES",
    "MAX_CELLS",
    "MAX_COLUMNS",
    "MAX_ROWS",
    "MAX_UNCOMPRESSED",
    "Table",
    "UnreadableTable",
    "read_table",
    "short_name",
    "write_csv",
    "write_xlsx",
]

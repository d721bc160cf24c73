"""A large workbook is read by a process of its own, with a limit of memory and of time.

openpyxl builds objects for whatever a file announces: 50 kB of empty cells, unpacked, cost a minute and 4 GB, and the
process that reads them serves the rooms. Here such a file costs a refusal.
"""

import json
import resource
import subprocess
import sys
from pathlib import Path

import django
from django.conf import settings
from django.utils.translation import gettext as _

from maillage.lib.languages import FRENCH, NAMES, current, spoken
from maillage.lib.spreadsheets.table import Table, UnreadableTable

LOCALE = Path(__file__).resolve().parents[2] / "ui" / "locale"
MEMORY = 1_500_000_000  # bytes of address space: a million honest cells take 0.6 GB
WAIT = 180  # seconds of a clock, on a machine that does something else too
SECONDS = 40  # of processor: a million honest cells take 15 to 25


def read_workbook_apart(data: bytes, name: str) -> Table:
    try:
        child = subprocess.run(  # noqa: S603 - this very module; the file is its input, never its command line
            [sys.executable, "-m", "maillage.lib.spreadsheets.apart", str(MEMORY), str(SECONDS), current()],
            input=json.dumps(name).encode() + b"\n" + data,
            capture_output=True,
            timeout=WAIT,
            check=False,
        )
    except subprocess.TimeoutExpired:
        child = None
    if child is None or child.returncode != 0:  # stopped by its limits
        raise UnreadableTable(
            "too_big",
            _(
                "{name} prend trop de place une fois décompressé. Copiez le tableau seul dans un nouveau classeur, "
                "puis envoyez celui-ci."
            ).format(name=name),
        )
    answer = json.loads(child.stdout)
    if "refused" in answer:
        raise UnreadableTable(answer["refused"], answer["sentence"], line=answer["line"], column=answer["column"])
    return Table(
        headers=tuple(answer["headers"]),
        rows=tuple(tuple(row) for row in answer["rows"]),
        lines=tuple(answer["lines"]),
        encoding="",
        separator="",
        notes=tuple(answer["notes"]),
    )


def main() -> None:
    *limits, language = sys.argv[1:]
    for limit, most in zip((resource.RLIMIT_AS, resource.RLIMIT_CPU), map(int, limits), strict=True):
        resource.setrlimit(limit, (most, most))
    settings.configure(LANGUAGE_CODE=FRENCH, LANGUAGES=list(NAMES.items()), LOCALE_PATHS=[LOCALE])  # its words only
    django.setup()
    from maillage.lib.spreadsheets.workbook import parse_workbook  # under the limits, and not in a circle

    name, _newline, data = sys.stdin.buffer.read().partition(b"\n")
    try:
        with spoken(language):
            table = parse_workbook(data, json.loads(name))
    except UnreadableTable as refusal:
        answer: dict[str, object] = {
            "refused": refusal.reason,
            "sentence": refusal.sentence,
            "line": refusal.line,
            "column": refusal.column,
        }
    else:
        answer = {"headers": table.headers, "rows": table.rows, "lines": table.lines, "notes": table.notes}
    sys.stdout.write(json.dumps(answer))


if __name__ == "__main__":
    main()

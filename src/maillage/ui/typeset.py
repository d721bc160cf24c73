"""French spaces in the catalogue: `python -m maillage.ui.typeset django.po`, a step of `make messages`.

The source says « ? » and « : » with plain spaces, as one types; screens get those that do not break.
"""

import sys
from pathlib import Path

from maillage.lib.typography import typo


def typeset(catalogue: str) -> str:
    """The sentences shown (msgstr) in French typography; what they are looked up by (msgid) stays as it is."""
    lines, shown = [], False
    for line in catalogue.splitlines():
        if line.startswith(("msgid", "msgstr")):
            shown = line.startswith("msgstr")
        begins, ends = line.find('"'), line.rfind('"')
        if shown and ends > 0 and not line.endswith('\\n"'):  # the header's lines end so
            line = f'{line[: begins + 1]}{typo(line[begins + 1 : ends])}"'
        lines.append(line)
    return "\n".join(lines) + "\n"


if __name__ == "__main__":
    path = Path(sys.argv[1])
    path.write_text(typeset(path.read_text(encoding="utf-8")), encoding="utf-8")

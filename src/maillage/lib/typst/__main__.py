"""`python -m maillage.lib.typst`: one PDF, from the JSON on the standard input to the standard output.

A process of its own, so that a long compilation can be stopped, and gives its memory back.
"""

import json
import sys

from maillage.lib.typst import TypstError, compile_pdf


def main() -> None:
    job = json.load(sys.stdin)
    try:
        made = compile_pdf(job["template"], job["data"], pdf_standards=job["standards"])
    except TypstError as error:
        sys.exit(str(error))
    sys.stdout.buffer.write(made)


main()

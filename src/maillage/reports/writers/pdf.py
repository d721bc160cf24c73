"""PDF/UA-1 and PDF/A-2a, by typst. A long document is set by another process, which can be told to stop."""

import json
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path

from django.utils.translation import gettext_lazy as _

from maillage.lib.typst import ACCESSIBLE_AND_ARCHIVED, PACKAGE, TypstError, compile_pdf
from maillage.reports.blocks import Document

TEMPLATE = "reports/typst/document.typ"
PAGE = 4096  # bytes
MOST_MEMORY = 4_000_000_000  # bytes: a thousand pages of text take a tenth of it, of drawings three quarters
LOOK = 0.2  # seconds between two looks at whether somebody wants it stopped


class TooBig(Exception):
    sentence = _("Ce document demande plus de mémoire que ce serveur n’en donne. Prenez-le en HTML, en ODT ou en DOCX.")


def write_pdf(document: Document) -> bytes:
    return compile_pdf(TEMPLATE, document.as_data(), pdf_standards=ACCESSIBLE_AND_ARCHIVED)


def write_pdf_apart(document: Document, *, watch: Callable[[float], None]) -> bytes:
    """In a process of its own: `watch(seconds so far)` raises to end it. Its memory goes with it."""
    job = json.dumps({"template": TEMPLATE, "data": document.as_data(), "standards": ACCESSIBLE_AND_ARCHIVED})
    command = [sys.executable, "-m", "maillage.lib.typst"]
    with subprocess.Popen(  # noqa: S603 - our own module
        command, stdin=subprocess.PIPE, stdout=subprocess.PIPE, stderr=subprocess.PIPE, cwd=PACKAGE.parent
    ) as process:
        began = time.monotonic()
        given: bytes | None = job.encode("utf-8", "surrogatepass")
        try:
            while True:
                try:
                    pdf, said = process.communicate(given, timeout=LOOK)
                    break
                except subprocess.TimeoutExpired:
                    given = None  # communicate() keeps what it has not written yet
                    watch(time.monotonic() - began)
                    if _memory_of(process.pid) > MOST_MEMORY:
                        raise TooBig from None
        finally:
            if process.poll() is None:
                process.kill()
    if process.returncode != 0:
        raise TypstError(said.decode("utf-8", "replace")[-500:])
    return pdf


def _memory_of(pid: int) -> int:
    """Bytes it holds; 0 where the system does not say (a limit set on the process makes typst wait for ever)."""
    try:
        pages = int(Path(f"/proc/{pid}/statm").read_text(encoding="ascii").split()[1])
    except (OSError, ValueError, IndexError):
        return 0
    return pages * PAGE

"""Documents on demand. They are told anew each time, so they are never older than the data; the same words are not set
twice (shelf.py)."""

import json
from collections.abc import Callable, Mapping
from functools import partial
from hashlib import sha256
from typing import Any

from maillage.gatherings.models import Gathering
from maillage.lib.typst import ACCESSIBLE_AND_ARCHIVED, compile_pdf
from maillage.people.style import House, house_of
from maillage.reports.blocks import Document
from maillage.reports.deck import deck_facts
from maillage.reports.facts import badge_facts, report_facts, sign_in_facts
from maillage.reports.poster import poster_facts
from maillage.reports.shelf import memory
from maillage.reports.summary import tell_summary
from maillage.reports.telling import tell_report
from maillage.reports.territory_map import draw_map
from maillage.reports.writers import Progress, no_progress
from maillage.reports.writers.pdf import write_pdf

FORMS = {
    "pdf": "application/pdf",
    "docx": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "odt": "application/vnd.oasis.opendocument.text",
    "html": "text/html; charset=utf-8",
}


def describe_report(
    gathering: Gathering, *, rehearsal: bool = False, plain: bool = False, progress: Progress = no_progress
) -> Document:
    facts = report_facts(gathering, rehearsal=rehearsal)
    return tell_report(
        facts, house_of(gathering.space, plain=plain), partial(draw_map, gathering.space), progress=progress
    )


def describe_summary(gathering: Gathering, *, rehearsal: bool = False, plain: bool = False, base: str = "") -> Document:
    facts = report_facts(gathering, rehearsal=rehearsal, base=base)
    return tell_summary(facts, house_of(gathering.space, plain=plain))


def make_report(gathering: Gathering, *, form: str = "pdf", rehearsal: bool = False, plain: bool = False) -> bytes:
    return set_document(describe_report(gathering, rehearsal=rehearsal, plain=plain), form)


def make_summary(
    gathering: Gathering, *, form: str = "pdf", rehearsal: bool = False, plain: bool = False, base: str = ""
) -> bytes:
    """Two pages. `base`: the server's address, to say where the public page is."""
    return set_document(describe_summary(gathering, rehearsal=rehearsal, plain=plain, base=base), form)


def make_poster(gathering: Gathering, *, paper: str = "a3", rehearsal: bool = False, plain: bool = False) -> bytes:
    house = house_of(gathering.space, plain=plain)
    facts = poster_facts(
        report_facts(gathering, rehearsal=rehearsal), house, partial(draw_map, gathering.space), paper=paper
    )
    return _set_sheet("reports/typst/poster.typ", facts)


def make_deck(gathering: Gathering, *, rehearsal: bool = False, plain: bool = False) -> bytes:
    house: House = house_of(gathering.space, plain=plain)
    return _set_sheet("reports/typst/deck.typ", deck_facts(report_facts(gathering, rehearsal=rehearsal), house))


def set_document(document: Document, form: str) -> bytes:
    """As PDF/UA-1 and PDF/A-2a, DOCX, ODT or HTML."""
    return _once(shelf_key(document, form), lambda: writer_of(form)(document))


def shelf_key(document: Document, form: str) -> str:
    return f"{form}/{document.fingerprint}"


def writer_of(form: str) -> Callable[..., bytes]:
    """Imported when it is asked: whoever prints a PDF does not wait for the libraries of the other formats."""
    if form == "docx":
        from maillage.reports.writers.docx import write_docx

        return write_docx
    if form == "odt":
        from maillage.reports.writers.odt import write_odt

        return write_odt
    if form == "html":
        from maillage.reports.writers.html import write_html

        return write_html
    return write_pdf


def _set_sheet(template: str, facts: Mapping[str, Any]) -> bytes:
    said = json.dumps(facts, ensure_ascii=False, sort_keys=True)
    key = f"{template}/{sha256(said.encode('utf-8', 'surrogatepass')).hexdigest()}"
    return _once(key, lambda: compile_pdf(template, facts, pdf_standards=ACCESSIBLE_AND_ARCHIVED))


def _once(key: str, make: Callable[[], bytes]) -> bytes:
    found = memory.get(key)
    if found is None:
        found = make()
        memory.put(key, found)
    return found


def make_badges(gathering: Gathering, base: str = "") -> bytes:
    """`base`: the server's address, which the codes of the badges lead to; without it they have none."""
    return compile_pdf("reports/typst/badges.typ", badge_facts(gathering, base))


def make_sign_in_sheets(gathering: Gathering) -> bytes:
    return compile_pdf("reports/typst/sign_in.typ", sign_in_facts(gathering))

"""Documents on demand: facts in, PDF out. They are made anew each time, so they are never older than the data."""

from maillage.gatherings.models import Gathering
from maillage.lib.typst import ACCESSIBLE_AND_ARCHIVED, compile_pdf
from maillage.reports.facts import badge_facts, report_facts, sign_in_facts


def make_report(gathering: Gathering, *, rehearsal: bool = False) -> bytes:
    """The report as PDF/UA-1 and PDF/A-2a."""
    facts = report_facts(gathering, rehearsal=rehearsal)
    return compile_pdf("reports/typst/report.typ", facts, pdf_standards=ACCESSIBLE_AND_ARCHIVED)


def make_badges(gathering: Gathering, base: str = "") -> bytes:
    """`base`: the server's address, which the codes of the badges lead to; without it they have none."""
    return compile_pdf("reports/typst/badges.typ", badge_facts(gathering, base))


def make_sign_in_sheets(gathering: Gathering) -> bytes:
    return compile_pdf("reports/typst/sign_in.typ", sign_in_facts(gathering))

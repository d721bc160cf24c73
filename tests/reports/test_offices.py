"""The documents as other programs read them: LibreOffice, where it is installed; a checker of PDF/UA."""

import shutil
import subprocess

import pypdf
import pytest
from pdfua import validate

from maillage.memory.enums import TakeawayOrigin
from maillage.memory.models import Takeaway
from maillage.reports.services import make_deck, make_poster, make_report, make_summary
from tests.questionnaires.conftest import asked  # noqa: F401
from tests.questionnaires.test_results import fill
from tests.reports.test_report import played  # noqa: F401

pytestmark = pytest.mark.django_db


@pytest.fixture
def full(played, asked):  # noqa: F811
    """A day with a questionnaire's answers, and more kept than two pages hold."""
    fill(asked)
    for number in range(30):
        text = f"Phrase {number} " + "mot " * 25
        Takeaway.objects.create(gathering=played, text=text, origin=TakeawayOrigin.ORGANISER)
    return played


def test_libreoffice_opens_docx_and_odt_and_a_summary_holds_on_two_pages(full, tmp_path):
    office = shutil.which("soffice")
    if office is None:
        pytest.skip("LibreOffice is not installed: tests/reports/test_report.py reads the files' structure")
    for form in ("docx", "odt"):
        (tmp_path / f"report-{form}.{form}").write_bytes(make_report(full, form=form))
        (tmp_path / f"summary-{form}.{form}").write_bytes(make_summary(full, form=form))
    sources = sorted(str(path) for path in tmp_path.iterdir())
    home = f"-env:UserInstallation=file://{tmp_path}/home"
    done = subprocess.run(
        [office, home, "--headless", "--convert-to", "pdf", "--outdir", str(tmp_path / "out"), *sources],
        capture_output=True,
        text=True,
        timeout=120,
        check=True,
    )
    warnings = [line for line in done.stderr.splitlines() if "javaldx" not in line]  # Java is not ours to install
    assert warnings == []
    read = {path.stem: pypdf.PdfReader(path) for path in (tmp_path / "out").glob("*.pdf")}
    assert sorted(read) == ["report-docx", "report-odt", "summary-docx", "summary-odt"]
    for form in ("docx", "odt"):
        words = " ".join(page.extract_text() for page in read[f"report-{form}"].pages)
        assert "Ce que disent les questionnaires" in words
        assert "habitante" in words
        assert len(read[f"summary-{form}"].pages) <= 2, form


def test_a_checker_of_pdf_ua_finds_no_error(full, tmp_path):
    """A part of the rules (`pdfua rules`): typst checks the others as it writes, and refuses."""
    for content in (make_report(full), make_summary(full), make_poster(full), make_deck(full)):
        (tmp_path / "made.pdf").write_bytes(content)
        report = validate(str(tmp_path / "made.pdf"))
        assert [finding for finding in report.findings if finding.severity.name == "ERROR"] == []

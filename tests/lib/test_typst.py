"""PDF: accepted as PDF/UA, in our fonts, whatever people typed."""

import datetime as dt
import io
from pathlib import Path

import pypdf
import pytest

from maillage.lib import typst as pdf
from maillage.lib.qr import qr_svg
from maillage.lib.typst import ACCESSIBLE_AND_ARCHIVED, PACKAGE, TypstError, compile_pdf

SPECIMEN = "lib/typst/specimen.typ"
NOON = dt.datetime(2025, 10, 2, 12, tzinfo=dt.UTC)
DATA = {
    "title": "La coopération",
    "text": "Oui\u202f! «\u202fœuvre\u202f» – Œil…",
    "signs": "é è ç œ Œ « » ’ – … ● ■ ▲ ◆ № → saint‑dié ✓ ☐ €",
    "qr": qr_svg("https://exemple.fr/", title="Entrer"),
}


def read(content):
    return pypdf.PdfReader(io.BytesIO(content))


def words(content):
    return "\n".join(page.extract_text() for page in read(content).pages)


@pytest.fixture
def template(tmp_path, monkeypatch):
    """A package of its own that holds the house style and one template."""
    (tmp_path / "lib").mkdir()
    (tmp_path / "lib/typst").symlink_to(PACKAGE / "lib/typst")
    monkeypatch.setattr(pdf, "PACKAGE", tmp_path)

    def write(source):
        path = tmp_path / "page.typ"
        path.write_text(source, encoding="utf-8")
        return path

    return write


@pytest.mark.parametrize("standards", [("ua-1",), ACCESSIBLE_AND_ARCHIVED])
def test_specimen_is_accepted_tagged_and_french(standards):
    document = read(compile_pdf(SPECIMEN, DATA, pdf_standards=standards))
    catalog = document.trailer["/Root"]
    assert catalog["/MarkInfo"]["/Marked"]
    assert catalog["/Lang"] == "fr-FR"
    assert document.metadata.title == "La coopération"
    xmp = catalog["/Metadata"].get_data()
    assert b"pdfuaid:part" in xmp
    assert (b"pdfaid:part" in xmp) == ("a-2a" in standards)


def test_specimen_prints_every_french_sign_in_our_font():
    content = compile_pdf(SPECIMEN, DATA | {"signs": "é è ç œ Œ « » ’ – … · € № — ‘ ’ “ ”"})
    fonts = {
        font["/BaseFont"].split("+")[1]
        for page in read(content).pages
        for font in page["/Resources"]["/Font"].get_object().values()
    }
    assert fonts == {f"AtkinsonHyperlegibleNext-{face}" for face in ("Regular", "Bold", "Italic", "BoldItalic")}
    for sign in "éèçœŒ«»’–…€":
        assert sign in words(content)


def test_same_data_and_moment_give_same_bytes():
    assert compile_pdf(SPECIMEN, DATA, made_at=NOON) == compile_pdf(SPECIMEN, DATA, made_at=NOON)
    assert read(compile_pdf(SPECIMEN, DATA, made_at=NOON)).metadata.creation_date == NOON


def test_emoji_and_control_characters_do_not_cost_the_report():
    typed = "avant 👍🏽 👩\u200d💻 日本 \x00\x07 \ue000 \U000f0000 après"
    with pytest.raises(pdf.typst.TypstError, match="could not be displayed"):  # the danger is real
        pdf.typst.compile(
            str(PACKAGE / SPECIMEN),
            root=str(PACKAGE),
            sys_inputs={"data": pdf.json.dumps(DATA | {"card": typed})},
            font_paths=[str(pdf.OUR_FONTS)],
            ignore_system_fonts=True,
            pdf_standards=["ua-1"],
        )
    printed = words(compile_pdf(SPECIMEN, DATA | {"card": typed}))
    assert "avant ▫" in printed
    assert "après" in printed
    assert "👍" not in printed


def test_data_are_never_code():
    nasty = '#panic("lu") $x$ *gras* @ref <label> \\ `code` [x](y) // rien'
    assert nasty in words(compile_pdf(SPECIMEN, DATA | {"card": nasty})).replace("\n", " ")


def test_missing_alternative_text_is_refused(template):
    path = template(
        '#import "/lib/typst/house.typ": *\n#show: house\n= Titre\n#image(bytes(data.qr), format: "svg", width: 1cm)'
    )
    with pytest.raises(TypstError, match="alt"):
        compile_pdf(path, DATA)


def test_an_error_of_the_template_says_where(template):
    with pytest.raises(TypstError) as raised:
        compile_pdf(template('#import "/lib/typst/house.typ": *\n#show: house\n#data.absent'), {})
    assert "absent" in raised.value.message
    assert "page.typ:3" in raised.value.diagnostic


def test_a_sign_missing_from_the_template_itself_is_an_error(template):
    with pytest.raises(TypstError, match="could not be displayed"):
        compile_pdf(template('#import "/lib/typst/house.typ": *\n#show: house\n= 👍'), {"title": "x"})


def test_a_template_cannot_read_outside_the_package(template):
    (template("").parent.parent / "secret.txt").write_text("secret")
    with pytest.raises(TypstError):
        compile_pdf(template('#read("../secret.txt")'), {})


def test_template_outside_the_package_and_naive_moment_are_refused(tmp_path):
    with pytest.raises(ValueError, match="inside the package"):
        compile_pdf(tmp_path / "x.typ", {})
    with pytest.raises(ValueError, match="time zone"):
        compile_pdf(Path(SPECIMEN), DATA, made_at=dt.datetime(2025, 10, 2))  # noqa: DTZ001 - the naive moment is the test

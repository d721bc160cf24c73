"""Words that are code to a program that sets documents are words on every document: typst, XML, HTML, Word."""

import io
import re
import zipfile

import pypdf
import pytest
from lxml import etree

from maillage.gatherings.models import Gathering, Workshop
from maillage.memory.enums import TakeawayOrigin
from maillage.memory.models import Takeaway
from maillage.people.models import Organisation, Person
from maillage.reports import shelf
from maillage.reports.services import (
    make_badges,
    make_deck,
    make_poster,
    make_report,
    make_sign_in_sheets,
    make_summary,
)

# Read back without its spaces: typography adds some, and a line may break anywhere.
WORDS = (
    '#panic(1) <w:br/></w:t>&amp;<script>alert(1)</script> ]]> @ref {= INCLUDETEXT "x"} $x$ *a* _b_ \\u{41} </text:p> .'
)
BAD = WORDS + "\x0b\x1f\ufffe"  # no XML holds these


def packed(text: str) -> str:
    return re.sub(r"[\s\u00a0\u202f\u2060]+", "", text).replace("\u2019", "'").replace("«", '"').replace("»", '"')


def found_in(text: str) -> list[str]:
    """Which of the words are missing: each is looked for by itself, a line of a document may cut between two."""
    here = packed(text)
    return [word for word in WORDS.split(" ") if packed(word).strip('"') not in here and '"' not in word]


@pytest.fixture
def hostile(day: Gathering) -> Gathering:
    shelf.memory.clear()
    day.title = BAD[:150]
    day.objectives = [BAD]
    day.save()
    Workshop.objects.filter(slot__gathering=day).update(title=BAD[:200])
    Organisation.objects.update(name=BAD[:150])
    Person.objects.update(first_name="#panic(1)", last_name="</w:t>&amp;")
    Takeaway.objects.create(gathering=day, text=BAD, origin=TakeawayOrigin.ORGANISER)
    return day


@pytest.mark.parametrize("form", ["docx", "odt"])
@pytest.mark.parametrize("make", [make_report, make_summary], ids=["report", "summary"])
def test_office_files_are_whole_and_say_it(hostile, form, make) -> None:
    content = make(hostile, form=form)
    with zipfile.ZipFile(io.BytesIO(content)) as archive:
        parts = {name: archive.read(name) for name in archive.namelist() if name.endswith((".xml", ".rels"))}
    trees = {name: etree.fromstring(part) for name, part in parts.items() if part}  # each is well-formed
    main = trees["word/document.xml" if form == "docx" else "content.xml"]
    assert found_in("".join(main.itertext())) == []
    tags = {etree.QName(node).localname for node in main.iter() if isinstance(node.tag, str)}
    assert "script" not in tags
    fields = "".join(node.text or "" for node in main.iter("{*}instrText"))
    assert "INCLUDETEXT" not in fields


def test_a_web_page_says_it_and_runs_nothing(hostile) -> None:
    page = make_report(hostile, form="html").decode()
    assert "<script>alert" not in page
    assert "&lt;script&gt;" in page
    assert "&lt;w:br/&gt;" in page


@pytest.mark.parametrize("make", [make_report, make_summary, make_poster, make_deck, make_badges, make_sign_in_sheets])
def test_printed_documents_say_it(hostile, make) -> None:
    """typst would stop at « #panic » if it were code."""
    text = "".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(make(hostile))).pages)
    assert "#panic(1)" in packed(text)

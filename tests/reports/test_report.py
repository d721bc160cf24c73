"""The report in its four formats, the summary, the poster, the slides: the same words everywhere, nobody's name."""

import datetime as dt
import io
import re
import zipfile
from dataclasses import replace
from html.parser import HTMLParser

import docx
import pypdf
import pytest
from django.utils import timezone
from lxml import etree

from maillage.gatherings.models import Gathering
from maillage.live.models import KeptFigures, Session
from maillage.memory.enums import GleaningStatus, TakeawayOrigin
from maillage.memory.models import Action, Gleaning, PorteurSheet, Takeaway
from maillage.methods.services import keep_version
from maillage.people.models import Organisation, Person, Space, SpaceStyle
from maillage.registrations.models import Opening, Registration
from maillage.reports import facts as facts_of
from maillage.reports import services, shelf
from maillage.reports.blocks import Figure, Heading, Items, Numbers, Paragraph, Quote, Table
from maillage.reports.decided import quoted
from maillage.reports.services import (
    FORMS,
    describe_report,
    describe_summary,
    make_deck,
    make_poster,
    make_report,
    make_summary,
)
from tests.live.play import METHOD
from tests.reports.rooms import debate, pot

W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
SPACES = re.compile(r"[\s\u00a0\u202f\u2060]+")  # typst joins a narrow space to its word


@pytest.fixture(autouse=True)
def _fresh_shelf() -> None:
    shelf.memory.clear()


@pytest.fixture
def played(day, monkeypatch):
    """The day, with what was kept, a debate in one room and a pot in the other."""
    codev, chairs = day.slots.get().workshops.order_by("position")
    Takeaway.objects.create(gathering=day, text="Commencer par le trottoir", origin=TakeawayOrigin.ORGANISER)
    Takeaway.objects.create(
        gathering=day,
        workshop=codev,
        text="Aller chercher ceux qui décident : c'est là",
        origin=TakeawayOrigin.RELEASED,
    )
    rooms = {codev.pk: debate(), chairs.pk: pot()}
    monkeypatch.setattr(facts_of, "stories_by_workshop", lambda pk, *, rehearsal: {} if rehearsal else rooms)
    return day


def words_of(content: bytes, form: str) -> str:
    """All that a reader reads, alternative texts and properties included; one space for all."""
    if form == "pdf":
        reader = pypdf.PdfReader(io.BytesIO(content))
        said = " ".join(page.extract_text() for page in reader.pages) + str(reader.metadata)
    elif form == "html":
        said = re.sub(r"<style>.*?</style>", " ", content.decode(), flags=re.DOTALL)
        said = re.sub(r"<[^>]+>", " ", said) + " ".join(re.findall(r'(?:aria-label|alt|content)="([^"]*)"', said))
    else:
        said = ""
        with zipfile.ZipFile(io.BytesIO(content)) as package:
            for name in package.namelist():
                if name.endswith((".xml", ".rels", ".svg")) and package.getinfo(name).file_size:
                    root = etree.fromstring(package.read(name))
                    said += (
                        " ".join(root.itertext()) + " " + " ".join(v for e in root.iter() for v in e.attrib.values())
                    )
    return SPACES.sub(" ", said)


def test_four_formats_say_the_same_and_the_same_once(played):
    said = [
        "2e journée régionale", "Commencer par le trottoir", "Aller chercher ceux qui décident",
        "Faire ensemble ce que personne ne ferait seul", "Métropole du Grand Nancy", "Centre social de Laxou",
        "Pas coop", "Partir de l’existant", "Chaque personne a choisi d’être là", "Toute la salle",
    ]  # fmt: skip
    for form in FORMS:
        words = words_of(make_report(played, form=form), form)
        assert [each for each in said if each not in words] == [], form
        assert "phrase confiée par une personne qui a apporté son sujet" in words


def test_french_spaces_are_in_every_format(played):
    for form in FORMS:
        content = make_report(played, form=form)
        if form == "pdf":
            text = " ".join(page.extract_text() for page in pypdf.PdfReader(io.BytesIO(content)).pages)
        elif form == "html":
            text = content.decode()
        else:
            name = "word/document.xml" if form == "docx" else "content.xml"
            text = zipfile.ZipFile(io.BytesIO(content)).read(name).decode()
        assert "décident\u00a0: c’est là" in " ".join(text.split(" ")), form


def test_every_block_is_said_by_every_writer(played):
    """A kind of block that a writer forgot would raise; a text that it dropped would not be found."""
    document = describe_report(played)
    for form in FORMS:
        words = words_of(make_report(played, form=form), form).replace(" ", "")
        for block in document.blocks:
            if isinstance(block, Heading | Paragraph | Quote):
                texts = [block.text]
            elif isinstance(block, Items):
                texts = list(block.items)
            elif isinstance(block, Table | Figure):
                table = block if isinstance(block, Table) else block.table
                texts = [cell for row in (table.headers, *table.rows) for cell in row]
                if isinstance(block, Figure) and form != "pdf":  # a PDF's are in its tags
                    texts.append(block.alt)
            else:
                continue
            for text in texts:
                assert SPACES.sub("", text) in words, (form, text)


def test_every_figure_has_its_words_and_its_table(played):
    figures = [block for block in describe_report(played).blocks if isinstance(block, Figure)]
    assert len(figures) >= 5
    for figure in figures:
        assert len(figure.alt) > 30
        assert figure.table.rows
        drawn = etree.fromstring(figure.svg)
        assert drawn.tag == "{http://www.w3.org/2000/svg}svg"
        assert not [
            e for e in drawn.iter() if "style" in e.attrib or e.tag.endswith(("script", "foreignObject", "image"))
        ]


def test_docx_keeps_headings_headers_of_tables_and_alternative_texts(played):
    content = make_report(played, form="docx")
    document = describe_report(played)
    headings = [b for b in document.blocks if isinstance(b, Heading)]
    made = docx.Document(io.BytesIO(content))
    levels = [p.style.name for p in made.paragraphs if p.style.name.startswith("Heading")]
    assert levels == ["Heading 1", *(f"Heading {heading.level}" for heading in headings)]
    body = made.element.body
    tables = list(body.iter(f"{W}tbl"))
    assert len(tables) == sum(isinstance(b, Table | Figure) for b in document.blocks)
    for table in tables:
        assert [row.find(f"{W}trPr/{W}tblHeader") is not None for row in table.findall(f"{W}tr")].count(True) == 1
        assert table.find(f"{W}tr/{W}trPr/{W}tblHeader") is not None
    described = [each.get("descr") for each in body.iter(f"{WP}docPr")]
    assert described == [b.alt for b in document.blocks if isinstance(b, Figure)]
    ids = [each.get("id") for each in body.iter(f"{WP}docPr")]
    assert len(ids) == len(set(ids))
    svgs = [name for name in zipfile.ZipFile(io.BytesIO(content)).namelist() if name.endswith(".svg")]
    assert len(svgs) == len(described)
    assert made.core_properties.language == "fr-FR"
    links = {each.get(f"{W}anchor") for each in body.iter(f"{W}hyperlink")}
    assert links
    assert links <= {each.get(f"{W}name") for each in body.iter(f"{W}bookmarkStart")}


def test_odt_keeps_headings_headers_of_tables_and_alternative_texts(played):
    package = zipfile.ZipFile(io.BytesIO(make_report(played, form="odt")))
    document = describe_report(played)
    root = etree.fromstring(package.read("content.xml"))
    ns = root.nsmap
    levels = [int(h.get(f"{{{ns['text']}}}outline-level")) for h in root.iter(f"{{{ns['text']}}}h")]
    assert levels == [1, *(b.level for b in document.blocks if isinstance(b, Heading))]
    for table in root.iter(f"{{{ns['table']}}}table"):
        assert len(table.findall("table:table-header-rows/table:table-row", ns)) == 1
    described = [each.findtext("svg:desc", namespaces=ns) for each in root.iter(f"{{{ns['draw']}}}frame")]
    assert described == [b.alt for b in document.blocks if isinstance(b, Figure)]
    shown = {each.get(f"{{{ns['xlink']}}}href") for each in root.iter(f"{{{ns['draw']}}}image")}
    assert shown <= set(package.namelist())
    manifest = package.read("META-INF/manifest.xml").decode()
    assert [path for path in shown if path not in manifest] == []
    assert package.namelist()[0] == "mimetype"
    styles = etree.fromstring(package.read("styles.xml"))
    known = {
        e.get(f"{{{ns['style']}}}name")
        for part in (styles, root)
        for e in part.iter()
        if e.get(f"{{{ns['style']}}}name")
    }
    used = {value for e in root.iter() for key, value in e.attrib.items() if key.endswith("}style-name")}
    assert used <= known
    assert 'fo:language="fr" fo:country="FR"' in package.read("styles.xml").decode()


class Outline(HTMLParser):
    def __init__(self) -> None:
        super().__init__()
        self.levels: list[int] = []
        self.ids: list[str] = []
        self.links: list[str] = []
        self.faults: list[str] = []

    def handle_starttag(self, tag, attrs):
        said = dict(attrs)
        if re.fullmatch(r"h[1-6]", tag):
            self.levels.append(int(tag[1]))
        if "id" in said:
            self.ids.append(said["id"])
        if tag == "a" and said["href"].startswith("#"):
            self.links.append(said["href"][1:])
        if tag in ("script", "iframe") or "style" in said or any(name.startswith("on") for name in said):
            self.faults.append(tag)
        if tag == "th" and said.get("scope") != "col":
            self.faults.append("th without scope")
        if tag == "svg" and not said.get("aria-label"):
            self.faults.append("svg without words")


def test_html_is_one_file_whose_headings_follow_each_other(played):
    page = make_report(played, form="html").decode()
    outline = Outline()
    outline.feed(page)
    assert outline.faults == []
    assert outline.levels.count(1) == 1
    assert all(after <= before + 1 for before, after in zip(outline.levels, outline.levels[1:], strict=False))
    assert len(outline.ids) == len(set(outline.ids))
    assert set(outline.links) <= set(outline.ids)
    assert outline.links
    assert "http" not in page.replace("http://www.w3.org/2000/svg", "")  # nothing comes from elsewhere


def plant(day) -> list[str]:
    """Personal words wherever a document could look."""
    for number, person in enumerate(Person.objects.all()):
        person.first_name, person.last_name = f"prenomcanari{number}", f"nomcanari{number}"
        person.email, person.phone = f"mailcanari{number}@exemple.invalid", f"0612340{number}"
        person.commune_text, person.territory_text = "communecanari", "territoirecanari"
        person.save()
    Registration.objects.update(needs="besoincanari")
    PorteurSheet.objects.create(gathering=day, lookup="fichecanari", sealed=b"fichecanari")
    return ["canari", "061234"]


def test_nothing_personal_is_in_any_document(played):
    canaries = plant(played)
    made = {form: words_of(make_report(played, form=form), form) for form in FORMS}
    for name, make in (("synthese", make_summary), ("affiche", make_poster), ("diapositives", make_deck)):
        made[name] = words_of(make(played), "pdf")
    for name, words in made.items():
        assert [canary for canary in canaries if canary in words.lower()] == [], name
        assert "Commencer par le trottoir" in words, name
    # The rooms could have leaked: their names, their cards and their free answers hold the same word.
    assert "canari" in words_of(services.make_badges(played), "pdf")


def test_summary_holds_on_two_pages_whatever_was_kept(played):
    for number in range(40):
        Takeaway.objects.create(
            gathering=played, text=f"Phrase {number} " + "mot " * 60, origin=TakeawayOrigin.ORGANISER
        )
    reader = pypdf.PdfReader(io.BytesIO(make_summary(played)))
    assert len(reader.pages) <= 2
    assert "les autres dans le compte rendu" in words_of(make_summary(played), "pdf")


def test_summary_counts_agree_and_say_where_the_others_come_from(played):
    codev, _chairs = played.slots.get().workshops.order_by("position")
    for workshop, number in ((codev, 20), (None, 9)):
        for place in range(number):
            text = f"Phrase {place} " + "mot " * 20
            Takeaway.objects.create(gathering=played, workshop=workshop, text=text, origin=TakeawayOrigin.ORGANISER)
    Takeaway.objects.filter(text__startswith="Phrase 0", workshop=codev).update(unsettled=True)
    said = SPACES.sub(" ", " ".join(b.text for b in describe_summary(played).blocks if isinstance(b, Paragraph)))
    found = re.search(r"(\d+) phrases retenues ; (\d+) sont ici", said)
    assert found
    told, here = 0, 0
    for all_, _plural, shown in re.findall(r"(\d+) phrases? retenues?(s?)(?:, dont (\d+) ici)?\.", said):
        told += int(all_)
        here += int(shown or all_)
    assert (told, here) == (int(found[1]), int(found[2]))
    assert told == 1 + 9 + 1 + 19 + 2  # what is not settled is told apart
    assert "Atelier « Anarchaise »" in SPACES.sub(" ", " ".join(_leads(played)))


def _leads(gathering):
    return [block.lead for block in describe_summary(gathering).blocks if isinstance(block, Paragraph)]


def test_summary_says_what_a_workshop_was_about_and_whom_to_ask(played):
    codev, chairs = played.slots.get().workshops.order_by("position")
    codev.title, codev.short_title = "Aider une personne à trouver son premier pas", "Co-développement"
    codev.save()
    chairs.method = "anarchaise"
    chairs.save()
    Opening.objects.create(gathering=played, contact="journee@exemple.invalid")
    Organisation.objects.create(
        space=played.space, name="Oriv", folded_name="oriv", website="https://oriv.exemple.invalid/"
    )
    words = words_of(make_summary(played), "pdf")
    assert "Aider une personne à trouver son premier pas" in words
    assert "Méthode essayée : des chaises, des consignes secrètes" in words
    assert "Version proposée" not in words
    assert "journee@exemple.invalid" in words
    assert "https://oriv.exemple.invalid/" in words
    Opening.objects.update(contact="")
    assert "L’équipe n’a pas donné d’adresse où écrire" in words_of(make_summary(played), "pdf")


def test_summary_tells_decided_from_proposed_and_from_retained(played):
    takeaway = Takeaway.objects.get(text="Commencer par le trottoir")
    said = {"gathering": played, "bearer": "Ville de Laxou"}
    Action.objects.create(**said, what="Refaire le trottoir", takeaway=takeaway, agreed_at=timezone.now())
    Action.objects.create(**said, what="Personne n’a dit oui")
    document = describe_summary(played)
    first, table, *_others = document.blocks
    assert (first.text, table.headers[1]) == ("Ce qui a été décidé\u00a0: qui fait quoi, pour quand", "Décidé dans")
    words = words_of(make_summary(played), "pdf")
    assert "Proposé, pas encore décidé – 1 action" in words
    assert "Personne n’a dit oui" not in words
    assert "Commencer par le trottoir (devenue une décision)." in words
    for form in FORMS:
        assert "quelqu’un a accepté de s’en charger" in words_of(make_summary(played, form=form), form)


def test_a_name_that_holds_quotation_marks_is_quoted_inside_others():
    assert quoted("Abattement et « territoire commun »") == "«\u202fAbattement et “territoire commun”\u202f»"


def test_summary_answers_who_decided_what_is_not_settled_and_what_comes_next(played):
    blocks = describe_summary(played).blocks
    where, place = {}, ""
    for block in blocks:
        if isinstance(block, Paragraph):
            place = block.lead
        elif isinstance(block, Items):
            where |= dict.fromkeys(block.items, place)
    assert where["Commencer par le trottoir"] == "Toute la rencontre, en plénière"
    assert "Co-développement" in where["Faire ensemble ce que personne ne ferait seul"]
    text = " ".join(item for block in blocks if isinstance(block, Items) for item in block.items)
    assert "» : Coop 5, Pas coop 2, Ça dépend 1 (8 réponses)" in SPACES.sub(" ", text)
    assert "Aucune autre rencontre n’est annoncée" in " ".join(b.text for b in blocks if isinstance(b, Paragraph))


def test_poster_is_one_page_and_slides_are_one_a_workshop(played):
    for paper, width in (("a4", 595), ("a3", 842)):
        (page,) = pypdf.PdfReader(io.BytesIO(make_poster(played, paper=paper))).pages
        assert round(float(page.mediabox.width)) == width
    pages = pypdf.PdfReader(io.BytesIO(make_deck(played))).pages
    assert len(pages) == 1 + 2 + 1  # the title, two workshops, what the day keeps
    assert round(float(pages[0].mediabox.width) / float(pages[0].mediabox.height), 2) == 1.78
    assert "Co-développement" in pages[1].extract_text()


def test_slides_speak_while_the_rooms_still_work(played, monkeypatch):
    codev, _chairs = played.slots.get().workshops.order_by("position")
    going = {codev.pk: replace(debate(), status="running")}
    monkeypatch.setattr(facts_of, "stories_by_workshop", lambda pk, *, rehearsal: going)
    words = words_of(make_deck(played), "pdf")
    assert "1 atelier encore en cours" in words
    assert "Se donner du temps" in words


def test_a_card_that_became_a_takeaway_is_told_once(played):
    codev = played.slots.get().workshops.get(title="Co-développement")
    Takeaway.objects.create(
        gathering=played, workshop=codev, text="Se donner du temps", origin=TakeawayOrigin.ORGANISER, position=2
    )
    quotes = [block.text for block in describe_report(played).blocks if isinstance(block, Quote)]
    assert quotes.count("Se donner du temps") == 1


def test_all_pdfs_are_accessible_and_archived(played):
    for content in (make_report(played), make_summary(played), make_poster(played), make_deck(played)):
        root = pypdf.PdfReader(io.BytesIO(content)).trailer["/Root"]
        xmp = root["/Metadata"].get_data().decode()
        assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
        assert "<pdfaid:part>2</pdfaid:part>" in xmp
        assert root["/Lang"].startswith("fr")


def test_the_same_words_are_set_once_and_any_change_sets_them_again(played, monkeypatch):
    calls = []
    real = services.writer_of("html")

    def counted(form):
        return lambda document: calls.append(form) or real(document)

    monkeypatch.setattr(services, "writer_of", counted)
    make_report(played, form="html")
    make_report(played, form="html")
    assert len(calls) == 1
    Takeaway.objects.filter(text="Commencer par le trottoir").update(text="Commencer par le banc")
    assert "Commencer par le banc" in make_report(played, form="html").decode()
    SpaceStyle.objects.create(space=played.space, accent="#7a1f5c")
    assert "#7a1f5c" in make_report(played, form="html").decode()
    assert len(calls) == 3
    assert "#7a1f5c" not in make_report(played, form="html", plain=True).decode()


@pytest.mark.parametrize(
    "text", ["<b>&amp;</b> ]]>", "\x0b\x00\ufffe fin", "Émoji 🧡 x", '"><script>alert(1)</script>']
)
def test_what_was_typed_is_text_in_every_format(played, text):
    Takeaway.objects.create(gathering=played, text=text.replace("\x00", ""), origin=TakeawayOrigin.ORGANISER)
    for form in FORMS:
        content = make_report(played, form=form)
        if form in ("docx", "odt"):
            name = "word/document.xml" if form == "docx" else "content.xml"
            etree.fromstring(zipfile.ZipFile(io.BytesIO(content)).read(name))
        elif form == "html":
            assert b"<script" not in content


def test_an_empty_gathering_is_still_four_documents(day):
    Registration.objects.all().delete()
    Takeaway.objects.all().delete()
    day.slots.all().delete()
    type(day).objects.filter(pk=day.pk).update(date=None)
    day.refresh_from_db()
    for form in FORMS:
        assert "2e journée régionale" in words_of(make_report(day, form=form), form)
    assert "Rien n’a encore été retenu" in words_of(make_summary(day), "pdf")
    assert len(pypdf.PdfReader(io.BytesIO(make_deck(day))).pages) == 1
    make_poster(day)


def test_what_the_desk_left_aside_is_told_nowhere(played):
    codev = played.slots.get().workshops.get(title="Co-développement")
    version = keep_version(source=METHOD.read_text(encoding="utf-8"), name=METHOD.name, space=played.space)
    session = Session.objects.create(
        gathering=played, workshop=codev, method_version=version, join_code="KAVU72", facilitator_code="x",
        erase_at=timezone.now(),
    )  # fmt: skip
    cards = {card["text"]: card["id"] for card in debate().cards}
    Gleaning.objects.create(session=session, key=f"card:{cards['Se donner du temps']}", status=GleaningStatus.LEFT)
    quotes = [block.text for block in describe_report(played).blocks if isinstance(block, Quote)]
    assert "Se donner du temps" not in quotes
    assert "Faire ensemble ce que personne ne ferait seul" in quotes
    assert "Se donner du temps" not in words_of(make_deck(played), "pdf")


def test_actions_say_who_and_when_and_never_their_owners_name(played):
    said = {
        "gathering": played,
        "what": "Réunir les associations",
        "bearer": "Ville de Laxou",
        "owner_name": "nomcanari",
    }
    Action.objects.create(**said, email="canari@exemple.invalid", due=dt.date(2026, 3, 1), agreed_at=timezone.now())
    Action.objects.create(**{**said, "what": "Pas encore dit oui"})
    document = describe_report(played)
    (table,) = [block for block in document.blocks if isinstance(block, Table) and block.headers[0] == "Action"]
    assert [row[:4] for row in table.rows] == [
        ("Réunir les associations", "Toute la rencontre", "Ville de Laxou", "1er mars 2026")
    ]
    for content in (make_report(played), make_summary(played), make_deck(played)):
        words = words_of(content, "pdf")
        assert "Réunir les associations" in words
        assert "canari" not in words
        assert "Pas encore dit oui" not in words


def test_a_control_character_anywhere_leaves_a_docx_that_opens(played):
    """Title, properties, foot, alternative texts: each is written by a hand of its own."""
    Space.objects.update(name="Espace\x0b\x1f", host="Hôte\x0c")
    Gathering.objects.filter(pk=played.pk).update(title="Journée\x0b", subtitle="Sous\x1ftitre", theme="\x08")
    Organisation.objects.update(name="Ass\x02o", folded_name="asso")
    played.slots.get().workshops.update(title="Atelier\x0e", short_title="")
    content = make_report(Gathering.objects.get(pk=played.pk), form="docx")
    with zipfile.ZipFile(io.BytesIO(content)) as package:
        for name in package.namelist():
            if name.endswith((".xml", ".rels", ".svg")):
                etree.fromstring(package.read(name))
    assert docx.Document(io.BytesIO(content)).core_properties.title == "Journée"


def test_once_the_notes_are_erased_the_report_still_tells_what_was_counted(day):
    workshop = day.slots.get().workshops.first()
    base = {"title": "Avant", "subject": "Le minibus", "question": "", "possible": None, "answered": 8, "kind": "poll"}
    counts = {"vote": (3, 5), "second_vote": (6, 2)}
    rows = [
        base | {"step": step, "option": option, "count": count}
        for step, pair in counts.items()
        for option, count in zip(("Coop", "Pas coop"), pair, strict=True)
    ]
    rows.append(base | {"step": "petit", "subject": "Trop peu", "option": "", "count": None, "answered": None})
    criteria = base | {"kind": "form", "step": "critere", "subject": "", "question": "Quel critère ?"}
    rows += [criteria | {"option": option, "count": count} for option, count in (("Le but", 7), ("Le temps", 6))]
    pot = base | {"kind": "pot", "subject": "", "option": "", "title": "En silence, tour 1", "answered": 9}
    rows += [pot | {"step": f"silence.{number}", "count": 30 * number, "possible": 90} for number in (1, 2)]
    KeptFigures.objects.create(gathering=day, workshop=workshop, rows=rows)
    Session.objects.create(
        gathering=day, workshop=workshop, join_code="KAVU72", facilitator_code="x", status="erased",
        method_version=keep_version(source=METHOD.read_text(encoding="utf-8"), name=METHOD.name, space=day.space),
        erased_at=timezone.now(), erase_at=timezone.now(),
    )  # fmt: skip
    figures = [block for block in describe_report(day).blocks if isinstance(block, Figure)]
    tables = {figure.table.headers: figure.table.rows for figure in figures}
    (vote,) = [rows for headers, rows in tables.items() if headers[0] == "Réponse" and headers[1] == "Avant"]
    assert [row[:3] for row in vote] == [("Coop", "3", "6"), ("Pas coop", "5", "2")]
    (given,) = [rows for headers, rows in tables.items() if headers[0] == "Tour"]
    assert [row[1:3] for row in given] == [("9", "30 sur 90"), ("9", "60 sur 90")]
    words = words_of(make_report(day), "pdf")
    assert "Quel critère" in words
    assert "Trop peu" not in words
    assert "et les nombres" in words
    assert "Le minibus" not in words_of(make_report(day, rehearsal=True), "pdf")


def test_a_sigle_is_spelled_out_before_it_is_used_and_only_those_that_are(played):
    Takeaway.objects.create(gathering=played, text="Ouvrir la CAF du QPV", origin=TakeawayOrigin.ORGANISER)
    blocks = describe_report(played).blocks
    (place,) = [n for n, block in enumerate(blocks) if isinstance(block, Paragraph) and block.lead == "Les sigles"]
    assert "QPV, quartier prioritaire" in blocks[place].text
    assert "CAF, caisse" in blocks[place].text
    assert "NPNRU" not in blocks[place].text
    assert not any(isinstance(block, Heading) for block in blocks[:place])
    Takeaway.objects.create(gathering=played, text="Un QPV, une place", origin=TakeawayOrigin.ORGANISER)
    (sentences,) = [
        b for b in describe_summary(played).blocks if isinstance(b, Items) and "Un QPV, une place" in b.items
    ]
    assert "Ouvrir la CAF [caisse d’allocations familiales] du QPV [quartier prioritaire" in sentences.items[1]


def test_those_registered_and_those_present_are_two_numbers(played):
    first = played.registrations.first()
    first.presence = "present"
    first.save()
    numbers = next(block for block in describe_report(played).blocks if isinstance(block, Numbers))
    said = {words: number for number, words in numbers.pairs}
    assert (said["personne présente"], said["personnes inscrites"]) == ("1", str(played.registrations.count()))

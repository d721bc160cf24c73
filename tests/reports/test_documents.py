import io
import re

import pypdf
import pytest
from django.test.utils import CaptureQueriesContext

from maillage.lib.qr import qr_svg
from maillage.lib.typst import compile_pdf
from maillage.memory.enums import TakeawayOrigin
from maillage.memory.models import Takeaway
from maillage.people.models import Organisation, Person
from maillage.plans.models import Placement
from maillage.registrations.enums import Presence
from maillage.registrations.links import badge_path
from maillage.registrations.models import Registration
from maillage.reports.facts import badge_facts, report_facts
from maillage.reports.services import make_badges, make_report, make_sign_in_sheets


def text_of(pdf: bytes) -> str:
    """The words of a PDF, without the line ends of its layout."""
    pages = pypdf.PdfReader(io.BytesIO(pdf)).pages
    return " ".join(" ".join(page.extract_text() for page in pages).split())


def test_report_says_what_the_day_kept_and_the_cycle_before(day):
    codev = day.slots.get().workshops.get(title="Co-développement")
    Takeaway.objects.create(
        gathering=day, workshop=codev, text="Aller chercher ceux qui décident", origin=TakeawayOrigin.RELEASED
    )
    text = text_of(make_report(day))
    assert "Aller chercher ceux qui décident" in text
    assert "phrase confiée par une personne qui a apporté son sujet" in text
    assert "Partir de l’existant" in text
    assert "Métropole du Grand Nancy" in text
    assert "Centre social de Laxou" in text


def test_report_names_no_participant(day):
    """The same words are on the badges: had the report a way to leak them, this would see it."""
    canaries = ["Prénomcanari", "Nomcanari", "exemple.invalid", "06 00 00", "besoincanari"]
    text = text_of(make_report(day))
    assert [word for word in canaries if word in text] == []
    assert "Prénomcanari" in text_of(make_badges(day))


def test_report_counts_those_who_came_once_attendance_is_taken(day):
    assert report_facts(day)["came"]["total"] == 3
    first = Registration.objects.filter(gathering=day).first()
    first.presence = Presence.PRESENT
    first.save()
    came = report_facts(day)["came"]
    assert (came["total"], came["registered"], came["attendance_taken"]) == (1, 3, True)
    assert sum(row["count"] for row in came["categories"]) == 1


def test_report_says_who_was_never_marked_and_which_workshops_had_nobody(day):
    """Never marked is not absent: those who were marked absent are not counted among them."""
    assert report_facts(day)["came"]["unmarked"] == ""
    empty = "la répartition n’y place encore personne"
    assert [each["people"].replace("\u00a0", " ") for each in report_facts(day)["rounds"][0]["workshops"]] == [
        "3 personnes attendues",
        empty,
    ]
    first, second, _third = Registration.objects.filter(gathering=day).order_by("pk")
    Registration.objects.filter(pk=first.pk).update(presence=Presence.PRESENT)
    said = "1 personne pointée présente sur 3 inscrites. 2 autres n’ont pas été pointées : rien ne dit si elles sont"
    assert said in text_of(make_report(day)).replace("\u00a0", " ").replace("\u202f", " ")
    assert "aucune présence pointée ici" in text_of(make_report(day))

    Registration.objects.filter(pk=second.pk).update(presence=Presence.ABSENT)
    assert "Une personne n’a pas été pointée" in report_facts(day)["came"]["unmarked"]
    Registration.objects.update(presence=Presence.PRESENT)
    assert report_facts(day)["came"]["unmarked"] == ""

    day.plans.all().delete()  # without a published plan nobody is expected anywhere: nothing is said of it
    assert {each["people"] for each in report_facts(day)["rounds"][0]["workshops"]} == {""}


def test_report_of_a_rehearsal_holds_only_its_own_sentences(day):
    for rehearsal, text in ((True, "dit par un robot"), (False, "dit pour de vrai")):
        Takeaway.objects.create(
            gathering=day, text=text, origin=TakeawayOrigin.ORGANISER, rehearsal=rehearsal, position=1
        )
    real, played = text_of(make_report(day)), text_of(make_report(day, rehearsal=True))
    assert ("dit pour de vrai" in real, "dit par un robot" in real) == (True, False)
    assert ("dit pour de vrai" in played, "dit par un robot" in played) == (False, True)


def sign_in_pages(people: int) -> list[str]:
    """The pages of one sheet, as text, with so many people expected."""
    sheet = {
        "slot": "Après-midi",
        "workshop": "Co-développement",
        "number": 1,
        "colour": "bleu",
        "colour_name": "Bleu",
        "room": "Salle Chardon",
        "expected": f"{people} personnes attendues",
        "people": [
            {"last_name": f"Nom{n:02}", "first_name": "Prénom", "organisation": "Régie de quartier " * 4, "table": 1}
            for n in range(people)
        ],
    }
    facts = {"title": "Journée", "date": "", "place": "", "space": "Grand Est", "sheets": [sheet]}
    pdf = compile_pdf("reports/typst/sign_in.typ", facts)
    return [page.extract_text() for page in pypdf.PdfReader(io.BytesIO(pdf)).pages]


@pytest.mark.parametrize("people", [1, 19, 20, 21, 22, 23, 24, 25, 26, 45, 46, 47, 48, 49, 50])
def test_sign_in_pages_each_name_the_workshop_the_room_and_people(people):
    pages = sign_in_pages(people)
    assert len(pages) == 1 + (people > 21) + (people > 46)
    for page in pages:
        assert "Co-développement" in page
        assert "Salle Chardon" in page
    on_each = [re.findall(r"Nom(\d\d)", page) for page in pages]
    assert [name for page in on_each for name in page] == [f"{n:02}" for n in range(people)]
    assert len(pages) == 1 or len(on_each[-1]) >= 4


def test_sign_in_sheet_says_how_many_are_expected(day):
    assert "3 personnes attendues" in text_of(make_sign_in_sheets(day))
    Placement.objects.exclude(pk=Placement.objects.first().pk).delete()
    assert "1 personne attendue" in text_of(make_sign_in_sheets(day))


def test_report_reads_organisations_from_left_to_right(day):
    names = [f"Structure{n:03}" for n in range(240)]
    for name in names:
        organisation = Organisation.objects.create(space=day.space, name=name, folded_name=name.lower())
        person = Person.objects.create(space=day.space, first_name="A", last_name=name, organisation=organisation)
        Registration.objects.create(gathering=day, person=person)
    reader = pypdf.PdfReader(io.BytesIO(make_report(day)))
    on_each = [re.findall(r"Centre social de Laxou|Structure\d{3}", page.extract_text()) for page in reader.pages]
    assert [name for page in on_each for name in page] == ["Centre social de Laxou", *names]
    assert len([page for page in on_each if page]) > 1  # it crosses a page, where columns used to go astray
    assert [len(page) % 3 for page in on_each[:-1]] == [0] * (len(on_each) - 1)


def test_report_is_tagged_french_and_titled(day):
    reader = pypdf.PdfReader(io.BytesIO(make_report(day)))
    assert reader.trailer["/Root"]["/Lang"].startswith("fr")
    assert "/StructTreeRoot" in reader.trailer["/Root"]
    assert reader.metadata.title == "2e journée régionale"
    xmp = reader.trailer["/Root"]["/Metadata"].get_data().decode()
    assert "<pdfuaid:part>1</pdfuaid:part>" in xmp
    assert "<pdfaid:part>2</pdfaid:part>" in xmp


def test_report_of_an_empty_gathering_is_still_a_document(day):
    Registration.objects.all().delete()
    day.slots.all().delete()
    text = text_of(make_report(day))
    assert "2e journée régionale" in text
    assert " 0 " not in text


@pytest.mark.parametrize("text", ["#panic(x)", "$x$ *gras* <label>", "@ref \\u{41} ]", "🧡 émoji", "= titre"])
def test_report_prints_what_was_typed_as_text(day, text):
    Takeaway.objects.create(gathering=day, text=text, origin=TakeawayOrigin.ORGANISER)
    printed = text_of(make_report(day))
    assert text.replace("🧡", "▫").replace(" ", "") in printed.replace("\N{NARROW NO-BREAK SPACE}", "").replace(" ", "")


def test_badges_show_colour_by_name_and_sign_in_sheets_leave_out_nobody(day):
    assert "Bleu" in text_of(make_badges(day))
    assert "Bleu" in text_of(make_badges(day, "https://exemple.invalid"))
    badge = badge_facts(day, "https://exemple.invalid")["badges"][0]
    first = day.registrations.order_by("person__last_name", "person__first_name").exclude(presence="absent")[0]
    assert badge["qr"] == qr_svg(
        f"https://exemple.invalid{badge_path(first.pk)}", title="Code pour l’accueil", many=True
    )
    sheets = text_of(make_sign_in_sheets(day))
    assert all(f"Nomcanari{number}" in sheets for number in range(3))


def test_facts_ask_the_database_as_often_for_many_as_for_few(day, django_assert_num_queries):
    from django.db import connection

    with CaptureQueriesContext(connection) as few:
        report_facts(day)
    slot = day.slots.get()
    codev = slot.workshops.get(title="Co-développement")
    for registration in list(Registration.objects.filter(gathering=day)):
        registration.person.pk = registration.pk = None
        registration.person.save()
        registration.person = registration.person
        registration.save(force_insert=True)
    assert Registration.objects.filter(gathering=day).count() == 6
    with django_assert_num_queries(len(few)):
        report_facts(day)
    assert codev.placements.count() == 3

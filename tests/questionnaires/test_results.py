"""What it found: on screen, in files, in the report, in the public archive; and what goes with time."""

import datetime as dt

import pytest
from django.urls import reverse
from django.utils import timezone

from maillage.archives.importing import import_archive
from maillage.archives.package import write_archive
from maillage.lib.spreadsheets import read_table
from maillage.office.models import Mail
from maillage.people.services import make_space
from maillage.questionnaires.answering import enter_sheet
from maillage.questionnaires.letters import refuse_letters, send_letters
from maillage.questionnaires.models import Answer, Invitation, PublishedResults, Response
from maillage.questionnaires.results import CannotCross, cross_of, results_of, rows_of
from maillage.questionnaires.retention import due_texts, erase_past_texts
from maillage.questionnaires.services import set_questionnaire
from maillage.reports.facts import report_facts
from maillage.reports.services import make_report
from tests.questionnaires.conftest import BASE, ask, plain

pytestmark = pytest.mark.django_db
CANARY = "zqcanari"


def fill(asked, people: int = 12) -> None:
    """Half « élu » who say 5, half « habitante » who say 2; all took something up, each says what."""
    pks = dict(asked.questions.values_list("label", "pk"))
    for number in range(people):
        half = number % 2
        enter_sheet(
            questionnaire=asked,
            number=number + 1,
            by="Zoé",
            given={
                pks["Vous êtes"]: ["1" if half else "2"],
                pks["Utile ?"]: ["5" if half else "2"],
                pks["Repris ?"]: ["1"],
                pks["Quoi ?"]: [f"=1+1 {CANARY}{number}"],
            },
        )


def test_nothing_is_said_of_fewer_than_five(staff, asked, day):
    fill(asked, 4)
    page = plain(staff.get(reverse("questionnaires:results", args=[day.pk, asked.pk])))
    assert "4 réponses : trop peu pour les montrer" in page
    assert CANARY not in page
    assert rows_of(day, closed=False) == []
    texts = staff.get(reverse("questionnaires:texts-file", args=[day.pk, asked.pk]))
    assert CANARY.encode() not in texts.content


def test_counts_words_texts_and_files(staff, asked, day):
    fill(asked)
    url = reverse("questionnaires:results", args=[day.pk, asked.pk])
    found = {result.question.label: result for result in results_of(asked)}
    assert [option["count"] for option in found["Utile ?"].options] == [0, 6, 0, 0, 6]
    assert plain_words(found["Utile ?"].words) == "12 réponses. Le plus souvent : « 2 » et « 5 » (6, 50 %)."
    assert len(found["Quoi ?"].texts) == 12
    text = Answer.objects.filter(question__label="Quoi ?").first()
    hide = reverse("questionnaires:hide-text", args=[day.pk, asked.pk, text.pk])
    assert staff.post(hide, {"hidden": "on"}).url.endswith(f"#question-{text.question_id}")
    file = staff.get(reverse("questionnaires:texts-file", args=[day.pk, asked.pk])).content
    assert file.startswith(b"\xef\xbb\xbf")
    table = read_table(file, "textes.csv")
    assert len(table.rows) == 11
    assert b"\n4;Quoi ?;=1" not in file  # no cell is a formula
    counts = read_table(staff.get(reverse("questionnaires:counts-file", args=[day.pk, asked.pk])).content, "r.csv")
    assert [row[3:5] for row in counts.rows if row[1] == "Utile ?"][4] == ("5", "6")
    assert "12 réponses" in plain(staff.get(url))


def plain_words(text: str) -> str:
    return text.replace("\xa0", " ").replace("\u202f", " ")


def test_one_question_by_another_keeps_the_floor(staff, asked, day):
    fill(asked, 30)
    who, useful, taken, what = list(asked.questions.all())
    _row, _column, table = cross_of(asked, who, useful)
    assert table.cells == ((None, None), (None, None))  # every « élu » said 5: shown, it would be said of each
    with pytest.raises(CannotCross, match="deux questions différentes"):
        cross_of(asked, who, who)
    with pytest.raises(CannotCross, match="se ressemblent"):
        cross_of(asked, who, taken)
    for number, answer in enumerate(Answer.objects.filter(question=useful).order_by("values")):
        answer.values = ["2" if number % 2 else "5"]
        answer.save()
    url = reverse("questionnaires:results", args=[day.pk, asked.pk])
    page = plain(staff.get(url, {"lignes": str(who.pk), "colonnes": str(useful.pk)}))
    assert "30 personnes ont répondu aux deux" in page
    asked_for = {"lignes": str(who.pk), "colonnes": str(useful.pk)}
    file = staff.get(reverse("questionnaires:crossed-file", args=[day.pk, asked.pk]), asked_for)
    rows = read_table(file.content, "c.csv").rows
    assert sorted(row[0] for row in rows) == ["habitante", "élu"]
    assert {int(cell) for row in rows for cell in row[2:]} <= {7, 8}
    several = [ask(asked, label, "choices", ["un", "deux"]) for label in ("Lesquels ?", "Et lesquels ?")]
    with pytest.raises(CannotCross, match="plusieurs réponses"):
        cross_of(asked, *several)
    for wrong in ({"lignes": "x", "colonnes": "y"}, {"lignes": str(what.pk), "colonnes": str(who.pk)}):
        assert "n’est plus dans le questionnaire" in plain(staff.get(url, wrong))
        assert staff.get(reverse("questionnaires:crossed-file", args=[day.pk, asked.pk]), wrong).status_code == 404


def test_the_report_says_the_counts_and_never_a_text(asked, day):
    fill(asked)
    told = report_facts(day)["questionnaires"]
    assert [question["label"].strip() for question in told[0]["questions"]] == [
        "Vous êtes",
        "Utile\u202f?",
        "Repris\u202f?",
    ]
    said = make_report(day, form="html").decode()
    assert "Ce que disent les questionnaires" in said
    assert CANARY not in said
    who = told[0]["questions"][0]
    assert ([option["label"] for option in who["options"]], who["never"]) == (["élu", "habitante"], ["technicien"])
    assert [option["count"] for option in told[0]["questions"][1]["options"]] == [0, 6, 0, 0, 6]  # a scale keeps all
    assert report_facts(day, rehearsal=True)["questionnaires"] == []
    set_questionnaire(questionnaire=asked, by="Zoé", base_url=BASE, told=False)
    assert report_facts(day)["questionnaires"] == []


def test_the_public_archive_waits_for_the_end_and_comes_back_byte_for_byte(asked, day):
    fill(asked, 13)  # seven and six; « Utile ? » has two answers with nobody
    assert rows_of(day, closed=True) == []
    set_questionnaire(questionnaire=asked, by="Zoé", base_url=BASE, is_open=False)
    rows = rows_of(day, closed=True)
    # nobody is « technicien »: hidden, with the next, so that it is not the only one
    assert [row["count"] for row in rows if row["question"] == "Vous êtes"] == [None, 7, None]
    assert all(row["count"] is None or row["count"] >= 5 for row in rows)
    first = write_archive(day)
    assert CANARY.encode() not in first
    other = make_space(slug="autre", name="Autre", by="essai")
    day.delete()
    again = import_archive(content=first, space=other, by="essai")
    assert PublishedResults.objects.filter(gathering=again).exists()
    assert write_archive(again) == first
    assert report_facts(again)["questionnaires"][0]["people"] == 13


def test_texts_and_who_was_asked_go_with_the_names_and_counts_stay(asked, day):
    fill(asked)
    now = timezone.now()
    send_letters(questionnaire=asked, reminder=False, by="Zoé", now=now)
    refuse_letters(questionnaire=asked, registration=day.registrations.first())
    due = due_texts(day.space_id, now)
    assert [plain_words(each.words) for each in due] == ["2e journée régionale : 12 textes de questionnaires"]
    assert erase_past_texts(now=now) == 0
    assert erase_past_texts(now=due[0].at + dt.timedelta(minutes=1)) == 12
    assert not Answer.objects.filter(question__kind="text").exists()
    assert Response.objects.exclude(typed_by="").count() == 0
    assert not Mail.objects.filter(about=asked.pk).exists()
    assert Invitation.objects.filter(refused=False).count() == 0
    assert Invitation.objects.filter(refused=True).count() == 1  # a refusal is for good
    assert [option["count"] for option in results_of(asked)[0].options] == [6, 6, 0]
    assert due_texts(day.space_id, now) == []

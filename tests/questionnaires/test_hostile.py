"""Pages that were made by hand, another space's keys, and a page of results read once more after one more answer."""

import pytest
from django.urls import reverse
from django.utils import timezone

from maillage.lib.spreadsheets import read_table
from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right, make_space
from maillage.questionnaires.answering import enter_sheet, save_answers
from maillage.questionnaires.links import lookup_of, new_secret, personal_path
from maillage.questionnaires.models import Answer, Response
from maillage.questionnaires.results import CannotCross, counted, cross_of, results_of, rows_of
from maillage.questionnaires.services import make_questionnaire, set_questionnaire
from maillage.registrations.erasure import erase_person, losses_of
from tests.questionnaires.conftest import BASE, ask, field, plain

pytestmark = pytest.mark.django_db


def page_of(questionnaire) -> str:
    return reverse("questionnaires:answer", args=[questionnaire.code])


def answered(questionnaire, number: int, useful: str = "4", who: str = "1") -> Response:
    pks = dict(questionnaire.questions.values_list("label", "pk"))
    given = {pks["Utile ?"]: [useful], pks["Vous êtes"]: [who]}
    for _ in range(number):
        saved = save_answers(questionnaire=questionnaire, given=given, secret=new_secret(), now=timezone.now())
    return saved.response


@pytest.mark.parametrize(
    ("label", "value", "sentence"),
    [
        ("Vous êtes", "99", "Cette réponse n’est plus proposée"),
        ("Vous êtes", "élu", "Cette réponse n’est plus proposée"),
        ("Utile ?", "6", "Cette réponse n’est plus proposée"),
        ("Quoi ?", "x" * 900_000, "au plus 2"),
    ],
)
def test_an_answer_that_was_not_proposed_is_refused_and_said(client, asked, label, value, sentence):
    answer = client.post(page_of(asked), {field(asked, label): value, field(asked, "Repris ?"): "1"})
    assert answer.status_code == 422
    assert sentence in plain(answer)
    assert "Rien n’est perdu" in plain(answer)
    assert client.post(page_of(asked), {field(asked, label): "x" * 1_000_001}).status_code == 400  # never read whole
    assert not Response.objects.exists()


def test_a_key_of_another_questionnaire_is_refused_and_nothing_of_either_changes(client, asked, day):
    other = make_questionnaire(gathering=day, model=None, by="essai")
    ask(other, "Autre ?", "choice", ["oui", "non"])
    set_questionnaire(questionnaire=other, by="essai", base_url=BASE, is_open=True)
    key = new_secret()
    assert client.post(page_of(asked), {"key": key, field(asked, "Utile ?"): "4"}).status_code == 302
    answer = client.post(page_of(other), {"key": key, field(other, "Autre ?"): "1"})
    assert (answer.status_code, "a déjà servi pour un autre questionnaire" in plain(answer)) == (409, True)
    assert Answer.objects.get().values == ["4"]
    forged = client.post(page_of(other), {"key": "%00" * 20, field(other, "Autre ?"): ["1", "2"]})
    assert forged.status_code == 302  # a key that is none of ours: a sending of its own, one answer of a choice
    assert Answer.objects.get(question__label="Autre ?").values == ["2"]


def test_another_space_finds_nothing_by_the_ids_of_this_one(client, asked, day):
    enter_sheet(questionnaire=asked, given={asked.questions.first().pk: ["1"]}, number=1, by="Zoé")
    sheet, question = Response.objects.get(), asked.questions.first()
    other = make_space(slug="autre", name="Autre", by="essai")
    mine = day.__class__.objects.create(space=other, slug="jr", kind=day.kind, title="À moi")
    spy = User.objects.create_user("espion@exemple.invalid", "Espion")
    give_right(user=spy, space=other, role=SpaceRole.ORGANISER, by="essai")
    client.force_login(spy)
    for gathering in (day.pk, mine.pk):  # theirs, then one's own around their questionnaire
        for name in (
            "desk",
            "questions",
            "letters",
            "paper",
            "results",
            "counts-file",
            "texts-file",
            "sheet",
            "erasure",
        ):
            assert client.get(reverse(f"questionnaires:{name}", args=[gathering, asked.pk])).status_code == 404, name
        for name, pk in (("remove-question", question.pk), ("move-question", question.pk), ("remove-sheet", sheet.pk)):
            assert client.post(reverse(f"questionnaires:{name}", args=[gathering, asked.pk, pk])).status_code == 404
    made = make_questionnaire(gathering=mine, model=None, by="essai")
    copied = client.post(reverse("questionnaires:copy", args=[mine.pk, made.pk]), {"gathering": str(day.pk)})
    assert copied.status_code == 302
    assert day.questionnaires.count() == 1
    borrowed = client.post(reverse("questionnaires:question", args=[mine.pk, made.pk, question.pk]), {"label": "x"})
    assert borrowed.status_code == 404
    assert Response.objects.count() == 1


def test_a_closed_questionnaire_takes_nothing_by_any_of_its_links(client, asked, day):
    key = new_secret()
    client.post(page_of(asked), {"key": key, field(asked, "Utile ?"): "4"})
    set_questionnaire(questionnaire=asked, by="essai", base_url=BASE, is_open=False)
    links = (
        page_of(asked),
        reverse("questionnaires:own", args=[key]),
        personal_path(asked, day.registrations.first()),
    )
    for link in links:
        answer = client.post(link, {field(asked, "Utile ?"): "1"})
        assert (answer.status_code, "ne sont pas enregistrées" in plain(answer)) == (409, True), link
    assert Answer.objects.get().values == ["4"]


def test_one_more_answer_changes_no_number_before_five_more_came(staff, asked, day):
    answered(asked, 10)
    who, useful = (asked.questions.get(label=label) for label in ("Vous êtes", "Utile ?"))
    url = reverse("questionnaires:results", args=[day.pk, asked.pk])

    def told() -> tuple:
        found = [(result.answered, result.options) for result in results_of(asked)]
        try:
            crossed: object = cross_of(asked, who, useful)[2]
        except CannotCross as refusal:
            crossed = refusal.sentence
        return found, crossed, rows_of(day, closed=False)

    before = told()
    for more in range(1, 5):
        answered(asked, 1, useful="1", who="2")
        assert told() == before
        assert f"{more} réponse" in plain(staff.get(url))
    answered(asked, 1, useful="1", who="2")
    assert counted(asked).count() == 15
    assert told() != before
    answered(asked, 1, useful="2")
    set_questionnaire(questionnaire=asked, by="essai", base_url=BASE, is_open=False)
    assert counted(asked).count() == 16  # once it is over nobody is left out


def test_a_text_that_begins_as_a_formula_is_a_text_in_the_files(staff, asked, day):
    what = asked.questions.get(label="Quoi ?").pk
    taken = asked.questions.get(label="Repris ?").pk
    for number, text in enumerate(("=1+1", "+33 3", "-2", "@SOMME(A1)", "\t=cmd", "=HYPERLINK(1)"), start=1):
        enter_sheet(questionnaire=asked, given={taken: ["1"], what: [text]}, number=number, by="Zoé")
    content = staff.get(reverse("questionnaires:texts-file", args=[day.pk, asked.pk])).content.decode("utf-8-sig")
    cells = [line.rpartition(";")[2].strip('"') for line in content.splitlines()[1:] if line]
    assert len(cells) == 6
    assert not [cell for cell in cells if cell[:1] in "=+-@\t"], cells
    assert len(read_table(content.encode(), "textes.csv").rows) == 6


def test_somebody_erased_is_asked_nothing_more_and_their_answers_are_nobodys(client, asked, day):
    registration = day.registrations.first()
    link = personal_path(asked, registration)
    assert client.post(link, {field(asked, "Utile ?"): "4"}).status_code == 302
    assert any("réponses données aux questionnaires" in words for words in losses_of(registration.person).stays)
    erase_person(person=registration.person, by="Zoé")
    assert client.get(link).status_code == 404
    assert client.post(link, {field(asked, "Utile ?"): "1"}).status_code == 404
    assert Answer.objects.get().values == ["4"]
    assert not Response.objects.filter(lookup=lookup_of("x" * 32)).exists()

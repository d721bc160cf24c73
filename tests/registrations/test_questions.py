"""The organiser's own questions on the public form: asked, answered, changed, kept, carried out in files, erased."""

import datetime as dt
import io
import re

import openpyxl
import pytest
from django.urls import reverse
from django.utils import timezone

from maillage.gatherings.models import Gathering
from maillage.gatherings.services import copy_gathering
from maillage.lib.spreadsheets import read_table
from maillage.office.models import Activity
from maillage.people.services import make_space
from maillage.registrations.exports import export_rows
from maillage.registrations.imports import import_registrations
from maillage.registrations.models import Answer, Opening, Question, Registration
from maillage.registrations.own import token_of
from maillage.registrations.questions import (
    MOST_QUESTIONS,
    QuestionRefused,
    add_question,
    bring_back_question,
    change_question,
    erase_question,
    move_question,
    questions_of,
    remove_question,
    sensitive_word,
)
from maillage.registrations.removal import forget_people

pytestmark = pytest.mark.django_db


def plain(text) -> str:
    return str(text).replace("\xa0", " ").replace("\u202f", " ")


def body(response) -> str:
    return plain(response.content.decode())


@pytest.fixture
def opening(day) -> Opening:
    Gathering.objects.filter(pk=day.pk).update(date=timezone.localdate() + dt.timedelta(days=30))
    day.refresh_from_db()
    return Opening.objects.create(gathering=day, is_open=True, base_url="https://inscription.exemple.invalid")


def ask(day, label, kind="line", **more) -> Question:
    facts = {"help": "", "choices": [], "required": False, "at_desk": False, **more}
    return add_question(gathering=day, by="Zoé", label=label, kind=kind, **facts)


@pytest.fixture
def five(day) -> dict[str, Question]:
    return {
        "line": ask(day, "À quelle heure arrive votre train ?", help="Si vous le savez.", at_desk=True),
        "text": ask(day, "Qu’attendez-vous de la journée ?", "text"),
        "one": ask(day, "Comment venez-vous ?", "one", choices=["En train", "En voiture", "À vélo"], required=True),
        "several": ask(day, "Quels outils connaissez-vous ?", "several", choices=["Codev", "Coop ou pas coop"]),
        "yes-no": ask(day, "Arrivez-vous la veille ?", "yes-no"),
    }


def name(question) -> str:
    return f"own-{question.pk}"


def said(five, **more):
    return {
        "first_name": "Jeanne",
        "last_name": "Martin",
        name(five["line"]): " 10 h 12\t",
        name(five["text"]): "Des idées.\r\n\r\nDes gens.",
        name(five["one"]): "À vélo",
        name(five["several"]): ["Codev", "Coop ou pas coop"],
        name(five["yes-no"]): "Non",
        **more,
    }


def form_url(opening) -> str:
    return reverse("registrations:form", args=[opening.gathering.space.slug, opening.gathering.slug])


def answers(registration) -> dict[str, list[str]]:
    return {answer.question.kind: answer.values for answer in registration.answers.select_related("question")}


GIVEN = {
    "line": ["10 h 12"],
    "text": ["Des idées.\n\nDes gens."],
    "one": ["À vélo"],
    "several": ["Codev", "Coop ou pas coop"],
    "yes-no": ["Non"],
}


def test_what_is_asked_is_on_the_form_in_its_order_and_what_is_answered_is_kept(client, opening, five) -> None:
    page = body(client.get(form_url(opening)))
    places = [page.index(plain(question.label)) for question in five.values()]
    assert places == sorted(places)
    assert "Si vous le savez." in page
    assert "questions de l’équipe qui ne sont pas facultatives" in page
    answer = client.post(form_url(opening), said(five))
    assert answer.status_code == 302
    registration = Registration.objects.get()
    assert answers(registration) == GIVEN
    assert not Activity.objects.filter(about__contains="10 h 12").exists()


def test_bad_answers_are_said_and_nothing_written_is_lost(client, opening, five) -> None:
    wrong = said(five, **{name(five["one"]): "", name(five["yes-no"]): "Peut-être", name(five["line"]): "x" * 301})
    page = client.post(form_url(opening), wrong)
    assert page.status_code == 422
    text = body(page)
    assert "Répondez à cette question." in text
    assert "Cette réponse n’est plus proposée" in text
    assert "x" * 301 in text
    assert "Des gens.</textarea>" in text
    assert not Registration.objects.exists()
    odd = client.post(
        form_url(opening), said(five, **{name(five["several"]): ["Autre", "\x00"], name(five["text"]): "\x00"})
    )
    assert odd.status_code == 422
    assert client.post(form_url(opening), {**said(five), "own-nothing": "x"}).status_code == 302


def test_the_person_finds_their_answers_and_changes_them(client, opening, five) -> None:
    client.post(form_url(opening), said(five))
    registration = Registration.objects.get()
    url = reverse("registrations:own-answers", args=[token_of(registration)])
    page = body(client.get(url))
    assert "10 h 12" in page
    assert re.search(r'value="À vélo"[^>]* checked', page)
    # A choice that is offered no more stays theirs.
    change_question(question=five["one"], by="Zoé", choices=["En train", "En voiture"])
    page = body(client.get(url))
    assert 'value="À vélo"' in page
    assert 'value="À vélo"' not in body(client.get(form_url(opening)))
    changed = {**said(five), name(five["yes-no"]): "", name(five["several"]): [], name(five["line"]): "11 h"}
    assert client.post(url, changed).status_code == 302
    assert answers(registration) == {"line": ["11 h"], "text": GIVEN["text"], "one": ["À vélo"]}


def test_a_question_removed_keeps_its_answers_and_comes_back(client, opening, five, organiser) -> None:
    client.post(form_url(opening), said(five))
    registration = Registration.objects.get()
    client.force_login(organiser)
    gone = client.post(
        reverse("registrations:remove-question", args=[opening.gathering_id, five["one"].pk]), follow=True
    )
    assert "n’est plus demandé. Les réponses données sont gardées." in body(gone)
    assert plain(five["one"].label) not in body(client.get(form_url(opening)))
    url = reverse("registrations:own-answers", args=[token_of(registration)])
    client.post(url, {name_: value for name_, value in said(five).items() if name_ != name(five["one"])})
    assert answers(registration) == GIVEN
    headers, rows = export_rows(opening.gathering)
    assert rows[0][headers.index("Question de l’équipe : Comment venez-vous ? (retirée)")] == "À vélo"
    five["one"].refresh_from_db()
    bring_back_question(question=five["one"], by="Zoé")
    assert questions_of(opening.gathering).last() == five["one"]
    assert answers(registration) == GIVEN


def test_the_order_is_the_organisers(day, five) -> None:
    move_question(question=five["several"], up=True, by="Zoé")
    move_question(question=five["line"], up=True, by="Zoé")  # first already
    move_question(question=five["line"], up=False, by="Zoé")
    kinds = [question.kind for question in questions_of(day)]
    assert kinds == ["text", "line", "several", "one", "yes-no"]


def test_bad_questions_are_refused_in_a_sentence(day, five, opening, client) -> None:
    with pytest.raises(QuestionRefused, match="est déjà demandé"):
        ask(day, "comment venez vous")
    client.post(form_url(opening), said(five))
    with pytest.raises(QuestionRefused, match="1 personne a déjà répondu"):
        change_question(question=five["line"], by="Zoé", kind="text")
    change_question(question=five["line"], by="Zoé", label="Votre train arrive à quelle heure ?")
    for number in range(MOST_QUESTIONS - 5):
        ask(day, f"Question {number}")
    with pytest.raises(QuestionRefused, match="questions suffisent"):
        ask(day, "Une de trop")
    remove_question(question=five["text"], by="Zoé")
    ask(day, "Une de trop")
    with pytest.raises(QuestionRefused, match="questions suffisent"):
        bring_back_question(question=five["text"], by="Zoé")
    assert Activity.objects.filter(
        verb="change-question", by="Zoé", about__endswith="Votre train arrive à quelle heure ?"
    )


def test_a_sensitive_question_is_warned_about_by_its_word() -> None:
    assert sensitive_word("Avez-vous un handicap ?") == "handicap"
    assert sensitive_word("Votre état de santé") == "santé"
    assert sensitive_word("Êtes-vous syndiqué ?") == "syndiqué"
    assert sensitive_word("Depuis quand travaillez-vous dans la politique de la ville ?") == ""
    assert sensitive_word("Vos allergies alimentaires") == "allergies"
    assert sensitive_word("") == ""


def test_the_organisers_pages(client, day, opening, organiser, desk) -> None:
    url = reverse("registrations:questions", args=[day.pk])
    assert client.get(url).status_code == 302
    client.force_login(desk)
    assert client.get(url).status_code == 403
    client.force_login(organiser)
    assert url in client.get(reverse("registrations:opening", args=[day.pk])).content.decode()
    page = body(client.get(url))
    assert "Ne demandez rien de sensible" in page
    good = {"label": "Votre religion ?", "kind": "one", "choices_text": "Oui\nNon\n", "required": "on"}
    for wrong, sentence in (
        ({"label": ""}, "Écrivez la question."),
        ({"choices_text": "Oui"}, "Écrivez au moins deux choix"),
        ({"choices_text": "Oui\noui"}, "« oui » est écrit deux fois."),
        ({"choices_text": "a\n" + "b" * 101}, "est trop long : 100 signes au plus."),
        ({"choices_text": "\n".join(f"c{n}" for n in range(21))}, "21 choix : 20 au plus."),
        ({"kind": "line"}, "effacez les choix"),
        ({"kind": "loin"}, "loin"),
        ({"label": "x" * 201}, "201"),
    ):
        refused = client.post(url, {**good, **wrong})
        assert refused.status_code == 422, wrong
        assert sentence in body(refused), wrong
    added = body(client.post(url, good, follow=True))
    assert "La question est ajoutée au formulaire." in added
    assert "« religion » : si cette question touche à la santé" in added
    question = day.questions.get()
    one = reverse("registrations:question", args=[day.pk, question.pk])
    assert "Oui\nNon</textarea>" in body(client.get(one))
    twice = client.post(url, good)
    assert twice.status_code == 422
    assert client.post(one, {**good, "label": "Quel jour ?"}, follow=True).status_code == 200
    preview = body(client.get(reverse("registrations:opening-preview", args=[day.pk])))
    assert "Quel jour ?" in preview
    client.post(reverse("registrations:move-question", args=[day.pk, question.pk]), {"to": "up"})
    client.post(reverse("registrations:remove-question", args=[day.pk, question.pk]))
    assert "Questions retirées" in body(client.get(url))
    client.post(reverse("registrations:return-question", args=[day.pk, question.pk]))
    assert questions_of(day).count() == 1
    erase = reverse("registrations:erase-question", args=[day.pk, question.pk])
    assert "Personne n’y a répondu." in body(client.get(erase))
    client.post(erase)
    assert not Question.objects.exists()
    assert client.get(one).status_code == 404


def test_no_other_space_sees_or_changes_a_question(client, day, organiser, five) -> None:
    other = make_space(slug="ailleurs", name="Ailleurs", by="essai")
    theirs = Gathering.objects.create(space=other, title="Là-bas", slug="la-bas")
    question = ask(theirs, "Chez eux ?")
    client.force_login(organiser)
    assert client.get(reverse("registrations:questions", args=[theirs.pk])).status_code == 404
    assert client.post(reverse("registrations:remove-question", args=[day.pk, question.pk])).status_code == 404
    assert questions_of(theirs).count() == 1


def test_the_team_reads_and_writes_answers_the_desk_only_what_is_for_it(client, opening, five, organiser, desk) -> None:
    day = opening.gathering
    client.post(form_url(opening), said(five))
    row = Registration.objects.get()
    person = reverse("registrations:desk-person", args=[day.pk, row.pk])
    client.force_login(desk)
    page = body(client.get(person))
    assert "10 h 12" in page
    assert "À vélo" not in page
    client.force_login(organiser)
    assert "À vélo" in body(client.get(person))
    assert "10 h 12" in body(client.get(reverse("registrations:list", args=[day.pk])))
    edit = reverse("registrations:edit", args=[day.pk, row.pk])
    assert "10 h 12" in body(client.get(edit))
    data = {"first_name": "Jeanne", "category": "unsaid", name(five["line"]): "12 h"}
    assert client.post(edit, data).status_code == 302
    assert answers(row) == {"line": ["12 h"]}  # what is demanded of a person is not of the team
    new = reverse("registrations:new", args=[day.pk])
    client.post(new, {"first_name": "Paul", "category": "unsaid", name(five["yes-no"]): "Oui"})
    assert answers(Registration.objects.get(person__first_name="Paul")) == {"yes-no": ["Oui"]}


def test_files_hold_the_answers_and_the_import_leaves_them_alone(client, opening, five, organiser) -> None:
    day = opening.gathering
    ask(day, "Le repas du soir, quel atelier, quel choix ?")
    client.post(form_url(opening), said(five))
    client.force_login(organiser)
    csv = client.get(reverse("registrations:export-csv", args=[day.pk])).content
    table = read_table(csv, "x.csv")
    (record,) = [record for _line, record in table.records()]
    assert record["Question de l’équipe : Quels outils connaissez-vous ?"] == "Codev, Coop ou pas coop"
    assert record["Question de l’équipe : Arrivez-vous la veille ?"] == "Non"
    xlsx = client.get(reverse("registrations:export-xlsx", args=[day.pk])).content
    sheet = openpyxl.load_workbook(io.BytesIO(xlsx)).active
    assert "À vélo" in [cell.value for cell in sheet[2]]
    before = answers(Registration.objects.get())
    import_registrations(gathering=day, content=csv, filename="x.csv", by="Zoé")
    again = Registration.objects.get()
    assert answers(again) == before
    assert not again.meal
    assert not again.wishes.exists()


def test_answers_go_with_the_person_the_question_or_the_day(client, opening, five) -> None:
    client.post(form_url(opening), said(five))
    client.post(form_url(opening), {**said(five), "first_name": "Paul"})
    assert Answer.objects.count() == 10
    Registration.objects.get(person__first_name="Paul").person.delete()
    assert Answer.objects.count() == 5
    assert erase_question(question=five["text"], by="Zoé") == 1
    assert Answer.objects.count() == 4
    forget_people(None, gathering=opening.gathering)
    assert not Answer.objects.exists()
    opening.gathering.delete()
    assert not Question.objects.exists()


def test_pages_ask_no_more_for_many_answers(client, opening, five, organiser, django_assert_max_num_queries) -> None:
    for number in range(20):
        client.post(form_url(opening), {**said(five), "first_name": f"P{number}"})
    with django_assert_max_num_queries(10):
        client.get(form_url(opening))
    client.force_login(organiser)
    with django_assert_max_num_queries(22):
        client.get(reverse("registrations:list", args=[opening.gathering_id]))
    with django_assert_max_num_queries(8):
        export_rows(opening.gathering)


def test_a_gathering_prepared_from_another_asks_what_that_one_asks(client, opening, five) -> None:
    client.post(form_url(opening), said(five))
    remove_question(question=five["line"], by="Zoé")
    copy = copy_gathering(gathering=opening.gathering, title="3e journée", date=None, by="Zoé")
    asked = [(question.label, question.kind, question.choices, question.required) for question in questions_of(copy)]
    five.pop("line")
    wanted = sorted(five.values(), key=lambda question: question.position)
    assert asked == [(one.label, one.kind, one.choices, one.required) for one in wanted]
    assert not Answer.objects.filter(question__gathering=copy).exists()

"""Making a questionnaire: from a model, its questions, what answers forbid, its copy, its end."""

import pytest
from django.urls import reverse

from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.gatherings.removal import losses_of, remove_gathering
from maillage.gatherings.services import copy_gathering
from maillage.lib.matching import fold
from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right
from maillage.questionnaires.answering import enter_sheet
from maillage.questionnaires.library import models
from maillage.questionnaires.models import Question, Questionnaire, Response
from maillage.questionnaires.questions import (
    add_question,
    bring_back_question,
    change_question,
    move_question,
    remove_question,
)
from maillage.questionnaires.services import QuestionnaireRefused, copy_questionnaire, make_questionnaire
from tests.questionnaires.conftest import ask, plain

pytestmark = pytest.mark.django_db


def facts_of(question, **more):
    names = ("part", "kind", "label", "help", "low", "high", "required", "after", "after_answers")
    return {name: getattr(question, name) for name in names} | {"options": list(question.labels.values())} | more


def question(questionnaire, label) -> Question:
    return questionnaire.questions.select_related("questionnaire__gathering__space").get(label=label)


def answered(questionnaire, label, value):
    enter_sheet(questionnaire=questionnaire, given={question(questionnaire, label).pk: [value]}, number=1, by="Zoé")


def test_each_model_is_made_whole_and_fills_in_the_day(day):
    slot = Slot.objects.create(gathering=day, position=1, kind="workshops", title="Ateliers")
    for position, title in enumerate(("Codev", "Anarchaise"), start=1):
        Workshop.objects.create(slot=slot, position=position, title=title)
    assert [model.moment for model in models()] == ["before", "after", "later"]
    for model in models():
        made = make_questionnaire(gathering=day, model=model, by="essai")
        rows = list(made.questions.all())
        assert 5 < len(rows) <= len(model.questions)
        for row in rows:
            assert row.kind == "text" or len(row.options) > 1
            assert row.after is None or set(row.after_answers) <= set(row.after.labels)
        assert [row for row in rows if row.after_id] != []
        assert made.is_open is False
    workshops = Question.objects.get(questionnaire__title="À chaud", label__startswith="À quels ateliers")
    assert list(workshops.labels.values()) == ["Codev", "Anarchaise"]
    assert not Question.objects.filter(label="Votre territoire").exists()  # nobody says where they come from


def test_an_organiser_makes_writes_orders_and_sees_it(staff, day):
    url = reverse("questionnaires:list", args=[day.pk])
    assert staff.post(url, {"model": "inventé"}).status_code == 404
    answer = staff.post(url, {"model": "vide"})
    made = Questionnaire.objects.get()
    here = reverse("questionnaires:questions", args=[day.pk, made.pk])
    assert answer.url == here
    bad = staff.post(here, {"label": "Venu ?", "kind": "choice", "options_text": "oui"})
    assert bad.status_code == 422
    assert "au moins deux choix" in plain(bad)
    staff.post(here, {"label": "Venu ?", "kind": "choice", "options_text": "oui\nnon"})
    first = made.questions.get()
    both = [f"{first.pk}:1"]
    staff.post(here, {"label": "Pourquoi ?", "kind": "text", "condition": both, "part": "La suite"})
    second = made.questions.get(label="Pourquoi ?")
    assert (second.after, second.after_answers) == (first, ["1"])
    page = plain(staff.get(here))
    assert "Seulement si vous avez répondu « oui » à la question 1." in page
    move = reverse("questionnaires:move-question", args=[day.pk, made.pk, second.pk])
    assert "elle reste après elle" in plain(staff.post(move, {"to": "up"}, follow=True))
    preview = plain(staff.get(reverse("questionnaires:preview", args=[day.pk, made.pk])))
    assert preview.index("1. Venu ?") < preview.index("La suite") < preview.index("2. Pourquoi ?")
    desk = reverse("questionnaires:desk", args=[day.pk, made.pk])
    sent = {
        "title": "Avant",
        "moment": "before",
        "is_open": "on",
        "closes_at": "2020-01-01T10:00",
        "opens_at": "2021-01-01T10:00",
    }
    assert "La fermeture vient après" in plain(staff.post(desk, sent))
    assert staff.post(desk, {**sent, "closes_at": "", "opens_at": ""}).status_code == 302
    made.refresh_from_db()
    assert (made.is_open, made.base_url) == (True, "http://testserver")


def test_nobody_else_comes_in(client, staff, day, asked):
    names = ("desk", "questions", "letters", "paper", "results", "counts-file", "texts-file", "sheet", "erasure")
    urls = [reverse(f"questionnaires:{name}", args=[day.pk, asked.pk]) for name in names]
    assert {staff.get(url).status_code for url in urls} == {200}
    client.logout()
    assert {client.get(url).status_code for url in urls} == {302}
    reader = User.objects.create_user("lecture@exemple.invalid", "Léa")
    client.force_login(reader)
    assert {client.get(url).status_code for url in urls} == {404}
    give_right(user=reader, space=day.space, role=SpaceRole.DESK, by="essai")
    assert {client.get(url).status_code for url in urls} == {403}
    other = Gathering.objects.create(space=day.space, slug="autre", kind="regional_day", title="Autre")
    give_right(user=reader, space=day.space, role=SpaceRole.ORGANISER, by="essai")
    assert client.get(reverse("questionnaires:desk", args=[other.pk, asked.pk])).status_code == 404


def test_what_was_answered_keeps_its_meaning(asked):
    answered(asked, "Vous êtes", "1")
    row = question(asked, "Vous êtes")
    for change in (
        {"label": "Vous n’êtes pas"},
        {"options": ["élu", "habitante"]},
        {"options": ["élu", "habitante", "agent"]},
        {"kind": "choices"},
    ):
        with pytest.raises(QuestionnaireRefused, match="1 personne a déjà répondu"):
            change_question(question=row, by="Zoé", **facts_of(row, **change))
    change_question(
        question=row,
        by="Zoé",
        **facts_of(row, label="Vous êtes…", help="Une réponse", options=["Élu", "habitante", "technicien"]),
    )
    row.refresh_from_db()
    assert (row.label, row.labels["1"]) == ("Vous êtes…", "Élu")
    assert remove_question(question=row, by="Zoé") is False
    assert row.answers.count() == 1
    with pytest.raises(QuestionnaireRefused, match="déjà demandé"):
        ask(asked, "Neuf", "text") and ask(asked, "Utile ?", "text")
    bring_back_question(question=row, by="Zoé")
    assert list(asked.questions.filter(removed_at=None))[-1] == row


def test_an_answer_that_leads_somewhere_stays_until_then(asked):
    taken, what = question(asked, "Repris ?"), question(asked, "Quoi ?")
    with pytest.raises(QuestionnaireRefused, match="Quoi"):
        remove_question(question=taken, by="Zoé")
    with pytest.raises(QuestionnaireRefused, match="Quoi"):
        change_question(question=taken, by="Zoé", **facts_of(taken, options=["non", "peut-être"]))
    change_question(question=taken, by="Zoé", **facts_of(taken, options=["peut-être", "OUI", "non"]))
    taken.refresh_from_db()
    assert taken.labels == {"3": "peut-être", "1": "OUI", "2": "non"}  # identities follow the words
    with pytest.raises(QuestionnaireRefused, match="reste après"):
        move_question(question=what, up=True, by="Zoé")
    assert remove_question(question=what, by="Zoé") is True
    assert remove_question(question=taken, by="Zoé") is True


def test_a_copy_has_the_questions_and_their_conditions_and_no_answer(day, asked):
    answered(asked, "Vous êtes", "1")
    other = Gathering.objects.create(space=day.space, slug="autre", kind="regional_day", title="Autre")
    copy = copy_questionnaire(questionnaire=asked, gathering=other, by="Zoé")
    assert copy.code != asked.code
    assert (copy.is_open, copy.responses.count()) == (False, 0)
    what = question(copy, "Quoi ?")
    assert (what.after, what.after_answers) == (question(copy, "Repris ?"), ["1"])
    again = copy_gathering(gathering=day, title="Encore", date=None, by="Zoé")
    assert [fold(row.label) for row in again.questionnaires.get().questions.all()] == [
        fold(row.label) for row in asked.questions.all()
    ]


def test_it_goes_with_its_answers_and_says_so(staff, day, asked):
    answered(asked, "Vous êtes", "1")
    assert {"1 questionnaire", "1 réponse à un questionnaire"} <= {loss.replace("\xa0", " ") for loss in losses_of(day)}
    url = reverse("questionnaires:erasure", args=[day.pk, asked.pk])
    assert "1 réponse part avec lui" in plain(staff.get(url))
    staff.post(url)
    assert not Questionnaire.objects.exists()
    again = make_questionnaire(gathering=day, model=models()[1], by="Zoé")
    enter_sheet(questionnaire=again, given={again.questions.first().pk: ["1"]}, number=1, by="Zoé")
    remove_gathering(gathering=day, by="Zoé")
    assert not Response.objects.exists()


def test_thirty_questions_are_enough(day):
    made = make_questionnaire(gathering=day, model=None, by="essai")
    Question.objects.bulk_create(
        Question(questionnaire=made, position=n, kind="text", label=f"Question {n}") for n in range(30)
    )
    with pytest.raises(QuestionnaireRefused, match="30 questions suffisent"):
        add_question(questionnaire=made, by="Zoé", **facts_of(Question(kind="text", label="Une de plus")))

"""Answering: without an account, once, without a name; corrected by a link that nobody else has; typed from paper."""

import datetime as dt
import re

import pytest
from django.urls import reverse
from django.utils import timezone

from maillage.office.models import Activity
from maillage.questionnaires import answer_views
from maillage.questionnaires.answering import answers_of, next_number
from maillage.questionnaires.branching import applicable
from maillage.questionnaires.links import common_path, lookup_of, new_secret, personal_path
from maillage.questionnaires.models import Answer, Invitation, Questionnaire, Response
from maillage.questionnaires.services import set_questionnaire
from tests.questionnaires.conftest import BASE, ask, field, plain

pytestmark = pytest.mark.django_db


def given(questionnaire, **more):
    return {field(questionnaire, "Vous êtes"): "1", field(questionnaire, "Utile ?"): "4", **more}


def test_branches_follow_what_is_followed(asked):
    rows = {row.label: row for row in asked.questions.all()}
    questions = list(asked.questions.select_related("after"))
    yes, no = {rows["Repris ?"].pk: ["1"]}, {rows["Repris ?"].pk: ["2"]}
    assert rows["Quoi ?"].pk in applicable(questions, yes)
    assert rows["Quoi ?"].pk not in applicable(questions, no) | applicable(questions, {})
    rows["Repris ?"].after, rows["Repris ?"].after_answers = rows["Vous êtes"], ["2"]
    chain = [rows["Vous êtes"], rows["Repris ?"], rows["Quoi ?"]]
    assert applicable(chain, yes) == {rows["Vous êtes"].pk}  # what follows a question that is not asked is not asked


def test_anybody_answers_once_and_corrects(client, asked):
    link = common_path(asked)
    page = client.get(link.lower())
    assert page.url == link  # a code is typed as one says it
    page = client.get(link)
    assert page["Referrer-Policy"] == "no-referrer"
    assert "Vos réponses sont gardées sans nom, sans adresse et sans date" in plain(page)
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]
    sent = {"key": key, **given(asked)}
    first, again = client.post(link, sent), client.post(link, sent)  # two presses
    assert first.url == again.url
    assert first.url.startswith(reverse("questionnaires:thanks", args=[key]))
    response = Response.objects.get()
    assert (response.lookup, response.way) == (lookup_of(key), "link")
    thanks = plain(client.get(first.url))
    own = reverse("questionnaires:own", args=[key])
    assert f"http://testserver{own}" in thanks
    assert "Répondre pour une autre personne" in thanks
    assert re.search(r'value="4"[^>]* checked', client.get(own).content.decode())
    client.post(own, {field(asked, "Utile ?"): "5"})
    assert Response.objects.count() == 1
    assert answers_of(response) == {asked.questions.get(label="Utile ?").pk: ["5"]}
    client.post(link, {"key": new_secret(), **given(asked)})
    assert Response.objects.count() == 2  # another page, another person
    assert client.get(reverse("questionnaires:own", args=[new_secret()])).status_code == 404
    assert client.get("/q/KAVU99/").status_code == client.get("/q/zz/").status_code == 404


def test_what_is_not_for_them_is_left_out_and_said(client, asked):
    more = {field(asked, "Repris ?"): "2", field(asked, "Quoi ?"): "Une méthode"}
    answer = client.post(common_path(asked), {"key": new_secret(), **given(asked, **more)})
    assert Response.objects.get().answers.count() == 3
    assert "Votre réponse à la question 4 n’est pas comptée" in plain(client.get(answer.url))


def test_a_refused_page_keeps_everything(client, asked):
    ask(asked, "Et encore ?", "choice", ["oui", "non"], required=True)
    more = {field(asked, "Repris ?"): "1", field(asked, "Quoi ?"): "Un mot gardé"}
    key = new_secret()
    page = client.post(common_path(asked), {"key": key, **given(asked, **more)})
    assert page.status_code == 422
    assert not Response.objects.exists()
    said = page.content.decode()
    assert "Répondez à cette question." in said
    assert "Un mot gardé" in said
    assert key in said
    assert re.search(rf'name="{field(asked, "Utile ?")}" value="4"[^>]* checked', said)
    empty = client.post(common_path(asked), {"key": key})
    assert "Rien n’est coché ni écrit" in plain(empty) or "Répondez" in plain(empty)
    robot = client.post(common_path(asked), {"key": key, "website": "x", **given(asked)})
    assert robot.status_code == 422
    strange = client.post(common_path(asked), {field(asked, "Utile ?"): "99", "key": "trop court"})
    assert strange.status_code == 422
    # closed meanwhile: refused in a sentence, with what was written
    set_questionnaire(questionnaire=asked, by="Zoé", base_url=BASE, is_open=False)
    shut = client.post(common_path(asked), {"key": key, field(asked, "Et encore ?"): "1", **given(asked, **more)})
    assert shut.status_code == 409
    assert "Un mot gardé" in shut.content.decode()
    assert "n’est pas ouvert" in plain(shut)


def test_a_personal_link_counts_once_and_says_nothing_of_what(client, asked, day):
    registration = day.registrations.first()
    link = personal_path(asked, registration)
    sent = {"key": new_secret(), **given(asked)}
    assert client.post(link, sent).status_code == 302
    assert client.post(link, sent).status_code == 302  # the same page, sent twice
    assert Response.objects.count() == 1
    other = client.post(link, {"key": new_secret(), **given(asked)})
    assert other.status_code == 409
    assert "On a déjà répondu avec ce lien" in plain(other)
    assert "déjà répondu" in plain(client.get(link))
    invitation = Invitation.objects.get()
    assert (invitation.answered, invitation.registration) == (True, registration)
    # apart: no column of the one says anything of the other, nor when
    known = {str(invitation.pk), str(registration.pk), str(registration.person_id)}
    rows = [*Response.objects.values_list(), *Answer.objects.values_list()]
    assert not known & {str(value) for row in rows for value in row}
    assert not any(isinstance(value, dt.date) for row in rows for value in row)
    assert not any(isinstance(value, dt.date) for value in Invitation.objects.values_list()[0])
    assert Response.objects.get().pk.version == Answer.objects.first().pk.version == 4  # not UUIDv7: no moment in it
    assert not Activity.objects.filter(about__contains=registration.person.last_name).exists()
    registration.token_version += 1
    registration.save()
    assert client.get(link).status_code == 404


def test_too_many_from_one_place_wait_and_lose_nothing(client, asked, monkeypatch):
    monkeypatch.setattr(answer_views.SENDINGS, "wait", lambda _address: 60)
    page = client.post(common_path(asked), {"key": new_secret(), **given(asked)})
    assert (page.status_code, page["Retry-After"]) == (429, "60")
    assert "checked" in page.content.decode()


def test_dates_open_and_close(client, asked):
    now = timezone.now()
    for dates, words in (
        ({"opens_at": now + dt.timedelta(days=3)}, "ouvre le"),
        ({"opens_at": None, "closes_at": now - dt.timedelta(hours=1)}, "fermé depuis le"),
        ({"closes_at": now + dt.timedelta(hours=1)}, "On y répond jusqu’au"),
    ):
        set_questionnaire(questionnaire=asked, by="Zoé", base_url=BASE, **dates)
        assert words in plain(client.get(common_path(asked)))


def test_a_pile_of_paper_is_typed_numbered_corrected_and_taken_back(staff, asked, day):
    url = reverse("questionnaires:paper", args=[day.pk, asked.pk])
    set_questionnaire(questionnaire=asked, by="Zoé", base_url=BASE, is_open=False)  # typed the day after
    assert 'value="1"' in staff.get(url).content.decode()
    staff.post(url, {"number": "1", **given(asked)})
    twice = staff.post(url, {"number": "1", **given(asked)})
    assert twice.status_code == 422
    assert "La feuille 1 est déjà saisie" in plain(twice)
    ask(asked, "Il le faut ?", "choice", ["oui", "non"], required=True)
    staff.post(url, {"number": "2", **given(asked)})  # a sheet is typed as it is
    assert sorted(Response.objects.values_list("number", "way", "typed_by")) == [
        (1, "paper", "Zoé Martin"),
        (2, "paper", "Zoé Martin"),
    ]
    assert next_number(asked) == 3
    sheet = Response.objects.get(number=2)
    staff.post(reverse("questionnaires:paper-sheet", args=[day.pk, asked.pk, sheet.pk]), {field(asked, "Utile ?"): "1"})
    assert answers_of(sheet) == {asked.questions.get(label="Utile ?").pk: ["1"]}
    staff.post(reverse("questionnaires:remove-sheet", args=[day.pk, asked.pk, sheet.pk]))
    assert Response.objects.count() == 1
    online = Response.objects.create(questionnaire=asked, lookup="x")
    gone = reverse("questionnaires:remove-sheet", args=[day.pk, asked.pk, online.pk])
    assert staff.post(gone).status_code == 404  # what somebody answered is theirs
    pdf = staff.get(reverse("questionnaires:sheet", args=[day.pk, asked.pk]))
    assert pdf.content.startswith(b"%PDF")


def test_their_page_offers_what_is_open(client, asked, day):
    from maillage.registrations.own import token_of

    registration = day.registrations.first()
    own = reverse("registrations:own", args=[token_of(registration)])
    link = personal_path(asked, registration)
    assert link in client.get(own).content.decode()
    client.post(link, {"key": new_secret(), **given(asked)})
    assert link not in client.get(own).content.decode()
    assert Questionnaire.objects.get().responses.count() == 1

"""The letter that asks, its one reminder, and refusals, which hold for good."""

import datetime as dt
from email import message_from_bytes

import pytest
from django.urls import reverse
from django.utils import timezone

from maillage.office.models import Mail
from maillage.questionnaires.letters import queue_due_letters, refuse_letters, send_letters
from maillage.questionnaires.links import new_secret, personal_path
from maillage.questionnaires.models import Invitation
from maillage.questionnaires.services import QuestionnaireRefused, make_questionnaire, set_questionnaire
from tests.questionnaires.conftest import BASE, ask, field, plain

pytestmark = pytest.mark.django_db


def people() -> list[str]:
    return sorted(Mail.objects.values_list("to", flat=True))


def test_each_is_asked_once_then_reminded_once_unless_they_answered_or_refused(client, asked, day):
    rows = list(day.registrations.order_by("person__email"))
    rows[0].presence = "absent"
    rows[0].save()
    rows[1].status, rows[2].person.email = "cancelled", ""
    rows[1].save()
    rows[2].person.save()
    now = timezone.now()
    assert send_letters(questionnaire=asked, reminder=False, by="Zoé", now=now) == 5
    assert send_letters(questionnaire=asked, reminder=False, by="Zoé", now=now) == 0
    assert people() == [f"p{n}@exemple.invalid" for n in range(3, 8)]
    body = Mail.objects.order_by("to").first().body
    assert BASE + personal_path(asked, rows[3]) in body
    assert BASE + personal_path(asked, rows[3], "refusal") in body
    client.post(personal_path(asked, rows[3]), {"key": new_secret(), field(asked, "Utile ?"): "4"})
    refusal = personal_path(asked, rows[4], "refusal")
    client.get(refusal)  # a mail scanner opens it: nothing is refused
    assert not Invitation.objects.filter(refused=True).exists()
    assert "ne vous enverra plus" in plain(client.post(refusal))
    Mail.objects.all().delete()
    assert send_letters(questionnaire=asked, reminder=True, by="Zoé", now=now) == 3
    assert send_letters(questionnaire=asked, reminder=True, by="Zoé", now=now) == 0
    assert people() == [f"p{n}@exemple.invalid" for n in range(5, 8)]
    assert "seul rappel" in Mail.objects.first().body
    # the next questionnaire writes to whoever did not refuse, and to nobody who did
    other = make_questionnaire(gathering=day, model=None, by="Zoé")
    ask(other, "Et vous ?", "text")
    set_questionnaire(questionnaire=other, by="Zoé", base_url=BASE, is_open=True)
    Mail.objects.all().delete()
    assert send_letters(questionnaire=other, reminder=False, by="Zoé", now=now) == 4
    assert "p4@exemple.invalid" not in people()


def test_a_refusal_stops_a_letter_that_waits(asked, day):
    send_letters(questionnaire=asked, reminder=False, by="Zoé", now=timezone.now())
    registration = day.registrations.get(person__email="p1@exemple.invalid")
    refuse_letters(questionnaire=asked, registration=registration)
    assert "p1@exemple.invalid" not in people()
    assert len(people()) == 7


def test_nothing_leaves_for_a_closed_page(asked):
    set_questionnaire(questionnaire=asked, by="Zoé", base_url=BASE, is_open=False)
    with pytest.raises(QuestionnaireRefused, match="Ouvrez-le avant"):
        send_letters(questionnaire=asked, reminder=False, by="Zoé", now=timezone.now())
    set_questionnaire(questionnaire=asked, by="Zoé", base_url="", is_open=True)
    with pytest.raises(QuestionnaireRefused, match="adresse de ce serveur"):
        send_letters(questionnaire=asked, reminder=False, by="Zoé", now=timezone.now())
    assert people() == []


def test_they_leave_by_themselves_on_their_days_at_a_decent_hour(asked):
    start = dt.datetime(2026, 3, 2, 5, tzinfo=dt.UTC)  # six in the morning where people meet
    days = {"letter_on": start.date(), "remind_on": start.date() + dt.timedelta(days=7)}
    set_questionnaire(questionnaire=asked, by="Zoé", base_url=BASE, **days)
    assert queue_due_letters(now=start - dt.timedelta(hours=12)) == 0
    assert queue_due_letters(now=start) == 0
    assert queue_due_letters(now=start + dt.timedelta(hours=3)) == 8
    assert queue_due_letters(now=start + dt.timedelta(days=2)) == 0
    Invitation.objects.filter(registration__person__email="p0@exemple.invalid").update(answered=True)
    assert queue_due_letters(now=start + dt.timedelta(days=9)) == 7
    assert queue_due_letters(now=start + dt.timedelta(days=30)) == 0


def test_an_organiser_reads_it_first_and_sees_numbers_only(staff, asked, day):
    url = reverse("questionnaires:letters", args=[day.pk, asked.pk])
    page = plain(staff.get(url))
    assert "8 personnes peuvent le recevoir" in page
    file = staff.get(reverse("questionnaires:letter-file", args=[day.pk, asked.pk, "rappel"]))
    letter = message_from_bytes(file.content)
    assert (file["Content-Type"], letter["To"]) == ("message/rfc822", "camille@exemple.invalid")
    assert "8 courriels sont partis" in plain(staff.post(url, {"letter": "lettre"}, follow=True))
    Invitation.objects.filter(registration__person__email="p0@exemple.invalid").update(answered=True)
    page = plain(staff.get(url))
    assert "1 lien a servi" in page
    assert "Prénom0" not in page
    assert "p0@" not in page

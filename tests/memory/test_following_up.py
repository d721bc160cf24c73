"""« Où en êtes-vous ? »: on the day chosen, once; the answer is its author's, and shared only when they tick it."""

import datetime as dt
import re

import pytest
from django.core import mail as outbox
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.gatherings.removal import remove_gathering
from maillage.memory.following_up import (
    answer_token,
    ask_for_follow_up,
    find_by_answer_token,
    follow_up_of,
    forget_follow_ups,
    queue_follow_ups,
    read_answer,
)
from maillage.memory.models import FollowUp, PorteurSheet
from maillage.memory.services import keep_sheet
from maillage.office.models import Mail
from maillage.office.services import send_due_mail
from tests.memory.playing import at_once, sign_in

pytestmark = pytest.mark.django_db(transaction=True)

EMAIL, BASE = "amel@exemple.invalid", "https://maillage.exemple.invalid"


def content(day=""):
    field = {"id": "date", "label": "À quelle date", "type": "date", "value": day}
    return {"title": "Ma fiche", "lines": [], "fields": [field]}


@pytest.fixture
def token(room):
    soon = timezone.localdate() + dt.timedelta(days=40)
    return keep_sheet(session=room.session, seat_id=room.porteur.id, content=content(soon.isoformat()))[1]


@pytest.fixture
def asked(room, token):
    due = timezone.localdate() + dt.timedelta(days=40)
    return ask_for_follow_up(token=token, gathering=room.session.gathering, email=EMAIL, due=due, base_url=BASE)


def at_noon(day):
    return dt.datetime.combine(day, dt.time(12), dt.UTC)


def test_the_day_of_the_sheet_is_proposed_and_nothing_is_kept_without_the_tick(token):
    sheet, ask = reverse("memory:sheet", args=[token]), reverse("memory:ask-follow-up", args=[token])
    due = (timezone.localdate() + dt.timedelta(days=40)).isoformat()
    visitor = Client(enforce_csrf_checks=True)
    assert f'value="{due}"' in visitor.get(sheet).content.decode()
    refused = visitor.post(ask, {"email": EMAIL, "due": due})
    assert refused.status_code == 422
    assert "Cochez la case" in refused.content.decode()
    assert f'value="{EMAIL}"' in refused.content.decode()
    assert not FollowUp.objects.exists()
    assert visitor.post(ask, {"email": EMAIL, "due": due, "agreed": "on"}).status_code == 302
    assert FollowUp.objects.get().email == EMAIL
    assert EMAIL in visitor.get(sheet).content.decode()
    visitor.post(ask, {"do": "give-up"})
    assert not FollowUp.objects.exists()


@pytest.mark.parametrize(
    ("sent", "sentence"),
    [
        ({"due": "hier"}, "On attend une date"),
        ({"due": "2020-01-01"}, "un jour à venir"),
        ({"due": "2199-01-01"}, "deux ans au plus"),
        ({"due": ""}, "Choisissez un jour"),
        ({"email": "amel"}, "prenom.nom@exemple.fr"),
    ],
)
def test_what_is_refused_is_said(token, sent, sentence):
    due = (timezone.localdate() + dt.timedelta(days=40)).isoformat()
    answer = Client().post(
        reverse("memory:ask-follow-up", args=[token]), {"email": EMAIL, "due": due, "agreed": "on"} | sent
    )
    assert answer.status_code == 422
    assert sentence in answer.content.decode()
    assert not FollowUp.objects.exists()


def test_the_row_leads_neither_to_the_sheet_nor_to_the_room(room, asked):
    """What an operator who reads the database finds beside the address: the gathering, and no more."""
    sheet = PorteurSheet.objects.get()
    row = FollowUp.objects.values().get()
    said = " ".join(str(bytes(value) if isinstance(value, memoryview) else value) for value in row.values())
    for other in (sheet.pk, sheet.lookup, sheet.session_id, room.porteur.id, room.session.workshop_id):
        assert str(other) not in said
    assert follow_up_of("a" * 32) is None


def test_the_letter_leaves_on_the_day_in_the_morning_and_once(asked):
    assert queue_follow_ups(now=at_noon(asked.due - dt.timedelta(days=1))) == 0
    assert queue_follow_ups(now=at_noon(asked.due).replace(hour=2)) == 0
    assert [queue_follow_ups(now=at_noon(asked.due)) for _twice in (1, 2)] == [1, 0]
    letter = Mail.objects.get()
    assert (letter.to, letter.about) == (EMAIL, asked.pk)
    assert send_due_mail() == 1
    (sent,) = outbox.outbox
    assert "<img" not in sent.body
    assert re.findall(r"https?://\S+", sent.body) == [
        BASE + reverse("memory:follow-up-answer", args=[answer_token(asked)])
    ]


def test_the_answer_is_read_from_the_sheet_alone_and_the_address_goes(room, token, asked):
    queue_follow_ups(now=at_noon(asked.due))
    page = reverse("memory:follow-up-answer", args=[answer_token(asked)])
    visitor = Client(enforce_csrf_checks=True)
    opened = visitor.get(page)
    assert (opened.status_code, opened["Referrer-Policy"]) == (200, "no-referrer")
    assert FollowUp.objects.get().answered_at is None  # a scanner of mails opens it too
    visitor.post(page, {"state": "begun", "text": "canari-réponse"})
    row = FollowUp.objects.get()
    assert (row.email, row.shared_text, Mail.objects.count()) == ("", "", 0)
    assert "canari" not in str(bytes(row.sealed or b""))
    assert "canari" not in visitor.get(page).content.decode()
    organiser = sign_in(room.session)
    gathering = room.session.gathering
    for address in (
        reverse("memory:follow-up", args=[gathering.pk]),
        reverse("memory:takeaways", args=[gathering.pk]),
        reverse("memory:public-follow-up", args=[gathering.space.slug, gathering.slug]),
    ):
        assert "canari" not in organiser.get(address).content.decode()
    assert "canari-réponse" in visitor.get(reverse("memory:sheet", args=[token])).content.decode()
    assert read_answer("a" * 32, row) is None


def test_shared_when_ticked_without_a_name_and_taken_back(room, token, asked):
    gathering = room.session.gathering
    page = reverse("memory:follow-up-answer", args=[answer_token(asked)])
    public = reverse("memory:public-follow-up", args=[gathering.space.slug, gathering.slug])
    Client().post(page, {"state": "done", "text": "On s’est appelé.", "share": "on"})
    shown = Client().get(public).content.decode()
    assert "On s’est appelé." in shown
    assert EMAIL not in shown
    Client().post(reverse("memory:ask-follow-up", args=[token]), {"do": "unshare"})
    assert "On s’est appelé." not in Client().get(public).content.decode()
    answer = read_answer(token, FollowUp.objects.get())
    assert answer is not None
    assert (answer.text, answer.words) == ("On s’est appelé.", "C’est fait")


@pytest.mark.parametrize("sent", [{}, {"state": "x"}, {"state": "done", "text": "x" * 401}])
def test_a_bad_answer_is_said_and_nothing_is_written(asked, sent):
    answer = Client().post(reverse("memory:follow-up-answer", args=[answer_token(asked)]), sent or {"text": ""})
    assert answer.status_code == 422
    assert FollowUp.objects.get().answered_at is None


def test_who_does_not_answer_is_forgotten_after_two_months(asked):
    queue_follow_ups(now=at_noon(asked.due))
    assert forget_follow_ups(now=at_noon(asked.due) + dt.timedelta(days=59)) == 0
    assert forget_follow_ups(now=at_noon(asked.due) + dt.timedelta(days=60)) == 1
    assert (FollowUp.objects.count(), Mail.objects.count()) == (0, 0)
    assert find_by_answer_token(answer_token(asked)) is None
    assert Client().get(reverse("memory:follow-up-answer", args=[answer_token(asked)])).status_code == 404


def test_an_address_left_again_replaces_the_former_and_is_asked_anew(room, token, asked):
    queue_follow_ups(now=at_noon(asked.due))
    later = asked.due + dt.timedelta(days=30)
    again = ask_for_follow_up(
        token=token, gathering=room.session.gathering, email="autre@exemple.invalid", due=later, base_url=BASE
    )
    assert (again.pk, FollowUp.objects.count(), Mail.objects.count()) == (asked.pk, 1, 0)
    assert queue_follow_ups(now=at_noon(later)) == 1


def test_a_gathering_that_is_deleted_takes_the_addresses_and_the_letters(room, asked):
    queue_follow_ups(now=at_noon(asked.due))
    room.do(room.lead, "close")
    remove_gathering(gathering=room.session.gathering, by="essai")
    assert (FollowUp.objects.count(), Mail.objects.count()) == (0, 0)


def test_asked_twice_at_once_it_is_asked_once(room, token):
    due = timezone.localdate() + dt.timedelta(days=40)
    asked = {"token": token, "gathering": room.session.gathering, "email": EMAIL, "due": due, "base_url": BASE}
    assert at_once(*[lambda: ask_for_follow_up(**asked)] * 3) == []
    assert FollowUp.objects.get().email == EMAIL

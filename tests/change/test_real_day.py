"""The real day of 2 October 2025, its codev and its own sheet: a porteur's first step becomes an action of a noyau, is
followed up at its date, and is on the review's agenda."""

import datetime as dt
import re

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.change.members import add_member, make_group, member_token
from maillage.change.models import Commitment, Review
from maillage.gatherings.models import Workshop
from maillage.live import runtime
from maillage.live.committer import Submitted
from maillage.live.models import Seat
from maillage.live.opening import open_one
from maillage.live.seats import read_ticket, take_seat
from maillage.memory.following_up import queue_follow_ups
from maillage.office.models import Mail
from tests.gatherings.conftest import day, places
from tests.live.conftest import _fresh_process

__all__ = ["_fresh_process", "day", "places"]  # fixtures, shared by name

pytestmark = pytest.mark.django_db(transaction=True)

STEP, WITH = "Appeler le service des salles", "Le centre social"


class Table:
    """A table of the day's own co-développement; each phone is a browser that came in by the code on the wall."""

    def __init__(self, gathering) -> None:
        workshop = Workshop.objects.get(slot__gathering=gathering, method="codev")
        self.session = open_one(workshop=workshop, by="essai")
        self.moves = 0
        self.lead = take_seat(session=self.session, kind="facilitator", name="Émilie", role="facilitator", key="a")
        self.phones = {name: self.come_in(name) for name in ("Amel", "Bruno", "Chloé", "Dina", "Élie")}
        self.seats = {name: self.seat_of(phone) for name, phone in self.phones.items()}

    def come_in(self, name: str) -> Client:
        phone = Client()
        answer = phone.post(reverse("live:join", args=[self.session.join_code]), {"name": name, "key": name})
        assert answer.status_code == 303, answer.content.decode()
        return phone

    def seat_of(self, phone: Client) -> Seat:
        cookies = {name: morsel.value for name, morsel in phone.cookies.items()}
        ticket = read_ticket(cookies, self.session.pk, "")
        assert ticket is not None
        return Seat.objects.get(pk=ticket.seat_id)

    def do(self, seat, kind: str, /, **payload) -> int:
        self.moves += 1
        move = Submitted(self.session.id, seat.id, kind, payload, str(self.moves))
        outcome = runtime.live().committer.submit(move)
        assert outcome.status == 201, outcome
        return outcome.number


def test_a_first_step_of_the_real_day_is_followed_up_and_on_the_reviews_agenda(day) -> None:
    table, due = Table(day), timezone.localdate() + dt.timedelta(days=20)
    amel = table.seats["Amel"]
    table.do(table.lead, "open")
    subject = table.do(amel, "write", kind="subject", text="La salle est fermée le soir")
    table.do(table.lead, "choose", card=f"c{subject}")
    table.do(table.lead, "skip", **{"from": "sujet", "to": "reactions"})
    table.do(table.seats["Bruno"], "write", kind="idea", text="Chez nous, deux habitants gardent les clés")
    table.do(table.lead, "skip", **{"from": "reactions", "to": "feedback"})
    for field, value in (("first_step", STEP), ("date", due.isoformat()), ("with_whom", WITH)):
        table.do(amel, "fill", field=field, value=value)

    # her sheet, from her phone alone; and from it, the noyau's door
    group, lead = make_group(space=day.space, name="Noyau du Port", lead={"name": "Samira"}, by_words="l’organisation")
    add_member(group=group, name="Paul", category="state_officer", by=lead)
    address = reverse("memory:own-sheet", args=[table.session.pk])
    assert table.phones["Bruno"].get(address).status_code == 404
    phone = table.phones["Amel"]
    sheet = phone.get(address)["Location"]
    there = reverse("change:entrust", args=[sheet.strip("/").split("/")[-1]])
    assert there in phone.get(sheet).content.decode()
    page = phone.get(there).content.decode()
    for words in (STEP, WITH, f'value="{due.isoformat()}"'):  # the sheet's own words, in their own fields
        assert words in page
    said = {"group": str(group.pk), "what": STEP, "who": WITH, "due": due.isoformat()}
    assert phone.post(there, said).status_code == 422  # not without her word
    assert phone.post(there, said | {"agreed": "on"}).status_code == 302
    action = Commitment.objects.get()
    assert (action.group, action.what, action.due) == (group, STEP, due)

    # at its date: the letter, her answer by its link, and what she shares of it
    ask = {"due": due.isoformat(), "email": "amel@exemple.invalid", "agreed": "on"}
    assert phone.post(f"{sheet}suivi/", ask).status_code == 302
    assert queue_follow_ups(now=dt.datetime.combine(due - dt.timedelta(days=1), dt.time(12), dt.UTC)) == 0
    assert queue_follow_ups(now=dt.datetime.combine(due, dt.time(12), dt.UTC)) == 1
    letter = Mail.objects.get(to="amel@exemple.invalid").body
    link = re.search(r"/ou-en-etes-vous/[^\s]+", letter)
    assert link
    answer = {"state": "begun", "text": "Rendez-vous pris pour jeudi", "share": "on"}
    assert Client().post(link[0], answer).status_code in (200, 302)

    # the review three days later: on its agenda, with her news, by the members' own pages
    samira, token = Client(), member_token(lead)
    planned = {"kind": "monthly", "on": (due + dt.timedelta(days=3)).isoformat()}
    agenda = samira.post(reverse("change:reviews", args=[token]), planned)["Location"]
    page = samira.get(agenda).content.decode()
    late = page[page.index("Actions dont le jour est passé") :]
    assert STEP in late
    assert "Rendez-vous pris pour jeudi" in late
    assert "amel@exemple.invalid" not in page
    samira.post(agenda, {"do": "hold", "attended": "mairie", "decisions": "Aller voir la salle", "seen": "1"})
    held = Review.objects.get()
    assert STEP in held.agenda["late"][0]
    phone.post(there, {"do": "back"})  # hers still: she takes it back
    assert not Commitment.objects.exists()
    held.refresh_from_db()
    left = [held.agenda, *group.versions.values_list("content", flat=True)]
    assert STEP not in str(left)
    assert STEP not in samira.get(agenda).content.decode()

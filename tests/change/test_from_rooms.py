"""What live rooms give a noyau: cards a room kept, and a porteur's first step; never without their owner's word."""

import datetime as dt

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from maillage.change.entrusting import entrusted_by
from maillage.change.members import make_group, member_token
from maillage.change.models import Actor, Change, Commitment, Finding, Vision
from maillage.change.queries import agenda_of
from maillage.change.rooms import gifts_of
from maillage.live import runtime, seats
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.queries import sheet_of
from maillage.live.services import open_session
from maillage.memory.following_up import answer_follow_up, follow_up_of
from maillage.memory.services import keep_sheet
from maillage.methods.services import keep_shipped_versions
from tests.live.play import make_workshop
from tests.memory.playing import sign_in

__all__ = ["_fresh_process", "room", "session"]  # fixtures, shared by name

from tests.live.conftest import _fresh_process, session
from tests.live.test_signals import room

pytestmark = pytest.mark.django_db(transaction=True)


class Live:
    """A room of seven phones that plays one of the two methods."""

    def __init__(self, method: str) -> None:
        self.moves = 0
        keep_shipped_versions()
        workshop = make_workshop("La vision des Lilas")
        workshop.method = method
        workshop.save()
        self.session = open_session(workshop=workshop, by="essai")
        self.lead = self.sit("Lise", "facilitator", SeatKind.FACILITATOR)
        self.people = [self.sit(f"Prénom{n}", "participant", SeatKind.PARTICIPANT) for n in range(7)]
        self.do(self.lead, "open")

    def sit(self, name, role, kind):
        return seats.take_seat(session=self.session, kind=kind, name=name, role=role, key=name)

    def do(self, seat, move, /, **payload):
        self.moves += 1
        outcome = runtime.live().committer.submit(Submitted(self.session.id, seat.id, move, payload, str(self.moves)))
        assert outcome.status == 201, outcome
        return outcome.number

    def card(self, person, kind, text, *, pin=True):
        card = f"c{self.do(self.people[person], 'write', kind=kind, text=text)}"
        if pin:
            self.do(self.lead, "pin", card=card)
        return card


def group_in(space):
    return make_group(space=space, name="Noyau des Lilas", lead={"name": "Samira"}, by_words="l’organisation")


def test_what_a_room_pinned_lands_in_the_noyau_when_who_holds_it_agrees() -> None:
    room = Live("vision-partagee")
    room.card(0, "finding", "La salle est vide le soir")
    room.card(1, "finding", "Un secret de la salle", pin=False)
    room.do(room.lead, "skip", **{"from": "constats", "to": "ensemble"})
    vision = room.card(2, "vision", "Ici, la salle se décide avec qui y vit")
    group, lead = group_in(room.session.gathering.space)
    organiser = sign_in(room.session)
    organiser.post(reverse("change:offer", args=[group.pk]), {"session": str(room.session.pk)})
    client, there = Client(), reverse("change:rooms", args=[member_token(lead)])
    page = client.get(there).content.decode()
    assert "La salle est vide le soir" in page
    assert "Un secret de la salle" not in page
    assert Finding.objects.count() == 0
    assert vision
    gifts = {gift.text: gift for _offering, found in gifts_of(group) for gift in found}
    for text, horizon in (("La salle est vide le soir", ""), ("Ici, la salle se décide avec qui y vit", "2204")):
        said = {"gift": gifts[text].name, "do": "take", "text": text, "horizon": horizon}
        answer = client.post(there, said)
    assert answer.status_code == 422
    assert "2204" in answer.content.decode()
    client.post(there, said | {"horizon": str(timezone.localdate().year + 4)})
    client.post(there, said | {"horizon": str(timezone.localdate().year + 4)})
    assert Finding.objects.get().said_by.startswith("l’atelier")
    assert Vision.objects.get().text == "Ici, la salle se décide avec qui y vit"
    assert "Tout est accueilli" in client.get(there).content.decode()
    offer = {"session": str(room.session.pk)}
    organiser.post(reverse("change:offer", args=[group.pk]), offer | {"do": "withdraw"})
    assert gifts_of(group) == []
    assert Finding.objects.count() == 1  # what was taken stays
    assert "Proposer au noyau" in organiser.get(reverse("change:shared", args=[group.pk])).content.decode()
    organiser.post(reverse("change:offer", args=[group.pk]), offer)
    assert {gift.status for _offering, found in gifts_of(group) for gift in found} == {"kept"}


def test_changes_of_a_room_find_their_actor() -> None:
    room = Live("chemins-de-changement")
    room.card(0, "actor", "Le bailleur")
    room.do(room.lead, "skip", **{"from": "acteurs", "to": "choix"})
    room.card(1, "change", "Le bailleur vient dans le hall")
    room.card(2, "change", "La mairie prête la salle")
    group, lead = group_in(room.session.gathering.space)
    sign_in(room.session).post(reverse("change:offer", args=[group.pk]), {"session": str(room.session.pk)})
    client, there = Client(), reverse("change:rooms", args=[member_token(lead)])
    gifts = {gift.text: gift for _offering, found in gifts_of(group) for gift in found}
    client.post(there, {"gift": gifts["Le bailleur"].name, "do": "take", "text": "Le bailleur"})
    assert f'value="{Actor.objects.get().pk}" selected' in client.get(there).content.decode()
    said = {"gift": gifts["La mairie prête la salle"].name, "do": "take", "text": "La mairie prête la salle"}
    assert "De quel acteur" in client.post(there, said).content.decode()
    for words in ({"text": "a" * 301}, {"new_actor": "b" * 121}, {"text": "un\x00signe"}):
        answer = client.post(there, said | {"new_actor": "La mairie"} | words)
        assert (answer.status_code, Actor.objects.count(), Change.objects.count()) == (422, 1, 0), words
    client.post(there, said | {"new_actor": "La mairie"})
    client.post(there, {"gift": gifts["Le bailleur vient dans le hall"].name, "do": "leave"})
    assert [str(row.actor) for row in Change.objects.all()] == ["La mairie"]


def test_a_porteurs_first_step_is_followed_up_and_on_the_agenda(room) -> None:
    room.do(room.porteur, "fill", field="pas", value="Appeler la mairie")
    content = sheet_of(room.session.pk, room.porteur.id)
    _sheet, token = keep_sheet(session=room.session, seat_id=room.porteur.id, content=content)
    group, lead = group_in(room.session.gathering.space)
    client, there = Client(), reverse("change:entrust", args=[token])
    assert "Appeler la mairie" in client.get(there).content.decode()
    day = timezone.localdate() + dt.timedelta(days=20)
    said = {"group": str(group.pk), "what": "Appeler la mairie", "due": day.isoformat()}
    assert client.post(there, said).status_code == 422  # not without their word
    assert Commitment.objects.count() == 0
    for _twice in range(2):
        assert client.post(there, said | {"agreed": "on"}).status_code == 302
    ask = {"due": day.isoformat(), "email": "amel@exemple.invalid", "agreed": "on"}
    client.post(reverse("memory:ask-follow-up", args=[token]), ask)
    answer_follow_up(follow_up=follow_up_of(token), state="begun", text="Rendez-vous pris", share=True)
    assert Commitment.objects.count() == 1
    agenda = agenda_of(group, on=day + dt.timedelta(days=3), since=None)
    assert "Appeler la mairie" in agenda.late[0]
    assert "Rendez-vous pris" in agenda.late[0]
    page = Client().get(reverse("change:commitments", args=[member_token(lead)])).content.decode()
    assert "Rendez-vous pris" in page
    assert "amel@exemple.invalid" not in page
    client.post(there, {"do": "back"})
    assert entrusted_by(token) is None
    assert not group.versions.filter(kind="commitment").exists()

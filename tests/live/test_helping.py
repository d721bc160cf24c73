"""« Demander de l’aide »: from the prompter to the control room and back, and on no other screen."""

import re
from datetime import timedelta
from uuid import uuid4

import pytest
from django.test import Client
from django.utils import timezone

from maillage.live import runtime, seats, urls_of
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.models import HelpCall, Move, Seat, Session
from maillage.live.runtime import live
from maillage.live.services import close_session, erase_session
from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right

pytestmark = pytest.mark.django_db(transaction=True)

WORDS = ("aide", "On arrive", "une personne", "matériel", "help")  # of the call, on any screen


@pytest.fixture
def lead(session: Session) -> Client:
    """The prompter of a session that plays."""
    client = Client()
    client.post(urls_of.facilitator_url(session), {"name": "Lise", "key": "k"})
    move(session, session.seats.get(), "open")
    return client


@pytest.fixture
def organiser(session: Session) -> Client:
    return staff(session, SpaceRole.ORGANISER)


def staff(session: Session, role: SpaceRole) -> Client:
    user = User.objects.create_user(f"{role}@exemple.invalid", str(role))
    give_right(user=user, space=session.gathering.space, role=role, by="essai")
    client = Client()
    client.force_login(user)
    return client


def move(session: Session, by: Seat, kind: str, **payload: str) -> None:
    assert live().committer.submit(Submitted(session.id, by.pk, kind, payload, f"{kind}-{by.pk}")).accepted


def aide(session: Session, which: str = "a") -> str:
    return f"/seance/{session.pk}/aide/?siege={which}"


def regie(session: Session) -> str:
    return f"/rencontres/{session.gathering_id}/regie/"


def text_of(client: Client, address: str) -> str:
    return plain(client.get(address).content.decode())


def plain(html: str) -> str:
    return re.sub(r"\s+", " ", re.sub(r"<[^>]*>", "", html))


def test_from_one_tap_to_on_arrive_to_settled(session, lead, organiser) -> None:
    screen = f"/seance/{session.pk}/?siege=a"
    assert "Demander de l’aide" in text_of(lead, screen)
    assert "demande de l’aide" not in text_of(organiser, regie(session))

    answer = lead.post(aide(session), {"word": "person"})
    assert (answer.status_code, answer["Location"]) == (303, screen)
    HelpCall.objects.update(asked_at=timezone.now() - timedelta(minutes=3, seconds=5))
    assert "Aide demandée · une personne · depuis 3 min" in text_of(lead, screen)
    room = text_of(organiser, regie(session))
    assert "1 salle demande de l’aide" in room.replace("\u00a0", " ")
    assert "Aide demandée · une personne · depuis 3 min" in room

    call = re.search(r'name="help" value="([^"]+)"', organiser.get(regie(session)).content.decode())[1]
    for _tap in range(2):
        assert "on arrive" in plain(organiser.post(regie(session), {"help": call}, follow=True).content.decode())
    HelpCall.objects.update(answered_at=timezone.now() - timedelta(seconds=61))
    assert "On arrive · une personne · la régie l’a dit il y a 1 min" in text_of(lead, screen)
    room = text_of(organiser, regie(session))
    assert "demande de l’aide" not in room  # nobody waits for an answer any more
    assert "dit à l’animation il y a 1 min" in room

    for _tap in range(2):
        assert lead.post(aide(session), {"settled": call}).status_code == 303
    assert "Demander de l’aide" in text_of(lead, screen)
    assert "Aide demandée" not in text_of(organiser, regie(session))
    late = organiser.post(regie(session), {"help": call}, follow=True)
    assert "c’est réglé" in plain(late.content.decode())


def test_asked_twice_is_one_call_of_the_first_time(session, lead) -> None:
    lead.post(aide(session), {"word": ""})
    first = HelpCall.objects.get()
    lead.post(aide(session), {"word": "time"})
    lead.post(aide(session), {"word": ""})  # the other thumb, on a page that was not read again
    again = HelpCall.objects.get()
    assert (again.pk, again.asked_at, again.word) == (first.pk, first.asked_at, "time")


def test_settling_an_older_call_leaves_the_new_one(session, lead) -> None:
    lead.post(aide(session), {"word": ""})
    old = HelpCall.objects.get().pk
    lead.post(aide(session), {"settled": old})
    lead.post(aide(session), {"word": "material"})
    lead.post(aide(session), {"settled": old})
    assert HelpCall.objects.get().word == "material"


def test_nothing_of_it_is_in_the_log_or_lost_with_the_process(session, lead, organiser, monkeypatch) -> None:
    moves = Move.objects.count()
    lead.post(aide(session), {"word": "material"})
    monkeypatch.setattr(runtime, "_live", None)  # the server starts again
    assert "matériel" in text_of(organiser, regie(session))
    assert "matériel" in text_of(lead, f"/seance/{session.pk}/?siege=a")
    assert Move.objects.count() == moves


def test_no_other_screen_carries_a_byte_of_it(session, lead, organiser) -> None:
    """Participants, the porteur, the projector and the control seat: their page, their stream, the part itself."""
    others = {}
    for role in ("participant", "porteur"):
        seat = seats.take_seat(session=session, kind=SeatKind.PARTICIPANT, name="Amel", role="participant", key=role)
        if role == "porteur":
            lead_seat = session.seats.get(kind=SeatKind.FACILITATOR)
            move(session, lead_seat, "give_role", seat=str(seat.pk), role="porteur")
        client = Client()
        client.cookies[seats.cookie_name(session.pk, seat.kind)] = seats.make_ticket(seat)
        others[role] = (client, f"/seance/{session.pk}/")
    others["projector"] = (Client(), urls_of.projector_url(session))
    others["control"] = (organiser, urls_of.control_url(session))
    pages = {name: client.get(url, follow=True) for name, (client, url) in others.items()}
    before = {name: found(page.content.decode()) for name, page in pages.items()}

    lead.post(aide(session), {"word": "person"})
    organiser.post(regie(session), {"help": str(HelpCall.objects.get().pk)})
    assert found(lead.get(f"/seance/{session.pk}/?siege=a").content.decode())["On arrive"]  # something could leak
    for name, (client, url) in others.items():
        assert found(client.get(url, follow=True).content.decode()) == before[name], name
        assert not before[name]["aide"], name
        for which in ("", "p", "c"):
            assert client.get(aide(session, which)).status_code == 403, name
            assert client.post(aide(session, which), {"settled": str(uuid4())}).status_code == 403, name
    room = live().rooms.load(session.pk)
    for seat in session.seats.exclude(kind=SeatKind.FACILITATOR):
        assert not any(found(live().hub.render(room, str(seat.pk)).decode()).values())


def found(html: str) -> dict[str, int]:
    """How often each word of a call is there; a form's own help text is another thing."""
    html = re.sub(r'class="help"|[a-z-]+-help\b', "", html)
    return {word: html.count(word) for word in WORDS}


def test_only_the_lines_of_who_leads_hear_that_it_moved(phone, session) -> None:
    lead, amel = phone("Lise", role="facilitator"), phone("Amel")
    assert lead.move("open").status_code == 201
    lead.client.headers["origin"] = lead.base
    page = lead.client.get(f"/seance/{session.pk}/?siege=a").text
    token = re.search(r'name="csrfmiddlewaretoken" value="([^"]+)"', page)[1]
    with lead.stream() as events, amel.stream() as hers:
        for line in (events, hers):
            line.next()
        headers = {"x-part": "help", "x-csrftoken": token}
        part = lead.client.post(aide(session), data={"word": "time"}, headers=headers)
        assert (part.status_code, '<div id="help"' in part.text) == (200, True)
        assert events.next() == {"event": "help", "data": "moved"}
        assert amel.write("Bonjour").status_code == 201
        assert hers.next()["event"] == "view"  # the first she hears after the call is the card
        assert lead.move("close").status_code == 201
        assert any(events.next()["event"] == "help" for _ in range(3))  # beside the card and the end
        assert "Aide demandée" not in lead.client.get(aide(session), headers=headers).text


def test_ended_session_refuses_with_a_sentence_and_its_call_is_over(session, lead, organiser) -> None:
    lead.post(aide(session), {"word": "time"})
    move(session, session.seats.get(kind=SeatKind.FACILITATOR), "close")
    assert not HelpCall.objects.exists()
    refused = lead.post(aide(session), {"word": ""}, follow=True)
    assert "La séance est terminée" in plain(refused.content.decode())
    assert "Demander de l’aide" not in plain(refused.content.decode())
    assert lead.post(aide(session), {"word": ""}, headers={"x-part": "help"}).status_code == 410
    assert not HelpCall.objects.exists()
    assert "demande de l’aide" not in text_of(organiser, regie(session))


@pytest.mark.parametrize("end", [close_session, erase_session])
def test_session_ended_from_outside_waits_for_nobody(session, lead, end) -> None:
    lead.post(aide(session), {"word": "time"})
    end(session=session, by="organisation")
    assert not HelpCall.objects.exists()
    assert lead.post(aide(session), {"word": ""}, headers={"x-part": "help"}).status_code == 410
    assert not HelpCall.objects.exists()


def test_words_and_calls_that_are_none_change_nothing(session, lead, organiser) -> None:
    for fields, status in (({"word": "pompiers"}, 422), ({"settled": "rien"}, 400)):
        assert lead.post(aide(session), fields, headers={"x-part": "help"}).status_code == status
    assert not HelpCall.objects.exists()
    assert organiser.post(regie(session), {"help": "rien"}).status_code == 404
    lead.post(aide(session), {"word": ""})
    call = str(HelpCall.objects.get().pk)
    assert staff(session, SpaceRole.FACILITATOR).post(regie(session), {"help": call}).status_code == 403
    assert HelpCall.objects.get().answered_at is None


def test_a_rehearsal_calls_nobody(session, lead) -> None:
    Session.objects.update(rehearsal=True)
    live().rooms.drop(session.pk)
    assert "Demander de l’aide" not in text_of(lead, f"/seance/{session.pk}/?siege=a")
    assert lead.post(aide(session), {"word": ""}, headers={"x-part": "help"}).status_code == 409

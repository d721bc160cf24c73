"""How one comes in: by code, by the facilitator's link, by the projector's; what a stranger gets."""

import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from maillage.gatherings.models import Gathering
from maillage.live import log, seats, urls_of
from maillage.live.enums import SeatKind
from maillage.live.models import Seat, Session
from maillage.live.services import KEEP_DAYS, close_session, erase_session, open_session
from maillage.live.throttle import MOST_AT_HOME, MOST_OF_ONE
from maillage.people.enums import SpaceRole
from maillage.people.models import Right, User
from tests.live.play import make_workshop

pytestmark = pytest.mark.django_db(transaction=True)


def enter(client: Client, session, name: str = "Amel", **fields: str):
    page = client.get(f"/s/{session.join_code}/")
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]
    return client.post(f"/s/{session.join_code}/", {"name": name, "key": key} | fields)


def test_code_typed_as_people_type_leads_to_the_session(session) -> None:
    code = session.join_code
    for typed in (code, code.lower(), f" {code[:4]} {code[4:]} ", f"{code[:4]}-{code[4:]}"):
        answer = Client().post("/s/", {"code": typed})
        assert (answer.status_code, answer["Location"]) == (302, f"/s/{code}/")


def test_wrong_code_is_said(session) -> None:
    answer = Client().post("/s/", {"code": "XXXX99"})
    assert answer.status_code == 404
    assert "Ce code n’ouvre aucune séance" in answer.content.decode()


def test_guesser_must_wait_and_the_room_still_enters(session) -> None:
    here = Client(REMOTE_ADDR="192.0.2.1")
    assert here.get(f"/s/{session.join_code}/").status_code == 200
    statuses = [here.post("/s/", {"code": f"XXXX{n:02}"}).status_code for n in range(MOST_OF_ONE + 1)]
    assert statuses == [404] * MOST_OF_ONE + [429]
    assert enter(Client(REMOTE_ADDR="192.0.2.1"), session).status_code == 303
    elsewhere = Client(REMOTE_ADDR="192.0.2.2")
    assert elsewhere.post("/s/", {"code": "XXXX00"}).status_code == 404


def test_joining_gives_a_seat_and_its_screen(session) -> None:
    client = Client()
    answer = enter(client, session)
    assert (answer.status_code, answer["Location"]) == (303, f"/seance/{session.id}/")
    cookie = answer.cookies[seats.cookie_name(session.id)]
    assert (cookie["httponly"], cookie["samesite"], cookie["path"]) == (True, "Lax", "/")
    screen = client.get(answer["Location"])
    assert screen.status_code == 200
    assert "Amel" in screen.content.decode()
    assert "no-store" in screen["Cache-Control"]
    assert client.get(f"/s/{session.join_code}/")["Location"] == f"/seance/{session.id}/"  # already seated


def test_form_sent_twice_sits_one_person(session) -> None:
    client = Client()
    page = client.get(f"/s/{session.join_code}/")
    key = re.search(r'name="key" value="([^"]+)"', page.content.decode())[1]
    for _twice in range(2):
        answer = Client().post(f"/s/{session.join_code}/", {"name": "Amel", "key": key})
        assert answer.status_code == 303
    assert Seat.objects.filter(session=session).count() == 1
    assert session.moves.count() == 1


def test_nobody_joins_as_facilitator_by_the_rooms_code(session) -> None:
    enter(Client(), session, role="facilitator")
    (seat,) = Seat.objects.filter(session=session)
    assert seat.kind == SeatKind.PARTICIPANT
    (joined,) = log.read(session.id)
    assert joined.payload["role"] != "facilitator"


def test_name_is_asked_for(session) -> None:
    answer = enter(Client(), session, name="  \u200b ")
    assert answer.status_code == 422
    assert "Écrivez votre prénom" in answer.content.decode()
    assert Seat.objects.filter(session=session).count() == 0


@pytest.mark.parametrize("code", ["%F0%9F%98%80", "%C2%A0", "a" * 500])
def test_a_code_that_is_no_code_opens_nothing(session, code) -> None:
    page = Client().get(f"/animer/{code}/")
    assert page.status_code == 404
    assert "lien d’animation" in page.content.decode()  # it is no join code that was mistyped
    assert "quatre lettres" not in page.content.decode()
    assert Client().get(f"/s/{code}/").status_code == 404


def test_name_is_cleaned() -> None:
    assert seats.clean_name("  Zoé \n\x00 B.\u202e ") == "Zoé B."
    assert len(seats.clean_name("x" * 500)) == 40


def test_facilitator_confirms_before_taking_the_seat(session) -> None:
    client = Client()
    path = urls_of.facilitator_url(session)
    assert client.get(path).status_code == 200
    assert Seat.objects.filter(session=session).count() == 0
    answer = client.post(path, {"name": "Lise", "key": "k"})
    assert (answer.status_code, answer["Location"]) == (303, f"/seance/{session.id}/?siege=a")
    assert 'value="open"' in client.get(answer["Location"]).content.decode()


def test_second_facilitators_phone_takes_over(session) -> None:
    path = urls_of.facilitator_url(session)
    for name in ("Lise", "Marc"):
        client = Client()
        answer = client.post(path, {"name": name, "key": name})
        assert 'value="open"' in client.get(answer["Location"]).content.decode()
    assert Seat.objects.filter(session=session, kind=SeatKind.FACILITATOR).count() == 2


def test_projector_link_makes_one_seat(session) -> None:
    for _time in range(2):
        client = Client()
        answer = client.get(urls_of.projector_url(session))
        assert answer["Location"] == f"/seance/{session.id}/?siege=p"
        assert client.get(answer["Location"]).status_code == 200
    assert Seat.objects.filter(session=session, kind=SeatKind.PROJECTOR).count() == 1
    token = urls_of.projector_url(session).split("/")[2]
    assert Client().get(f"/projection/{token[:-2]}AA/").status_code == 404


def test_a_wall_shows_nothing_once_the_day_and_the_next_are_over(session) -> None:
    """The computer of a room is everybody's: its history has the link, its browser the seat."""
    client, link = Client(), urls_of.projector_url(session)
    screen = client.get(link)["Location"]
    day = timezone.now() - timedelta(days=3)
    Session.objects.filter(pk=session.pk).update(erase_at=day + timedelta(days=KEEP_DAYS))
    Gathering.objects.update(date=day.date())
    for address in (link, screen):
        said = client.get(address)
        assert said.status_code == 410
        assert "la rencontre est passée" in said.content.decode()
    lead = Client()
    prompter = lead.post(urls_of.facilitator_url(session), {"name": "Lise", "key": "k"})["Location"]
    assert lead.get(prompter).status_code == 200


def test_one_laptop_prompts_and_projects(session) -> None:
    client = Client()
    client.post(urls_of.facilitator_url(session), {"name": "Lise", "key": "k"})
    client.get(urls_of.projector_url(session))
    assert 'value="open"' in client.get(f"/seance/{session.id}/?siege=a").content.decode()
    assert 'value="open"' not in client.get(f"/seance/{session.id}/?siege=p").content.decode()


def test_control_is_for_the_staff_of_the_space(session) -> None:
    client = Client()
    assert client.get(urls_of.control_url(session))["Location"].startswith("/connexion/")
    user = User.objects.create_user("organisation@exemple.invalid")
    client.force_login(user)
    assert client.get(urls_of.control_url(session)).status_code == 404
    Right.objects.create(user=user, space=session.gathering.space, role=SpaceRole.DESK)
    assert client.get(urls_of.control_url(session)).status_code == 404
    Right.objects.create(user=user, space=session.gathering.space, role=SpaceRole.ORGANISER)
    assert client.get(urls_of.control_url(session))["Location"] == f"/seance/{session.id}/?siege=c"


def test_screen_is_for_seats(session) -> None:
    answer = Client().get(f"/seance/{session.id}/")
    assert answer.status_code == 403
    assert "code affiché" in answer.content.decode()
    assert Client().get("/seance/01900000-0000-7000-8000-000000000000/").status_code == 404


def test_closed_and_erased_sessions_let_nobody_in(session) -> None:
    close_session(session=session, by="organisation")
    assert Client().get(f"/s/{session.join_code}/").status_code == 410
    erase_session(session=session, by="organisation")
    for path in (f"/s/{session.join_code}/", urls_of.facilitator_url(session), urls_of.projector_url(session)):
        assert Client().get(path).status_code == 410


def test_screen_needs_no_javascript(session) -> None:
    client = Client()
    enter(client, session)
    html = client.get(f"/seance/{session.id}/").content.decode()
    assert '<noscript><meta http-equiv="refresh"' in html
    assert 'id="shared"' in html
    assert 'id="own"' in html
    assert "<script>" not in html


def test_a_joker_in_the_room_does_not_lock_out_who_leads_it(session) -> None:
    client = Client()
    for number in range(40):
        client.post("/s/", {"code": f"BABA{number:02}"})
    assert client.post("/s/", {"code": "BABA99"}).status_code == 429
    assert client.get(urls_of.facilitator_url(session)).status_code == 200


def test_wrong_codes_count_while_waiting_so_a_program_sweeps_nothing(session) -> None:
    client, right = Client(), f"/s/{session.join_code}/"
    other = open_session(workshop=make_workshop("Autre"), by="essai")
    assert client.get(right).status_code == 200
    wrong = [client.get(f"/s/BABA{number % 100:02}/").status_code for number in range(MOST_AT_HOME)]
    assert set(wrong) == {404, 429}
    assert client.get(f"/s/{other.join_code}/").status_code == 429
    assert client.get(right).status_code == 200  # entered from here before: its code is no news

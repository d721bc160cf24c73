"""A seat changes phones or is taken back; a room behind one address while somebody guesses; a code that is over."""

import html
import re
from datetime import timedelta

import pytest
from django.test import Client
from django.utils import timezone

from maillage.live import handing, seats, urls_of
from maillage.live.enums import SeatKind
from maillage.live.models import Seat
from maillage.live.runtime import live
from maillage.live.services import close_session
from maillage.live.throttle import MOST_AT_HOME, MOST_OF_ONE

pytestmark = pytest.mark.django_db(transaction=True)


def sit(session, name: str, kind: SeatKind = SeatKind.PARTICIPANT, role: str = "participant") -> tuple[Client, Seat]:
    seat = seats.take_seat(session=session, kind=kind, name=name, role=role, key=name)
    client = Client()
    client.cookies.load({seats.cookie_name(session.id, seat.kind): seats.make_ticket(seat)})
    return client, seat


def holder(seat: Seat) -> Client:
    """A browser with the cookie of now."""
    client = Client()
    client.cookies.load({seats.cookie_name(seat.session_id): seats.make_ticket(Seat.objects.get(id=seat.id))})
    return client


def link_on(page) -> str:
    found = re.search(r'href="(http[^"]+/place/[^"]+)"', page.content.decode())
    assert found, page.content.decode()
    return html.unescape(found[1]).removeprefix("http://testserver")


@pytest.fixture
def lead(session) -> Client:
    return sit(session, "Lise", SeatKind.FACILITATOR, "facilitator")[0]


def test_a_seat_goes_to_another_phone_once(session) -> None:
    old, _seat = sit(session, "Amel")
    assert "Continuer sur un autre téléphone" in old.get(f"/seance/{session.id}/").content.decode()
    link = link_on(old.get(f"/seance/{session.id}/autre-telephone/"))
    new, late = Client(), Client()
    page = new.get(link)  # looking moves nothing
    assert "Amel" in page.content.decode()
    assert old.get(f"/seance/{session.id}/").status_code == 200

    moved = new.post(link)

    assert (moved.status_code, moved["Location"]) == (303, f"/seance/{session.id}/")
    assert "Amel" in new.get(moved["Location"]).content.decode()
    told = old.get(f"/seance/{session.id}/")
    assert told.status_code == 403
    assert "n’est plus sur cet appareil" in told.content.decode()
    assert late.post(link).status_code == 410
    assert late.get(link).status_code == 410
    assert Seat.objects.filter(session=session).count() == 1


def test_a_door_page_sent_again_gives_no_seat_back_to_the_phone_that_passed_it_on(session) -> None:
    """« Précédent », then the button: the page still has the key its seat was made of."""
    old, new = Client(), Client()
    door = urls_of.join_url(session)
    page = {"name": "Amel", "key": "that of the page"}
    screen = old.post(door, page)["Location"]
    assert old.post(door, page)["Location"] == screen  # pressed twice: one seat
    assert Seat.objects.filter(session=session).count() == 1
    link = link_on(old.get(f"{screen}autre-telephone/"))
    new.post(link)
    first = Seat.objects.get(session=session)

    for _press in range(2):
        old.cookies.clear()
        assert old.post(door, page).status_code == 303

    another = Seat.objects.exclude(id=first.id).get(session=session)  # one, however often it is pressed
    assert str(another.id.hex) in old.cookies[seats.cookie_name(session.id)].value
    assert new.get(screen).status_code == 200
    new.post(link_on(old.get(f"{screen}autre-telephone/")))
    old.cookies.clear()
    assert old.post(door, page).status_code == 303
    assert Seat.objects.filter(session=session).count() == 3


def test_a_link_is_worth_minutes(session, monkeypatch) -> None:
    old, _seat = sit(session, "Amel")
    link = link_on(old.get(f"/seance/{session.id}/autre-telephone/"))
    monkeypatch.setattr(handing, "MINUTES", -1)
    answer = Client().post(link)
    assert answer.status_code == 410
    assert "une seule fois" in answer.content.decode()
    assert old.get(f"/seance/{session.id}/").status_code == 200


def test_two_phones_with_one_link_make_one_seat(session) -> None:
    _old, seat = sit(session, "Amel")
    room = live().rooms.load(session.id)
    one, other = (handing.read_link_token(handing.make_link_token(seat)) for _phone in range(2))
    assert handing.take_over(seat=one, room=room) is not None
    assert handing.take_over(seat=other, room=room) is None


@pytest.mark.parametrize("kind", [SeatKind.PROJECTOR, SeatKind.CONTROL, SeatKind.FACILITATOR])
def test_a_link_moves_a_persons_seat_and_no_other(session, kind) -> None:
    role = "facilitator" if kind == SeatKind.FACILITATOR else str(kind)
    client, seat = sit(session, "X", kind, role)
    which = seats.SUFFIXES[kind]
    asked = client.get(f"/seance/{session.id}/autre-telephone/?siege={which}")
    assert asked.status_code == (302 if kind == SeatKind.FACILITATOR else 403)  # who leads is shown the room's phones
    assert Client().get(f"/place/{handing.make_link_token(seat)}/").status_code == 410


def test_who_leads_takes_a_seat_back_and_gives_it_again(session, lead) -> None:
    phone, seat = sit(session, "Amel")
    screen = lead.get(f"/seance/{session.id}/?siege=a").content.decode()
    assert "Les téléphones de la salle" in screen
    listed = lead.get(f"/seance/{session.id}/telephones/?siege=a").content.decode()
    assert "Amel" in listed
    assert "Lise" not in listed.partition('id="phones"')[2]

    answer = lead.post(f"/seance/{session.id}/telephones/?siege=a", {"seat": str(seat.id)}, follow=True)

    assert "n’a plus sa place" in answer.content.decode()
    assert phone.get(f"/seance/{session.id}/").status_code == 403
    assert not live().rooms.load(session.id).state.seats[str(seat.id)].present
    undo = re.search(r'name="undo" value="([^"]+)"', answer.content.decode())[1]
    given = lead.post(f"/seance/{session.id}/telephones/?siege=a", {"undo": undo}, follow=True)
    assert "de nouveau sa place" in given.content.decode()
    assert phone.get(f"/seance/{session.id}/").status_code == 200
    assert live().rooms.load(session.id).state.seats[str(seat.id)].present
    again = lead.post(f"/seance/{session.id}/telephones/?siege=a", {"undo": undo})
    assert again.status_code == 409
    assert phone.get(f"/seance/{session.id}/").status_code == 200
    assert lead.post(f"/seance/{session.id}/telephones/?siege=a", {"seat": "personne"}).status_code == 422


def test_a_link_that_was_photographed_stays_dead_when_the_seat_is_given_back(session, lead) -> None:
    phone, seat = sit(session, "Amel")
    phones, ways = f"/seance/{session.id}/telephones/?siege=a", []
    for _time in range(2):  # taken and given back twice before the phone is looked at again
        ways.append(link_on(holder(seat).get(f"/seance/{session.id}/autre-telephone/")))
        removed = lead.post(phones, {"seat": str(seat.id)}, follow=True).content.decode()
        undo = re.search(r'name="undo" value="([^"]+)"', removed)[1]
        assert "de nouveau sa place" in lead.post(phones, {"undo": undo}, follow=True).content.decode()
        assert [Client().post(way).status_code for way in ways] == [410] * len(ways)
    assert phone.get(f"/seance/{session.id}/").status_code == 200
    seat.refresh_from_db()
    assert seat.generation == 5  # it never goes down
    assert seats.read_ticket({name: one.value for name, one in phone.cookies.items()}, session.id).generation == 5


def test_a_phone_that_handed_its_seat_on_is_not_let_in_by_what_is_given_back_to_another(session, lead) -> None:
    first, seat = sit(session, "Amel")
    second = Client()
    second.post(link_on(first.get(f"/seance/{session.id}/autre-telephone/")))
    phones = f"/seance/{session.id}/telephones/?siege=a"
    removed = lead.post(phones, {"seat": str(seat.id)}, follow=True).content.decode()
    lead.post(phones, {"undo": re.search(r'name="undo" value="([^"]+)"', removed)[1]})
    assert second.get(f"/seance/{session.id}/").status_code == 200
    assert first.get(f"/seance/{session.id}/").status_code == 403


def test_a_phone_gives_itself_nothing_back(session) -> None:
    """It writes in the log under keys of its own choice, while it may: none is a line that gives a seat back."""
    phone, seat = sit(session, "Amel")
    for key in ("given-back-3", handing._given_back_key(seat.id, 3)):  # were it to guess it
        phone.post(f"/live/{session.id}/moves", {"key": key, "kind": "rename", "name": "Amel"})
    seats.revoke_seat(seat=seat)
    seats.revoke_seat(seat=seat)
    assert phone.get(f"/seance/{session.id}/").status_code == 403


def test_after_the_end_a_place_taken_back_is_not_given_again(session, lead) -> None:
    _phone, seat = sit(session, "Amel")
    close_session(session=session, by="organisation")
    removed = lead.post(f"/seance/{session.id}/telephones/?siege=a", {"seat": str(seat.id)}, follow=True)
    assert "n’a plus sa place" in removed.content.decode()
    assert 'name="undo"' not in removed.content.decode()
    undo = handing.make_undo_token(session_id=session.id, seat=str(seat.id))
    assert not handing.give_back(room=live().rooms.load(session.id), token=undo)


def test_who_leads_is_given_no_way_into_somebodys_seat(session, lead) -> None:
    """A porteur's sheet, a secret instruction: what is a seat's alone is read from its own phone."""
    _phone, seat = sit(session, "Amel")
    for query in ("", f"&pour={seat.id}"):
        page = lead.get(f"/seance/{session.id}/telephones/?siege=a{query}").content.decode()
        assert "/place/" not in page
    removed = lead.post(f"/seance/{session.id}/telephones/?siege=a", {"seat": str(seat.id)}, follow=True)
    assert "/place/" not in removed.content.decode()
    undo = handing.make_undo_token(session_id=session.id, seat=str(seat.id))
    assert lead.get(f"/place/{undo}/").status_code == 410


def test_who_does_not_lead_takes_nobodys_seat(session, lead) -> None:
    phone, _seat = sit(session, "Amel")
    _other, victim = sit(session, "Bruno")
    assert phone.get(f"/seance/{session.id}/telephones/").status_code == 403
    assert phone.post(f"/seance/{session.id}/telephones/", {"seat": str(victim.id)}).status_code == 403
    victim.refresh_from_db()
    assert victim.generation == 1


def test_two_hundred_enter_behind_one_address_while_two_guess(session) -> None:
    """One guesser is on the room's own Wi-Fi and began before anybody; the other is elsewhere."""
    hall, away = Client(REMOTE_ADDR="192.0.2.1"), Client(REMOTE_ADDR="198.51.100.7")
    wrong = iter(f"XEXE{n % 100:02}" for n in range(10_000))
    guesses: dict[str, list[int]] = {"hall": [], "away": []}
    for _first in range(MOST_OF_ONE + 5):
        guesses["hall"].append(hall.post("/s/", {"code": next(wrong)}).status_code)
    refused = 0
    for person in range(200):
        guesses["hall"] += [hall.post("/s/", {"code": next(wrong)}).status_code for _twice in range(2)]
        guesses["away"].append(away.post("/s/", {"code": next(wrong)}).status_code)
        came = hall.post("/s/", {"code": session.join_code}).status_code
        refused += came != 302
        if person % 50 == 49:
            entered = Client(REMOTE_ADDR="192.0.2.1").post(
                f"/s/{session.join_code}/", {"name": f"P{person}", "key": f"k{person}"}
            )
            assert entered.status_code == 303
    assert len(guesses["hall"]) > MOST_AT_HOME
    assert refused <= 2  # the first two of the room, who try again
    assert set(guesses["hall"][MOST_OF_ONE:]) == {429}
    assert set(guesses["away"][MOST_OF_ONE:]) == {429}
    assert away.post("/s/", {"code": session.join_code}).status_code == 429  # nor does a right guess say that it is


def test_a_code_is_over_at_the_end_of_the_day_after(session) -> None:
    inside, _seat = sit(session, "Amel")
    session.erase_at = timezone.now() + timedelta(days=28, hours=23)  # thirty days after: that was two days ago
    session.save()
    gathering = session.gathering
    gathering.date = timezone.localdate() - timedelta(days=2)
    gathering.save()
    late = Client().get(f"/s/{session.join_code}/")
    assert late.status_code == 410
    assert "la rencontre est passée" in late.content.decode()
    assert Client().post(f"/s/{session.join_code}/", {"name": "Zoé", "key": "z"}).status_code == 410
    assert inside.get(f"/s/{session.join_code}/").status_code == 302  # who was there reads again
    assert Client().get(urls_of.facilitator_url(session)).status_code == 200  # paper is typed in afterwards
    gathering.date = timezone.localdate() + timedelta(days=3)  # put off
    gathering.save()
    assert Client().get(f"/s/{session.join_code}/").status_code == 200

"""The bytes of an audience: made once for pages, polls and streams alike; the time in them is the time now."""

import re
from typing import Any

import pytest
from django.test import Client

from facilitation import audience, view_own
from maillage.live import screens, seats
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.fragments import Fragments, Pieces
from maillage.live.rooms import Room
from maillage.live.runtime import live
from maillage.live.services import erase_session

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def rendered(monkeypatch) -> list[int]:
    """The numbers of the rooms whose `#shared` was rendered."""
    numbers: list[int] = []
    fragments = live().hub.fragments
    render = fragments.render

    def counted(room: Room, view: dict[str, Any], pieces: Pieces | None) -> bytes:
        numbers.append(room.number)
        return render(room, view, pieces)

    monkeypatch.setattr(fragments, "render", counted)
    return numbers


def sit(session, name: str, role: str = "participant") -> Client:
    kind = SeatKind.FACILITATOR if role == "facilitator" else SeatKind.PARTICIPANT
    seat = seats.take_seat(session=session, kind=kind, name=name, role=role, key=name)
    client = Client()
    client.cookies[seats.cookie_name(session.id, seat.kind)] = seats.make_ticket(seat)
    client.seat = seat
    return client


def do(session, client: Client, move: str, /, **payload: Any) -> None:
    sent = Submitted(session.id, client.seat.id, move, payload, move)
    assert live().committer.submit(sent).accepted


def shared_of(page) -> str:
    found = re.search(
        r'<section id="shared".*?(?=<section id="own"|<div class="forms|<form id="form-)',
        page.content.decode(),
        re.DOTALL,
    )
    assert found
    return re.sub(r'(class="clock"[^>]*>)[^<]*', r"\1", found[0])


def test_pages_of_an_audience_and_its_stream_share_what_was_made(session, rendered) -> None:
    lead, amel, bruno = sit(session, "Lise", "facilitator"), sit(session, "Amel"), sit(session, "Bruno")
    do(session, lead, "open")
    address = f"/seance/{session.id}/"
    first = shared_of(amel.get(address))
    assert shared_of(bruno.get(address)) == first
    assert len(rendered) == 1
    room = live().rooms.load(session.id)
    assert live().hub.render(room, str(bruno.seat.id)).startswith(b'<section id="shared"')
    assert len(rendered) == 1
    do(session, amel, "write", kind="idea", text="Une idée")
    assert "Une idée" in shared_of(bruno.get(address))
    assert len(rendered) == 2


def test_change_that_is_somebodys_own_makes_nothing_again(session, rendered) -> None:
    lead, amel = sit(session, "Lise", "facilitator"), sit(session, "Amel")
    do(session, lead, "open")
    porteur = sit(session, "Cléo", "porteur")
    amel.get(f"/seance/{session.id}/")
    before = len(rendered)
    do(session, porteur, "fill", field="pas", value="Un pas")
    amel.get(f"/seance/{session.id}/")
    assert len(rendered) == before


def test_older_room_never_takes_the_place_of_a_newer(session) -> None:
    lead, amel = sit(session, "Lise", "facilitator"), sit(session, "Amel")
    do(session, lead, "open")
    old = live().rooms.load(session.id)
    do(session, amel, "write", kind="idea", text="Une idée")
    new = live().rooms.load(session.id)
    fragments = Fragments(screens.render_shared)
    group = audience(new.state, str(amel.seat.id))
    made = fragments.framed(new, group)
    assert "Une idée".encode() not in fragments.html(old, group)
    assert fragments.framed(new, group) is made  # the object itself: a thousand streams hold one


def test_kept_fragment_tells_the_time_of_the_page(session, monkeypatch) -> None:
    """Without JavaScript the clock is the server's, at each reload."""
    lead, amel = sit(session, "Lise", "facilitator"), sit(session, "Amel")
    do(session, lead, "open")

    def clock() -> str:
        page = amel.get(f"/seance/{session.id}/").content.decode()
        found = re.search(r'class="clock"[^>]*>([^<]*)</span>', page)
        assert found
        return found[1]

    (ends_at,) = re.findall(r'data-ends-at="(\d+)"', amel.get(f"/seance/{session.id}/").content.decode())
    began = int(ends_at) - 1_800_000
    monkeypatch.setattr(screens, "now_ms", lambda: began)
    assert clock() == "30:00"
    monkeypatch.setattr(screens, "now_ms", lambda: began + 600_000)
    assert clock() == "20:00"
    monkeypatch.setattr(screens, "now_ms", lambda: began + 1_810_000)
    assert clock() == "+0:10"
    do(session, lead, "pause")
    paused = clock()
    monkeypatch.setattr(screens, "now_ms", lambda: began + 4_000_000)
    assert clock() == paused


def test_erased_session_leaves_no_fragment_in_memory(session) -> None:
    lead, amel = sit(session, "Lise", "facilitator"), sit(session, "Amel")
    do(session, lead, "open")
    amel.get(f"/seance/{session.id}/")
    fragments = live().hub.fragments
    assert session.id in fragments._made
    assert session.id in fragments._pieces
    erase_session(session=session, by="essai")
    assert session.id not in fragments._made
    assert session.id not in fragments._pieces


def test_forms_that_wait_are_rendered_once_and_each_page_has_its_own_keys(session, monkeypatch) -> None:
    """A key is what makes a repeat harmless: two pages that shared one would lose a text."""
    amel, bruno = sit(session, "Amel"), sit(session, "Bruno")  # before the beginning: every form waits
    address = f"/seance/{session.id}/"
    asked: list[str] = []
    render = screens._render

    def counted(name: str, context: dict[str, Any]) -> bytes:
        asked.append(name)
        return render(name, context)

    monkeypatch.setattr(screens, "_render", counted)
    pages = [client.get(address).content.decode() for client in (amel, bruno)]
    forms = [
        re.findall(r'<form id="form-[^"]+".*?name="key" value="([^"]+)".*?</form>', page, re.DOTALL) for page in pages
    ]
    assert len(forms[0]) == len(forms[1]) == asked.count("live/_form.html") > 0
    assert len({*forms[0], *forms[1]}) == len(forms[0]) + len(forms[1])
    assert screens.KEY_PLACE not in pages[0] + pages[1]


def test_own_views_that_differ_by_the_name_alone_are_made_once_and_are_each_their_own(session) -> None:
    lead = sit(session, "Lise", "facilitator")
    people = [sit(session, name) for name in ("Amel", "Zoé <b>& co</b>", "Bruno")]
    do(session, lead, "open")
    do(session, people[2], "write", text="Un sujet à soi")
    room = live().rooms.get(session.id)
    alike: dict[bytes, bytes] = {}
    for client in (lead, *people):
        view = view_own(room.state, str(client.seat.id))
        assert screens.render_own(room, view, alike) == screens.render_own(room, view)
    assert len(alike) == 3  # who leads, those who wrote nothing, and Bruno with his subject

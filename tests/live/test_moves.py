"""Moves over HTTP, against the real server: what is stored, what is refused, and in which words."""

import html
import json
import re
from pathlib import Path

import pytest
from django.db import connection

from maillage.live import committer, keys, log, seats
from maillage.live.enums import SeatKind, SessionStatus
from maillage.live.models import Move, Seat, Session
from maillage.live.runtime import live
from maillage.live.seats import revoke_seat
from maillage.live.services import close_session, erase_session, open_session
from tests.live.play import make_workshop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lead(phone):
    lead = phone("Lise", role="facilitator")
    assert lead.move("open").status_code == 201
    return lead


@pytest.fixture
def amel(lead, phone):
    return phone("Amel")


def test_move_is_stored_once(amel, session) -> None:
    first = amel.write("Une idée", key="same")
    again = amel.write("Une idée", key="same")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]
    session.refresh_from_db()
    assert session.last_number == first.json()["number"] == 4
    assert list(session.moves.order_by("number").values_list("number", flat=True)) == [1, 2, 3, 4]


def test_two_seats_may_use_the_same_key(amel, phone) -> None:
    assert amel.write("Une idée", key="same").status_code == 201
    assert phone("Bruno").write("Une autre", key="same").status_code == 201


def test_refused_move_says_why_and_is_not_stored(amel, session) -> None:
    refused = amel.move("open")
    assert refused.status_code == 409
    assert refused.json()["reason"]
    assert refused.json()["sentence"].endswith(".")
    assert not session.moves.filter(seat=amel.seat.id).exclude(kind="join").exists()


def test_move_the_server_alone_makes_is_refused(amel) -> None:
    answer = amel.move("join", {"name": "Amel", "role": "facilitator"})
    assert (answer.status_code, answer.json()["reason"]) == (403, "reserved")


def test_nobody_without_a_seat(amel, server, session) -> None:
    amel.client.cookies.clear()
    answer = amel.write("Une idée")
    assert (answer.status_code, answer.json()["reason"]) == (403, "no-seat")
    assert "code" in answer.json()["sentence"]


def test_forged_seat_is_no_seat(amel, session) -> None:
    ticket = seats.make_ticket(amel.seat)
    amel.client.cookies.clear()
    for forged in (ticket[:-1] + ("A" if ticket[-1] != "A" else "B"), ticket.replace(":1:", ":2:"), "n’importe quoi"):
        cookie = f"{seats.cookie_name(session.id)}={forged}".encode()
        answer = amel.client.post(
            f"/live/{session.id}/moves",
            content=json.dumps({"key": "a", "kind": "write", "payload": {"text": "x"}}),
            headers={"content-type": "application/json", "cookie": cookie},
        )
        assert answer.status_code == 403
    assert session.moves.filter(kind="write").count() == 0


def test_seat_of_another_session_is_no_seat(amel, session, phone) -> None:
    other = open_session(workshop=make_workshop("Autre"), by="essai")
    seat = seats.take_seat(session=other, kind=SeatKind.PARTICIPANT, name="Chloé", role="participant", key="c")
    amel.client.cookies = {seats.cookie_name(session.id): seats.make_ticket(seat)}
    assert amel.write("Une idée").status_code == 403


def test_revoked_seat_stops_at_once(amel) -> None:
    assert amel.write("Une idée").status_code == 201
    seats.revoke_seat(seat=Seat.objects.get(id=amel.seat.id))
    answer = amel.write("Une autre")
    assert (answer.status_code, answer.json()["reason"]) == (403, "revoked-seat")


def test_session_closed_in_the_room_answers_410(amel, lead, session) -> None:
    assert lead.move("close").status_code == 201
    session.refresh_from_db()
    assert session.status == SessionStatus.CLOSED
    assert amel.write("Trop tard").status_code == 410


def test_session_closed_by_the_organiser_answers_410(amel, session) -> None:
    close_session(session=session, by="organisation")
    answer = amel.write("Trop tard")
    assert (answer.status_code, answer.json()["reason"]) == (410, "closed")


def test_repeat_of_a_move_is_recognised_after_the_close(amel, lead) -> None:
    assert amel.write("À temps", key="a").status_code == 201
    assert lead.move("close").status_code == 201
    assert amel.write("À temps", key="a").status_code == 200


def test_unknown_session_is_said(amel) -> None:
    for method, path in (("GET", "stream"), ("GET", "since/3"), ("POST", "moves")):
        answer = amel.client.request(
            method, f"/live/01900000-0000-7000-8000-000000000000/{path}", json={"key": "a", "kind": "write"}
        )
        assert (answer.status_code, answer.json()["reason"]) == (404, "unknown-session")


def test_megabyte_of_text_is_refused_and_the_phone_goes_on(amel, session) -> None:
    answer = amel.write("x" * 1_000_000)
    assert (answer.status_code, answer.json()["reason"]) == (413, "too-big")
    assert amel.write("Plus court").status_code == 201


@pytest.mark.parametrize(
    "body",
    [
        b"",
        b"[]",
        b"null",
        b"{",
        b'{"key": 3, "kind": "write"}',
        b'{"key": "a", "kind": "write", "payload": []}',
        b'{"key": "", "kind": "write"}',
        b'{"key": "a\\u0000", "kind": "write"}',
        b'{"key": "' + b"k" * 65 + b'", "kind": "write"}',
        b'{"key": "a", "kind": "write", "payload": {"text": NaN}}',
        b'{"key": "a", "kind": "write", "payload": {"text": "\\ud800"}}',
        b'{"key": "a", "kind": "rename", "payload": {"name": "x", "more": 1e999}}',
        b'{"key": "a", "kind": "rename", "payload": {"name": "x", "more": {"deep": 1}}}',
        b'{"key": "a", "kind": "rename", "payload": {"name": "x", "more": ' + b"[" * 900 + b"]" * 900 + b"}}",
        b"[" * 60_000,
        b"\xff\xfe",
    ],
)
def test_what_is_no_move_is_refused(amel, session, body: bytes) -> None:
    answer = amel.client.post(f"/live/{session.id}/moves", content=body, headers={"content-type": "application/json"})
    assert (answer.status_code, answer.json()["reason"]) == (400, "bad-request")


def test_page_of_another_site_cannot_post(amel) -> None:
    for headers in (
        {"origin": "https://ailleurs.example"},
        {"origin": "null"},
        {"sec_fetch_site": "cross-site"},
        {"sec_fetch_site": "same-site"},
    ):
        answer = amel.move("write", {"text": "x"}, **headers)
        assert (answer.status_code, answer.json()["reason"]) == (403, "foreign-page")
    own = amel.client.base_url
    accepted = amel.move(
        "write", {"kind": "idea", "text": "x"}, origin=str(own).rstrip("/"), sec_fetch_site="same-origin"
    )
    assert accepted.status_code == 201


def test_foreign_host_name_is_refused(amel) -> None:
    assert amel.move("write", {"text": "x"}, host="ailleurs.example").status_code == 400


def test_form_without_javascript_goes_back_to_its_screen(amel, session) -> None:
    answer = amel.client.post(
        f"/live/{session.id}/moves", data={"kind": "write", "kind_of_card": "idea", "text": "Au clavier"}
    )
    assert (answer.status_code, answer.headers["location"]) == (303, f"/seance/{session.id}/")
    assert "Au clavier" in amel.client.get(answer.headers["location"]).text


def test_refused_form_says_why_on_its_screen_once(amel, session) -> None:
    answer = amel.client.post(f"/live/{session.id}/moves", data={"kind": "open"})
    assert answer.status_code == 303
    assert "refus" not in answer.headers["location"]
    sentence = amel.move("open").json()["sentence"]
    screen = amel.client.get(answer.headers["location"])
    assert f'role="alert">{sentence}' in screen.text
    assert sentence not in amel.client.get(answer.headers["location"]).text


def post_form(phone, session, **fields: str):
    return phone.client.post(f"/live/{session.id}/moves", data=fields)


def words_in(page: str, id_: str) -> str:
    """What a textarea holds, as its browser reads it."""
    found = re.search(rf'<textarea id="{id_}"[^>]*>\n?(.*?)</textarea>', page, re.DOTALL)
    assert found, f"no textarea {id_}"
    return html.unescape(found[1])


def test_refused_form_comes_back_with_its_words_and_the_reason_beside_them(amel, lead, session) -> None:
    """The same words in their own form, ready to be sent again under the same key: never on the next page alone."""
    words = "Une <idée> qui n’en finit pas. " * 100
    answer = post_form(amel, session, kind="write", kind_of_card="idea", stage="seul", text=words, key="k-1")
    assert answer.status_code == 409
    assert words_in(answer.text, "text-seul-idea") == words
    form = answer.text.split('id="form-seul-idea"')[1].split("</form>")[0]
    assert 'name="key" value="k-1"' in form
    assert 'role="alert">Ce texte est trop long' in form
    assert "http-equiv" not in answer.text  # no reload takes them away
    assert f'href="/seance/{session.id}/"' in answer.text
    assert "script-src" in answer.headers["content-security-policy"]  # a page as the others, not an answer of /live/
    assert amel.client.get(f"/seance/{session.id}/").text.count("qui n’en finit pas") == 0  # kept nowhere else


def test_words_of_a_stage_that_is_over_stay_readable(amel, lead, session) -> None:
    assert lead.move("close").status_code == 201
    answer = post_form(amel, session, kind="write", kind_of_card="idea", stage="seul", text="Trop tard")
    assert answer.status_code == 410
    assert words_in(answer.text, "text-seul-idea") == "Trop tard"
    form = answer.text.split('id="form-seul-idea"')[1].split("</form>")[0]
    assert "<button disabled>" in form
    assert 'class="hint stale" role="status">' in form


def test_words_without_a_form_any_more_are_given_back_to_be_copied(amel, session) -> None:
    unknown = post_form(amel, session, kind="write", kind_of_card="idea", stage="ailleurs", text="Sans place")
    assert (unknown.status_code, words_in(unknown.text, "spare")) == (409, "Sans place")
    revoke_seat(seat=amel.seat)
    revoked = post_form(amel, session, kind="write", kind_of_card="idea", stage="seul", text="Sans siège")
    assert (revoked.status_code, words_in(revoked.text, "spare")) == (403, "Sans siège")
    erase_session(session=session, by="organisation")
    erased = post_form(amel, session, kind="write", kind_of_card="idea", stage="seul", text="Sans séance")
    assert (erased.status_code, words_in(erased.text, "spare")) == (410, "Sans séance")


def test_words_that_are_too_long_for_a_request_come_back_whole(amel, session) -> None:
    words = "a" * 100_000
    answer = post_form(amel, session, kind="write", kind_of_card="idea", stage="seul", text=words)
    assert (answer.status_code, words_in(answer.text, "text-seul-idea")) == (413, words)
    beyond = post_form(amel, session, kind="write", kind_of_card="idea", stage="seul", text="a" * 600_000)
    assert (beyond.status_code, beyond.headers["location"]) == (303, f"/seance/{session.id}/")


def test_words_refused_because_too_many_wait_come_back(amel, session, monkeypatch) -> None:
    monkeypatch.setattr(committer, "MOST_A_SEAT", 0)
    answer = post_form(amel, session, kind="write", kind_of_card="idea", stage="seul", text="Pas si vite")
    assert (answer.status_code, answer.headers["retry-after"]) == (429, "2")
    assert words_in(answer.text, "text-seul-idea") == "Pas si vite"


def test_what_who_leads_typed_for_somebody_comes_back(lead, amel, session) -> None:
    seat = str(amel.seat.id)
    refused = {"kind_of_card": "idea", "by": "facilitator", "text": "x" * 5_000, "for": seat}
    answer = post_form(lead, session, kind="write", **refused)
    assert (answer.status_code, words_in(answer.text, "for-text")) == (409, "x" * 5_000)
    assert f'value="{seat}" selected' in answer.text
    assert '<details id="lead" open>' in answer.text


def test_a_sentence_made_public_is_read_again_first(phone, lead, session) -> None:
    """Without JavaScript: the first tap shows what the room will read, the second publishes it, or comes back."""
    porteur = phone("Cléo", role="porteur")
    before = session.moves.count()
    first = post_form(porteur, session, kind="release", sentence="Tenir & venir", key="k-1")
    assert first.status_code == 200
    assert "Voici la phrase qui sortira de la salle" in first.text
    assert "Tenir &amp; venir</blockquote>" in first.text
    assert session.moves.count() == before
    hidden = dict(re.findall(r'<input type="hidden" name="([^"]+)" value="([^"]*)"', first.text))
    hidden = {name: html.unescape(value) for name, value in hidden.items()}
    back = post_form(porteur, session, **hidden, read="0")
    assert (back.status_code, words_in(back.text, "text-seul-release")) == (200, "Tenir & venir")
    assert session.moves.count() == before
    sent = post_form(porteur, session, **hidden, read="1")
    assert sent.status_code == 303
    (released,) = log.read(session.id, after=before)
    assert (released.kind, released.payload) == ("release", {"sentence": "Tenir & venir"})
    assert post_form(porteur, session, kind="release", sentence=" ").status_code == 303  # nothing to read: refused


def test_a_field_without_a_name_is_not_words_to_read_again(amel, session) -> None:
    """Once failed: such a field was taken for the words of a move that lets none out."""
    answer = post_form(amel, session, **{"kind": "mark", "mark": "vote", "on": "1", "": "ana"})
    assert answer.status_code in (303, 409)


def test_html_that_is_typed_is_shown_as_text(amel, session) -> None:
    assert amel.write("<img src=x onerror=alert(1)>").status_code == 201
    screen = amel.client.get(f"/seance/{session.id}/").text
    assert "&lt;img src=x onerror=alert(1)&gt;" in screen
    assert "<img" not in screen


def test_payloads_names_and_texts_are_sealed_in_the_database(amel, session) -> None:
    assert amel.write("canari-jaune").status_code == 201
    assert amel.client.get(f"/seance/{session.id}/").text.count("canari-jaune") > 0  # it could leak
    for move in Move.objects.filter(session=session):
        for secret in (b"canari-jaune", b"Amel", b"Lise"):
            assert secret not in bytes(move.payload)
    if connection.vendor == "sqlite":
        name = str(connection.settings_dict["NAME"])
        content = b"".join(Path(name + end).read_bytes() for end in ("", "-wal"))
        assert session.join_code.encode() in content  # what is not secret is found there
        assert b"canari-jaune" not in content
        assert b"Amel" not in content


def test_payload_moved_to_another_row_does_not_open(amel, session) -> None:
    assert amel.write("canari-jaune").status_code == 201
    assert amel.write("canari-vert").status_code == 201
    one, two = session.moves.order_by("-number")[:2]
    Move.objects.filter(id=one.id).update(payload=bytes(two.payload))
    assert [read.payload for read in log.read(session.id, after=3)][1] is None
    assert log.read(session.id, after=3)[0].payload["text"] == "canari-jaune"


def test_erased_session_is_gone_for_everybody(amel, session) -> None:
    assert amel.write("canari-jaune").status_code == 201
    erase_session(session=session, by="organisation")
    assert amel.write("Encore").status_code == 410
    for path in (f"/live/{session.id}/stream", f"/live/{session.id}/since/0", f"/seance/{session.id}/"):
        answer = amel.client.get(path)
        assert answer.status_code == 410
        assert "effacée" in answer.text
    assert not keys.has_key(session.id)
    assert Session.objects.get(id=session.id).moves.count() == 4  # the numbers stay
    assert {read.payload for read in log.read(session.id)} == {None}


def test_missing_key_refuses_to_store_and_says_so(amel, session) -> None:
    keys.destroy_key(session.id)
    answer = amel.write("Une idée")
    assert (answer.status_code, answer.json()["reason"]) == (503, "no-key")
    assert answer.headers["retry-after"]


def test_session_reopened_in_the_room_takes_moves_again(amel, lead, session) -> None:
    assert lead.move("close").status_code == 201
    assert lead.move("reopen").status_code == 201
    session.refresh_from_db()
    assert (session.status, session.closed_at) == (SessionStatus.OPEN, None)
    assert amel.write("Encore une idée").status_code == 201


def test_secrets_are_dealt_by_a_salt_of_the_server_that_no_client_gives(phone, session) -> None:
    """Else whoever opened could work out each card: their seat, the number and the instant are on their own screen."""
    lead = phone("Lise", role="facilitator")
    assert lead.move("open", {"salt": "mine"}).status_code == 201
    opened = next(read for read in log.read(session.id) if read.kind == "open")
    assert opened.payload["salt"] != "mine"
    state = live().rooms.load(session.id).state
    assert opened.payload["salt"] in state.seed
    everything = lead.client.get(f"/seance/{session.id}/export.json?siege=a").text
    everything += lead.client.get(f"/seance/{session.id}/?siege=a").text
    assert opened.payload["salt"] not in everything

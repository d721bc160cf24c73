"""News for the nouns above: what was released, what a porteur keeps; and nothing else."""

from typing import Any

import pytest

from maillage.live import queries, runtime, seats
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.services import erase_session
from maillage.live.signals import kept, released

pytestmark = pytest.mark.django_db(transaction=True)


class Room:
    def __init__(self, session) -> None:
        self.session = session
        self.lead = self.sit("Lise", "facilitator")
        self.porteur = self.sit("Amel", "porteur")
        self.do(self.lead, "open")

    def sit(self, name: str, role: str):
        kind = SeatKind.FACILITATOR if role == "facilitator" else SeatKind.PARTICIPANT
        return seats.take_seat(session=self.session, kind=kind, name=name, role=role, key=name)

    def do(self, seat, kind: str, /, **payload: Any) -> None:
        key = f"{kind}{payload}"
        outcome = runtime.live().committer.submit(Submitted(self.session.id, seat.id, kind, payload, key))
        assert outcome.status == 201, outcome


@pytest.fixture
def room(session) -> Room:
    return Room(session)


@pytest.fixture
def news():
    heard: list[tuple[str, Any]] = []

    def on_released(session_id, seat, sentence, **_more) -> None:
        heard.append(("released", seat, sentence))

    def on_kept(session_id, seat, sheet, **_more) -> None:
        heard.append(("kept", seat, sheet["fields"][0]["value"]))

    released.connect(on_released)
    kept.connect(on_kept)
    yield heard
    released.disconnect(on_released)
    kept.disconnect(on_kept)


def test_release_is_told_once_and_taken_back(room, news) -> None:
    room.do(room.porteur, "release", sentence="On s’appelle d’abord.")
    room.do(room.porteur, "write", kind="idea", text="Autre chose")
    assert news == [("released", room.porteur.id, "On s’appelle d’abord.")]
    assert queries.released_sentences(room.session.id) == ["On s’appelle d’abord."]
    room.do(room.porteur, "withdraw")
    assert news[1:] == [("released", room.porteur.id, None)]
    assert queries.released_sentences(room.session.id) == []


def test_sheet_is_told_when_it_is_filled_when_the_room_closes_and_before_it_is_erased(room, news) -> None:
    room.do(room.porteur, "fill", field="pas", value="Appeler la mairie")
    assert news == [("kept", room.porteur.id, "Appeler la mairie")]
    room.do(room.lead, "close")
    assert news[1:] == [("kept", room.porteur.id, "Appeler la mairie")]
    erase_session(session=room.session, by="organisation")
    assert news[2:] == [("kept", room.porteur.id, "Appeler la mairie")]


def test_sheet_is_its_porteurs_only(room) -> None:
    room.do(room.porteur, "fill", field="pas", value="Appeler la mairie")
    sheet = queries.sheet_of(room.session.id, room.porteur.id)
    assert sheet["fields"][0]["value"] == "Appeler la mairie"
    assert queries.sheet_of(room.session.id, room.lead.id) is None
    erase_session(session=room.session, by="organisation")
    assert queries.sheet_of(room.session.id, room.porteur.id) is None


def test_receiver_that_fails_undoes_nothing(room, caplog) -> None:
    def failing(**_news) -> None:
        raise RuntimeError("boum")

    released.connect(failing)
    try:
        room.do(room.porteur, "release", sentence="On s’appelle d’abord.")
    finally:
        released.disconnect(failing)
    assert queries.released_sentences(room.session.id) == ["On s’appelle d’abord."]
    assert "RuntimeError" in caplog.text


def test_control_room_sees_counts_and_no_word_of_the_room(room) -> None:
    room.do(room.porteur, "write", kind_of_card="idea", text="canari")
    view = queries.control_view(room.session.id)
    assert (view["status"], view["stage"]["id"], view["tables"][0]["people"], view["online"]) == (
        "running",
        "seul",
        1,
        0,
    )
    assert view["tables"][0]["cards"] == 1
    for secret in ("canari", "Amel", "Lise"):
        assert secret not in str(view)

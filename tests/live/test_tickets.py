"""What a seat's cookie opens, and until when: asked again at each move, kept or not."""

import time

import pytest

from maillage.live import seats
from maillage.live.enums import SeatKind

pytestmark = pytest.mark.django_db


@pytest.fixture
def cookies(session):
    seat = seats.take_seat(session=session, kind=SeatKind.PARTICIPANT, name="Amel", role="participant", key="a")
    return {seats.cookie_name(session.id): seats.make_ticket(seat)}


def test_ticket_known_already_still_expires(session, cookies, monkeypatch) -> None:
    assert seats.read_ticket(cookies, session.id) is not None
    later = time.time() + seats.COOKIE_DAYS * 86_400 + 10
    monkeypatch.setattr(time, "time", lambda: later)
    assert seats.read_ticket(cookies, session.id) is None


def test_ticket_known_already_opens_nothing_once_the_secret_changed(session, cookies, settings) -> None:
    assert seats.read_ticket(cookies, session.id) is not None
    settings.SECRET_KEY = "another-secret-of-the-same-installation"
    assert seats.read_ticket(cookies, session.id) is None


@pytest.mark.parametrize(
    "change", [lambda text: text[:-1] + ("A" if text[-1] != "A" else "B"), lambda text: text + ":1", str.upper]
)
def test_ticket_changed_by_a_letter_opens_nothing(session, cookies, change) -> None:
    assert seats.read_ticket(cookies, session.id) is not None
    assert seats.read_ticket({name: change(text) for name, text in cookies.items()}, session.id) is None

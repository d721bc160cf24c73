"""Moves over HTTP, against the real server."""

import pytest

pytestmark = pytest.mark.django_db(transaction=True)


def test_move_is_stored_once(phone, session) -> None:
    lead = phone("Lise", role="facilitator")
    assert lead.move("open").status_code == 201
    amel = phone()
    first = amel.write("Une idée", key="same")
    again = amel.write("Une idée", key="same")
    assert (first.status_code, again.status_code) == (201, 200)
    assert first.json()["number"] == again.json()["number"]
    session.refresh_from_db()
    assert session.last_number == first.json()["number"] == 4

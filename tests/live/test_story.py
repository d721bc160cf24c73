"""What the rooms of a gathering leave to tell, read from their real logs; a room that cannot be read stops no other."""

from itertools import count

import pytest

from maillage.live import keys, runtime, seats
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.runtime import live
from maillage.live.services import close_session, erase_session, open_session
from maillage.live.story import stories_by_workshop
from maillage.methods.services import keep_shipped_versions
from tests.live.play import make_workshop

pytestmark = pytest.mark.django_db(transaction=True)
numbers = count()


def move(session, seat, kind, **payload):
    assert live().committer.submit(Submitted(session.pk, seat.pk, kind, payload, f"k{next(numbers)}")).accepted


@pytest.fixture
def debate(transactional_db):
    """Five votes shown, in a session that goes on."""
    keep_shipped_versions()
    workshop = make_workshop("Débat")
    workshop.method = "coop-ou-pas-coop"
    workshop.save()
    session = open_session(workshop=workshop, by="essai")
    lead = seats.take_seat(session=session, kind=SeatKind.FACILITATOR, name="Lise", role="facilitator", key="l")
    move(session, lead, "open")
    for number in range(5):
        seat = seats.take_seat(
            session=session, kind=SeatKind.PARTICIPANT, name=f"P{number}", role="participant", key=f"{number}"
        )
        move(session, seat, "answer", stage="vote", value="coop")
    move(session, lead, "reveal", step="vote")
    return session


def test_a_room_is_told_while_it_works_and_a_rehearsal_apart(debate):
    told = stories_by_workshop(debate.gathering_id)[debate.workshop_id]
    assert (told.status, [step["step"] for step in told.steps]) == ("running", ["vote"])
    assert stories_by_workshop(debate.gathering_id, rehearsal=True) == {}


def test_a_room_whose_key_is_lost_or_that_was_erased_says_so_and_the_others_are_told(debate, monkeypatch):
    other = open_session(workshop=make_workshop("Autre"), by="essai")
    seats.take_seat(session=other, kind=SeatKind.PARTICIPANT, name="Zoé", role="participant", key="z")
    keys.forget(other.pk)
    keys._path(other.pk).unlink()
    monkeypatch.setattr(runtime, "_live", None)  # another process, which never held the room
    told = stories_by_workshop(debate.gathering_id)
    assert (told[other.workshop_id].unreadable, told[other.workshop_id].steps) == (True, [])
    assert told[debate.workshop_id].steps
    close_session(session=debate, by="essai")
    erase_session(session=debate, by="essai")
    monkeypatch.setattr(runtime, "_live", None)
    told = stories_by_workshop(debate.gathering_id)
    assert told[debate.workshop_id].erased
    assert told[debate.workshop_id].steps == []

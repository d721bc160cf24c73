"""A gathering deleted while people play would take the room from under them."""

import pytest

from maillage.gatherings.models import Gathering, Workshop
from maillage.gatherings.removal import HeldBack, hold_on, losses_of, remove_gathering
from maillage.live import keys
from maillage.live.models import Session
from tests.live.test_signals import room

__all__ = ["room"]
pytestmark = pytest.mark.django_db(transaction=True)


def test_a_gathering_is_kept_while_a_session_is_running_or_paused_and_goes_with_its_keys_after(room):
    gathering = Gathering.objects.get()
    assert "1 séance, et tout ce qui s’y est écrit" in losses_of(gathering)
    for move in ("pause", "resume"):
        with pytest.raises(HeldBack) as refusal:
            remove_gathering(gathering=gathering, by="essai")
        assert refusal.value.sentence.startswith("Une séance est en cours : Codéveloppement.")
        room.do(room.lead, move)
    assert Gathering.objects.exists()
    room.do(room.lead, "close")

    remove_gathering(gathering=gathering, by="essai")

    assert not Gathering.objects.exists()
    assert not Session.objects.exists()
    assert not keys.has_key(room.session.id)


def test_an_open_session_that_has_not_begun_holds_nothing(session):
    assert hold_on(Workshop.objects.all()) == ""

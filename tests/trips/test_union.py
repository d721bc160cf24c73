"""Whatever is done at home, then in the room, is there once when the day is home again, and plays the same."""

import itertools
import os

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from facilitation import Move, replay
from maillage.live import log, seats
from maillage.live.models import Seat
from maillage.live.rooms import method_of, start_state
from maillage.live.runtime import live
from maillage.registrations.models import Registration
from maillage.registrations.services import mark_presence
from tests.trips.conftest import log_of, on
from tests.trips.day import prepare_day, register, sit, submit, the_session, write

# The two databases know each other by the file only: both ways where the suite has both.
VENDORS = [("sqlite", "sqlite")]
if os.environ.get("MAILLAGE_TEST_DATABASE") == "postgresql":
    VENDORS = [("sqlite", "postgresql"), ("postgresql", "sqlite")]
EXAMPLES = 60 if os.environ.get("MAILLAGE_LONG") else 4

act = st.one_of(
    st.tuples(st.just("write"), st.sampled_from(["Amel", "Bao", "Chloé"]), st.text(min_size=1, max_size=20)),
    st.tuples(st.just("lead"), st.sampled_from(["advance", "pause", "resume", "extend"]), st.just("")),
    st.tuples(st.just("present"), st.integers(0, 3), st.sampled_from(["present", "absent", "expected"])),
    st.tuples(st.just("walk-in"), st.integers(0, 9), st.just("")),
)
number = itertools.count()


def play(acts, side):
    """What was acknowledged: (key, number). Presence and walk-ins beside."""
    stored, keys = [], itertools.count()
    session = the_session()
    lead = Seat.objects.get(kind="facilitator").pk
    for what, who, text in acts:
        key = f"{side}-{next(keys)}"
        if what == "write":
            outcome = write(sit(who), text, key)
        elif what == "lead":
            payload = {"advance": {"from": live().rooms.load(session.pk).state.stage}, "extend": {"seconds": 60}}
            outcome = submit(session, lead, who, payload.get(who, {}), key)
        else:
            if what == "present":
                row = Registration.objects.order_by("pk")[who]
                mark_presence(registration=row, presence=text, by="essai")
            elif not Registration.objects.filter(person__first_name=f"{side}{who}").exists():
                register(session.gathering, f"{side}{who}", walk_in=True)
            continue
        if outcome.accepted:
            stored.append((key, outcome.number))
    return stored


@pytest.mark.parametrize(("home_on", "room_on"), VENDORS)
@settings(max_examples=EXAMPLES, deadline=None, suppress_health_check=list(HealthCheck))
@given(before=st.lists(act, max_size=8), during=st.lists(act, max_size=10), late=st.lists(act, max_size=3))
def test_union_exactly_once(make_server, tmp_path, home_on, room_on, before, during, late):
    n = next(number)
    home, room = make_server(f"maison{n}", home_on), make_server(f"salle{n}", room_on)
    out, back = tmp_path / f"aller-{n}", tmp_path / f"retour-{n}"
    with on(home):
        prepare_day()
        stored = play(before, "home")
    home.carry_out(out)
    room.carry_in(out)
    with on(room):
        stored += play(during, "room")
    with on(home):
        session, amel = the_session(), Seat.objects.filter(kind="facilitator").get()
        for position, (what, who, text) in enumerate(late):  # the old home hears nothing meanwhile
            if what == "write":
                with pytest.raises(seats.JoinRefused):
                    sit(f"{who} en retard")
                assert submit(session, amel.pk, "write", {"text": text}, f"late-{position}").reason == "elsewhere"
    played = log_of(room)
    room.carry_out(back)
    home.carry_in(back)
    assert home.carry_in(back).already
    assert log_of(home) == played
    with on(room):
        rows = {(str(one.pk), one.presence, one.person.first_name) for one in _registrations()}
    with on(home):
        assert {(str(one.pk), one.presence, one.person.first_name) for one in _registrations()} == rows
        session = the_session()
        moves = list(session.moves.order_by("number").values_list("key", "number"))
        assert [number for _key, number in moves] == list(range(1, session.last_number + 1))
        assert sorted(pair for pair in moves if pair[0].startswith(("home-", "room-"))) == sorted(stored)
        begun = start_state(method_of(session.method_version), session.options)
        whole = replay(begun, [Move(r.number, r.seat, r.kind, r.payload, r.at) for r in log.read(session.pk)])
        assert whole == live().rooms.load(session.pk).state
        assert write(Seat.objects.filter(kind="facilitator").get().pk, "suite").reason != "elsewhere"


def _registrations():
    return Registration.objects.select_related("person")

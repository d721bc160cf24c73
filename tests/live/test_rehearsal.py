"""A rehearsal over the real server; then servers that were sabotaged, which it must catch."""

import asyncio
import dataclasses
import json
from collections import Counter
from collections.abc import Callable
from types import SimpleNamespace
from typing import Any

import pytest
from django.db import transaction

from facilitation import Audience, Moment, State
from facilitation.activities import cards
from maillage.live import committer, fragments, log, playing, playing_answers, playing_checks, robots, screens
from maillage.live.counting import Ledger
from maillage.live.enums import SeatKind
from maillage.live.models import Move, Seat, Session
from maillage.live.rehearsal import (
    NothingToRehearse,
    Report,
    count_log,
    erase_rehearsal,
    make_report,
    open_rehearsal,
    play,
    scenes_of,
)
from maillage.live.robots import Site, Unreachable
from maillage.live.services import open_session
from maillage.live.signals import rehearsal_erased
from maillage.methods.services import keep_shipped_versions, keep_version
from tests.live.play import make_workshop

pytestmark = pytest.mark.django_db(transaction=True)

SPEED = 7200  # an hour of method in half a second: what takes time is the work
TABLES = ((1, 4), (2, 4))


SHORT = """
id = "court"
version = 1
title = "Court"
first = "themes"

[roles]
participant = "Écrit"
raconteur = { title = "Raconteur", max = 1, join = false }
facilitator = "Donne le rythme"

[may]
facilitator = ["lead"]

[sees]
participant = "table"
raconteur = "table"
facilitator = "table"

[kinds.theme]
title = "Thèmes"
max_length = 60

[kinds.idea]
title = "Idées"

[kinds.answer]
title = "Réponses"
parent = ["idea"]

[marks.heart]
label = "J’aime"
on = ["idea"]

[sheet]
role = "raconteur"
title = "Ma fiche"

[sheet.fields.step]
label = "Mon pas"

[stages.themes]
title = "Les thèmes"
minutes = 2
activity = "cards"
next = "idees"
assign = { role = "raconteur", kind = "theme", by = ["choice"] }
may = { participant = ["write:theme", "edit"], facilitator = ["choose"] }

[stages.idees]
title = "Les idées"
minutes = 2
activity = "cards"
next = "fin"
may = { participant = ["write:idea", "write:answer", "edit", "remove", "mark:heart"] }

[stages.fin]
title = "La fin"
minutes = 2
activity = "cards"
next = "end"
from = ["idees"]
keep = { what = ["sheet"], release = "raconteur" }
may = { raconteur = ["fill"], participant = ["write:answer"] }
"""


ASKING = """
id = "demandes"
version = 1
title = "Demandes"
first = "vote"

[roles]
participant = "Répond"
facilitator = "Donne le rythme"

[may]
facilitator = ["lead"]

[sees]
participant = "count"
facilitator = "all"
projector = "count"

[stages.vote]
title = "On vote"
minutes = 2
activity = "poll"
options = { pour = "Pour", contre = "Contre" }
reveal = "button"
next = "questions"
repeat = 2
may = { participant = ["answer"] }

[stages.questions]
title = "On répond"
minutes = 2
activity = "form"
reveal = "button"
next = "pot"
may = { participant = ["answer"] }

[[stages.questions.questions]]
id = "mot"
type = "text"
label = "Un mot"

[[stages.questions.questions]]
id = "accord"
type = "scale"
label = "D’accord ?"
min = 1
max = 5

[[stages.questions.questions]]
id = "avec"
type = "choices"
label = "Avec qui ?"
options = ["la ville", "les habitants", "personne"]

[stages.pot]
title = "On donne"
minutes = 2
activity = "pot"
tokens = 10
multiplier = 2
reveal = "everyone"
next = "end"
may = { participant = ["give"] }
"""

# Each table goes at its own pace and leads itself; answers are shown as soon as all have answered.
APART = (
    ASKING.replace('id = "demandes"', 'id = "a-part"\ntables = { clock = "own" }')
    .replace("repeat = 2\n", "")
    .replace('reveal = "button"', 'reveal = "everyone"')
)


@pytest.fixture(autouse=True)
def _impatient(monkeypatch: pytest.MonkeyPatch, method: str) -> None:
    """Where something must be found missing, nobody waits long for it to come."""
    monkeypatch.setattr(playing_checks, "SETTLE", 10.0 if method == "codev" else 0.5)
    monkeypatch.setattr(playing_answers, "SETTLE", 0.5 if method == "court" else 5.0)
    monkeypatch.setattr(robots, "POLL_EVERY", 0.1)
    monkeypatch.setattr(robots, "BACK_AFTER", 0.05)


@pytest.fixture
def method() -> str:
    """Another method than codev, shorter: the robots know only what its file says."""
    return "court"


@pytest.fixture
def rehearsal(transactional_db: None, method: str) -> Session:
    """Two tables, in a gathering that has nothing else."""
    keep_shipped_versions()
    workshop = make_workshop()
    for name, source in (("court.toml", SHORT), ("demandes.toml", ASKING), ("a-part.toml", APART)):
        keep_version(source=source, name=name, space=workshop.slot.gathering.space)
    workshop.method = method
    workshop.save(update_fields=["method"])
    tables = [{"id": 1, "name": "Table 1"}, {"id": 2, "name": "Table 2"}]
    return open_session(workshop=workshop, by="essai", tables=tables, rehearsal=True)


@pytest.fixture
def rehearse(server, rehearsal: Session) -> Callable[[], tuple[Report, Ledger]]:
    def run(*, tables: tuple = TABLES, log_too: bool = True) -> tuple[Report, Ledger]:
        (scene,) = scenes_of([rehearsal])
        ledger, seconds = play([dataclasses.replace(scene, tables=tables)], url=server.url, speed=SPEED)
        if log_too:
            count_log(ledger)
        return make_report(ledger, 1, seconds), ledger

    return run


@pytest.mark.parametrize("method", ["codev"])
def test_rehearsal_of_a_sound_server_finds_nothing(rehearse, rehearsal) -> None:
    report, ledger = rehearse()
    assert report.details == ()
    assert (report.lost, report.doubled, report.leaks, report.wrong) == (0, 0, 0, 0)
    assert report.sound
    # two tables of four, two facilitators one after the other, a projector
    assert (report.sessions, report.seats) == (1, 11)
    assert report.accepted > 60
    assert report.repeats > 10
    assert {
        "not_allowed",
        "stage_over",
        "too_long",
        "too-big",
        "unknown_move",
        "no-seat",
        "closed",
        "porte-410",
    } <= set(report.refused)
    assert 0 < report.latency_ms["p50"] <= report.latency_ms["p95"] <= report.latency_ms["max"]
    rehearsal.refresh_from_db()
    assert rehearsal.status == "closed"
    kinds = set(Move.objects.filter(session=rehearsal).values_list("kind", flat=True))
    assert kinds >= {
        "join", "open", "write", "edit", "mark", "choose", "take_role", "fill", "release", "extend", "pause", "resume",
        "back", "advance", "look_at", "close",
    }  # fmt: skip
    sheets = [written for written in ledger.written.values() if written.what == "sheet" and written.acknowledged]
    assert {written.table for written in sheets} == {1, 2}
    json.dumps(report.as_json())


@pytest.mark.parametrize("method", ["demandes"])
def test_robots_vote_answer_and_give(rehearse, rehearsal) -> None:
    report, ledger = rehearse()
    assert report.details == ()
    assert report.sound
    moves = Counter(Move.objects.filter(session=rehearsal).values_list("kind", flat=True))
    assert moves["answer"] > 8 * 4  # two votes and most of three questions, for each of eight
    assert moves["give"] >= 6
    assert moves["reveal"] >= 3
    texts = [written for written in ledger.written.values() if written.what == "answer" and written.acknowledged]
    assert len(texts) >= 6
    assert all(written.public for written in texts)


@pytest.mark.parametrize("method", ["a-part"])
def test_tables_that_run_themselves_and_answers_shown_when_all_answered_are_no_fault(rehearse, rehearsal) -> None:
    report, ledger = rehearse()
    assert report.details == ()
    assert report.sound
    texts = [written for written in ledger.written.values() if written.what == "answer" and written.acknowledged]
    assert {written.table for written in texts if written.public} == {1, 2}
    moves = Counter(Move.objects.filter(session=rehearsal).values_list("kind", flat=True))
    assert moves["advance"] >= 2 * 2  # each table, twice


@pytest.mark.parametrize("method", ["demandes"])
def test_wall_that_shows_other_votes_is_reported(rehearse, monkeypatch) -> None:
    def generous(state: State, group: Audience, moment: Moment | None = None) -> dict[str, Any]:
        view = original(state, group)
        for option in (view["poll"] or {"options": []})["options"]:
            option["count"] = option["count"] and option["count"] + 1
        return view

    original = fragments.view_audience
    monkeypatch.setattr(playing_answers, "SETTLE", 0.5)
    monkeypatch.setattr(fragments, "view_audience", generous)
    report, _ledger = rehearse()
    assert report.wrong == 2
    assert "le mur montre d’autres votes (vote)" in report.details[0]


@pytest.mark.parametrize("method", ["demandes", "a-part"])
def test_answer_received_before_it_is_shown_is_a_leak(rehearse, monkeypatch) -> None:
    def early(state: State, group: Audience, moment: Moment | None = None) -> dict[str, Any]:
        view = original(state, group)
        ballots = [answer for ballot in state.ballots.values() for _seat, answer in ballot.at(None)]
        view["notices"] = [str(answer.values.get("mot", "")) for answer in ballots]
        return view

    original = fragments.view_audience
    monkeypatch.setattr(fragments, "view_audience", early)
    report, ledger = rehearse()
    assert {ledger.written[token].what for token, _seat in ledger.leaked} == {"answer"}
    assert any("reçue avant d’être montrée" in detail for detail in report.details)


def test_move_lost_from_the_log_is_reported(rehearse, monkeypatch) -> None:
    append, dropped = log.append, []

    def forgetful(entries: Any, *others: Any) -> None:
        kept = list(entries)
        writes = [entry for entry in kept if entry.kind == "write"]
        if writes and not dropped:
            dropped.append(writes[0].key)
            kept.remove(writes[0])
        append(kept, *others)

    monkeypatch.setattr(log, "append", forgetful)
    report, ledger = rehearse()
    assert dropped
    assert {ledger.written[token].key for token in ledger.lost} == set(dropped)
    assert (report.lost, report.sound) == (1, False)


def test_card_that_leaves_the_screens_is_reported_without_the_database(rehearse, monkeypatch) -> None:
    """The log has it, the view forgets it: the first idea is on no board."""

    def forgetful(state: State, group: Audience, moment: Moment | None = None) -> dict[str, Any]:
        view = original(state, group)
        for board in view["boards"]:
            if board["id"] == "idea" and group.table == 1:
                board["cards"] = board["cards"][1:]
        return view

    original = fragments.view_audience
    monkeypatch.setattr(fragments, "view_audience", forgetful)
    monkeypatch.setattr(screens, "view_audience", forgetful)
    report, ledger = rehearse(log_too=False)
    lost = [ledger.written[token] for token in ledger.lost]
    # the answers to it leave the screen with it
    assert {"idea"} <= {written.kind for written in lost} <= {"idea", "answer"}
    assert {written.table for written in lost} == {1}
    assert not report.sound


def test_move_applied_twice_is_reported(rehearse, monkeypatch) -> None:
    apply, doubled = committer.apply, []

    def twice(state: State, move: Any) -> Any:
        after = apply(state, move)
        if move.kind == "write" and move.payload.get("kind") == "idea" and isinstance(after, State):
            doubled.append(move.payload["text"])
            if move.payload["text"] != doubled[0]:
                return after  # that one only, and each time: a batch may be refused and applied anew
            again = apply(after, dataclasses.replace(move, number=move.number + 100_000))
            after = dataclasses.replace(again, number=move.number)
        return after

    async def leaves_it(self: Any, phone: Any, card: Any) -> None:
        """A card its author changes or takes away is looked for no more."""

    monkeypatch.setattr(playing.Play, "_edit", leaves_it)
    monkeypatch.setattr(playing.Play, "_remove", leaves_it)
    monkeypatch.setattr(committer, "apply", twice)
    report, ledger = rehearse()
    assert [token for token in ledger.doubled if token in doubled[0]]
    assert (report.doubled, report.sound) == (1, False)


def test_move_twice_in_the_log_under_two_keys_is_reported(rehearse, rehearsal) -> None:
    _report, ledger = rehearse(log_too=False)
    written = next(w for w in ledger.written.values() if w.what == "card" and w.acknowledged)
    move = Move.objects.get(session=rehearsal, key=written.key)
    payload = next(row.payload for row in log.read(rehearsal.id) if row.number == move.number)
    last = Move.objects.filter(session=rehearsal).latest("number").number + 1
    entry = log.Entry(rehearsal.id, last, move.seat, move.kind, payload or {}, "another", move.at)
    with transaction.atomic():
        log.append([entry], {rehearsal.id: last})
    count_log(ledger)
    assert list(ledger.doubled) == [written.token]


def test_card_shown_to_another_table_is_a_leak(rehearse, monkeypatch) -> None:
    def leaking(state: State, group: Audience, moment: Moment | None = None) -> dict[str, Any]:
        view = original(state, group)
        if group.table == 1 and group.role == "participant":
            view["boards"] += original(state, group._replace(table=2))["boards"][-1:]
        return view

    original = fragments.view_audience
    monkeypatch.setattr(fragments, "view_audience", leaking)
    report, ledger = rehearse()
    assert {ledger.written[token].table for token, _seat in ledger.leaked} == {2}
    assert {ledger.watchers[seat].table for _token, seat in ledger.leaked} == {1}
    assert report.leaks > 0
    assert not report.sound


def test_sheet_of_the_porteur_shown_to_the_room_is_a_leak(rehearse, monkeypatch) -> None:
    def leaking(state: State, group: Audience, moment: Moment | None = None) -> dict[str, Any]:
        view = original(state, group)
        view["notices"] = [text for sheet in state.sheets.values() for text in sheet.values()]
        return view

    original = fragments.view_audience
    monkeypatch.setattr(fragments, "view_audience", leaking)
    report, ledger = rehearse()
    assert {ledger.written[token].what for token, _seat in ledger.leaked} == {"sheet"}
    assert report.leaks > 0


def test_server_that_lets_anybody_lead_is_reported(rehearse, monkeypatch) -> None:
    """Rights are forgotten for one kind of move: somebody corrects another's card."""
    monkeypatch.setattr(cards, "_own_card", lambda state, move, payload, verb: state.cards[payload["card"]])
    report, ledger = rehearse(log_too=False)
    assert [sentence for sentence in ledger.wrong.values() if "accepté alors que la méthode l’interdit" in sentence]
    assert (report.wrong > 0, report.sound) == (True, False)


def test_opening_and_erasing_touch_rehearsals_only(rehearsal) -> None:
    workshop = rehearsal.workshop
    gathering = workshop.slot.gathering
    real = open_session(workshop=workshop, by="essai")
    Seat.objects.create(session=rehearsal, kind=SeatKind.PARTICIPANT)
    heard: list[Any] = []

    def hear(gathering_id: Any, session_ids: Any, **_: object) -> None:
        heard.append((gathering_id, session_ids, Session.objects.filter(id__in=session_ids).count()))

    rehearsal_erased.connect(hear)
    try:
        (fresh,) = open_rehearsal(gathering=gathering, by="essai")
        assert heard == [(gathering.pk, [rehearsal.id], 1)]  # told while the rows are still there
        assert (fresh.rehearsal, fresh.id != rehearsal.id) == (True, True)
        assert fresh.join_code != real.join_code
        assert erase_rehearsal(gathering=gathering, by="essai") == 1
        assert erase_rehearsal(gathering=gathering, by="essai") == 0
    finally:
        rehearsal_erased.disconnect(hear)
    assert list(Session.objects.all()) == [real]
    assert not Seat.objects.exists()


def test_gathering_without_a_method_is_refused_in_words(transactional_db) -> None:
    workshop = make_workshop()
    workshop.method = "jamais-écrite"
    workshop.save(update_fields=["method"])
    with pytest.raises(NothingToRehearse) as refusal:
        open_rehearsal(gathering=workshop.slot.gathering, by="essai")
    assert "aucun atelier" in refusal.value.sentence


def test_address_that_is_none_is_refused_in_words() -> None:
    for url in ("localhost:8000", "ftp://exemple.invalid", "http://", "http://a:notaport"):
        with pytest.raises(Unreachable):
            Site.of(url)
    assert Site.of("http://192.168.1.20:8000") == Site("192.168.1.20", 8000, "192.168.1.20:8000")


def test_code_that_lets_nobody_in_is_said(server, rehearsal) -> None:
    (scene,) = scenes_of([rehearsal])
    with pytest.raises(Unreachable, match="Personne n’a pu entrer"):
        play([dataclasses.replace(scene, join_code="XXXX99")], url=server.url, speed=SPEED)


def test_server_that_does_not_answer_is_said(rehearsal) -> None:
    (scene,) = scenes_of([rehearsal])
    with pytest.raises(Unreachable) as refusal:
        play([scene], url="http://127.0.0.1:9", speed=SPEED)  # the port of « discard »
    assert "ne répond pas" in refusal.value.sentence


def test_a_phone_is_put_away_even_as_its_answer_arrives() -> None:
    """A cancellation that meets an answer is not swallowed: a polling phone would follow for ever."""

    async def scene() -> bool:
        phone = robots.Phone(
            "", None, "participant", site=Site.of("http://127.0.0.1:1"), ledger=Ledger(), name="R3", eyes="poll"
        )
        answer: asyncio.Future[None] = asyncio.get_running_loop().create_future()

        async def exchange(_request: bytes) -> SimpleNamespace:
            await answer
            return SimpleNamespace(status=204)

        phone._exchange = exchange  # type: ignore[method-assign,assignment]
        polling = asyncio.create_task(phone._poll())
        await asyncio.sleep(0.01)
        answer.set_result(None)
        await asyncio.sleep(0)  # the exchange has its answer; whoever waits for it may not have heard
        polling.cancel()
        await asyncio.wait([polling], timeout=1)
        return polling.cancelled()

    assert asyncio.run(scene())

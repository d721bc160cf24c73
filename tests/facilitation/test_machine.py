import json
import time
from dataclasses import replace

import pytest

from facilitation import REFUSALS, Move, State, TableSpec, apply, load_method, replay, start, view
from tests.facilitation.playing import MINUTE, STAGES, Play, codev, play_codev


def test_presets_have_the_minutes_of_domain() -> None:
    minutes = {
        "flash": [5, 5, 8, 2, 15, 6, 4],
        "journee": [8, 6, 12, 3, 20, 7, 4],
        "complet": [10, 10, 20, 5, 25, 12, 8],
    }
    totals = {"flash": 45, "journee": 60, "complet": 90}
    for preset, expected in minutes.items():
        state = start(codev(), preset=preset)
        assert [state.minutes[stage] for stage in state.path] == expected
        assert sum(expected) == totals[preset]
    assert start(codev()).preset == "journee"


def test_minutes_of_a_session_win_over_its_preset_and_zero_skips_an_optional_stage() -> None:
    state = start(codev(), preset="flash", minutes={"sujet": 9, "demande": 0})
    assert state.minutes["sujet"] == 9
    assert list(state.path) == [stage for stage in STAGES if stage != "demande"]


@pytest.mark.parametrize(
    "options",
    [
        {"preset": "eclair"},
        {"minutes": {"sieste": 5}},
        {"minutes": {"sujet": 0}},
        {"minutes": {"sujet": -1}},
        {"tables": (TableSpec(1), TableSpec(1))},
    ],
)
def test_start_refuses_what_does_not_exist(options: dict) -> None:
    with pytest.raises(ValueError, match=r"unknown|bad|twice"):
        start(codev(), **options)


# --------------------------------------------------------------------------------------------- people


def test_participant_without_a_role_takes_the_usual_one_at_the_emptiest_table() -> None:
    play = play_codev()  # three people at table 1, two at table 2
    play.do("zoe", "join", name="Zoé", role="participant")
    assert (play.state.seats["zoe"].role, play.state.seats["zoe"].table) == ("contributor", 2)
    play.do("late", "join", name="Léo")
    play.do("later", "join", name="Mia")
    assert [play.state.seats[seat].table for seat in ("late", "later")] == [1, 2]


def test_second_porteur_of_a_table_is_welcomed_as_a_contributor() -> None:
    play = play_codev()
    play.do("zoe", "join", name="Zoé", role="porteur", table=1)
    assert play.state.seats["zoe"].role == "contributor"
    assert play.state.seats["paul"].role == "porteur"


def test_porteur_without_a_table_goes_where_there_is_none() -> None:
    play = Play(start(codev(), tables=(TableSpec(1), TableSpec(2))))
    play.do("a", "join", name="A", role="porteur")
    play.do("b", "join", name="B", role="porteur")
    assert {play.state.seats[seat].table for seat in "ab"} == {1, 2}
    assert {play.state.seats[seat].role for seat in "ab"} == {"porteur"}


def test_facilitator_replaces_the_porteur() -> None:
    play = play_codev()
    play.go("presentation")
    play.do("lise", "give_role", seat="ana", role="porteur")
    assert (play.state.seats["ana"].role, play.state.seats["paul"].role) == ("porteur", "contributor")


def test_porteur_moved_to_a_table_that_has_one_becomes_a_contributor() -> None:
    play = play_codev()
    play.do("lise", "seat_at", seat="paul", table=2)
    assert (play.state.seats["paul"].role, play.state.seats["rosa"].role) == ("contributor", "porteur")


def test_free_role_is_taken_and_a_held_one_is_not() -> None:
    play = play_codev()
    play.do("ivan", "take_role", role="note_taker")
    assert play.state.seats["ivan"].role == "note_taker"
    assert play.refused("ana", "take_role", role="note_taker") == "role_taken"
    assert play.refused("ana", "take_role", role="facilitator") == "not_allowed"


def test_absent_note_taker_blocks_nobody() -> None:
    play = play_codev()
    play.do("omar", "leave")
    play.do("ana", "take_role", role="note_taker")
    assert [play.state.seats[seat].role for seat in ("ana", "omar")] == ["note_taker", "contributor"]


def test_joining_again_after_leaving_gives_no_other_role() -> None:
    play = play_codev()
    play.do("ana", "leave")
    play.do("ana", "join", name="Ana", role="facilitator")
    assert play.state.seats["ana"].role == "contributor"
    assert play.refused("ana", "join", name="Ana", role="facilitator") == "already_joined"


def test_who_acts_is_there_again() -> None:
    play = play_codev()
    play.go("clarification")
    play.do("ana", "leave")
    play.do("ana", "write", kind="question", text="Où ?")
    assert play.state.seats["ana"].present


def test_who_was_said_gone_is_said_back_as_they_were() -> None:
    play = play_codev()
    play.do("lise", "add_person", name="Mireille", table=1)
    mireille = f"p{play.state.number}"
    play.do("lise", "leave", seat=mireille)
    assert view(play.state, "lise")["shared"]["gone"] == [{"seat": mireille, "name": "Mireille"}]
    assert [view(play.state, seat)["shared"]["gone"] for seat in ("ana", "omar")] == [[], []]
    assert play.refused("ana", "leave", seat=mireille, back="1") == "not_allowed"
    play.do("lise", "leave", seat=mireille, back="1")
    play.do("lise", "leave", seat=mireille, back=True)  # twice is once
    assert play.state.seats[mireille].present
    assert view(play.state, "lise")["shared"]["gone"] == []
    assert play.refused("lise", "leave", seat=mireille, back="peut-être") == "bad_payload"
    assert play.refused("lise", "leave", seat="personne", back="1") == "unknown_seat"


def test_a_role_taken_meanwhile_is_not_taken_back() -> None:
    play = play_codev()
    play.do("lise", "leave", seat="omar")
    play.do("ana", "take_role", role="note_taker")
    play.do("lise", "leave", seat="omar", back="1")
    assert [play.state.seats[seat].role for seat in ("ana", "omar")] == ["note_taker", "contributor"]


def test_facilitator_looks_at_one_table_and_only_their_own_seat_changes() -> None:
    play = play_codev()
    play.do("zed", "join", name="Zed", role="facilitator")
    play.do("zed", "look_at", table=2)
    assert (play.state.seats["lise"].looking_at, play.state.seats["zed"].looking_at) == (1, 2)
    assert play.refused("zed", "look_at", table=9) == "unknown_table"


def test_person_without_a_phone_is_typed_for() -> None:
    play = play_codev()
    play.go("clarification")
    play.do("lise", "add_person", name="Mireille", table=1)
    seat = f"p{play.state.number}"
    written = play.do("lise", "write", kind="question", text="Depuis quand ?", **{"for": seat})
    assert play.state.cards[written].author == seat


# --------------------------------------------------------------------------------------------- the subject


def propose(play: Play) -> dict[str, str]:
    play.go("sujet")
    return {seat: play.do(seat, "write", kind="subject", text=f"Le sujet de {seat}") for seat in ("ana", "omar")}


@pytest.fixture
def open_table() -> Play:
    """One table where nobody is porteur yet."""
    play = Play(start(codev()))
    play.do("lise", "join", name="Lise", role="facilitator")
    for name in ("ana", "omar", "ines"):
        play.do(name, "join", name=name)
    return play


def test_author_of_the_chosen_subject_becomes_porteur(open_table: Play) -> None:
    cards = propose(open_table)
    open_table.do("lise", "choose", card=cards["omar"])
    assert open_table.state.seats["omar"].role == "porteur"
    assert open_table.state.chosen == {1: cards["omar"]}
    open_table.do("lise", "choose", card=cards["ana"])
    assert [open_table.state.seats[seat].role for seat in ("ana", "omar")] == ["porteur", "contributor"]


def test_author_who_declined_does_not_become_porteur(open_table: Play) -> None:
    open_table.go("sujet")
    written = open_table.do("ana", "write", kind="subject", text="Pour un autre", decline="on")
    open_table.do("lise", "choose", card=written)
    assert open_table.state.chosen == {1: written}
    assert open_table.state.seats["ana"].role == "contributor"


def test_vote_of_the_table_chooses_when_the_stage_ends(open_table: Play) -> None:
    cards = propose(open_table)
    open_table.do("ines", "mark", card=cards["ana"], mark="vote")
    open_table.do("ines", "mark", card=cards["omar"], mark="vote")  # changes her mind
    assert open_table.state.cards[cards["ana"]].marks == {}
    open_table.go("presentation")
    assert open_table.state.seats["omar"].role == "porteur"


def test_tie_chooses_nobody(open_table: Play) -> None:
    cards = propose(open_table)
    open_table.do("ana", "mark", card=cards["ana"], mark="vote")
    open_table.do("omar", "mark", card=cards["omar"], mark="vote")
    open_table.go("presentation")
    assert open_table.state.chosen == {}
    assert not [seat for seat in open_table.state.seats.values() if seat.role == "porteur"]


def test_porteur_of_the_seat_plan_keeps_the_role_whatever_the_votes() -> None:
    play = play_codev()
    play.go("sujet")
    own = play.do("paul", "write", kind="subject", text="Le mien")
    other = play.do("ana", "write", kind="subject", text="Un autre")
    play.do("ana", "mark", card=other, mark="vote")
    play.go("presentation")
    assert (play.state.seats["paul"].role, play.state.chosen[1]) == ("porteur", own)


# --------------------------------------------------------------------------------------------- stages and clock


def test_second_of_two_thumbs_on_next_is_told() -> None:
    play = play_codev()
    play.go("presentation")
    play.do("zed", "join", name="Zed", role="facilitator")
    play.do("lise", "advance", **{"from": "presentation"})
    assert play.refused("zed", "advance", **{"from": "presentation"}) == "stale_stage"
    assert play.state.stage == "clarification"


def test_text_sent_after_the_stage_ended_is_refused_by_name() -> None:
    play = play_codev()
    play.go("reactions")
    assert play.refused("ana", "write", kind="question", text="Qui ?", stage="clarification") == "stage_over"
    assert "reste sur votre écran" in REFUSALS["stage_over"]


def test_note_taker_writes_in_a_later_stage_after_a_step_back_others_do_not() -> None:
    play = play_codev()
    play.go("reactions")
    assert play.refused("omar", "write", kind="note", text="Noté", stage="clarification") == "stage_over"
    play.do("lise", "back", to="clarification")
    written = play.do("omar", "write", kind="idea", text="Dite tout à l’heure", stage="reactions")
    assert play.state.cards[written].stage == "reactions"
    play.do("lise", "write", kind="idea", text="Une autre", stage="reactions", **{"for": "ana"})
    assert play.refused("ana", "write", kind="idea", text="Et moi", stage="reactions") == "stage_over"
    assert play.refused("omar", "write", kind="witness", text="Trop tôt", stage="feedback") == "stage_over"


def test_back_loses_nothing() -> None:
    play = play_codev()
    play.go("reactions")
    written = play.do("ana", "write", kind="idea", text="Une idée")
    play.do("lise", "back", to="sujet")
    play.go("reactions")
    assert play.state.cards[written].text == "Une idée"


def test_a_step_that_is_on_again_has_the_time_it_had_left_what_was_added_included() -> None:
    play = play_codev()
    play.go("clarification")
    planned = play.state.total
    play.do("lise", "extend", seconds=120)
    play.now += 3 * MINUTE
    play.do("lise", "advance")  # by mistake
    play.do("lise", "back")
    assert play.state.stage == "clarification"
    assert play.state.total == planned + 2 * MINUTE
    left = play.state.ends_at - play.now
    assert planned - MINUTE - 4_000 <= left <= planned - MINUTE  # three minutes went by; the moves take a second each
    play.do("lise", "back")  # by mistake too
    play.do("lise", "advance")
    assert 0 <= left - (play.state.ends_at - play.now) <= 4_000
    play.now += 60 * MINUTE  # all of it, and more
    play.do("lise", "advance")
    play.do("lise", "back")
    assert play.state.ends_at == play.now + MINUTE  # one more minute at least


def test_a_stage_planned_anew_forgets_the_time_it_had_left() -> None:
    play = play_codev()
    play.go("clarification")
    play.do("lise", "advance")
    play.do("lise", "set_minutes", stage="clarification", minutes=20)
    play.do("lise", "back")
    assert play.state.ends_at == play.now + 20 * MINUTE


def test_quiet_minutes_are_not_begun_again() -> None:
    play = play_codev()
    play.go("feedback")
    until = play.state.quiet_until
    play.do("lise", "back")
    play.do("lise", "advance")
    assert until <= play.state.quiet_until <= until + 2_000
    play.now += 5 * MINUTE
    play.do("lise", "back")
    play.do("lise", "advance")
    assert play.state.quiet_until is None


def test_next_stops_at_the_last_stage_and_back_at_the_first() -> None:
    play = play_codev()
    play.do("lise", "open")
    assert play.refused("lise", "back") == "first_stage"
    play.go("cloture")
    assert play.refused("lise", "advance") == "last_stage"
    assert play.refused("lise", "back", to="sieste") == "unknown_stage"


def test_next_may_jump_over_an_optional_stage_only() -> None:
    play = play_codev()
    play.go("clarification")
    assert play.refused("lise", "advance", to="feedback") == "unknown_stage"
    play.do("lise", "advance", to="reactions")
    assert play.state.stage == "reactions"


def test_clock_ends_when_the_stage_ends_and_may_be_extended_paused_and_resumed() -> None:
    play = play_codev(preset="flash")
    play.do("lise", "open")
    opened = play.now
    assert play.state.ends_at == opened + 5 * MINUTE
    play.do("lise", "extend", seconds="120")
    assert (play.state.ends_at, play.state.total) == (opened + 7 * MINUTE, 7 * MINUTE)
    play.do("lise", "extend", seconds=-60)
    assert (play.state.ends_at, play.state.total) == (opened + 6 * MINUTE, 6 * MINUTE)
    play.do("lise", "pause")
    paused = play.now
    assert (play.state.ends_at, play.state.remaining) == (None, opened + 6 * MINUTE - paused)
    play.now += 10 * MINUTE
    play.do("lise", "resume")
    assert play.state.ends_at == play.now + (opened + 6 * MINUTE - paused)


def test_two_more_minutes_after_the_end_are_two_minutes_from_now() -> None:
    play = play_codev()
    play.do("lise", "open")
    play.now += 60 * MINUTE
    play.do("lise", "extend", seconds=120)
    assert play.state.ends_at == play.now + 2 * MINUTE


def test_feedback_begins_with_two_quiet_minutes() -> None:
    play = play_codev()
    play.go("feedback")
    assert play.state.quiet_until == play.now + 2 * MINUTE


def test_closed_session_refuses_and_opens_again() -> None:
    play = play_codev()
    play.go("reactions")
    play.do("lise", "close")
    assert play.refused("ana", "write", kind="idea", text="Trop tard") == "closed"
    assert play.refused("lise", "advance") == "closed"
    play.do("lise", "reopen")
    play.do("ana", "write", kind="idea", text="À temps")


def test_plan_of_a_coming_stage_may_be_changed() -> None:
    play = play_codev()
    play.do("lise", "open")
    play.do("lise", "set_minutes", stage="demande", minutes=0)
    play.do("lise", "set_minutes", stage="reactions", minutes="12,5")
    assert "demande" not in play.state.path
    assert play.refused("lise", "set_minutes", stage="sujet", minutes=3) == "stage_on"
    assert play.refused("lise", "set_minutes", stage="nulle", minutes=3) == "unknown_stage"
    assert play.refused("lise", "set_minutes", stage="feedback", minutes=0) == "bad_duration"
    play.go("reactions")
    assert play.state.total == 12.5 * MINUTE


def test_another_length_of_the_method_is_taken_before_or_during() -> None:
    play = play_codev()
    seen = view(play.state, "lise")["shared"]["plan"]
    assert (seen["preset"], seen["minutes"]) == ("journee", 60)
    assert view(play.state, "ana")["shared"]["plan"] is None
    play.do("lise", "set_minutes", preset="flash")
    seen = view(play.state, "lise")["shared"]["plan"]
    assert (seen["preset"], seen["minutes"]) == ("flash", 45)
    play.do("lise", "open")
    play.go("clarification")
    assert play.refused("lise", "set_minutes", preset="nulle") == "bad_payload"
    assert play.refused("ana", "set_minutes", preset="complet") == "not_allowed"
    play.do("lise", "set_minutes", preset="complet")
    minutes = {stage["id"]: stage["minutes"] for stage in view(play.state, "lise")["shared"]["plan"]["stages"]}
    assert minutes["clarification"] == 8  # it is on: its time is the one that was announced
    assert minutes["reactions"] == 25
    assert play.replayed() == play.state


# --------------------------------------------------------------------------------------------- cards


def test_text_is_kept_as_it_is() -> None:
    play = play_codev()
    play.go("clarification")
    text = "  <script>alert(1)</script> & « élan »\n=1+1  "
    written = play.do("ana", "write", kind="question", text=text)
    assert play.state.cards[written].text == text


@pytest.mark.parametrize(
    ("text", "reason"),
    [("", "empty_text"), (" \n\t", "empty_text"), (None, "empty_text"), ("a" * 1_001, "too_long"), (12, "bad_payload"),
     (["a"], "bad_payload"), ("\ud800", "bad_text"), ("a\x00b", "bad_text")],
)  # fmt: skip
def test_text_that_cannot_be_a_card_is_refused(text: object, reason: str) -> None:
    play = play_codev()
    play.go("reactions")
    assert play.refused("ana", "write", kind="idea", text=text) == reason


def test_thousand_characters_are_accepted() -> None:
    play = play_codev()
    play.go("reactions")
    play.do("ana", "write", kind="idea", text="é" * 1_000)


def test_answer_needs_a_question_of_the_same_table() -> None:
    play = play_codev()
    play.go("clarification")
    here = play.do("ana", "write", kind="question", text="Ici ?")
    there = play.do("ivan", "write", kind="question", text="Là ?")
    assert play.refused("paul", "write", kind="answer", text="Oui") == "needs_parent"
    assert play.refused("paul", "write", kind="answer", text="Oui", parent=there) == "unknown_card"
    answer = play.do("paul", "write", text="Oui", parent=here)
    assert play.state.cards[answer].parent == here
    assert play.refused("paul", "write", kind="answer", text="Encore", parent=answer) == "wrong_card"


def test_own_card_is_edited_and_removed_while_the_stage_is_on() -> None:
    play = play_codev()
    play.go("reactions")
    mine = play.do("ana", "write", kind="idea", text="Une idée")
    play.do("ana", "edit", card=mine, text="Une meilleure idée")
    assert play.refused("omar", "edit", card=mine, text="La mienne") == "not_yours"
    assert play.refused("omar", "remove", card=mine) == "not_yours"
    play.go("feedback")
    assert play.refused("ana", "edit", card=mine, text="Trop tard") == "stage_over"
    play.do("lise", "back")
    play.do("ana", "remove", card=mine)
    assert play.refused("ana", "edit", card=mine, text="Encore") == "unknown_card"


def test_facilitator_takes_a_card_away_and_votes_on_it_are_given_back(open_table: Play) -> None:
    cards = propose(open_table)
    open_table.do("ines", "mark", card=cards["ana"], mark="vote")
    open_table.do("lise", "choose", card=cards["ana"])
    open_table.do("lise", "remove", card=cards["ana"])
    assert open_table.state.seats["ines"].marks == {}
    assert open_table.state.chosen == {}


def test_request_written_again_replaces_the_first() -> None:
    play = play_codev()
    play.go("demande")
    first = play.do("paul", "write", text="Je voudrais que le groupe m’aide à choisir.")
    play.do("paul", "write", text="Je voudrais que le groupe m’aide à commencer.")
    assert [card.text for card in play.state.cards.values()] == ["Je voudrais que le groupe m’aide à commencer."]
    assert first in play.state.cards


def test_form_without_javascript_names_the_kind_otherwise() -> None:
    play = play_codev()
    play.go("sujet")
    written = play.do("ana", "write", kind_of_card="subject", text="x")
    assert play.state.cards[written].kind == "subject"


# --------------------------------------------------------------------------------------------- sheet


def test_porteur_alone_releases_and_takes_back() -> None:
    play = play_codev()
    play.go("feedback")
    play.do("paul", "release", sentence="Commencer par un café.")
    play.do("paul", "release", sentence="Commencer par deux cafés.")
    assert [(kept.sentence, kept.table) for kept in play.state.released] == [("Commencer par deux cafés.", 1)]
    assert play.refused("rosa", "withdraw") == "nothing_released"
    play.do("lise", "close")
    play.do("paul", "withdraw")
    assert play.state.released == ()
    play.do("paul", "fill", field="date", value="2026-12-01")
    assert play.refused("paul", "fill", field="dates", value="x") == "unknown_field"


def test_takeaways_of_another_method_are_released_card_by_card() -> None:
    method = load_method(
        """
id = "retenir"
version = 1
title = "Retenir"
first = "ecrire"
may = { facilitator = ["lead"] }
sees = { participant = "table", facilitator = "table" }
[roles]
participant = "Écrit"
facilitator = "Mène"
[stages.ecrire]
title = "À retenir"
minutes = 5
activity = "cards"
next = "end"
may = { participant = ["write"] }
keep = { what = ["card"], release = "facilitator" }
""",
        name="retenir.toml",
    )
    play = Play(start(method))
    play.do("lise", "join", name="Lise", role="facilitator")
    play.do("ana", "join", name="Ana")
    play.do("lise", "open")
    card = play.do("ana", "write", text="Commencer petit")
    assert play.refused("lise", "release", sentence="Une phrase à moi") == "not_allowed"
    play.do("lise", "release", card=card)
    assert [kept.sentence for kept in play.state.released] == ["Commencer petit"]
    play.do("lise", "withdraw", card=card)
    assert play.state.released == ()


# --------------------------------------------------------------------------------------------- the log


@pytest.mark.parametrize("payload", [None, [], "x", 3])
def test_payload_that_is_not_a_table_is_refused(payload: object) -> None:
    play = play_codev()
    move = Move(play.state.number + 1, "ana", "rename", payload, 0)  # type: ignore[arg-type]  # as a forged client may
    assert getattr(apply(play.state, move), "reason", "") == "bad_payload"


def test_unknown_seat_and_unknown_move_are_refused() -> None:
    play = play_codev()
    assert play.refused("nobody", "open") == "not_joined"
    assert play.refused("lise", "explode") == "unknown_move"
    assert play.refused("new", "join", name="Zoé", role="mayor") == "unknown_role"
    assert play.refused("new", "join", name="  ") == "bad_name"


def test_number_already_passed_is_refused_and_passed_over_in_a_replay() -> None:
    play = play_codev()
    old = play.log[-1]
    assert getattr(apply(play.state, old), "reason", "") == "stale_number"
    assert replay(play.state, [old]) == play.state


def play_all() -> Play:
    play = play_codev()
    play.go("sujet")
    play.do("paul", "write", kind="subject", text="Un sujet")
    play.go("presentation")
    play.do("paul", "write", kind="headline", text="Le titre")
    play.go("clarification")
    question = play.do("ana", "write", kind="question", text="Qui ?")
    play.do("paul", "write", kind="answer", text="Nous", parent=question)
    play.go("reactions")
    idea = play.do("ana", "write", kind="idea", text="Une idée")
    play.do("paul", "mark", card=idea, mark="retained")
    play.do("lise", "pause")
    play.do("lise", "resume")
    play.go("feedback")
    play.do("paul", "fill", field="first_step", value="Téléphoner")
    play.do("paul", "reveal", mark="retained")
    play.do("paul", "release", sentence="Commencer petit.")
    return play


def test_replay_and_snapshot_give_the_same_state() -> None:
    play = play_all()
    assert play.replayed() == play.state
    text = play.state.to_json()
    json.loads(text)
    restored = State.from_json(codev(), text)
    assert restored == play.state
    assert restored.to_json() == text


def test_erased_log_keeps_the_stage_the_clock_and_the_counts() -> None:
    play = play_all()
    erased = replay(play.first, [replace(move, payload=None) for move in play.log])
    assert (erased.stage, erased.status, erased.number) == ("feedback", "running", play.state.number)
    assert (erased.ends_at, erased.total) == (play.state.ends_at, play.state.total)
    assert len(erased.cards) == len(play.state.cards)
    assert set(erased.seats) == set(play.state.seats)
    for word in ("Paul", "Ana", "Un sujet", "Le titre", "Qui ?", "Une idée", "Téléphoner", "Commencer petit"):
        assert word not in erased.to_json()


def test_apply_shares_what_it_did_not_change() -> None:
    play = play_all()
    before = play.state
    card = next(iter(before.cards))
    play.do("ana", "rename", name="Anna")
    assert play.state.cards is before.cards
    assert play.state.cards[card] is before.cards[card]
    assert play.state.seats["paul"] is before.seats["paul"]
    assert before.seats["ana"].name == "Ana"


def test_five_thousand_moves_replay_in_well_under_a_second() -> None:
    play = Play(start(codev(), tables=tuple(TableSpec(id_) for id_ in range(1, 13))))
    play.do("lise", "join", name="Lise", role="facilitator")
    for index in range(100):
        play.do(f"s{index}", "join", name=f"P{index}")
    play.go("reactions")
    for index in range(1_000):
        play.do(f"s{index % 100}", "write", kind="idea", text=f"Idée {index}")
    ideas = list(play.state.cards)
    while len(play.log) < 5_000:
        index = len(play.log)
        card = play.state.cards[ideas[index % 1_000]]
        play.do(card.author, "edit", card=card.id, text=f"Idée {index}")
    began = time.process_time()
    assert play.replayed() == play.state
    spent = time.process_time() - began
    assert spent < 1.5, f"{spent:.2f} s"  # of this process alone; 0.2 s on a quiet core


def test_one_person_does_not_cover_the_table_with_cards() -> None:
    play = play_codev()
    play.go("reactions")
    cards = [play.do("ana", "write", kind="idea", text=f"Idée {number}") for number in range(100)]
    assert play.refused("ana", "write", kind="idea", text="Une de trop") == "card_limit"
    play.do("ana", "remove", card=cards[0])
    play.do("ana", "write", kind="idea", text="À la place")
    play.do("omar", "write", kind="idea", text="Une autre personne le peut")


def test_a_name_holds_no_sign_that_no_screen_shows_and_a_screen_has_none() -> None:
    play = play_codev()
    play.do("ana", "rename", name="\u202e  Ali\u200b\u2066  B. ")
    assert play.state.seats["ana"].name == "Ali B."
    assert play.refused("ana", "rename", name="\u202e\u200b") == "bad_name"
    play.do("mur", "join", name="", role="projector")
    assert play.refused("mur", "rename", name="Ana") == "not_allowed"
    assert play.refused("mur", "leave") == "not_allowed"


def test_correcting_a_card_whose_words_were_erased_changes_nothing_but_the_number() -> None:
    play = play_codev()
    play.go("presentation")
    mine = play.do("paul", "write", kind="headline", text="Le titre")
    play.do("paul", "edit", card=mine, text="Un meilleur titre")
    log = [replace(move, payload=None) if f"c{move.number}" == mine else move for move in play.log]
    before, after = replay(play.first, log[:-1]), replay(play.first, log)
    assert after.number == play.state.number == before.number + 1
    assert after.cards[mine] == before.cards[mine]
    assert after.cards[mine].text == ""

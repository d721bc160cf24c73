"""Paper typed in afterwards: marked as such, shown as if it had been lived, and nobody's."""

import json
from typing import Any

from facilitation import State, TableSpec, paper_steps, shipped_methods, start, view
from tests.facilitation.playing import Play, play_codev


def closed(method: str, *, tables: int = 2) -> Play:
    """A session that nobody joined but who leads: opened and closed at once, its room worked on paper."""
    play = Play(start(shipped_methods()[method], tables=tuple(TableSpec(id_) for id_ in range(1, tables + 1))))
    play.do("lise", "join", name="Lise", role="facilitator")
    play.do("wall", "join", name="", role="projector")
    play.do("lise", "open")
    play.do("lise", "close")
    return play


def steps_of(play: Play, activity: str) -> list[str]:
    method = play.state.method
    return [step.id for step in method.steps if method.stages[step.stage].activity == activity]


def typed_on_paper(state: State, step: str, table: int) -> dict[str, Any]:
    return next(found for found in paper_steps(state, table) if found["step"] == step)


def test_texts_belong_to_the_paper_of_their_table_and_are_taken_back() -> None:
    play = closed("presentation-experience")
    step = next(step for step in steps_of(play, "cards") if play.state.method.kinds_of(step.split(".")[0]))
    kind = play.state.method.kinds_of(step.split(".")[0])[0]
    id_ = play.do("lise", "transcribe", step=step, table=2, kind=kind, text="Un texte du paperboard", by="paper")
    card = play.state.cards[id_]
    assert (card.table, card.by, card.typed_by, card.author) == (2, "paper", "lise", "paper-2")
    assert not play.state.seats["paper-2"].present
    play.do("lise", "look_at", table=2)
    assert view(play.state, "lise")["shared"]["gone"] == []  # it never left: it was never somebody
    assert play.refused("lise", "leave", seat="paper-2", back="1") == "unknown_seat"
    assert typed_on_paper(play.state, step, 2)["cards"] == [{"id": id_, "kind": kind, "text": "Un texte du paperboard"}]
    assert typed_on_paper(play.state, step, 1)["cards"] == []
    play.do("lise", "transcribe", step=step, table=2, card=id_, on="false")
    assert play.state.cards[id_].removed
    assert play.refused("lise", "transcribe", step=step, table=2, card=id_, on="false") == "unknown_card"
    assert play.replayed() == play.state


def test_a_phones_card_is_never_taken_back_as_paper() -> None:
    play = play_codev()
    play.go("sujet")
    written = play.do("paul", "write", kind="subject", text="À moi")
    assert play.refused("lise", "transcribe", step="sujet", table=1, card=written, on="false") == "unknown_card"
    assert not play.state.cards[written].removed


def test_who_may_and_what_is_refused() -> None:
    play = play_codev()
    assert play.refused("lise", "transcribe", step="sujet", text="Trop tôt") == "not_open"
    play.do("lise", "open")
    assert play.refused("ana", "transcribe", step="sujet", kind="subject", text="Non") == "not_allowed"
    assert play.refused("wall", "transcribe", step="sujet", kind="subject", text="Non") == "not_allowed"
    assert play.refused("lise", "transcribe", step="ailleurs", kind="subject", text="Non") == "unknown_stage"
    assert play.refused("lise", "transcribe", step="sujet", table=9, kind="subject", text="Non") == "unknown_table"
    assert play.refused("lise", "transcribe", step="sujet", kind="advice", text="Non") == "not_allowed"
    assert play.refused("lise", "transcribe", step="sujet", kind="subject", text=" ") == "empty_text"
    assert play.refused("lise", "transcribe", kind="subject", text="Où ?") == "bad_payload"


def test_hands_of_a_closed_vote_are_shown_on_the_wall() -> None:
    play = closed("coop-ou-pas-coop", tables=1)
    vote = steps_of(play, "poll")[0]
    play.do("lise", "transcribe", step=vote, count_coop="7", count_depend=2)
    play.do("lise", "transcribe", step=vote, count_coop="6", count_depend=2)  # a miscount, counted again whole
    hands = {option["id"]: option["hands"] for option in typed_on_paper(play.state, vote, 1)["options"]}
    assert hands == {"coop": 6, "depend": 2, "pas_coop": None}
    assert play.refused("lise", "transcribe", step=vote, count_coop=-1) == "bad_payload"
    assert play.refused("lise", "transcribe", step=vote, count_coop="beaucoup") == "bad_payload"
    play.do("lise", "reopen")
    poll = view(play.state, "wall")["shared"]["poll"]
    assert {option["id"]: option["count"] for option in poll["options"]}["coop"] == 6


def test_paper_shows_no_vote_that_phones_keep_hidden() -> None:
    play = closed("coop-ou-pas-coop", tables=1)
    vote = steps_of(play, "poll")[0]
    play.do("lise", "reopen")
    play.do("ana", "join", name="Ana")
    play.do("ana", "answer", value="coop", stage=vote)
    play.do("lise", "transcribe", step=vote, count_coop=3)
    assert not view(play.state, "ana")["shared"]["poll"]["revealed"]
    play.do("lise", "advance", **{"from": vote})
    play.do("lise", "transcribe", step=vote, count_coop=3)
    assert not play.state.shown


def test_rounds_of_the_pot_are_shared_and_corrected_with_those_after() -> None:
    play = closed("pot-du-quartier", tables=1)
    first, second = steps_of(play, "pot")[:2]
    tokens = play.state.method.stages[play.state.method.step(first).stage].tokens
    assert play.refused("lise", "transcribe", step=first, players=2, total=3) == "too_few"
    assert play.refused("lise", "transcribe", step=first, players=3, total=3 * tokens + 1) == "bad_gift"
    play.do("lise", "transcribe", step=first, players=4, total=5)
    play.do("lise", "transcribe", step=second, players=4, total=6)
    before = play.state.shares[second][1]
    play.do("lise", "transcribe", step=first, players=4, total=6)
    after = play.state.shares[second][1]
    assert after.pot - before.pot == play.state.shares[first][1].remainder - (5 * 2 % 4)
    assert play.replayed() == play.state


def test_the_pot_that_phones_filled_is_left_alone() -> None:
    play = Play(start(shipped_methods()["pot-du-quartier"]))
    play.do("lise", "join", name="Lise", role="facilitator")
    for seat in ("ana", "omar", "ines"):
        play.do(seat, "join", name=seat)
    play.do("lise", "open")
    first = steps_of(play, "pot")[0]
    if play.state.step != first:
        play.do("lise", "skip", to=first)
    play.do("ana", "give", tokens=1, stage=first)
    assert play.refused("lise", "transcribe", step=first, players=3, total=3) == "round_over"


def test_sheets_of_answers_count_without_a_name() -> None:
    play = closed("evaluation", tables=1)
    step = steps_of(play, "form")[0]
    rule = play.state.method.stages[play.state.method.step(step).stage]
    typed = {f"answer_{one.id}": one.options[0].id if one.options else "Bien" for one in rule.questions}
    sheets = [f"p{play.do('lise', 'transcribe', step=step, **typed)[1:]}" for _sheet in range(3)]
    assert typed_on_paper(play.state, step, 1)["sheets"] == sheets
    play.do("lise", "transcribe", step=step, sheet=sheets[0], on=False)
    assert typed_on_paper(play.state, step, 1)["sheets"] == sheets[1:]
    assert play.refused("lise", "transcribe", step=step, sheet=sheets[0], on=False) == "unknown_card"
    assert play.refused("lise", "transcribe", step=step) == "empty_text"
    scale = next(one for one in rule.questions if one.options)
    assert play.refused("lise", "transcribe", step=step, **{f"answer_{scale.id}": "ailleurs"}) == "unknown_option"
    assert json.dumps(view(play.state, "lise"), ensure_ascii=False).count("Sur papier") == 0
    again = State.from_json(play.state.method, play.state.to_json())
    assert typed_on_paper(again, step, 1)["sheets"] == sheets[1:]

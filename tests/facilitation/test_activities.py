"""Polls, deals, pots and forms, rounds and groups: what they do, and what they keep to themselves."""

import json
import time
from collections import Counter
from dataclasses import replace

import pytest

from facilitation import State, TableSpec, inputs, load_method, replay, shipped_methods, start, view
from facilitation.groups import cut
from tests.facilitation.playing import Play

METHODS = shipped_methods()


def play(method: str, people: int, tables: int = 1) -> Play:
    """People s0, s1… spread over tables, and Lise who leads."""
    begun = Play(start(METHODS[method], tables=tuple(TableSpec(id_) for id_ in range(1, tables + 1))))
    begun.do("lise", "join", name="Lise", role="facilitator")
    begun.do("wall", "join", name="", role="projector")
    for number in range(people):
        begun.do(f"s{number}", "join", name=f"Prénom{number}", table=1 + number % tables)
    begun.do("lise", "open")
    return begun


def shared(begun: Play, seat: str, activity: str) -> dict:
    found = view(begun.state, seat)["shared"][activity]
    assert found is not None
    return found


def counts(poll: dict) -> dict[str, int | None]:
    return {option["id"]: option["count"] for option in poll["options"]}


# --------------------------------------------------------------------------------------------- polls


@pytest.fixture
def coop() -> Play:
    """Six people voted on the first situation: three coop, two pas coop, one ça dépend."""
    begun = play("coop-ou-pas-coop", 7)
    for number, option in enumerate(["coop", "coop", "coop", "pas_coop", "pas_coop", "depend"]):
        begun.do(f"s{number}", "answer", value=option)
    return begun


def test_votes_are_hidden_from_everybody_until_revealed_then_seen_by_all(coop: Play) -> None:
    for seat in ("s0", "s6", "lise", "wall"):
        poll = shared(coop, seat, "poll")
        assert (poll["revealed"], poll["total"], set(counts(poll).values())) == (False, None, {None})
        assert poll["words"] == "6 personnes ont voté sur 7"
    assert view(coop.state, "s3")["own"]["poll"] == {"step": "vote", "value": "pas_coop", "may": True}
    coop.do("lise", "reveal", step="vote")
    for seat in ("s0", "s6", "lise", "wall"):
        poll = shared(coop, seat, "poll")
        assert counts(poll) == {"coop": 3, "pas_coop": 2, "depend": 1}
        assert [option["share"] for option in poll["options"]] == [50, 33, 17]
        assert poll["smallest"] == ["depend"]


def test_vote_changes_until_revealed_and_not_after(coop: Play) -> None:
    coop.do("s0", "answer", value="depend")
    coop.do("s1", "answer", value="")
    coop.do("lise", "reveal")
    assert counts(shared(coop, "lise", "poll")) == {"coop": 1, "pas_coop": 2, "depend": 2}
    assert coop.refused("s0", "answer", value="coop") == "already_shown"
    assert coop.refused("s6", "answer", value="coop") == "already_shown"


def test_vote_that_is_none_of_the_options_or_late_is_refused(coop: Play) -> None:
    assert coop.refused("s0", "answer", value="peut-être") == "unknown_option"
    assert coop.refused("lise", "answer", value="coop") == "not_allowed"
    coop.do("lise", "advance")
    assert coop.refused("s6", "answer", value="coop", stage="vote") == "stage_over"
    assert coop.refused("s6", "answer", value="coop") == "not_allowed"


def test_hands_are_beside_the_phones(coop: Play) -> None:
    coop.do("lise", "count", count_coop="4", count_depend="0")
    assert shared(coop, "wall", "poll")["hands"] is None
    coop.do("lise", "reveal")
    poll = shared(coop, "wall", "poll")
    assert counts(poll) == {"coop": 7, "pas_coop": 2, "depend": 1}
    assert (poll["options"][0]["phones"], poll["options"][0]["hands"], poll["total"]) == (3, 4, 10)
    coop.do("lise", "count", count_coop="0")  # a miscount is corrected after the reveal too
    assert counts(shared(coop, "wall", "poll"))["coop"] == 3
    assert coop.refused("s0", "count", count_coop="9") == "not_allowed"
    assert coop.refused("lise", "count", count_autre="9") == "bad_payload"
    assert coop.refused("lise", "count", count_coop="-1") == "bad_payload"


def test_second_vote_shows_who_moved_and_rivers_of_one_vote_only(coop: Play) -> None:
    coop.do("lise", "reveal")
    coop.do("lise", "advance")
    assert counts(shared(coop, "s0", "poll"))["coop"] == 3  # while people move, the first vote stays on the wall
    coop.do("lise", "advance")
    for number, option in enumerate(["pas_coop", "coop", "coop", "pas_coop", "coop"]):
        coop.do(f"s{number}", "answer", value=option)
    coop.do("s6", "answer", value="depend")
    before_reveal = shared(coop, "wall", "poll")
    assert (before_reveal["movement"], before_reveal["before"]["total"]) == (None, 6)
    coop.do("lise", "reveal")
    movement = shared(coop, "wall", "poll")["movement"]
    assert (movement["moved"], movement["stayed"]) == (2, 3)
    flows = {(flow["from"], flow["to"]): flow["count"] for flow in movement["flows"]}
    assert flows == {
        ("coop", "coop"): 2, ("coop", "pas_coop"): 1, ("pas_coop", "coop"): 1, ("pas_coop", "pas_coop"): 1,
        ("depend", ""): 1, ("", "depend"): 1,
    }  # fmt: skip


def test_each_situation_has_its_own_votes_and_the_facilitator_may_pick_another(coop: Play) -> None:
    deck = view(coop.state, "lise")["shared"]["deck"]
    assert len(deck) == 12
    assert [card["now"] for card in deck] == [True] + [False] * 11
    first = view(coop.state, "s0")["shared"]["subject"]
    wanted = deck[7]["card"]
    coop.do("lise", "pick", card=wanted)
    assert view(coop.state, "s0")["shared"]["subject"]["id"] == wanted
    assert coop.state.picked["critere"][7] == first["id"]
    for _stage in range(4):
        coop.do("lise", "advance")
    assert coop.state.step == "vote.2"
    assert view(coop.state, "s0")["shared"]["round"] == {"number": 2, "total": 5, "words": "Carte 2 sur 5"}
    assert shared(coop, "lise", "poll")["answered"] == 0
    assert coop.refused("lise", "pick", card=wanted) == "unknown_card"  # it was played
    coop.do("lise", "back", to="vote")
    assert shared(coop, "lise", "poll")["answered"] == 6


def test_two_thumbs_never_skip_a_round(coop: Play) -> None:
    coop.do("lise", "skip", to="vote.2")
    assert coop.refused("lise", "advance", **{"from": "vote"}) == "stale_stage"
    coop.do("lise", "skip")
    assert coop.state.step == "definition"  # out of the rounds


def test_what_was_revealed_stays_revealed_after_a_step_back(coop: Play) -> None:
    coop.do("lise", "reveal")
    coop.do("lise", "advance")
    coop.do("lise", "back")
    assert shared(coop, "wall", "poll")["revealed"]


def test_poll_of_a_table_stays_at_the_table() -> None:
    method = load_method(
        """
id = "tables"
version = 1
title = "Tables"
first = "voter"
may = { facilitator = ["lead"] }
sees = { participant = "table", facilitator = "table", projector = "count" }
[roles]
participant = "Vote"
facilitator = "Mène"
[stages.voter]
title = "On vote"
minutes = 1
activity = "poll"
options = { oui = "Oui", non = "Non" }
reveal = "everyone"
next = "end"
may = { participant = ["answer"] }
""",
        name="tables.toml",
    )
    begun = Play(start(method, tables=(TableSpec(1), TableSpec(2))))
    begun.do("lise", "join", name="Lise", role="facilitator")
    begun.do("wall", "join", name="", role="projector")
    for number in range(4):
        begun.do(f"s{number}", "join", name=f"P{number}", table=1 + number % 2)
    begun.do("lise", "open")
    begun.do("s0", "answer", value="oui")
    begun.do("s2", "answer", value="non")
    assert [shared(begun, seat, "poll")["revealed"] for seat in ("s0", "s1", "wall")] == [True, False, False]
    assert counts(shared(begun, "s0", "poll")) == {"oui": 1, "non": 1}
    begun.do("s1", "answer", value="oui")
    begun.do("lise", "leave", seat="s3")  # who is gone is not waited for
    assert [shared(begun, seat, "poll")["revealed"] for seat in ("s0", "s1", "wall")] == [True, True, True]
    assert counts(shared(begun, "wall", "poll")) == {"oui": 2, "non": 1}


# --------------------------------------------------------------------------------------------- deals

DEALT = "Toutes les chaises en cercle."
SECRETS = [card.text for card in METHODS["anarchaise"].decks["consignes"].cards]


@pytest.fixture
def chairs() -> Play:
    """Ten people, of whom one only looks on; the secrets are dealt."""
    begun = play("anarchaise", 10)
    begun.do("s9", "take_role", role="observer")
    begun.do("lise", "advance")
    return begun


def secret(begun: Play, seat: str) -> str | None:
    deal = view(begun.state, seat)["own"]["deal"]
    return deal and deal["card"]["text"]


def test_secrets_are_dealt_evenly_and_an_observer_has_none(chairs: Play) -> None:
    held = Counter(secret(chairs, f"s{number}") for number in range(9))
    assert sorted(held.values()) == [3, 3, 3]
    assert set(held) == set(SECRETS)
    assert secret(chairs, "s9") is None


def test_secret_is_in_no_other_byte_until_it_is_shown(chairs: Play) -> None:
    for step in ("consignes", "jeu", "reponses", "debrief"):
        assert chairs.state.step == step
        for seat in [*chairs.state.seats, "nobody"]:
            sent = json.dumps(view(chairs.state, seat), ensure_ascii=False)
            assert [text for text in SECRETS if text in sent] == [
                text for text in SECRETS if text == secret(chairs, seat)
            ]
        chairs.do("lise", "advance")
    chairs.do("lise", "back", to="debrief")
    assert [way["step"] for way in view(chairs.state, "lise")["shared"]["reveals"]] == ["consignes", "reponses"]
    chairs.do("lise", "reveal", step="consignes")
    for seat in ("s0", "s9", "wall", "lise"):
        deal = shared(chairs, seat, "deal")
        assert [card["text"] for card in deal["cards"]] == SECRETS
        assert [card["people"] for card in deal["cards"]] == [3, 3, 3]
        assert "Prénom" not in json.dumps(deal)


def test_late_joiner_gets_the_secret_fewest_have(chairs: Play) -> None:
    gone = next(f"s{number}" for number in range(9) if secret(chairs, f"s{number}") == DEALT)
    chairs.do(gone, "leave")
    chairs.do("late", "join", name="Tard", role="player", table=1)
    assert secret(chairs, "late") == DEALT
    chairs.do("lise", "give_role", seat="s9", role="player")
    assert secret(chairs, "s9") is not None


def test_same_log_deals_the_same_and_another_instant_deals_otherwise(chairs: Play) -> None:
    assert chairs.replayed() == chairs.state
    seen = set()
    for instant in range(8):
        moves = [replace(move, at=move.at + instant) for move in chairs.log]
        state = replay(chairs.first, moves)
        seen.add(tuple(state.dealt["consignes"][f"s{number}"] for number in range(9)))
    assert len(seen) > 4


def test_player_may_stop_the_game(chairs: Play) -> None:
    assert view(chairs.state, "s0")["shared"]["controls"] == []
    chairs.do("lise", "advance")
    assert view(chairs.state, "s0")["shared"]["controls"] == ["pause"]
    chairs.do("s0", "pause")
    assert chairs.state.status == "paused"


# --------------------------------------------------------------------------------------------- pots


@pytest.fixture
def pot() -> Play:
    """Two tables of four, at the first round."""
    begun = play("pot-du-quartier", 8, tables=2)
    begun.do("lise", "advance")
    return begun


def test_pot_is_doubled_shared_in_whole_numbers_and_the_remainder_stays(pot: Play) -> None:
    for seat, tokens in (("s0", 10), ("s2", 0), ("s4", 3), ("s6", "2")):
        assert shared(pot, "s0", "pot")["round"] is None
        pot.do(seat, "give", tokens=tokens)
    first = shared(pot, "s0", "pot")["round"]
    assert (first["total"], first["pot"], first["each"], first["remainder"]) == (15, 30, 7, 2)
    assert shared(pot, "s1", "pot")["round"] is None  # the other table is not done
    own = view(pot.state, "s0")["own"]["pot"]
    assert (own["gift"], own["balance"], own["may"]) == (10, 7, False)
    assert view(pot.state, "s2")["own"]["pot"]["balance"] == 17
    assert pot.refused("s0", "give", tokens=1) == "round_over"
    pot.do("lise", "advance")
    for seat in ("s0", "s2", "s4"):
        pot.do(seat, "give", tokens=1)
    pot.do("lise", "advance")  # s6 did not give: the round is shared without them
    pot.do("lise", "back")
    second = shared(pot, "s0", "pot")["round"]
    assert (second["total"], second["pot"], second["each"], second["remainder"]) == (3, 8, 2, 2)
    assert second["players"] == 3
    assert [line["each"] for line in view(pot.state, "s6")["own"]["pot"]["rounds"]] == [7]


def test_gift_is_in_no_view_but_its_givers_ever(pot: Play) -> None:
    """Twin sessions that differ by who gave what, and by nothing else, look the same to everybody else."""
    gifts = {"s0": 9, "s2": 1, "s4": 4, "s6": 6}
    swapped = {**gifts, "s0": 1, "s2": 9}
    twins = []
    for given in (gifts, swapped):
        twin = Play(pot.first)
        for move in pot.log:
            twin.do(move.seat, move.kind, **dict(move.payload or {}))
        for seat, tokens in given.items():
            twin.do(seat, "give", tokens=tokens)
        twins.append(twin)
    for twin in twins:
        twin.do("lise", "skip", to="debrief")
    for seat in ("s1", "s3", "s4", "s6", "lise", "wall", "nobody"):
        seen = [json.dumps(view(twin.state, seat)) for twin in twins]
        assert seen[0] == seen[1], seat
    assert view(twins[0].state, "s0")["own"] != view(twins[1].state, "s0")["own"]


def test_round_of_two_is_not_shared_each_would_know_the_other(pot: Play) -> None:
    pot.do("s0", "give", tokens=5)
    pot.do("s2", "give", tokens=5)
    assert pot.refused("lise", "reveal") == "too_few"
    pot.do("lise", "leave", seat="s4")
    pot.do("lise", "leave", seat="s6")
    assert shared(pot, "s0", "pot")["round"] is None
    pot.do("lise", "advance")
    assert pot.state.shares == {}
    pot.do("lise", "back")  # nothing is lost: they may still play it
    pot.do("s4", "give", tokens=5)
    assert shared(pot, "s0", "pot")["round"]["total"] == 15


def test_gift_of_one_alone_is_not_told_by_those_that_were_typed(pot: Play) -> None:
    """Whoever typed two gifts of three would know the third from the total."""
    pot.do("lise", "leave", seat="s6")
    pot.do("s0", "give", tokens=7)
    for seat in ("s2", "s4"):
        pot.do("lise", "give", tokens=5, **{"for": seat})
    assert pot.state.shares == {}
    assert pot.refused("lise", "reveal") == "too_few"
    pot.do("s2", "give", tokens=1)  # their own phone is back
    assert shared(pot, "s0", "pot")["round"]["total"] == 13


@pytest.mark.parametrize("tokens", [-1, 11, "", "3.5", None, True, [3], "dix"])
def test_gift_is_a_whole_number_of_tokens(pot: Play, tokens: object) -> None:
    assert pot.refused("s0", "give", tokens=tokens) in ("bad_gift", "bad_payload")


def test_curve_shows_the_three_phases_and_only_totals(pot: Play) -> None:
    for step in [step for step in pot.state.path if step.split(".")[0] in ("silence", "parole", "avec_regle")]:
        pot.do(
            "lise",
            "skip" if pot.state.step != step else "extend",
            **({"to": step} if pot.state.step != step else {"seconds": 60}),
        )
        for number in range(8):
            pot.do(f"s{number}", "give", tokens=5)
    pot.do("lise", "skip", to="debrief")
    curve = shared(pot, "wall", "pot")["curve"]
    assert [(point["stage"], point["round"]) for point in curve] == [
        (stage, number) for stage in ("silence", "parole", "avec_regle") for number in (1, 2, 3)
    ]
    assert {(table["id"], table["total"], table["share"]) for point in curve for table in point["tables"]} == {
        (1, 20, 50), (2, 20, 50),
    }  # fmt: skip


# --------------------------------------------------------------------------------------------- forms


@pytest.fixture
def form() -> Play:
    return play("evaluation", 4)


def test_form_takes_each_type_of_answer_and_passer(form: Play) -> None:
    form.do("s0", "answer", question="utile", value="4")
    form.do("s0", "answer", question="parole", value=2)
    form.do("s0", "answer", question="reprendre", value=["3", "1"])
    form.do("s0", "answer", question="suite", value="2")
    form.do("s0", "answer", question="manque", value="Du temps, « surtout ».")
    form.do("s0", "answer", question="acces", **{"pass": "on"})
    own = view(form.state, "s0")["own"]["form"]
    assert own["answers"] == {
        "utile": "4", "parole": "2", "reprendre": "1,3", "suite": "2", "manque": "Du temps, « surtout ».",
    }  # fmt: skip
    assert (own["passed"], own["done"], own["total"]) == (["acces"], 6, 6)
    form.do("s0", "answer", question="suite", value="")
    assert "suite" not in view(form.state, "s0")["own"]["form"]["answers"]


@pytest.mark.parametrize(
    ("question", "value", "reason"),
    [("utile", "6", "unknown_option"), ("utile", "1,2", "unknown_option"), ("suite", ["1", "2"], "unknown_option"),
     ("reprendre", "9", "unknown_option"), ("manque", "é" * 501, "too_long"), ("manque", 3, "bad_payload"),
     ("autre", "1", "unknown_question"), ("utile", {"a": 1}, "bad_payload")],
)  # fmt: skip
def test_answer_that_does_not_fit_is_refused(form: Play, question: str, value: object, reason: str) -> None:
    assert form.refused("s0", "answer", question=question, value=value) == reason


def test_answers_are_seen_at_the_end_without_names_and_from_three_on(form: Play) -> None:
    for number in range(2):
        form.do(f"s{number}", "answer", question="manque", value=f"canari {number}")
    form.do("lise", "advance")
    form.do("lise", "back")
    seen = shared(form, "lise", "form")
    assert (seen["revealed"], seen["too_few"]) == (True, True)
    assert "canari" not in json.dumps(seen)


def test_revealed_form_shows_counts_what_divides_and_texts_in_no_order() -> None:
    begun = play("questionnaire", 6)
    for number in range(6):
        begun.do(f"s{number}", "answer", question="confiance", value="1" if number < 3 else "3")
        begun.do(f"s{number}", "answer", question="pouvoir", value="1")
        begun.do(f"s{number}", "answer", question="attente", value=f"canari {number}")
    begun.do("s5", "answer", question="pouvoir", **{"pass": True})
    sent = json.dumps([view(begun.state, seat)["shared"] for seat in begun.state.seats])
    assert "canari" not in sent
    assert begun.refused("s0", "reveal") == "not_allowed"
    begun.do("lise", "reveal")
    begun.do("lise", "advance")  # the next stage shows it still, by `from`
    questions = {question["id"]: question for question in shared(begun, "s0", "form")["questions"]}
    assert [option["count"] for option in questions["confiance"]["options"]] == [3, 0, 3, 0]
    assert (questions["confiance"]["divides"], questions["pouvoir"]["divides"]) == (True, False)
    assert (questions["pouvoir"]["answers"], questions["pouvoir"]["passed"]) == (5, 1)
    texts = questions["attente"]["texts"]
    assert sorted(texts) == [f"canari {number}" for number in range(6)]
    assert texts != sorted(texts)


def test_answers_of_one_alone_are_not_told_by_those_that_were_typed(form: Play) -> None:
    form.do("s0", "answer", question="manque", value="canari")
    for seat in ("s1", "s2"):
        form.do("lise", "answer", question="manque", value="dit à voix haute", **{"for": seat})
    form.do("lise", "advance")
    form.do("lise", "back")
    seen = shared(form, "lise", "form")
    assert (seen["revealed"], seen["too_few"]) == (True, True)
    assert "canari" not in json.dumps(seen)


TABLES = """
id = "tables"
version = 1
title = "Tables"
first = "avis"
may = { facilitator = ["lead"] }
[roles]
participant = "Répond"
facilitator = "Mène"
[stages.avis]
title = "Avis"
minutes = 5
next = "end"
reveal = "everyone"
may = { participant = ["answer"] }
sees = { participant = "table", facilitator = "table" }
"""
QUESTION = 'activity = "form"\n[[stages.avis.questions]]\nid = "mot"\ntype = "text"\nlabel = "Un mot"\n'
VOTE = 'activity = "poll"\noptions = { oui = "Oui", non = "Non" }\n'


@pytest.mark.parametrize("activity", [QUESTION, VOTE])
def test_answer_that_a_table_has_seen_stays_there_when_its_author_moves(activity: str) -> None:
    """Else what was shown would be hidden again, and a table could tell who left by what is missing."""
    method = load_method(TABLES + activity, name="tables.toml")
    begun = Play(start(method, tables=(TableSpec(1), TableSpec(2))))
    begun.do("lise", "join", name="Lise", role="facilitator")
    for number in range(6):
        begun.do(f"s{number}", "join", name=f"Prénom{number}", table=1 + number % 2)
    begun.do("lise", "open")
    kind = method.stages["avis"].activity
    for seat in ("s0", "s2", "s4"):
        begun.do(seat, "answer", question="mot", value="oui")
    seen = shared(begun, "s0", kind)
    assert seen["revealed"]
    begun.do("lise", "seat_at", seat="s4", table=2)
    assert begun.refused("s4", "answer", question="mot", value="non") == "already_shown"
    assert begun.refused("s4", "answer", question="mot", value="") == "already_shown"
    assert not view(begun.state, "s4")["own"][kind]["may"]
    assert {**shared(begun, "s0", kind), "asked": 0, "words": ""} == {**seen, "asked": 0, "words": ""}
    # nor does the table they join wait for them
    assert shared(begun, "s1", kind)["asked"] == 3
    for seat in ("s1", "s3", "s5"):
        assert not shared(begun, seat, kind)["revealed"]
        begun.do(seat, "answer", question="mot", value="non")
    assert shared(begun, "s1", kind)["revealed"]


def test_hands_are_those_of_the_table_that_is_named() -> None:
    begun = play("coop-ou-pas-coop", 6, tables=2)
    begun.do("lise", "own_clock", table=2)
    begun.do("lise", "count", table=2, step="vote", count_coop=5)
    assert begun.state.hands == {"vote": {2: {"coop": 5}}}


def test_observers_and_players_have_their_own_questions(chairs: Play) -> None:
    chairs.do("lise", "skip", to="reponses")
    assert {asked["question"] for asked in inputs(METHODS["anarchaise"], "player")} == {"vu", "force", "parler"}
    assert {asked["question"] for asked in inputs(METHODS["anarchaise"], "observer")} == {"commence", "renonce"}
    assert chairs.refused("s9", "answer", question="vu", value="x") == "unknown_question"
    chairs.do("s9", "answer", question="commence", value="Par un regard.")


def test_facilitator_types_for_somebody_without_a_phone(form: Play) -> None:
    form.do("lise", "add_person", name="Mireille", table=1)
    seat = f"p{form.state.number}"
    form.do("lise", "answer", question="utile", value="5", **{"for": seat, "by": "paper"})
    answer = form.state.ballots["avis"].answers[seat]
    assert (answer.values, answer.by, answer.typed_by) == ({"utile": "5"}, "paper", "lise")


def test_what_somebody_answered_is_never_changed_by_who_leads(coop: Play) -> None:
    coop.do("lise", "add_person", name="Mireille", table=1)
    seat = f"p{coop.state.number}"
    assert coop.refused("lise", "answer", value="depend", **{"for": "s0"}) == "answered_already"
    for option in ("coop", "depend"):  # typed, then corrected: counted once, and hidden like the others
        coop.do("lise", "answer", value=option, **{"for": seat})
        poll = shared(coop, "lise", "poll")
        assert (poll["answered"], counts(poll)["depend"]) == (7, None)
    assert coop.state.ballots[coop.state.step].answers[seat].typed_by == "lise"
    coop.do("lise", "answer", value="pas_coop", **{"for": "s6"})  # a phone without battery
    coop.do("s6", "answer", value="coop")  # it is back: it is their own voice
    assert coop.refused("lise", "answer", value="depend", **{"for": "s6"}) == "answered_already"
    coop.do("lise", "reveal")
    assert counts(shared(coop, "wall", "poll")) == {"coop": 4, "pas_coop": 2, "depend": 2}


def test_gift_typed_for_somebody_is_shown_to_nobody() -> None:
    pot = play("pot-du-quartier", 3)
    pot.do("lise", "skip", to="silence")
    pot.do("lise", "add_person", name="Mireille", table=1)
    seat = f"p{pot.state.number}"
    before = {who: view(pot.state, who) for who in ("lise", "wall", "s0")}
    assert pot.refused("s0", "give", tokens=7, **{"for": seat}) == "not_allowed"
    assert pot.refused("lise", "give", tokens=700, **{"for": seat}) == "bad_gift"
    pot.do("lise", "give", tokens=7, **{"for": seat})
    for who, seen in before.items():
        now = view(pot.state, who)
        assert now["own"]["pot"] == seen["own"]["pot"]
        assert now["shared"]["pot"]["given"] == 1
        assert "7" not in json.dumps(now["shared"]["pot"]["round"])
        assert all(table["total"] is None for table in now["shared"]["pot"]["tables"])


def test_own_clock_of_the_person_typed_for_counts() -> None:
    coop = play("coop-ou-pas-coop", 4, tables=2)
    coop.do("lise", "add_person", name="Mireille", table=2)
    seat = f"p{coop.state.number}"
    coop.do("lise", "look_at", table=1)
    coop.do("lise", "own_clock", table=2, on=True)
    coop.do("lise", "skip", to=coop.state.method.steps[1].id, table=1)
    assert view(coop.state, seat)["own"]["poll"]["may"]
    coop.do("lise", "answer", value="coop", stage="vote", **{"for": seat})


# --------------------------------------------------------------------------------------------- groups


@pytest.mark.parametrize(
    ("people", "size", "sizes"),
    [(2, 2, [2]), (3, 2, [3]), (5, 2, [2, 3]), (8, 2, [2, 2, 2, 2]), (5, 4, [5]), (6, 4, [3, 3]), (7, 4, [3, 4]),
     (10, 4, [3, 3, 4]), (1, 2, [1]), (0, 2, [])],
)  # fmt: skip
def test_nobody_stays_alone_in_a_group(people: int, size: int, sizes: list[int]) -> None:
    groups = cut([[f"s{number}"] for number in range(people)], size)
    assert sorted(map(len, groups)) == sizes
    assert [seat for group in groups for seat in group] == [f"s{number}" for number in range(people)]


@pytest.mark.parametrize(
    ("pairs", "sizes"),
    [([2] * 4, [4, 4]), ([2] * 10 + [3], [4, 4, 4, 5, 6]), ([3, 2, 2, 2], [4, 5]), ([2, 2, 2], [6]), ([2, 3], [5]),
     ([2] * 49 + [3], [4] * 24 + [5])],
)  # fmt: skip
def test_two_pairs_join_and_none_stays_alone(pairs: list[int], sizes: list[int]) -> None:
    groups = cut([[f"s{number}.{one}" for one in range(size)] for number, size in enumerate(pairs)], 4)
    assert sorted(map(len, groups)) == sizes
    assert all(len({seat.partition(".")[0] for seat in group}) >= 2 for group in groups)
    assert sum(map(len, groups)) == sum(pairs)


def test_pairs_become_fours_and_each_sees_its_own_group_only() -> None:
    begun = play("un-deux-quatre-tous", 8)
    for number in range(8):
        begun.do(f"s{number}", "write", text=f"canari-{number}")
    assert "canari-1" not in json.dumps(view(begun.state, "s0"))
    begun.do("lise", "advance")

    def mates(seat: str) -> list[str]:
        return view(begun.state, seat)["shared"]["group"]["names"]

    pairs = {seat: mates(seat) for seat in map("s{}".format, range(8))}
    assert all(len(names) == 2 for names in pairs.values())
    for seat, names in pairs.items():
        sent = json.dumps(view(begun.state, seat), ensure_ascii=False)
        seen = {number for number in range(8) if f"canari-{number}" in sent}
        assert seen == {int(name.removeprefix("Prénom")) for name in names}
    begun.do("late", "join", name="Tard", table=1)
    assert len(mates("late")) == 3
    begun.do("lise", "advance")
    fours = [set(mates(seat)) for seat in pairs]
    assert all(set(pairs[seat]) <= four for seat, four in zip(pairs, fours, strict=True))
    assert {len(four) for four in fours} <= {4, 5}
    assert [group["people"] for group in view(begun.state, "lise")["shared"]["groups"]] in ([4, 5], [5, 4])
    assert view(begun.state, "wall")["shared"]["group"] is None
    begun.do("s0", "write", kind="shared", text="Nous portons ceci")
    begun.do("lise", "advance")
    for seat in ("s7", "wall", "lise"):
        assert "Nous portons ceci" in json.dumps(view(begun.state, seat), ensure_ascii=False)


# --------------------------------------------------------------------------------------------- snapshot


def test_snapshot_holds_all_of_it(coop: Play, chairs: Play, pot: Play, form: Play) -> None:
    coop.do("lise", "count", count_coop="4")
    coop.do("lise", "reveal")
    coop.do("lise", "pick", card=view(coop.state, "lise")["shared"]["deck"][3]["card"])
    for number in range(8):
        pot.do(f"s{number}", "give", tokens=number)
    pot.do("lise", "own_clock", table=2)
    form.do("s0", "answer", question="reprendre", value="1,2")
    for begun in (coop, chairs, pot, form):
        restored = State.from_json(begun.state.method, begun.state.to_json())
        assert restored == begun.state
        assert restored.to_json() == begun.state.to_json()
        for seat in begun.state.seats:
            assert view(restored, seat) == view(begun.state, seat)


def test_a_thousand_secrets_are_dealt_at_once() -> None:
    """Counting the table again for each person held every room for four seconds, with two thousand of them."""
    took = []
    for people in (250, 1_000):
        begun = play("anarchaise", people)
        while begun.state.rule and begun.state.rule.activity != "deal":
            began = time.process_time()
            begun.do("lise", "advance")
            took.append(time.process_time() - began)
        dealt = Counter(begun.state.dealt[begun.state.step or ""].values())
        assert dealt.total() == people
        assert max(dealt.values()) - min(dealt.values()) <= 1
    assert took[-1] < 0.5  # seconds; a thousand took 0.9

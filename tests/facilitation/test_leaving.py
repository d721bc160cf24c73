"""What may leave a room: pinned, released, counted; where somebody confides, nothing they did not let out."""

import json
from pathlib import Path

import facilitation
from facilitation import TableSpec, leaving, load_method, shipped_methods, start
from facilitation.state import State
from tests.facilitation.playing import Play, play_codev
from tests.facilitation.test_activities import play
from tests.facilitation.test_view import play_with_canaries

CODEV = Path(facilitation.__file__).parent / "library" / "codev.toml"


def texts(state: State) -> list[str]:
    return [line["text"] for line in leaving(state)["sentences"]]


def to(begun: Play, stage: str) -> None:
    while begun.state.stage != stage:
        begun.do("lise", "advance", **{"from": begun.state.step})


def presented() -> Play:
    """A morning workshop at its last stage."""
    begun = play("presentation-experience", 4)
    to(begun, "a_retenir")
    return begun


def test_pinned_cards_of_what_the_method_keeps_leave_and_no_others():
    begun = play("presentation-experience", 4)
    question = begun.do("s0", "write", kind="question", text="Qui a décidé ?")
    to(begun, "a_retenir")
    pinned = begun.do("s0", "write", kind="takeaway", text="Commencer petit.")
    begun.do("s1", "write", kind="takeaway", text="Restée dans la salle.")
    begun.do("lise", "pin", card=pinned)
    begun.move("lise", "pin", card=question)
    assert leaving(begun.state)["sentences"] == [
        {"key": f"card:{pinned}", "text": "Commencer petit.", "title": "À retenir", "said": 1, "own": False}
    ]
    begun.do("lise", "pin", card=pinned, on=False)
    assert texts(begun.state) == []


def test_a_card_that_is_hidden_removed_or_merged_into_another_does_not_leave_by_itself():
    begun = presented()
    cards = [begun.do(f"s{n}", "write", kind="takeaway", text=f"Phrase {n}.") for n in range(4)]
    for card in cards:
        begun.do("lise", "pin", card=card)
    begun.do("lise", "hide", card=cards[1], on=True)
    begun.do("s2", "remove", card=cards[2])
    begun.do("lise", "merge", card=cards[3], into=cards[0])
    found = leaving(begun.state)["sentences"]
    assert [(line["text"], line["said"]) for line in found] == [("Phrase 0.", 2)]


def test_what_the_room_chose_and_nobody_pinned_is_counted_and_stays():
    begun = presented()
    card = begun.do("s0", "write", kind="takeaway", text="Choisie.")
    begun.do("s1", "mark", card=card, mark="vote", on=True)
    found = leaving(begun.state)
    assert (found["sentences"], found["unpinned"]) == ([], 1)
    begun.do("lise", "pin", card=card)
    assert leaving(begun.state)["unpinned"] == 0


def test_nothing_leaves_a_codev_but_by_the_porteurs_own_release():
    """Whatever is typed there, pinned or not: their sentence goes by the sheet, not by here."""
    begun, canaries = play_with_canaries()
    for card in list(begun.state.cards):
        begun.move("lise", "pin", card=card)
    said = json.dumps(leaving(begun.state), ensure_ascii=False)
    assert canaries  # something could leak
    assert [canary.text for canary in canaries if canary.text in said] == []
    assert leaving(begun.state) == {"sentences": [], "figures": [], "unpinned": 0}


def test_where_somebody_confides_a_pinned_card_of_what_is_kept_stays_until_they_let_it_out():
    """A method of one's own may keep ideas; pinning them is the facilitator's, letting them out the porteur's."""
    source = CODEV.read_text(encoding="utf-8").replace('what = ["sheet"]', 'what = ["sheet", "idea"]')
    begun = play_codev(tables=1)
    begun = Play(start(load_method(source, name="codev.toml"), tables=begun.first.tables))
    for seat, role in (("lise", "facilitator"), ("amel", "porteur"), ("bao", "contributor")):
        begun.do(seat, "join", name=seat, role=role, table=1)
    begun.go("reactions")
    idea = begun.do("bao", "write", kind="idea", text="Appeler d’abord.")
    begun.do("lise", "pin", card=idea)
    begun.go("feedback")
    assert leaving(begun.state) == {"sentences": [], "figures": [], "unpinned": 0}
    begun.do("amel", "release", card=idea)
    assert [(line["text"], line["own"]) for line in leaving(begun.state)["sentences"]] == [("Appeler d’abord.", True)]
    begun.do("amel", "withdraw", card=idea)
    assert texts(begun.state) == []


def test_a_codev_that_has_not_begun_gives_nothing():
    assert leaving(play_codev().first) == {"sentences": [], "figures": [], "unpinned": 0}


def coop_votes() -> Play:
    begun = play("coop-ou-pas-coop", 5)
    for number, option in enumerate(["coop", "coop", "coop", "pas_coop", "depend"]):
        begun.do(f"s{number}", "answer", value=option)
    return begun


def test_votes_leave_once_they_were_revealed_with_what_was_said_before_talking():
    begun = coop_votes()
    assert leaving(begun.state)["figures"] == []
    begun.do("lise", "reveal", step="vote")
    (first,) = leaving(begun.state)["figures"]
    assert "Coop : 3" in first["text"]
    to(begun, "second_vote")
    for number in range(5):
        begun.do(f"s{number}", "answer", value="coop")
    begun.do("lise", "reveal", step="second_vote")
    (after,) = leaving(begun.state)["figures"]
    assert "Coop : 5" in after["text"]
    assert "Avant d’en parler : Coop : 3" in after["text"]
    assert after["text"].startswith("« ")  # the situation, by its title


def test_a_questionnaire_leaves_as_counts_once_three_answered_and_its_texts_without_author():
    begun = play("evaluation", 4)
    for number in range(2):
        begun.do(f"s{number}", "answer", stage="avis", question="utile", value="4")
    begun.do("s0", "answer", stage="avis", question="manque", value="Du temps pour parler.")
    assert leaving(begun.state) == {"sentences": [], "figures": [], "unpinned": 0}
    begun.do("s2", "answer", stage="avis", question="utile", value="5")
    to(begun, "mot")
    found = leaving(begun.state)
    useful = next(line for line in found["figures"] if line["key"] == "form:avis:utile")
    assert "4 : 2, 5 : 1. 3 réponses en tout." in useful["text"]
    assert [line["text"] for line in found["sentences"]] == ["Du temps pour parler."]
    assert "Prénom" not in json.dumps(found, ensure_ascii=False)


def test_a_criterion_that_splits_the_room_is_said_to():
    begun = play("presentation-experience", 4)
    to(begun, "criteres")
    for number, value in enumerate(["1", "2", "3", "1"]):
        begun.do(f"s{number}", "answer", stage="criteres", question="but", value=value)
        begun.do(f"s{number}", "answer", stage="criteres", question="volonte", value="1")
    begun.do("lise", "reveal", step="criteres")
    divides = {line["key"]: line["divides"] for line in leaving(begun.state)["figures"]}
    assert divides == {"form:criteres:volonte": False, "form:criteres:but": True}


def test_the_curve_of_the_pot_is_all_tables_together_and_never_a_gift():
    begun = Play(start(shipped_methods()["pot-du-quartier"], tables=(TableSpec(1),)))
    begun.do("lise", "join", name="Lise", role="facilitator")
    for number in range(5):
        begun.do(f"s{number}", "join", name=f"P{number}", table=1)
    begun.do("lise", "open")
    rounds = 0
    for _step in range(12):
        stage = begun.state.method.stages[begun.state.stage or ""]
        if stage.activity == "pot" and rounds < 2:
            rounds += 1
            for number in range(5):
                begun.do(f"s{number}", "give", stage=begun.state.step, tokens=5 * rounds)
        if rounds == 2:
            break
        assert leaving(begun.state)["figures"] == []  # one round says no curve
        begun.do("lise", "advance", **{"from": begun.state.step})
    (curve,) = leaving(begun.state)["figures"]
    assert curve["key"] == "pot"
    assert ": 50 %" in curve["text"]
    assert ": 100 %" in curve["text"]

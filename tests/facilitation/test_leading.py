"""What whoever leads may do so that nobody who is missing blocks the others; and cards merged, pinned and hidden."""

import json
import time

import pytest

from facilitation import Audience, Method, TableSpec, load_method, shipped_methods, start, view, view_audience, view_own
from tests.facilitation.playing import MINUTE, Play, play_codev

METHODS = shipped_methods()


# --------------------------------------------------------------------------------------------- who sits where


def play_tables(*sizes: int | None, method: str = "codev") -> Play:
    return Play(start(METHODS[method], tables=tuple(TableSpec(id_, size=size) for id_, size in enumerate(sizes, 1))))


def sitting(play: Play) -> list[int]:
    return [sum(seat.table == table.id for seat in play.state.seats.values()) for table in play.state.tables]


def test_those_who_do_not_know_fill_a_table_before_another_is_opened() -> None:
    play = play_tables(4, 4, 4)
    filled = []
    for number in range(13):
        play.do(f"s{number}", "join", name=f"P{number}")
        filled.append(sitting(play))
    assert filled[0] == [1, 0, 0]
    assert filled[3] == [4, 0, 0]
    assert filled[5] == [4, 2, 0]  # never one table a person
    assert filled[7] == [4, 4, 0]
    assert filled[11] == [4, 4, 4]
    assert sum(filled[12]) == 13  # nobody is turned away


def test_started_table_with_the_fewest_is_topped_up_and_an_empty_one_is_left_empty() -> None:
    play = play_tables(6, 6, 6)
    for number, table in enumerate([1, 1, 1, 3]):
        play.do(f"s{number}", "join", name=f"P{number}", table=table)
    for number in range(4, 8):
        play.do(f"s{number}", "join", name=f"P{number}")
    assert sitting(play) == [4, 0, 4]
    assert [play.state.seats[f"s{number}"].table for number in (4, 5)] == [3, 3]  # nobody stays alone


def test_who_left_makes_room() -> None:
    play = play_tables(2, 2)
    for number in range(2):
        play.do(f"s{number}", "join", name=f"P{number}", table=1)
    play.do("s1", "leave")
    play.do("late", "join", name="Tard")
    assert play.state.seats["late"].table == 1


# --------------------------------------------------------------------------------------------- tables


def test_merged_table_sends_its_people_and_their_looks_to_the_other() -> None:
    play = play_codev()
    play.go("reactions")
    play.do("ivan", "write", kind="idea", text="De la table 2")
    play.do("zed", "join", name="Zed", role="facilitator")
    play.do("zed", "look_at", table=2)
    play.do("lise", "merge_tables", table=2, into=1)
    assert {seat.table for seat in play.state.seats.values() if seat.table} == {1}
    assert play.state.seats["zed"].looking_at == 1
    assert play.state.holder("porteur", 1).id == "paul"  # nobody loses the role they hold
    assert play.state.seats["rosa"].role == "contributor"
    assert "De la table 2" not in json.dumps(view(play.state, "ana"))  # the table they join goes on with its own
    assert [table["id"] for table in view(play.state, "lise")["shared"]["tables"]] == [1]
    assert play.refused("lise", "merge_tables", table=2, into=1) == "unknown_table"
    assert play.refused("lise", "merge_tables", table=1, into=1) == "unknown_table"
    assert play.refused("ana", "merge_tables", table=1, into=2) == "not_allowed"
    play.do("new", "join", name="Neuf", table=2)
    assert play.state.seats["new"].table == 1
    play.do("lise", "seat_at", seat="new", table=2)  # the table is used again
    assert len(view(play.state, "lise")["shared"]["tables"]) == 2
    assert play.replayed() == play.state


def test_merged_table_may_bring_its_cards_along() -> None:
    play = play_codev()
    play.go("reactions")
    card = play.do("ivan", "write", kind="idea", text="De la table 2")
    play.do("lise", "merge_tables", table=2, into=1, cards="on")
    assert play.state.cards[card].table == 1
    assert "De la table 2" in json.dumps(view(play.state, "ana"))
    play.do("ivan", "edit", card=card, text="De la table 2, mieux")


def test_votes_of_a_merged_table_are_not_lost() -> None:
    play = Play(start(METHODS["pot-du-quartier"], tables=(TableSpec(1), TableSpec(2))))
    play.do("lise", "join", name="Lise", role="facilitator")
    for number in range(4):
        play.do(f"s{number}", "join", name=f"P{number}", table=1 + number % 2)
    play.do("lise", "open")
    play.do("lise", "advance")
    for number in range(4):
        play.do(f"s{number}", "give", tokens=number)
    assert play.state.shares == {}  # two at a table: nothing can be shared
    play.do("lise", "merge_tables", table=2, into=1)
    assert play.state.shares["silence"][1].total == 6


def test_table_that_runs_itself_has_its_own_step_clock_and_words() -> None:
    play = play_codev()
    play.do("lise", "open")
    shared_end = play.state.ends_at
    assert view(play.state, "rosa")["shared"]["prompts"]["say"] == []
    play.do("lise", "own_clock", table=2)
    rosa = view(play.state, "rosa")["shared"]
    assert (rosa["own_clock"], rosa["controls"]) == (True, ["advance", "extend", "pause"])
    assert rosa["prompts"]["say"]
    assert (rosa["tables"], rosa["later"], rosa["hidden"]) == ([], [], [])
    play.do("rosa", "advance", **{"from": "sujet"})
    play.do("rosa", "extend", seconds=60)
    assert view(play.state, "rosa")["shared"]["stage"]["id"] == "presentation"
    assert view(play.state, "ana")["shared"]["stage"]["id"] == "sujet"
    assert (play.state.stage, play.state.ends_at) == ("sujet", shared_end)
    play.do("rosa", "write", kind="headline", text="Le titre")
    assert play.refused("ana", "advance") == "not_allowed"
    lines = view(play.state, "lise")["shared"]["tables"]
    assert [(line["own_clock"], line["stage"]) for line in lines] == [(False, None), (True, "La présentation")]
    play.do("lise", "look_at", table=2)  # whoever leads helps the table they look at
    play.do("lise", "advance", **{"from": "presentation"})
    assert view(play.state, "rosa")["shared"]["stage"]["id"] == "clarification"
    play.do("lise", "advance", table=1, **{"from": "sujet"})
    assert play.state.stage == "presentation"
    play.do("lise", "own_clock", table=2, on="false")
    assert view(play.state, "rosa")["shared"]["stage"]["id"] == "presentation"
    assert play.refused("rosa", "advance") == "not_allowed"
    assert play.replayed() == play.state


def test_closing_and_reopening_are_for_every_table() -> None:
    play = play_codev()
    play.do("lise", "open")
    play.do("lise", "own_clock", table=2)
    play.do("rosa", "advance")
    play.do("lise", "close")
    assert {view(play.state, seat)["shared"]["status"] for seat in ("ana", "rosa", "wall")} == {"closed"}
    assert play.refused("rosa", "advance") == "closed"
    play.do("lise", "reopen")
    assert view(play.state, "rosa")["shared"]["stage"]["id"] == "presentation"
    assert view(play.state, "ana")["shared"]["stage"]["id"] == "sujet"


def test_method_may_let_each_table_go_at_its_own_pace() -> None:
    source = METHODS["codev"].source.replace("size = 8 }", 'size = 8, clock = "own" }')
    play = Play(start(load_method(source, name="codev.toml"), tables=(TableSpec(1), TableSpec(2))))
    play.do("lise", "join", name="Lise", role="facilitator")
    play.do("ana", "join", name="Ana", table=1)
    play.do("rosa", "join", name="Rosa", table=2)
    play.do("lise", "open")
    play.do("ana", "advance")
    steps = [view(play.state, seat)["shared"]["stage"]["id"] for seat in ("ana", "rosa", "lise")]
    assert steps == ["presentation", "sujet", "presentation"]  # Lise looks at table 1


def test_chair_is_free_again_at_each_round() -> None:
    play = Play(start(METHODS["chaise-vide"]))
    play.do("lise", "join", name="Lise", role="facilitator")
    for seat in ("ana", "omar"):
        play.do(seat, "join", name=seat)
    play.do("lise", "open")
    play.do("ana", "write", kind="absent", text="Une habitante")
    play.do("lise", "advance")
    assert play.state.seats["ana"].role == "participant"  # the author of the only card is not put on the chair
    play.do("ana", "take_role", role="chair")
    assert play.refused("omar", "take_role", role="chair") == "role_taken"
    play.do("lise", "advance")
    play.do("omar", "take_role", role="chair")
    assert [play.state.seats[seat].role for seat in ("ana", "omar")] == ["participant", "chair"]
    play.do("lise", "advance")
    play.do("lise", "advance")
    assert play.state.stage == "retour"


# --------------------------------------------------------------------------------------------- the time of the debrief


def test_clock_says_when_the_debrief_should_begin() -> None:
    play = Play(start(METHODS["pot-du-quartier"]))
    play.do("lise", "join", name="Lise", role="facilitator")
    play.do("lise", "open")
    opened = play.now
    clock = view(play.state, "lise")["shared"]["clock"]
    assert clock["reserved"] == 16 * MINUTE
    assert clock["debrief_at"] == opened + 29 * MINUTE
    play.do("lise", "skip", to="debrief")
    assert view(play.state, "lise")["shared"]["clock"]["debrief_at"] is None


# --------------------------------------------------------------------------------------------- cards


@pytest.fixture
def ideas() -> tuple[Play, list[str]]:
    """Four things to retain; Ana and Omar voted for the first, Omar and Ines for the second."""
    play = Play(start(METHODS["presentation-experience"]))
    play.do("lise", "join", name="Lise", role="facilitator")
    for seat in ("ana", "omar", "ines"):
        play.do(seat, "join", name=seat.capitalize())
    play.do("lise", "open")
    play.do("lise", "skip", to="a_retenir")
    cards = [play.do("ana", "write", kind="takeaway", text=f"Chose {number}") for number in range(4)]
    for seat, card in (("ana", 0), ("omar", 0), ("omar", 1), ("ines", 1)):
        play.do(seat, "mark", card=cards[card], mark="vote")
    return play, cards


def board(play: Play, seat: str = "ines") -> dict:
    found: dict = next(known for known in view(play.state, seat)["shared"]["boards"] if known["id"] == "takeaway")
    return found


def test_merged_card_goes_under_the_other_and_a_person_counts_once(ideas: tuple[Play, list[str]]) -> None:
    play, cards = ideas
    play.do("lise", "merge", card=cards[1], into=cards[0])
    shown = board(play)["cards"]
    assert [card["id"] for card in shown] == [cards[0], cards[2], cards[3]]
    assert shown[0]["marks"] == {"vote": 3}
    assert [(alike["id"], alike["text"]) for alike in shown[0]["alike"]] == [(cards[1], "Chose 1")]
    assert play.state.seats["omar"].marks == {"vote": frozenset([cards[0]])}
    assert play.refused("ines", "mark", card=cards[1], mark="vote") == "wrong_card"
    play.do("lise", "merge", card=cards[0], into=cards[2])  # what was merged follows
    assert [alike["id"] for alike in board(play)["cards"][0]["alike"]] == [cards[0], cards[1]]
    assert board(play)["top"] == [cards[2]]
    play.do("lise", "split", card=cards[1])
    assert [card["id"] for card in board(play)["cards"]] == [cards[1], cards[2], cards[3]]
    assert play.refused("lise", "merge", card=cards[3], into=cards[3]) == "wrong_card"
    assert play.refused("lise", "merge", card=cards[3], into=cards[0]) == "wrong_card"
    assert play.refused("ana", "merge", card=cards[3], into=cards[2]) == "not_allowed"
    play.do("lise", "remove", card=cards[2])  # what was under it is not taken away with it
    assert [card["id"] for card in board(play)["cards"]] == [cards[0], cards[1], cards[3]]
    assert play.replayed() == play.state


def test_pinned_cards_come_first_and_votes_name_the_top(ideas: tuple[Play, list[str]]) -> None:
    play, cards = ideas
    play.do("ines", "mark", card=cards[3], mark="vote")
    play.do("ines", "mark", card=cards[0], mark="vote")
    assert board(play)["top"] == [cards[0], cards[1], cards[3]]
    play.do("lise", "pin", card=cards[2])
    shown = board(play)["cards"]
    assert [(card["id"], card["pinned"]) for card in shown][:2] == [(cards[2], True), (cards[0], False)]
    controls = {control["kind"]: control["fields"] for control in board(play, "lise")["cards"][0]["controls"]}
    assert controls == {"pin": {"on": "false"}, "hide": {}}
    play.do("lise", "pin", card=cards[2], **controls["pin"])
    assert board(play)["cards"][0]["id"] == cards[0]


def test_hidden_card_is_seen_by_its_author_and_whoever_may_give_it_back(ideas: tuple[Play, list[str]]) -> None:
    play, cards = ideas
    play.do("lise", "hide", card=cards[0])
    assert cards[0] not in [card["id"] for card in board(play)["cards"]]
    assert "Chose 0" not in json.dumps(view(play.state, "ines"))
    assert [card["hidden"] for card in view_own(play.state, "ana")["cards"]] == [True, False, False, False]
    assert view(play.state, "lise")["shared"]["hidden"] == [{"id": cards[0], "text": "Chose 0"}]
    assert view(play.state, "lise")["shared"]["counts"] == {"takeaway": 3}
    play.do("lise", "hide", card=cards[0], on="false")
    assert board(play)["cards"][0]["marks"] == {"vote": 2}


def test_cloud_counts_the_cards_that_say_a_word() -> None:
    play = Play(start(METHODS["coop-ou-pas-coop"]))
    play.do("lise", "join", name="Lise", role="facilitator")
    play.do("lise", "open")
    texts = ["L’entraide et la confiance, la confiance", "De la confiance.", "Entraide : du temps", "d'entraide"]
    for number in range(4):
        play.do(f"s{number}", "join", name=f"P{number}")
    play.do("lise", "skip", to="definition")
    for number, text in enumerate(texts):
        play.do(f"s{number}", "write", kind="definition", text=text)
    words = next(iter(view(play.state, "lise")["shared"]["boards"]))["words"]
    assert [(word["word"], word["count"], word["size"]) for word in words] == [
        ("entraide", 3, 5), ("confiance", 2, 4), ("temps", 1, 2),
    ]  # fmt: skip


def test_single_card_is_one_a_round() -> None:
    source = METHODS["chaise-vide"].source.replace(
        "max_length = 300\n\n[kinds.lesson]", "max_length = 300\nsingle = true\n\n[kinds.lesson]"
    )
    play = Play(start(load_method(source, name="chaise.toml")))
    play.do("lise", "join", name="Lise", role="facilitator")
    play.do("ana", "join", name="Ana")
    play.do("lise", "open")
    for _round in range(2):
        play.do("lise", "advance")
        play.do("ana", "write", kind="said", text=f"à {play.state.step}")
        play.do("ana", "write", kind="said", text=f"mieux à {play.state.step}")
    assert [card.text for card in play.state.cards.values()] == ["mieux à chaise", "mieux à chaise.2"]
    assert [card["may"] for card in view_own(play.state, "ana")["cards"]] == [[], ["edit", "remove"]]


# --------------------------------------------------------------------------------------------- a crowd


def plenary(method: Method, people: int) -> Play:
    play = Play(start(method))
    play.do("lise", "join", name="Lise", role="facilitator")
    for number in range(people):
        play.do(f"s{number}", "join", name=f"P{number}")
    play.do("lise", "open")
    return play


def spent(play: Play) -> float:
    """Everybody votes, and everybody's own view is made: what a second of a plenary asks of the engine."""
    people = [seat.id for seat in play.state.seats.values() if seat.table]
    began = time.process_time()
    for number, seat in enumerate(people):
        play.do(seat, "answer", value=["coop", "pas_coop", "depend"][number % 3])
    for seat in people:
        view_own(play.state, seat)
    return time.process_time() - began


def test_plenary_costs_by_the_person_not_by_the_square() -> None:
    method = METHODS["coop-ou-pas-coop"]
    small = min(spent(plenary(method, 100)) for _ in range(3))
    large = min(spent(plenary(method, 800)) for _ in range(2))
    assert large < 24 * small, (small, large)  # eight times the people; by the square it would be sixty-four times


def test_crowd_is_not_named_on_every_phone() -> None:
    play = plenary(METHODS["coop-ou-pas-coop"], 61)
    assert view(play.state, "s0")["shared"]["table"]["people"] == []
    assert len(view(play.state, "lise")["shared"]["table"]["people"]) == 61
    assert len(json.dumps(view_audience(play.state, Audience("participant", 1)))) < 6_000


def test_who_leads_knows_that_somebody_else_leads_too() -> None:
    play = play_codev()
    play.go("clarification")
    said = "2 personnes animent cette séance : les boutons de chacune comptent."
    assert said not in view(play.state, "lise")["shared"]["notices"]
    play.do("rene", "join", name="René", role="facilitator")
    assert said in view(play.state, "lise")["shared"]["notices"]
    assert view(play.state, "ana")["shared"]["notices"] == []
    play.do("rene", "leave")
    assert said not in view(play.state, "lise")["shared"]["notices"]

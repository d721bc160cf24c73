"""What leaves a room to be told: counts that were shown and are of enough people, cards that whoever leads let out."""

import json

import pytest

from facilitation import (
    TableSpec,
    kept_cards,
    leaving,
    load_method,
    results,
    shipped_methods,
    start,
    story,
)
from tests.facilitation.playing import Play, play_codev

PEOPLE = [f"p{number}" for number in range(1, 7)]


def coop(people: list[str]) -> Play:
    play = Play(start(shipped_methods()["coop-ou-pas-coop"], tables=(TableSpec(1),)))
    play.do("lise", "join", name="Lise", role="facilitator")
    play.do("wall", "join", name="", role="projector")
    for person in people:
        play.do(person, "join", name=f"NOM-{person}", role="participant", table=1)
    play.do("lise", "open", salt="sel")
    return play


def vote(play: Play, stage: str, people: list[str], values: str) -> None:
    for person, value in zip(people, values, strict=True):
        play.do(person, "answer", stage=stage, value={"c": "coop", "p": "pas_coop", "d": "depend"}[value])


def go_to(play: Play, stage: str) -> None:
    while play.state.stage != stage:
        play.do("lise", "advance", **{"from": play.state.step})


def test_a_vote_is_told_once_shown_with_the_one_before_and_who_moved():
    play = coop(PEOPLE)
    vote(play, "vote", PEOPLE, "cccppd")
    assert story(play.state) == []
    play.do("lise", "reveal", step="vote")
    go_to(play, "second_vote")
    vote(play, "second_vote", PEOPLE, "ccccpd")
    play.do("lise", "reveal", step="second_vote")
    told = {step["step"]: step for step in story(play.state)}
    counts = {option["id"]: option["count"] for option in told["second_vote"]["poll"]["options"]}
    assert counts == {"coop": 4, "pas_coop": 1, "depend": 1}
    assert told["second_vote"]["poll"]["movement"]["moved"] == 1
    assert told["second_vote"]["subject"]["text"]
    play.do("lise", "close")
    assert {step["step"] for step in story(play.state)} == set(told)  # the end of the session takes nothing away


@pytest.mark.parametrize("people", [4, 5])
def test_a_vote_of_fewer_than_five_is_not_told(people):
    play = coop(PEOPLE[:people])
    vote(play, "vote", PEOPLE[:people], "ccppp"[:people])
    play.do("lise", "reveal", step="vote")
    assert len(story(play.state)) == (people == 5)


def test_a_questionnaire_is_told_in_counts_and_never_in_words():
    play = coop(PEOPLE)
    go_to(play, "critere")
    for person in PEOPLE:
        play.do(person, "answer", stage="critere", question="critere", value="1,3")
        play.do(person, "answer", stage="critere", question="autre", value=f"SECRET de {person}")
    play.do("lise", "reveal", step="critere")
    (told,) = story(play.state)
    assert [question["id"] for question in told["form"]["questions"]] == ["critere", "autre"]
    assert [option["count"] for option in told["form"]["questions"][0]["options"]][:4] == [6, 0, 6, 0]
    assert "SECRET" not in json.dumps(told, ensure_ascii=False)


def test_cards_are_told_once_pinned_or_released_and_name_nobody():
    play = coop(PEOPLE)
    go_to(play, "definition")
    cards = [
        play.do(person, "write", kind="definition", text=f"faire {n}", stage="definition")
        for n, person in enumerate(PEOPLE)
    ]
    for person in PEOPLE[:3]:
        play.do(person, "mark", card=cards[4], mark="vote", on=True)
    assert kept_cards(play.state) == []
    play.do("lise", "pin", card=cards[1])
    play.do("lise", "pin", card=cards[4])
    play.do("lise", "release", card=cards[2])
    told = kept_cards(play.state)
    assert [(card["text"], card["marks"], card["released"]) for card in told] == [
        ("faire 4", 3, False), ("faire 1", 0, False), ("faire 2", 0, True)
    ]  # fmt: skip
    assert "NOM-" not in json.dumps(told, ensure_ascii=False)
    play.do("lise", "hide", card=cards[4], on=True)
    assert [card["text"] for card in kept_cards(play.state)] == ["faire 1", "faire 2"]


def test_a_porteurs_room_tells_nothing_whatever_is_pinned():
    play = play_codev()
    play.go("reactions")
    idea = play.do("ana", "write", kind="idea", text="SECRET", stage="reactions")
    play.do("lise", "pin", card=idea)
    assert play.state.cards[idea].pinned
    assert (story(play.state), kept_cards(play.state)) == ([], [])


CONFIDED = """
id = "avis"
version = 1
title = "Avis"
first = "vote"

[roles]
participant = "Vote"
porteur = { title = "Porteur", max = 1, join = true }
facilitator = "Donne le rythme"

[may]
facilitator = ["lead", "reveal"]

[sees]
participant = "table"
porteur = "table"
facilitator = "table"
projector = "all"
%s
[stages.vote]
title = "Le vote"
minutes = 2
activity = "poll"
next = "end"
question = "D’accord ?"
may = { participant = ["answer"], porteur = [%s] }

[stages.vote.options]
oui = "Oui"
non = "Non"
"""
SHEET = """
[sheet]
role = "porteur"
title = "Ma fiche"

[sheet.fields.step]
label = "Mon pas"
"""


@pytest.mark.parametrize("sheet", ["", SHEET], ids=["open", "confided"])
def test_where_somebody_confides_no_count_leaves_by_any_door(sheet):
    play = Play(
        start(load_method(CONFIDED % (sheet, '"fill"' if sheet else ""), name="avis.toml"), tables=(TableSpec(1),))
    )
    play.do("lise", "join", name="Lise", role="facilitator")
    for person in PEOPLE:
        play.do(person, "join", name=person, role="participant", table=1)
    play.do("lise", "open")
    for person in PEOPLE:
        play.do(person, "answer", stage="vote", value="oui")
    play.do("lise", "reveal", step="vote")
    found = (story(play.state), results(play.state), leaving(play.state)["figures"])
    assert [bool(each) for each in found] == [not sheet] * 3


@pytest.mark.parametrize(("people", "sums", "tables"), [(4, [], 0), (8, [8, 48, 80], 0), (10, [10, 60, 100], 2)])
def test_a_pot_is_told_in_sums_of_five_and_a_table_only_where_all_are_five(people, sums, tables):
    play = Play(start(shipped_methods()["pot-du-quartier"], tables=(TableSpec(1), TableSpec(2))))
    play.do("lise", "join", name="Lise", role="facilitator")
    seats = [f"p{number}" for number in range(people)]
    for number, seat in enumerate(seats):
        play.do(seat, "join", name=seat, table=1 + number % 2 if people > 4 else 1)
    play.do("lise", "open", salt="sel")
    go_to(play, "silence")
    for seat in seats:
        play.do(seat, "give", stage="silence", tokens=6)
    points = [point for step in story(play.state) for point in step["pot"]["curve"]]
    assert [[point["players"], point["total"], point["possible"]] for point in points] == ([sums] if sums else [])
    assert [len(point["tables"]) for point in points] == ([tables] if sums else [])

"""Three methods written from docs/methods.md only, by somebody who had not read the engine: they load, and are played.

All that was mended in them since is what the check said: a list for `by`.
"""

from pathlib import Path
from random import Random

import pytest

from facilitation import Method, TableSpec, forms, load_method, start, view
from tests.facilitation.playing import Play

FILES = sorted((Path(__file__).parent / "outsider").glob("*.toml"))
METHODS = [load_method(file.read_text(encoding="utf-8"), name=file.name) for file in FILES]
each_method = pytest.mark.parametrize("method", METHODS, ids=[method.id for method in METHODS])
PEOPLE = ["ana", "omar", "ines", "paul", "rosa", "ivan", "zoe", "yann", "lea", "noe"]


def come_in(method: Method) -> Play:
    play = Play(start(method, tables=(TableSpec(1), TableSpec(2))))
    play.do("lise", "join", name="Lise", role="facilitator")
    play.do("wall", "join", name="", role="projector")
    for number, seat in enumerate(PEOPLE):
        play.do(seat, "join", name=seat.capitalize(), table=1 + number % 2)
    play.do("lise", "open")
    return play


def act(play: Play, seat: str, random: Random) -> set[str]:
    """Everything this seat's screen offers, as a person would: what is offered is accepted."""
    done = set()
    for action in view(play.state, seat)["own"]["actions"]:
        if action["kind"] == "take_role" and random.random() < 0.3:
            play.do(seat, "take_role", **action["payload"])
            done.add("take_role")
    for form in view(play.state, seat)["own"]["forms"]:
        parents = [parent["id"] for parent in form["parents"]]
        if form["move"] == "fill":
            play.do(seat, "fill", field=form["field"], value="2026-12-01" if form["type"] == "date" else "Un pas")
        elif form["move"] == "release":
            play.do(seat, "release", sentence="Une phrase")
        elif parents or not form["answers"]:
            play.do(seat, "write", kind=form["kind"], text="Un texte", **({"parent": parents[0]} if parents else {}))
        else:
            continue
        done.add(form["move"])
    done |= answer(play, seat, random)
    marked: set[str] = set()
    for board in view(play.state, seat)["shared"]["boards"]:
        for card in board["cards"]:
            for action in card["actions"]:
                if action["mark"] not in marked:
                    play.do(seat, "mark", card=card["id"], mark=action["mark"], on=True)
                    marked.add(action["mark"])
                    done.add("mark")
    return done


def answer(play: Play, seat: str, random: Random) -> set[str]:
    seen = view(play.state, seat)["own"]
    activity = next((name for name in ("poll", "form", "pot") if seen[name] and seen[name]["may"]), None)
    if activity is None:
        return set()
    step = seen[activity]["step"]
    rule = play.state.method.stages[play.state.method.step(step).stage]
    if activity == "poll":
        play.do(seat, "answer", stage=step, value=random.choice(rule.options).id)
    elif activity == "pot":
        play.do(seat, "give", stage=step, tokens=random.randint(0, rule.tokens))
    else:
        for question in rule.questions_for(seen["role"]):
            value = random.choice(question.options).id if question.options else "Un mot"
            play.do(seat, "answer", stage=step, question=question.id, value=value)
    return {activity}


def lead_on(play: Play, step: str) -> None:
    """Whoever leads shows what is hidden, and goes on; at each table, where each has its own clock."""
    for table in (1, 2) if play.state.method.own_clocks else (1,):
        play.do("lise", "look_at", table=table)
        local = play.state.through(table)
        assert local.step == step
        if step in [way["step"] for way in view(play.state, "lise")["shared"]["reveals"]]:
            play.do("lise", "reveal", step=step)
        if step != local.path[-1]:
            play.do("lise", "advance", **{"from": step})


@each_method
def test_method_of_an_outsider_is_played_whole(method: Method) -> None:
    play, random = come_in(method), Random(1)
    done: set[str] = set()
    for step in list(play.state.path):
        for seat in PEOPLE:
            done |= act(play, seat, random)
        for seat in [*PEOPLE, "lise", "wall"]:
            assert view(play.state, seat)["shared"]["stage"]["title"]
        lead_on(play, step)
    play.do("lise", "close")
    assert play.replayed() == play.state
    offered = {form["move"] for role in method.roles for form in forms(method, role)}
    asked = {stage.activity for stage in method.stages.values()} & {"poll", "form", "pot"}
    assert done >= (offered - {"fill", "release"}) | asked | {"mark"}
    if method.sheet and method.sheet.role == "guetteur":
        assert "fill" in done


@each_method
def test_first_name_is_seen_by_the_people_of_the_table_and_whoever_leads(method: Method) -> None:
    """« Seul votre groupe le verra », says the door: not the wall, nor another table even where it sees all."""
    play, random = come_in(method), Random(1)
    for seat in PEOPLE:
        play.do(seat, "rename", name=f"canari-{seat}")
    for step in list(play.state.path):
        for seat in PEOPLE:
            act(play, seat, random)
        assert "canari" not in str(view(play.state, "wall")), step
        for number, seat in enumerate(PEOPLE):
            shown = str(view(play.state, seat)["shared"])
            others = [other for place, other in enumerate(PEOPLE) if place % 2 != number % 2]
            assert not [other for other in others if f"canari-{other}" in shown], step
            assert method.people_shown or "canari" not in shown, step
        lead_on(play, step)
    table = view(play.state, PEOPLE[0])["shared"]["table"]
    assert table["present"] == 5
    assert len(table["people"]) == (5 if method.people_shown else 0)

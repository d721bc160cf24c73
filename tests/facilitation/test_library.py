"""The methods that are shipped: complete, in plain French, and played whole by whoever does anything or nothing."""

import re

import pytest

from facilitation import Method, TableSpec, forms, inputs, shipped_methods, start, view
from facilitation.vocabulary import LEADING
from tests.facilitation.playing import Play

METHODS = shipped_methods()
IDS = [
    "accelerateur-de-projet", "anarchaise", "chaise-vide", "chemins-de-changement", "codev", "coop-ou-pas-coop",
    "evaluation", "pot-du-quartier", "presentation-experience", "questionnaire", "un-deux-quatre-tous",
    "vision-partagee",
]  # fmt: skip
# Rules with a source of their own; all the others are ours and say so.
SOURCES = {"codev": "Payette", "accelerateur-de-projet": "CC BY-SA 4.0", "un-deux-quatre-tous": "Lipmanowicz"}
MINUTES = {
    "anarchaise": 50, "coop-ou-pas-coop": 60, "pot-du-quartier": 45, "presentation-experience": 45, "codev": 60,
    "accelerateur-de-projet": 45, "chaise-vide": 45, "questionnaire": 20, "evaluation": 7, "un-deux-quatre-tous": 16,
    "chemins-de-changement": 60, "vision-partagee": 60,
}  # fmt: skip
each_method = pytest.mark.parametrize("method", METHODS.values(), ids=list(METHODS))


def test_the_methods_are_there() -> None:
    assert list(METHODS) == IDS


@each_method
def test_method_says_where_its_rules_come_from(method: Method) -> None:
    ours = "ersion proposée" in method.summary
    assert ours == (method.id not in SOURCES)
    if not ours:
        comments = " ".join(line for line in method.source.splitlines() if line.startswith("#"))
        assert SOURCES[method.id] in comments


@each_method
def test_every_stage_has_words_for_whoever_leads_and_a_rule_for_everybody(method: Method) -> None:
    for stage in method.stages.values():
        for words in (stage.prompts.say, stage.prompts.watch, stage.prompts.avoid):
            assert words, stage.id
            assert all(8 < len(line) <= 150 for line in words), (stage.id, words)
        for role in [*method.roles, "projector"]:
            assert 10 < len(stage.rule(role)) < 110, (stage.id, role, stage.rule(role))


@each_method
def test_time_of_the_debrief_is_reserved(method: Method) -> None:
    if method.id != "codev":  # its feed-back and closing are steps of the method itself
        assert any(stage.debrief for stage in method.stages.values())
    state = start(method)
    total = sum(state.minutes[method.step(step).stage] for step in state.path)
    assert total == pytest.approx(MINUTES[method.id])


@each_method
def test_every_input_has_its_words(method: Method) -> None:
    for role in method.roles:
        for form in forms(method, role):
            assert all(form[key] for key in ("label", "submit")), form
            if form["move"] == "write":
                assert form["placeholder"], form["id"]
        for asked in inputs(method, role):
            assert asked["label"]
            assert asked["submit"]
            assert asked["type"] in ("text", "number") or len(asked["options"]) >= 2
    for kind in method.kinds.values():
        if not kind.parents and kind.shown_as not in ("headline", "request"):
            assert kind.empty != "Rien pour l’instant.", kind.id


@each_method
def test_facilitator_may_do_everything_that_leads(method: Method) -> None:
    assert set(LEADING) <= method.may["facilitator"]


@each_method
def test_french_is_typed_as_french(method: Method) -> None:
    words = "\n".join(re.findall(r'"([^"\n]{3,})"', method.source))
    assert "'" not in words
    assert "..." not in words
    assert not re.search(r"\w[:;!?](\s|$)", words), "a space is missing before a double sign"
    assert words.count("«") == words.count("»")
    for stage in method.stages.values():  # a prompter puts what is said between « »
        assert not any("«" in line for line in stage.prompts.say), stage.id


@each_method
def test_nobody_but_who_leads_does_anything_and_the_session_ends(method: Method) -> None:
    """An absent person never blocks: the facilitator alone goes from the first step to the last, and closes."""
    play = Play(start(method, tables=(TableSpec(1), TableSpec(2))))
    play.do("lise", "join", name="Lise", role="facilitator")
    for number in range(8):
        play.do(f"s{number}", "join", name=f"P{number}", table=1 + number % 2)
    play.do("lise", "open")
    path = list(play.state.path)
    for number in range(4):
        play.do("lise", "leave", seat=f"s{number}")
    for step in path[:-1]:
        assert play.state.step == step
        shared = view(play.state, "lise")["shared"]
        assert shared["stage"]["step"] == step
        play.do("lise", "advance", **{"from": step})
    assert play.refused("lise", "advance") == "last_stage"
    play.do("lise", "close")
    assert play.replayed() == play.state


@each_method
def test_every_earlier_step_is_reached_by_back(method: Method) -> None:
    play = Play(start(method))
    play.do("lise", "join", name="Lise", role="facilitator")
    play.do("ana", "join", name="Ana")
    play.do("lise", "open")
    path = list(play.state.path)
    play.do("lise", "skip", to=path[-1])
    for step in reversed(path[:-1]):
        assert step in [way["step"] for way in view(play.state, "lise")["shared"]["earlier"]]
        play.do("lise", "back", to=step)
        assert play.state.step == step
        if step != path[0]:
            continue
    play.do("lise", "skip", to=path[-1])
    for step in path[:-1]:
        play.do("lise", "back", to=step)
        play.do("lise", "skip", to=path[-1])


def test_coop_plays_five_of_its_twelve_situations() -> None:
    method = METHODS["coop-ou-pas-coop"]
    assert len(method.decks["situations"].cards) == 12
    assert [step.id for step in method.steps][:5] == ["vote", "arguments", "second_vote", "critere", "vote.2"]
    assert len(method.steps) == 5 * 4 + 1


def test_criteria_of_cooperation_are_the_twelve_of_domain() -> None:
    for id_, stage in (("presentation-experience", "criteres"), ("questionnaire", "repondre")):
        questions = [question for question in METHODS[id_].stages[stage].questions if question.type == "choice"]
        assert len(questions) == 12
        for question in questions:
            assert [option.label for option in question.options] == ["oui", "en partie", "non", "je ne sais pas"]

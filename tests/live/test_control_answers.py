"""The control room counts the answers of the step that is on, and never says which."""

from itertools import count

import pytest

from facilitation import Audience, Move, State, TableSpec, apply, inputs, shipped_methods, start, view_audience
from maillage.live.control import answers_words

NUMBERS = count(1)
ANSWERING = {"poll": ("coop-ou-pas-coop", "vote"), "form": ("evaluation", None), "pot": ("pot-du-quartier", "silence")}


def play(state: State, seat: str, kind: str, **payload: object) -> State:
    after = apply(state, Move(state.number + 1, seat, kind, payload, next(NUMBERS) * 1000))
    assert isinstance(after, State), after
    return after


def said(state: State) -> str:
    return answers_words(view_audience(state, Audience("control", None))).replace("\u00a0", " ")


@pytest.mark.parametrize("activity", ANSWERING)
def test_answers_are_counted_of_those_who_are_asked(activity: str) -> None:
    name, wanted = ANSWERING[activity]
    method = shipped_methods()[name]
    stage = wanted or next(rule.id for rule in method.stages.values() if rule.activity == activity)
    state = start(method, tables=(TableSpec(1, "Table 1", 8), TableSpec(2, "Table 2", 8)))
    state = play(state, "lead", "join", name="Lise", role="facilitator")
    for number in range(5):
        state = play(state, f"s{number}", "join", name=f"P{number}", table=number % 2 + 1)
    assert said(state) == ""  # nothing is asked before it begins
    state = play(state, "lead", "open")
    if state.stage != stage:
        state = play(state, "lead", "skip", to=stage)
    assert said(state) == "aucune réponse sur 5"
    one = next(one for one in inputs(method, method.default_role) if one["stage"] == stage)
    value = one["options"][0]["id"] if one["options"] else "1"
    asked = {"question": one["question"]} if one["question"] else {}
    for number, words in enumerate(("1 réponse sur 5", "2 réponses sur 5")):
        state = play(state, f"s{number}", one["move"], stage=stage, **{one["name"]: value}, **asked)
        assert said(state) == words


def test_a_step_of_cards_counts_no_answers() -> None:
    method = shipped_methods()["codev"]
    state = start(method, tables=(TableSpec(1, "Table 1", 8),))
    state = play(state, "lead", "join", name="Lise", role="facilitator")
    state = play(state, "s1", "join", name="Amel", table=1)
    state = play(state, "lead", "open")
    assert said(state) == ""

"""The activity `form`: a questionnaire, question after question. Answers are seen as counts; texts have no author."""

import hashlib
from collections import Counter
from collections.abc import Mapping
from typing import Any

from facilitation import payloads
from facilitation.activities.ballots import (
    Counted,
    are_enough,
    counted,
    how_many,
    is_over,
    is_shown,
    rule_of,
    seen,
    share_of,
)
from facilitation.definition import Question, Stage
from facilitation.payloads import Payload
from facilitation.refusals import Refused
from facilitation.state import Answer, Ballot, Seat, State
from facilitation.words import later, speak, speak_of

ANSWERED = Counted(
    later("Personne n’a encore répondu"),
    later("{number} personne a répondu"),
    later("{number} personnes ont répondu"),
)
ANSWERS = Counted(later("Aucune réponse"), later("{number} réponse"), later("{number} réponses"))
AGREED = 67  # % of the answers on one option: below, the question divides the room


def read(stage: Stage, role: str, values: Mapping[str, Any], payload: Payload) -> dict[str, Any]:
    """The answers with that one; None is « passer », an empty value takes the answer back."""
    id_ = payloads.needed(payload, "question")
    question = next((known for known in stage.questions_for(role) if known.id == id_), None)
    if question is None:
        raise Refused("unknown_question")
    others = {known: value for known, value in values.items() if known != id_}
    if payloads.flag(payload, "pass", False):
        if question.required:
            raise Refused("must_answer")
        return {**others, id_: None}
    value = _text(question, payload) if question.type == "text" else _chosen(question, payload)
    return {**others, id_: value} if value else others


def _text(question: Question, payload: Payload) -> str:
    value = payloads.text(payload, "value", question.max_length, empty=True)
    return value if value.strip() else ""


def _chosen(question: Question, payload: Payload) -> str:
    """The option; of several, their names in order: "1,3"."""
    raw = payload.get("value")
    if isinstance(raw, int) and not isinstance(raw, bool):
        raw = str(raw)
    if isinstance(raw, str):
        raw = raw.split(",") if question.type == "choices" else [raw]
    if raw is None:
        raw = []
    if not isinstance(raw, list | tuple) or not all(isinstance(item, str | int) for item in raw):
        raise Refused("bad_payload")
    wanted = {str(item).strip() for item in raw if not isinstance(item, bool)} - {""}
    known = [option.id for option in question.options]
    if not wanted <= set(known) or (len(wanted) > 1 and question.type != "choices"):
        raise Refused("unknown_option")
    return ",".join(id_ for id_ in known if id_ in wanted)


def shared_view(state: State, step: str, tables: frozenset[int] | None) -> dict[str, Any]:
    rule = rule_of(state, step)
    answered, asked = counted(state, step, tables)
    revealed = is_shown(state, step, next(iter(tables)) if tables else None)
    there = state.ballots.get(step, Ballot()).at(seen(state, step, tables)) if revealed else ()
    answers = [answer for _seat, answer in there]
    shown = are_enough(answers)
    answers = answers if shown else []
    return {
        "step": step,
        "title": rule.title,
        "answered": answered,
        "asked": asked,
        "words": how_many(answered, asked, ANSWERED),
        "revealed": revealed,
        "too_few": revealed and not shown,
        "questions": [_question(state, question, answers, shown=shown) for question in rule.questions],
    }


def _question(state: State, question: Question, answers: list[Answer], *, shown: bool) -> dict[str, Any]:
    given = [answer.values[question.id] for answer in answers if answer.values.get(question.id) is not None]
    passed = sum(question.id in answer.values and answer.values[question.id] is None for answer in answers)
    chosen = Counter(id_ for value in given for id_ in value.split(",")) if question.type != "text" else Counter[str]()
    most = max((chosen[option.id] for option in question.options), default=0)
    options = [
        {
            "id": option.id,
            "label": option.label,
            "count": chosen[option.id] if shown else None,
            "share": share_of(chosen[option.id], len(given)) if shown else None,
            "words": speak(
                "{label} : {count}, {share} %",
                label=option.label,
                count=chosen[option.id],
                share=share_of(chosen[option.id], len(given)),
            )
            if shown
            else "",
        }
        for option in question.options
    ]
    return {
        "id": question.id,
        "type": question.type,
        "label": question.label,
        "help": question.help,
        "low": question.low,
        "high": question.high,
        "answers": len(given),
        "passed": passed,
        "divides": question.type == "choice" and bool(given) and share_of(most, len(given)) < AGREED,
        "words": how_many(len(given), 0, ANSWERS) if shown else "",
        "options": options,
        "texts": sorted(given, key=_shuffled) if question.type == "text" else [],
    }


def _shuffled(text: str) -> str:
    """An order that says nothing of who wrote, nor when."""
    return hashlib.sha256(text.encode("utf-8", "surrogatepass")).hexdigest()


def own_view(state: State, step: str, seat: Seat) -> dict[str, Any]:
    rule = rule_of(state, step)
    answer = state.ballots.get(step, Ballot()).answers.get(seat.id)
    values = answer.values if answer else {}
    asked = rule.questions_for(seat.role)
    done = sum(question.id in values for question in asked)
    over = is_over(state, step, seat)
    return {
        "step": step,
        "answers": {id_: value for id_, value in sorted(values.items()) if value is not None},
        "passed": sorted(id_ for id_, value in values.items() if value is None),
        "done": done,
        "total": len(asked),
        "may": state.on and state.step == step and not over and rule.asks(seat.role),
        "words": speak_of(done, "{number} réponse sur {total}", "{number} réponses sur {total}", total=len(asked)),
    }

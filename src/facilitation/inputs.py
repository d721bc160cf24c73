"""The inputs of polls, forms and pots: all of a role's, at every stage, so that a push never carries one."""

from typing import Any

from facilitation.definition import Method, Option, Question, Stage
from facilitation.words import speak


def inputs(method: Method, role: str) -> list[dict[str, Any]]:
    """Everything this role may be asked, stage after stage: a page holds them all, `view_own` says which are on."""
    return [found for stage in method.stages.values() if stage.asks(role) for found in _of_stage(stage, role)]


def _of_stage(stage: Stage, role: str) -> list[dict[str, Any]]:
    if stage.activity == "poll":
        return [
            _input(
                stage, "answer", "choice", stage.question or stage.title, options=stage.options, submit=speak("Voter")
            )
        ]
    if stage.activity == "pot":
        label = speak("Combien donnez-vous, de 0 à {tokens} ?", tokens=stage.tokens)
        found = _input(stage, "give", "number", label, submit=speak("Donner"))
        return [found | {"name": "tokens", "min": 0, "max": stage.tokens}]
    if stage.activity == "form":
        return [_of_question(stage, question) for question in stage.questions_for(role)]
    return []


def _of_question(stage: Stage, question: Question) -> dict[str, Any]:
    found = _input(stage, "answer", question.type, question.label, options=question.options, submit=speak("Répondre"))
    scale = [int(option.id) for option in question.options] if question.type == "scale" else []
    return found | {
        "id": f"{stage.id}-{question.id}",
        "question": question.id,
        "help": question.help,
        "required": question.required,
        "pass": not question.required,
        "min": scale[0] if scale else None,
        "max": scale[-1] if scale else None,
        "low": question.low,
        "high": question.high,
        "max_length": question.max_length if question.type == "text" else None,
    }


def _input(
    stage: Stage,
    move: str,
    type_: str,
    label: str,
    *,
    submit: str,
    options: tuple[Option, ...] = (),
) -> dict[str, Any]:
    return {
        "id": stage.id,
        "stage": stage.id,
        "activity": stage.activity,
        "move": move,
        "question": "",
        "name": "value",
        "type": type_,
        "label": label,
        "help": "",
        "submit": submit,
        "required": False,
        "pass": False,
        "options": [{"id": option.id, "label": option.label} for option in options],
        "min": None,
        "max": None,
        "low": "",
        "high": "",
        "max_length": None,
    }

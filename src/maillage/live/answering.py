"""The votes, questions, gifts and secrets of a seat, as its page holds them: inputs once, what is asked in `#own`.

A push never carries an input: `#own` says which are asked, at which step, and what this seat answered.
"""

import secrets
from collections.abc import Mapping
from typing import Any

from facilitation import inputs
from maillage.live.rooms import Room

ACTIVITIES = ("poll", "form", "pot")
ROWS_OF = 3  # lines of the field of a long text
LONG_TEXT = 120  # characters


def asked_of(own: Mapping[str, Any]) -> dict[str, dict[str, Any]]:
    """stage → what this seat is asked there now and what it holds; for the page's script and for its first bytes."""
    found = {}
    for activity in ACTIVITIES:
        part = own[activity]
        if part is None:
            continue
        stage = part["step"].partition(".")[0]
        found[stage] = {"step": part["step"], "may": part["may"], **_held(activity, part)}
    return found


def _held(activity: str, part: Mapping[str, Any]) -> dict[str, Any]:
    if activity == "poll":
        return {"value": part["value"]}
    if activity == "pot":
        return {"value": part["gift"]}
    return {"answers": part["answers"], "passed": part["passed"]}


def form_ids(room: Room, own: Mapping[str, Any]) -> list[str]:
    """The inputs that are on now, by the id of their form."""
    found = []
    for stage, part in asked_of(own).items():
        if not part["may"]:
            continue
        rule = room.method.stages[stage]
        if rule.activity == "form":
            found += [f"{stage}-{question.id}" for question in rule.questions_for(own["role"])]
        else:
            found.append(stage)
    return found


def inputs_of(room: Room, own: Mapping[str, Any]) -> list[dict[str, Any]]:
    """Every input of this role, each with what the seat answered if it is asked now. Context of live/_input.html."""
    asked = asked_of(own)
    on = form_ids(room, own)
    page = secrets.token_urlsafe(12)  # a key a form and a page: sending it twice writes once
    made = []
    for number, found in enumerate(inputs(room.method, own["role"])):
        part = asked.get(found["stage"], {})
        now = found["id"] in on
        value = _value(found, part)
        passed = found["question"] in part.get("passed", ())
        made.append(
            {
                **found,
                "now": now,
                "step": part.get("step", found["stage"]),
                "value": "" if value is None else value,
                "chosen": str(value).split(",") if value is not None else [],
                "state": "passed" if passed else "" if value in (None, "") else "kept",
                "said": next((option["label"] for option in found["options"] if option["id"] == value), ""),
                "rows": ROWS_OF if (found["max_length"] or 0) > LONG_TEXT else 1,
                "key": f"{page}-{number}",
            }
        )
    return made


def _value(found: Mapping[str, Any], part: Mapping[str, Any]) -> Any:
    return part.get("answers", {}).get(found["question"]) if found["activity"] == "form" else part.get("value")


def counts_of(room: Room, shared: Mapping[str, Any]) -> list[dict[str, Any]]:
    """The hands raised that whoever leads may type in, one form a poll of the method. Context of live/_hands.html."""
    poll = shared["poll"]
    stage_on = poll["step"].partition(".")[0] if poll and poll["may_count"] else ""
    found = []
    for stage in room.method.stages.values():
        if stage.activity != "poll":
            continue
        now = stage.id == stage_on
        known = {option["id"]: option["hands"] for option in poll["options"]} if now else {}
        options = [{"id": one.id, "label": one.label, "hands": known.get(one.id) or 0} for one in stage.options]
        found.append({"stage": stage.id, "now": now, "step": poll["step"] if now else "", "options": options})
    return found

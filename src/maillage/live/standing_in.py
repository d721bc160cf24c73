"""Answering for somebody without a phone: who they are, what they are asked now, and the move that says who typed."""

from dataclasses import dataclass
from typing import Any

from django.http import QueryDict

from facilitation import view_own
from maillage.live.answering import ACTIVITIES, inputs_of
from maillage.live.committer import Submitted
from maillage.live.outcomes import Outcome
from maillage.live.rooms import Room
from maillage.live.runtime import live
from maillage.live.seats import Ticket

WITHOUT_PHONE = "facilitator"  # Seat.by of somebody added by name


@dataclass(frozen=True)
class Person:
    seat: str
    name: str
    table: str
    asked: bool  # something is asked of them now
    answered: bool  # all of it


def has_answers(room: Room) -> bool:
    """Whether the method ever asks a vote, a question or a gift."""
    return any(stage.activity in ACTIVITIES for stage in room.method.stages.values())


def people_without_phone(room: Room, seat: str) -> list[Person]:
    """Those this seat may answer for: of the whole room for who leads it, of one's own table for who sits at one."""
    state, here = room.state, room.state.seats[seat].table
    names = {table.id: table.name for table in state.tables}
    found = []
    for known in state.seats.values():
        if known.by != WITHOUT_PHONE or not known.present or known.table is None or here not in (None, known.table):
            continue
        asked = inputs_now(room, known.id)
        found.append(Person(known.id, known.name, names[known.table], bool(asked), all(one["state"] for one in asked)))
    return found


def inputs_now(room: Room, seat: str) -> list[dict[str, Any]]:
    """What this person is asked now. What was typed for them is not shown again: a secret stays one."""
    room = room.in_words()
    own = view_own(room.state, seat)
    return [{**one, "value": "", "chosen": []} for one in inputs_of(room, own) if one["now"]]


def answer_for(
    *, room: Room, ticket: Ticket, person: str, asked: dict[str, Any], posted: QueryDict, key: str
) -> Outcome:
    """The person's answer, typed by the holder of this ticket."""
    payload: dict[str, Any] = {"stage": asked["step"], "for": person, "by": "facilitator"}
    if asked["question"]:
        payload["question"] = asked["question"]
    if asked["pass"] and posted.get("pass"):
        payload["pass"] = True
    elif asked["type"] == "choices":
        payload["value"] = posted.getlist("value")
    else:
        payload[asked["name"]] = posted.get("value", "").strip()
    move = Submitted(room.session_id, ticket.seat_id, asked["move"], payload, key, ticket.generation)
    return live().committer.submit(move)

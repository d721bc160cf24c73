"""Rooms of the shipped methods, played by draws: half of a move makes sense where it is played, half does not."""

import json
from functools import cache
from typing import Any

from facilitation import REFUSALS, Move, Refusal, State, TableSpec, apply, shipped_methods, start, view
from tests.fuzz.drawing import Bytes, Draw, junk, pick, word
from tests.fuzz.saying import check_sentence
from tests.fuzz.sense import sensible

SEATS = ("lise", "zed", "ana", "omar", "ines", "paul", "wall", "desk")
KINDS = [
    "open", "advance", "advance", "advance", "back", "extend", "pause", "resume", "close", "reopen", "set_minutes", "give_role",
    "seat_at", "look_at", "add_person", "leave", "join", "rename", "take_role", "write", "write", "write", "edit", "remove",
    "mark", "mark", "choose", "fill", "release", "withdraw", "reveal", "answer", "answer", "give", "give", "hide", "pin",
    "merge", "split", "skip", "pick", "count", "own_clock", "merge_tables", "transcribe", "", "explode", "Open", "__class__",
]  # fmt: skip
LEADING = (
    "open",
    "advance",
    "back",
    "extend",
    "pause",
    "resume",
    "close",
    "reopen",
    "set_minutes",
    "give_role",
    "seat_at",
    "skip",
)
FIELDS = [
    "name", "role", "table", "by", "seat", "from", "to", "seconds", "stage", "minutes", "preset", "kind", "kind_of_card",
    "text", "parent", "for", "card", "mark", "on", "field", "value", "sentence", "decline", "question", "pass", "tokens",
    "step", "into", "cards", "count_oui", "count_1", "back", "salt", "players", "total", "sheet", "answer_note",
]  # fmt: skip


# What a move of each kind holds when it makes sense; the kinds that are not here hold nothing.
SENSE = {
    "advance": ["from"], "back": ["to"], "extend": ["seconds"], "set_minutes": ["stage", "minutes"], "give_role": ["seat", "role"],
    "seat_at": ["seat", "table"], "look_at": ["table"], "add_person": ["name", "table"], "leave": ["seat"], "join": ["name", "role"],
    "rename": ["name"], "take_role": ["role"], "write": ["kind", "text"], "edit": ["card", "text"], "remove": ["card"],
    "mark": ["card", "mark", "on"], "choose": ["card"], "fill": ["field", "value"], "release": ["sentence"], "withdraw": ["card"],
    "reveal": ["step"], "answer": ["stage", "question", "value"], "give": ["stage", "tokens"], "hide": ["card", "on"],
    "pin": ["card", "on"], "merge": ["card", "into"], "split": ["card"], "skip": ["from"], "pick": ["card"],
    "count": ["step", "table", "count_oui"], "own_clock": ["table", "on"], "merge_tables": ["table", "into"],
    "transcribe": ["step", "table", "kind", "text"],
}  # fmt: skip


@cache
def firsts() -> list[State]:
    """Each shipped method with everybody seated: what a room is when its facilitator presses « Commencer »."""
    found = []
    for method in shipped_methods().values():
        state = start(method, tables=(TableSpec(1), TableSpec(2)))
        leads = next((role for role in method.roles if role == "facilitator"), method.default_role)
        roles = [leads, leads, *[role.id for role in method.join_roles] * 6]
        for number, seat in enumerate(SEATS):
            role = {"wall": "projector", "desk": "control"}.get(seat, roles[number])
            after = apply(
                state, Move(number + 1, seat, "join", {"name": seat, "role": role, "table": 1 + number % 2}, 0)
            )
            state = state if isinstance(after, Refusal) else after
        found.append(state)
    return found


def _of_the_room(draw: Draw, state: State) -> dict[str, Any]:
    """Names that exist there, for each key of a payload that names something."""
    method = state.method
    cards, steps = list(state.cards) or ["c1"], list(method.stages)
    roles = [*method.roles, "projector"]
    known: dict[str, Any] = {
        "name": "Zoé", "role": pick(draw, roles), "table": 1 + draw.below(3), "by": pick(draw, ["self", "facilitator", "paper"]),
        "seat": pick(draw, list(state.seats) or ["ana"]), "from": state.step, "to": pick(draw, steps), "seconds": draw.below(400) - 200,
        "stage": state.step or pick(draw, steps), "minutes": draw.below(40), "preset": pick(draw, list(method.presets) or ["x"]),
        "kind": pick(draw, list(method.kinds) or ["idea"]), "text": "un mot", "parent": pick(draw, cards),
        "for": pick(draw, SEATS), "card": pick(draw, cards), "mark": pick(draw, list(method.marks) or ["vote"]),
        "on": bool(draw.below(2)), "field": "first_step", "value": pick(draw, ["1", "oui", "non", "texte", "", 3]), "sentence": "dit",
        "tokens": draw.below(12), "step": state.step or pick(draw, steps), "into": pick(draw, cards), "cards": True, "question": "note",
        "salt": "sel", "players": draw.below(9), "total": draw.below(90), "count_oui": draw.below(9),
    }  # fmt: skip
    return known


def drawn_payload(draw: Draw, state: State, move: str) -> Any:
    kind = draw.below(16)
    if kind == 0:
        return junk(draw)
    known = _of_the_room(draw, state)
    if kind < 12:  # all that is true, and sometimes one thing that is not
        return {name: known[name] for name in SENSE.get(move, ())} | (
            {} if kind < 9 else {pick(draw, FIELDS): junk(draw)}
        )
    names = [pick(draw, FIELDS) for _ in range(draw.below(6))]
    return {name: known.get(name) if draw.below(3) else junk(draw) for name in names}


def drawn_move(draw: Draw, state: State, turn: int) -> Move:
    """Three in four make sense, one of them in three with one thing that does not; the others are anything by anybody."""
    if draw.below(4):
        seat, kind, payload = sensible(draw, state)
        if not draw.below(3):
            payload = payload | {pick(draw, [*payload, *FIELDS]): junk(draw)}
        if kind == "close" and draw.below(4):
            kind, payload = "rename", {"name": "Zoé"}
        return Move(state.number + 1, _whole(seat), kind, _whole(payload), 1_000 * turn)
    kind = pick(draw, KINDS)
    if kind == "close" and draw.below(8):
        kind = "write"
    leads = kind in LEADING or not draw.below(4)
    seat = pick(draw, ("lise", "zed")) if leads and draw.below(8) else pick(draw, (*SEATS, "ghost", word(draw)))
    payload = drawn_payload(draw, state, kind)
    # the door lets no half of a pair in, nor a payload that is no object; an erased one is None
    payload = payload if isinstance(payload, dict) else None
    return Move(state.number + 1, _whole(seat), kind, _whole(payload), 1_000 * turn)


def _whole(value: Any) -> Any:
    if isinstance(value, str):
        return value.encode("utf-8", "replace").decode()
    if isinstance(value, dict):
        return {_whole(name): _whole(each) for name, each in value.items()}
    return [_whole(each) for each in value] if isinstance(value, list) else value


# Said of a move before anything of the room is looked at.
AT_THE_DOOR = frozenset(
    {"stale_number", "unknown_move", "bad_payload", "not_joined", "already_joined", "not_open", "closed"}
)


def play_move(draw: Draw, state: State, turn: int) -> tuple[State, bool]:
    """Nothing raises; a refusal has its reason and its sentence. The room after it, and whether it went past the door."""
    move = drawn_move(draw, state, turn)
    after = apply(state, move)
    if isinstance(after, Refusal):
        assert after.reason in REFUSALS
        check_sentence(after.sentence)
        return state, after.reason not in AT_THE_DOOR
    assert after.number == move.number
    return after, True


def check_room(state: State) -> None:
    """What everybody is shown can be sent, and what is kept is read back the same."""
    for seat in (*state.seats, "ghost"):
        json.dumps(view(state, seat), ensure_ascii=False).encode()
    assert State.from_json(state.method, state.to_json()) == state


def play_bytes(data: bytes) -> bool:
    """A room whose every choice is read from bytes."""
    draw = Bytes(data)
    state, turn = pick(draw, firsts()), 0
    while draw.left and turn < 200:
        turn += 1
        state, _past = play_move(draw, state, turn)
    check_room(state)
    return turn > 0

"""A move that makes sense where the room is: by a seat, among what its role may do at this stage, with names that are there."""

from typing import Any

from facilitation import State
from facilitation.activities.ballots import rule_of
from facilitation.definition import Question, Stage
from facilitation.state import Seat
from tests.fuzz.drawing import Draw, pick, word

LEAVE_IT = {"advance", "skip", "back", "close", "leave", "pause"}  # a room that goes to its end at once holds nothing
OF_A_LEADER = ("open", "transcribe", "leave", "add_person", "split")
OF_ANYBODY = ("rename", "leave")
OF_THE_SHEET = ("release", "withdraw", "fill", "release", "fill")
# What is worth doing where these are asked.
WORTH = {
    "cards": ("write", "write", "write", "mark", "edit"),
    "poll": ("answer",) * 4,
    "form": ("answer",) * 4,
    "pot": ("give",) * 4,
}


def sensible(draw: Draw, state: State) -> tuple[str, str, dict[str, Any]]:
    """Seat, kind, payload."""
    people = [seat for seat in state.seats.values() if seat.role in state.method.roles]
    seat = pick(draw, people if people and draw.below(20) else list(state.seats.values()))
    if state.status != "running" and draw.below(3):
        leader = next((each for each in state.seats.values() if "advance" in state.rights(each.role)), seat)
        kind = {"waiting": "open", "paused": "resume", "closed": "reopen"}.get(state.status, "open")
        return leader.id, kind, {}
    beside = OF_A_LEADER if "advance" in state.rights(seat.role) else ()
    if state.method.sheet and state.method.sheet.role == seat.role:
        beside += OF_THE_SHEET
    verbs = [*sorted(state.rights(seat.role)), *beside]
    if not verbs or not draw.below(12):
        verbs = [*verbs, *OF_ANYBODY]
    activity = state.rule.activity if state.rule else ""
    wanted = [verb for name in WORTH.get(activity, ()) for verb in verbs if verb.partition(":")[0] == name]
    verb = pick(draw, wanted if wanted and draw.below(3) else verbs)
    if verb in LEAVE_IT and draw.below(4):
        verb = pick(draw, verbs)
    kind, _colon, detail = verb.partition(":")
    kind = "write" if kind in ("for", "late") else kind
    return seat.id, kind, payload_of(draw, state, seat, kind, detail)


def payload_of(draw: Draw, state: State, seat: Seat, kind: str, detail: str = "") -> dict[str, Any]:
    make = PAYLOADS.get(kind)
    return make(draw, state, seat, detail) if make else {}


def _table(draw: Draw, state: State, seat: Seat) -> int:
    return seat.table or seat.looking_at or pick(draw, state.tables).id


def _card(draw: Draw, state: State, table: int, kinds: tuple[str, ...] = (), author: str = "") -> str:
    found = [
        card.id
        for card in state.cards_at(table)
        if (not kinds or card.kind in kinds) and (not author or card.author == author)
    ]
    return pick(draw, found or list(state.cards)[:20] or ["c1"])


def _words(draw: Draw) -> str:
    return word(draw).encode("utf-8", "replace").decode()[:300] or "un mot" if draw.below(2) else "Une idée d’Amel"


def _write(draw: Draw, state: State, seat: Seat, detail: str) -> dict[str, Any]:
    method = state.method
    kind = method.kinds.get(detail) or pick(draw, list(method.kinds.values()))
    said: dict[str, Any] = {"kind": kind.id, "text": _words(draw), "stage": state.step}
    if kind.parents:
        said["parent"] = _card(draw, state, _table(draw, state, seat), kind.parents)
    if kind.decline and draw.below(2):
        said["decline"] = True
    return said | _typed(draw, state, seat)


def _typed(draw: Draw, state: State, seat: Seat) -> dict[str, Any]:
    """For somebody else, where this role may."""
    if "for" not in state.rights(seat.role) or (seat.table is not None and draw.below(2)):
        return {}
    others = [
        other.id
        for other in state.seats.values()
        if other.table is not None and other.table == (seat.table or other.table)
    ]
    return {"for": pick(draw, others), "by": pick(draw, ["facilitator", "paper"])} if others else {}


def _mark(draw: Draw, state: State, seat: Seat, detail: str) -> dict[str, Any]:
    mark = state.method.marks.get(detail)
    on = mark.on if mark else ()
    card = _card(draw, state, _table(draw, state, seat), on)
    return {"mark": detail or "vote", "card": card, "on": bool(draw.below(4)), "stage": state.step} | _typed(
        draw, state, seat
    )


def _value(draw: Draw, question: Question) -> Any:
    if question.type == "text":
        return _words(draw)
    known = [option.id for option in question.options] or ["1", "3"]
    if question.type == "choices":
        some = [pick(draw, known) for _ in range(1 + draw.below(3))]
        return pick(draw, [some, ",".join(some)])
    return pick(draw, known)


def _answer(draw: Draw, state: State, seat: Seat, _detail: str) -> dict[str, Any]:
    stage, said = state.rule, {"stage": state.step}
    typed = _typed(draw, state, seat)
    role = state.seats[typed["for"]].role if typed else seat.role
    if stage is None or stage.activity == "poll":
        known = [option.id for option in stage.options] if stage else []
        return said | typed | {"value": pick(draw, known or ["oui"])}
    questions = stage.questions_for(role)
    if not questions:
        return said
    question = pick(draw, questions)
    passed = {"pass": True} if not draw.below(6) else {"value": _value(draw, question)}
    return said | typed | {"question": question.id} | passed


def _give(draw: Draw, state: State, seat: Seat, _detail: str) -> dict[str, Any]:
    most = state.rule.tokens if state.rule else 10
    return {"stage": state.step, "tokens": draw.below(most + 1)} | _typed(draw, state, seat)


def _step(draw: Draw, state: State, activity: str = "") -> str:
    known = [step for step in state.visited if not activity or rule_of(state, step).activity == activity]
    return pick(draw, sorted(known) or list(state.path))


def _reveal(draw: Draw, state: State, seat: Seat, detail: str) -> dict[str, Any]:
    return {"mark": detail, "on": bool(draw.below(4))} if detail else {"step": _step(draw, state)}


def _count(draw: Draw, state: State, seat: Seat, _detail: str) -> dict[str, Any]:
    step = _step(draw, state, "poll")
    hands = {f"count_{option.id}": draw.below(9) for option in rule_of(state, step).options}
    return {"step": step, "table": _table(draw, state, seat)} | hands


def _pick(draw: Draw, state: State, _seat: Seat, _detail: str) -> dict[str, Any]:
    cards = [card.id for deck in state.method.decks.values() for card in deck.cards]
    return {"card": pick(draw, cards or ["x"])}


def _fill(draw: Draw, state: State, _seat: Seat, _detail: str) -> dict[str, Any]:
    sheet = state.method.sheet
    field = pick(draw, [field.id for field in sheet.fields] if sheet and sheet.fields else ["x"])
    return {"field": field, "value": pick(draw, ["2025-10-02", _words(draw), ""])}


def _own_card(draw: Draw, state: State, seat: Seat, _detail: str) -> dict[str, Any]:
    return {"card": _card(draw, state, _table(draw, state, seat), author=seat.id), "text": _words(draw)}


def _led_card(draw: Draw, state: State, seat: Seat, _detail: str) -> dict[str, Any]:
    table = _table(draw, state, seat)
    card = _card(draw, state, table)
    kinds = (state.cards[card].kind,) if card in state.cards else ()
    return {"card": card, "into": _card(draw, state, table, kinds), "on": bool(draw.below(3))}


def _split(draw: Draw, state: State, _seat: Seat, _detail: str) -> dict[str, Any]:
    merged = [card.id for card in state.cards.values() if card.into]
    return {"card": pick(draw, merged or ["c1"])}


def _transcribe(draw: Draw, state: State, seat: Seat, _detail: str) -> dict[str, Any]:
    step = pick(draw, list(state.path))
    rule: Stage = rule_of(state, step)
    said: dict[str, Any] = {"step": step, "table": _table(draw, state, seat)}
    if rule.activity == "cards":
        kinds = state.method.kinds_of(rule.id) or list(state.method.kinds)
        kind = state.method.kinds[pick(draw, list(kinds))]
        said |= {"kind": kind.id, "text": _words(draw)}
        if kind.parents:
            said["parent"] = _card(draw, state, said["table"], kind.parents)
    elif rule.activity == "poll":
        said |= {f"count_{option.id}": draw.below(9) for option in rule.options}
    elif rule.activity == "pot":
        said |= {"players": 3 + draw.below(6), "total": draw.below(60)}
    elif rule.activity == "form":
        said |= {f"answer_{question.id}": _value(draw, question) for question in rule.questions if draw.below(3)}
    return said


def _to(draw: Draw, state: State, _seat: Seat, _detail: str) -> dict[str, Any]:
    steps = list(state.path)
    return {"from": state.step, "to": pick(draw, steps)} if draw.below(3) else {"from": state.step}


def _moved(draw: Draw, state: State, seat: Seat, _detail: str) -> dict[str, Any]:
    """Of people and tables."""
    tables = [table.id for table in state.tables]
    return {
        "name": _words(draw)[:40], "seat": pick(draw, list(state.seats)), "table": pick(draw, tables), "into": pick(draw, tables),
        "role": pick(draw, list(state.method.roles)), "cards": bool(draw.below(2)), "on": bool(draw.below(2)), "back": bool(draw.below(2)),
    }  # fmt: skip


def _release(draw: Draw, state: State, seat: Seat, _detail: str) -> dict[str, Any]:
    card = _card(draw, state, _table(draw, state, seat), author=seat.id)
    return {"sentence": _words(draw)} if draw.below(2) else {"card": card}


PAYLOADS = {
    "write": _write, "mark": _mark, "answer": _answer, "give": _give, "reveal": _reveal, "count": _count, "pick": _pick, "fill": _fill,
    "edit": _own_card, "remove": _own_card, "choose": _led_card, "hide": _led_card, "pin": _led_card, "merge": _led_card,
    "split": _split, "transcribe": _transcribe, "release": _release, "withdraw": _release, "back": _to, "skip": _to,
    "advance": lambda draw, state, seat, detail: {"from": state.step},
    "extend": lambda draw, state, seat, detail: {"seconds": draw.below(600) - 200},
    "set_minutes": lambda draw, state, seat, detail: {"stage": pick(draw, list(state.method.stages)), "minutes": draw.below(40)},
    "take_role": lambda draw, state, seat, detail: {"role": detail or pick(draw, list(state.method.roles))},
    "give_role": _moved, "seat_at": _moved, "look_at": _moved, "add_person": _moved, "leave": _moved, "join": _moved, "rename": _moved,
    "merge_tables": _moved, "own_clock": _moved,
}  # fmt: skip

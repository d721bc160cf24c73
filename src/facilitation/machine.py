"""start, apply, replay: how a session unfolds. No clock, no I/O, no randomness: only the moves count."""

from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from typing import Final

from facilitation import clock, paper, payloads, people, rounds, sheet, tables
from facilitation.activities import answers, cards, poll
from facilitation.definition import Method
from facilitation.erased import apply_erased
from facilitation.payloads import Payload
from facilitation.refusals import Refusal, Refused
from facilitation.state import Move, Seat, State, TableSpec
from facilitation.vocabulary import MAX_MINUTES

Handler = Callable[[State, Move, Payload], State]

LEADING: Final[dict[str, Handler]] = {
    "open": clock.open_, "advance": clock.advance, "back": clock.back, "extend": clock.extend, "pause": clock.pause,
    "resume": clock.resume, "close": clock.close, "reopen": clock.reopen, "set_minutes": clock.set_minutes,
    "give_role": people.give_role, "seat_at": people.seat_at, "look_at": tables.look_at,
    "add_person": people.add_person, "skip": clock.skip, "count": poll.count, "pick": rounds.pick,
    "hide": cards.hide, "pin": cards.pin, "merge": cards.merge, "split": cards.split,
    "own_clock": tables.own_clock, "merge_tables": tables.merge_tables, "transcribe": paper.transcribe,
}  # fmt: skip
DOING: Final[dict[str, Handler]] = {
    "join": people.join, "rename": people.rename, "leave": people.leave, "take_role": people.take_role,
    "write": cards.write, "edit": cards.edit, "remove": cards.remove, "mark": cards.mark, "choose": cards.choose,
    "fill": sheet.fill, "release": sheet.release, "withdraw": sheet.withdraw,
    "reveal": lambda state, move, payload: (sheet if "mark" in payload else answers).reveal(state, move, payload),
    "answer": answers.answer, "give": answers.give,
}  # fmt: skip
MOVES: Final = {**LEADING, **DOING}
MOVE_KINDS: Final = MOVES.keys()  # no release drops one: older logs hold it
NEED_OPEN: Final = frozenset(
    {"write", "edit", "remove", "mark", "choose", "fill", "release", "reveal", "advance", "back", "skip", "answer",
     "give", "count", "pick", "hide", "pin", "merge", "split", "transcribe"}
)  # fmt: skip
OF_A_CLOCK: Final = frozenset({"advance", "back", "skip", "extend", "pause", "resume", "count", "transcribe"})
# Who may do the one may undo it; who leads a room types what it wrote on paper.
RIGHT_OF: Final = {"split": "merge", "transcribe": "advance"}
WHOLE_SESSION: Final = frozenset({"open", "close", "reopen", "own_clock", "merge_tables"})  # never one table's clock
# After these, those who remain may all have answered.
PEOPLE_MOVED: Final = frozenset({"leave", "seat_at", "give_role", "take_role", "merge_tables"})
# The porteur decides after the end too, quietly, what leaves the room; and paper is typed in afterwards.
AFTER_END: Final = frozenset(
    {"join", "rename", "leave", "reopen", "look_at", "fill", "release", "withdraw", "reveal", "transcribe"}
)


class UnplayableMethod(Exception):
    """The method is right, and this machine cannot play one of its stages. Every activity is played today."""

    def __init__(self, stage: str, sentence: str) -> None:
        self.stage = stage
        self.sentence = sentence
        super().__init__(sentence)


def start(
    method: Method,
    *,
    preset: str | None = None,
    tables: Sequence[TableSpec] = (),
    minutes: Mapping[str, float] | None = None,
) -> State:
    """The state before any move.

    Parameters
    ----------
    preset : one of the method's; None is the method's own choice.
    tables : the tables of the session; none is one table.
    minutes : stage → minutes, over the preset's; 0 skips an optional stage.

    Raises
    ------
    ValueError : a preset, a stage or a table that does not exist or is there twice.
    """
    if preset is not None and preset not in method.presets:
        raise ValueError(f"unknown preset: {preset}")
    chosen = preset or method.preset
    planned = {id_: stage.minutes for id_, stage in method.stages.items()}
    planned |= method.presets[chosen].minutes if chosen else {}
    for id_, value in (minutes or {}).items():
        if id_ not in planned:
            raise ValueError(f"unknown stage: {id_}")
        if not (0.1 <= value <= MAX_MINUTES or (value == 0 and method.stages[id_].optional)):
            raise ValueError(f"bad minutes for {id_}: {value}")
        planned[id_] = value
    specs = tuple(tables) or (TableSpec(1, "Table 1"),)
    if len({table.id for table in specs}) != len(specs):
        raise ValueError("a table is there twice")
    specs = tuple(table if table.name else replace(table, name=f"Table {table.id}") for table in specs)
    return State(method=method, tables=specs, minutes=planned, preset=chosen)


def apply(state: State, move: Move) -> State | Refusal:
    """The state after the move, or why it is refused. Never raises on what a user sends."""
    try:
        return _apply(state, move)
    except Refused as refused:
        return refused.refusal


def replay(state: State, moves: Iterable[Move]) -> State:
    """The state after moves that were accepted once.

    A move whose payload was erased (None) counts for what its kind alone says. One that no longer makes sense because
    an earlier one was erased changes nothing but the number. A number already passed is passed over.
    """
    for move in moves:
        if move.number <= state.number:
            continue
        after = _after(apply_erased(state, move), move) if move.payload is None else apply(state, move)
        state = state.but(number=move.number) if isinstance(after, Refusal) else after
    return state


def _apply(state: State, move: Move) -> State:
    if move.number <= state.number:
        raise Refused("stale_number")
    handler = MOVES.get(move.kind) if isinstance(move.kind, str) else None
    if handler is None:
        raise Refused("unknown_move")
    payload = move.payload
    if not isinstance(payload, Mapping):
        raise Refused("bad_payload")
    if move.at < state.at:  # a server's clock set back does not turn the session's time
        move = replace(move, at=state.at)
    if move.kind == "join":
        return _after(handler(state, move, payload), move)
    seat = state.seats.get(move.seat)
    if seat is None:
        raise Refused("not_joined")
    local = state if move.kind in WHOLE_SESSION else state.through(_clock_meant(state, seat, move.kind, payload))
    if local.status == "closed" and move.kind not in AFTER_END:
        raise Refused("closed")
    if local.status == "waiting" and move.kind in NEED_OPEN:
        raise Refused("not_open")
    if move.kind in LEADING and RIGHT_OF.get(move.kind, move.kind) not in local.rights(seat.role):
        raise Refused("not_allowed")
    if not seat.present and move.kind != "leave":  # whoever acts is there
        local = people.arrive(local, replace(seat, present=True))
    after = handler(local, move, payload).back_from(state)
    if move.kind in PEOPLE_MOVED:
        after = answers.show_everywhere_if_everyone(after)
    return _after(after, move)


def _clock_meant(state: State, seat: Seat, kind: str, payload: Payload) -> int | None:
    """The table whose clock counts: one's own; for whoever leads, of whom they type for, the one named or looked at."""
    if seat.table is not None:
        return seat.table
    author = state.seats.get(payloads.word(payload, "for") or "")
    if author is not None and author.table is not None:
        return author.table
    named = payloads.whole(payload, "table") if kind in OF_A_CLOCK else None
    return named if named is not None and state.has_table(named) else seat.looking_at


def _after(state: State, move: Move) -> State:
    return state.but(number=move.number, at=max(state.at, move.at))

"""The private sheet of a role (the porteur's), and what its holder lets out of the room."""

from typing import Any

from facilitation import payloads
from facilitation.definition import Line
from facilitation.payloads import Payload
from facilitation.refusals import Refused
from facilitation.state import Card, Move, Released, Seat, State
from facilitation.vocabulary import KEPT_SHEET

LONGEST_SENTENCE = 400


def fill(state: State, move: Move, payload: Payload) -> State:
    seat = state.seats[move.seat]
    sheet = state.method.sheet
    id_ = payloads.needed(payload, "field")
    if sheet is None or seat.role != sheet.role or not _may_fill(state, seat, id_):
        raise Refused("not_allowed")
    field = sheet.field(id_)
    if field is None:
        raise Refused("unknown_field")
    value = payloads.text(payload, "value", field.max_length, empty=True)
    filled = {name: kept for name, kept in state.sheets.get(seat.id, {}).items() if name != id_}
    if value.strip():
        filled[id_] = value
    return state.but(sheets={**state.sheets, seat.id: filled})


def release(state: State, move: Move, payload: Payload) -> State:
    """One sentence read again by its author, or one card: what leaves the room, and nothing else."""
    seat = state.seats[move.seat]
    keep = state.rule.keep if state.rule else None
    if keep is None or keep.release != seat.role:
        raise Refused("not_allowed")
    id_ = payloads.word(payload, "card")
    if id_ is not None:
        card = state.cards.get(id_)
        table = seat.table if seat.table is not None else (card.table if card else None)
        if card is None or card.removed or card.table != table:
            raise Refused("unknown_card")
        if card.kind not in keep.what:
            raise Refused("wrong_card")
        released = Released(seat.id, card.table, card.text, card.id, move.number)
        return state.but(releases={**state.releases, f"{seat.id} {card.id}": released})
    if KEPT_SHEET not in keep.what or seat.table is None:
        raise Refused("not_allowed")
    sentence = payloads.text(payload, "sentence", LONGEST_SENTENCE)
    released = Released(seat.id, seat.table, sentence, None, move.number)
    return state.but(releases={**state.releases, seat.id: released})


def withdraw(state: State, move: Move, payload: Payload) -> State:
    id_ = payloads.word(payload, "card")
    key = f"{move.seat} {id_}" if id_ else move.seat
    if key not in state.releases:
        raise Refused("nothing_released")
    return state.but(releases={other: kept for other, kept in state.releases.items() if other != key})


def reveal(state: State, move: Move, payload: Payload) -> State:
    """A private mark becomes visible to the table, because the one who placed it says so."""
    seat = state.seats[move.seat]
    mark = payloads.needed(payload, "mark")
    if f"reveal:{mark}" not in state.rights(seat.role) or seat.table is None:
        raise Refused("not_allowed")
    key = (seat.table, mark)
    if payloads.flag(payload, "on", True):
        return state.but(revealed=state.revealed | {key})
    return state.but(revealed=state.revealed - {key})


def sheet_view(state: State, seat: Seat) -> dict[str, Any] | None:
    """The sheet of its holder, for its holder's eyes only."""
    sheet = state.method.sheet
    if sheet is None or seat.role != sheet.role:
        return None
    filled = state.sheets.get(seat.id, {})
    released = state.releases.get(seat.id)
    return {
        "title": sheet.title,
        "lines": [_line_view(state, seat, line) for line in sheet.lines],
        "fields": [
            {
                "id": field.id,
                "label": field.label,
                "placeholder": field.placeholder,
                "help": field.help,
                "type": field.type,
                "max_length": field.max_length,
                "value": filled.get(field.id, ""),
            }
            for field in sheet.fields
        ],
        "released": released.sentence if released else None,
    }


def _line_view(state: State, seat: Seat, line: Line) -> dict[str, Any]:
    if line.mark is None:
        there = (card for card in state.cards_at(seat.table) if card.kind == line.kind)
        cards = [card for card in there if not card.hidden or card.author == seat.id]
        chosen = state.chosen.get(seat.table) if seat.table is not None else None
        if any(card.id == chosen for card in cards):
            cards = [card for card in cards if card.id == chosen]
        elif state.method.kinds[line.kind].shown_as == "action":  # none chosen: theirs, never a neighbour's
            cards = _latest([card for card in cards if card.author == seat.id])
        else:
            cards = _latest(cards)
    else:
        held = seat.marks.get(line.mark, frozenset())
        cards = [
            card
            for card in state.cards.values()
            if card.id in held and card.kind == line.kind and not card.removed and not card.hidden
        ]
    return {"id": line.id, "label": line.label, "items": [{"id": card.id, "text": card.text} for card in cards]}


def _latest(cards: list[Card]) -> list[Card]:
    return [max(cards, key=lambda card: card.number)] if cards else []


def _may_fill(state: State, seat: Seat, field: str) -> bool:
    return state.rule is not None and state.rule.allows(seat.role, "fill", field)

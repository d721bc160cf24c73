"""What an erased move still says: its kind and its seat. Names and texts are gone; counts and the stage stay."""

from dataclasses import replace

from facilitation import clock
from facilitation.activities.cards import take_away
from facilitation.people import sit
from facilitation.refusals import Refused
from facilitation.state import Answer, Ballot, Card, Move, Seat, State

ERASED_KIND = "erased"


def apply_erased(state: State, move: Move) -> State:
    """The state after a move that was accepted once and whose payload is gone."""
    move = replace(move, at=max(move.at, state.at))
    seat = state.seats.get(move.seat)
    if move.kind == "join":
        return state if seat else sit(state, Seat(move.seat, "", "", None), None, None)
    if move.kind == "add_person":
        return sit(state, Seat(f"p{move.number}", "", "", None, by="facilitator"), None, None)
    if move.kind == "leave" and seat:
        return state.with_seat(replace(seat, present=False))
    if move.kind == "write":
        return _written(state, move, seat)
    if move.kind in ("answer", "give") and seat is not None and seat.table is not None and state.step is not None:
        ballot = state.ballots.get(state.step, Ballot())  # that somebody answered stays; what, is gone
        known = ballot.put(seat.id, Answer(seat.table, {}, complete=False))
        return state.but(ballots={**state.ballots, state.step: known})
    if move.kind == "remove":
        return _removed(state)
    return _moved(state, move)


def _moved(state: State, move: Move) -> State:
    handler = {
        "open": clock.open_,
        "advance": clock.advance,
        "skip": clock.skip,
        "back": clock.back,  # to which stage is gone too: the one before
        "pause": clock.pause,
        "resume": clock.resume,
        "close": clock.close,
        "reopen": clock.reopen,
    }.get(move.kind)
    if handler is None:
        return state
    try:
        return handler(state, move, {})
    except Refused:
        return state


def _written(state: State, move: Move, seat: Seat | None) -> State:
    if state.stage is None or state.step is None:
        return state
    table = seat.table if seat and seat.table is not None else state.tables[0].id
    kinds = state.method.kinds_of(state.stage or "")
    kind = kinds[0] if len(kinds) == 1 else ERASED_KIND
    author = seat.id if seat else move.seat
    return state.with_card(
        Card(f"c{move.number}", move.number, state.stage, kind, table, author, "", erased=True, step=state.step)
    )


def _removed(state: State) -> State:
    """Which card is gone: one erased card less, so that the count stays."""
    cards = [card for card in state.cards.values() if card.erased and not card.removed]
    return take_away(state, cards[-1]) if cards else state

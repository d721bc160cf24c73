"""Tables as a whole: the one looked at, the one that runs itself, two that become one."""

from dataclasses import replace

from facilitation import groups, payloads
from facilitation.activities import answers, deal
from facilitation.payloads import Payload
from facilitation.people import give, is_free
from facilitation.refusals import Refused
from facilitation.state import Move, State


def look_at(state: State, move: Move, payload: Payload) -> State:
    seat = state.seats[move.seat]
    if seat.table is not None:
        raise Refused("not_allowed")
    return state.with_seat(replace(seat, looking_at=_table(state, payload, "table")))


def own_clock(state: State, move: Move, payload: Payload) -> State:
    """A table runs itself from where it is, or comes back to the clock of all."""
    table = _table(state, payload, "table")
    if payloads.flag(payload, "on", True):
        if table in state.clocks:
            return state
        return state.but(clocks={**state.clocks, table: state.clock})
    if table not in state.clocks:
        return state
    state = state.but(clocks={other: clock for other, clock in state.clocks.items() if other != table})
    return deal.deal_all(groups.form(state)) if state.step else state


def merge_tables(state: State, move: Move, payload: Payload) -> State:
    """The people of a table go to another, because half the room is missing; with `cards`, what they wrote too.

    Without, the table they join goes on with its own subject. A role already held there is not taken from anybody.
    """
    table, into = _table(state, payload, "table"), _table(state, payload, "into")
    if table == into:
        raise Refused("unknown_table")
    state = answers.follow(state, table, into)
    state = state.but(
        merged={**{left: into if to == table else to for left, to in state.merged.items()}, table: into},
        clocks={other: clock for other, clock in state.clocks.items() if other != table},
    )
    for seat in list(state.at_table(table)):
        role = seat.role if is_free(state, seat.id, seat.role, into) else state.method.default_role
        state = give(state, replace(seat, table=into), role)
    for seat in [seat for seat in state.seats.values() if seat.looking_at == table]:
        state = state.with_seat(replace(seat, looking_at=into))
    return _bring_cards(state, table, into) if payloads.flag(payload, "cards", False) else state


def _bring_cards(state: State, table: int, into: int) -> State:
    for card in [state.cards[id_] for id_ in state.by_table.get(table, ())]:
        state = state.with_card(replace(card, table=into))
    chosen = {other: card for other, card in state.chosen.items() if other != table}
    if table in state.chosen:
        chosen.setdefault(into, state.chosen[table])
    revealed = {(into if of == table else of, mark) for of, mark in state.revealed}
    return state.but(chosen=chosen, revealed=frozenset(revealed))


def _table(state: State, payload: Payload, key: str) -> int:
    table = payloads.whole(payload, key)
    if table is None or not state.has_table(table) or table in state.merged:
        raise Refused("unknown_table")
    return table

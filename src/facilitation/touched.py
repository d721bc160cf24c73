"""Whose own view may differ between two states: the others' need not be made again to be sent again.

A thousand people hold a screen and one writes: nine hundred and ninety-nine own views are what they were. States share
what a move did not change, so what differs is found by looking at which objects are the same. Where it is not known,
everybody is touched: what is made for nothing costs time, what is not made would leave a screen wrong.
"""

from collections.abc import Iterable, Mapping
from dataclasses import dataclass
from typing import Any

from facilitation.state import Ballot, Card, State

# In no own view: times and numbers; and the indexes of seats and cards, which change with what they index.
UNSEEN = frozenset(
    {"number", "at", "opened_at", "ends_at", "remaining", "total", "quiet_until", "spared", "hands", "seated",
     "by_table", "by_author"}
)  # fmt: skip
OF_A_TABLE = frozenset({"clocks", "chosen"})  # mappings by table
KNOWN = frozenset({"seats", "held", "cards", "sheets", "ballots", "revealed"}) | OF_A_TABLE


@dataclass(frozen=True, slots=True)
class Touched:
    """Asked for each of thousands of streams: all that is to be known was found once, when it was made."""

    everybody: bool = False
    seats: frozenset[str] = frozenset()

    def spares(self, seat: str) -> bool:
        """Whether this seat's own view, and its audience, are what they were."""
        return not self.everybody and seat not in self.seats


def touched(before: State, after: State) -> Touched:
    """Who may see something else of their own after some moves, any number of them."""
    was, now = before.__dict__, after.__dict__
    changed = {name for name, value in now.items() if value is not was[name] and name not in UNSEEN}
    changed = {name for name in changed if name in KNOWN or was[name] != now[name]}
    if changed - KNOWN or after.here is not None:
        return Touched(everybody=True)
    seats: set[str] = set()
    tables: set[int] = set()
    if "seats" in changed:
        seats.update(after.seats.differing(before.seats))
    if "held" in changed:  # a role that few may hold was taken, or is free again
        few = {role.id for role in after.method.roles.values() if role.max is not None}
        tables.update(table for table, role in _differing(before.held, after.held) if role in few)
    if "revealed" in changed:
        tables.update(table for table, _mark in before.revealed ^ after.revealed)
    if "sheets" in changed:
        seats.update(_differing(before.sheets, after.sheets))
    for name in OF_A_TABLE & changed:
        tables.update(_differing(was[name], now[name]))
    for step in _differing(before.ballots, after.ballots):
        answers = after.ballots.get(step, Ballot()).answers
        seats.update(answers.differing(before.ballots.get(step, Ballot()).answers))
    if "cards" in changed:
        cards = list(after.cards.differing(before.cards))
        seats |= _readers(after, cards)
        found = [card for id_ in cards for state in (before, after) if (card := state.cards.get(id_))]
        seats.update(card.author for card in found)
        tables.update(_answered(after, found))
    for seat in after.seats.values():  # who sits nowhere looks at any table
        if seat.table is None or seat.table in tables:
            seats.add(seat.id)
    return Touched(seats=frozenset(seats))


def _differing(before: Mapping[Any, Any], after: Mapping[Any, Any]) -> Iterable[Any]:
    return [key for key in before.keys() | after.keys() if before.get(key) is not after.get(key)]


def _readers(state: State, cards: list[str]) -> set[str]:
    """Whose sheet is filled with what others write: they are few."""
    sheet = state.method.sheet
    if sheet is None or not cards:
        return set()
    tables = [table for table, role in state.held if role == sheet.role]
    return {seat.id for table in tables for seat in state.at_table(table) if seat.role == sheet.role}


def _answered(state: State, cards: Iterable[Card]) -> set[int]:
    """The tables of cards that others' forms offer to answer."""
    parents = {parent for kind in state.method.kinds.values() for parent in kind.parents}
    return {card.table for card in cards if card.kind in parents}

"""The activity `deal`: a secret a seat, drawn by the session's seed; in no view but its own seat's, until shown."""

import hashlib
from collections import Counter
from collections.abc import Sequence
from typing import Any

from facilitation.activities.ballots import Counted, how_many, is_shown, rule_of, seen
from facilitation.register import Register
from facilitation.state import Seat, State
from facilitation.words import later, speak

DEALT = Counted(
    later("Personne n’a encore reçu sa carte"),
    later("{number} personne a reçu sa carte"),
    later("{number} personnes ont reçu leur carte"),
)
PEOPLE = Counted(later("Personne"), later("{number} personne"), later("{number} personnes"))


def shuffled(items: Sequence[str], seed: str) -> list[str]:
    """An order that depends on the seed alone: two replays of a log deal the same."""
    return sorted(items, key=lambda item: hashlib.sha256(f"{seed}/{item}".encode()).digest())


def deal_all(state: State) -> State:
    """At the beginning of a step that deals: to those who are there."""
    rule, step = state.rule, state.step
    if rule is None or step is None or rule.activity != "deal":
        return state
    state = state.but(dealt={step: Register[str, str](), **state.dealt})
    for table in state.led:
        present = [seat.id for seat in state.at_table(table.id) if seat.present]
        held = _held(state, step, table.id)
        for id_ in shuffled(present, f"{state.seed}/{step}"):
            state = _deal(state, step, state.seats[id_], held)
    return state


def deal_to(state: State, seat: Seat) -> State:
    """Somebody who comes, or takes a role, after secrets were dealt gets one too."""
    if seat.table is None or not seat.present:
        return state
    visited = state.through(seat.table).visited
    for step in state.dealt:
        if step in visited and seat.id not in state.dealt[step]:
            state = _deal(state, step, seat, _held(state, step, seat.table))
    return state


def _held(state: State, step: str, table: int) -> Counter[str]:
    """How many people of a table have each card: counted once, for a room of a thousand too."""
    dealt = state.dealt[step]
    return Counter(dealt[other.id] for other in state.at_table(table) if other.present and other.id in dealt)


def _deal(state: State, step: str, seat: Seat, held: Counter[str]) -> State:
    rule = rule_of(state, step)
    dealt = state.dealt[step]
    if seat.id in dealt or not rule.asks(seat.role):
        return state
    deck = state.method.decks[rule.deck or ""]
    order = shuffled([card.id for card in deck.cards], f"{state.seed}/{step}")[: deck.draw]
    if rule.deal == "same":
        tables = [table.id for table in state.tables]
        card = order[tables.index(seat.table or 0) % len(order)]
    elif rule.deal == "one":
        card = order[len(dealt) % len(order)]
    else:
        card = min(order, key=lambda id_: held[id_])
    held[card] += 1
    return state.but(dealt={**state.dealt, step: dealt.put(seat.id, card)})


def shared_view(state: State, step: str, tables: frozenset[int] | None) -> dict[str, Any]:
    """How many secrets; once revealed, which ones and how many people had each. Never who."""
    rule = rule_of(state, step)
    deck = state.method.decks[rule.deck or ""]
    dealt = state.dealt.get(step, Register[str, str]())
    where = [table.id for table in state.open_tables] if tables is None else list(tables)
    seats = [seat for table in where for seat in state.at_table(table)]
    held = Counter(dealt[seat.id] for seat in seats if seat.id in dealt)
    asked = sum(seat.id in dealt or (seat.present and rule.asks(seat.role)) for seat in seats)
    shown = is_shown(state, step, next(iter(tables)) if tables else None)
    if shown and tables is None:
        there = seen(state, step, None)
        held = Counter(dealt[seat.id] for seat in seats if seat.id in dealt and (not there or seat.table in there))
    return {
        "step": step,
        "title": deck.title,
        "dealt": held.total(),
        "asked": asked,
        "words": how_many(held.total(), asked, DEALT),
        "revealed": shown,
        "cards": [
            {
                "id": card.id,
                "title": card.title,
                "text": card.text,
                "people": held[card.id],
                "words": how_many(held[card.id], 0, PEOPLE),
            }
            for card in deck.cards
            if shown and held[card.id]
        ],
    }


def own_view(state: State, seat: Seat) -> dict[str, Any] | None:
    """The last secret this seat was dealt, for as long as the session lasts."""
    if not state.dealt:
        return None
    mine = [step.id for step in state.method.steps if seat.id in state.dealt.get(step.id, ())]
    if not mine:
        return None
    step = mine[-1]
    deck = state.method.decks[rule_of(state, step).deck or ""]
    card = deck.card(state.dealt[step][seat.id])
    return {
        "step": step,
        "title": deck.title,
        "card": {"title": card.title if card else "", "text": card.text if card else ""},
        "label": speak("Votre consigne secrète"),
        "help": speak("Gardez le doigt appuyé pour la lire. Ne la montrez à personne."),
    }

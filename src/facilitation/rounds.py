"""Rounds: which one is on, of how many, and the card of the deck it is about."""

from typing import Any

from facilitation import payloads
from facilitation.activities.deal import shuffled
from facilitation.definition import Deck, DeckCard
from facilitation.payloads import Payload
from facilitation.refusals import Refused
from facilitation.state import Move, State
from facilitation.words import speak


def order(state: State, stage: str) -> tuple[str, ...]:
    """The cards of a deck in the order they are played: the file's, or drawn when only some are."""
    deck = _deck(state, stage)
    if stage in state.picked:
        return state.picked[stage]
    cards = [card.id for card in deck.cards]
    return tuple(cards if deck.draw is None else shuffled(cards, f"{state.seed}/{stage}"))


def pick(state: State, move: Move, payload: Payload) -> State:
    """Another card for this round; the one it replaces may come later."""
    stage, number = _deck_round(state)
    cards = list(order(state, stage))
    card = payloads.needed(payload, "card")
    if card not in cards[number - 1 :]:
        raise Refused("unknown_card")
    there = cards.index(card)
    cards[number - 1], cards[there] = cards[there], cards[number - 1]
    return state.but(picked={**state.picked, stage: tuple(cards)})


def _deck_round(state: State) -> tuple[str, int]:
    """The stage that declares the deck being gone through, and the round; the innermost of several."""
    step = state.at_step
    for stage, number in reversed(step.rounds if step else ()):
        if state.method.stages[stage].for_each is not None:
            return stage, number
    raise Refused("no_deck")


def _deck(state: State, stage: str) -> Deck:
    each = state.method.stages[stage].for_each
    assert each is not None
    assert each.deck is not None
    return state.method.decks[each.deck]


def subject(state: State, step: str | None) -> DeckCard | None:
    """The card of the deck that a step is about."""
    known = state.method.step(step) if step else None
    for stage, number in reversed(known.rounds if known else ()):
        if state.method.stages[stage].for_each is not None:
            return _deck(state, stage).card(order(state, stage)[number - 1])
    return None


def title(state: State, step: str) -> str:
    """« Premier vote, situation 2 », in few words."""
    known = state.method.step(step)
    stage = state.method.stages[known.stage].title
    if not known.rounds:
        return stage
    return f"{stage} · {_words(state, *known.rounds[-1])}"


def _words(state: State, stage: str, number: int) -> str:
    rule = state.method.stages[stage]
    if rule.for_each is not None:
        deck = _deck(state, stage)
        return speak("carte {number} sur {total}", number=number, total=deck.draw or len(deck.cards))
    return speak("tour {number} sur {total}", number=number, total=rule.repeat.times if rule.repeat else number)


def round_view(state: State) -> dict[str, Any] | None:
    step = state.at_step
    if step is None or not step.rounds:
        return None
    stage, number = step.rounds[-1]
    rule = state.method.stages[stage]
    deck = _deck(state, stage) if rule.for_each else None
    total = (deck.draw or len(deck.cards)) if deck else (rule.repeat.times if rule.repeat else 1)
    words = ", ".join(_words(state, *each) for each in step.rounds)
    return {"number": number, "total": total, "words": words[:1].upper() + words[1:]}


def deck_view(state: State) -> list[dict[str, Any]]:
    """The deck being gone through, for who leads: what was played, what may be picked."""
    try:
        stage, number = _deck_round(state)
    except Refused:
        return []
    deck = _deck(state, stage)
    found = []
    for position, id_ in enumerate(order(state, stage), 1):
        card = deck.card(id_)
        if card is not None:
            line = {"card": id_, "title": card.title, "text": card.text}
            found.append({**line, "played": position < number, "now": position == number})
    return found

"""The cards a method is played with on paper: those of its decks, and blank ones of each kind somebody writes."""

import math
from typing import Any

from django.utils.translation import gettext as _

from facilitation import Method
from facilitation.definition import Kind
from maillage.lib.typography import join_words
from maillage.methods.words import numbers_of

CARDS_A_PAGE = 8
MOST_DEALT = 40  # people: beyond that the pages are copied rather than printed
FEW_CARDS = 4  # of what one person a table writes


def decks_used(method: Method) -> list[str]:
    """The decks that a stage plays; another is not printed."""
    played = [stage.deck or (stage.for_each.deck if stage.for_each else None) for stage in method.stages.values()]
    return [deck for deck in method.decks if deck in played]


def people_dealt_to(method: Method) -> int:
    """How many people cards are printed for, when each receives one."""
    return min(method.table_size or method.people_max or method.people_min or CARDS_A_PAGE, MOST_DEALT)


def copies_of(method: Method, deck: str) -> int:
    """How many of each card, so that everybody receives one; 0 when the deck is not dealt to each person."""
    if not any(stage.deck == deck and stage.deal != "same" for stage in method.stages.values()):
        return 0
    return math.ceil(people_dealt_to(method) / len(method.decks[deck].cards))


def deck_cards(method: Method) -> list[dict[str, Any]]:
    """Whole decks one after the other: dealt in that order, the cards are spread as evenly as can be."""
    return [
        {"kind": "deck", "title": card.title, "text": card.text, "foot": deck.title}
        for deck in (method.decks[id_] for id_ in decks_used(method))
        for _copy in range(copies_of(method, deck.id) or 1)
        for card in deck.cards
    ]


def blank_cards(method: Method) -> list[dict[str, Any]]:
    """Cards to write on, in the order of the stages, under the word of their kind."""
    cards: list[dict[str, Any]] = []
    for kind in method.kinds.values():
        places = [place for place, id_ in enumerate(method.stages) if kind.id in method.kinds_of(id_)]
        if not places:
            continue
        card = {
            "kind": "blank",
            "title": kind.title,
            "text": kind.label if kind.label != kind.title else "",
            "answers": bool(kind.parents),
            "foot": _stages_words(method, kind),
        }
        cards += [{**card, "first": places[0]}] * _how_many(method, kind)
    cards.sort(key=lambda card: card["first"])
    return cards


def _stages_words(method: Method, kind: Kind) -> str:
    """« Étapes 2 et 3 », as everywhere else; what is optional has no number, and is named where nothing else is."""
    numbers = numbers_of(method)
    stages = [id_ for id_ in method.stages if kind.id in method.kinds_of(id_)]
    found = [numbers[id_] for id_ in stages if numbers[id_]]
    if not found:
        titles = join_words([f"« {method.stages[id_].title} »" for id_ in stages])
        return _("Étape facultative : {titles}").format(titles=titles)
    return (_("Étapes {numbers}") if len(found) > 1 else _("Étape {numbers}")).format(numbers=join_words(found))


def _how_many(method: Method, kind: Kind) -> int:
    """A page of them, fewer when only one or two people of a table write them."""
    writers = [
        role
        for role in method.roles.values()
        if any(stage.allows(role.id, "write", kind.id) for stage in method.stages.values())
    ]
    limits = [role.max if role.table else 1 for role in writers]
    if None in limits:
        return CARDS_A_PAGE
    people = sum(limit for limit in limits if limit)
    return min(people if kind.single else people * FEW_CARDS, CARDS_A_PAGE)

"""What this package refuses, in French: each refusal names who, the field and the bound."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from seating.words import speak


class SeatingError(Exception):
    """Base of the refusals of this package; `sentence` is French, for the organiser."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class InvalidProblem(SeatingError):
    """The problem contradicts itself or names what does not exist.

    Attributes
    ----------
    field : str
        Dotted name of the faulty field, e.g. ``"Person.wishes"``.
    who : str
        Identifier of the person, workshop or slot concerned, or ``""``.
    way_out : str
        What to do about it, in French, or ``""`` where the sentence says it.
    """

    def __init__(self, sentence: str, *, field: str, who: str = "", way_out: str = "") -> None:
        super().__init__(sentence)
        self.field = field
        self.who = who
        self.way_out = way_out


def want_text(value: object, *, whose: str, called: str, field: str, who: str = "") -> None:
    if not isinstance(value, str):
        raise InvalidProblem(f"{whose} : {called} devrait être un texte, pas {_shown(value)}.", field=field, who=who)


def want_texts(values: object, *, whose: str, called: str, field: str, who: str = "") -> None:
    """A collection of texts: a lone text would be read letter by letter."""
    if isinstance(values, str | bytes) or not isinstance(values, Iterable):
        sentence = f"{whose} : {called} devrait être une liste de textes, pas {_shown(values)}."
        raise InvalidProblem(sentence, field=field, who=who)
    for value in values:
        want_text(value, whose=whose, called=called, field=field, who=who)


def want_mapping(value: object, *, whose: str, called: str, field: str, who: str = "") -> None:
    if not isinstance(value, Mapping):
        sentence = f"{whose} : {called} devrait être donné par créneau, pas {_shown(value)}."
        raise InvalidProblem(sentence, field=field, who=who)


def want_whole(value: object, *, whose: str, called: str, field: str, who: str = "") -> None:
    if isinstance(value, bool) or not isinstance(value, int):
        sentence = f"{whose} : {called} devrait être un nombre entier, pas {_shown(value)}."
        raise InvalidProblem(sentence, field=field, who=who)


def refuse_doubles(identifiers: Iterable[str], what: str, where: str) -> None:
    seen: set[str] = set()
    for identifier in identifiers:
        if identifier in seen:
            sentence = speak(
                "L’identifiant « {identifier} » sert deux fois ({what}).", identifier=identifier, what=what
            )
            raise InvalidProblem(sentence, field=where, who=identifier)
        seen.add(identifier)


def _shown(value: object) -> str:
    return "vide" if value is None else f"« {value} »"

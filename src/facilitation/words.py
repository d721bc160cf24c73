"""The sentences of the engine: written in French, said in the language of whoever reads.

The engine knows no catalogue. Who shows its views gives it a way to find one (`listen`); without it, or when it finds
none, the sentence is the French one. Each is looked up whole, with its places, then filled: `speak("Groupe {number}",
number=2)`. The texts of a method go the same way (`spoken.py`).
"""

from collections.abc import Callable
from typing import Protocol


class Catalogue(Protocol):
    def one(self, sentence: str) -> str: ...

    def many(self, one: str, many: str, number: int) -> str: ...


def _nothing() -> Catalogue | None:
    return None


_find: Callable[[], Catalogue | None] = _nothing


def listen(find: Callable[[], Catalogue | None]) -> None:
    """Once, when a process begins: `find` gives the catalogue of the moment, None for French."""
    global _find
    _find = find


def speak(sentence: str, /, **values: object) -> str:
    catalogue = _find()
    if catalogue is not None:
        sentence = catalogue.one(sentence)
    return sentence.format_map(values) if values else sentence


def speak_of(number: int, one: str, many: str, /, **values: object) -> str:
    """Of a number of things: « {number} personne », « {number} personnes », as the language counts."""
    catalogue = _find()
    sentence = (many if number > 1 else one) if catalogue is None else catalogue.many(one, many, number)
    return sentence.format_map({"number": number, **values})


def later(sentence: str) -> str:
    """A sentence that is said later, by `speak`: where the catalogues find it."""
    return sentence

"""The sentences of the plan: written in French, said in the language of whoever reads. As facilitation/words.py: the
two packages are strangers.

Each remembers how it was said (`Sentence.told`: the French sentence and its values): whoever keeps that beside the
words has them said again, later, to somebody who reads another language.
"""

from collections.abc import Callable, Mapping
from typing import Any, Protocol

Told = dict[str, Any]  # JSON-able


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


class Sentence(str):
    """Words, and how they were said."""

    told: Told


def _sentence(words: str, told: Told) -> Sentence:
    made = Sentence(words)
    made.told = told
    return made


def speak(sentence: str, /, **values: object) -> Sentence:
    catalogue = _find()
    said = sentence if catalogue is None else catalogue.one(sentence)
    return _sentence(said.format_map(values) if values else said, {"say": sentence, "with": _kept(values)})


def speak_of(number: int, one: str, many: str, /, **values: object) -> Sentence:
    """Of a number of things: « {number} personne », « {number} personnes », as the language counts."""
    catalogue = _find()
    said = (many if number > 1 else one) if catalogue is None else catalogue.many(one, many, number)
    told = {"say": one, "many": many, "number": number, "with": _kept(values)}
    return _sentence(said.format_map({"number": number, **values}), told)


def together(by: str, *parts: str) -> Sentence:
    """Several, one after the other."""
    return _sentence(by.join(parts), {"all": [_value(part) for part in parts], "by": by})


def say_again(told: Any, *, turn: Callable[[str], str] = str) -> Any:
    """In the language that is spoken now. `turn` changes each French sentence first: to whom it is said."""
    if not isinstance(told, Mapping):
        return told  # a value
    if "all" in told:
        return together(told["by"], *(say_again(part, turn=turn) for part in told["all"]))
    values = {name: say_again(value, turn=turn) for name, value in told["with"].items()}
    if "many" in told:
        return speak_of(told["number"], turn(told["say"]), turn(told["many"]), **values)
    return speak(turn(told["say"]), **values)


def _kept(values: Mapping[str, object]) -> Told:
    return {name: _value(value) for name, value in values.items()}


def _value(value: object) -> Any:
    if isinstance(value, Sentence):
        return value.told
    return value if isinstance(value, str | int | float) else str(value)


def later(sentence: str) -> str:
    """A sentence that is said later, by `speak`: where the catalogues find it."""
    return sentence


def later_of(one: str, many: str) -> tuple[str, str]:
    """The same, for `speak_of`."""
    return one, many

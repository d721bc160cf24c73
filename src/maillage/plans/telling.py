"""What a plan says is stored in French, with how it was said beside: so that another language can say it too.

What is stored is never changed by this: French reads the words themselves, and so does everybody where nothing says how
they were made (rows of an older release), or says it of other words (rows that a room server changed).
"""

from collections.abc import Callable, Iterable
from typing import Any

from maillage.lib.languages import FRENCH, catalogue, spoken
from seating import Sentence, say_again


def how(sentence: str) -> dict[str, Any]:
    return sentence.told if isinstance(sentence, Sentence) else {}


def how_each(sentences: Iterable[str]) -> dict[str, dict[str, Any]]:
    return {str(each): told for each in sentences if (told := how(each))}


def anew(sentence: str) -> str:
    """As the language that is spoken now says it: what is kept is French, whoever asked for the plan."""
    return say_again(sentence.told) if isinstance(sentence, Sentence) else sentence


def say_stored(words: str, told: Any, *, turn: Callable[[str], str] = str) -> str:
    if catalogue() is None or not told or not words:
        return turn(words)
    try:
        with spoken(FRENCH):
            same = _are_same(words, str(say_again(told)))
        return str(say_again(told, turn=turn)) if same else turn(words)
    except (KeyError, IndexError, TypeError, ValueError, AttributeError):  # a row that somebody else wrote
        return turn(words)


def _are_same(words: str, said: str) -> bool:
    """What is stored may have been cut."""
    return words == said or ("…" in words and said.startswith(words.partition("…")[0]))

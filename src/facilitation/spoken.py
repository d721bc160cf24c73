"""A method as it reads in another language: a text that no catalogue holds stays as its author wrote it."""

from collections.abc import Callable, Mapping
from dataclasses import fields, is_dataclass, replace
from typing import Any, TypeVar

from facilitation.definition import DeckCard, Method

T = TypeVar("T")

# What somebody reads, by the name of the field; the others are names of the file, or rules.
TEXTS = frozenset({
    "title", "rule", "take", "label", "label_on", "placeholder", "help", "submit", "empty", "decline", "hint",
    "hint_words", "reveal", "text", "summary", "question", "low", "high", "rules", "say", "watch", "avoid",
})  # fmt: skip
CODES = frozenset({("Stage", "reveal")})  # a word of the language of methods, of the same name


def spoken_method(method: Method, say: Callable[[str], str]) -> Method:
    """The same method, each of its texts as `say` says it."""
    return _spoken(method, say)


def _spoken(value: T, say: Callable[[str], str]) -> T:
    changed: dict[str, Any] = {}
    for field in fields(value):  # type: ignore[arg-type]  # every part of a method is a dataclass
        if not field.init or field.name == "source":
            continue
        held = getattr(value, field.name)
        is_text = field.name in TEXTS and (type(value).__name__, field.name) not in CODES
        after = _text(held, say) if is_text else _part(held, say)
        if after is not held:
            changed[field.name] = after
    return replace(value, **changed) if changed else value  # type: ignore[type-var]


def _text(held: Any, say: Callable[[str], str]) -> Any:
    if isinstance(held, str):
        return say(held) if held else held
    if isinstance(held, tuple):
        return tuple(say(one) for one in held)
    return {key: say(one) for key, one in held.items()}  # the rules, by role


def _part(held: Any, say: Callable[[str], str]) -> Any:
    if is_dataclass(held) and not isinstance(held, type):
        return _spoken(held, say)
    if isinstance(held, DeckCard):
        return held._replace(title=say(held.title) if held.title else "", text=say(held.text))
    if isinstance(held, tuple) and held and not isinstance(held[0], str | int | float):
        return tuple(_part(one, say) for one in held)
    if isinstance(held, Mapping):
        return {key: _part(one, say) for key, one in held.items()}
    return held

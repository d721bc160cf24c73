"""The languages of the pages: which there are, which is spoken now, and saying something in another.

French is what everything is written in, what files, letters and commands speak, and what is spoken where nobody chose.
A choice is explicit and kept by the device (docs/decisions/0024-languages.md).
"""

from collections.abc import Callable, Iterator, Mapping
from contextlib import contextmanager
from contextvars import ContextVar
from functools import wraps
from typing import ParamSpec, TypeVar

from django.utils import translation
from django.utils.translation.trans_real import parse_accept_lang_header

P = ParamSpec("P")
T = TypeVar("T")

FRENCH = "fr"
SIMPLE = "fr-simple"  # French in short sentences: those it has (ui/locale/fr_Simple), the usual ones elsewhere
NAMES = {  # each as those who speak it call it
    FRENCH: "Français",
    SIMPLE: "Français simple",
    "en": "English",
    "de": "Deutsch",
    "ar": "العربية",
    "tr": "Türkçe",
}
WHOLE = frozenset({FRENCH, "en", "de"})  # every page; the others, the pages of a participant (ui/participant.py)
FROM_THE_RIGHT = frozenset({"ar"})
COOKIE = "langue"
KEPT = 365 * 24 * 3600  # seconds


class Catalogue:
    """Django's, as the pure engines ask for it: facilitation.words, seating.words."""

    def one(self, sentence: str) -> str:
        return translation.gettext(sentence) if sentence else ""

    def many(self, one: str, many: str, number: int) -> str:
        return translation.ngettext(one, many, number)


_spoken: ContextVar[str] = ContextVar("language", default=FRENCH)
_tongue: ContextVar[str] = ContextVar("tongue", default=FRENCH)
_catalogue: ContextVar[Catalogue | None] = ContextVar("catalogue", default=None)
_one = Catalogue()

current: Callable[[], str] = _spoken.get  # a tenth of what translation.get_language costs, where it is asked a lot
tongue: Callable[[], str] = _tongue.get  # the same without its variant: how numbers, dates and type are set
catalogue: Callable[[], Catalogue | None] = _catalogue.get  # None for French: nothing is looked up


def said(text: str) -> str:
    """A text that we ship and that people may change. It is said in another language while it is as we wrote it: where
    a catalogue holds it, letter for letter. In French, and where none does, it is as it is stored."""
    found = catalogue()
    return found.one(text) if found is not None else text


@contextmanager
def spoken(language: str) -> Iterator[None]:
    """All that is said inside is said in this language. Nothing may be awaited there."""
    if language == current():
        yield
        return
    spoken_before = _spoken.set(language)
    tongue_before = _tongue.set(tongue_of(language))
    catalogue_before = _catalogue.set(None if language == FRENCH else _one)
    try:
        with translation.override(language):
            yield
    finally:
        _spoken.reset(spoken_before)
        _tongue.reset(tongue_before)
        _catalogue.reset(catalogue_before)


def switch(language: str) -> None:
    """For the rest of what `spoken` began: its end undoes this too."""
    _spoken.set(language)
    _tongue.set(tongue_of(language))
    _catalogue.set(None if language == FRENCH else _one)
    translation.activate(language)


def in_language(language: str) -> Callable[[Callable[P, T]], Callable[P, T]]:
    """Work that another thread does for somebody: it says what it says in their language."""

    def speaking(work: Callable[P, T]) -> Callable[P, T]:
        @wraps(work)
        def done(*arguments: P.args, **named: P.kwargs) -> T:
            with spoken(language):
                return work(*arguments, **named)

        return done

    return speaking


def in_french(work: Callable[P, T]) -> Callable[P, T]:
    """What is kept, sent or printed is in French, whatever the page of who asks for it speaks."""

    @wraps(work)
    def done(*arguments: P.args, **named: P.kwargs) -> T:
        if current() == FRENCH:
            return work(*arguments, **named)
        with spoken(FRENCH):
            return work(*arguments, **named)

    return done


def chosen(cookies: Mapping[str, str]) -> str:
    """What this device chose; French if it chose nothing, or something of ours that is no more."""
    asked = cookies.get(COOKIE, FRENCH)
    return asked if asked in NAMES else FRENCH


def offered(accepted: str, now: str) -> str:
    """Of an Accept-Language header, the first of our languages that is not the one spoken; "" when there is none.

    Who reads French comes first in it, or reads no other of ours: nothing is offered over their own language.
    """
    for language, _weight in parse_accept_lang_header(accepted.lower()):
        base = language.partition("-")[0]
        if base in NAMES:
            return "" if base == now else base
    return ""


def tongue_of(language: str) -> str:
    """Of « fr-simple », « fr »: what `lang` says, and what a voice reads with."""
    return language.partition("-")[0]


def direction(language: str) -> str:
    return "rtl" if language in FROM_THE_RIGHT else "ltr"

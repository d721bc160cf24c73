"""French typography for generated text: spaces that do not break, real apostrophes, guillemets, dashes.

Other languages have their own, which whoever translates writes: nothing of theirs is touched.
"""

import re
from collections.abc import Sequence
from typing import Literal

from maillage.lib.languages import FRENCH, tongue

NARROW = "\u202f"  # before ; ! ? and », after «
NO_BREAK = "\u00a0"  # before :

# Stand-ins for what must not be touched; a text that already holds one of them is protected too.
_WORD = "\ue000"  # an address, a closing tag, an entity: something a space may follow
_OPENING = "\ue001"  # an opening tag: what follows begins there

_ADDRESS = r"(?:(?:https?|ftp|file)://|(?:mailto|tel):|www\.)[^\s<>«»\"]*[^\s<>«»\".,;:!?…)\]']|[^\s<>«»\"@]+@[\w.-]+\w"
_RAW = r"<(?P<raw>script|style|code|pre|textarea|kbd|samp)\b[^>]*>.*?</(?P=raw)\s*>"
_PROTECTED = {
    "plain": re.compile(rf"(?P<word>[{_WORD}{_OPENING}]|{_ADDRESS})"),
    "html": re.compile(
        rf"(?P<word>[{_WORD}{_OPENING}]|<!--.*?-->|{_RAW}|</[^>]*>|{_ADDRESS}|&(?:#\d+|#x[0-9a-f]+|\w+);)"
        r"|(?P<opening><[a-z][^>]*>)",
        re.IGNORECASE | re.DOTALL,
    ),
}
# What the rules below could change: most names of places and people hold none of it.
_TOUCHED = re.compile(r"[\"'«»“!?;:%€&<]|\.{3}| --? ")
# Django escapes these two in text, where nothing needs it; a reader sees quotes and apostrophes all the same.
_ESCAPED_QUOTES = re.compile(r"&quot;|&#34;|&#x22;|&#0?39;|&#x27;|&apos;", re.IGNORECASE)

_SPACES = "[ \u00a0\u202f\u2009]"
_CLOSES = rf"(?=[\s»”)\]…,.!?;:\"{_WORD}{_OPENING}]|$)"
_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern), new)
    for pattern, new in (
        (r"\.{3,}", "…"),
        # Straight quotes in pairs, on one line; a lone one (a measure in inches) stays.
        (
            rf"(?<![^\s(\[’'«{_OPENING}{_WORD}])\"{_SPACES}*([^\s\"](?:[^\"\n]*[^\s\"])?){_SPACES}*\"(?![\w\"])",
            rf"«{NARROW}\1{NARROW}»",
        ),
        (rf"«{_SPACES}*(?=\S)", f"«{NARROW}"),
        (rf"(?<=[^\s«]){_SPACES}*»", f"{NARROW}»"),
        (r"(?<=[^\W\d_])'(?=\w)", "’"),
        (rf"(?i)(?<!\w)([cdjlmnst]|qu|jusqu|lorsqu|puisqu|quoiqu)'(?=[«“\"{_OPENING}{_WORD}])", r"\1’"),
        (r"(?<=[^\s–]) --? (?=[^\s-])", " – "),
        (rf"(?<=\d){_SPACES}(?=[%€])", NARROW),
        (rf"(?<=[^\s(\[«“!?;:{_OPENING}]){_SPACES}*([!?;][!?]*){_CLOSES}", rf"{NARROW}\1"),
        (rf"(?<=[^\s(\[«“!?;:{_OPENING}]){_SPACES}*:(?=[\s»]|$)", f"{NO_BREAK}:"),
    )
)


def typo(text: str, *, medium: Literal["html", "plain"] = "plain") -> str:
    """The same text with French typography. Applying it twice changes nothing more.

    `html`: tags, comments, entities and the contents of code, pre, script, style and textarea are left alone.
    `plain`: for a PDF, a mail, a terminal. Web and mail addresses, times (14:30) and ratios (3:1) are never touched.
    """
    if tongue() != FRENCH or not _TOUCHED.search(text):
        return text
    kept: list[str] = []

    def keep(match: re.Match[str]) -> str:
        if medium == "html" and _ESCAPED_QUOTES.fullmatch(match.group()):
            return "'" if "39" in match.group() or match.group().lower() in {"&#x27;", "&apos;"} else '"'
        kept.append(match.group())
        return _WORD if match.group("word") is not None else _OPENING

    text = _PROTECTED[medium].sub(keep, text)
    for pattern, new in _RULES:
        text = pattern.sub(new, text)
    originals = iter(kept)
    return re.sub(f"[{_WORD}{_OPENING}]", lambda _: next(originals), text)


UNITS = {  # of a duration: hours, minutes, seconds
    "ar": ("س", "د", "ث"),
    "tr": ("sa", "dk", "sn"),
}
AND = {FRENCH: "et", "en": "and", "de": "und", "ar": "و", "tr": "ve"}
COMMA = {"ar": "، "}
THOUSANDS = {FRENCH: NARROW, "en": ",", "de": ".", "ar": ",", "tr": "."}


def duration_words(minutes: float) -> str:
    """« 45 s », « 6 min 30 s », « 1 h 05 », « 2 h »: nobody reads 0,75 minute in a room."""
    hour, minute, second = UNITS.get(tongue(), ("h", "min", "s"))
    seconds = round(minutes * 60)
    if seconds >= 3600:
        hours, left = divmod(seconds // 60, 60)
        return f"{hours}{NO_BREAK}{hour}{NO_BREAK}{left:02d}" if left else f"{hours}{NO_BREAK}{hour}"
    whole, rest = divmod(seconds, 60)
    parts = [f"{whole}{NO_BREAK}{minute}"] if whole or not rest else []
    return NO_BREAK.join([*parts, f"{rest}{NO_BREAK}{second}"] if rest else parts)


def join_words(words: Sequence[str], *, last: str = "") -> str:
    """« a, b et c »; `last`: another word than « et », in the language that is spoken."""
    if len(words) < 2:
        return "".join(words)
    return f"{COMMA.get(tongue(), ', ').join(words[:-1])} {last or AND[tongue()]} {words[-1]}"


def grouped(number: int) -> str:
    """« 20 000 »."""
    return f"{number:,}".replace(",", THOUSANDS[tongue()])


def count(number: int, singular: str, plural: str, *, zero: str) -> str:
    """« 1 personne », « 1 200 personnes »; `zero` is asked for, so that no page says « 0 personnes »."""
    if number == 0:
        return zero
    noun = singular if abs(number) < 2 else plural
    return grouped(number) + NO_BREAK + noun

"""Recognising a written name despite case, accents, typography and small differences.

`fold` makes comparable what a reader takes for the same words; `closest` looks a text up among candidates and says how
sure it is. Nothing is guessed in silence: what is not exact or folded is `near`, and two candidates alike are
`ambiguous`.
"""

import re
import unicodedata
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass
from difflib import SequenceMatcher
from typing import Generic, Literal, TypeVar, overload

T = TypeVar("T")

# Below this ratio (difflib, on folded texts) two names of workshops or categories are different more often than not:
# « Coop ou pas coop » and « Co-développement » are at 0.5, a name with two letters mistyped is above 0.85.
CUTOFF = 0.82
# Two candidates closer than this to each other cannot be told apart by a ratio.
_TIE = 0.03
# A text found whole inside one candidate, on word boundaries (« isolement social »): surely near, not the same.
_CONTAINED = 0.93
# Only the gender or the number differs (« Habitants » for « Habitant·e »).
_SAME_ROOT = 0.97
_SHORTEST_PART = 5  # letters: « coop » or « pot » alone say too little

_LIGATURES = str.maketrans({"œ": "oe", "æ": "ae", "ß": "ss"})
_APOSTROPHES = "'’‘ʼ´`′"
_POINTS = "·•‧∙⋅・.(\\[/"
_SUFFIXES = "ennes?|iennes?|trices?|rices?|euses?|esses?|ives?|ves?|eres?|elles?|les?|nes?|tes?|ses?|ees?|es?"
# « technicien·ne·s », « technicien.ne », « technicien(ne)s »; a dash only before suffixes no place name ends with
# (Noisy-le-Sec is no inclusive form).
_INCLUSIVE = re.compile(
    rf"(?<![\w@.])([a-z]{{2,}})(?:[{_POINTS}]({_SUFFIXES})|-(rices?|trices?|euses?|nes?|ves?|es?))"
    rf"(?:[)\]])?(?:[{_POINTS}-]?(s)\b)?[)\]]?(?![\w@])"
)
_BOTH = re.compile(r"\b([a-z]{3,})\s*(?:/|\bou\b|\bet\b)\s*([a-z]{4,})\b")


def _feminine(root: str, suffix: str) -> str:
    """« acteur » + « rice » -> « actrice »: the form that all spellings of a feminine share."""
    endings = {
        "rice": ("eur", 3),
        "trice": ("teur", 4),
        "euse": ("eur", 3),
        "ve": ("f", 1),
        "ive": ("if", 2),
        "ere": ("er", 2),
        "se": ("x", 1),
    }
    ending, cut = endings.get(suffix, ("", 0))
    if ending and root.endswith(ending):
        return root[:-cut] + suffix
    overlap = next((n for n in range(len(suffix) - 1, 1, -1) if root.endswith(suffix[:n])), 0)
    return root + suffix[overlap:]


def _written_once(match: re.Match[str]) -> str:
    root, suffix = match[1], match[2] or match[3]
    plural = "s" if match[4] or (suffix.endswith("s") and len(suffix) > 1) else ""
    return _feminine(root, suffix.rstrip("s") or suffix) + plural


def _second_of_two(match: re.Match[str]) -> str:
    """« acteur/actrice », « habitant ou habitante » are one word written twice; other pairs stay."""
    first, second = match[1], match[2]
    shared = len(_common_prefix(first, second))
    feminine = second.rstrip("s").endswith("e") and shared >= 3 and len(first) - shared <= 4
    return second if feminine and _root(first) == _root(second) else match[0]


def _common_prefix(a: str, b: str) -> str:
    length = next((i for i, (x, y) in enumerate(zip(a, b, strict=False)) if x != y), min(len(a), len(b)))
    return a[:length]


def fold(text: str) -> str:
    """The text without case, accents, apostrophes, dashes, punctuation, odd spaces; œ is oe.

    « Technicien·ne », « Technicien.ne », « Technicien(ne) » and « Technicienne » fold alike, to the feminine. The
    masculine alone does not: Lucien is not Lucienne.
    """
    text = text.casefold().replace("&", " et ")
    if not text.isascii():
        text = unicodedata.normalize("NFKD", text.translate(_LIGATURES).replace("№", "no"))
        text = "".join(c for c in text if not unicodedata.combining(c))
        text = re.sub(r"[\u2010-\u2015\u2212]", "-", text)
    text = _INCLUSIVE.sub(_written_once, text)
    text = _BOTH.sub(_second_of_two, text)
    return " ".join(re.sub(rf"[\W_{_APOSTROPHES}]+", " ", text).split())


def _root(word: str) -> str:
    """A folded word without gender nor number, to compare only: « actrices » and « acteur » are « acteu »."""
    word = word.rstrip("sx") or word if len(word) > 3 else word
    for ending, masculine in (("trice", "teur"), ("euse", "eur"), ("ienne", "ien"), ("ive", "if"), ("elle", "el")):
        if word.endswith(ending) and len(word) > len(ending) + 1:
            return word[: -len(ending)] + masculine
    return word[:-1] if word.endswith("e") and len(word) > 3 else word


def roots(text: str) -> list[str]:
    """Its words as a search compares them: « Contrats signés » and « contrat signe » are alike."""
    return [_root(word) for word in fold(text).split()]


@dataclass(frozen=True)
class Match(Generic[T]):
    """What was recognised. `value` is None when `level` is "ambiguous": the choice is a person's, from `among`."""

    level: Literal["exact", "folded", "near", "ambiguous"]
    key: str
    value: T | None
    score: float
    among: tuple[str, ...] = ()

    @property
    def certain(self) -> bool:
        return self.level in ("exact", "folded")


@overload
def closest(text: str, candidates: Mapping[str, T], *, cutoff: float = CUTOFF) -> Match[T] | None: ...
@overload
def closest(text: str, candidates: Sequence[str], *, cutoff: float = CUTOFF) -> Match[str] | None: ...
def closest(
    text: str, candidates: Mapping[str, T] | Sequence[str], *, cutoff: float = CUTOFF
) -> Match[T] | Match[str] | None:
    """The candidate that `text` names, how surely, or None under `cutoff` (0 to 1).

    exact: the same characters. folded: the same once folded, spaces apart (« codeveloppement »). near: alike, with
    its score. ambiguous: several are as good, all in `among`. Several names of one value are no ambiguity.
    """
    if isinstance(candidates, Mapping):
        return _closest(text, candidates, candidates.__getitem__, cutoff)
    return _closest(text, candidates, str, cutoff)


def _closest(text: str, keys: Iterable[str], value: Callable[[str], T], cutoff: float) -> Match[T] | None:
    names = list(keys)
    if text in names:
        return Match("exact", text, value(text), 1.0)
    wanted = fold(text)
    if not wanted:
        return None
    compact = wanted.replace(" ", "")
    folded = [name for name in names if fold(name).replace(" ", "") == compact]
    if folded:
        return _one_or_ambiguous("folded", folded, value, 1.0)
    scores = {name: _likeness(wanted, fold(name), cutoff - _TIE) for name in names}
    best = max(scores.values(), default=0.0)
    if best < cutoff:
        return None
    near = sorted((name for name in names if scores[name] >= best - _TIE), key=lambda name: -scores[name])
    return _one_or_ambiguous("near", near, value, best)


def _one_or_ambiguous(
    level: Literal["folded", "near"], names: Sequence[str], value: Callable[[str], T], score: float
) -> Match[T]:
    first = value(names[0])
    if all(value(name) == first for name in names[1:]):
        return Match(level, names[0], first, score)
    return Match("ambiguous", names[0], None, score, tuple(names))


def slips(one: str, other: str) -> int:
    """How many letters must be added, dropped or changed to go from one folded text to the other (Levenshtein)."""
    row = list(range(len(other) + 1))
    for i, letter in enumerate(one, start=1):
        left, row[0] = row[0], i
        for j, sign in enumerate(other, start=1):
            left, row[j] = row[j], min(row[j] + 1, row[j - 1] + 1, left + (letter != sign))
    return row[-1]


def _likeness(wanted: str, name: str, least: float) -> float:
    """How alike, 0 to 1. What cannot reach `least` may count for nothing: lengths alone say so, and a cell as long as a
    page costs no second for each name of a list."""
    if not name:
        return 0.0
    if [_root(word) for word in wanted.split()] == [_root(word) for word in name.split()]:
        return _SAME_ROOT
    ratio = max(_ratio(wanted, name, least), _ratio(wanted.replace(" ", ""), name.replace(" ", ""), least))
    short, long = sorted((wanted, name), key=len)
    letters = len(short.replace(" ", ""))
    whole_words = f" {short} " in f" {long} "
    begins = long.replace(" ", "").startswith(short.replace(" ", "")) and short == wanted  # « codev »
    if letters >= _SHORTEST_PART and (whole_words or begins):
        return max(ratio, _CONTAINED)
    return ratio


def _ratio(one: str, other: str, least: float) -> float:
    most = 2 * min(len(one), len(other)) / max(1, len(one) + len(other))
    return SequenceMatcher(None, one, other, autojunk=False).ratio() if most >= least else 0.0

"""Reading values that somebody typed: each reading gives a value of the right type and says what was wrong."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from facilitation.definition import Problem
from facilitation.toml_lines import Path, line_of
from facilitation.vocabulary import KEYS

_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*\Z")
# Signs no screen shows, that hide or turn round what stands beside them; PostgreSQL and PDF refuse some of them.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
LONGEST_ID = 40
QUOTED = 60  # characters of a word of the file, where a sentence names it
MOST_PROBLEMS = 50  # of one file: beyond, it is another kind of file, and its author begins with these
MOST_NAMES = 100  # of one section; more stages, roles or kinds of cards than anybody leads
MOST_ROWS = 500  # of an array of tables
MOST_TEXTS = 100  # of a list


class TooManyProblems(Exception):
    """What was found is enough: reading stops here."""


class Reader:
    """Collects the problems of one file."""

    def __init__(self, file: str, lines: dict[Path, int]) -> None:
        self.file = file
        self.lines = lines
        self.problems: list[Problem] = []

    def say(self, path: Path, sentence: str) -> None:
        key = ".".join(quoted(part) for part in path)
        problem = Problem(self.file, line_of(self.lines, path), key, _printable(sentence))
        if problem not in self.problems:
            self.problems.append(problem)
        if len(self.problems) >= MOST_PROBLEMS:
            raise TooManyProblems

    def stop(self, path: Path, sentence: str) -> NoReturn:
        """Too much of something: nothing more is read."""
        self.say(path, sentence)
        raise TooManyProblems

    def table(self, path: Path, value: Any) -> dict[str, Any]:
        if isinstance(value, dict):
            return value
        self.say(path, f"Il faut ici une section ou une table {{ clé = valeur }}, pas {_what(value)}.")
        return {}

    def section(self, path: Path, value: Any, section: str) -> dict[str, Any]:
        """A table whose keys are all known; an unknown one is told with the nearest right word."""
        table = self.table(path, value)
        for key in table:
            if key not in KEYS[section]:
                self.say((*path, key), f"La clé « {quoted(key)} » n’existe pas ici.{where_it_goes(key, KEYS[section])}")
        return table

    def named(self, path: Path, value: Any) -> Iterator[tuple[str, Any, Path]]:
        """The entries of a section whose names the method chooses."""
        table = self.table(path, value)
        if len(table) > MOST_NAMES:
            self.stop(path, f"Il y a ici {len(table)} noms : {MOST_NAMES} au plus.")
        for id_, entry in table.items():
            here = (*path, id_)
            if not _IDENTIFIER.match(id_) or len(id_) > LONGEST_ID:
                self.say(
                    here, f"« {id_[:LONGEST_ID]} » : un nom s’écrit en minuscules sans accent, par exemple premier_pas."
                )
            yield id_, entry, here

    def text(self, path: Path, value: Any, most: int = 300, *, needed: bool = False) -> str:
        if value is None and not needed:
            return ""
        if not isinstance(value, str):
            self.say(
                path, _missing(path) if value is None else f"Il faut un texte entre guillemets, pas {_what(value)}."
            )
            return ""
        if needed and not value.strip():
            self.say(path, "Ce texte est vide.")
        if len(value) > most:
            self.say(path, f"Ce texte a {len(value)} signes : {most} au plus.")
        self._check_signs(path, value)
        return value.strip()

    def texts(self, path: Path, value: Any) -> list[str]:
        if value is None:
            return []
        if isinstance(value, str) and value.strip() and '"' not in value:
            self.say(path, f'Il faut une liste, même pour un seul mot : ["{value.strip()[:60]}"].')
            return []
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.say(path, 'Il faut une liste de textes, par exemple ["un", "deux"].')
            return []
        if len(value) > MOST_TEXTS:
            self.stop(path, f"Cette liste a {len(value)} textes : {MOST_TEXTS} au plus.")
        for item in value:
            if len(item) > 400:
                self.say(path, f"Un texte de cette liste a {len(item)} signes : 400 au plus.")
            self._check_signs(path, item)
        return [item.strip() for item in value]

    def _check_signs(self, path: Path, text: str) -> None:
        unseen = _UNSEEN.search(text)
        if unseen:
            sign = f"U+{ord(unseen[0]):04X}"
            self.say(path, f"Ce texte contient un signe invisible ({sign}) : effacez-le, ou retapez le texte.")

    def names(self, path: Path, value: Any, known: Collection[str], what: str) -> list[str]:
        """A list of names that are declared elsewhere in the file."""
        return [name for name in self.texts(path, value) if self.one_of(path, name, known, what=what)]

    def identifier(self, path: Path, value: Any) -> str:
        text = self.text(path, value, LONGEST_ID, needed=True)
        if text and not _IDENTIFIER.match(text):
            wrong = quoted(text)
            self.say(path, f"« {wrong} » : un nom s’écrit en minuscules sans accent, par exemple un-deux-quatre.")
        return text

    def flag(self, path: Path, value: Any, default: bool) -> bool:
        if value is None:
            return default
        if not isinstance(value, bool):
            self.say(path, f"Il faut true ou false, sans guillemets, pas {_what(value)}.")
            return default
        return value

    def number(self, path: Path, value: Any, low: float, high: float, *, needed: bool = False) -> float | None:
        if value is None and not needed:
            return None
        if value is None:
            self.say(path, _missing(path))
        elif isinstance(value, bool) or not isinstance(value, int | float):
            self.say(path, f"Il faut un nombre, sans guillemets, pas {_what(value)}.")
        elif not low <= value <= high:  # NaN too
            self.say(path, f"Il faut un nombre entre {low:g} et {high:g}.")
        else:
            return value
        return None

    def whole(self, path: Path, value: Any, low: int, high: int, *, needed: bool = False) -> int | None:
        number = self.number(path, value, low, high, needed=needed)
        if isinstance(number, float):
            self.say(path, "Il faut un nombre entier.")
            return None
        return number

    def one_of(
        self, path: Path, value: Any, known: Collection[str], *, needed: bool = False, what: str = "valeur"
    ) -> str | None:
        if value is None and not needed:
            return None
        if not isinstance(value, str):
            self.text(path, value, needed=True)
            return None
        if value not in known:
            self.say(path, f"« {value[:60]} » : ce nom {_of(what)} n’est pas connu ici.{nearest_words(value, known)}")
            return None
        return value

    def tables(self, path: Path, value: Any) -> Sequence[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            self.say(path, f"Il faut une liste, pas {_what(value)}.")
            return []
        if len(value) > MOST_ROWS:
            self.stop(path, f"Il y a ici {len(value)} éléments : {MOST_ROWS} au plus.")
        return value

    def no_double(self, path: Path, names: Sequence[str]) -> None:
        for name in sorted(name for name, times in Counter(names).items() if name and times > 1):
            self.say(path, f"« {name} » est écrit deux fois.")


def where_it_goes(key: str, known: Collection[str]) -> str:
    """The end of a sentence: TOML gives a key written below a [section] to that section, whatever was meant."""
    if key in KEYS["method"] and key not in known:
        return f" « {key} » se met en haut du fichier, avant la première [section]."
    return nearest_words(key, known)


def nearest_words(word: str, known: Collection[str]) -> str:
    """The end of a sentence: the nearest right word, or the few that are possible."""
    known = [name for name in known if len(name) <= LONGEST_ID]
    near = get_close_matches(word[:QUOTED], known, n=1, cutoff=0.6)
    if near:
        return f" Vouliez-vous dire « {near[0]} » ?"
    if not known:
        return ""
    shown = known[:12]
    return " Possibles : " + ", ".join(shown) + ("…" if len(known) > len(shown) else ".")


def quoted(word: str) -> str:
    """A word of the file as a sentence names it: not without end."""
    return _printable(word if len(word) <= QUOTED else f"{word[:QUOTED]}…")


def _printable(text: str) -> str:
    """No sign of the file moves a terminal's cursor or turns the sentence round."""
    return "".join(sign if sign.isprintable() or sign in "\u00a0\u202f" else "\ufffd" for sign in text)


def _missing(path: Path) -> str:
    where = " Elle se met en haut du fichier, avant la première [section]." if len(path) == 1 else ""
    return f"La clé « {path[-1]} » manque.{where}"


def _of(word: str) -> str:
    return f"d’{word}" if word[0] in "aeéiouh" else f"de {word}"


def _what(value: Any) -> str:
    kinds = {
        bool: "vrai ou faux",
        int: "un nombre",
        float: "un nombre",
        str: "un texte",
        list: "une liste",
        dict: "une table",
    }
    return kinds.get(type(value), "une date")

"""Reading values that somebody typed: each reading gives a value of the right type and says what was wrong."""

import re
from collections import Counter
from collections.abc import Collection, Iterator, Sequence
from difflib import get_close_matches
from typing import Any, NoReturn

from facilitation.definition import Problem
from facilitation.toml_lines import Path, line_of
from facilitation.vocabulary import KEYS
from facilitation.words import later, speak

_IDENTIFIER = re.compile(r"[a-z][a-z0-9]*([_-][a-z0-9]+)*\Z")
# Signs no screen shows, that hide or turn round what stands beside them; PostgreSQL and PDF refuse some of them.
_UNSEEN = re.compile("[\x00-\x08\x0b-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069\ud800-\udfff\ufeff\ufffe\uffff]")
LONGEST_ID = 40
QUOTED = 60  # characters of a word of the file, where a sentence names it
MOST_PROBLEMS = 50  # of one file: beyond, it is another kind of file, and its author begins with these
MOST_NAMES = 100  # of one section; more stages, roles or kinds of cards than anybody leads
MOST_ROWS = 500  # of an array of tables
MOST_TEXTS = 100  # of a list
# What a name is one of, as « ce nom … n’est pas connu ici » says it.
OF = {
    "valeur": later("de valeur"),
    "activité": later("d’activité"),
    "composition": later("de composition"),
    "emploi": later("d’emploi"),
    "étape": later("d’étape"),
    "façon de choisir": later("de façon de choisir"),
    "façon de donner": later("de façon de donner"),
    "horloge": later("d’horloge"),
    "jeu de cartes": later("de jeu de cartes"),
    "marque": later("de marque"),
    "moment": later("de moment"),
    "réglage": later("de réglage"),
    "regard": later("de regard"),
    "rôle": later("de rôle"),
    "sorte de carte": later("de sorte de carte"),
    "type": later("de type"),
}


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
        self.say(path, speak("Il faut ici une section ou une table {{ clé = valeur }}, pas {what}.", what=_what(value)))
        return {}

    def section(self, path: Path, value: Any, section: str) -> dict[str, Any]:
        """A table whose keys are all known; an unknown one is told with the nearest right word."""
        table = self.table(path, value)
        for key in table:
            if key not in KEYS[section]:
                self.say(
                    (*path, key),
                    speak(
                        "La clé « {key} » n’existe pas ici.{near}",
                        key=quoted(key),
                        near=where_it_goes(key, KEYS[section]),
                    ),
                )
        return table

    def named(self, path: Path, value: Any) -> Iterator[tuple[str, Any, Path]]:
        """The entries of a section whose names the method chooses."""
        table = self.table(path, value)
        if len(table) > MOST_NAMES:
            self.stop(path, speak("Il y a ici {count} noms : {most} au plus.", count=len(table), most=MOST_NAMES))
        for id_, entry in table.items():
            here = (*path, id_)
            if not _IDENTIFIER.match(id_) or len(id_) > LONGEST_ID:
                self.say(
                    here,
                    speak(
                        "« {id} » : un nom s’écrit en minuscules sans accent, par exemple premier_pas.",
                        id=id_[:LONGEST_ID],
                    ),
                )
            yield id_, entry, here

    def text(self, path: Path, value: Any, most: int = 300, *, needed: bool = False) -> str:
        if value is None and not needed:
            return ""
        if not isinstance(value, str):
            self.say(
                path,
                _missing(path)
                if value is None
                else speak("Il faut un texte entre guillemets, pas {what}.", what=_what(value)),
            )
            return ""
        if needed and not value.strip():
            self.say(path, speak("Ce texte est vide."))
        if len(value) > most:
            self.say(path, speak("Ce texte a {count} signes : {most} au plus.", count=len(value), most=most))
        self._check_signs(path, value)
        return value.strip()

    def texts(self, path: Path, value: Any) -> list[str]:
        if value is None:
            return []
        if isinstance(value, str) and value.strip() and '"' not in value:
            self.say(path, speak('Il faut une liste, même pour un seul mot : ["{word}"].', word=value.strip()[:60]))
            return []
        if not isinstance(value, list) or not all(isinstance(item, str) and item.strip() for item in value):
            self.say(path, speak('Il faut une liste de textes, par exemple ["un", "deux"].'))
            return []
        if len(value) > MOST_TEXTS:
            self.stop(path, speak("Cette liste a {count} textes : {most} au plus.", count=len(value), most=MOST_TEXTS))
        for item in value:
            if len(item) > 400:
                self.say(path, speak("Un texte de cette liste a {count} signes : 400 au plus.", count=len(item)))
            self._check_signs(path, item)
        return [item.strip() for item in value]

    def _check_signs(self, path: Path, text: str) -> None:
        unseen = _UNSEEN.search(text)
        if unseen:
            sign = f"U+{ord(unseen[0]):04X}"
            self.say(
                path,
                speak("Ce texte contient un signe invisible ({sign}) : effacez-le, ou retapez le texte.", sign=sign),
            )

    def names(self, path: Path, value: Any, known: Collection[str], what: str) -> list[str]:
        """A list of names that are declared elsewhere in the file."""
        return [name for name in self.texts(path, value) if self.one_of(path, name, known, what=what)]

    def identifier(self, path: Path, value: Any) -> str:
        text = self.text(path, value, LONGEST_ID, needed=True)
        if text and not _IDENTIFIER.match(text):
            wrong = quoted(text)
            self.say(
                path,
                speak(
                    "« {wrong} » : un nom s’écrit en minuscules sans accent, par exemple un-deux-quatre.", wrong=wrong
                ),
            )
        return text

    def flag(self, path: Path, value: Any, default: bool) -> bool:
        if value is None:
            return default
        if not isinstance(value, bool):
            self.say(path, speak("Il faut true ou false, sans guillemets, pas {what}.", what=_what(value)))
            return default
        return value

    def number(self, path: Path, value: Any, low: float, high: float, *, needed: bool = False) -> float | None:
        if value is None and not needed:
            return None
        if value is None:
            self.say(path, _missing(path))
        elif isinstance(value, bool) or not isinstance(value, int | float):
            self.say(path, speak("Il faut un nombre, sans guillemets, pas {what}.", what=_what(value)))
        elif not low <= value <= high:  # NaN too
            self.say(path, speak("Il faut un nombre entre {low:g} et {high:g}.", low=low, high=high))
        else:
            return value
        return None

    def whole(self, path: Path, value: Any, low: int, high: int, *, needed: bool = False) -> int | None:
        number = self.number(path, value, low, high, needed=needed)
        if isinstance(number, float):
            self.say(path, speak("Il faut un nombre entier."))
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
            self.say(
                path,
                speak(
                    "« {value} » : ce nom {of} n’est pas connu ici.{near}",
                    value=value[:60],
                    of=speak(OF[what]),
                    near=nearest_words(value, known),
                ),
            )
            return None
        return value

    def tables(self, path: Path, value: Any) -> Sequence[Any]:
        if value is None:
            return []
        if not isinstance(value, list):
            self.say(path, speak("Il faut une liste, pas {what}.", what=_what(value)))
            return []
        if len(value) > MOST_ROWS:
            self.stop(path, speak("Il y a ici {count} éléments : {most} au plus.", count=len(value), most=MOST_ROWS))
        return value

    def no_double(self, path: Path, names: Sequence[str]) -> None:
        for name in sorted(name for name, times in Counter(names).items() if name and times > 1):
            self.say(path, speak("« {name} » est écrit deux fois.", name=name))


def where_it_goes(key: str, known: Collection[str]) -> str:
    """The end of a sentence: TOML gives a key written below a [section] to that section, whatever was meant."""
    if key in KEYS["method"] and key not in known:
        return speak(" « {key} » se met en haut du fichier, avant la première [section].", key=key)
    return nearest_words(key, known)


def nearest_words(word: str, known: Collection[str]) -> str:
    """The end of a sentence: the nearest right word, or the few that are possible."""
    known = [name for name in known if len(name) <= LONGEST_ID]
    near = get_close_matches(word[:QUOTED], known, n=1, cutoff=0.6)
    if near:
        return speak(" Vouliez-vous dire « {word} » ?", word=near[0])
    if not known:
        return ""
    shown = known[:12]
    return speak(" Possibles : {words}", words=", ".join(shown)) + ("…" if len(known) > len(shown) else ".")


def quoted(word: str) -> str:
    """A word of the file as a sentence names it: not without end."""
    return _printable(word if len(word) <= QUOTED else f"{word[:QUOTED]}…")


def _printable(text: str) -> str:
    """No sign of the file moves a terminal's cursor or turns the sentence round."""
    return "".join(sign if sign.isprintable() or sign in "\u00a0\u202f" else "\ufffd" for sign in text)


def _missing(path: Path) -> str:
    where = speak(" Elle se met en haut du fichier, avant la première [section].") if len(path) == 1 else ""
    return speak("La clé « {key} » manque.{where}", key=path[-1], where=where)


def _what(value: Any) -> str:
    kinds = {
        bool: later("vrai ou faux"),
        int: later("un nombre"),
        float: later("un nombre"),
        str: later("un texte"),
        list: later("une liste"),
        dict: later("une table"),
    }
    return speak(kinds.get(type(value), later("une date")))

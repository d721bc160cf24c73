"""Reading a TOML file somebody wrote: every problem is a sentence with file, key and what was expected.

`FileReader` walks the tables; it never raises on what a person can write. What nobody asked for is kept in `ignored`,
so that an import can say what it did not take over.
"""

import datetime
import tomllib
import unicodedata
from collections.abc import Sequence
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.lib.typography import join_words

MAX_BYTES = 1_000_000  # a year of meetings is 10 kB; beyond this it is another kind of file
MAX_PROBLEMS = 30  # a person repairs the first ones and tries again


@dataclass(frozen=True)
class Problem:
    filename: str
    key: str
    sentence: str

    def __str__(self) -> str:
        place = f"{self.filename}, {self.key}" if self.key else self.filename
        return f"{place}\N{NO-BREAK SPACE}: {self.sentence}"


class FileRefused(Exception):
    """Nothing of the file was taken. `problems` in the order of the file."""

    def __init__(self, problems: Sequence[Problem]) -> None:
        self.problems = tuple(problems)
        shown = [str(problem) for problem in self.problems[:MAX_PROBLEMS]]
        if len(self.problems) > MAX_PROBLEMS:
            more = len(self.problems) - MAX_PROBLEMS
            shown.append(ngettext("… et %d autre.", "… et %d autres.", more) % more)
        self.sentence = "\n".join(shown)
        super().__init__(self.sentence)


@dataclass
class FileReader:
    filename: str
    problems: list[Problem] = field(default_factory=list)
    ignored: list[str] = field(default_factory=list)

    def say(self, key: str, sentence: str) -> None:
        self.problems.append(Problem(self.filename, key, sentence))

    def refuse_if_wrong(self) -> None:
        if self.problems:
            raise FileRefused(self.problems)

    def parse(self, source: bytes) -> "Table":
        """The whole file as a table; FileRefused when it is not readable TOML."""
        if len(source) > MAX_BYTES:
            self.say("", _("le fichier fait plus de 1 Mo ; ce n’est pas un fichier de rencontres."))
        self.refuse_if_wrong()
        try:
            return Table(self, "", tomllib.loads(source.decode("utf-8-sig")))
        except UnicodeDecodeError as error:
            line = source.count(b"\n", 0, error.start) + 1
            self.say("", _("ligne %(line)d : on attend un texte en UTF-8.") % {"line": line})
        except (ValueError, RecursionError) as error:  # tomllib: bad syntax, a number too long, tables too deep
            self.say("", _("ce n’est pas du TOML lisible (%(where)s).") % {"where": _where(error)})
        raise FileRefused(self.problems)


def _where(error: Exception) -> str:
    """« ligne 3, colonne 7 » from tomllib's English « … (at line 3, column 7) »."""
    _message, found, position = str(error).rpartition("(at ")
    if not found:
        return _("un nombre ou une table hors de mesure")
    if position.startswith("end of document"):
        return _("le fichier s’arrête trop tôt")
    return position.rstrip(")").replace("line", _("ligne")).replace("column", _("colonne"))


class Table:
    """One table of the file. Each method takes a key over; `ignore_rest` says what was left."""

    def __init__(self, reader: FileReader, path: str, values: dict[str, Any]) -> None:
        self.reader = reader
        self.path = path
        self.values = values
        self.left = dict.fromkeys(values)  # ordered

    def key(self, name: str) -> str:
        return f"{self.path}.{name}" if self.path else name

    def say(self, name: str, sentence: str) -> None:
        self.reader.say(self.key(name), sentence)

    def _take(self, name: str) -> Any:
        self.left.pop(name, None)
        return self.values.get(name)

    def ignore_rest(self) -> None:
        self.reader.ignored.extend(self.key(name) for name in self.left)
        self.left = {}

    def text(self, name: str, *, most: int, required: bool = False) -> str:
        value = self._take(name)
        if value is None:
            if required:
                self.say(name, _("il manque ; on attend un texte."))
            return ""
        return self._clean(name, value, most=most, required=required)

    def _clean(self, name: str, value: object, *, most: int, required: bool = False) -> str:
        if not isinstance(value, str):
            self.say(name, _("on attend un texte entre guillemets, lu %(found)s.") % {"found": _shown(value)})
            return ""
        if any(unicodedata.category(character) == "Cc" and character not in "\n\t" for character in value):
            self.say(name, _("le texte contient un caractère de contrôle."))
            return ""
        value = " ".join(value.split())
        if required and not value:
            self.say(name, _("on attend un texte, il est vide."))
        if len(value) > most:
            self.say(
                name,
                _("on attend au plus %(most)d caractères, lu %(length)d.") % {"most": most, "length": len(value)},
            )
            return ""
        return value

    def texts(self, name: str, *, most: int) -> tuple[str, ...]:
        """A list of texts; one alone may stand without brackets. Empty ones are dropped."""
        value = self._take(name)
        if value is None:
            return ()
        items = value if isinstance(value, list) else [value]
        cleaned = [self._clean(f"{name}[{i}]", item, most=most) for i, item in enumerate(items, start=1)]
        return tuple(text for text in cleaned if text)

    def choice(self, name: str, among: Sequence[str], *, default: str | None = None) -> str:
        value = self._take(name)
        if value is None and default is not None:
            return default
        if isinstance(value, str) and value in among:
            return value
        words = {"among": join_words(list(among), last=_("ou")), "found": _shown(value)}
        self.say(name, _("on attend %(among)s, lu %(found)s.") % words)
        return default or among[0]

    def date(self, name: str) -> datetime.date | None:
        value = self._take(name)
        if value is None:
            return None
        if isinstance(value, datetime.date) and not isinstance(value, datetime.datetime):
            return value
        if isinstance(value, str):
            try:
                return datetime.date.fromisoformat(value.strip())
            except ValueError:
                pass
        self.say(name, _("on attend une date comme 2025-10-02, lu %(found)s.") % {"found": _shown(value)})
        return None

    def time(self, name: str) -> datetime.time | None:
        value = self._take(name)
        if value is None:
            return None
        if isinstance(value, datetime.time):
            return value
        if isinstance(value, str):
            try:
                return datetime.time.fromisoformat(value.strip().replace("h", ":").removesuffix(":"))
            except ValueError:
                pass
        self.say(name, _("on attend une heure comme 09:30:00, lu %(found)s.") % {"found": _shown(value)})
        return None

    def number(self, name: str, *, least: int, most: int) -> int | None:
        value = self._take(name)
        if value is None:
            return None
        if isinstance(value, int) and not isinstance(value, bool) and least <= value <= most:
            return value
        words = {"least": least, "most": most, "found": _shown(value)}
        self.say(name, _("on attend un nombre entier de %(least)d à %(most)d, lu %(found)s.") % words)
        return None

    def yes_or_no(self, name: str) -> bool | None:
        value = self._take(name)
        if value is None or isinstance(value, bool):
            return value
        self.say(name, _("on attend true ou false, lu %(found)s.") % {"found": _shown(value)})
        return None

    def table(self, name: str) -> "Table | None":
        value = self._take(name)
        if value is None:
            return None
        if isinstance(value, dict):
            return Table(self.reader, self.key(name), value)
        self.say(name, _("on attend une table [%(key)s].") % {"key": self.key(name)})
        return None

    def tables(self, name: str) -> list["Table"]:
        value = self._take(name)
        if value is None:
            return []
        if isinstance(value, list) and all(isinstance(item, dict) for item in value):
            return [Table(self.reader, f"{self.key(name)}[{i}]", item) for i, item in enumerate(value, start=1)]
        self.say(name, _("on attend des tables [[%(key)s]].") % {"key": self.key(name)})
        return []

    def texts_or_tables(self, name: str, *, most: int) -> list["str | Table"]:
        """Speakers are names, or tables with a function and an organisation."""
        value = self._take(name)
        if value is None:
            return []
        if not isinstance(value, list):
            value = [value]
        items: list[str | Table] = []
        for i, item in enumerate(value, start=1):
            if isinstance(item, dict):
                items.append(Table(self.reader, self.key(f"{name}[{i}]"), item))
            elif text := self._clean(f"{name}[{i}]", item, most=most):
                items.append(text)
        return items

    def names(self) -> list[str]:
        return list(self.values)


def _shown(value: object) -> str:
    if value is None:
        return _("rien")
    text = str(value)
    return f"«\u202f{text if len(text) <= 40 else text[:39] + '…'}\u202f»"

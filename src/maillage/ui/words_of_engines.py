"""The sentences that gettext does not find by itself; `python -m maillage.ui.words_of_engines` is in `make messages`.

Those of the pure engines (`speak`, `speak_of`, `later`, the « more » of a refusal), the texts of the shipped methods
and questionnaires, the sigles of the glossary, and the words that `{% count %}` counts in templates. They come out as
a template of catalogue, with their files.
"""

import ast
import csv
import re
import sys
import tomllib
from collections.abc import Iterator
from pathlib import Path
from typing import Any

from maillage.ui.po import Entry, read, written

SOURCE = Path(__file__).resolve().parent.parent.parent
ENGINES = ("facilitation", "seating", "maillage/plans")  # plans speaks with seating's words
SAID = {"speak": (0,), "later": (0,), "Refused": (1,)}  # where their sentence is, among their arguments
COUNTED = {"speak_of": (1, 2), "later_of": (0, 1)}
TABLES = {"REFUSALS"}  # dictionaries whose values are sentences
# The keys of a method whose values are read by people; the others are names and rules.
TEXTS = {
    "title", "rule", "take", "label", "label_on", "placeholder", "help", "submit", "empty", "decline", "hint",
    "hint_words", "text", "summary", "question", "low", "high", "say", "watch", "avoid", "options",
}  # fmt: skip
LEADING = {"say", "watch", "avoid", "summary", "facilitator", "presets"}  # a participant never reads these
COUNT = re.compile(r'{%\s*count\s+\S+\s+"([^"]+)"\s+"([^"]+)"\s+"([^"]*)"\s*%}')


def engine_entries() -> Iterator[Entry]:
    for package in ENGINES:
        for path in sorted((SOURCE / package).rglob("*.py")):
            place = path.relative_to(SOURCE).as_posix()
            for node in ast.walk(ast.parse(path.read_text(encoding="utf-8"))):
                yield from (Entry(one, many, places=[place]) for one, many in _said_by(node))


def _said_by(node: ast.AST) -> Iterator[tuple[str, str]]:
    if isinstance(node, ast.Call):
        name = node.func.id if isinstance(node.func, ast.Name) else getattr(node.func, "attr", "")
        for place in SAID.get(name, ()):
            for text in _texts(node.args[place] if len(node.args) > place else None):
                yield text, ""
        if name in COUNTED:
            one, many = (list(_texts(node.args[place])) for place in COUNTED[name])
            if one and many:
                yield one[0], many[0]
    elif isinstance(node, ast.AnnAssign | ast.Assign):
        targets = [node.target] if isinstance(node, ast.AnnAssign) else node.targets
        if any(isinstance(target, ast.Name) and target.id in TABLES for target in targets):
            yield from ((text, "") for value in getattr(node.value, "values", ()) for text in _texts(value))


def _texts(node: ast.AST | None) -> Iterator[str]:
    """A sentence, or the two of « one if … else other »."""
    if isinstance(node, ast.Constant) and isinstance(node.value, str) and node.value:
        yield node.value
    elif isinstance(node, ast.IfExp):
        yield from _texts(node.body)
        yield from _texts(node.orelse)


def method_entries() -> Iterator[Entry]:
    for path in sorted((SOURCE / "facilitation" / "library").glob("*.toml")):
        place = path.relative_to(SOURCE).as_posix()
        for text, led in _method_texts(tomllib.loads(path.read_text(encoding="utf-8"))):
            yield Entry(text, places=[f"{place}#lead" if led else place])


def _method_texts(value: Any, key: str = "", *, led: bool = False, told: bool = False) -> Iterator[tuple[str, bool]]:
    led = led or key in LEADING
    if isinstance(value, dict):
        for name, inner in value.items():
            # roles, rules and options of a poll are told by names that the method chooses
            yield from _method_texts(inner, name, led=led, told=told or key in ("rule", "options", "roles"))
    elif isinstance(value, list):
        for inner in value:
            yield from _method_texts(inner, key, led=led, told=told)
    elif (
        isinstance(value, str)
        and (key in TEXTS or told or (key == "reveal" and " " in value))
        and re.search(r"[^\W\d_]{2}", value)
    ):
        yield value.strip(), led


def questionnaire_entries() -> Iterator[Entry]:
    """What whoever answers reads; the summary is for who chooses one."""
    for path in sorted((SOURCE / "maillage" / "questionnaires" / "library").glob("*.toml")):
        place = path.relative_to(SOURCE).as_posix()
        whole = tomllib.loads(path.read_text(encoding="utf-8"))
        yield Entry(whole["summary"], places=[f"{place}#lead"])
        for part in (whole, *whole["questions"]):
            texts = [part.get(name, "") for name in ("title", "welcome", "part", "label", "help", "low", "high")]
            options = part.get("options", [])  # a name says a list of the gathering
            texts += options if isinstance(options, list) else []
            yield from (Entry(text, places=[place]) for text in texts if text)


def glossary_entries() -> Iterator[Entry]:
    path = SOURCE / "maillage" / "atlas" / "data" / "glossaire.csv"
    with path.open(encoding="utf-8", newline="") as file:
        for row in csv.DictReader(file):
            yield from (Entry(row[name], places=[path.relative_to(SOURCE).as_posix()]) for name in ("sens", "phrase"))


def aliased_entries() -> Iterator[Entry]:
    """Pages that call gettext by a name of their own, `_now` beside a lazy `_`."""
    for path in sorted((SOURCE / "maillage").rglob("*.py")):
        tree = ast.parse(path.read_text(encoding="utf-8"))
        names = {
            alias.asname: alias.name
            for node in tree.body
            if isinstance(node, ast.ImportFrom) and node.module == "django.utils.translation"
            for alias in node.names
            if alias.asname and alias.asname != "_"
        }
        place = path.relative_to(SOURCE).as_posix()
        for node in ast.walk(tree) if names else ():
            if not (isinstance(node, ast.Call) and isinstance(node.func, ast.Name) and node.func.id in names):
                continue
            texts = [list(_texts(argument)) for argument in node.args[:2]]
            if names[node.func.id].startswith("ngettext"):
                if all(texts):
                    yield Entry(texts[0][0], texts[1][0], places=[place])
            else:
                yield from (Entry(text, places=[place]) for text in (texts[0] if texts else ()))


def count_entries() -> Iterator[Entry]:
    for path in sorted((SOURCE / "maillage").rglob("*.html")):
        place = path.relative_to(SOURCE).as_posix()
        for one, many, zero in COUNT.findall(path.read_text(encoding="utf-8")):
            yield Entry(one, many, places=[place])
            if zero:
                yield Entry(zero, places=[place])


def together(pages: str) -> str:
    """With what gettext found in the pages: a sentence that is counted somewhere is one with its plural."""
    found: dict[tuple[str, str], Entry] = {}
    paged = [entry for entry in read(pages) if entry.one]
    for entry in paged:
        entry.places = [f"maillage/{place}" for place in entry.places]
    elsewhere = (
        engine_entries,
        method_entries,
        questionnaire_entries,
        glossary_entries,
        aliased_entries,
        count_entries,
    )
    for entry in (*paged, *(entry for entries in elsewhere for entry in entries())):
        known = found.setdefault((entry.context, entry.one), entry)
        known.many = known.many or entry.many
        known.places = [*dict.fromkeys([*known.places, *entry.places])]
        known.flags |= entry.flags
    return written(found.values())


if __name__ == "__main__":
    extracted, template = (Path(name) for name in sys.argv[1:])
    template.write_text(together(extracted.read_text(encoding="utf-8")), encoding="utf-8")

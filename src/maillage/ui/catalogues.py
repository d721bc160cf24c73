"""What the catalogues lack: `python -m maillage.ui.catalogues`, a step of `make lint`. Nothing but Python is needed.

English and German say every sentence, Arabic and Turkish those of participants; French is made of the sentences
themselves, and tells which there are. Places (« %(name)s », « {name} ») and tags are the same as in French.

`gather`, a step of `make messages`, writes the catalogue of one language anew from what was extracted: a sentence keeps
its translation while it stays as it was; a new one has none until somebody writes it.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from maillage.lib.languages import FRENCH, NAMES, WHOLE
from maillage.ui import po
from maillage.ui.participant import is_theirs

LOCALE = Path(__file__).resolve().parent / "locale"
HEADERS = {  # of each, how it counts
    "en": "nplurals=2; plural=(n != 1);",
    "de": "nplurals=2; plural=(n != 1);",
    "tr": "nplurals=2; plural=(n > 1);",
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 && n%100<=99 ? 4 : 5;",
}
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd%]|{[\w.!:]*}|</?[a-z][^>]*>")
SHOWN = 20  # faults of a language that are named


def path_of(language: str) -> Path:
    return LOCALE / language / "LC_MESSAGES" / "django.po"


def sentences(language: str) -> dict[tuple[str, str], po.Entry]:
    entries = po.read(path_of(language).read_text(encoding="utf-8"))
    return {(entry.context, entry.one): entry for entry in entries if entry.one}


def faults(language: str, asked: dict[tuple[str, str], po.Entry]) -> Iterator[str]:
    known = sentences(language)
    for key, entry in asked.items():
        found = known.get(key)
        if found is None:
            if language in WHOLE:
                yield f"absente du catalogue : {_short(entry.one)}"
            continue
        forms = _forms(language) if entry.many else 1
        if "fuzzy" in found.flags or len(found.said) != forms or not all(said.strip() for said in found.said):
            yield f"à traduire : {_short(entry.one)}"
            continue
        for said in found.said:
            if not _has_same_places(entry, said):
                yield f"repères ou balises différents : {_short(entry.one)} → {_short(said)}"


def _forms(language: str) -> int:
    return int(HEADERS[language][len("nplurals=")])


def _has_same_places(entry: po.Entry, said: str) -> bool:
    """One of the two French forms holds what it holds; a form of a single thing may leave the number out."""
    here = Counter(PLACES.findall(said))
    sources = [Counter(PLACES.findall(text)) for text in (entry.one, entry.many) if text]
    if here in sources:
        return True
    return bool(entry.many) and here < sources[-1] and sum((sources[-1] - here).values()) == 1


def _short(text: str) -> str:
    return f"« {text if len(text) <= 70 else text[:69] + '…'} »".replace("\n", "⏎")


def gather(language: str, template: Path) -> None:
    """The catalogue of one language, with what it said already."""
    path = path_of(language)
    known = sentences(language) if path.exists() else {}
    header = (
        f'msgid ""\nmsgstr ""\n"Project-Id-Version: maillage\\n"\n"Language: {language}\\n"\n"MIME-Version: 1.0\\n"\n'
    )
    header += '"Content-Type: text/plain; charset=UTF-8\\n"\n"Content-Transfer-Encoding: 8bit\\n"\n'
    blocks = [header + f'"Plural-Forms: {HEADERS[language]}\\n"\n']
    for entry in po.read(template.read_text(encoding="utf-8")):
        if entry.one and (language in WHOLE or is_theirs(entry.places)):
            found = known.get((entry.context, entry.one))
            same = found is not None and bool(found.many) == bool(entry.many)
            blocks.append(_block(entry, found.said if found is not None and same else [], _forms(language)))
    path.parent.mkdir(parents=True, exist_ok=True)
    path.write_text("\n".join(blocks), encoding="utf-8")


def _block(entry: po.Entry, said: list[str], forms: int) -> str:
    flags = sorted(flag for flag in entry.flags if flag != "fuzzy")
    lines = [f"#, {', '.join(flags)}"] if flags else []
    lines += [f"msgctxt {po.quoted(entry.context)}"] if entry.context else []
    lines.append(f"msgid {po.quoted(entry.one)}")
    if not entry.many:
        lines.append(f"msgstr {po.quoted(said[0] if said else '')}")
        return "\n".join(lines) + "\n"
    lines.append(f"msgid_plural {po.quoted(entry.many)}")
    said = said if len(said) == forms else [""] * forms
    lines += [f"msgstr[{number}] {po.quoted(text)}" for number, text in enumerate(said)]
    return "\n".join(lines) + "\n"


def main(arguments: list[str]) -> int:
    if arguments[:1] == ["gather"]:
        for language in NAMES:
            if language != FRENCH:
                gather(language, Path(arguments[1]))
        return 0
    asked = sentences(FRENCH)
    wrong = 0
    for language, name in NAMES.items():
        if language == FRENCH:
            continue
        theirs = asked if language in WHOLE else {key: asked[key] for key in sentences(language) if key in asked}
        found = list(faults(language, theirs))
        wrong += len(found)
        sys.stdout.write(f"{name} : {len(theirs)} phrases, {len(found) or 'aucune'} à reprendre.\n")
        for fault in found[:SHOWN]:
            sys.stdout.write(f"  {fault}\n")
    return 1 if wrong else 0


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

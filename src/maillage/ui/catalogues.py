"""What the catalogues lack: `python -m maillage.ui.catalogues`, a step of `make lint`. Nothing but Python is needed.

English and German say every sentence, Arabic and Turkish those of participants; French is made of the sentences
themselves, and tells which there are. « Français simple » is written by hand: some of a participant's sentences, said
again in short ones; whatever it leaves out is said as usual. Places (« %(name)s », « {name} ») and tags are the same as
in French.

`gather`, a step of `make messages`, writes the catalogue of one language anew from what was extracted: a sentence keeps
its translation while it stays as it was; a new one has none until somebody writes it.
"""

import re
import sys
from collections import Counter
from collections.abc import Iterator
from pathlib import Path

from maillage.lib.languages import FRENCH, NAMES, SIMPLE, WHOLE
from maillage.ui import po
from maillage.ui.participant import is_theirs

LOCALE = Path(__file__).resolve().parent / "locale"
TRANSLATED = tuple(language for language in NAMES if language not in (FRENCH, SIMPLE))
FOLDERS = {SIMPLE: "fr_Simple"}  # as Django spells it
HEADERS = {  # of each, how it counts
    SIMPLE: "nplurals=2; plural=(n > 1);",
    "en": "nplurals=2; plural=(n != 1);",
    "de": "nplurals=2; plural=(n != 1);",
    "tr": "nplurals=2; plural=(n > 1);",
    "ar": "nplurals=6; plural=n==0 ? 0 : n==1 ? 1 : n==2 ? 2 : n%100>=3 && n%100<=10 ? 3 : "
    "n%100>=11 && n%100<=99 ? 4 : 5;",
}
PLACES = re.compile(r"%\(\w+\)[sd]|%[sd%]|{[\w.!:]*}|</?[a-z][^>]*>")
SHOWN = 20  # faults of a language that are named
MOST_WORDS = 16  # of a sentence in simple French
SENTENCE = re.compile(r"[.!?…]+(?:\s|$)|[\n;:]")


def path_of(language: str) -> Path:
    return LOCALE / FOLDERS.get(language, language) / "LC_MESSAGES" / "django.po"


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


def simple_faults(asked: dict[tuple[str, str], po.Entry]) -> Iterator[str]:
    """A sentence that is one of ours no more, or has other places, or whose sentences are long."""
    for key, entry in sentences(SIMPLE).items():
        found = asked.get(key)
        if found is None or found.many != entry.many:
            yield f"n’est plus une phrase de Maillage : {_short(entry.one)}"
        elif len(entry.said) != (_forms(SIMPLE) if entry.many else 1) or not all(entry.said):
            yield f"à écrire : {_short(entry.one)}"
        else:
            yield from _not_simple(entry)


def _not_simple(entry: po.Entry) -> Iterator[str]:
    for said in entry.said:
        if not _has_same_places(entry, said):
            yield f"repères ou balises différents : {_short(entry.one)} → {_short(said)}"
        for sentence in SENTENCE.split(PLACES.sub("x", said)):
            if len(sentence.split()) > MOST_WORDS:
                yield f"plus de {MOST_WORDS} mots : {_short(sentence.strip())}"


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
        for language in TRANSLATED:
            gather(language, Path(arguments[1]))
        return 0
    asked = sentences(FRENCH)
    wrong = 0
    for language in TRANSLATED:
        theirs = asked if language in WHOLE else {key: asked[key] for key in sentences(language) if key in asked}
        wrong += _tell(language, len(theirs), list(faults(language, theirs)))
    wrong += _tell(SIMPLE, len(sentences(SIMPLE)), list(simple_faults(asked)))
    return 1 if wrong else 0


def _tell(language: str, number: int, found: list[str]) -> int:
    sys.stdout.write(f"{NAMES[language]} : {number} phrases, {len(found) or 'aucune'} à reprendre.\n")
    for fault in found[:SHOWN]:
        sys.stdout.write(f"  {fault}\n")
    return len(found)


if __name__ == "__main__":
    sys.exit(main(sys.argv[1:]))

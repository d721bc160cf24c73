"""load_method: a TOML text becomes a Method, or every reason why it does not, each with its line."""

import re
import tomllib
from collections.abc import Mapping
from functools import cache
from importlib.resources import files
from typing import Any, NoReturn

from facilitation import checking, course
from facilitation.definition import (
    Deck,
    DeckCard,
    Field,
    Kind,
    Line,
    Mark,
    Method,
    MethodError,
    Preset,
    Problem,
    Role,
    Sheet,
)
from facilitation.loading_stages import read_stages
from facilitation.reading import Reader, TooManyProblems
from facilitation.toml_lines import find_deep_key, find_lines
from facilitation.vocabulary import (
    CLOCK,
    COMPOSE,
    DEFAULT_KIND,
    FACILITATOR,
    FIELD_TYPES,
    MAX_BYTES,
    MAX_LINES,
    MAX_MINUTES,
    MAX_PEOPLE,
    MAX_TEXT,
    ROLE_TITLES,
    SHOWN_AS,
)
from facilitation.words import later, speak

MAX_DECK = 200  # cards: more is not dealt by hand either

_YAML = re.compile(r"^(---\s*$|%YAML|[A-Za-z_][\w-]*:(\s|$)|- \S)", re.MULTILINE)
_AT_LINE = re.compile(r"\(at line (\d+), column (\d+)\)")


def load_method(source: str, *, name: str) -> Method:
    """Reads a method file.

    Parameters
    ----------
    source : the text of the file.
    name : how the file is called in what is said about it.

    Raises
    ------
    MethodError : with every problem found, each with its file, line, key and a French sentence.
    """
    source = source.removeprefix("\ufeff")
    data = _parse(source, name)
    reader = Reader(name, find_lines(source))
    try:
        method = _read(reader, data, source)
        if not reader.problems:
            checking.check(reader, method)
    except TooManyProblems:
        pass
    if reader.problems:
        raise MethodError(tuple(sorted(reader.problems, key=lambda problem: problem.line)))
    return method


@cache
def _shipped() -> Mapping[str, Method]:
    library = sorted(files("facilitation").joinpath("library").iterdir(), key=lambda file: file.name)
    read = [
        load_method(file.read_text(encoding="utf-8"), name=file.name) for file in library if file.name.endswith(".toml")
    ]
    return {method.id: method for method in read}


def shipped_methods() -> dict[str, Method]:
    """The methods of the library, by id."""
    return dict(_shipped())


def _parse(source: str, name: str) -> dict[str, Any]:
    lines = source.count("\n") + 1
    if lines > MAX_LINES:
        _refuse(
            name,
            MAX_LINES,
            speak("Ce fichier a {lines} lignes : une méthode en a {most} au plus.", lines=lines, most=MAX_LINES),
        )
    if len(source) > MAX_BYTES or len(source.encode("utf-8", "surrogatepass")) > MAX_BYTES:
        _refuse(name, 0, speak("Ce fichier est trop gros : une méthode tient en {size} ko.", size=MAX_BYTES // 1000))
    alone = re.search(r"\r(?!\n)", source)
    if alone:
        line = source.count("\n", 0, alone.start()) + 1
        _refuse(name, line, speak("Les lignes de ce fichier finissent à l’ancienne : enregistrez-le en UTF-8 (Unix)."))
    deep = find_deep_key(source)
    if deep is not None:
        _refuse(name, deep, speak("Cette clé a trop de points : une section va au plus à [stages.nom.prompts]."))
    try:
        return tomllib.loads(source)
    except tomllib.TOMLDecodeError as error:
        yaml = _YAML.search(source)
        if yaml and "=" not in source[: yaml.end()].splitlines()[-1]:
            line = source.count("\n", 0, yaml.start()) + 1
            _refuse(name, line, speak('Ce fichier semble écrit en YAML. Une méthode s’écrit en TOML : clé = "valeur".'))
        where = _AT_LINE.search(str(error))
        _refuse(name, int(where[1]) if where else lines, _toml_sentence(str(error)))
    except (ValueError, RecursionError):  # a number of ten thousand digits, a thousand brackets
        _refuse(name, 0, speak("Ce fichier ne peut pas être lu : il contient un nombre ou des crochets démesurés."))


def _refuse(name: str, line: int, sentence: str) -> NoReturn:
    raise MethodError((Problem(name, line, "", sentence),))


def _toml_sentence(message: str) -> str:
    known = {
        "Cannot overwrite a value": later("Cette clé est écrite deux fois."),
        "Cannot declare": later("Cette section est écrite deux fois."),
        "Cannot mutate immutable": later(
            "Cette section a déjà été écrite sur une seule ligne : complétez cette ligne."
        ),
        "Unclosed array": later("Un crochet [ n’est pas refermé, ou une virgule manque entre deux valeurs."),
        "Unclosed inline table": later(
            "Une accolade { n’est pas refermée, ou une virgule manque entre deux clés : "
            "une table en ligne tient sur une ligne."
        ),
        "Unterminated string": later("Un guillemet n’est pas refermé."),
        "Illegal character": later("Un caractère n’est pas permis ici : un guillemet manque sans doute."),
        "Expected '=' after a key": later("Il manque le signe = après la clé, ou cette clé a un accent ou un espace."),
        "Expected ']": later(
            "Ce titre de section n’est pas refermé, ou il a un accent ou un espace : [stages.premier_pas]."
        ),
        "Invalid initial character": later("Il manque une clé ici : dans { }, une virgule sépare et ne termine pas."),
        "Invalid value": later(
            'Cette valeur ne peut pas être lue : un texte s’écrit entre guillemets droits, "ainsi".'
        ),
        "Invalid statement": later("Cette ligne n’est ni une [section], ni une clé = valeur."),
        "Expected newline or end of document": later(
            "Il y a quelque chose en trop après la valeur. Un nombre à virgule prend un point : 0.5."
        ),
    }
    for english, french in known.items():
        if message.startswith(english):
            return speak(french)
    return speak("Cette ligne n’est pas du TOML : une clé, le signe =, une valeur.")


def _read(reader: Reader, data: dict[str, Any], source: str) -> Method:
    top = reader.section((), data, "method")
    group = reader.section(("group",), top.get("group", {}), "group")
    low = reader.whole(("group", "min"), group.get("min"), 1, MAX_PEOPLE)
    high = reader.whole(("group", "max"), group.get("max"), 1, MAX_PEOPLE)
    if low is not None and high is not None and low > high:
        reader.say(("group", "min"), speak("Le minimum est plus grand que le maximum."))
    tables = reader.section(("tables",), top.get("tables", {}), "tables")
    roles = _read_roles(reader, top.get("roles"))
    kinds = _read_kinds(reader, top.get("kinds", {}))
    marks = _read_marks(reader, top.get("marks", {}), kinds)
    decks = _read_decks(reader, top.get("decks", {}))
    sheet = _read_sheet(reader, top["sheet"], roles, kinds, marks) if "sheet" in top else None
    names = checking.Names(roles, kinds, marks, decks, sheet)
    method_may = checking.read_may(reader, ("may",), top.get("may", {}), names)
    method_sees = checking.read_sees(reader, ("sees",), top.get("sees", {}), names)
    stages = read_stages(reader, top.get("stages"), names, method_may, method_sees)
    first = reader.one_of(("first",), top.get("first"), stages, needed=True, what="étape") or ""
    presets = _read_presets(reader, top.get("presets", {}), stages)
    stages = checking.in_order(stages, first)
    preset = reader.one_of(("preset",), top.get("preset"), presets, what="réglage")
    return Method(
        id=reader.identifier(("id",), top.get("id")),
        version=reader.whole(("version",), top.get("version"), 1, 1_000_000, needed=True) or 1,
        title=reader.text(("title",), top.get("title"), needed=True),
        summary=reader.text(("summary",), top.get("summary"), 300),
        first=first,
        roles=roles,
        stages=stages,
        steps=course.unroll(stages, course.loops(stages, decks)),
        kinds=kinds,
        marks=marks,
        decks=decks,
        sheet=sheet,
        presets=presets,
        preset=preset or next(iter(presets), None),
        may=method_may,
        sees=method_sees,
        people_min=low,
        people_max=high,
        compose=reader.one_of(("tables", "compose"), tables.get("compose"), COMPOSE, what="composition") or "mixed",
        table_size=reader.whole(("tables", "size"), tables.get("size"), 1, MAX_PEOPLE),
        own_clocks=reader.one_of(("tables", "clock"), tables.get("clock"), CLOCK, what="horloge") == "own",
        people_shown=reader.flag(("people",), top.get("people"), True),
        source=source,
    )


def _read_roles(reader: Reader, value: Any) -> dict[str, Role]:
    if value is None:
        reader.say(("roles",), speak("La section [roles] manque : une méthode dit qui y prend part."))
        return {}
    roles = {}
    for id_, entry, path in reader.named(("roles",), value):
        facilitates = id_ == FACILITATOR
        title = ROLE_TITLES.get(id_, id_.replace("_", " ").capitalize())
        if isinstance(entry, str):
            rule = reader.text(path, entry, 300)
            roles[id_] = Role(id_, title, rule, join=not facilitates, table=not facilitates)
            continue
        role = reader.section(path, entry, "roles.*")
        roles[id_] = Role(
            id_,
            reader.text((*path, "title"), role.get("title"), 60) or title,
            reader.text((*path, "rule"), role.get("rule"), 300),
            join=reader.flag((*path, "join"), role.get("join"), not facilitates),
            default=reader.flag((*path, "default"), role.get("default"), False),
            table=reader.flag((*path, "table"), role.get("table"), not facilitates),
            max=reader.whole((*path, "max"), role.get("max"), 1, MAX_PEOPLE),
            take=reader.text((*path, "take"), role.get("take"), 60),
        )
    usual = [id_ for id_, role in roles.items() if role.default]
    if len(usual) > 1:
        reader.say(
            ("roles", usual[1], "default"),
            speak("Un seul rôle est celui de tout le monde : « {usual} » l’est déjà.", usual=usual[0]),
        )
    if not any(role.table for role in roles.values()):
        reader.say(("roles",), speak("Aucun rôle ne s’assied à une table : déclarez par exemple participant."))
    elif usual and not roles[usual[0]].table:
        reader.say(("roles", usual[0], "table"), speak("Le rôle de tout le monde s’assied à une table."))
    elif any(roles[id_].max for id_ in usual):
        reader.say(("roles", usual[0], "max"), speak("Le rôle de tout le monde ne peut pas être limité."))
    return roles


def _read_kinds(reader: Reader, value: Any) -> dict[str, Kind]:
    kinds: dict[str, Kind] = {}
    parents: dict[str, Any] = {}
    for id_, entry, path in reader.named(("kinds",), value):
        kind = reader.section(path, entry, "kinds.*")
        texts = {
            key: reader.text((*path, key), kind[key], 300, needed=True)
            for key in ("label", "placeholder", "help", "submit", "empty", "decline", "hint")
            if key in kind
        }
        kinds[id_] = Kind(
            id_,
            reader.text((*path, "title"), kind.get("title"), 80, needed=True),
            max_length=reader.whole((*path, "max_length"), kind.get("max_length"), 1, MAX_TEXT) or MAX_TEXT,
            parents=tuple(reader.texts((*path, "parent"), kind.get("parent"))),
            single=reader.flag((*path, "single"), kind.get("single"), False),
            shown_as=reader.one_of((*path, "shown_as"), kind.get("shown_as"), SHOWN_AS, what="emploi"),
            hint_words=tuple(reader.texts((*path, "hint_words"), kind.get("hint_words"))),
            cloud=reader.flag((*path, "cloud"), kind.get("cloud"), False),
            **texts,
        )
        parents[id_] = kind.get("parent")
        if ("hint" in kind) != ("hint_words" in kind):
            reader.say(
                (*path, "hint"),
                speak("hint et hint_words vont ensemble : les mots guettés, et la phrase alors montrée."),
            )
    for id_, kind_ in kinds.items():
        for parent in kind_.parents:
            path = ("kinds", id_, "parent")
            if reader.one_of(path, parent, kinds, what="sorte de carte") and kinds[parent].parents:
                reader.say(
                    path,
                    speak("« {parent} » est déjà une réponse : une réponse ne reçoit pas de réponse.", parent=parent),
                )
    return kinds or {DEFAULT_KIND: Kind(DEFAULT_KIND, later("Cartes"))}


def _read_marks(reader: Reader, value: Any, kinds: Mapping[str, Kind]) -> dict[str, Mark]:
    marks = {}
    for id_, entry, path in reader.named(("marks",), value):
        mark = reader.section(path, entry, "marks.*")
        label = reader.text((*path, "label"), mark.get("label"), 60, needed=True)
        private = reader.flag((*path, "private"), mark.get("private"), False)
        marks[id_] = Mark(
            id_,
            label,
            reader.text((*path, "label_on"), mark.get("label_on"), 60) or label,
            tuple(reader.names((*path, "on"), mark.get("on"), kinds, "sorte de carte")) or tuple(kinds),
            max=reader.whole((*path, "max"), mark.get("max"), 1, MAX_PEOPLE),
            private=private,
            reveal=reader.text((*path, "reveal"), mark.get("reveal"), 60),
        )
        if "reveal" in mark and not private:
            reader.say((*path, "reveal"), speak("Cette marque n’est pas privée : il n’y a rien à révéler."))
    return marks


def _read_decks(reader: Reader, value: Any) -> dict[str, Deck]:
    decks = {}
    for id_, entry, path in reader.named(("decks",), value):
        deck = reader.section(path, entry, "decks.*")
        cards = []
        for index, raw in enumerate(reader.tables((*path, "cards"), deck.get("cards"))):
            here = (*path, "cards", str(index))
            card = reader.section(here, raw, "decks.*.cards")
            cards.append(
                DeckCard(
                    reader.identifier((*here, "id"), card.get("id")),
                    reader.text((*here, "title"), card.get("title"), 80),
                    reader.text((*here, "text"), card.get("text"), MAX_TEXT, needed=True),
                )
            )
        reader.no_double((*path, "cards"), [card.id for card in cards])
        if not cards:
            reader.say((*path, "cards"), speak("Un jeu de cartes a au moins une carte."))
        draw = reader.whole((*path, "draw"), deck.get("draw"), 1, MAX_PEOPLE)
        if draw is not None and draw > len(cards):
            reader.say(
                (*path, "draw"),
                speak("On ne peut pas tirer {draw} cartes : le jeu en a {count}.", draw=draw, count=len(cards)),
            )
        title = reader.text((*path, "title"), deck.get("title"), 80, needed=True)
        decks[id_] = Deck(id_, title, tuple(cards[:MAX_DECK]), draw)
        if len(cards) > MAX_DECK:
            reader.say(
                (*path, "cards"), speak("Ce jeu a {count} cartes : {most} au plus.", count=len(cards), most=MAX_DECK)
            )
    return decks


def _read_sheet(
    reader: Reader, value: Any, roles: Mapping[str, Role], kinds: Mapping[str, Kind], marks: Mapping[str, Mark]
) -> Sheet:
    sheet = reader.section(("sheet",), value, "sheet")
    lines = []
    for id_, entry, path in reader.named(("sheet", "lines"), sheet.get("lines", {})):
        line = reader.section(path, entry, "sheet.lines.*")
        kind, colon, mark = reader.text((*path, "from"), line.get("from"), 120, needed=True).partition(":")
        if kind:
            reader.one_of((*path, "from"), kind, kinds, what="sorte de carte")
        if colon:
            reader.one_of((*path, "from"), mark, marks, what="marque")
        label = reader.text((*path, "label"), line.get("label"), 80, needed=True)
        lines.append(Line(id_, label, kind, mark or None))
    fields = []
    for id_, entry, path in reader.named(("sheet", "fields"), sheet.get("fields", {})):
        raw = reader.section(path, entry, "sheet.fields.*")
        fields.append(
            Field(
                id_,
                reader.text((*path, "label"), raw.get("label"), 80, needed=True),
                reader.text((*path, "placeholder"), raw.get("placeholder")),
                reader.text((*path, "help"), raw.get("help")),
                type=reader.one_of((*path, "type"), raw.get("type"), FIELD_TYPES, what="type") or "text",
                max_length=reader.whole((*path, "max_length"), raw.get("max_length"), 1, MAX_TEXT) or 300,
            )
        )
    role = reader.one_of(("sheet", "role"), sheet.get("role"), roles, needed=True, what="rôle") or ""
    return Sheet(
        role, reader.text(("sheet", "title"), sheet.get("title"), 80, needed=True), tuple(lines), tuple(fields)
    )


def _read_presets(reader: Reader, value: Any, stages: Mapping[str, Any]) -> dict[str, Preset]:
    presets = {}
    for id_, entry, path in reader.named(("presets",), value):
        preset = reader.section(path, entry, "presets.*")
        minutes: dict[str, float] = {}
        for stage, raw in reader.table((*path, "minutes"), preset.get("minutes", {})).items():
            if reader.one_of((*path, "minutes", stage), stage, stages, what="étape") is None:
                continue
            if raw == 0 and not isinstance(raw, bool) and not stages[stage].optional:
                reader.say(
                    (*path, "minutes", stage),
                    speak(
                        "Seule une étape facultative se saute : optional = true dans "
                        "[stages.{stage}], ou plus de 0 ici.",
                        stage=stage,
                    ),
                )
                continue
            low = 0 if stages[stage].optional else 0.1
            number = reader.number((*path, "minutes", stage), raw, low, MAX_MINUTES)
            if number is not None:
                minutes[stage] = number
        presets[id_] = Preset(id_, reader.text((*path, "title"), preset.get("title"), 60, needed=True), minutes)
    return presets

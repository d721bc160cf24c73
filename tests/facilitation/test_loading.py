"""A method file that is wrong is told where, on which key, and what was probably meant."""

import re
import time
from pathlib import Path

import pytest

from facilitation import REFUSALS, MethodError, load_method, shipped_methods, start, vocabulary
from facilitation.reading import MOST_PROBLEMS
from facilitation.toml_lines import find_lines

DOC = Path(__file__).parents[2] / "docs" / "methods.md"
RIGHT = """
id = "essai"
version = 1
title = "Essai"
first = "un"
may = { facilitator = ["lead"] }
sees = { participant = "table" }

[roles]
participant = "Écrit"
facilitator = "Mène"

[kinds.idea]
title = "Idées"

[marks.vote]
label = "Je vote"
on = ["idea"]

[stages.un]
title = "Un"
minutes = 5
activity = "cards"
next = "deux"
may = { participant = ["write:idea", "mark:vote"] }

[stages.deux]
title = "Deux"
minutes = 5
activity = "cards"
next = "end"
from = ["un"]
"""


def problems(source: str) -> list[tuple[int, str, str]]:
    with pytest.raises(MethodError) as refused:
        load_method(source, name="essai.toml")
    assert all(problem.file == "essai.toml" for problem in refused.value.problems)
    return [(problem.line, problem.key, problem.sentence) for problem in refused.value.problems]


def change(old: str, new: str) -> str:
    assert RIGHT.count(old) == 1, old
    return RIGHT.replace(old, new)


def test_right_file_is_read() -> None:
    method = load_method(RIGHT, name="essai.toml")
    assert list(method.stages) == ["un", "deux"]
    assert method.default_role == "participant"
    assert method.stages["un"].allows("participant", "write", "idea")
    assert method.stages["deux"].sees == {"participant": "table"}
    assert load_method("\ufeff" + RIGHT, name="essai.toml") == method


FIVE = 'title = "Deux"\nminutes = 5'
KEEP = "stages.deux.keep.what"
BACK_TO = "stages.un.repeat.back_to"


@pytest.mark.parametrize(
    ("old", "new", "key", "said"),
    [
        ('title = "Un"\nminutes', 'title = "Un"\nminuts', "stages.un.minuts", "« minutes »"),
        (FIVE, FIVE.replace("5", '"5"'), "stages.deux.minutes", "un nombre, sans guillemets"),
        (FIVE, FIVE.replace("5", "true"), "stages.deux.minutes", "un nombre"),
        (FIVE, FIVE.replace("5", "nan"), "stages.deux.minutes", "entre 0.1 et 480"),
        (FIVE, FIVE.replace("5", "0"), "stages.deux.minutes", "entre 0.1 et 480"),
        ('next = "deux"', 'next = "duex"', "stages.un.next", "« deux »"),
        ('next = "deux"\n', "", "stages.un", "ne mène nulle part"),
        ('next = "end"', 'next = "un"', "stages.deux.next", "tournent en rond : un → deux → un"),
        ('next = "deux"', 'next = "end"', "stages.deux", "Aucune étape ne mène"),
        ('first = "un"', 'first = "une"', "first", "« un »"),
        ('"write:idea", "mark:vote"', '"write:ideas"', "stages.un.may.participant", "« idea »"),
        ('"write:idea", "mark:vote"', '"wirte"', "stages.un.may.participant", "« write »"),
        ('"write:idea", "mark:vote"', '"mark"', "stages.un.may.participant", "se complète"),
        ('"write:idea", "mark:vote"', '"edit:idea"', "stages.un.may.participant", "ne se complète pas"),
        ('"write:idea", "mark:vote"', '"fill"', "stages.un.may.participant", "[sheet]"),
        ('"write:idea", "mark:vote"', '"choose"', "stages.un.may.participant", "assign"),
        ("may = { participant = [", "may = { particpant = [", "stages.un.may.particpant", "« participant »"),
        ('may = { facilitator = ["lead"] }', 'may = { projector = ["lead"] }', "may.projector", "Un écran regarde"),
        ('may = { facilitator = ["lead"] }\n', "", "stages", "Personne ne peut mener"),
        ('sees = { participant = "table" }', 'sees = { participant = "tables" }', "sees.participant", "« table »"),
        ('sees = { participant = "table" }', 'sees = { projector = "own" }', "sees.projector", "Un écran"),
        ('"cards"\nnext = "end"', '"card"\nnext = "end"', "stages.deux.activity", "« cards »"),
        ('activity = "cards"\nnext = "end"', 'activity = "poll"\nnext = "end"', "stages.deux", "« options »"),
        ('from = ["un"]', 'from = ["deux"]', "stages.deux.from", "pas une étape d’avant"),
        ('from = ["un"]', "tokens = 10", "stages.deux.tokens", "celle de l’activité pot"),
        ('from = ["un"]', "quiet = 6", "stages.deux.quiet", "plus que l’étape"),
        ('from = ["un"]', "repeat = 1", "stages.deux.repeat", "entre 2 et 50"),
        ('next = "deux"', 'next = "deux"\nrepeat = { times = 2, back_to = "deux" }', BACK_TO, "étape d’avant"),
        ('from = ["un"]', 'for_each = { deck = "x" }', "stages.deux.for_each.deck", "n’est pas connu"),
        ('from = ["un"]', 'sees = { participant = "group" }', "stages.deux.sees.participant", "group"),
        ('from = ["un"]', "rule = 3", "stages.deux.rule", "une table"),
        ('from = ["un"]', 'optional = "oui"', "stages.deux.optional", "true ou false"),
        ('from = ["un"]', 'keep = { what = ["idee"], release = "participant" }', KEEP, "« idea »"),
        ('from = ["un"]', 'assign = { role = "maire" }', "stages.deux.assign.role", "rôle"),
        ("[kinds.idea]", '[kinds."Idée"]', "kinds.Idée", "minuscules sans accent"),
        ('on = ["idea"]', 'on = "idea"', "marks.vote.on", "une liste"),
        ('title = "Idées"', 'title = "Idées"\nparent = ["idea"]', "kinds.idea.parent", "pas de réponse"),
        ('title = "Idées"', 'title = "Idées"\nmax_length = 5000', "kinds.idea.max_length", "entre 1 et 1000"),
        ('title = "Idées"', 'title = "Idées"\nhint = "Ah"', "kinds.idea.hint", "vont ensemble"),
        ("version = 1", "version = 1.5", "version", "nombre entier"),
        ("version = 1", 'version = 1\ncolour = "bleu"', "colour", "n’existe pas ici"),
        ('id = "essai"', 'id = "Essai !"', "id", "minuscules sans accent"),
        ('title = "Essai"', 'title = ""', "title", "vide"),
        ('title = "Essai"', "title = 2026-01-01", "title", "une date"),
        ('on = ["idea"]', 'on = "idea"', "marks.vote.on", 'même pour un seul mot : ["idea"]'),
        ('"cards"\nnext = "end"', '"card"\nnext = "end"', "stages.deux.activity", "ce nom d’activité"),
        ('"write:idea", "mark:vote"', '"vote:idea"', "stages.un.may.participant", "n’existe pas. Possibles : write"),
        ('first = "un"\n', "", "first", "manque. Elle se met en haut du fichier"),
        ('title = "Idées"', 'title = "Idées"\nfirst = "un"', "kinds.idea.first", "en haut du fichier"),
    ],
)  # fmt: skip
def test_mistake_is_told_with_its_line_its_key_and_the_nearest_word(old: str, new: str, key: str, said: str) -> None:
    source = change(old, new)
    found = problems(source)
    told = [(line, sentence) for line, known, sentence in found if known == key and said in sentence]
    assert told, found
    line = source.splitlines()[told[0][0] - 1] if "." in key or key in source else "nowhere"
    parts = key.split(".")
    assert any(re.search(rf"\b{part}\b", line) for part in (*parts, "nowhere")), (told, line)


def test_stage_that_is_not_optional_is_never_skipped() -> None:
    source = RIGHT.replace("[stages.un]", '[presets.court]\ntitle = "Court"\nminutes = { un = 0 }\n\n[stages.un]')
    ((_line, key, sentence),) = problems(source)
    assert key == "presets.court.minutes.un"
    assert "optional = true dans [stages.un]" in sentence


def test_line_is_the_one_of_the_mistake() -> None:
    source = change('title = "Deux"\nminutes = 5', 'title = "Deux"\nminutes = "5"')
    assert [line for line, _key, _sentence in problems(source)] == [source.splitlines().index('minutes = "5"') + 1]


def test_all_problems_come_at_once_in_the_order_of_the_file() -> None:
    source = change("version = 1", "versoin = 1").replace("minutes = 5", "minutes = []")
    found = problems(source)
    assert [key for _line, key, _sentence in found] == [
        "version",
        "versoin",
        "stages.un.minutes",
        "stages.deux.minutes",
    ]
    assert [line for line, _key, _sentence in found] == sorted(line for line, _key, _sentence in found)


@pytest.mark.parametrize(
    ("source", "line", "said"),
    [
        ("id: essai\ntitle: Essai\nstages:\n  - un", 1, "YAML"),
        ("---\nid: essai", 1, "YAML"),
        ('id = "essai\n', 1, "caractère"),
        ("id = essai", 1, "guillemets"),
        ('id = "a"\nid = "b"', 2, "deux fois"),
        ("[a]\n[a]", 2, "deux fois"),
        ("id = [1, 2", 1, "pas refermé"),
        ("\n" * 2_000, vocabulary.MAX_LINES, "2001 lignes"),
        ("# " + "é" * 50_000, 0, "trop gros"),
        ("a = " + "[" * 5_000, 0, "démesurés"),
        ("a = " + "9" * 5_000, 0, "démesurés"),
        ("bonjour", 1, "="),
        ("id = “essai”", 1, "guillemets droits"),
        ("[kinds.récolte]", 1, "accent"),
        ("récolte = 1", 1, "accent"),
        ("a = { b = 1 c = 2 }", 1, "virgule manque"),
        ("a = { b = 1, }", 1, "virgule"),
        ("a = 1,5", 1, "0.5"),
    ],
)
def test_text_that_is_not_toml_is_told_in_french(source: str, line: int, said: str) -> None:
    (found,) = problems(source)
    assert (found[0], found[1]) == (line, "")
    assert said in found[2]


HEAD = RIGHT.split("[stages.un]")[0]
DOTTED = "a" + ".a" * 45_000
HUGE = {
    "a key of 45,000 names": (f"{DOTTED} = 1", 1, "trop de points"),
    "a key of 45,000 names in a table": (f"id = 'x'\nx = {{ {DOTTED} = 1 }}", 2, "trop de points"),
    "a section of 45,000 names": (f"[{DOTTED}]", 1, "trop de points"),
    "spaces in a section's name": (f"[a{' ' * 45_000}.{' ' * 45_000}b]", 1, "n’existe pas ici"),
    "escaped quotes": (f'a = "{chr(92)}{chr(34)}"\nb = "' + '\\"' * 40_000 + '"', 1, "n’existe pas ici"),
    "unknown keys": ("\n".join(f"k{number} = 1" for number in range(1_990)), 1, "n’existe pas ici"),
    "roles": ("roles = { " + ", ".join(f"r{number} = 1" for number in range(8_000)) + " }", 1, "8000 noms : 100"),
    "stages in rounds within rounds": (
        "\n".join(f"stages.s{n} = {{ minutes = 1, next = 's{n + 1}', repeat = {{ times = 50, back_to = 's0' }} }}"
                  for n in range(1_000)), 1, "1000 noms : 100"),
    "words that do not exist": (
        RIGHT + "may = { participant = [" + ", ".join(f'"wrte{number}"' for number in range(6_000)) + "] }",
        33, "6000 textes : 100"),
    "cards of a deck": (
        HEAD + '[decks.jeu]\ntitle = "Jeu"\ncards = [' + ", ".join(["{}"] * 20_000) + "]", 22, "20000 éléments : 500"),
    "rules of roles": (
        RIGHT + "rule = { " + ", ".join(f"r{number} = 'x'" for number in range(6_000)) + " }", 33, "« r0 »"),
}  # fmt: skip


@pytest.mark.parametrize(("source", "line", "said"), HUGE.values(), ids=HUGE)
def test_file_made_to_be_slow_is_refused_at_once(source: str, line: int, said: str) -> None:
    began = time.process_time()
    found = problems(source)
    assert time.process_time() - began < 3  # seconds; each took from 8 to 94 before it was bounded
    assert any(known == line and said in sentence for known, _key, sentence in found), found[:3]
    assert len(found) <= MOST_PROBLEMS


@pytest.mark.parametrize(
    "sign", ["\\u0000", "\\u0007", "\\r", "\u0085", "\u2028", "\u202e", "\u2066", "\ufeff", "\ud800"]
)
def test_sign_that_no_screen_shows_is_refused_with_its_line(sign: str) -> None:
    source = change('title = "Essai"', f'title = "Es{sign}sai"').replace("minutes = 5", "minuts = 5", 1)
    found = problems(source)
    assert any(line == 4 and key == "title" and "U+" in sentence for line, key, sentence in found), found
    minutes = source.split("\n").index("minuts = 5") + 1  # such a sign does not shift the lines after it
    assert any(line == minutes and key == "stages.un.minuts" for line, key, _sentence in found), found


def test_sentence_holds_no_sign_that_moves_a_terminal() -> None:
    found = problems(RIGHT + '"\\u001b[2J\\u202e" = 1\n"' + "é" * 500 + '" = 1')
    assert found
    for _line, key, sentence in found:
        assert (key + sentence).isprintable()
        assert len(key) < 100
        assert len(sentence) < 400


def test_lines_that_end_in_another_way_are_told() -> None:
    assert load_method(RIGHT.replace("\n", "\r\n"), name="essai.toml").id == "essai"
    ((line, _key, sentence),) = problems(RIGHT.replace("\n", "\r"))
    assert line == 1
    assert "finissent à l’ancienne" in sentence


def test_empty_file_says_all_that_is_missing() -> None:
    assert {key for _line, key, _sentence in problems("")} == {"id", "version", "title", "first", "roles", "stages"}


@pytest.mark.parametrize(
    "junk", ["1", '"x"', "[]", "{}", "true", "[{}]", "{ x = 1 }", '{ x = { y = "z" } }', "1979-05-27"]
)
@pytest.mark.parametrize("key", vocabulary.KEYS["method"])
def test_any_value_anywhere_is_told_and_never_raises(key: str, junk: str) -> None:
    kept = [line for line in RIGHT.split("[roles]")[0].splitlines() if not line.startswith(f"{key} ")]
    head = "\n".join([*kept, f"{key} = {junk}", ""])
    sections = RIGHT[RIGHT.index("[roles]") :]
    if f"[{key}" in sections:
        sections = "\n[".join(part for part in sections.split("\n[") if not part.lstrip("[").startswith(key))
    try:
        load_method(head + sections, name="essai.toml")
    except MethodError as refused:
        told = refused.problems
    else:
        told = ()
    assert all(problem.sentence for problem in told)


@pytest.mark.parametrize("junk", ["1", '"x"', "[]", "{}", "true", "[{}]", "{ x = 1 }", '{ x = { y = "z" } }'])
@pytest.mark.parametrize("key", vocabulary.KEYS["stages.*"])
def test_any_value_in_a_stage_is_told_and_never_raises(key: str, junk: str) -> None:
    head, stage = RIGHT.split("[stages.deux]")
    kept = [line for line in stage.splitlines() if not line.startswith(f"{key} ")]
    try:
        load_method(head + "[stages.deux]\n" + "\n".join([*kept, f"{key} = {junk}"]), name="essai.toml")
    except MethodError as refused:
        told = refused.problems
    else:
        told = ()
    assert all(problem.line and problem.sentence for problem in told)


def test_lines_are_found_through_long_texts_and_lists() -> None:
    source = 'a = """\nb = 1\n"""\nc = [\n  "d = 1", # e = 1\n]\n[f]\ng = { h = 1 }\n[[f.i]]\nj = 1\n[[f.i]]\nj = 2\n'
    assert find_lines(source) == {
        ("a",): 1, ("c",): 4, ("f",): 7, ("f", "g"): 8, ("f", "i", "0"): 9, ("f", "i", "0", "j"): 10,
        ("f", "i", "1"): 11, ("f", "i", "1", "j"): 12,
    }  # fmt: skip


# --------------------------------------------------------------------------------------------- the documentation


def documented(heading: str) -> list[str]:
    text = DOC.read_text(encoding="utf-8")
    section = re.search(rf"^### \[{re.escape(heading)}\]$(.*?)(?=^##)", text, re.MULTILINE | re.DOTALL)
    assert section, heading
    return re.findall(r"^\| `([a-z_]+)` \|", section[1], re.MULTILINE)


def table_after(first_row: str) -> list[str]:
    text = DOC.read_text(encoding="utf-8")
    rows = text[text.index(first_row) :].split("\n\n")[0]
    return re.findall(r"^\| `([a-z_:…]+)` \|", rows, re.MULTILINE)


@pytest.mark.parametrize("section", vocabulary.KEYS)
def test_every_key_of_the_loader_is_documented_and_vice_versa(section: str) -> None:
    assert sorted(documented(section)) == sorted(vocabulary.KEYS[section])


def test_no_section_is_documented_that_the_loader_does_not_read() -> None:
    headings = re.findall(r"^### \[(.+)\]$", DOC.read_text(encoding="utf-8"), re.MULTILINE)
    assert sorted(headings) == sorted(vocabulary.KEYS)


def test_every_right_every_view_and_every_refusal_is_documented() -> None:
    rights = {right.removesuffix(":…") for right in table_after("| right | allows |")}
    assert rights == {"lead", *vocabulary.PLAIN_RIGHTS, *vocabulary.DETAILED}
    assert table_after("| leading | allows |") == list(vocabulary.LEADING)
    assert table_after("| `sees` | the cards") == ["sees", *vocabulary.SEES]
    assert table_after("| reason | sentence |") == list(REFUSALS)


@pytest.mark.parametrize("word", [*vocabulary.ACTIVITIES, *vocabulary.ASSIGN_BY, *vocabulary.REVEAL, *vocabulary.DEAL,
                                  *vocabulary.QUESTION_TYPES, *vocabulary.FIELD_TYPES, *vocabulary.SHOWN_AS,
                                  *vocabulary.COMPOSE, *vocabulary.AUTHORS])  # fmt: skip
def test_every_closed_word_is_documented(word: str) -> None:
    assert f"`{word}`" in DOC.read_text(encoding="utf-8") or f'`"{word}"`' in DOC.read_text(encoding="utf-8")


SKETCHES = re.findall(r"```toml\n(.*?)```", DOC.read_text(encoding="utf-8"), re.DOTALL)


@pytest.mark.parametrize("sketch", SKETCHES, ids=lambda sketch: re.search(r'id = "(.*?)"', sketch)[1])
def test_every_example_of_the_documentation_is_right(sketch: str) -> None:
    assert start(load_method(sketch, name="methods.md")).status == "waiting"


def test_documentation_alone_shows_every_key_that_a_stage_may_have() -> None:
    """Whoever writes from docs/methods.md only has an example of each, there or in a file it names."""
    written = "\n".join([*SKETCHES, *(method.source for method in shipped_methods().values())])
    shown = set(re.findall(r"^(?:\[+stages\.\w+\.)?(\w+)", written, re.MULTILINE))
    assert set(vocabulary.KEYS["stages.*"]) <= shown


def test_every_shipped_method_is_named_in_the_documentation() -> None:
    text = DOC.read_text(encoding="utf-8").split("## The methods that are shipped")[1]
    assert set(re.findall(r"`([a-z-]+)`", text)) >= set(shipped_methods())

"""The guides say what the screens say: each word quoted, each command, each setting, each picture is there."""

import re
from pathlib import Path

import pytest

from maillage.config.arguments import make_parser
from tests.guides.words import ROOT, is_on_a_screen, plain, setting_names

FOLDER = ROOT / "docs" / "guides"
GUIDES = sorted(FOLDER.glob("*.md"))
PICTURE = re.compile(r"!\[([^\]]*)\]\(([^)\s]+)\)")
LINK = re.compile(r"(?<!!)\[[^\]]+\]\(([^)#\s]+)[^)]*\)")
QUOTED = re.compile(r"«([^«»]+)»")
BOLD = re.compile(r"\*\*([^*]+)\*\*")
CODE = re.compile(r"```.*?```|`[^`]+`", re.DOTALL)
SETTING = re.compile(r"\bMAILLAGE_[A-Z_]*[A-Z]\b")
STEP = re.compile(r"^\d+\. .*(?:\n(?!\d+\. |#|\n(?! )).*)*", re.MULTILINE)
REFERENCE = "\n## Référence"  # what follows the steps explains: a word in bold there is no button
LARGEST = 60_000  # bytes of a picture
LARGEST_TOGETHER = 1_500_000
HEADING = re.compile(r"^#+ (.*)$", re.MULTILINE)


def read(guide: Path) -> str:
    return guide.read_text(encoding="utf-8")


def steps(text: str) -> list[str]:
    return STEP.findall(text.partition(REFERENCE)[0])


@pytest.fixture(params=GUIDES, ids=lambda path: path.stem)
def guide(request) -> Path:
    return request.param


def test_each_picture_exists_is_small_and_is_described(guide):
    for described, target in PICTURE.findall(read(guide)):
        picture = (guide.parent / target).resolve()
        assert picture.is_file(), f"{guide.name} : {target} manque ; make pictures"
        assert picture.stat().st_size <= LARGEST, f"{target} : {picture.stat().st_size} octets"
        assert len(described.split()) >= 5, f"{guide.name} : {target} n’est pas décrite"


def test_the_pictures_are_light_and_all_are_used():
    kept = {path.resolve() for path in (ROOT / "docs" / "images" / "guides").iterdir()}
    shown = {(guide.parent / target).resolve() for guide in GUIDES for _said, target in PICTURE.findall(read(guide))}
    assert kept == shown
    assert sum(path.stat().st_size for path in kept) <= LARGEST_TOGETHER


def test_each_quoted_text_is_what_a_screen_says(guide):
    text = CODE.sub(" ", read(guide))
    quoted = QUOTED.findall(text) + [bold for step in steps(text) for bold in BOLD.findall(step)]
    own = {plain(heading) for heading in HEADING.findall(text)}  # a guide sends to its own parts
    unknown = sorted({one for one in quoted if plain(one) not in own and not is_on_a_screen(one)})
    assert not unknown, f"{guide.name} cite ce qu’aucun écran ne dit : {unknown}"


def test_each_guide_goes_step_by_step_with_pictures(guide):
    text = read(guide)
    numbered = len(steps(text)) + len(re.findall(r"^### \d+\. ", text, re.MULTILINE))
    assert numbered >= 10, f"{guide.name} n’a pas de pas numérotés"
    assert PICTURE.search(text), f"{guide.name} n’a pas d’image"


def test_the_typography_is_french(guide):
    """No line starts before its « : », no word is cut from its « » », and an image stays inside its step."""
    text = CODE.sub("`", re.sub(r"\]\([^)]*\)", "]", read(guide)))
    wrong = re.findall(r".{0,20}[^\s|-] [?!;:»]|«[ \n].{0,20}|\w'\w.{0,10}|^ *\u00a0.{0,20}", text, re.MULTILINE)
    assert not wrong, f"{guide.name} : {wrong}"


def test_each_link_leads_somewhere(guide):
    for target in LINK.findall(read(guide)):
        assert "://" in target or (guide.parent / target).exists(), f"{guide.name} : {target}"


def test_each_command_and_option_exists(guide):
    codes = "\n".join(CODE.findall(read(guide)))
    commands = make_parser()[1]
    for name, rest in re.findall(r"(?:^|[`/\s])maillage ([a-z][a-z-]+)([^\n`]*)", codes):
        assert name in commands, f"{guide.name} : maillage {name}"
        known = commands[name]._option_string_actions
        for option in re.findall(r"(?<=\s)--[a-z-]+", rest):
            assert option in known, f"{guide.name} : maillage {name} {option}"


def test_each_setting_exists(guide):
    for name in set(SETTING.findall(read(guide))):
        assert any(known.fullmatch(name) for known in setting_names()), f"{guide.name} : {name}"


@pytest.mark.parametrize(
    ("quoted", "said"),
    [
        ("Étape suivante", True),
        ("Commence", False),
        ("Prendre l'animation", True),
        ("Quel groupe ?", False),
        ("M’inscrire", True),
        ("inscrire", False),
        ("Entrer dans l’atelier\u00a0: Co-développement", True),
        ("Bonjour Samira", True),
    ],
)
def test_a_word_is_known_whole_or_not_at_all(quoted, said):
    assert is_on_a_screen(quoted) is said

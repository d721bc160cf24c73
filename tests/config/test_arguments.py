"""What is typed wrong is answered in French, with what was meant."""

import argparse

import pytest

from maillage.config.arguments import COMMANDS, read_arguments
from maillage.config.commands.demo import reset_command

# argparse's own words, and ours before they were translated
ENGLISH = ("usage:", "error", "argument", "show this", "positional", "expected", "invalid", "SEED", "SPEED", "REPEAT")


def refused(capsys: pytest.CaptureFixture[str], *arguments: str) -> str:
    with pytest.raises(SystemExit) as end:
        read_arguments(arguments)
    assert end.value.code == 2
    said = capsys.readouterr().err
    assert [word for word in ENGLISH if word in said] == []
    return said


@pytest.mark.parametrize("command", ["", *COMMANDS])
def test_help_holds_no_english(capsys, command):
    with pytest.raises(SystemExit) as end:
        read_arguments([*([command] if command else []), "--help"])
    assert end.value.code == 0
    said = capsys.readouterr().out
    assert "usage :" in said
    assert [word for word in ENGLISH if word in said] == []


@pytest.mark.parametrize(
    ("arguments", "words"),
    [
        (["pln"], "« pln » n’existe pas. Vouliez-vous dire « plan » ?"),
        (["repport", "jr-2025"], "Vouliez-vous dire « report » ?"),
        (["frobnicate"], "« frobnicate » n’existe pas (au choix : demo, serve,"),
        (["plan"], "il manque RENCONTRE"),
        (["plan", "jr-2025", "--publich"], "« --publich » est en trop. Vouliez-vous dire « --publish » ?"),
        (["plan", "jr-2025", "autre"], "« autre » est en trop"),
        (["plan", "jr-2025", "--seed"], "--seed : on attend une valeur"),
        (["plan", "jr-2025", "--seed", "un"], "--seed : « un » n’est pas un nombre entier"),
        (["plan", "jr-2025", "--json=1"], "--json : on n’attend pas de valeur"),
        (["report", "jr-2025", "--format", "rtf", "-o", "x"], "« rtf » n’existe pas"),
        (["serve", "--port", "99999"], "n’est pas un port"),
        (["rehearse", "jr-2025", "--speed", "0"], "plus grand que zéro"),
        (["bench", "page", "fanoot"], "Vouliez-vous dire « fanout » ?"),
        (["rehearse", "jr-2025", "--e=1"], "--erase"),
    ],
)
def test_wrong_usage_says_what_was_meant(capsys, arguments, words):
    said = refused(capsys, *arguments)
    assert words in said.replace("\u202f", " ").replace("\u00a0", " ")
    assert "--help" in said


def test_no_command_is_wrong_usage_and_shows_the_list(capsys):
    with pytest.raises(SystemExit) as end:
        read_arguments([])
    assert end.value.code == 2
    assert "sign-in-link" in capsys.readouterr().out


@pytest.mark.parametrize(
    ("by_make", "arguments", "command"),
    [
        (True, ["--data", "data"], "make demo-reset"),
        (True, ["--data", "data", "--port", "9000"], "make demo-reset PORT=9000"),
        (
            True,
            ["--data", "mes données", "--host", "0.0.0.0"],
            "make demo-reset HOST=0.0.0.0 'DATA=mes données'",
        ),
        (False, [], "maillage demo --reset"),
        (False, ["--data", "d", "--port", "9000"], "maillage demo --reset --port 9000 --data d"),
    ],
)
def test_demo_says_how_to_begin_this_very_one_anew(monkeypatch, by_make, arguments, command):
    monkeypatch.delenv("MAKELEVEL", raising=False)
    if by_make:
        monkeypatch.setenv("MAKELEVEL", "1")
    options: argparse.Namespace = read_arguments(["demo", *arguments])
    assert reset_command(options) == command

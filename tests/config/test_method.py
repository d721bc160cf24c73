"""`maillage method`: the library and the check of a file, for whoever writes one."""

import json

import pytest

from facilitation import shipped_methods
from maillage.config.arguments import read_arguments
from maillage.config.commands.method import NoFile, NotText, run


def test_list_names_every_shipped_method(capsys):
    assert run(read_arguments(["method", "list", "--json"])) == 0
    listed = json.loads(capsys.readouterr().out)
    assert {method["id"] for method in listed} == set(shipped_methods())
    assert all(method["minutes"] for method in listed)
    assert run(read_arguments(["method", "list"])) == 0
    assert "Co-développement" in capsys.readouterr().out


def test_check_says_file_line_and_key(tmp_path, capsys):
    source = shipped_methods()["codev"].source
    good, bad = tmp_path / "bon.toml", tmp_path / "mauvais.toml"
    good.write_text(source, encoding="utf-8")
    bad.write_text(source.replace('activity = "cards"', 'activity = "card"', 1), encoding="utf-8")
    assert run(read_arguments(["method", "check", str(good)])) == 0
    assert "rien à corriger" in capsys.readouterr().out
    assert run(read_arguments(["method", "check", str(bad)])) == 1
    line = source[: source.index('activity = "cards"')].count("\n") + 1
    said = capsys.readouterr().err
    assert f"{bad}, ligne {line}, stages." in said
    assert "cards" in said
    assert run(read_arguments(["method", "check", str(bad), "--json"])) == 1
    assert [problem["line"] for problem in json.loads(capsys.readouterr().out)["problems"]] == [line]


def test_what_is_no_file_is_said(tmp_path):
    picture = tmp_path / "a.toml"
    picture.write_bytes(b"\xff\xd8")
    with pytest.raises(NotText):
        run(read_arguments(["method", "check", str(picture)]))
    with pytest.raises(NoFile):
        run(read_arguments(["method", "check"]))
    with pytest.raises(FileNotFoundError):
        run(read_arguments(["method", "check", str(tmp_path / "absent.toml")]))


def test_example_of_a_refusal_is_copied_into_the_file_as_it_is(tmp_path, capsys):
    file = tmp_path / "essai.toml"
    source = shipped_methods()["un-deux-quatre-tous"].source
    file.write_text(source.replace('from = ["seul"]', 'from = "seul"'), encoding="utf-8")
    assert run(read_arguments(["method", "check", str(file)])) == 1
    assert '["seul"].' in capsys.readouterr().err


def test_options_stand_before_or_after_what_they_are_about() -> None:
    for words in ("check --json --data D F.toml", "check F.toml --json --data D", "--json check --data=D F.toml"):
        options = read_arguments(["method", *words.split()])
        assert (options.action, options.file, options.json, options.data) == ("check", "F.toml", True, "D")
    assert read_arguments(["method", "check", "--dat", "D", "F.toml"]).file == "F.toml"
    assert read_arguments(["method", "check", "--json", "--", "--json"]).file == "--json"
    assert read_arguments(["carry", "out", "--json", "-o", "F", "jr-2025"]).thing == "jr-2025"
    with pytest.raises(SystemExit):
        read_arguments(["method", "check", "--jzon", "F.toml"])

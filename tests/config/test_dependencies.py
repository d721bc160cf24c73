"""What `make lint` says of the packages we take (tests/dependencies.py)."""

import json
from pathlib import Path

import pytest

from tests import dependencies

HASH = "    --hash=sha256:" + "0" * 64


@pytest.fixture
def lock(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    made = tmp_path / "requirements.lock"
    made.write_text(
        f"django==5.2.19 \\\n{HASH}\nuvloop==0.23.0 ; sys_platform != 'win32' \\\n{HASH}\n", encoding="utf-8"
    )
    monkeypatch.setattr(dependencies, "LOCKS", [made])
    monkeypatch.setattr(dependencies, "misdeclared", list)  # reads every file of ours: once is enough
    return made


def answer(folder: Path, monkeypatch: pytest.MonkeyPatch, said: str) -> None:
    """A pip-audit that says this."""
    tool = folder / "pip-audit"
    tool.write_text(f"#!/bin/sh\ncat <<'END'\n{said}\nEND\n", encoding="utf-8")
    tool.chmod(0o755)
    monkeypatch.setattr(dependencies, "AUDIT", tool)


@pytest.mark.parametrize(
    "line", ["django==5.2.19\n", "django>=5.2 \\\n" + HASH + "\n", "-e .\n", "django==5.2.19 \\\n    --hash=md5:1\n"]
)
def test_a_line_without_its_version_and_digest_is_said(lock, line):
    assert dependencies.unpinned() == []
    lock.write_text(line, encoding="utf-8")
    assert len(dependencies.unpinned()) == 1


def test_a_known_fault_fails_and_says_which(lock, tmp_path, monkeypatch, capsys):
    fault = {"id": "PYSEC-1", "fix_versions": ["5.2.20"]}
    said = {
        "dependencies": [
            {"name": "django", "version": "5.2.19", "vulns": [fault]},
            {"name": "uvloop", "version": "0.23.0", "vulns": []},
        ]
    }
    answer(tmp_path, monkeypatch, json.dumps(said))
    assert dependencies.main([]) == 1
    assert "django 5.2.19 : PYSEC-1, corrigée : 5.2.20" in capsys.readouterr().out


def test_none_known_is_said_with_how_many_were_looked_up(lock, tmp_path, monkeypatch, capsys):
    answer(tmp_path, monkeypatch, json.dumps({"dependencies": [{"name": "django", "version": "5.2.19", "vulns": []}]}))
    assert dependencies.main([]) == 0
    assert "1 versions regardées, 0 faille" in capsys.readouterr().out


@pytest.mark.parametrize(
    "said", ["", "Traceback", json.dumps({"dependencies": [{"name": "django", "skip_reason": "not found"}]})]
)
def test_an_audit_that_could_not_be_made_is_said_and_fails_only_when_asked(lock, tmp_path, monkeypatch, capsys, said):
    answer(tmp_path, monkeypatch, said)
    assert dependencies.main([]) == 0
    assert "NON FAIT" in capsys.readouterr().out
    assert dependencies.main(["--strict"]) == 1

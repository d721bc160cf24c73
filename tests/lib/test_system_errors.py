import errno
import sqlite3
from pathlib import Path

import pytest

from maillage.lib.system_errors import OS_WORDS, database_error_words, os_error_sentence, os_error_words


def test_a_missing_file_is_said_in_french_with_its_path(tmp_path: Path):
    with pytest.raises(FileNotFoundError) as caught:
        (tmp_path / "absent" / "cr.pdf").write_bytes(b"")
    assert os_error_sentence(caught.value) == f"{tmp_path}/absent/cr.pdf\u00a0: ce dossier ou ce fichier n’existe pas."


@pytest.mark.parametrize("number", sorted(OS_WORDS))
def test_known_errors_never_quote_the_system(number: int):
    words = os_error_words(OSError(number, "In English"))
    assert "English" not in words
    assert not words.endswith(".")


def test_an_unknown_error_keeps_its_number():
    assert "erreur 9999" in os_error_words(OSError(9999, "Martian"))
    assert os_error_words(TimeoutError()) == OS_WORDS[errno.ETIMEDOUT]


def test_what_sqlite_says_is_said_in_french(tmp_path: Path):
    (tmp_path / "base").write_text("un texte qui n’est pas une base, assez long pour que SQLite le lise " * 20)
    with pytest.raises(sqlite3.Error) as caught, sqlite3.connect(tmp_path / "base") as base:
        base.execute("select * from sqlite_master")
    base.close()
    assert database_error_words(caught.value) == "ce fichier n’est pas une base SQLite"
    with pytest.raises(sqlite3.Error) as caught:
        sqlite3.connect(tmp_path / "absent" / "base")
    assert database_error_words(caught.value) == "on ne peut pas ouvrir son fichier"


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ('connection failed: FATAL:  database "maillage" does not exist', "cette base n’existe pas"),
        ('FATAL:  password authentication failed for user "x"', "le nom ou le mot de passe n’est pas le bon"),
        (
            "connection to server failed : Connection refused\n\tIs the server running ?",
            "personne ne répond à cette adresse",
        ),
        ("something new\nand more", "elle répond « something new »"),
        ("", "elle ne dit pas pourquoi"),
    ],
)
def test_what_postgresql_says_is_said_in_french(said: str, words: str):
    assert database_error_words(Exception(said)) == words

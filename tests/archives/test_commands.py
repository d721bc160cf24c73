"""The commands: what they say, and that nothing is served before what is due is erased."""

import json
from argparse import Namespace

import pytest

from maillage.config.cli import main
from maillage.config.commands import serve
from maillage.gatherings.models import Gathering
from maillage.people.models import Space
from maillage.people.services import make_space
from tests.archives.world import SECRET, full_day
from tests.trips.conftest import PHRASE

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _tables_are_there(monkeypatch):
    for name in ("archive", "archive_import"):
        monkeypatch.setattr(f"maillage.config.commands.{name}.prepare_tables", lambda: None)


def said(capsys) -> tuple[str, str]:
    out, err = capsys.readouterr()
    return out.replace("\xa0", " ").replace("\u202f", " "), err.replace("\xa0", " ").replace("\u202f", " ")


def test_an_archive_is_written_and_taken_in_by_commands(tmp_path, capsys):
    day = full_day(people=6)
    file = tmp_path / "journee.zip"
    assert main(["archive", day.slug, "-o", str(file)]) == 0
    assert "sans aucun nom" in said(capsys)[0]
    assert main(["archive", day.slug, "-o", str(file)]) == 1
    assert "il existe déjà, et n’est pas remplacé" in said(capsys)[1]
    assert main(["archive-import", str(file), "--space", "oriv"]) == 1
    assert "est déjà sur ce serveur" in said(capsys)[1]
    assert main(["archive-import", str(tmp_path / "rien.zip"), "--space", "oriv"]) == 1
    assert "rien.zip" in said(capsys)[1]
    day.delete()
    make_space(slug="autre", name="Autre", by="essai")
    assert main(["archive-import", str(file), "--space", "autre", "--json"]) == 0
    assert json.loads(said(capsys)[0]) == {"gathering": day.slug, "space": "autre"}
    assert Gathering.objects.get(slug=day.slug).space.slug == "autre"


def test_a_complete_archive_says_what_it_holds(tmp_path, capsys):
    full_day(people=2)
    phrase = tmp_path / "phrase"
    phrase.write_text(PHRASE)
    closed, opened = tmp_path / "sans.maillage", tmp_path / "avec.maillage"
    assert main(["archive", "--complete", "oriv", "-o", str(closed)]) == 0
    out = said(capsys)[0]
    assert "Phrase de passe, dite une seule fois" in out
    assert "Les clés des séances n’y sont pas" in out
    told = ["archive", "--complete", "oriv", "--with-keys", "-o", str(opened), "--passphrase-file", str(phrase)]
    assert main(told) == 0
    out = said(capsys)[0]
    assert "Les clés des séances y sont" in out
    assert PHRASE not in out
    assert SECRET.encode() not in closed.read_bytes() + opened.read_bytes()
    assert (closed.stat().st_mode & 0o777, opened.stat().st_mode & 0o777) == (0o600, 0o600)
    back = ["archive-import", str(opened), "--complete", "--passphrase-file", str(phrase)]
    assert main(back) == 1
    assert "installation vide" in said(capsys)[1]
    Space.objects.all().delete()
    assert main(back) == 0
    assert "ORIV" in said(capsys)[0]


@pytest.mark.parametrize(
    ("arguments", "sentence"),
    [
        (["archive", "-o", "x"], "quelle rencontre"),
        (["archive", "a", "--complete", "b", "-o", "x"], "quelle rencontre"),
        (["archive", "a", "--with-keys", "-o", "x"], "vont avec --complete"),
        (["archive", "inconnue", "-o", "x"], "Aucune rencontre ne s’appelle"),
        (["archive", "--complete", "inconnu", "-o", "x"], "Aucun espace ne s’appelle"),
        (["archive-import", "x"], "Dites dans quel espace"),
        (["archive-import", "x", "--complete", "--space", "a"], "va sans --space"),
    ],
)
def test_what_is_missing_is_said(capsys, arguments, sentence):
    assert main(arguments) == 1
    assert sentence in said(capsys)[1]


def test_nothing_is_served_before_what_is_due_is_erased(monkeypatch):
    done = []
    for name in ("prepare_installation", "erase_before_serving"):
        monkeypatch.setattr(serve, name, lambda name=name: done.append(name))
    monkeypatch.setattr(serve, "serve", lambda **_options: done.append("serve") or 0)
    options = Namespace(room=False, tls=False, wifi_name=None, wifi_password=None, workers=1, host="", port=0)
    assert serve.run(options) == 0
    assert done == ["prepare_installation", "erase_before_serving", "serve"]

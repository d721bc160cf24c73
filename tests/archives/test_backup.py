"""A backup of two spaces put back elsewhere is the same rows, and what was erased meanwhile does not come back."""

import json
from datetime import timedelta
from uuid import uuid4

import pytest
from django.conf import settings
from django.utils import timezone

from maillage.archives import backup
from maillage.archives.backup import last_backup, restore_backup, verify_backup, write_backup
from maillage.archives.complete import CompleteRefused, encode_value
from maillage.archives.consistency import faults_here
from maillage.archives.scope import tables
from maillage.live import keys
from maillage.live.models import Move, Session
from maillage.live.services import erase_session
from maillage.office.ledger import KINDS, SESSION, record_erasures
from maillage.office.retention import erase_all_due
from maillage.people.models import Space, User
from maillage.people.services import give_right, make_space
from maillage.trips.sealing import Damaged, FileRefused, WrongPassphrase
from tests.archives.world import full_day, play_notes
from tests.trips.conftest import PHRASE, on

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture(autouse=True)
def _folder(monkeypatch, tmp_path):
    """The data folder of whichever server is on; its own secret is in it."""
    monkeypatch.setattr(settings, "DATA_DIR", tmp_path)
    monkeypatch.delenv("MAILLAGE_SECRET_KEY")  # given, it would be the operator's, whatever the file holds
    (tmp_path / "secret-key").write_text("le secret de la maison, assez long pour en être un")


def everything() -> dict[str, list[list[object]]]:
    return {
        label: [
            [encode_value(column, getattr(row, column.attname)) for column in model._meta.concrete_fields]
            for row in model._base_manager.order_by("pk")
        ]
        for label, model in tables().items()
    }


def fill() -> Session:
    session, _porteur = play_notes(full_day(people=3))
    other = make_space(slug="autre", name="Autre espace", by="essai")
    give_right(user=User.objects.create_user("b@exemple.invalid"), space=other, role="organiser", by="essai")
    return session


def put_back(path, server):
    with on(server), path.open("rb") as file:
        return restore_backup(file=file, passphrase=PHRASE)


def test_what_is_put_back_is_what_was_there(home, room, tmp_path):
    path = tmp_path / "tout"
    with on(home):
        fill()
        erase_all_due(now=timezone.now())  # what is due goes as it is put back: here it went already
        before, moves = everything(), Move.objects.count()
        done = write_backup(path=path, passphrase=PHRASE, with_keys=True)
        assert last_backup() == done.mark.at.replace(microsecond=0)
        assert PHRASE.encode() not in path.read_bytes()
        with path.open("rb") as file:
            found = verify_backup(file=file, passphrase=PHRASE)
        assert (found.rows, found.spaces, found.keys, found.mark.moves) == (done.rows, 2, 1, moves)
    (tmp_path / "secret-key").write_text("celui d’une installation neuve, qui ne doit pas rester")
    back = put_back(path, room)
    assert (tmp_path / "secret-key").read_text().startswith("le secret de la maison")
    assert (back.rows, back.keys, back.without_key, back.own_secret) == (done.rows, 1, 0, True)
    with on(room):
        after = everything()
        assert {label for label in before if before[label] != after[label]} == set()
        assert faults_here() == []
        with path.open("rb") as file, pytest.raises(CompleteRefused, match="a déjà un espace"):
            restore_backup(file=file, passphrase=PHRASE)


def test_what_was_erased_since_does_not_come_back(home, room, tmp_path):
    path = tmp_path / "tout"
    with on(home):
        session = fill()
        write_backup(path=path, passphrase=PHRASE, with_keys=True)
        erase_session(session=session, by="essai")
        ledger = settings.KEYS_DIR / "effacements.jsonl"
        kept = ledger.read_text()
    with on(room):
        settings.KEYS_DIR.mkdir(parents=True, exist_ok=True)
        (settings.KEYS_DIR / "effacements.jsonl").write_text(kept)
    assert put_back(path, room).erased >= 1
    with on(room):
        assert not keys.has_key(session.pk)
        assert Session.objects.get(pk=session.pk).status == "erased"


def test_a_backup_carries_its_own_ledger(home, room, tmp_path):
    path = tmp_path / "tout"
    with on(home):
        session = fill()
        erase_session(session=session, by="essai")
        others = {kind: uuid4() for kind in KINDS if kind != SESSION}
        for kind, known in others.items():
            record_erasures(kind, [known])
        write_backup(path=path, passphrase=PHRASE, with_keys=True)
    put_back(path, room)
    with on(room):
        lines = [json.loads(line) for line in (settings.KEYS_DIR / "effacements.jsonl").read_text().splitlines()]
        told = {(line["kind"], line["id"]) for line in lines}
        assert {(kind, str(known)) for kind, known in {SESSION: session.pk, **others}.items()} <= told


def test_a_bad_file_puts_nothing_back(home, room, tmp_path):
    path = tmp_path / "tout"
    with on(home):
        fill()
        write_backup(path=path, passphrase=PHRASE, with_keys=True)
        with pytest.raises(CompleteRefused, match="existe déjà"):
            write_backup(path=path, passphrase=PHRASE, with_keys=True)
    whole = path.read_bytes()
    for content, passphrase, refusal in (
        (whole, "une-autre-phrase-de-passe", WrongPassphrase),
        (whole[:-40], PHRASE, FileRefused),
        (whole[:3000] + bytes([whole[3000] ^ 1]) + whole[3001:], PHRASE, Damaged),
    ):
        path.write_bytes(content)
        for do in (verify_backup, restore_backup):
            with on(room), path.open("rb") as file, pytest.raises(refusal):
                do(file=file, passphrase=passphrase)
        with on(room):
            assert not Space.objects.exists()
            assert not list(settings.KEYS_DIR.glob("*")) if settings.KEYS_DIR.exists() else True


def test_a_log_with_a_hole_is_seen_here_and_in_a_backup(home, tmp_path):
    path = tmp_path / "tout"
    with on(home):
        session = fill()
        Move.objects.filter(session=session, number=2).delete()
        assert faults_here() == ["1\u00a0séance n’a pas tous ses gestes : leur journal est incomplet."]
        write_backup(path=path, passphrase=PHRASE, with_keys=False)
        with path.open("rb") as file, pytest.raises(CompleteRefused, match="il y manque des gestes"):
            verify_backup(file=file, passphrase=PHRASE)
        keys.destroy_key(session.pk)
        assert "1\u00a0séance n’a pas sa clé" in faults_here()[-1]


def test_when_the_last_backup_was_is_read_or_unknown(tmp_path):
    assert last_backup() is None
    (tmp_path / backup.LAST).write_text("{")
    assert last_backup() is None
    moment = (timezone.now() - timedelta(days=3)).replace(microsecond=0)
    (tmp_path / backup.LAST).write_text(json.dumps({"at": moment.isoformat()}))
    assert last_backup() == moment

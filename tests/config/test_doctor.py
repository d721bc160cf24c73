"""What is wrong is said in one sentence with the way out, whatever it is that is wrong."""

import datetime as dt
import errno
import os
import socket
from collections import namedtuple
from pathlib import Path

import pytest
from django.db import OperationalError
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from maillage.config.cli import main
from maillage.config.commands import doctor
from maillage.config.commands.doctor import Lacking, Wrong
from maillage.office.models import Activity

pytestmark = pytest.mark.django_db

Usage = namedtuple("Usage", "free")


@pytest.fixture(autouse=True)
def folder(settings, tmp_path):
    settings.DATA_DIR = tmp_path / "data"
    settings.DATA_DIR.mkdir()
    return settings.DATA_DIR


def test_a_disk_that_is_nearly_full(monkeypatch):
    monkeypatch.setattr(doctor.shutil, "disk_usage", lambda path: Usage(3_000_000))
    with pytest.raises(Wrong, match="Il reste 3 Mo"):
        doctor.check_data_folder()


def test_a_disk_that_is_full_is_not_a_matter_of_rights(monkeypatch):
    def full(self, *_args, **_options):
        raise OSError(errno.ENOSPC, "No space left on device")

    monkeypatch.setattr(Path, "write_text", full)
    with pytest.raises(Wrong, match="est plein : libérez"):
        doctor.check_data_folder()


def test_files_of_another_account(folder, monkeypatch):
    (folder / "maillage.sqlite3").touch()
    assert "tous à" in doctor.check_files()
    real = os.access
    monkeypatch.setattr(doctor.os, "access", lambda path, mode: not str(path).endswith("sqlite3") and real(path, mode))
    with pytest.raises(Wrong, match=r"maillage.sqlite3. Remettez-les au sien : chown -R .* sudo -u"):
        doctor.check_files()


def test_a_folder_that_shows_nothing_is_a_sentence(monkeypatch, capsys):
    def shut():
        raise PermissionError(13, "Permission denied", "/var/lib/maillage/keys")

    monkeypatch.setattr(doctor, "CHECKS", (shut,))
    assert main(["doctor"]) == 1
    assert "vous n’en avez pas le droit" in capsys.readouterr().out


@pytest.mark.parametrize(("ahead", "said"), [(dt.timedelta(days=400), "se croit le"), (dt.timedelta(minutes=1), "")])
def test_a_clock_that_is_behind_what_was_written(ahead, said):
    Activity.objects.create(by="essai", verb="make")
    Activity.objects.update(at=timezone.now() + ahead)
    if said:
        with pytest.raises(Wrong, match=said):
            doctor.check_clock()
    else:
        assert "heure" in doctor.check_clock()


def test_tables_of_another_version(monkeypatch):
    assert "à jour" in doctor.check_database()
    MigrationRecorder(doctor.connection).record_applied("people", "0099_from_tomorrow")
    with pytest.raises(Wrong, match=r"plus récente que Maillage .*people.0099_from_tomorrow"):
        doctor.check_database()
    recorder = MigrationRecorder(doctor.connection)
    recorder.record_unapplied("people", "0099_from_tomorrow")
    recorder.record_unapplied(*MigrationLoader(doctor.connection).graph.leaf_nodes("registrations")[0])
    with pytest.raises(Lacking, match="upgrade --dry-run"):
        doctor.check_database()
    monkeypatch.setattr(doctor, "look", lambda: (_ for _ in ()).throw(OperationalError("connection refused")))
    with pytest.raises(Wrong, match="personne ne répond à cette adresse"):
        doctor.check_database()


def test_fonts_that_are_missing(tmp_path, monkeypatch):
    assert "avec ses polices" in doctor.check_pdf()
    monkeypatch.setattr(doctor, "OUR_FONTS", tmp_path)
    with pytest.raises(Wrong, match="0 sur 4"):
        doctor.check_pdf()


def test_a_mail_server_that_does_not_answer(settings):
    with socket.socket() as nobody:
        nobody.bind(("127.0.0.1", 0))
        settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", nobody.getsockname()[1]
        with pytest.raises(Wrong, match="personne ne répond à cette adresse"):
            doctor.check_mail()

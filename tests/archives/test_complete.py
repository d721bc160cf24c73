"""All of a space, sealed, and put back row for row. A table nobody thought of makes these fail."""

import datetime as dt

import pytest
from django.apps import apps
from django.utils import timezone

from maillage.archives.complete import CompleteRefused, restore_complete, write_complete
from maillage.archives.scope import FOREIGN, LEFT_OUT, UnknownTable, tables
from maillage.atlas.models import Entry
from maillage.live import keys
from maillage.live.enums import SessionStatus
from maillage.live.models import Move, Session
from maillage.live.services import erase_session
from maillage.memory.models import PorteurSheet
from maillage.memory.sheets import open_sheet, sheet_token
from maillage.office.ledger import NAME
from maillage.office.models import Activity
from maillage.office.retention import change_names_rule
from maillage.people.models import Person, Space
from maillage.registrations.models import Registration
from maillage.registrations.retention import NAMELESS
from maillage.trips.sealing import Damaged, NotOurs, Unfinished, WrongPassphrase
from tests.archives.world import SECRET, full_day, play_counts, play_notes
from tests.trips.conftest import PHRASE, on

OWN_LINES = ("complete-archive", "restore-complete")  # what the two commands themselves note


def everything() -> dict[str, list[tuple]]:
    """Every table, every column, whoever declared it: nothing here asks the code that is tested."""
    found = {}
    for model in apps.get_models(include_auto_created=True):
        label = model._meta.label_lower
        if model._meta.app_label in FOREIGN or label in LEFT_OUT:
            continue
        rows = model._base_manager.order_by("pk")
        if label == "office.activity":
            rows = rows.exclude(verb__in=OWN_LINES)
        columns = [column.attname for column in model._meta.concrete_fields]
        found[label] = [
            tuple(bytes(value) if isinstance(value, memoryview) else value for value in row)
            for row in rows.values_list(*columns)
        ]
    return found


def write(server, file, *, with_keys: bool = False) -> None:
    with on(server):
        space = Space.objects.get(slug="oriv")
        write_complete(space=space, path=file, passphrase=PHRASE, with_keys=with_keys, by="essai")


def restore(server, file, passphrase: str = PHRASE):
    with on(server), file.open("rb") as opened:
        return restore_complete(file=opened, passphrase=passphrase, by="essai")


@pytest.fixture
def played(make_server):
    """Tomorrow's day: nothing of it is due. In a SQLite file: it is put back into whatever the suite runs on."""
    home = make_server("maison", vendor="sqlite")
    with on(home):
        day = full_day(date=timezone.localdate() + dt.timedelta(days=1))
        play_counts(day)
        play_notes(day)
        change_names_rule(space=day.space_id, slug=day.space.slug, months=12, by="essai")
        Person.objects.filter(first_name=f"{SECRET}prenom0").update(last_name="")
    return home


def test_every_row_comes_back_as_it_was(played, room, tmp_path):
    file = tmp_path / "tout.maillage"
    write(played, file, with_keys=True)
    with on(played):
        before = everything()
        entries = Entry.objects.count()
    filled = [label for label, rows in before.items() if rows]
    assert len(filled) > 25  # there is something to lose
    done = restore(room, file)
    with on(room):
        after = everything()
        assert {label for label in before if before[label] != after[label]} == set()
        assert Entry.objects.count() == entries
        assert (done.erased, done.without_key, done.keys) == (0, 0, 2)
    again = tmp_path / "encore.maillage"
    write(room, again)  # and from this database too: what PostgreSQL reads at one moment is as whole
    with on(room):
        assert Activity.objects.get(verb="complete-archive", about_id=Space.objects.get().pk).about == str(
            done.rows + 1
        )
        made = Person.objects.create(space=Space.objects.get(), first_name="Après")  # numbers go on after theirs
        Registration.objects.create(person=made, gathering=Space.objects.get().gatherings.first())
        Activity.objects.create(space="oriv", by="x", verb="x")
    assert SECRET.encode() not in file.read_bytes()


def test_no_table_is_left_out_in_silence(monkeypatch):
    said = {model._meta.label_lower for model in apps.get_models(include_auto_created=True) if model._meta.managed}
    ours = {label for label in said if label.split(".")[0] not in FOREIGN}
    assert ours == set(tables()) | set(LEFT_OUT)
    assert all(LEFT_OUT.values())  # each with its reason

    monkeypatch.setattr("maillage.archives.scope.SPECIAL", {})
    tables.cache_clear()
    try:
        with pytest.raises(UnknownTable):
            tables()
    finally:
        monkeypatch.undo()
        tables.cache_clear()


def test_a_bad_file_restores_nothing_and_the_good_one_without_keys_stays_closed(played, room, tmp_path, monkeypatch):
    file, bad = tmp_path / "tout.maillage", tmp_path / "mauvais.maillage"
    write(played, file, with_keys=True)
    content = file.read_bytes()
    changed = content[:-1000] + bytes([content[-1000] ^ 1]) + content[-999:]
    for ruined, passphrase, kinds in (
        (content, "une-autre-phrase-de-passe", WrongPassphrase),
        (content[:-1000], PHRASE, (Damaged, Unfinished)),
        (content[:60], PHRASE, (Damaged, Unfinished)),
        (changed, PHRASE, Damaged),
        (b"", PHRASE, NotOurs),
        (b"PK" + content, PHRASE, NotOurs),
    ):
        bad.write_bytes(ruined)
        with pytest.raises(kinds) as refusal:
            restore(room, bad, passphrase)
        assert refusal.value.sentence
        with on(room):
            assert not Space.objects.exists()
            assert not Person.objects.exists()
            assert not list(keys.folder().glob("*.key"))

    older = tmp_path / "autre-version.maillage"
    monkeypatch.setattr("maillage.archives.complete.migrations", lambda: {"live": "0001"})
    write(played, older)
    monkeypatch.undo()
    with pytest.raises(CompleteRefused, match="cette version-là"):
        restore(room, older)
    with pytest.raises(CompleteRefused, match="existe déjà"):
        write(played, file)

    closed = tmp_path / "sans-cles.maillage"
    write(played, closed)
    done = restore(room, closed)
    assert (done.keys, done.without_key) == (0, 2)
    with on(room):
        assert Move.objects.exists()
        assert not any(keys.has_key(pk) for pk in Session.objects.values_list("pk", flat=True))
    with pytest.raises(CompleteRefused, match="installation vide"):
        restore(room, closed)


def test_what_is_due_since_is_erased_before_anybody_reads_it(played, room, tmp_path, monkeypatch):
    """Written with its keys, put back 31 days after the day: the notes are gone, the porteur's sheet stays."""
    file = tmp_path / "tout.maillage"
    with on(played):
        session = Session.objects.get(workshop__title="Codéveloppement")
        porteur = PorteurSheet.objects.get()
        token = sheet_token(session.pk, session.seats.order_by("created_at").last().pk)
        key = keys.read_key(session.pk)
    write(played, file, with_keys=True)
    later = timezone.now() + dt.timedelta(days=33)
    monkeypatch.setattr("maillage.archives.complete.timezone.now", lambda: later)
    done = restore(room, file)
    monkeypatch.undo()
    assert done.erased
    with on(room):
        assert set(Session.objects.values_list("status", flat=True)) == {SessionStatus.ERASED}
        assert not Registration.objects.exclude(needs="").exists()
        sheet = PorteurSheet.objects.get(pk=porteur.pk)
        assert f"{SECRET}pas" in str(open_sheet(token, bytes(sheet.sealed)))
        assert Person.objects.filter(first_name=NAMELESS).count() == 0  # their own term is a year
    for path in room.folder.rglob("*"):
        if path.is_file():
            content = path.read_bytes()
            assert key not in content, path
            assert f"{SECRET}fauteuil".encode() not in content, path


def test_what_was_erased_on_request_does_not_come_back(played, room, tmp_path):
    """The ledger lies with the keys, out of the archive: an older archive erases again what it brings back."""
    file = tmp_path / "tout.maillage"
    write(played, file, with_keys=True)
    with on(played):
        session = Session.objects.get(workshop__title="Codéveloppement")
        erase_session(session=session, by="essai")
    ledger = played.folder / "keys" / NAME
    (room.folder / "keys").mkdir()
    (room.folder / "keys" / NAME).write_bytes(ledger.read_bytes())
    done = restore(room, file)
    assert done.erased == 1
    with on(room):
        assert Session.objects.get(pk=session.pk).status == SessionStatus.ERASED
        assert not keys.has_key(session.pk)

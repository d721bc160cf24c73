"""A base of an older version, full, brought to this one and back: the same to the byte, wherever it was cut."""

import datetime as dt
import json
import os
import re
import signal
import sqlite3
import zipfile
from contextlib import closing
from pathlib import Path

import pytest
from django.core.management import call_command
from django.db import connection, connections, migrations, models
from django.db.migrations.loader import MigrationLoader
from django.db.migrations.recorder import MigrationRecorder
from django.utils import timezone

from maillage.config import installation, upgrading
from maillage.config.cli import main
from maillage.config.copying import kept, postgresql, sqlite, write_tables
from maillage.config.upgrade_words import Failed, NoRoom, NotItsOwner, StillServing, TablesAreNewer
from maillage.config.upkeep import keep_house
from maillage.contracts.models import ContratDeVille
from maillage.contracts.services import make_contract, new_facts
from maillage.people.models import Person, Space, User
from maillage.people.services import make_space
from maillage.territories.models import Department, Epci, Region
from tests import postgresql as clusters
from tests.browser.house import free_port
from tests.once import ON_POSTGRESQL, made_once

NEAR = (("registrations", "0006"), ("questionnaires", "0001"), ("office", "0003"))  # what wrote the old base
FAR = (("contracts", "0001"), ("people", "0006"), ("gatherings", "0004"), *NEAR)  # these rewrite rows and drop some
ODD = "Ana\t« \\N »\nl’été 🌊 \\. 'x' \"y\""  # what a copy as text could lose


def use(name: str) -> None:
    connections.close_all()
    connection.settings_dict["NAME"] = name


def fill(older: tuple[tuple[str, str], ...]) -> None:
    space = make_space(slug="ici", name="Ici", by="essai")
    region = Region.objects.create(code="44", name="Grand Est")
    department = Department.objects.create(code="57", name="Moselle", region=region)
    epci = Epci.objects.create(siren="200039865", name="Metz", department=department)
    facts = new_facts(epci.pk, status="signed", source="le contrat", source_date="2024-06")
    make_contract(space=space, facts=facts, by="essai")
    for number in range(300):
        Person.objects.create(space=space, first_name=f"{number}", last_name=ODD, email=f"p{number}@exemple.invalid")
    User.objects.create_user("a@exemple.invalid", "A")
    for app, name in older:
        call_command("migrate", app, name, verbosity=0)
    connections.close_all()


@pytest.fixture
def older(request, tmp_path, tmp_path_factory, tables, settings, django_db_blocker, monkeypatch):
    """Its data folder. Whoever asks for the base gets this one, in each thread."""
    versions = getattr(request, "param", NEAR)
    what = "near" if versions is NEAR else "far"
    settings.DATA_DIR = tmp_path
    settings.STATIC_ROOT = tmp_path / "static"
    monkeypatch.setattr(installation, "gather_static_files", lambda: None)
    first = connection.settings_dict["NAME"]

    def make(folder: Path) -> None:
        if ON_POSTGRESQL:
            url = clusters.cluster().make_database(f"older_{what}", template=clusters.TEMPLATE)
            use(f"older_{what}")
            fill(versions)
            clusters.cluster().dump(url, folder / "older")
        else:
            (folder / "older").write_bytes(tables.read_bytes())
            use(str(folder / "older"))
            fill(versions)

    with django_db_blocker.unblock():
        try:
            made = made_once(tmp_path_factory, f"older-{what}", make) / "older"
            if ON_POSTGRESQL:
                name = f"older_{os.getpid()}_{abs(hash(str(tmp_path)))}"
                clusters.cluster().restore(made, name)
            else:
                name = str(tmp_path / "maillage.sqlite3")
                with closing(sqlite3.connect(made)) as base, closing(sqlite3.connect(name)) as copy:
                    base.backup(copy)
            use(name)
            yield tmp_path
        finally:
            use(first)


# A constraint read by PostgreSQL from its own words is told with its casts elsewhere: ARRAY[…]::text[], or each ::text.
CASTS = re.compile(r"::(?:text|character varying)|\[\]|[()]")


def content(folder: Path, *, counters: bool = False) -> object:
    """All there is, tables and rows. `counters`: PostgreSQL takes back no number that it gave, even to what failed."""
    if not ON_POSTGRESQL:
        connection.close()
        with closing(sqlite3.connect(folder / "maillage.sqlite3")) as base:
            return "\n".join(base.iterdump())
    file = folder / "content.zip"
    file.unlink(missing_ok=True)
    write_tables(file)
    with zipfile.ZipFile(file) as held:
        rows = {name: held.read(name) for name in held.namelist()}
    tables = json.loads(rows.pop(postgresql.SCHEMA))["tables"]
    for table in tables:
        if not counters:
            table.pop("counters")
    return rows, CASTS.sub("", json.dumps(tables))


def upgrade() -> list[str]:
    said: list[str] = []
    with upgrading.turn():
        upgrading.bring_up_to_date(tell=said.append, upgrade=True)
    return said


def said(capsys) -> str:
    out, err = capsys.readouterr()
    return (out + err).replace("\xa0", " ").replace("\u202f", " ")


@pytest.mark.parametrize(
    ("older", "lines"),
    [
        (NEAR, ["4 changements attendent", "table registrations_opening : de plus : half_days"]),
        pytest.param(
            FAR,
            [
                "contracts.0003_first_versions",
                "table contracts_contractversion : nouvelle, 1 ligne",
                "que seule la copie saura rendre :\n  table contracts_contratdeville, colonne signed : 1 valeur",
            ],
            marks=pytest.mark.long,
        ),
    ],
    indirect=["older"],
    ids=["near", "far"],
)
def test_there_and_back_with_what_it_says(older, lines, capsys):
    before = content(older, counters=True)
    assert main(["verify"]) == 1  # a command beside the server changes no tables
    assert "mises à jour attendent" in said(capsys)
    assert main(["upgrade", "--dry-run"]) == 0
    told = said(capsys)
    assert [line for line in lines if line not in told] == []
    assert "Arrêtez le serveur" in told
    assert content(older, counters=True) == before
    assert list(kept.copies_folder().iterdir()) == []
    if ON_POSTGRESQL:
        with connection.cursor() as cursor:
            cursor.execute("SELECT count(*) FROM pg_namespace WHERE nspname LIKE 'maillage%%'")
            assert cursor.fetchone() == (0,)

    assert main(["upgrade", "--port", str(free_port())]) == 0
    told = said(capsys)
    assert "Copie faite et relue" in told
    assert "« maillage upgrade --back » remet" in told
    assert (Person.objects.filter(last_name=ODD).count(), ContratDeVille.objects.get().status) == (300, "signed")
    assert main(["upgrade"]) == 0
    assert "Rien à faire" in said(capsys)
    Space.objects.update(name="Écrit depuis")
    after = content(older, counters=True)

    port = str(free_port())
    assert main(["upgrade", "--back", "--port", port]) == 0
    told = said(capsys)
    assert "à l’octet près" in told
    assert content(older, counters=True) == before
    assert main(["upgrade", "--back", "--port", port]) == 1
    assert "Aucune mise à jour n’est à défaire" in said(capsys)
    assert main(["upgrade", "jamais"]) == 1
    assert "va avec --back" in said(capsys)
    assert main(["upgrade", "--back", "jamais", "--port", port]) == 1
    assert "Copies gardées ici : retour-" in said(capsys)

    back = next(copy for copy in kept.kept_copies() if copy.why == kept.BEFORE_BACK)
    assert main(["upgrade", "--back", back.folder, "--port", port]) == 0  # what was written since is not lost either
    assert content(older, counters=True) == after
    assert {path.stat().st_mode & 0o077 for path in kept.copies_folder().rglob("*")} == {0}
    keep_copies = len(kept.kept_copies())
    assert (kept.forget_old_copies(now=timezone.now() + dt.timedelta(days=6)), keep_copies) == (0, 3)
    keep_house(now=timezone.now() + dt.timedelta(days=8))
    assert kept.kept_copies() == []


def die(*_args: object, **_kwargs: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


class Third:
    """Lets two pass."""

    def __init__(self) -> None:
        self.times = 0

    def __call__(self, *_args: object, **_kwargs: object) -> None:
        self.times += 1
        if self.times == 3:
            die()


class Cut(sqlite3.Connection):
    def backup(self, target, **_options) -> None:  # type: ignore[override]
        super().backup(target, pages=20, progress=Third(), sleep=0)


def killed(work) -> None:
    """In a process of its own, that ends by SIGKILL."""
    connections.close_all()
    pid = os.fork()
    if not pid:
        try:
            work()
        finally:
            os._exit(0)
    _pid, status = os.waitpid(pid, 0)
    assert os.WIFSIGNALED(status)
    assert os.WTERMSIG(status) == signal.SIGKILL


@pytest.mark.filterwarnings("ignore:.*fork.*:DeprecationWarning")
def test_killed_at_any_point_it_is_as_before_and_begins_again(older, monkeypatch):
    before = content(older)
    for place, name, how in (
        (kept, "_write", die),  # the copy is there, and nothing says what it is
        (upgrading.Timed, "migration_progress_callback", Third()),  # half of the migrations
        (type(connections["default"]), "check_constraints", die),  # all of them
    ):
        with monkeypatch.context() as patch:
            patch.setattr(place, name, how)
            killed(upgrade)
        assert content(older) == before

    with monkeypatch.context() as patch:  # all is done but for its last word
        patch.setattr(kept, "mark_done", die)
        killed(upgrade)
    assert upgrading.look().plan == []
    assert upgrade() == []
    after = content(older)

    with monkeypatch.context() as patch:  # half-way back
        if ON_POSTGRESQL:
            patch.setattr(postgresql, "_copy_in", Third())
        else:
            connect = sqlite3.connect
            patch.setattr(sqlite.sqlite3, "connect", lambda *a, **k: connect(*a, **{"factory": Cut} | k))
        killed(lambda: upgrading.go_back(to=None, tell=lambda line: None))
    assert content(older) == after
    upgrading.go_back(to=None, tell=lambda line: None)
    assert content(older) == before


def test_a_trial_says_what_would_be_lost_and_what_fails_leaves_nothing(older, monkeypatch, capsys):
    before = content(older)

    def forget(apps, editor):
        apps.get_model("people", "Person").objects.filter(first_name__in=["1", "2"]).delete()
        apps.get_model("people", "Person").objects.filter(first_name="3").update(first_name="trois")

    def fail(apps, editor):
        raise ValueError("zqsecret")

    migration = MigrationLoader(None).disk_migrations["registrations", "0007_half_days"].__class__
    more = [*migration.operations, migrations.RunPython(forget)]
    more += [migrations.RemoveField("opening", "welcome"), migrations.RenameField("opening", "contact", "write_to")]
    monkeypatch.setattr(migration, "operations", more)
    assert main(["upgrade", "--dry-run"]) == 0
    told = said(capsys)
    assert "table people_person : 1 ligne récrite ; 2 lignes effacées" in told
    assert "que seule la copie saura rendre :\n  table people_person : 2 lignes" in told
    assert "la colonne contact s’appellera write_to" in told
    assert "Se défait par la copie seulement : registrations.0007_half_days." in told

    monkeypatch.setattr(migration, "operations", [*more[:-2], migrations.RunPython(fail)])
    assert main(["upgrade", "--dry-run"]) == 1
    told = said(capsys)
    assert "L’essai a échoué à l’étape registrations.0007_half_days (ValueError)" in told
    assert "zqsecret" not in told
    with pytest.raises(Failed, match="exactement comme avant"):
        upgrade()
    assert content(older) == before
    assert kept.kept_copies() == []


def test_what_must_not_begin_does_not(older, monkeypatch, settings, capsys):
    settings.DATA_DIR = older
    before = content(older)
    with monkeypatch.context() as patch:
        patch.setattr(upgrading, "GONE_WITHIN", 0.0)
        patch.setattr(upgrading, "others_serve", lambda: 2)
        with pytest.raises(StillServing):
            upgrade()
    with monkeypatch.context() as patch:
        patch.setattr(upgrading.shutil, "disk_usage", lambda path: os.statvfs("/") and type("U", (), {"free": 1000})())
        with pytest.raises(NoRoom):
            upgrade()
    with monkeypatch.context() as patch:
        patch.setattr(upgrading.os, "geteuid", lambda: 0)
        if os.getuid() == 0:
            os.chown(older, 1, -1)
        with pytest.raises(NotItsOwner, match="sudo -u"):
            upgrade()
        if os.getuid() == 0:
            os.chown(older, 0, -1)
    assert content(older) == before
    MigrationRecorder(connection).record_applied("people", "0099_from_tomorrow")
    with pytest.raises(TablesAreNewer, match="plus récente"):
        upgrade()
    assert main(["verify"]) == 1
    assert "people.0099_from_tomorrow" in said(capsys)


@pytest.mark.django_db
def test_others_are_kept_from_writing_and_no_row_is_read_for_it(django_assert_num_queries):
    with django_assert_num_queries(2 if ON_POSTGRESQL else 0):
        upgrading._keep_others_from_writing()
    if ON_POSTGRESQL:
        locked = "SELECT relation::regclass::text FROM pg_locks WHERE pid = pg_backend_pid() AND mode = %s"
        with connection.cursor() as cursor:
            cursor.execute(locked, ["ShareRowExclusiveLock"])
            assert {name for (name,) in cursor.fetchall()} == set(postgresql.table_names())


def test_a_server_that_serves_is_seen(older):
    if ON_POSTGRESQL:
        with closing(connection.copy()) as other:
            other.ensure_connection()
            assert upgrading.others_serve() == 1
    else:
        upgrading.hold_serving()
        assert upgrading.others_serve() == 1
        upgrading.held.pop().close()
    connection.close()
    assert upgrading.others_serve() == 0


@pytest.mark.parametrize(
    ("operation", "beside"),
    [
        (migrations.CreateModel("Thing", [("id", models.BigAutoField(primary_key=True))]), True),
        (migrations.AddField("space", "more", models.TextField(null=True)), True),
        (migrations.AddField("space", "more", models.TextField(db_default="")), True),
        (migrations.AddField("space", "more", models.TextField(default="")), False),  # an older INSERT does not say it
        (migrations.RemoveField("space", "name"), False),
        (migrations.AlterField("space", "name", models.CharField("autre", max_length=200, help_text="x")), True),
        (migrations.AlterField("space", "name", models.CharField(max_length=3)), False),
        (migrations.RunPython(migrations.RunPython.noop), False),
    ],
)
def test_which_changes_let_the_version_before_go_on(operation, beside):
    loader = MigrationLoader(None)
    migration = migrations.Migration("0099_more", "people")
    migration.operations = [operation]
    tables = upgrading.Tables(frozenset("x"), frozenset(), [migration], [], loader.project_state())
    assert upgrading.goes_on_beside(tables) is beside


def test_no_migration_leaves_the_one_transaction():
    loader = MigrationLoader(None)
    assert [name for name, migration in loader.disk_migrations.items() if not migration.atomic] == []

"""Servers that know nothing of each other, in one process: a database, keys and a secret each."""

import shutil
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path

import pytest
from django.conf import settings as django_settings
from django.db import connection, connections

from maillage.gatherings.models import Gathering
from maillage.live import log, runtime, seats
from maillage.live.models import Session
from maillage.trips import sealing
from maillage.trips.services import Arrived, Carried, carry_in, carry_out
from tests.once import made_tables

PHRASE = "une-phrase-de-passe-des-essais"


@dataclass
class Server:
    name: str
    folder: Path
    database: dict[str, object]

    def carry_out(self, file: Path, slug: str = "journee") -> Carried:
        with on(self):
            return carry_out(gathering=Gathering.objects.get(slug=slug), path=file, passphrase=PHRASE, by="essai")

    def carry_in(self, file: Path, passphrase: str = PHRASE) -> Arrived:
        with on(self), file.open("rb") as opened:
            return carry_in(file=opened, passphrase=passphrase, by="essai")


@contextmanager
def on(server: Server) -> Iterator[None]:
    """What follows happens on this server, in a process of its own."""
    before = django_settings.KEYS_DIR, django_settings.SECRET_KEY, runtime._live
    django_settings.KEYS_DIR = server.folder / "keys"
    django_settings.SECRET_KEY = f"the secret of {server.name}, long enough to be one"
    runtime._live = None
    seats._known.clear()
    try:
        with _connected(server.database):
            yield
    finally:
        django_settings.KEYS_DIR, django_settings.SECRET_KEY, runtime._live = before
        seats._known.clear()


@contextmanager
def _connected(database: dict[str, object]) -> Iterator[None]:
    """The suite’s own connection is put back, not another like it: pytest closes that one, then drops its database."""
    usual, described = connections["default"], connections.settings["default"]
    usual.close()
    connections.settings["default"] = database
    connections["default"] = connections.create_connection("default")
    try:
        yield
    finally:
        connections["default"].close()
        connections.settings["default"], connections["default"] = described, usual


def _sqlite(path: Path) -> dict[str, object]:
    usual = connections.settings["default"]
    return {
        **usual,
        "ENGINE": "django.db.backends.sqlite3",
        "NAME": str(path),
        "OPTIONS": {
            "transaction_mode": "IMMEDIATE",
            "timeout": 20,
            "init_command": "PRAGMA journal_mode=WAL; PRAGMA synchronous=OFF; PRAGMA secure_delete=ON;",
        },
    }


@pytest.fixture(autouse=True)
def _light_work() -> Iterator[None]:
    """A passphrase is made slow to try on purpose: 0.2 s and 64 MB each time, and these tests do it by dozens."""
    with pytest.MonkeyPatch.context() as patch:  # its own: a test that undoes the usual one goes on with this
        patch.setattr(sealing, "WORK", {"n": 2, "r": 8, "p": 1})
        yield


@pytest.fixture(scope="session")
def empty_sqlite(tmp_path_factory) -> Path:
    """A SQLite database whose tables are up to date."""
    return made_tables(tmp_path_factory, on_postgresql=False)


@pytest.fixture
def make_server(tmp_path, transactional_db, empty_sqlite, django_db_blocker) -> Iterator[Callable[..., Server]]:
    """`make_server("salle")`; on PostgreSQL when the suite is, unless `vendor` says another."""
    with django_db_blocker.unblock():
        usual, vendor_of_suite = connections.settings["default"], connection.vendor
        names: list[str] = []

        def make(name: str, vendor: str | None = None) -> Server:
            folder = tmp_path / name
            folder.mkdir()
            if (vendor or vendor_of_suite) == "sqlite":
                shutil.copy(empty_sqlite, folder / "maillage.sqlite3")
                return Server(name, folder, _sqlite(folder / "maillage.sqlite3"))
            names.append(f"trip_{name}")
            connection.close()
            _administer(usual, f'DROP DATABASE IF EXISTS "{names[-1]}" WITH (FORCE)')
            _administer(usual, f'CREATE DATABASE "{names[-1]}" TEMPLATE "{usual["NAME"]}"')
            return Server(name, folder, {**usual, "NAME": names[-1]})

        yield make
        for name in names:
            _administer(usual, f'DROP DATABASE IF EXISTS "{name}" WITH (FORCE)')


def _administer(usual: dict[str, object], statement: str) -> None:
    import psycopg  # only where the suite runs on PostgreSQL

    address = {"host": usual["HOST"], "port": usual["PORT"], "user": usual["USER"], "dbname": "postgres"}
    with psycopg.connect(**address, autocommit=True) as link:
        link.execute(statement)


@pytest.fixture
def home(make_server) -> Server:
    return make_server("maison")


@pytest.fixture
def room(make_server) -> Server:
    return make_server("salle")


def log_of(server: Server) -> dict[str, list[tuple[object, ...]]]:
    """Each session's moves, payloads opened, in their order."""
    with on(server):
        return {
            str(session.pk): [(move.number, move.seat, move.kind, str(move.payload)) for move in log.read(session.pk)]
            for session in Session.objects.filter(rehearsal=False)
        }

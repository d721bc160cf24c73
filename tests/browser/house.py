"""The demonstration day served by a real server in a process of its own, with the links it printed.

Prepared once a run, whatever the number of pytest's processes, then copied for each module that plays it: on SQLite a
folder, on PostgreSQL a dump that each process restores in its own cluster, then a template database.
"""

import json
import os
import re
import shutil
import signal
import socket
import subprocess
import sys
import time
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import httpx
import psycopg

ROOT = Path(__file__).resolve().parents[2]
READY_WITHIN = 90  # seconds: a shared machine of two cores that runs other suites
CODEV = "Co-développement"  # the workshop most tests play
OF_A_ROOM = ("Participer", "Animer", "Projeter")
ON_POSTGRESQL = os.environ.get("MAILLAGE_TEST_DATABASE") == "postgresql"


def free_port() -> int:
    with socket.socket() as probe:
        probe.bind(("127.0.0.1", 0))
        port: int = probe.getsockname()[1]
        return port


@dataclass(frozen=True)
class Links:
    """Paths, as printed by `maillage demo`."""

    organiser: str
    desk: str
    public: str
    join: str
    facilitate: str
    project: str

    @property
    def code(self) -> str:
        return self.join.strip("/").split("/")[-1]


def read_links(printed: str, workshop: str = CODEV) -> Links:
    """The day's links, and those of one of its workshops."""
    day, *_rooms = printed.partition("Participer")
    room = printed[printed.index(f"  {workshop} – ") :]

    def path(label: str) -> str:
        found = re.search(rf"{label}\s+https?://[^/]+(/\S*)", room if label in OF_A_ROOM else day)
        assert found, f"{label} is not in what the demo printed:\n{printed}"
        return found[1]

    return Links(
        *(path(label) for label in ("Organisation", "Accueil", "Page publique", "Participer", "Animer", "Projeter"))
    )


class House:
    """A data folder, its database, and the server over them."""

    def __init__(self, folder: Path, database: str, printed: str) -> None:
        self.folder = folder
        self.database = database
        self.printed = printed
        self.links = read_links(printed)
        self.port = free_port()
        self.log = folder.parent / f"{folder.name}.log"
        self.process: subprocess.Popen[bytes] | None = None
        self.more: dict[str, str] = {}  # of its environment

    @property
    def url(self) -> str:
        return f"http://localhost:{self.port}"

    def links_of(self, workshop: str) -> Links:
        return read_links(self.printed, workshop)

    def environment(self) -> dict[str, str]:
        return environment(self.folder, self.database) | self.more

    def start(self, module: str = "maillage") -> float:
        """Serves; says how many seconds it took until /healthz answered well."""
        began = time.monotonic()
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, "serve", "--port", str(self.port)],
                cwd=ROOT,
                env=self.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.wait_healthy()
        return time.monotonic() - began

    def wait_healthy(self) -> None:
        assert self.process is not None
        deadline = time.monotonic() + READY_WITHIN
        with httpx.Client(trust_env=False, timeout=5) as client:
            while time.monotonic() < deadline:
                assert self.process.poll() is None, self.log.read_text(encoding="utf-8")
                try:
                    if client.get(f"{self.url}/healthz").status_code == 200:
                        return
                except httpx.TransportError:
                    time.sleep(0.01)  # a port that is not open yet has nothing to wait on
        raise AssertionError("the server did not start:\n" + self.log.read_text(encoding="utf-8"))

    def kill(self) -> None:
        assert self.process is not None
        self.process.send_signal(signal.SIGKILL)
        self.process.wait(10)

    def stop(self) -> None:
        if self.process is not None and self.process.poll() is None:
            self.process.terminate()
            self.process.wait(20)

    def ask(self, *arguments: str) -> Any:
        """A question to tests.browser.logbook, which reads the same data from a process of its own."""
        done = subprocess.run(
            [sys.executable, "-m", "tests.browser.logbook", *arguments],
            cwd=ROOT,
            env=self.environment(),
            capture_output=True,
            text=True,
            check=False,
        )
        assert done.returncode == 0, done.stderr
        return json.loads(done.stdout)

    def open_rooms(self, methods: Mapping[str, int]) -> None:
        """More workshops in the day, each named after its method, with so many tables."""
        self.printed += self.ask("rooms", *(f"{method}={tables}" for method, tables in methods.items()))

    def copy(self, folder: Path) -> "House":
        """The same day, untouched by what is played here. The server of this one must not be running."""
        shutil.copytree(self.folder, folder)
        return House(folder, _copy_database(self.database) if self.database else "", self.printed)


def environment(folder: Path, database: str) -> dict[str, str]:
    kept = {name: value for name, value in os.environ.items() if not name.startswith(("MAILLAGE_", "DJANGO_", "MAKE"))}
    return kept | {
        "MAILLAGE_DATA_DIR": str(folder),
        "MAILLAGE_DATABASE_URL": database,
        "MAILLAGE_DEMO": "oui",  # links that sign in again and again, as the demo prints them
        "MAILLAGE_LOG_LEVEL": "INFO",  # the logs are searched: they say more here than in a room
        "PYTHONPATH": os.pathsep.join([*[path for path in sys.path if path], str(ROOT)]),
        "PYTHONUNBUFFERED": "1",
    }


def prepare(folder: Path, tables: Path | None = None) -> None:
    """The day in `folder`: its data, what the command printed, and on PostgreSQL a dump of its database. With the
    fixture `tables`, whose migrations were run; without, from nothing (tests/config/test_wheel.py does)."""
    database = ""
    if ON_POSTGRESQL:
        from tests import postgresql  # imported only there: it starts a cluster

        template = postgresql.TEMPLATE if tables else "template0"
        database = postgresql.cluster().make_database(f"browser_{uuid.uuid4().hex[:8]}", template=template)
    elif tables:
        (folder / "data").mkdir()
        shutil.copy(tables, folder / "data")
    done = subprocess.run(
        [sys.executable, "-m", "maillage", "demo", "--no-serve", "--data", str(folder / "data")],
        cwd=ROOT,
        env=environment(folder / "data", database),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr
    (folder / "printed").write_text(done.stdout, encoding="utf-8")
    if database:
        from tests import postgresql

        postgresql.cluster().dump(database, folder / "dump")


def unpack(prepared: Path, folder: Path) -> House:
    """A house of this process over what `prepare` left."""
    shutil.copytree(prepared / "data", folder)
    database = ""
    if ON_POSTGRESQL:
        from tests import postgresql

        database = postgresql.cluster().restore(prepared / "dump", f"browser_{uuid.uuid4().hex[:8]}")
    return House(folder, database, (prepared / "printed").read_text(encoding="utf-8"))


def _copy_database(database: str) -> str:
    base, _slash, name = database.rpartition("/")
    copy = f"browser_{uuid.uuid4().hex[:8]}"
    with psycopg.connect(f"{base}/postgres", autocommit=True) as connection:
        connection.execute(f'CREATE DATABASE "{copy}" TEMPLATE "{name}"')
    return f"{base}/{copy}"

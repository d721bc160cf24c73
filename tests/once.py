"""What is long to make is made once a run, by whichever of pytest's processes asks first; the others wait for it."""

import fcntl
import os
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import postgresql

ON_POSTGRESQL = os.environ.get("MAILLAGE_TEST_DATABASE") == "postgresql"


def made_once(factory: pytest.TempPathFactory, name: str, make: Callable[[Path], None]) -> Path:
    """The folder that `make` filled. Nobody writes in it afterwards: copy it."""
    root = factory.getbasetemp()
    if "PYTEST_XDIST_WORKER" in os.environ:
        root = root.parent  # each process has a folder of its own in the run's
    folder = root / f"once-{name}"
    with (root / f"once-{name}.lock").open("w") as turn:
        fcntl.flock(turn, fcntl.LOCK_EX)
        if not (folder / ".made").exists():  # absent too where a first process failed half-way
            folder.mkdir(exist_ok=True)
            make(folder)
            (folder / ".made").touch()
    return folder


def made_tables(factory: pytest.TempPathFactory, *, on_postgresql: bool = ON_POSTGRESQL) -> Path:
    """The migrations, nine seconds of processor, for whoever needs a database with nothing in it: an SQLite file, or a
    dump to restore."""
    name = "tables.dump" if on_postgresql else "maillage.sqlite3"

    def make(folder: Path) -> None:
        cluster = postgresql.cluster() if on_postgresql else None
        url = cluster.make_database("tables_first") if cluster else ""
        environment = os.environ | {"MAILLAGE_DATA_DIR": str(folder), "MAILLAGE_DATABASE_URL": url}
        command = [sys.executable, "-m", "django", "migrate", "-v0", "--settings", "maillage.config.settings"]
        subprocess.run(command, env=environment, check=True)
        if cluster:
            cluster.dump(url, folder / name)

    return made_once(factory, f"tables-{name}", make) / name

"""What is long to make is made once a run, by whichever of pytest's processes asks first; the others wait for it."""

import fcntl
import hashlib
import os
import shutil
import sqlite3
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from tests import postgresql

ROOT = Path(__file__).resolve().parents[1]
KEPT = ROOT / ".pytest_cache" / "tables"  # `make clean` forgets it
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
    """The migrations, thirteen seconds of processor, for whoever needs a database with nothing in it: an SQLite file,
    or a dump to restore. Kept from one run to the next, as long as no migration and no version changes."""
    name = "tables.dump" if on_postgresql else "maillage.sqlite3"

    def make(folder: Path) -> None:
        kept = KEPT / _mark(on_postgresql) / name
        if kept.exists():
            shutil.copy(kept, folder / name)
            return
        cluster = postgresql.cluster() if on_postgresql else None
        url = cluster.make_database("tables_first") if cluster else ""
        environment = os.environ | {"MAILLAGE_DATA_DIR": str(folder), "MAILLAGE_DATABASE_URL": url}
        command = [sys.executable, "-m", "django", "migrate", "-v0", "--settings", "maillage.config.settings"]
        subprocess.run(command, env=environment, check=True)
        if cluster:
            cluster.dump(url, folder / name)
        kept.parent.mkdir(parents=True, exist_ok=True)
        whole = kept.with_suffix(f".{os.getpid()}")
        shutil.copy(folder / name, whole)
        whole.replace(kept)  # two runs at once

    return made_once(factory, f"tables-{name}", make) / name


def _mark(on_postgresql: bool) -> str:
    """Changes with whatever the migrations say, and with what runs them."""
    read = hashlib.sha256(str(postgresql.binaries()).encode() if on_postgresql else sqlite3.sqlite_version.encode())
    for path in [*sorted(ROOT.glob("src/maillage/*/migrations/*.py")), ROOT / "requirements-dev.lock"]:
        read.update(str(path.relative_to(ROOT)).encode() + path.read_bytes())
    return read.hexdigest()[:16]

"""A throwaway PostgreSQL for a measure: made, started, removed. Durable as installed: fsync, synchronous_commit."""

import os
import pwd
import shutil
import subprocess
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from maillage.config.bench.processes import free_port

MANY_LINES = 200  # connections: two servers and what they measure with


def binaries() -> Path | None:
    """The folder of initdb and pg_ctl; Debian keeps them out of the PATH."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


@contextmanager
def cluster() -> Iterator[str]:
    """The address of an empty database."""
    folder = binaries()
    if folder is None:
        raise ValueError("no PostgreSQL here: ask binaries() first")
    home = Path(tempfile.mkdtemp(prefix="maillage-mesure-pg-"))
    user = None
    if os.geteuid() == 0:  # initdb refuses root
        known = {entry.pw_name for entry in pwd.getpwall()}
        user = "postgres" if "postgres" in known else "nobody"
        shutil.chown(home, user)
    port = free_port()

    def run(name: str, *arguments: str) -> None:
        subprocess.run(  # noqa: S603 - our own command
            [str(folder / name), *arguments],
            cwd=home,
            user=user,
            check=True,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        )

    try:
        run("initdb", "-D", "data", "-U", "maillage", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        options = f"-p {port} -k {home} -c listen_addresses=127.0.0.1 -c max_connections={MANY_LINES}"
        run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")
        yield f"postgresql://maillage@127.0.0.1:{port}/postgres"
        run("pg_ctl", "-D", "data", "-w", "-m", "immediate", "stop")
    finally:
        shutil.rmtree(home, ignore_errors=True)

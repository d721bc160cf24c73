"""A throwaway PostgreSQL cluster on a free port of the loopback, started once a run and removed at its end."""

import atexit
import contextlib
import functools
import os
import pwd
import shutil
import signal
import socket
import subprocess
import tempfile
import time
from pathlib import Path


class NoPostgreSQL(Exception):
    """initdb was not found: install PostgreSQL's server, or leave MAILLAGE_TEST_DATABASE empty."""


def binaries() -> Path | None:
    """The folder of initdb and postgres, or None. Debian keeps them out of the PATH."""
    found = shutil.which("initdb")
    folders = [Path(found).resolve().parent] if found else []
    folders += sorted(Path("/usr/lib/postgresql").glob("*/bin"), reverse=True)
    return next((folder for folder in folders if (folder / "initdb").exists() and (folder / "pg_ctl").exists()), None)


TEMPLATE = "tables"  # the database of a cluster whose migrations were run and that nobody opens: copied, not migrated


class Cluster:
    def __init__(self, *, fsync: bool = False) -> None:
        """fsync guards against the machine's fall; tests kill processes. With it, a killed server that starts again
        first syncs every file of every database: over a minute on a loaded machine."""
        self.fsync = "on" if fsync else "off"
        folder = binaries()
        if folder is None:
            raise NoPostgreSQL(NoPostgreSQL.__doc__)
        self.folder = folder
        self.home = Path(tempfile.mkdtemp(prefix="maillage-postgresql-"))
        self.user: str | None = None
        if os.geteuid() == 0:  # initdb refuses root
            known = {entry.pw_name for entry in pwd.getpwall()}
            self.user = "postgres" if "postgres" in known else "nobody"
            shutil.chown(self.home, self.user)
        with socket.socket() as probe:
            probe.bind(("127.0.0.1", 0))
            self.port = probe.getsockname()[1]
        self._run("initdb", "-D", "data", "-U", "maillage", "-A", "trust", "-E", "UTF8", "--no-locale", "-N")
        self.start()
        atexit.register(self.remove)

    def _run(self, name: str, *arguments: str) -> None:
        subprocess.run(
            [self.folder / name, *arguments],
            cwd=self.home,
            user=self.user,
            check=True,
            stdout=subprocess.DEVNULL,
            stdin=subprocess.DEVNULL,
            env={"PATH": os.environ["PATH"], "LC_ALL": "C"},
        )

    def start(self) -> None:
        options = f"-p {self.port} -k {self.home} -c listen_addresses=127.0.0.1 -c max_connections=200"
        options += " -c autovacuum=off"  # else it counts a table while a test leaves it empty: the next plans by that
        options += f" -c fsync={self.fsync} -c statement_timeout=240s -c lock_timeout=120s"  # an error, not a silence
        self._run("pg_ctl", "-D", "data", "-w", "-l", "log", "-o", options, "start")

    def stop(self, mode: str = "fast") -> None:
        self._run("pg_ctl", "-D", "data", "-w", "-m", mode, "stop")

    def kill(self) -> None:
        """SIGKILL to the server itself and to all it started: nothing is flushed, nobody is told."""
        postmaster = int((self.home / "data" / "postmaster.pid").read_text().splitlines()[0])
        children = [
            int(folder.name)
            for folder in Path("/proc").iterdir()
            if folder.name.isdigit() and _parent_of(folder) == postmaster
        ]
        for pid in [postmaster, *children]:
            with contextlib.suppress(ProcessLookupError):
                os.kill(pid, signal.SIGKILL)
        while any(_lives(Path("/proc", str(pid))) for pid in [postmaster, *children]):
            time.sleep(0.02)  # what they shared is let go with the last of them
        for left in (self.home / "data" / "postmaster.pid", self.home / f".s.PGSQL.{self.port}.lock"):
            left.unlink(missing_ok=True)

    def url(self, database: str) -> str:
        return f"postgresql://maillage@127.0.0.1:{self.port}/{database}"

    def make_database(self, name: str, *, template: str = "template0") -> str:
        """`template`: a database of this cluster that nobody is connected to."""
        here = ("-h", "127.0.0.1", "-p", str(self.port), "-U", "maillage")
        self._run("createdb", *here, "-T", template, name)
        return self.url(name)

    def dump(self, url: str, file: Path) -> None:
        """`file` may be read by the clusters of other processes."""
        here = self.home / file.name  # root's folders are closed to the cluster's user
        name = url.rpartition("/")[2]
        self._run("pg_dump", "-Fc", "-h", "127.0.0.1", "-p", str(self.port), "-U", "maillage", "-f", str(here), name)
        shutil.copyfile(here, file)

    def restore(self, file: Path, name: str) -> str:
        url = self.make_database(name)
        here = self.home / f"{name}.dump"
        shutil.copyfile(file, here)
        here.chmod(0o644)
        self._run("pg_restore", "-h", "127.0.0.1", "-p", str(self.port), "-U", "maillage", "-d", name, str(here))
        return url

    def remove(self) -> None:
        atexit.unregister(self.remove)
        self.stop("immediate")
        shutil.rmtree(self.home, ignore_errors=True)


def _stat(process: Path) -> list[str]:
    """State, parent…; nothing of a process that ended."""
    try:
        return (process / "stat").read_text().rsplit(")", 1)[1].split()
    except OSError:
        return []


def _parent_of(process: Path) -> int | None:
    stat = _stat(process)
    return int(stat[1]) if stat else None


def _lives(process: Path) -> bool:
    return _stat(process)[:1] not in ([], ["Z"])  # one that nobody waited for holds nothing any more


@functools.cache
def cluster() -> Cluster:
    return Cluster()

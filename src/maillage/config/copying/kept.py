"""Copies that upgrades left, beside the data: taken, found, trusted, put back, and thrown away after a week.

They hold names, and what was erased since: hence the week, and a folder that only its owner reads. The keys of sessions
and the ledger of erasures are not in them: what was erased stays unreadable, and is erased again before anybody reads.
"""

import datetime as dt
import hashlib
import json
import os
import shutil
from collections.abc import Iterable
from dataclasses import asdict, dataclass, replace
from importlib.metadata import version
from pathlib import Path
from typing import Any

from django.conf import settings
from django.db import connection
from django.utils import timezone

from maillage.config.copying import put_tables_back, write_tables
from maillage.config.copying.damage import CopyDamaged

FOLDER = "copies"  # of the data folder
ABOUT = "copie.json"  # of a copy: written last
TRIAL = ".essai"  # of that folder: what a dry run works on
KEPT_DAYS = 7
BEFORE_UPGRADE, BEFORE_BACK = "avant", "retour"
TABLES = {"sqlite": "base.sqlite3", "postgresql": "base.zip"}


@dataclass(frozen=True)
class Copy:
    folder: str
    why: str
    at: str
    vendor: str
    served_by: str  # the version of Maillage whose tables these are; "": nobody knows
    applied: list[str]  # migrations, of the tables it holds
    target: list[str]  # migrations, of what the upgrade brings
    rows: dict[str, int]
    digest: str
    size: int  # bytes
    done: bool = False  # what it was taken for was done

    @property
    def path(self) -> Path:
        return copies_folder() / self.folder

    @property
    def file(self) -> Path:
        return self.path / TABLES[self.vendor]

    @property
    def moment(self) -> dt.datetime:
        return dt.datetime.fromisoformat(self.at)


def copies_folder() -> Path:
    return Path(settings.DATA_DIR) / FOLDER


def take_copy(*, why: str, applied: Iterable[str], target: Iterable[str]) -> Copy:
    """In the transaction that keeps others from writing."""
    now = timezone.now()
    name = f"{why}-{timezone.localtime(now):%Y-%m-%d-%H%M%S-%f}"
    folder = copies_folder() / name
    folder.mkdir(parents=True, mode=0o700)
    os.chmod(copies_folder(), 0o700)  # `parents` does not apply the mode
    file = folder / TABLES[connection.vendor]
    rows = write_tables(file)
    copy = Copy(
        name, why, now.isoformat(), connection.vendor, served_by(), sorted(applied), sorted(target), rows,
        digest_of(file), file.stat().st_size,
    )  # fmt: skip
    _write(copy)
    return copy


def mark_done(copy: Copy) -> Copy:
    done = replace(copy, done=True)
    _write(done)
    return done


def _write(copy: Copy) -> None:
    draft = copy.path / f".{ABOUT}"
    with draft.open("w", encoding="utf-8") as handle:
        json.dump(asdict(copy), handle, ensure_ascii=False, indent=1)
        handle.flush()
        os.fsync(handle.fileno())
    os.replace(draft, copy.path / ABOUT)


def kept_copies() -> list[Copy]:
    """The newest first."""
    found = []
    for about in copies_folder().glob(f"*/{ABOUT}"):
        try:
            said: dict[str, Any] = json.loads(about.read_text(encoding="utf-8"))
            copy = replace(Copy(**said), folder=about.parent.name)
        except (OSError, ValueError, TypeError):
            continue
        if copy.vendor in TABLES:
            found.append(copy)
    return sorted(found, key=lambda copy: copy.at, reverse=True)


def drop_copy(copy: Copy) -> None:
    shutil.rmtree(copy.path, ignore_errors=True)


def drop_unfinished() -> bool:
    """What somebody killed left half written, of which nothing can be made. Says whether there was any."""
    halves = [path for path in copies_folder().glob("*-*") if path.is_dir() and not (path / ABOUT).exists()]
    for path in halves:
        shutil.rmtree(path, ignore_errors=True)
    shutil.rmtree(copies_folder() / TRIAL, ignore_errors=True)
    return bool(halves)


def forget_old_copies(*, now: dt.datetime) -> int:
    old = [copy for copy in kept_copies() if now - copy.moment > dt.timedelta(days=KEPT_DAYS)]
    for copy in old:
        drop_copy(copy)
    return len(old)


def check_copy(copy: Copy) -> None:
    """Raises CopyDamaged. The file is the one that was held against the base when it was written, to the last byte."""
    try:
        right = digest_of(copy.file) == copy.digest
    except OSError as error:
        raise CopyDamaged(copy.path, "son fichier ne se lit pas") from error
    if not right:
        raise CopyDamaged(copy.path, "ce n’est plus le fichier qui a été écrit")


def put_back(copy: Copy) -> None:
    check_copy(copy)
    put_tables_back(copy.file)


def digest_of(path: Path) -> str:
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def served_by() -> str:
    """The version that gathered the static files last: the one that served these tables."""
    try:
        return (Path(settings.STATIC_ROOT) / ".stamp").read_text(encoding="utf-8").split(" ")[0]
    except OSError:
        return ""


def version_here() -> str:
    return version("maillage")

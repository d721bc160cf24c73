"""The whole installation in one sealed file, written while it serves; put back elsewhere; read again to be sure.

What is in it: every row of every space at one moment, the secret that signs cookies and links, the ledger of erasures,
the Wi-Fi of the room; with_keys, the keys of sessions too. What is not: letters in the queue (they would leave twice),
work that was on, who was signed in, and what is made again (the index of search, documents, static files).

The **mark** is what the file vouches for: its moment, and the last move of each session at that moment. A move that was
acknowledged before the mark is in it.
"""

import base64
import json
import os
from collections import Counter
from dataclasses import dataclass
from datetime import datetime
from importlib.metadata import version
from pathlib import Path
from typing import Any, BinaryIO
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from maillage.archives.complete import (
    NOT_OURS,
    CompleteRefused,
    Reading,
    migrations,
    sealed_file,
    write_keys,
    write_rows,
)
from maillage.archives.scope import tables
from maillage.atlas.indexing import index_all
from maillage.live import keys
from maillage.live.enums import SessionStatus
from maillage.live.models import Session
from maillage.office import ledger
from maillage.office.retention import erase_again, erase_all_due
from maillage.people.models import Space
from maillage.trips.sealing import BACKUP, Damaged, Writer, read_lines

FORMAT = 1
KIND = "backup"
SECRET, WIFI = "secret-key", "wifi.json"  # of the data folder
LAST = "derniere-sauvegarde.json"  # of the data folder: when, for `maillage doctor`


@dataclass(frozen=True)
class Mark:
    at: datetime
    heads: dict[UUID, int]  # session → its last move

    @property
    def moves(self) -> int:
        return sum(self.heads.values())


@dataclass(frozen=True)
class BackedUp:
    path: Path
    rows: int
    keys: int
    size: int  # bytes
    mark: Mark


@dataclass(frozen=True)
class PutBack:
    spaces: list[Space]
    rows: int
    keys: int
    without_key: int  # sessions not erased, of which nothing can be read here
    erased: int  # things whose time came since
    own_secret: bool  # the secret key is the backup's: the links that were sent still open
    mark: Mark


@dataclass(frozen=True)
class Verified:
    mark: Mark
    version: str
    spaces: int
    rows: int
    keys: int


# --- written ---


def write_backup(*, path: Path, passphrase: str, with_keys: bool) -> BackedUp:
    with sealed_file(path, passphrase, magic=BACKUP) as writer:
        rows, kept, mark = _write(writer, with_keys)
    done = BackedUp(path, rows, kept, path.stat().st_size, mark)
    _note(done)
    return done


def _write(writer: Writer, with_keys: bool) -> tuple[int, int, Mark]:
    heads = dict(Session.objects.order_by("pk").values_list("pk", "last_number"))  # the first read opens the moment
    mark = Mark(timezone.now(), heads)
    writer.line(
        {
            KIND: FORMAT,
            "version": version("maillage"),
            "migrations": migrations(),
            "spaces": list(Space.objects.order_by("slug").values_list("slug", flat=True)),
            "keys": with_keys,
            "at": mark.at.isoformat(),
            "heads": {str(pk): number for pk, number in heads.items()},
        }
    )
    total = sum(write_rows(writer, label, model._base_manager.order_by("pk")) for label, model in tables().items())
    kept = write_keys(writer, Session.objects.all()) if with_keys else 0
    for name in (SECRET, WIFI):
        file = Path(settings.DATA_DIR) / name
        if file.exists():
            writer.line({"file": name, "content": base64.b64encode(file.read_bytes()).decode()})
    for kind in ledger.KINDS:
        writer.line({"erased": kind, "ids": sorted(map(str, ledger.erased(kind)))})
    writer.line({"end": total})
    return total, kept, mark


def _note(done: BackedUp) -> None:
    """For `maillage doctor`. A folder that cannot be written is the doctor's to tell; the backup is there."""
    said = {"at": done.mark.at.isoformat(timespec="seconds"), "file": str(done.path), "bytes": done.size}
    try:
        (Path(settings.DATA_DIR) / LAST).write_text(json.dumps(said, ensure_ascii=False), encoding="utf-8")
    except OSError:
        return


def last_backup() -> datetime | None:
    try:
        return datetime.fromisoformat(json.loads((Path(settings.DATA_DIR) / LAST).read_text(encoding="utf-8"))["at"])
    except (OSError, ValueError, KeyError, TypeError):
        return None


# --- read again ---


def verify_backup(*, file: BinaryIO, passphrase: str) -> Verified:
    """Reads it to its last byte, and holds the moves it has against its mark. Touches no database."""
    lines = read_lines(file, passphrase, magic=BACKUP)
    head = next(lines, {})
    rows, kept = 0, 0
    moves: Counter[str] = Counter()
    try:
        mark = _mark_of(head)
        for line in lines:
            if "end" in line:
                if line["end"] != rows or next(lines, None) is not None:
                    raise Damaged
                break
            kept += "key" in line
            if "table" not in line:
                continue
            rows += len(line["rows"])
            if line["table"] == "live.move":
                session = line["columns"].index("session_id")
                moves.update(str(values[session]) for values in line["rows"])
        else:
            raise Damaged
        found = Verified(mark, str(head["version"]), len(head["spaces"]), rows, kept)
    except NOT_OURS as error:
        raise Damaged from error
    lacking = {pk: number for pk, number in mark.heads.items() if moves[str(pk)] != number}
    if lacking:
        raise CompleteRefused(
            f"Cette sauvegarde ne tient pas sa promesse : il y manque des gestes dans {len(lacking)} de ses séances. "
            "Écrivez-en une autre, et gardez celle d’avant."
        )
    return found


def _mark_of(head: dict[str, Any]) -> Mark:
    if not isinstance(head.get(KIND), int):
        raise Damaged
    return Mark(datetime.fromisoformat(head["at"]), {UUID(pk): int(n) for pk, n in head["heads"].items()})


# --- put back ---


def restore_backup(*, file: BinaryIO, passphrase: str) -> PutBack:
    """Whole or not at all, and only where no space is. What is due by now goes before anybody reads it."""
    if Space.objects.exists():
        raise CompleteRefused(
            "Cette installation a déjà un espace : une sauvegarde se remet dans une installation vide. "
            "Donnez un dossier de données neuf (--data DOSSIER), ou une base PostgreSQL neuve."
        )
    reading = _Reading(read_lines(file, passphrase, magic=BACKUP), KIND)
    try:
        with transaction.atomic():
            reading.take_all()
            mark = _mark_of(reading.head)
            index_all()
    except BaseException as error:
        reading.undo_keys()
        if isinstance(error, NOT_OURS):
            raise Damaged from error
        raise
    for kind, ids in reading.erased.items():
        ledger.record_erasures(kind, sorted(ids - ledger.erased(kind)))
    own_secret = _put_files(reading.files)
    erased = sum(erase_again().values()) + sum(erase_all_due(now=timezone.now()).values())
    alive = Session.objects.exclude(status=SessionStatus.ERASED).values_list("pk", flat=True)
    without = sum(not keys.has_key(pk) for pk in alive)
    spaces = list(Space.objects.order_by("name"))
    return PutBack(spaces, reading.total, len(reading.keys), without, erased, own_secret, mark)


class _Reading(Reading):
    def __init__(self, *args: Any) -> None:
        super().__init__(*args)
        self.files: dict[str, bytes] = {}
        self.erased: dict[str, set[UUID]] = {}

    def take_beside(self, line: dict[str, Any]) -> None:
        if "file" in line:
            if line["file"] not in (SECRET, WIFI):  # a name of ours, never a path
                raise Damaged
            self.files[line["file"]] = base64.b64decode(line["content"], validate=True)
        elif "erased" in line:
            if line["erased"] not in ledger.KINDS:
                raise Damaged
            self.erased[line["erased"]] = {UUID(pk) for pk in line["ids"]}
        else:
            super().take_beside(line)


def _put_files(files: dict[str, bytes]) -> bool:
    """Says whether the secret key is the backup's. One given by MAILLAGE_SECRET_KEY is the operator's affair."""
    folder = Path(settings.DATA_DIR)
    for name, content in files.items():
        draft = folder / f".{name}.restored"
        handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600)
        try:
            os.write(handle, content)
            os.fsync(handle)
        finally:
            os.close(handle)
        os.replace(draft, folder / name)
    return SECRET in files and not os.environ.get("MAILLAGE_SECRET_KEY")

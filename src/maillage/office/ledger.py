"""What was erased, in a file outside the database and its backups: restored, an older backup erases it again.

It lies with the sessions' keys, is only added to, and names nobody: a date, a kind of thing, an identifier.
"""

import json
import os
from collections.abc import Iterable
from pathlib import Path
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

NAME = "effacements.jsonl"
KINDS = SESSION, PERSON, LISTING = "session", "personne", "annuaire"


def record_erasures(kind: str, ids: Iterable[UUID]) -> None:
    """Once the transaction is committed: what was put back is not noted as erased."""
    told = list(ids)
    if told:
        transaction.on_commit(lambda: _append(kind, told))


def _append(kind: str, ids: list[UUID]) -> None:
    path = _path()
    if not path.parent.is_dir():
        path.parent.mkdir(parents=True, mode=0o700, exist_ok=True)
    at = timezone.now().isoformat(timespec="seconds")
    lines = "".join(json.dumps({"at": at, "kind": kind, "id": str(each)}) + "\n" for each in ids)
    handle = os.open(path, os.O_WRONLY | os.O_CREAT | os.O_APPEND, 0o600)
    try:
        os.write(handle, lines.encode())
        os.fsync(handle)
    finally:
        os.close(handle)


def erased(kind: str) -> set[UUID]:
    """A line that was cut by a power failure is passed over."""
    found = set()
    try:
        text = _path().read_text(encoding="utf-8")
    except FileNotFoundError:
        return set()
    for line in text.splitlines():
        try:
            said = json.loads(line)
            if said["kind"] == kind:
                found.add(UUID(said["id"]))
        except (ValueError, KeyError, TypeError):
            continue
    return found


def _path() -> Path:
    return Path(settings.KEYS_DIR) / NAME

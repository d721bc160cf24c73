"""Documents made once and asked again, each under its own fingerprint: what changed has another, no old one is served.

Two shelves. The first is memory, of this process, small. The second is a folder, for the long documents that a job made
and another process may hand over: a day, then they go; with their gathering, at once. No document names a participant.
"""

import os
import re
import secrets
import threading
import time
import uuid
from collections import OrderedDict
from pathlib import Path

from django.conf import settings

MOST_BYTES = 48_000_000  # in memory: some fifty reports with their drawings
KEPT_SECONDS = 24 * 3600
_NAME = re.compile(r"[0-9a-f-]{36}\.[a-z-]+\.[0-9a-f]{32}\.[a-z]+")


class Memory:
    """The last documents, as many as fit."""

    def __init__(self, most_bytes: int = MOST_BYTES) -> None:
        self.most_bytes = most_bytes
        self._made: OrderedDict[str, bytes] = OrderedDict()
        self._lock = threading.Lock()

    def get(self, key: str) -> bytes | None:
        with self._lock:
            if key in self._made:
                self._made.move_to_end(key)
            return self._made.get(key)

    def put(self, key: str, content: bytes) -> None:
        with self._lock:
            self._made[key] = content
            self._made.move_to_end(key)
            while sum(map(len, self._made.values())) > self.most_bytes:
                self._made.popitem(last=False)

    def clear(self) -> None:
        with self._lock:
            self._made.clear()


memory = Memory()


def folder() -> Path:
    return Path(settings.MEDIA_ROOT) / "documents"


def keep_file(*, gathering_id: uuid.UUID, name: str, fingerprint: str, form: str, content: bytes) -> str:
    """Its name on the shelf. What is older than a day leaves at the same time."""
    sweep()
    folder().mkdir(parents=True, exist_ok=True)
    file = f"{gathering_id}.{name}.{fingerprint[:32]}.{form}"
    draft = folder() / f".{secrets.token_hex(6)}"
    draft.write_bytes(content)
    os.replace(draft, folder() / file)
    return file


def find_file(file: str, gathering_id: uuid.UUID) -> Path | None:
    """None when it has gone, or is another gathering's."""
    if _NAME.fullmatch(file) is None or not file.startswith(f"{gathering_id}."):
        return None
    path = folder() / file
    return path if path.is_file() else None


def sweep(*, older_than: float = KEPT_SECONDS) -> None:
    limit = time.time() - older_than
    for path in folder().glob("*") if folder().is_dir() else ():
        try:
            if path.is_file() and path.stat().st_mtime < limit:
                path.unlink()
        except FileNotFoundError:  # another process swept it first
            continue


def drop_files_of(gathering_id: uuid.UUID) -> None:
    for path in folder().glob(f"{gathering_id}.*") if folder().is_dir() else ():
        path.unlink(missing_ok=True)

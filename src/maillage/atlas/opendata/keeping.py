"""Files of the open data as they were made, kept on disk while nothing of them changed: asked again, nothing is read.

A name says what a file holds: list, the marks it was made at, the digest of its content. A new mark is a new file.
"""

import hashlib
import os
import tempfile
import time
from collections.abc import Iterable, Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from importlib.metadata import version
from pathlib import Path
from typing import IO

from django.conf import settings

from maillage.atlas.marks import marks_of
from maillage.atlas.opendata.lists import OpenList
from maillage.atlas.opendata.writing import PARTS
from maillage.people.models import Space

OLDEST = 3_600  # seconds: what changed a table by a way nobody heard of is seen within the hour
AT_A_TIME = 1 << 16  # octets written, read, packed
PACKED = 5  # Brotli's quality: of 11, the one that packs a country in a second


@dataclass(frozen=True)
class KeptFile:
    path: Path
    digest: str  # of the content

    @property
    def size(self) -> int:
        return self.path.stat().st_size

    def parts(self) -> Iterator[bytes]:
        with self.path.open("rb") as file:
            while part := file.read(AT_A_TIME):
                yield part

    def packed(self) -> "KeptFile":
        """The same, by Brotli, made once."""
        packed = KeptFile(self.path.with_name(f"{self.path.name}.br"), self.digest)
        if not packed.path.exists():
            import brotli  # a server nobody asks an atlas of does not hold it

            packer = brotli.Compressor(quality=PACKED)
            with _new_file(self.path.parent) as out:
                for part in self.parts():
                    out.write(packer.process(part))
                out.write(packer.finish())
            os.replace(out.name, packed.path)
        return packed


def keep_file(asked: OpenList, space: Space, kind: str) -> KeptFile:
    folder: Path = settings.DATA_DIR / "open-data"
    name = f"{space.pk.hex}-{asked.name}-{kind}-"
    mark = f"{version('maillage')} {marks_of(space).of(asked.nouns)}"
    made_at = f"{name}{hashlib.sha256(mark.encode()).hexdigest()[:24]}-"
    oldest = time.time() - OLDEST
    for path in folder.glob(f"{made_at}*"):
        if not path.suffix and path.stat().st_mtime > oldest:
            return KeptFile(path, path.name.rpartition("-")[2])
    folder.mkdir(parents=True, exist_ok=True)
    before = set(folder.glob(f"{name}*"))
    digest = hashlib.sha256()
    with _new_file(folder) as out:
        for part in _together(PARTS[kind](asked, asked.said(asked.asked(space)))):
            digest.update(part)
            out.write(part)
    kept = KeptFile(folder / f"{made_at}{digest.hexdigest()[:32]}", digest.hexdigest()[:32])
    os.replace(out.name, kept.path)
    for path in before - {kept.path}:
        path.unlink(missing_ok=True)  # who reads it now reads it to its end
    return kept


@contextmanager
def _new_file(folder: Path) -> Iterator[IO[bytes]]:
    """Whoever writes it gives it its name; gone if the writing fails."""
    with tempfile.NamedTemporaryFile(dir=folder, prefix="making-", delete=False) as out:
        try:
            yield out
        except BaseException:
            Path(out.name).unlink(missing_ok=True)
            raise


def _together(texts: Iterable[str]) -> Iterator[bytes]:
    """Lines are short: written by some kilobytes at a time."""
    waiting: list[str] = []
    long = 0
    for text in texts:
        waiting.append(text)
        long += len(text)
        if long >= AT_A_TIME:
            yield "".join(waiting).encode()
            waiting, long = [], 0
    yield "".join(waiting).encode()

"""The file of a trip, as bytes: lines of JSON, compressed, sealed with a passphrase, read back only whole. No Django.

    MAGIC  salt (16)  check (8)  prefix (7)  then frames of FRAME bytes, the last one shorter

The key is scrypt's of the passphrase and the salt. Each frame is AES-256-GCM under a nonce of its own: prefix, number,
and whether it is the last (the STREAM construction of Hoang, Reyhanitabar, Rogaway, Vizár, 2015,
doi:10.1007/978-3-662-47989-6_24): a frame that is changed, moved, repeated or missing opens nothing.

The salt is written last, by `Writer.finish`: until then the file opens for nobody, passphrase or not. Who writes it in
the transaction that gives the sessions away may be killed at any point: never do a file and its home both play.
"""

import hashlib
import json
import os
import secrets
import zlib
from collections.abc import Iterator
from pathlib import Path
from typing import Any, BinaryIO

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.kdf.scrypt import Scrypt
from django.utils.translation import gettext as _

from maillage.lib.codes import SYLLABLES

MAGIC = b"MAILLAGE TRAJET 1\n"
BACKUP = b"MAILLAGE SAUVEGARDE 1\n"  # of a whole installation (archives/backup.py)
COMPLETE = b"MAILLAGE ENTIER 1\n"  # a space's complete archive (archives/complete.py): sealed in the same way
SALT, CHECK, PREFIX, TAG = 16, 8, 7, 16  # bytes
FRAME = 256 * 1024  # bytes of a frame before its tag
WORK = {"n": 2**16, "r": 8, "p": 1}  # scrypt: 64 MB and some 0.2 s a try, for us and for who guesses
LONGEST_LINE = 32_000_000  # characters: a photo is under a million
MOST_UNFOLDED = 4_000_000_000  # bytes, against a file made to fill a disk
WORDS = 6  # of a passphrase we make: 64 bits, times the work of scrypt
LEAST_TYPED = 12  # characters of one that is typed


class FileRefused(Exception):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


class NotOurs(FileRefused):
    def __init__(self, other: bool = False) -> None:
        super().__init__(
            _(
                "C’est un fichier de Maillage d’une autre sorte : celui d’un trajet s’importe par « maillage "
                "carry in », une archive complète par « maillage archive-import --complete », une sauvegarde "
                "par « maillage restore »."
            )
            if other
            else _("Ce n’est pas un fichier chiffré de Maillage (ou il est vide).")
        )


class Unfinished(FileRefused):
    def __init__(self) -> None:
        super().__init__(
            _(
                "Ce fichier n’a pas été écrit jusqu’au bout, ou pas copié en entier. Recopiez-le, ou écrivez-le "
                "de nouveau."
            )
        )


class WrongPassphrase(FileRefused):
    def __init__(self) -> None:
        super().__init__(_("Ce n’est pas la phrase de passe de ce fichier. Recopiez-la telle qu’elle a été donnée."))


class Damaged(FileRefused):
    def __init__(self) -> None:
        super().__init__(_("Ce fichier est abîmé ou a été modifié : rien n’en est repris. Recopiez l’original."))


class WeakPassphrase(FileRefused):
    def __init__(self) -> None:
        super().__init__(
            _("Cette phrase de passe est trop courte : {typed} signes au moins.").format(typed=LEAST_TYPED)
        )


def make_passphrase() -> str:
    """Six words that can be said aloud: « kavu-deme-tiru-… »."""
    return "-".join(secrets.choice(SYLLABLES).lower() for _ in range(WORDS))


def clean_passphrase(typed: str) -> str:
    """What was meant: spaces around, capitals and a space for a hyphen are no other phrase."""
    phrase = "-".join(typed.lower().replace("-", " ").split())
    if len(phrase) < LEAST_TYPED:
        raise WeakPassphrase
    return phrase


class Writer:
    """Writes lines into `path`; useless to anybody before `finish`."""

    def __init__(self, path: Path, passphrase: str, *, magic: bytes = MAGIC) -> None:
        self.magic = magic
        self.salt = secrets.token_bytes(SALT)
        key, check = _derive(passphrase, self.salt)
        prefix = secrets.token_bytes(PREFIX)
        self._head = magic + self.salt + check + prefix
        self._seal = _Frames(key, prefix, self._head)
        # Huffman alone: most of a file is sealed photos in base64, of which nothing repeats; four times sooner than 6
        self._press = zlib.compressobj(1, zlib.DEFLATED, 15, 8, zlib.Z_HUFFMAN_ONLY)
        self._waiting = bytearray()
        self._file: BinaryIO = os.fdopen(os.open(path, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "wb")
        self._file.write(magic + bytes(SALT) + check + prefix)

    def line(self, content: dict[str, Any]) -> None:
        text = json.dumps(content, ensure_ascii=False, separators=(",", ":")) + "\n"
        self._waiting += self._press.compress(text.encode())
        while len(self._waiting) > FRAME:
            self._file.write(self._seal.seal(bytes(self._waiting[:FRAME]), last=False))
            del self._waiting[:FRAME]

    def flush(self) -> None:
        """All that is sealed is on disk; what opens it is not."""
        self._waiting += self._press.flush()
        while len(self._waiting) > FRAME:
            self._file.write(self._seal.seal(bytes(self._waiting[:FRAME]), last=False))
            del self._waiting[:FRAME]
        self._file.write(self._seal.seal(bytes(self._waiting), last=True))
        self._file.flush()
        os.fsync(self._file.fileno())

    def finish(self) -> None:
        self._file.seek(len(self.magic))
        self._file.write(self.salt)
        self._file.flush()
        os.fsync(self._file.fileno())
        self._file.close()

    def abandon(self) -> None:
        self._file.close()


def read_lines(file: BinaryIO, passphrase: str, *, magic: bytes = MAGIC) -> Iterator[dict[str, Any]]:
    """The lines, each from a frame that was checked. Whoever reads must reach the end before believing any of it."""
    head = file.read(len(magic) + SALT + CHECK + PREFIX)
    if not head.startswith(magic):
        raise NotOurs(head.startswith((MAGIC, COMPLETE, BACKUP)))
    if len(head) < len(magic) + SALT + CHECK + PREFIX:
        raise Unfinished
    salt, rest = head[len(magic) : len(magic) + SALT], head[len(magic) + SALT :]
    if salt == bytes(SALT):
        raise Unfinished
    key, check = _derive(passphrase, salt)
    if not secrets.compare_digest(check, rest[:CHECK]):
        raise WrongPassphrase
    frames = _Frames(key, rest[CHECK:], head)
    unfold = zlib.decompressobj()
    text = bytearray()
    total = 0
    frame = file.read(FRAME + TAG)
    while True:
        following = file.read(FRAME + TAG)
        part = _unfold(unfold, frames.open(frame, last=not following))
        while part:
            total += len(part)
            text += part
            if total > MOST_UNFOLDED:
                raise Damaged
            *lines, left = text.split(b"\n")
            text = bytearray(left)
            if len(text) > LONGEST_LINE:
                raise Damaged
            for line in lines:
                yield _parse(bytes(line))
            part = _unfold(unfold, unfold.unconsumed_tail) if unfold.unconsumed_tail else b""
        if not following:
            break
        frame = following
    if text or not unfold.eof:
        raise Damaged


def _unfold(unfold: Any, pressed: bytes) -> bytes:
    try:
        return bytes(unfold.decompress(pressed, LONGEST_LINE))
    except zlib.error:
        raise Damaged from None


def _parse(line: bytes) -> dict[str, Any]:
    try:
        content = json.loads(line)
    except (ValueError, RecursionError):
        raise Damaged from None
    if not isinstance(content, dict):
        raise Damaged
    return content


def _derive(passphrase: str, salt: bytes) -> tuple[bytes, bytes]:
    """The key, and what tells a wrong passphrase from a damaged file."""
    made = Scrypt(salt=salt, length=64, **WORK).derive(passphrase.encode())
    return made[:32], hashlib.sha256(made[32:]).digest()[:CHECK]


class _Frames:
    def __init__(self, key: bytes, prefix: bytes, head: bytes) -> None:
        self._cipher = AESGCM(key)
        self._prefix = prefix
        self._head = head
        self._number = 0

    def _nonce(self, last: bool) -> bytes:
        return self._prefix + self._number.to_bytes(4, "big") + bytes([last])

    def seal(self, content: bytes, *, last: bool) -> bytes:
        sealed = self._cipher.encrypt(self._nonce(last), content, self._head)
        self._number += 1
        return sealed

    def open(self, sealed: bytes, *, last: bool) -> bytes:
        try:
            content = self._cipher.decrypt(self._nonce(last), sealed, self._head)
        except (InvalidTag, ValueError):
            if last and self._opens(sealed):
                raise Unfinished from None  # whole frames, and the end is missing
            raise Damaged from None
        self._number += 1
        return content

    def _opens(self, sealed: bytes) -> bool:
        try:
            self._cipher.decrypt(self._nonce(False), sealed, self._head)
        except (InvalidTag, ValueError):
            return False
        return True

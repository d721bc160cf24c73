"""One key per session, in a folder of its own: whoever holds the database or its backup reads nothing without it.

Erasing a session is destroying its file. AES-256-GCM, a fresh nonce a message; the context (session, number, seat,
kind) is authenticated, so a sealed payload moved to another row no longer opens.
"""

import os
import secrets
import threading
import uuid
from pathlib import Path

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from django.conf import settings

KEY_BYTES = 32
NONCE_BYTES = 12  # what GCM asks for; random: 2^32 messages a key before a repeat is worth a thought

_cache: dict[str, bytes] = {}
_cache_lock = threading.Lock()


class KeyMissing(Exception):
    """The session's key is not there: erased, or its folder was not restored with the database."""


class BadSeal(Exception):
    """A sealed text was changed, or belongs to another row."""


def folder() -> Path:
    """The keys' folder, made private if it is new."""
    keys = Path(settings.KEYS_DIR)
    if not keys.is_dir():
        keys.mkdir(parents=True, mode=0o700, exist_ok=True)
        keys.chmod(0o700)
    return keys


def create_key(session_id: uuid.UUID) -> bytes:
    """Makes the session's key, on disk before it is used. A key that exists is kept: content may depend on it."""
    return install_key(session_id, secrets.token_bytes(KEY_BYTES))


def install_key(session_id: uuid.UUID, key: bytes) -> bytes:
    """Keeps a key, and gives the one that is kept: another one that was there first stays."""
    folder()
    target = _path(session_id)
    draft = target.with_suffix(f".{secrets.token_hex(4)}")
    handle = os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
    try:
        os.write(handle, key)
        os.fsync(handle)
    finally:
        os.close(handle)
    try:
        os.link(draft, target)  # refuses to replace: two processes end with one key, whole
    except FileExistsError:
        pass
    finally:
        draft.unlink()
    _sync_folder(target.parent)
    return read_key(session_id)


def read_key(session_id: uuid.UUID) -> bytes:
    name = _name(session_id)
    key = _cache.get(name)
    if key is None:
        try:
            key = Path(name).read_bytes()
        except FileNotFoundError:
            raise KeyMissing(session_id) from None
        if len(key) != KEY_BYTES:
            raise KeyMissing(session_id)
        with _cache_lock:
            _cache[name] = key
    return key


def has_key(session_id: uuid.UUID) -> bool:
    return os.path.exists(_name(session_id))  # asked for each session of each batch: a Path costs four times the look


def destroy_key(session_id: uuid.UUID) -> None:
    """Overwrites and removes the key. What it sealed is lost for everybody, for good. Harmless when repeated."""
    path = _path(session_id)
    try:
        with path.open("r+b") as file:
            file.write(secrets.token_bytes(KEY_BYTES))
            file.flush()
            os.fsync(file.fileno())
        path.unlink()
        _sync_folder(path.parent)
    except FileNotFoundError:
        pass
    forget(session_id)


def forget(session_id: uuid.UUID) -> None:
    """Drops the key from memory, for a session another process erased."""
    with _cache_lock:
        _cache.pop(_name(session_id), None)


def seal(key: bytes, plaintext: bytes, *, context: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(key).encrypt(nonce, plaintext, context.encode())


def open_sealed(key: bytes, sealed: bytes, *, context: str) -> bytes:
    try:
        return AESGCM(key).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise BadSeal from error


def _path(session_id: uuid.UUID) -> Path:
    return Path(_name(session_id))


def _name(session_id: uuid.UUID) -> str:
    return f"{settings.KEYS_DIR}/{session_id.hex}.key"


def _sync_folder(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)

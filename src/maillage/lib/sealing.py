"""A few bytes kept in the database that its copies alone must not give away: sealed with a key made from SECRET_KEY.

Not for what is said in rooms: each session has a key of its own, kept apart (live/keys.py).
"""

import secrets

from cryptography.exceptions import InvalidTag
from cryptography.hazmat.primitives.ciphers.aead import AESGCM
from cryptography.hazmat.primitives.hashes import SHA256
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

NONCE_BYTES = 12


class BadSeal(Exception):
    """Changed, of another row, or sealed under another secret."""


def seal(plaintext: bytes, *, secret: str, context: str) -> bytes:
    nonce = secrets.token_bytes(NONCE_BYTES)
    return nonce + AESGCM(_key(secret)).encrypt(nonce, plaintext, context.encode())


def open_sealed(sealed: bytes, *, secret: str, context: str) -> bytes:
    try:
        return AESGCM(_key(secret)).decrypt(sealed[:NONCE_BYTES], sealed[NONCE_BYTES:], context.encode())
    except (InvalidTag, ValueError) as error:
        raise BadSeal from error


def _key(secret: str) -> bytes:
    return HKDF(algorithm=SHA256(), length=32, salt=None, info=b"maillage.lib.sealing").derive(secret.encode())

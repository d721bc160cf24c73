"""A letter box that anybody may drop words into and only the holder of one token opens.

From the token comes a pair of keys (X25519). The public one is kept beside the box; whoever answers makes a pair for
this answer alone, and what both pairs share seals the words (AES-256-GCM, live/keys.py), as libsodium's sealed boxes.
"""

import json
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.asymmetric.x25519 import X25519PrivateKey, X25519PublicKey
from cryptography.hazmat.primitives.kdf.hkdf import HKDF
from cryptography.hazmat.primitives.serialization import Encoding, PublicFormat

from maillage.live.keys import BadSeal, open_sealed, seal

PUBLIC_BYTES = 32


def public_key_of(secret: bytes) -> bytes:
    """`secret`: 32 bytes that only the holder can make again."""
    return _raw(X25519PrivateKey.from_private_bytes(secret).public_key())


def drop(public_key: bytes, words: dict[str, Any], *, context: str) -> bytes:
    """Seals `words`; whoever did it cannot open them any more than anybody else."""
    once = X25519PrivateKey.generate()
    ours = _raw(once.public_key())
    shared = once.exchange(X25519PublicKey.from_public_bytes(public_key))
    text = json.dumps(words, ensure_ascii=False).encode()
    return ours + seal(_key(shared, ours, public_key), text, context=context)


def open_box(secret: bytes, dropped: bytes, *, context: str) -> dict[str, Any]:
    """Raises live.keys.BadSeal when it is another's, or was changed."""
    private = X25519PrivateKey.from_private_bytes(secret)
    ours, sealed = dropped[:PUBLIC_BYTES], dropped[PUBLIC_BYTES:]
    try:
        shared = private.exchange(X25519PublicKey.from_public_bytes(ours))
    except ValueError as error:
        raise BadSeal from error
    key = _key(shared, ours, _raw(private.public_key()))
    words: dict[str, Any] = json.loads(open_sealed(key, sealed, context=context))
    return words


def _raw(key: X25519PublicKey) -> bytes:
    return key.public_bytes(Encoding.Raw, PublicFormat.Raw)


def _key(shared: bytes, ours: bytes, theirs: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=b"maillage box" + ours + theirs).derive(shared)

"""The porteur's sheet at rest: sealed with a key that only the private link holds.

The link's token is derived from the session's key and the seat: the porteur's phone gets the same link each time it
asks while the session lives. Once the session is erased nobody can derive it again: the link alone opens the sheet.
"""

import base64
import hashlib
import hmac
import json
import uuid
from typing import Any

from cryptography.hazmat.primitives import hashes
from cryptography.hazmat.primitives.kdf.hkdf import HKDF

from maillage.live.keys import open_sealed, read_key, seal

TOKEN_BYTES = 20  # 160 bits: cannot be guessed, and fits in a link one can type


def sheet_token(session_id: uuid.UUID, seat_id: uuid.UUID) -> str:
    """The token of this seat's private link. Raises live.keys.KeyMissing once the session is erased."""
    digest = hmac.digest(read_key(session_id), b"fiche" + seat_id.bytes, hashlib.sha256)
    return base64.b32encode(digest[:TOKEN_BYTES]).decode().lower()


def lookup_of(token: str) -> str:
    """What the database knows of a token: enough to find the row, useless to open it."""
    return _derive(token, b"maillage fiche lookup").hex()


def seal_sheet(token: str, content: dict[str, Any]) -> bytes:
    text = json.dumps(content, ensure_ascii=False).encode()
    return seal(_derive(token, b"maillage fiche content"), text, context=lookup_of(token))


def open_sheet(token: str, sealed: bytes) -> dict[str, Any]:
    """Raises live.keys.BadSeal if the sheet was changed or the token is another's."""
    content: dict[str, Any] = json.loads(
        open_sealed(_derive(token, b"maillage fiche content"), sealed, context=lookup_of(token))
    )
    return content


def follow_up_lookup(token: str) -> str:
    """What a follow-up is found by: another hash than the sheet's, so that the two rows name nothing in common."""
    return _derive(token, b"maillage fiche suivi lookup").hex()


def box_secret(token: str) -> bytes:
    """What opens the answer of the follow-up (memory/boxes.py)."""
    return _derive(token, b"maillage fiche suivi boite")


def _derive(token: str, purpose: bytes) -> bytes:
    return HKDF(algorithm=hashes.SHA256(), length=32, salt=None, info=purpose).derive(token.encode())

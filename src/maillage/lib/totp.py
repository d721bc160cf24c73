"""Six digits that change each thirty seconds (RFC 6238), by the library that already signs and seals: cryptography."""

import base64
import secrets

from cryptography.hazmat.primitives.hashes import SHA1
from cryptography.hazmat.primitives.twofactor.totp import TOTP

DIGITS = 6
STEP = 30  # seconds
SECRET_BYTES = 20  # RFC 4226, section 4: 160 bits
AROUND = 1  # steps before and after: a phone's clock is not ours


def new_secret() -> bytes:
    return secrets.token_bytes(SECRET_BYTES)


def _totp(secret: bytes) -> TOTP:
    return TOTP(secret, DIGITS, SHA1(), STEP)  # noqa: S303 - what every application of this kind knows, by the RFC


def code_at(secret: bytes, at: float) -> str:
    return _totp(secret).generate(int(at)).decode()


def matching_step(secret: bytes, code: str, *, at: float, after: int) -> int | None:
    """The step this code is of; None: of none near `at` that comes later than the step `after`. A code serves once."""
    if len(code) != DIGITS or not code.isascii() or not code.isdigit():
        return None
    here = int(at) // STEP
    matching = None
    for step in range(here - AROUND, here + AROUND + 1):
        same = secrets.compare_digest(code_at(secret, step * STEP), code)
        if same and step > after:
            matching = step
    return matching


def address_of(secret: bytes, *, account: str, issuer: str) -> str:
    """otpauth://…, what the QR says."""
    return _totp(secret).get_provisioning_uri(account, issuer)


def spelled(secret: bytes) -> str:
    """To type by hand: groups of four."""
    text = base64.b32encode(secret).decode()
    return " ".join(text[start : start + 4] for start in range(0, len(text), 4))

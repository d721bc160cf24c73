import stat
import uuid
from concurrent.futures import ThreadPoolExecutor

import pytest

from maillage.live import keys

SESSION = uuid.UUID("01900000-0000-7000-8000-000000000001")


def test_key_is_private_and_found_again() -> None:
    key = keys.create_key(SESSION)
    assert len(key) == 32
    (file,) = keys.folder().iterdir()
    assert stat.S_IMODE(file.stat().st_mode) == 0o600
    assert stat.S_IMODE(keys.folder().stat().st_mode) == 0o700
    assert file.read_bytes() == key
    keys.forget(SESSION)
    assert keys.read_key(SESSION) == key


def test_key_that_exists_is_kept_whoever_makes_it_again() -> None:
    with ThreadPoolExecutor(8) as pool:
        made = set(pool.map(lambda _n: keys.create_key(SESSION), range(8)))
    assert len(made) == 1
    assert len(list(keys.folder().iterdir())) == 1


def test_destroyed_key_is_gone_from_disk_and_memory() -> None:
    keys.create_key(SESSION)
    keys.destroy_key(SESSION)
    assert list(keys.folder().iterdir()) == []
    with pytest.raises(keys.KeyMissing):
        keys.read_key(SESSION)
    keys.destroy_key(SESSION)  # harmless twice


def test_truncated_key_is_no_key() -> None:
    keys.create_key(SESSION)
    keys.forget(SESSION)
    (file,) = keys.folder().iterdir()
    file.write_bytes(b"short")
    with pytest.raises(keys.KeyMissing):
        keys.read_key(SESSION)


def test_seal_opens_in_its_context_only() -> None:
    key = keys.create_key(SESSION)
    sealed = keys.seal(key, b"secret", context="12")
    assert b"secret" not in sealed
    assert sealed != keys.seal(key, b"secret", context="12")  # a nonce of its own
    assert keys.open_sealed(key, sealed, context="12") == b"secret"
    changed = sealed[:-1] + bytes([sealed[-1] ^ 1])
    for bad, context in ((sealed, "13"), (changed, "12"), (b"", "12"), (sealed[:20], "12")):
        with pytest.raises(keys.BadSeal):
            keys.open_sealed(key, bad, context=context)

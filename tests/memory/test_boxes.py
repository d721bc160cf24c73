import pytest

from maillage.live.keys import BadSeal
from maillage.memory.boxes import drop, open_box, public_key_of

SECRET, OTHER = b"a" * 32, b"b" * 32


def test_what_is_dropped_opens_with_the_secret_and_with_no_other():
    dropped = drop(public_key_of(SECRET), {"text": "C’est fait"}, context="ici")
    assert open_box(SECRET, dropped, context="ici") == {"text": "C’est fait"}
    assert b"fait" not in dropped
    for secret, words, context in (
        (OTHER, dropped, "ici"),
        (SECRET, dropped, "ailleurs"),
        (SECRET, dropped[:-1] + bytes([dropped[-1] ^ 1]), "ici"),
        (SECRET, dropped[:40], "ici"),
        (SECRET, b"", "ici"),
    ):
        with pytest.raises(BadSeal):
            open_box(secret, words, context=context)


def test_two_answers_alike_do_not_look_alike():
    public = public_key_of(SECRET)
    assert drop(public, {"a": 1}, context="x")[:32] != drop(public, {"a": 1}, context="x")[:32]

"""Join codes: said aloud, typed badly, never rude."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.lib.codes import NUMBER_OF_CODES, SYLLABLES, new_code, normalise_code, spaced_code


def _bytes_for(number):
    return lambda size: number.to_bytes(size, "big")


@given(st.integers(0, 2**64 - 1))
def test_every_code_is_its_own_normal_form(number):
    code = new_code(_bytes_for(number))
    assert normalise_code(code) == code
    assert normalise_code(spaced_code(code)) == code
    assert normalise_code(f"  {code[:4].lower()} - {code[4:]} ") == code


def test_codes_cover_the_whole_range_once():
    step = 997  # prime: visits words and digits alike
    codes = [new_code(_bytes_for(n)) for n in range(0, NUMBER_OF_CODES, step)]
    assert len(set(codes)) == len(codes)
    assert new_code(_bytes_for(0)) == f"{SYLLABLES[0]}00"
    assert new_code(_bytes_for(NUMBER_OF_CODES - 1)) == f"{SYLLABLES[-1]}99"


def test_no_rude_word_and_no_ambiguous_letter():
    assert not {"PUTE", "PEDE", "NAZE"} & set(SYLLABLES)
    assert not set("ILOQSYCWH") & set("".join(SYLLABLES))


@pytest.mark.parametrize(
    ("typed", "meant"),
    [
        ("KAVU 72", "KAVU72"),
        ("kavu\u00a072", "KAVU72"),
        ("kavu7o", "KAVU70"),
        ("KAVU-I2", "KAVU12"),
        ("8AVU72", "BAVU72"),
        ("", None),
        ("KAVU", None),
        ("KAVU 723", None),
        ("72 KAVU", None),
        ("ÉAVU72", None),
        ("KAVU٧٢", None),
        ("'; drop table--", None),
        ("K" * 100_000, None),
    ],
)
def test_normalise_code(typed, meant):
    assert normalise_code(typed) == meant


def test_new_code_is_random_by_default():
    assert len({new_code() for _ in range(20)}) > 15

import pytest

from maillage.lib.siret import is_siret, normalise_siret, spaced_siret


@pytest.mark.parametrize(
    ("written", "digits"),
    [
        ("326 554 011 00030", "32655401100030"),
        ("21080065200153", "21080065200153"),
        ("32655401100030.0", "32655401100030"),
    ],
)
def test_a_number_is_read_however_it_is_spaced(written, digits):
    assert normalise_siret(written) == digits
    assert is_siret(digits)


def test_an_office_of_la_poste_has_a_rule_of_its_own():
    assert is_siret("35600000000048")  # the head office passes both
    assert is_siret("35600000009075")  # only the sum of digits


@pytest.mark.parametrize(
    "wrong", ["", "32655401100031", "3265540110003", "326554011000300", "0" * 14, "²2655401100030", "ABC"]
)
def test_one_digit_off_is_refused(wrong):
    assert not is_siret(wrong)


def test_it_is_shown_in_groups():
    assert spaced_siret("32655401100030") == "326\u202f554\u202f011\u202f00030"

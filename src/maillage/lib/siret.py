"""The number of an establishment: fourteen digits, the last of which proves the others (Luhn)."""

import re

LA_POSTE = "356000000"  # its thousands of offices ran out of numbers: their digits sum to a multiple of five (Insee)
LENGTH = 14
_SEPARATORS = re.compile(r"[\s.\-\u00a0\u202f]+")


def normalise_siret(text: str) -> str:
    """« 326 554 011 00030 » as its digits. A spreadsheet may have added « .0 » to what it took for a number."""
    text = text.strip().removesuffix(".0")
    return _SEPARATORS.sub("", text)


def is_siret(digits: str) -> bool:
    if len(digits) != LENGTH or not (digits.isascii() and digits.isdigit()) or digits == "0" * LENGTH:
        return False
    if digits.startswith(LA_POSTE) and sum(map(int, digits)) % 5 == 0:
        return True
    doubled = [int(digit) * (2 if n % 2 == 0 else 1) for n, digit in enumerate(digits)]
    return sum(value - 9 if value > 9 else value for value in doubled) % 10 == 0


def spaced_siret(digits: str) -> str:
    """As it is read: 326 554 011 00030."""
    return "\u202f".join(filter(None, (digits[:3], digits[3:6], digits[6:9], digits[9:])))

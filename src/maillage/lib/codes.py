"""Join codes one can say aloud across a room: four letters that make two syllables, two digits (KAVU 72)."""

import re
import secrets
from collections.abc import Callable
from itertools import product

# No I, L, O, Q, S or Y (1, 0, 5, V in a hurry), no C (K), no W (VV), no H (silent): each letter has one sound.
CONSONANTS = "BDFGJKMNPRTVXZ"
VOWELS = "AEU"
# Words a projector must not show a whole room.
_RUDE = "BAVE BETE FETU GAZE JUDA KAKA NAZA NAZE NEGE NEGU PEDA PEDE PEDU PENE PUTA PUTE PUTU RATE TARE VERU ZUBE"
SYLLABLES = tuple(
    word for word in map("".join, product(CONSONANTS, VOWELS, CONSONANTS, VOWELS)) if word not in _RUDE.split()
)
NUMBER_OF_CODES = len(SYLLABLES) * 100  # some 174,000: guesses must be limited by who calls

_DIGITS_MISREAD = str.maketrans("OQILSZB", "0011528")
_LETTERS_MISREAD = str.maketrans("8", "B")
_SHAPE = re.compile(rf"(?:[{CONSONANTS}][{VOWELS}]){{2}}[0-9]{{2}}")


def new_code(random_bytes: Callable[[int], bytes] = secrets.token_bytes) -> str:
    """A code of six characters without a space: KAVU72. Eight bytes make the bias of the remainder nothing."""
    word, number = divmod(int.from_bytes(random_bytes(8), "big") % NUMBER_OF_CODES, 100)
    return f"{SYLLABLES[word]}{number:02}"


def normalise_code(text: str) -> str | None:
    """The code somebody meant (« kavu 7z », « KAVU-7O »), or None when it cannot be one."""
    typed = re.sub(r"[\W_]+", "", text[:40]).upper()
    code = typed[:4].translate(_LETTERS_MISREAD) + typed[4:].translate(_DIGITS_MISREAD)
    return code if _SHAPE.fullmatch(code) else None


def spaced_code(code: str) -> str:
    """As it is shown and said: KAVU 72, on one line."""
    return f"{code[:4]}\u00a0{code[4:]}"

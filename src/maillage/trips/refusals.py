"""Why a gathering does not travel, in a sentence."""

from pathlib import Path

from django.core.exceptions import ValidationError
from django.db import DataError, IntegrityError
from django.utils.translation import gettext as _

from maillage.lib.system_errors import os_error_words

# What a line that nobody of ours wrote raises; a base that is away is no fault of the file.
NOT_OURS = (
    ValidationError,
    DataError,
    IntegrityError,
    TypeError,
    ValueError,
    LookupError,
    AttributeError,
    ArithmeticError,
)


class TripRefused(Exception):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def unwritable(path: Path, error: OSError) -> TripRefused:
    words = os_error_words(error)
    return TripRefused(_("On ne peut pas écrire {path} : {words}. Rien n’a changé.").format(path=path, words=words))

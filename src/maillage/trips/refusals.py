"""Why a gathering does not travel, in a sentence."""

from pathlib import Path

from django.utils.translation import gettext as _

from maillage.lib.system_errors import os_error_words


class TripRefused(Exception):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


def unwritable(path: Path, error: OSError) -> TripRefused:
    words = os_error_words(error)
    return TripRefused(_("On ne peut pas écrire {path} : {words}. Rien n’a changé.").format(path=path, words=words))

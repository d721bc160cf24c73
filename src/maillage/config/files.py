"""Files a command is given."""

from pathlib import Path

from django.conf import settings

from maillage.lib.system_errors import os_error_words


class UnreadableFile(Exception):
    def __init__(self, path: Path, why: str) -> None:
        self.sentence = f"On ne peut pas lire {path} : {why}."
        super().__init__(self.sentence)


def read_file(name: str) -> tuple[bytes, str]:
    """The content and the bare name of a file, refused before it is read when it is too large."""
    path = Path(name)
    try:
        if path.stat().st_size > settings.MAX_UPLOAD_MB * 1_000_000:
            raise UnreadableFile(path, f"le fichier dépasse {settings.MAX_UPLOAD_MB} Mo (MAILLAGE_MAX_UPLOAD_MB)")
        return path.read_bytes(), path.name
    except FileNotFoundError:
        raise UnreadableFile(path, "ce fichier n’existe pas") from None
    except IsADirectoryError:
        raise UnreadableFile(path, "c’est un dossier") from None
    except OSError as error:
        raise UnreadableFile(path, os_error_words(error)) from error

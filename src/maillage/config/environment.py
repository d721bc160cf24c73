"""Settings by environment variables: each is read here, and a bad value is refused by name, in French."""

import os
import re
from collections.abc import Sequence
from pathlib import Path

from maillage.lib.openid import usable_address
from maillage.lib.system_errors import os_error_words


class BadSetting(Exception):
    """A MAILLAGE_… variable cannot be used; `sentence` says which, what it holds and what is expected."""

    def __init__(self, name: str, value: str, expected: str) -> None:
        self.name = name
        self.sentence = f"Le réglage {name} vaut « {value} » : {expected}"
        super().__init__(self.sentence)


def read_text(name: str, default: str = "") -> str:
    return os.environ.get(name, "").strip() or default


def read_email(name: str, default: str = "") -> str:
    value = read_text(name, default)
    if value and not re.fullmatch(r"[^@\s<>]+@[^@\s<>]+\.[^@\s<>]+", value):
        raise BadSetting(name, value, "on attend une adresse électronique, par exemple equipe@exemple.fr.")
    return value


def read_url(name: str) -> str:
    """https, or http on this machine; empty when nothing is said."""
    value = read_text(name)
    if value and not usable_address(value):
        raise BadSetting(name, value, "on attend une adresse https://… complète.")
    return value


def read_flag(name: str, *, default: bool = False) -> bool:
    value = read_text(name)
    if not value:
        return default
    if value.lower() in {"1", "oui", "true", "yes"}:
        return True
    if value.lower() in {"0", "non", "false", "no"}:
        return False
    raise BadSetting(name, value, "on attend « oui » ou « non ».")


def read_number(name: str, default: int, *, least: int, most: int) -> int:
    value = read_text(name)
    if not value:
        return default
    if not value.isascii() or not value.isdigit() or len(value) > 18 or not least <= int(value) <= most:
        raise BadSetting(name, value, f"on attend un nombre entier entre {least} et {most}.")
    return int(value)


def read_choice(name: str, default: str, choices: Sequence[str]) -> str:
    """One of the choices, whatever its case."""
    value = read_text(name, default)
    known = {choice.lower(): choice for choice in choices}
    if value.lower() not in known:
        words = ", ".join(choices[:-1])
        raise BadSetting(name, value, f"on attend {words} ou {choices[-1]}.")
    return known[value.lower()]


def read_list(name: str, default: tuple[str, ...] = ()) -> list[str]:
    value = read_text(name)
    return [item.strip() for item in value.split(",") if item.strip()] if value else list(default)


def read_folder(name: str, default: Path) -> Path:
    value = read_text(name)
    try:
        folder = Path(value).expanduser().resolve() if value else default
        is_other = folder.exists() and not folder.is_dir()
    except (OSError, RuntimeError, ValueError) as error:  # « ~nobody », a name longer than a disk takes
        raise BadSetting(name, value, "ce n’est pas un chemin de dossier que cette machine connaît.") from error
    if is_other:
        raise BadSetting(name, value, "on attend un dossier, et c’est un fichier.")
    return folder


def read_writable_file(name: str) -> str:
    """Its path, once something could be added to it; "" when it is not set."""
    value = read_text(name)
    if value:
        try:
            os.close(os.open(value, os.O_WRONLY | os.O_APPEND | os.O_CREAT, 0o600))
        except (OSError, ValueError) as error:
            why = os_error_words(error) if isinstance(error, OSError) else "ce n’est pas un chemin"
            raise BadSetting(name, value, f"on ne peut pas y écrire ({why}).") from error
    return value

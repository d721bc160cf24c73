"""The Wi-Fi of the room, as a phone reads it from a QR code, and as the organiser typed it. Kept in the data folder."""

import json
import os
import re
import secrets
from dataclasses import asdict, dataclass
from pathlib import Path

from django.utils.translation import gettext as _

MOST_NAME = 32  # bytes of a network's name (IEEE 802.11)
LEAST, MOST = 8, 63  # characters of a WPA password


class WifiRefused(Exception):
    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class Wifi:
    name: str = ""
    password: str = ""  # empty: an open network

    @property
    def qr_text(self) -> str:
        """WIFI:T:WPA;S:…;P:…;; where backslash, semicolon, comma, colon and quote are escaped."""
        kind, password = ("WPA", f"P:{_escape(self.password)};") if self.password else ("nopass", "")
        return f"WIFI:T:{kind};S:{_escape(self.name)};{password};"


def check_wifi(name: str, password: str) -> Wifi:
    if not name and password:
        raise WifiRefused(_("Il manque le nom du Wi-Fi : un mot de passe seul ne sert à rien."))
    if len(name.encode()) > MOST_NAME:
        raise WifiRefused(
            _("Le nom du Wi-Fi est trop long : {most} octets au plus, comme sur la box.").format(most=MOST_NAME)
        )
    if any(not sign.isprintable() for sign in name + password):
        raise WifiRefused(_("Le nom ou le mot de passe du Wi-Fi contient un signe qui ne s’imprime pas."))
    if password and not (LEAST <= len(password) <= MOST and password.isascii()):
        raise WifiRefused(
            _(
                "Un mot de passe de Wi-Fi a de {least} à {most} signes, sans accent. Réseau ouvert : laissez-le vide."
            ).format(least=LEAST, most=MOST)
        )
    return Wifi(name, password)


def read_wifi(file: Path) -> Wifi:
    try:
        told = json.loads(file.read_text(encoding="utf-8"))
        return check_wifi(told["name"], told["password"])
    except (OSError, ValueError, KeyError, TypeError, WifiRefused):
        return Wifi()


def save_wifi(file: Path, wifi: Wifi) -> None:
    draft = file.with_name(f".{file.name}.{secrets.token_hex(4)}")
    with os.fdopen(os.open(draft, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600), "w", encoding="utf-8") as opened:
        json.dump(asdict(wifi), opened, ensure_ascii=False)
    draft.replace(file)


def _escape(text: str) -> str:
    """As ZXing reads it, and every phone after it; segno's own leaves the comma."""
    return re.sub(r'([\\;,":])', r"\\\1", text)

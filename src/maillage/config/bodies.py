"""What a request may bring: read to a file before any page looks at it, so bounded before any page knows who asks.

A file that is a little too big is still said by its own page, in its own words; much more is let go as it comes, and
answered here; beyond what anybody could mean, the line is cut. All the bodies that are held at one moment are bounded
too: a thousand lines that each bring a little fill no disk.
"""

import tempfile
from typing import IO, Any, cast

from django.conf import settings
from django.http import parse_cookie
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from maillage.lib.languages import chosen, spoken
from maillage.live.outcomes import RETRY_AFTER
from maillage.trips.forms import MOST_FILE_MB

MEGABYTE = 1_000_000
BESIDE = 2 * MEGABYTE  # of the other fields of a form
PAGES_SAY = 3  # times the biggest file: up to there a page says itself that it is too big
LET_GO = 300 * MEGABYTE  # read and forgotten, so that whoever sends it is answered
MOST_HELD = 700 * MEGABYTE  # at one moment, in a process: two days carried back, or seventy photos
CARRIED = "/serveur-de-salle/rapporter/"  # a whole day comes back from a room's server


class TooMuch(Exception):
    """`status` 413: this one. 503: all those that are being sent; this one may come again."""

    def __init__(self, status: int) -> None:
        self.status = status
        super().__init__(str(status))


class Gone(Exception):
    """The client left."""


def biggest_of(scope: dict[str, Any]) -> int:
    """Megabytes of the biggest file that may be meant."""
    return MOST_FILE_MB if _carries(scope) else int(settings.MAX_UPLOAD_MB)


def most_of(scope: dict[str, Any]) -> int:
    """Bytes kept of one body."""
    return biggest_of(scope) * MEGABYTE * (1 if _carries(scope) else PAGES_SAY) + BESIDE


def _carries(scope: dict[str, Any]) -> bool:
    return scope["path"].endswith(CARRIED) and settings.SESSION_COOKIE_NAME.encode() in _header(scope, b"cookie")


class Bodies:
    def __init__(self, most_held: int = MOST_HELD) -> None:
        self.held, self._most_held = 0, most_held  # the event loop alone counts

    async def read(self, scope: dict[str, Any], receive: Any) -> tuple[IO[bytes], int]:
        """The body, and how much of it is held until `let_go`. Raises TooMuch, Gone."""
        most, size = most_of(scope), 0
        if _said_length(scope) > max(most, LET_GO):
            raise TooMuch(413)
        body = tempfile.SpooledTemporaryFile(max_size=settings.FILE_UPLOAD_MAX_MEMORY_SIZE, mode="w+b")  # noqa: SIM115
        kept, refused = 0, 0
        try:
            while True:
                event = await receive()
                if event["type"] == "http.disconnect":
                    raise Gone
                part = event.get("body", b"")
                size += len(part)
                if size > max(most, LET_GO):
                    raise TooMuch(413)
                if not refused and (size > most or self.held + len(part) > self._most_held):
                    refused = 413 if size > most else 503
                    body.close()
                    self.let_go(kept)
                    kept = 0
                if not refused:
                    body.write(part)
                    kept += len(part)
                    self.held += len(part)
                if not event.get("more_body", False):
                    break
            if refused:
                raise TooMuch(refused)
        except BaseException:
            body.close()
            self.let_go(kept)
            raise
        body.seek(0)
        return cast("IO[bytes]", body), kept

    def let_go(self, kept: int) -> None:
        self.held -= kept


def refusal(status: int, scope: dict[str, Any]) -> tuple[int, list[tuple[bytes, bytes]], bytes]:
    """The page that says so, as it goes on the line. The line is closed: the rest of the body is not read.

    In the language this device chose: a cookie and a catalogue are all it asks.
    """
    with spoken(chosen(parse_cookie(_header(scope, b"cookie").decode("latin1")))):
        content = render_to_string("ui/failed.html", _words(status, biggest_of(scope))).encode()
    headers = [
        (b"content-type", b"text/html; charset=utf-8"),
        (b"content-length", b"%d" % len(content)),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"x-frame-options", b"DENY"),
        (b"referrer-policy", b"same-origin"),
        (b"content-security-policy", b"default-src 'none'; style-src 'self'"),
        (b"cross-origin-resource-policy", b"same-origin"),
        (b"connection", b"close"),
    ]
    if status == 503:
        headers.append((b"retry-after", b"%d" % RETRY_AFTER))
    return status, headers, content


def _words(status: int, biggest: int) -> dict[str, str]:
    if status == 413:
        return {
            "title": _("Envoi trop gros"),
            "heading": _("Cet envoi est trop gros"),
            "lead": _(
                "On prend ici {most} Mo au plus. Rien n’en a été gardé, et rien n’a été changé. Revenez en arrière et "
                "choisissez un fichier plus léger."
            ).format(most=biggest),
        }
    return {
        "title": _("Un instant"),
        "heading": _("Trop de fichiers arrivent à la fois"),
        "lead": _(
            "Le vôtre n’a pas été gardé, et rien n’a été changé. Attendez une minute, revenez en arrière et "
            "renvoyez-le."
        ),
    }


def _header(scope: dict[str, Any], wanted: bytes) -> bytes:
    return b"; ".join(value for name, value in scope["headers"] if name == wanted)


def _said_length(scope: dict[str, Any]) -> int:
    said = _header(scope, b"content-length")
    return int(said) if said.isdigit() and len(said) < 20 else 0

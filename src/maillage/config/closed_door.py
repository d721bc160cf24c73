"""What must be done before anybody may read: erasing what is due, bringing the tables to this version. It may take
minutes: meanwhile the address answers at once, with one sentence, and nothing of the data. Most starts never open this
door.
"""

import contextlib
import http.server
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from typing import cast

from django.http import parse_cookie
from django.utils.functional import Promise
from django.utils.html import escape
from django.utils.translation import gettext_lazy as _

from maillage.config.systemd import announce, socket_of_systemd
from maillage.lib.languages import chosen, direction, spoken, tongue

PATIENCE = 2.0  # seconds
AGAIN_AFTER = 10  # seconds
BREATH = 20.0  # seconds between two words to systemd, which would take a long start for a dead one
BREATHS = "EXTEND_TIMEOUT_USEC=120000000"
PAGE = """<!doctype html>
<html lang="{tongue}" dir="{side}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta http-equiv="refresh" content="{again}">
<title>{title} – Maillage</title>
<style>body {{ font: 1.25rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem }}</style>
</head><body><main><h1>{title}</h1><p>{sentence}</p></main></body></html>
"""


@dataclass(frozen=True)
class Words:
    title: Promise
    sentence: Promise


ERASING = Words(
    _("Ouverture en cours"),
    _(
        "Ce serveur efface d’abord ce dont la durée de conservation est passée : personne ne peut plus le lire. "
        "Il ouvrira ensuite, sans rien à faire. Cette page se recharge d’elle-même."
    ),
)
UPGRADING = Words(
    _("Mise à jour en cours"),
    _(
        "Ce serveur passe à une nouvelle version de Maillage : une copie de tout est faite d’abord, rien n’est perdu. "
        "Il ouvrira ensuite, sans rien à faire. Cette page se recharge d’elle-même."
    ),
)
GOING_BACK = Words(
    _("Retour à la version d’avant"),
    _(
        "Ce serveur revient à la version précédente de Maillage. Il ouvrira quand la personne qui le tient l’aura "
        "démarré de nouveau. Cette page se recharge d’elle-même."
    ),
)


def page(cookies: str, words: Words = ERASING) -> bytes:
    """In the language this device chose: a cookie and a catalogue, no database."""
    with spoken(chosen(parse_cookie(cookies))):
        return PAGE.format(
            tongue=tongue(),
            side=direction(tongue()),
            again=AGAIN_AFTER,
            title=escape(words.title),
            sentence=escape(words.sentence),
        ).encode()


class _Answer(http.server.BaseHTTPRequestHandler):
    server_version, sys_version = "Maillage", ""
    timeout = 5  # seconds for a client that says nothing

    def _closed(self) -> None:
        said = page(self.headers.get("Cookie", ""), cast(_Door, self.server).words)
        self.send_response(503)
        self.send_header("Retry-After", str(AGAIN_AFTER))
        self.send_header("Content-Type", "text/html; charset=utf-8")
        self.send_header("Content-Length", str(len(said)))
        self.send_header("Cache-Control", "no-store")
        self.end_headers()
        if self.command != "HEAD":
            self.wfile.write(said)

    do_GET = do_HEAD = do_POST = do_PUT = do_DELETE = _closed  # noqa: N815 - names of the standard library

    def log_message(self, format: str, *args: object) -> None:  # noqa: A002 - its name in the standard library
        """Who asked is nobody's business."""


class _Door(http.server.ThreadingHTTPServer):
    daemon_threads = True

    def __init__(self, host: str, port: int, words: Words) -> None:
        self.words = words
        listener = socket_of_systemd()  # its address is open already: whoever asks would wait in it without a word
        super().__init__((host, port), _Answer, bind_and_activate=listener is None)
        if listener is not None:
            self.socket.close()
            self.socket = listener


@contextlib.contextmanager
def _open(host: str, port: int, words: Words) -> Iterator[None]:
    try:
        door = _Door(host, port, words)
    except OSError:  # the address is taken, or is not ours: the server that comes says so, in its own words
        yield
        return
    serving = threading.Thread(target=door.serve_forever, kwargs={"poll_interval": 0.1}, daemon=True)
    serving.start()
    try:
        yield
    finally:
        door.shutdown()
        door.server_close()


def behind_closed_door(
    work: Callable[[], None],
    *,
    host: str,
    port: int,
    patience: float = PATIENCE,
    words: Words = ERASING,
    say: bool = True,
) -> None:
    """Returns, or raises, when the work does. Longer than `patience`, the address answers 503 meanwhile.

    `say`: the operator is told why too, where the work does not tell by itself.
    """
    faults: list[BaseException] = []

    def worked() -> None:
        try:
            work()
        except BaseException as fault:  # told where it is waited for
            faults.append(fault)

    working = threading.Thread(target=worked, daemon=True)
    working.start()
    working.join(patience)
    if working.is_alive():
        if say:
            print(words.sentence, flush=True)  # noqa: T201 - the operator waits too
        with _open(host, port, words):
            while working.is_alive():
                working.join(BREATH)
                announce(BREATHS)
    if faults:
        raise faults[0]

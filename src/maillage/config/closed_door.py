"""What is due is erased before anybody may read, and an old base may need minutes for it: meanwhile the address answers
at once, with one sentence, and nothing of the data. Most servers have nothing to erase and never open this door."""

import contextlib
import http.server
import threading
from collections.abc import Callable, Iterator

from django.http import parse_cookie
from django.utils.html import escape
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from maillage.lib.languages import chosen, direction, spoken, tongue

PATIENCE = 2.0  # seconds
AGAIN_AFTER = 10  # seconds
SENTENCE = gettext_lazy(
    "Ce serveur efface d’abord ce dont la durée de conservation est passée : personne ne peut plus le lire. "
    "Il ouvrira ensuite, sans rien à faire. Cette page se recharge d’elle-même."
)
PAGE = """<!doctype html>
<html lang="{tongue}" dir="{side}"><head><meta charset="utf-8">
<meta name="viewport" content="width=device-width, initial-scale=1">
<meta name="color-scheme" content="light dark"><meta http-equiv="refresh" content="{again}">
<title>{title} – Maillage</title>
<style>body {{ font: 1.25rem/1.5 system-ui, sans-serif; max-width: 34rem; margin: 4rem auto; padding: 0 1rem }}</style>
</head><body><main><h1>{title}</h1><p>{sentence}</p></main></body></html>
"""


def page(cookies: str) -> bytes:
    """In the language this device chose: a cookie and a catalogue, no database."""
    with spoken(chosen(parse_cookie(cookies))):
        return PAGE.format(
            tongue=tongue(),
            side=direction(tongue()),
            again=AGAIN_AFTER,
            title=escape(_("Ouverture en cours")),
            sentence=escape(SENTENCE),
        ).encode()


class _Answer(http.server.BaseHTTPRequestHandler):
    server_version, sys_version = "Maillage", ""
    timeout = 5  # seconds for a client that says nothing

    def _closed(self) -> None:
        said = page(self.headers.get("Cookie", ""))
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


@contextlib.contextmanager
def _open(host: str, port: int) -> Iterator[None]:
    try:
        door = _Door((host, port), _Answer)
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


def behind_closed_door(work: Callable[[], None], *, host: str, port: int, patience: float = PATIENCE) -> None:
    """Returns, or raises, when the work does. Longer than `patience`, the address answers 503 meanwhile."""
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
        print(SENTENCE, flush=True)  # noqa: T201 - the operator waits too
        with _open(host, port):
            working.join()
    if faults:
        raise faults[0]

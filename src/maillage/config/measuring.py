"""/metrics: the figures of this process and of those that serve the same address, for Prometheus.

Each process keeps its own in a file of the supervisor's folder, so that whichever is asked answers for all. Nobody from
elsewhere reads them: this machine does, or who has the token.
"""

import asyncio
import contextlib
import hmac
import ipaddress
import json
import logging
import os
import time
from collections.abc import Awaitable, Callable, Mapping
from pathlib import Path
from typing import Any
from urllib.parse import parse_qs

from django.conf import settings
from django.http.request import split_domain_port, validate_host

from maillage.config.logs import PLACE
from maillage.config.supervisor import FIGURES
from maillage.lib.lan import LOOPBACK
from maillage.lib.metrics import Snapshot, expose
from maillage.live import figures

logger = logging.getLogger(__name__)

EVERY = 2.0  # seconds between two writings of one's figures
STALE = 12.0  # seconds: the figures of a process that is gone
REFUSED = (
    "Ces mesures se lisent depuis la machine elle-même, ou avec le jeton du réglage MAILLAGE_METRICS_TOKEN "
    "(en-tête Authorization: Bearer …).\n"
)
FORWARDED = (b"forwarded", b"x-forwarded-for", b"x-forwarded-host", b"x-real-ip", b"via")  # a proxy of this machine

Send = Callable[[Any], Awaitable[None]]


def may_read(scope: Mapping[str, Any]) -> bool:
    headers = dict(scope["headers"])
    token = settings.METRICS_TOKEN
    if token:
        given = headers.get(b"authorization", b"").removeprefix(b"Bearer ").strip()
        return hmac.compare_digest(given, token.encode())
    if any(name in headers for name in FORWARDED) or not _asked_by_our_name(headers.get(b"host", b"")):
        return False
    try:
        return ipaddress.ip_address((scope.get("client") or ("", 0))[0]).is_loopback
    except ValueError:
        return False


def _asked_by_our_name(host: bytes) -> bool:
    """A page of elsewhere, open on this machine, can point its own name at it: its reader is on it, and is not us."""
    name, _port = split_domain_port(host.decode("latin-1"))
    return not host or validate_host(name, [*LOOPBACK, *settings.ALLOWED_HOSTS])


async def application(scope: Mapping[str, Any], receive: object, send: Send) -> None:
    if not may_read(scope):
        await _answer(send, 403, REFUSED)
        return
    added_up = parse_qs(scope["query_string"].decode("latin-1")).get("workers") == ["sum"]
    processes = await asyncio.to_thread(all_figures)
    await _answer(send, 200, expose(processes, added_up=added_up))


def all_figures() -> dict[str, Snapshot]:
    """By place; this process's as they are now."""
    own = os.environ.get(PLACE, "1")
    found: dict[str, Snapshot] = {}
    folder = _folder()
    for file in sorted(folder.glob("*.json")) if folder else ():
        with contextlib.suppress(OSError, ValueError):  # replaced or gone meanwhile
            if file.stem != own and time.time() - file.stat().st_mtime < STALE:
                found[file.stem] = json.loads(file.read_text())
    found[own] = figures.registry.snapshot()
    return dict(sorted(found.items()))


async def keep_figures() -> None:
    """Until cancelled: what the others show of us."""
    folder = _folder()
    if folder is None:
        return
    while True:
        await asyncio.to_thread(_write, folder)
        await asyncio.sleep(EVERY)


def _write(folder: Path) -> None:
    file = folder / f"{os.environ[PLACE]}.json"
    draft = file.with_suffix(".draft")
    try:
        draft.write_text(json.dumps(figures.registry.snapshot()))
        draft.replace(file)
    except OSError as error:  # a full disk: the figures wait, people do not
        logger.error("the figures of this process could not be kept: %s", type(error).__name__)


def _folder() -> Path | None:
    return Path(os.environ[FIGURES]) if FIGURES in os.environ and PLACE in os.environ else None


async def _answer(send: Send, status: int, text: str) -> None:
    body = text.encode()
    headers = [
        (b"content-type", b"text/plain; version=0.0.4; charset=utf-8"),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-length", b"%d" % len(body)),
    ]
    await send({"type": "http.response.start", "status": status, "headers": headers})
    await send({"type": "http.response.body", "body": body})

"""/healthz: this process lives. /readyz: it can serve a day; if not, why, in French.

The first is for whoever restarts a dead process: no database in it, or a database that restarts would kill us all. The
second is for whoever sends people here: a proxy, or the person who installs.
"""

import asyncio
import json
import logging
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.db import DatabaseError, connection
from django.db.migrations.executor import MigrationExecutor

from maillage.lib.system_errors import database_error_words
from maillage.lib.typography import typo
from maillage.live import bus, keys
from maillage.live.runtime import live

logger = logging.getLogger(__name__)

ANSWER_WITHIN = 3.0  # seconds; a proxy that asks does not wait longer

Send = Callable[[Any], Awaitable[None]]

_tables_are_known = False  # once true it stays: a later version only adds to them


class NotReady(Exception):
    """The sentence that says why."""


def check_database() -> None:
    """It answers, and has the tables of this version."""
    global _tables_are_known
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        if not _tables_are_known:
            executor = MigrationExecutor(connection)
            if executor.migration_plan(executor.loader.graph.leaf_nodes()):
                raise NotReady("les tables ne sont pas à jour : maillage serve les met à jour en démarrant")
            _tables_are_known = True
    except DatabaseError as error:
        raise NotReady(f"la base de données ne répond pas : {database_error_words(error)}") from None


def check_keys() -> None:
    try:
        if os.access(keys.folder(), os.R_OK | os.W_OK | os.X_OK):
            return
    except OSError:
        pass
    raise NotReady("le dossier des clés ne se lit pas ou ne s’écrit pas")


def check_committer() -> None:
    if not live().committer.alive:
        raise NotReady("ce qui est envoyé ne s’enregistre plus : ce processus est à redémarrer")


def check_bus() -> None:
    if bus.exists() and not live().ear.listening:
        raise NotReady("ce processus n’entend plus les autres : il se rebranche dès que la base répond")


def check_open() -> None:
    if live().hub.closing:
        raise NotReady("ce processus s’arrête")


CHECKS: dict[str, Callable[[], None]] = {
    "open": check_open,
    "committer": check_committer,
    "keys": check_keys,
    "database": check_database,
    "bus": check_bus,
}


def why_not() -> dict[str, str]:
    """The checks that fail, each with its sentence."""
    found = {}
    for name, check in CHECKS.items():
        try:
            check()
        except NotReady as reason:
            found[name] = typo(str(reason))
    return found


async def healthz(scope: Mapping[str, Any], receive: object, send: Send) -> None:
    alive = live().committer.alive
    await _answer(send, alive, {"status": "ok" if alive else "failing", "committer": alive})


async def readyz(scope: Mapping[str, Any], receive: object, send: Send) -> None:
    try:
        async with asyncio.timeout(ANSWER_WITHIN):
            reasons = await live().in_thread(why_not)
    except TimeoutError:
        reasons = {"database": typo(f"la base de données n’a pas répondu en {ANSWER_WITHIN:.0f} s")}
    await _answer(send, not reasons, {"status": "not ready" if reasons else "ready", "reasons": reasons})


async def _answer(send: Send, well: bool, found: Mapping[str, Any]) -> None:
    body = json.dumps(found, ensure_ascii=False).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
        (b"x-content-type-options", b"nosniff"),
        (b"content-length", b"%d" % len(body)),
    ]
    await send({"type": "http.response.start", "status": 200 if well else 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})

"""/healthz: can this process serve a day? The database answers, the keys' folder takes a file, the committer lives."""

import json
import os
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.db import DatabaseError, connection

from maillage.live import keys
from maillage.live.runtime import live


def check() -> dict[str, bool]:
    return {"database": _database_answers(), "keys": _keys_can_be_made(), "committer": live().committer.alive}


def _database_answers() -> bool:
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1 FROM django_migrations LIMIT 1")  # the tables are there, not only the server
    except DatabaseError:
        return False
    return True


def _keys_can_be_made() -> bool:
    try:
        return os.access(keys.folder(), os.R_OK | os.W_OK | os.X_OK)
    except OSError:
        return False


async def application(
    scope: Mapping[str, Any],
    receive: Callable[[], Awaitable[Any]],
    send: Callable[[Any], Awaitable[None]],
) -> None:
    found = await live().in_thread(check)
    healthy = all(found.values())
    body = json.dumps({"status": "ok" if healthy else "failing", **found}).encode()
    headers = [
        (b"content-type", b"application/json"),
        (b"cache-control", b"no-store"),
        (b"content-length", b"%d" % len(body)),
    ]
    await send({"type": "http.response.start", "status": 200 if healthy else 503, "headers": headers})
    await send({"type": "http.response.body", "body": body})

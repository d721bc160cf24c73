"""The bus between processes on PostgreSQL: whoever stores moves says so at the commit, every other process hears it.

A hint, never the truth: what is heard is read in the log, and after a cut everything watched is looked at again. SQLite
has no bus: there, and while the bus is cut, `runtime` looks at the log each second.
"""

import logging
import threading
import uuid
from collections.abc import Callable, Mapping

from django.db import DatabaseError, connection

logger = logging.getLogger(__name__)

CHANNEL = "maillage_moves"
MOST = 100  # sessions in one notice: PostgreSQL takes 8,000 bytes
PATIENCE = 0.5  # seconds between two looks at whether to stop
AGAIN_AFTER, AGAIN_MOST = 0.1, 5.0  # seconds before listening again after a cut, doubled each time

Heard = Mapping[uuid.UUID, int] | None  # session → number of its last move; None: anything may have moved


def exists() -> bool:
    return bool(connection.vendor == "postgresql")


def tell(heads: Mapping[uuid.UUID, int]) -> None:
    """Inside the transaction that stores: the others hear of it once it is committed, and not if it is not."""
    if not exists() or not heads:
        return
    with connection.cursor() as cursor:
        said = [f"{session.hex}:{number}" for session, number in heads.items()]
        for begin in range(0, len(said), MOST):
            words = " ".join(said[begin : begin + MOST])
            cursor.execute("SELECT pg_notify(%s, %s)", [CHANNEL, words])


def read(words: str) -> dict[uuid.UUID, int]:
    """What `tell` said. Whoever may write in the database may say anything there: the rest is left out."""
    heads = {}
    for word in words.split():
        session, _colon, number = word.partition(":")
        try:
            heads[uuid.UUID(session)] = int(number)
        except ValueError:
            continue
    return heads


class Ear:
    """A thread that listens on a connection of its own, and listens again when it is cut."""

    def __init__(self, heard: Callable[[Heard], None]) -> None:
        self.heard = heard
        self.listening = False
        self._stop = threading.Event()
        self._thread: threading.Thread | None = None

    def start(self) -> None:
        self._stop.clear()
        self._thread = threading.Thread(target=self._run, name="live-bus", daemon=True)
        self._thread.start()

    def stop(self) -> None:
        self._stop.set()
        if self._thread is not None:
            self._thread.join(5)

    def _run(self) -> None:
        wait = AGAIN_AFTER
        while not self._stop.is_set():
            try:
                self._listen()
            except (DatabaseError, OSError) as error:
                if self.listening:
                    logger.warning("the bus was cut: %s", type(error).__name__)
                    wait = AGAIN_AFTER
                self.listening = False
            self._stop.wait(wait)
            wait = min(2 * wait, AGAIN_MOST)

    def _listen(self) -> None:
        own = connection.copy()
        try:
            with own.wrap_database_errors, own.cursor() as cursor:
                cursor.execute(f"LISTEN {CHANNEL}")
                self.listening = True
                self.heard(None)  # what moved while nobody listened
                while not self._stop.is_set():
                    for notice in own.connection.notifies(timeout=PATIENCE):
                        self.heard(read(notice.payload))
        finally:
            own.close()

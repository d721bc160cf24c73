"""The bus between processes on PostgreSQL: whoever stores moves says so at the commit, every other process hears it.

A hint, never the truth: what is heard is read in the log, and after a cut everything watched is looked at again. SQLite
has no bus: there, and while the bus is cut, `runtime` looks at the log each second.

Two channels: the numbers of moves, and the rest of what processes tell each other (`News`), so that a process one
version behind hears at least the first.
"""

import json
import logging
import threading
import time
import uuid
from collections.abc import Mapping
from typing import Any, Protocol

from django.db import DatabaseError, connection, transaction

logger = logging.getLogger(__name__)

CHANNEL = "maillage_moves"
NEWS = "maillage_news"
TRIAL = "maillage_trial"
MOST = 100  # sessions in one notice: PostgreSQL takes 8,000 bytes
LONGEST = 7_900  # bytes of one piece of news
PATIENCE = 0.5  # seconds between two looks at whether to stop
AGAIN_AFTER, AGAIN_MOST = 0.1, 2.0  # seconds before listening again after a cut, doubled each time
DEAF_AFTER = (
    20.0  # seconds without a word: every process speaks each 5, this one too; the line is dead, and says nothing
)

Heard = Mapping[uuid.UUID, int] | None  # session → number of its last move; None: anything may have moved
News = dict[str, Any]  # "say": what it is; the rest depends on it


class Hearer(Protocol):
    def heard(self, heads: Heard) -> None: ...

    def heard_news(self, news: News) -> None: ...


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


def tell_news(news: News) -> None:
    """In the transaction that is on, if one is: heard at its commit. Too long, it is not said: it is only a hint."""
    if not exists():
        return
    words = json.dumps(news, separators=(",", ":"))
    if len(words) > LONGEST:
        logger.error("news of kind %s are too long for the bus", news.get("say"))
        return
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT pg_notify(%s, %s)", [NEWS, words])
    except DatabaseError as error:
        if connection.in_atomic_block:
            raise
        logger.error("news of kind %s were not said: %s", news.get("say"), type(error).__name__)


def tell_lightly(pieces: list[News]) -> None:
    """What is worth no flush of the disk: figures, said again in five seconds."""
    if exists():
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit = off")
            for news in pieces:
                tell_news(news)


def try_out(*, within: float) -> float | None:
    """How many seconds our own word takes to come back; None when it does not."""
    own = connection.copy()
    word = uuid.uuid4().hex
    try:
        with own.wrap_database_errors, own.cursor() as cursor:
            cursor.execute(f"LISTEN {TRIAL}")
            began = time.monotonic()
            with connection.cursor() as other:
                other.execute("SELECT pg_notify(%s, %s)", [TRIAL, word])
            for notice in own.connection.notifies(timeout=within):
                if notice.payload == word:
                    return time.monotonic() - began
        return None
    finally:
        own.close()


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


def read_news(words: str) -> News | None:
    try:
        news = json.loads(words)
    except ValueError:
        return None
    return news if isinstance(news, dict) and isinstance(news.get("say"), str) else None


class Ear:
    """A thread that listens on a connection of its own, and listens again when it is cut, or when it has gone mute."""

    def __init__(self, hearer: Hearer) -> None:
        self.hearer = hearer
        self.listening = False
        self.cuts = 0
        self.heard_at = 0.0  # monotonic; of the last word
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
                    self.cuts += 1
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
                cursor.execute(f"LISTEN {NEWS}")
                self.listening, self.heard_at = True, time.monotonic()
                self.hearer.heard(None)  # what moved while nobody listened
                while not self._stop.is_set():
                    for notice in own.connection.notifies(timeout=PATIENCE):
                        self.heard_at = time.monotonic()
                        self._pass_on(notice.channel, notice.payload)
                    if time.monotonic() - self.heard_at > DEAF_AFTER:
                        raise ConnectionAbortedError("no word, not even our own")
        finally:
            own.close()

    def _pass_on(self, channel: str, words: str) -> None:
        if channel == CHANNEL:
            self.hearer.heard(read(words))
        elif news := read_news(words):
            self.hearer.heard_news(news)

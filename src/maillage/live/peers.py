"""What the processes that serve one database know of each other: how many screens each holds, and how it goes.

Each says it on the bus every few seconds, and hears itself: that is how long the bus takes, by one clock.
"""

import os
import secrets
import threading
import time
import uuid
from collections import Counter
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from typing import Any

from maillage.live.bus import News

EVERY = 5.0  # seconds between two words
GONE_AFTER = 16.0  # seconds without a word: three were missed
MOST_A_PIECE = 120  # sessions in one piece of news: the bus takes 8,000 bytes

Counts = Mapping[uuid.UUID, tuple[int, int]]  # session → screens, and the seats they are of


@dataclass
class Peer:
    """Another process, as it last described itself."""

    name: str
    place: str  # its number under its supervisor, "" when it is alone
    machine: str
    figures: dict[str, float] = field(default_factory=dict)
    counts: dict[uuid.UUID, tuple[int, int]] = field(default_factory=dict)
    heard_at: float = 0.0
    gathered: dict[uuid.UUID, tuple[int, int]] = field(default_factory=dict)  # of a description not yet whole


class Peers:
    """Any thread may ask; the bus's thread writes."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self.name = secrets.token_hex(6)
        self.place = os.environ.get("MAILLAGE_PLACE", "")
        self.lag: float | None = None  # seconds our last word took to come back by the bus
        self._clock = clock
        self._lock = threading.Lock()
        self._known: dict[str, Peer] = {}
        self._said: dict[str, float] = {}

    def describe(self, machine: str, figures: Mapping[str, float], counts: Counts) -> list[News]:
        """This process, in as many pieces as it takes."""
        nonce = secrets.token_hex(4)
        with self._lock:
            now = self._clock()
            self._said = {known: at for known, at in self._said.items() if now - at < GONE_AFTER} | {nonce: now}
        rows = [[session.hex, *numbers] for session, numbers in counts.items()]
        begins = range(0, max(len(rows), 1), MOST_A_PIECE)
        pieces: list[News] = [
            {"say": "here", "who": self.name, "part": part, "sessions": rows[begin : begin + MOST_A_PIECE]}
            for part, begin in enumerate(begins)
        ]
        pieces[-1] |= {"last": nonce, "place": self.place, "machine": machine, "figures": dict(figures)}
        return pieces

    def farewell(self) -> News:
        return {"say": "gone", "who": self.name}

    def hear(self, news: News) -> None:
        """`here` or `gone`. Whoever may write in the database may say anything: what is not understood is left out."""
        who = news.get("who")
        if not isinstance(who, str):
            return
        with self._lock:
            if who == self.name:
                said = self._said.pop(str(news.get("last")), None)
                if said is not None:
                    self.lag = self._clock() - said
            elif news["say"] == "gone":
                self._known.pop(who, None)
            else:
                self._hear_description(who, news)

    def _hear_description(self, who: str, news: News) -> None:
        try:
            counts = {uuid.UUID(row[0]): (int(row[1]), int(row[2])) for row in news.get("sessions", ())}
            figures = {str(name): float(value) for name, value in news.get("figures", {}).items()}
        except (ValueError, TypeError, IndexError, AttributeError):
            return
        peer = self._known.setdefault(who, Peer(who, "", ""))
        if news.get("part") == 0:
            peer.gathered = {}
        peer.gathered |= counts
        peer.heard_at = self._clock()
        if "last" in news:
            peer.place, peer.machine = str(news.get("place", ""))[:10], str(news.get("machine", ""))[:100]
            peer.figures, peer.counts, peer.gathered = figures, peer.gathered, {}

    def known(self) -> list[Peer]:
        """Those that spoke lately."""
        with self._lock:
            limit = self._clock() - GONE_AFTER
            self._known = {name: peer for name, peer in self._known.items() if peer.heard_at >= limit}
            return sorted(self._known.values(), key=lambda peer: (peer.machine, peer.place, peer.name))

    def screens(self, session_id: uuid.UUID) -> int:
        return sum(peer.counts.get(session_id, (0, 0))[0] for peer in self.known())

    def seats(self, session_id: uuid.UUID) -> int:
        return sum(peer.counts.get(session_id, (0, 0))[1] for peer in self.known())


def counts_of(streams: Mapping[uuid.UUID, Counter[str]]) -> dict[uuid.UUID, tuple[int, int]]:
    """Of each session, its open screens and the seats they are of."""
    return {session: (sum(pages.values()), len(pages)) for session, pages in streams.items()}


def as_news(**words: Any) -> News:
    return {name: value.hex if isinstance(value, uuid.UUID) else value for name, value in words.items()}

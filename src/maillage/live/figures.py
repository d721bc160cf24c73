"""What the live path counts. Names and help are read by machines and operators; never a session, a seat or a name."""

import time
from collections import deque
from collections.abc import Callable

from maillage.lib.metrics import Counter, Histogram, Registry

RECENT = 60.0  # seconds the words about lag look back
MOVES_BOUNDS = (1, 2, 4, 8, 16, 32, 64, 128, 256)

registry = Registry()

moves = Counter(
    registry, "maillage_moves_total", "Moves, by what became of them and why they were refused.", ("outcome", "reason")
)
changes = Counter(registry, "maillage_changes_total", "Times a session moved and its screens had to hear of it.")
flushes = Counter(registry, "maillage_flushes_total", "Times the screens of a session were brought up to date.")
frames = Counter(registry, "maillage_frames_total", "Updates sent to a screen.")
sent = Counter(registry, "maillage_frame_bytes_total", "Bytes of those updates.")
opened = Counter(registry, "maillage_streams_opened_total", "Streams opened, anew or where they were cut.", ("how",))
spared = Counter(registry, "maillage_views_spared_total", "Views a slow client was not sent: it gets the newest.")
dropped = Counter(registry, "maillage_streams_dropped_total", "Streams cut because their client did not read.")
unavailable = Counter(registry, "maillage_database_away_total", "Requests refused because the database was away.")
commit = Histogram(registry, "maillage_commit_seconds", "To decide and store one batch of moves.")
batch = Histogram(registry, "maillage_batch_moves", "Moves stored together.", MOVES_BOUNDS)
render = Histogram(registry, "maillage_render_seconds", "To make the shared part of one audience's screen.")
flush = Histogram(registry, "maillage_flush_seconds", "Of work to bring the screens of one session up to date.")
lag = Histogram(registry, "maillage_screen_lag_seconds", "From a move received to the last screen of its session.")


class Recent:
    """The lags of the last minute."""

    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lags: deque[tuple[float, float]] = deque(maxlen=2_000)

    def add(self, seconds: float) -> None:
        self._lags.append((self._clock(), seconds))

    def usual(self) -> float | None:
        """What nineteen changes of twenty are under; None when nothing moved for a minute."""
        limit = self._clock() - RECENT
        lags = sorted(seconds for at, seconds in list(self._lags) if at >= limit)
        return lags[int(len(lags) * 0.95)] if lags else None


recent = Recent()

"""The server's time, for the clocks of rooms: read once when the process starts, then counted.

A clock that is set right, or wrong, in the middle of a day moves no room's time: what is left of a step stays what it
was. The time that a laptop slept is counted, where the system can (Linux).
"""

import time

_COUNTER = getattr(time, "CLOCK_BOOTTIME", None)


def _counted() -> int:
    return time.monotonic_ns() if _COUNTER is None else time.clock_gettime_ns(_COUNTER)


_BEGAN = time.time_ns() - _counted()  # ns since the epoch when the counter was at zero


def now_ms() -> int:
    """Milliseconds since the epoch."""
    return (_BEGAN + _counted()) // 1_000_000

"""How often one place of the network may do a thing. Memory only, one process: a restart forgives."""

import ipaddress
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable

REMEMBERED = 10_000  # places
NARROW = 64  # bits of an IPv6 address: a subscriber holds a whole /64


class Rate:
    def __init__(self, most: int, window: float, clock: Callable[[], float] = time.monotonic) -> None:
        """`most` times in `window` seconds."""
        self._most, self._window, self._clock = most, window, clock
        self._lock = threading.Lock()
        self._times: OrderedDict[str, deque[float]] = OrderedDict()

    def wait(self, address: str) -> int:
        """Seconds to wait before trying again; 0: go on, and this time is counted."""
        place = place_of(address)
        with self._lock:
            now = self._clock()
            times = self._times.setdefault(place, deque())
            self._times.move_to_end(place)
            while len(self._times) > REMEMBERED:
                self._times.popitem(last=False)
            while times and times[0] <= now - self._window:
                times.popleft()
            if len(times) >= self._most:
                return max(1, int(times[0] + self._window - now))
            times.append(now)
            return 0

    def forget(self) -> None:
        with self._lock:
            self._times.clear()


def place_of(address: str) -> str:
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, NARROW), strict=False))
    return address

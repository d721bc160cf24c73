"""How often wrong codes may be tried. Right codes never count: a whole room arrives behind one address.

Memory only, one process: a restart forgives. An address that made too many errors is asked to wait, except for what is
at home there. A room that was entered from there stays open to it whatever is guessed beside: its code is no news. The
other rooms of its gathering stay open until a program guesses. A room that nobody had entered when the guessing began
opens at its third right code: its people knock, a guesser would have to be right thrice. One joker in the room does not
close the door on the others, nor does a program on its Wi-Fi.
"""

import ipaddress
import threading
import time
from collections import OrderedDict, deque
from collections.abc import Callable
from dataclasses import dataclass, field
from uuid import UUID

WINDOW = 600.0  # seconds
MOST_OF_ONE = 20  # wrong codes of one address in the window
MOST_AT_HOME = 300  # of one address, for the gatherings at home there: no hand types so many
MOST_OF_ALL = 1_000  # wrong codes of everybody: past it, a network that erred once must wait (175,000 codes)
KNOCKS = 3  # right codes of one room, from an address that must wait, in the window
REMEMBERED = 10_000  # addresses, and errors
NARROW, WIDE = 64, 48  # bits of an IPv6 address: of one subscriber, of one network


@dataclass(slots=True)
class _Address:
    errors: deque[float] = field(default_factory=lambda: deque(maxlen=MOST_AT_HOME))
    home: set[UUID] = field(default_factory=set)  # gatherings
    entered: set[UUID] = field(default_factory=set)  # their rooms somebody entered from here
    knocks: dict[UUID, list[float]] = field(default_factory=dict)  # rooms whose code was right while it had to wait


class Throttle:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._lock = threading.Lock()
        self._addresses: OrderedDict[str, _Address] = OrderedDict()
        self._errors: deque[tuple[float, str]] = deque()  # of everybody: when, and from which wide network

    def wait(self, address: str, gathering: UUID | None = None, room: UUID | None = None) -> int:
        """Seconds this address must wait before trying a code; 0: it may. `gathering`, `room`: of a right code."""
        with self._lock:
            known = self._of(address)
            now = self._clock()
            _forget_old(known.errors, now)
            if room in known.entered:
                return 0
            if gathering in known.home and len(known.errors) < MOST_AT_HOME:
                return 0
            if len(known.errors) >= MOST_OF_ONE:
                if room is not None and len(known.errors) < MOST_AT_HOME and _knocks_enough(known, room, now):
                    return 0
                return max(1, int(known.errors[0] + WINDOW - now))
            while self._errors and self._errors[0][0] <= now - WINDOW:
                self._errors.popleft()
            if len(self._errors) >= MOST_OF_ALL:
                # Somebody guesses from many addresses. Who never erred still enters: the door stays open to the room.
                wide = _network(address, WIDE)
                if any(theirs == wide for _when, theirs in self._errors):
                    return max(1, int(self._errors[0][0] + WINDOW - now))
            return 0

    def wrong(self, address: str) -> None:
        with self._lock:
            now = self._clock()
            self._of(address).errors.append(now)
            self._errors.append((now, _network(address, WIDE)))
            while len(self._errors) > REMEMBERED:
                self._errors.popleft()

    def at_home(self, address: str, gathering: UUID, room: UUID | None = None) -> None:
        """Somebody holds a right code, a link or an account of this gathering there; `room`: the one it opens."""
        with self._lock:
            known = self._of(address)
            known.home.add(gathering)
            if room is not None:
                known.entered.add(room)

    def _of(self, address: str) -> _Address:
        name = _network(address)
        known = self._addresses.setdefault(name, _Address())
        self._addresses.move_to_end(name)
        if len(self._addresses) > REMEMBERED:
            self._addresses.popitem(last=False)
        return known


def _forget_old(errors: deque[float], now: float) -> None:
    while errors and errors[0] <= now - WINDOW:
        errors.popleft()


def _knocks_enough(known: _Address, room: UUID, now: float) -> bool:
    times = [when for when in known.knocks.get(room, []) if when > now - WINDOW]
    known.knocks[room] = [*times, now][-KNOCKS:]
    return len(known.knocks[room]) >= KNOCKS


def _network(address: str, prefix: int = NARROW) -> str:
    """An IPv6 subscriber holds a whole /64, a company or a hired server a /48: each counts as one."""
    try:
        parsed = ipaddress.ip_address(address)
    except ValueError:
        return address
    if parsed.version == 6:
        return str(ipaddress.ip_network((parsed, prefix), strict=False))
    return address


codes_throttle = Throttle()

"""How often wrong codes may be tried. Right codes never count: a whole room arrives behind one address.

Counted in the table that the processes of one address share (lib/rates.py): a restart forgives. An address that made
too many errors is asked to wait, except for what is at home there. A room that was entered from there stays open to it
whatever is guessed beside: its code is no news. The other rooms of its gathering stay open until a program guesses. A
room that nobody had entered when the guessing began opens at its third right code: its people knock, a guesser would
have to be right thrice. One joker in the room does not close the door on the others, nor does a program on its Wi-Fi.
"""

import time
from collections.abc import Callable
from uuid import UUID

from maillage.lib.rates import Table, place_of

WINDOW = 600.0  # seconds
MOST_OF_ONE = 20  # wrong codes of one address in the window
MOST_AT_HOME = 300  # of one address, for the gatherings at home there: no hand types so many
MOST_OF_ALL = 1_000  # wrong codes of everybody: past it, a network that erred once must wait (175,000 codes)
KNOCKS = 3  # right codes of one room, from an address that must wait, in the window
AT_HOME = 12 * 3600.0  # seconds after the last right code there: the day
WIDE = 48  # bits of an IPv6 address: of a company, a hired server; a subscriber has 64


class Throttle:
    def __init__(self, clock: Callable[[], float] = time.monotonic) -> None:
        self._clock = clock
        self._table = Table()

    def wait(self, address: str, gathering: UUID | None = None, room: UUID | None = None) -> int:
        """Seconds this address must wait before trying a code; 0: it may. `gathering`, `room`: of a right code."""
        now, here = self._clock(), place_of(address)
        errors, until = self._table.count(f"code/wrong/{here}", now=now)
        if room is not None and self._known(f"code/entered/{here}/{room}", now):
            return 0
        if gathering is not None and errors < MOST_AT_HOME and self._known(f"code/home/{here}/{gathering}", now):
            return 0
        if errors >= MOST_OF_ONE:
            if room is not None and errors < MOST_AT_HOME:
                knocks, _until = self._table.add(f"code/knocks/{here}/{room}", now=now, window=WINDOW)
                if knocks + 1 >= KNOCKS:
                    return 0
            return max(1, int(until - now))
        everybodys, until = self._table.count("code/wrong", now=now)
        # Somebody guesses from many addresses. Who never erred still enters: the door stays open to the room.
        if everybodys >= MOST_OF_ALL and self._known(f"code/erred/{place_of(address, WIDE)}", now):
            return max(1, int(until - now))
        return 0

    def wrong(self, address: str) -> None:
        """While waiting too: who goes on guessing goes on waiting."""
        now = self._clock()
        for key, most in (
            (f"code/wrong/{place_of(address)}", MOST_OF_ONE),
            ("code/wrong", MOST_OF_ALL),
            (f"code/erred/{place_of(address, WIDE)}", 1),
        ):
            self._table.add(key, now=now, window=WINDOW, renew_from=most)

    def at_home(self, address: str, gathering: UUID, room: UUID | None = None) -> None:
        """Somebody holds a right code, a link or an account of this gathering there; `room`: the one it opens."""
        now, here = self._clock(), place_of(address)
        self._table.add(f"code/home/{here}/{gathering}", now=now, window=AT_HOME, renew_from=1)
        if room is not None:
            self._table.add(f"code/entered/{here}/{room}", now=now, window=AT_HOME, renew_from=1)

    def forget(self) -> None:
        self._table.clear()

    def _known(self, key: str, now: float) -> bool:
        return self._table.count(key, now=now)[0] > 0


codes_throttle = Throttle()

"""A lack, in words, and the ways out of it: each is one change of the problem, one tap on a screen."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace

from seating.problem import Pair, Problem, SeatingError, Workshop
from seating.words import speak


@dataclass(frozen=True)
class WayOut:
    """One change that mends a lack.

    Attributes
    ----------
    kind : {"raise_maximum", "lower_minimum", "find_porteur", "unlock", "drop_pair", "equip_room", "find_resident"}
    workshop, slot : str
        Concerned, or "".
    people : tuple of str
    amount : int
        New bound or how many, according to the kind; 0 where it has no meaning.
    facilities : tuple of str
        What the room gets.
    """

    kind: str
    sentence: str
    workshop: str = ""
    slot: str = ""
    people: tuple[str, ...] = ()
    amount: int = 0
    facilities: tuple[str, ...] = ()

    def applied_to(self, problem: Problem) -> Problem | None:
        """The problem with this change; None where somebody must be found first."""
        if self.kind == "unlock":
            people = tuple(
                replace(p, locks={slot: lock for slot, lock in p.locks.items() if slot != self.slot})
                if p.id in self.people
                else p
                for p in problem.people
            )
            return replace(problem, people=people)
        if self.kind == "drop_pair":
            return self._without_pair(problem)
        if not problem.has_workshop(self.workshop):
            return None
        room = problem.workshop(self.workshop)
        changed = self._changed(room)
        if changed is None:
            return None
        return replace(problem, workshops=tuple(changed if w.id == room.id else w for w in problem.workshops))

    def _changed(self, room: Workshop) -> Workshop | None:
        if self.kind == "raise_maximum":
            count = room.table_count
            if room.tables is not None and count is not None:
                count = max(count, -(-self.amount // room.tables[1]))
            return replace(room, maximum=max(room.maximum, self.amount), table_count=count)
        if self.kind == "lower_minimum":
            return replace(room, minimum=self.amount)
        if self.kind == "equip_room":
            return replace(room, facilities=room.facilities | frozenset(self.facilities))
        return None

    def _without_pair(self, problem: Problem) -> Problem:
        """« Pas ensemble » is dropped before « ensemble », and the last one given before the others."""
        apart = self._thinned(problem, problem.apart)
        if apart is not None:
            return replace(problem, apart=apart)
        together = self._thinned(problem, problem.together)
        return problem if together is None else replace(problem, together=together)

    def _thinned(self, problem: Problem, pairs: tuple[Pair, ...]) -> tuple[Pair, ...] | None:
        """The pairs without the last one concerned, which still holds in the other slots; None when there is none."""
        concerned = [pair for pair in pairs if pair.holds(self.slot) and {pair.a, pair.b} <= set(self.people)]
        if not concerned:
            return None
        dropped = concerned[-1]
        elsewhere = [slot for slot in problem.slots if slot != self.slot and dropped.slot is None]
        return (*(p for p in pairs if p is not dropped), *(replace(dropped, slot=slot) for slot in elsewhere))


@dataclass(frozen=True)
class Missing:
    """One lack. `blocking`: no plan can keep the hard rules; otherwise a rule or some wishes must give way."""

    kind: str
    sentence: str
    ways_out: tuple[WayOut, ...] = ()
    blocking: bool = False
    slot: str = ""
    workshop: str = ""
    people: tuple[str, ...] = ()


class Infeasible(SeatingError):
    """No plan keeps the hard rules. `missing` says what lacks (`diagnose`)."""

    def __init__(self, missing: Sequence[Missing]) -> None:
        self.missing = tuple(missing)
        blocking = [lack.sentence for lack in missing if lack.blocking]
        super().__init__(" ".join(blocking) or speak("Aucune répartition ne respecte toutes les règles."))

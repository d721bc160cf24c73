"""Who sits where: the answer. It holds facts only; sentences are made by `explain`, `check` and `measure`."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass, field
from types import MappingProxyType
from typing import Any

from seating.problem import SeatingError

FORMAT = 1  # of to_dict(); raised when a key changes meaning

UNWISHED = "other"  # key of Plan.ranks: seated in a workshop the person did not ask for
FREE = "none"  # key of Plan.ranks: the person had no wish


class InvalidPlan(SeatingError):
    """What was read is not a plan."""


@dataclass(frozen=True, order=True)
class Seat:
    """A place: a workshop, a table of it (numbered from 1; None: one group), whether the person brings a subject."""

    workshop: str
    table: int | None = None
    porteur: bool = False


@dataclass(frozen=True)
class Plan:
    """Seats of everybody.

    Attributes
    ----------
    seats : mapping of (person identifier, slot) to Seat
    regret : int
        Total over people and slots: twice the rank (from 0) of the workshop in the person's wishes; a workshop not
        asked for costs the mean of the ranks left, doubled too; 0 without wishes.
    ranks : mapping of slot to mapping of {"1", "2", …, "other", "none"} to people
    notes : tuple of str
        Rules that had to give way and moves that were made, in French.
    seed : int
    proven : bool
        No plan that keeps the hard rules has less regret (or a better worst-off, if that comes first).
    """

    seats: Mapping[tuple[str, str], Seat]
    regret: int = 0
    ranks: Mapping[str, Mapping[str, int]] = field(default_factory=dict)
    notes: tuple[str, ...] = ()
    seed: int = 0
    proven: bool = False

    def __post_init__(self) -> None:
        object.__setattr__(self, "seats", MappingProxyType(dict(self.seats)))
        ranks = {slot: MappingProxyType(dict(counts)) for slot, counts in self.ranks.items()}
        object.__setattr__(self, "ranks", MappingProxyType(ranks))
        object.__setattr__(self, "notes", tuple(self.notes))

    def seat(self, person: str, slot: str) -> Seat | None:
        return self.seats.get((person, slot))

    def groups(self, slot: str) -> dict[tuple[str, int | None], list[str]]:
        """People of each (workshop, table) of a slot, in the order of `seats`."""
        found: dict[tuple[str, int | None], list[str]] = {}
        for (person, when), seat in self.seats.items():
            if when == slot:
                found.setdefault((seat.workshop, seat.table), []).append(person)
        return found

    def digest(self) -> str:
        """SHA-256 of the seats: equal plans, equal digests, whatever the process."""
        rows = sorted([person, slot, s.workshop, s.table or 0, s.porteur] for (person, slot), s in self.seats.items())
        return hashlib.sha256(json.dumps(rows, ensure_ascii=False).encode()).hexdigest()

    def to_dict(self) -> dict[str, Any]:
        """A JSON-able twin; `from_dict` is its inverse."""
        return {
            "format": FORMAT,
            "seats": [
                {"person": person, "slot": slot, "workshop": s.workshop, "table": s.table, "porteur": s.porteur}
                for (person, slot), s in self.seats.items()
            ],
            "regret": self.regret,
            "ranks": {slot: dict(counts) for slot, counts in self.ranks.items()},
            "notes": list(self.notes),
            "seed": self.seed,
            "proven": self.proven,
        }

    @classmethod
    def from_dict(cls, data: Mapping[str, Any]) -> Plan:
        """Read what `to_dict` wrote.

        Raises
        ------
        InvalidPlan
            Another format, a missing key, a wrong type, or two seats for one person in one slot.
        """
        if data.get("format") != FORMAT:
            raise InvalidPlan(f"Répartition au format {data.get('format')!r} ; attendu : {FORMAT}.")
        seats: dict[tuple[str, str], Seat] = {}
        try:
            for row in data["seats"]:
                key = (str(row["person"]), str(row["slot"]))
                if key in seats:
                    raise InvalidPlan(f"La personne « {key[0]} » a deux places au créneau « {key[1]} ».")
                table = None if row["table"] is None else int(row["table"])
                seats[key] = Seat(str(row["workshop"]), table, bool(row["porteur"]))
            return cls(
                seats=seats,
                regret=int(data["regret"]),
                ranks={slot: {key: int(n) for key, n in counts.items()} for slot, counts in data["ranks"].items()},
                notes=tuple(str(note) for note in data["notes"]),
                seed=int(data["seed"]),
                proven=bool(data["proven"]),
            )
        except KeyError as missing:
            raise InvalidPlan(f"Répartition illisible : il manque {missing}.") from missing
        except (TypeError, ValueError, AttributeError) as wrong:
            raise InvalidPlan(f"Répartition illisible : {wrong}.") from wrong

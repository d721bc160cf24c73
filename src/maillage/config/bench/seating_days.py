"""Invented days of the seating measures: read from `make_days.py`, run as it is, and turned into problems."""

import json
import subprocess
import sys
from functools import lru_cache
from pathlib import Path
from typing import Any

from maillage.config.bench.missing import MAKER, NoDays
from seating import Lock, Pair, Person, Problem, Workshop


@lru_cache(maxsize=64)
def invented_day(folder: Path, people: int, seed: int, rounds: int = 2) -> Problem:
    """The day of `make_days.py PEOPLE SEED`."""
    maker = folder / MAKER
    if not maker.exists():
        raise NoDays(folder)
    command = [sys.executable, str(maker), str(people), str(seed), "--rounds", str(rounds)]
    output = subprocess.run(command, check=True, stdout=subprocess.PIPE).stdout  # noqa: S603 - the project's own maker
    return problem_of(json.loads(output))


def problem_of(day: dict[str, Any]) -> Problem:
    """Every workshop is « mixed »: the maker says nothing of it."""
    slots = tuple(f"r{r}" for r in range(len(day["rounds"])))
    ramp = frozenset({"ramp"})

    def workshop(r: int, w: int) -> str:
        return f"{slots[r]}w{w:02}"

    workshops = [
        Workshop(
            id=workshop(r, w),
            slot=slots[r],
            maximum=room["max"],
            minimum=room["min"],
            tables=tuple(room["tables"]) if room["tables"] else None,
            facilities=ramp if room["ramp"] else frozenset(),
            porteur_needed=room["porteur"],
        )
        for r, rooms in enumerate(day["rounds"])
        for w, room in enumerate(rooms)
    ]
    people = [
        Person(
            id=f"p{person['id']:04}",
            category=person["category"],
            organisation=f"o{person['organisation']}",
            territory=f"t{person['territory']}",
            needs=ramp if person["needs_ramp"] else frozenset(),
            wishes={slots[r]: tuple(workshop(r, w) for w in ranked) for r, ranked in enumerate(person["wishes"])},
            volunteer_porteur=any(person["porteur"]),
            locks={slots[r]: Lock(workshop(r, w)) for r, w in enumerate(person["fixed"]) if w is not None},
        )
        for person in day["people"]
    ]

    def pairs(name: str) -> tuple[Pair, ...]:
        return tuple(Pair(people[a].id, people[b].id) for a, b in day[name])

    return Problem(
        slots=slots,
        people=tuple(people),
        workshops=tuple(workshops),
        together=pairs("together"),
        apart=pairs("apart"),
    )

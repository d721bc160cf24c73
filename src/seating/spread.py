"""Workshops first: who goes where, wishes granted as they are, so that tables can then be mixed best."""

from __future__ import annotations

from collections.abc import Collection, Mapping

from seating.attributes import Group, Groups
from seating.bound import best_workshops
from seating.problem import Problem
from seating.tables import NoTables, first_tables


def well_spread(problem: Problem, groups: Mapping[str, Groups], change: Collection[str]) -> Mapping[str, Groups]:
    """Groups whose workshops are the best that a mix could start from; `groups` where none was found in good time."""
    found = best_workshops(problem, groups, change) if change else None
    if found is None:
        return groups
    spread = dict(groups)
    for slot, workshop_of in found.items():
        here: dict[str, Group] = {}
        for workshop in problem.workshops_of(slot):
            members = [p for p in problem.present(slot) if workshop_of.get(p.id) == workshop.id]
            same = all(groups[slot][p.id][0] == workshop.id for p in members)
            if workshop.tables is None:
                here |= {p.id: (workshop.id, None) for p in members}
            elif same:
                here |= {p.id: groups[slot][p.id] for p in members}
            else:
                try:
                    tables = first_tables(problem, workshop, members)
                except NoTables:  # placed one after the other; the tables there are were weighed all at once
                    return groups
                here |= {person: (workshop.id, table) for person, table in tables.items()}
        spread[slot] = here
    return spread

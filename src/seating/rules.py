"""What gives way in a slot, counted at every group, and what the wishes get: to choose between two ways to seat it."""

from __future__ import annotations

from collections import Counter

import numpy as np

from seating.attributes import Group, Groups
from seating.crowd import regrets
from seating.problem import Person, Problem

Given = tuple[
    int, int, int, int
]  # residents alone, people below a minimum, below a table's size, tables without porteur


def gives_way(problem: Problem, slot: str, groups: Groups) -> Given:
    """The rules that may give way, in the order in which they are spared (`wishes`), each counted over all groups."""
    members: dict[Group, list[Person]] = {}
    for person in problem.present(slot):
        if person.id in groups:
            members.setdefault(groups[person.id], []).append(person)
    inside = Counter(group[0] for group in groups.values())
    few = sum(max(0, room.minimum - inside[room.id]) for room in problem.workshops_of(slot))
    alone = small = mute = 0
    for (workshop, _), people in members.items():
        room = problem.workshop(workshop)
        alone += sum(person.is_resident for person in people) == 1
        small += 0 if room.tables is None else max(0, room.tables[0] - len(people))
        mute += room.porteur_needed and not any(person.volunteer_porteur for person in people)
    return alone, few, small, mute


def worth(problem: Problem, slot: str, groups: Groups) -> tuple[int, ...]:
    """The less the better: what gives way, then the wishes in the organiser's order."""
    people = [person for person in problem.present(slot) if person.id in groups]
    column = {workshop.id: w for w, workshop in enumerate(problem.workshops_of(slot))}
    at = np.asarray([column[groups[person.id][0]] for person in people], dtype=np.int64)
    costs = regrets(problem, slot, people)[np.arange(len(people)), at]
    worst_first = np.bincount(costs, minlength=2 * len(column) + 1)[:0:-1].tolist()
    wishes = [int(costs.sum()), *worst_first] if problem.first == "total" else worst_first
    return (*gives_way(problem, slot, groups), *wishes)

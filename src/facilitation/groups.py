"""Groups within a table, that form and re-form from stage to stage: alone, in pairs, in fours, all together."""

from itertools import pairwise

from facilitation.register import Register
from facilitation.state import Seat, State


def form(state: State) -> State:
    """At the beginning of a step that groups: those who are there, by the groups they come from."""
    rule, step = state.rule, state.step
    if rule is None or step is None or not isinstance(rule.group, int):
        return state
    before = _earlier(state)
    formed: Register[str, int] = state.groups.get(step, Register())
    for table in state.led:
        if any(seat.id in formed for seat in state.at_table(table.id)):
            continue  # after a step back, the groups are as they were
        people = [seat.id for seat in state.at_table(table.id) if seat.present]
        for number, group in enumerate(cut(_units(people, before), rule.group), 1):
            for seat in group:
                formed = formed.put(seat, number)
    return state.but(groups={**state.groups, step: formed})


def place(state: State, seat: Seat) -> State:
    """Somebody who comes while groups are at work joins the smallest of their table."""
    local = state.through(seat.table)
    step, rule = local.step, local.rule
    if rule is None or step is None or not isinstance(rule.group, int) or seat.table is None or not seat.present:
        return state
    formed = state.groups.get(step, Register[str, int]())
    sizes: dict[int, int] = {}
    for other in state.at_table(seat.table):
        if other.present and other.id in formed and other.id != seat.id:
            sizes[formed[other.id]] = sizes.get(formed[other.id], 0) + 1
    if formed.get(seat.id) in sizes:
        return state
    smallest = min(sizes, key=lambda group: (sizes[group], group)) if sizes else 1
    return state.but(groups={**state.groups, step: formed.put(seat.id, smallest)})


def group_of(state: State, seat: Seat) -> int | None:
    """The group somebody is in at the step that is on."""
    rule = state.rule
    if state.step is None or rule is None or not isinstance(rule.group, int):
        return None
    return state.groups.get(state.step, Register[str, int]()).get(seat.id)


def cut(units: list[list[str]], size: int) -> list[list[str]]:
    """The people of `units` in groups of about `size`; a unit stays whole, and nobody stays alone.

    Five people in pairs are two groups, one of three; six in fours are two groups of three. Groups that join are two at
    least, and three only where one would be left: the largest come last, where no third one joins them.
    """
    count = sum(map(len, units))
    most = -(-count // size)
    wanted = most if count // max(most, 1) >= max(2, size - 1) else count // size
    joining = any(len(unit) > 1 for unit in units)
    wanted = max(1, min(wanted, len(units) // 2 if joining else len(units)))
    units = sorted(units, key=len)
    each, more = divmod(len(units), wanted)
    starts = [number * each + min(number, more) for number in range(wanted + 1)]
    groups = [[seat for unit in units[start:end] for seat in unit] for start, end in pairwise(starts)]
    return [group for group in groups if group]


def _earlier(state: State) -> Register[str, int]:
    """The groups of the last step before this one that had some."""
    steps = [step.id for step in state.method.steps]
    for step in reversed(steps[: steps.index(state.step or "")]):
        if step in state.groups:
            return state.groups[step]
    return Register()


def _units(people: list[str], before: Register[str, int]) -> list[list[str]]:
    """People who worked together, together; those who come alone, each alone."""
    units: dict[object, list[str]] = {}
    for seat in people:
        units.setdefault(before.get(seat, seat), []).append(seat)
    return list(units.values())

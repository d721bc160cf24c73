"""Who sits with whom: annealing on counts, by trades that leave the wishes as good as they are.

At each step the groups of a slot are dealt into pairs; each pair trades two people, drawn by the heat bath over all
their trades: the price of a trade against the temperature. Slots take turns at each temperature, since a meeting of one
is a meeting again in another. Prices are whole numbers and chance is our own, so that one seed gives one result, with
numpy alone or with numba. Source of the method: Kirkpatrick, Gelatt & Vecchi, « Optimization by simulated annealing »,
Science 220 (1983), doi:10.1126/science.220.4598.671.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Collection, Mapping

import numpy as np

from seating import batch, kernels
from seating.attributes import HARD, Group, Groups, met_attribute, met_value, own_attributes, partners
from seating.chance import Dice, child, gumbel, numbers
from seating.hall import Hall, open_hall
from seating.problem import Problem
from seating.spread import well_spread

__all__ = ["Group", "Groups", "mix_day"]

HOT, COLD = 0.5, 0.15  # first and last temperature: parts of the dearest and of the cheapest price of a pair
LEAST_STEPS, MOST_STEPS = 9, 96  # of a turn between the tables of workshops, then a third as many between workshops
HEAT_UNIT = 64
CLUSTER_TRADES = 2  # tried in a turn, for each cluster
TURNS = 8  # of a chunk, for each slot
QUENCH = 6  # turns at most without heat, at the end


def mix_day(
    problem: Problem,
    groups: Mapping[str, Groups],
    *,
    change: Collection[str] | None = None,
    held: Mapping[str, frozenset[str]] | None = None,
    seed: int = 0,
    chunks: int,
    go_on: Callable[[], bool] = lambda: True,
    on_chunk: Callable[[int, Mapping[str, Groups]], None] | None = None,
    slow: bool | None = None,
) -> dict[str, dict[str, Group]]:
    """Better groups for everybody, wishes, workshop sizes and table sizes kept.

    Parameters
    ----------
    groups : mapping of slot to (mapping of person to (workshop, table))
        A start that keeps the hard rules.
    change : slots to mix; None: all. The others count as meetings.
    held : people who keep their seat, by slot
    chunks : how much work; 0 for a single descent
    go_on : asked between two chunks; the best seats so far are then kept
    on_chunk : told the number of chunks done, and the best groups
    slow : True for plain Python, False for numpy, None for the fastest there is; the result is the same
    """
    held = held or {}
    moving = [slot for slot in problem.slots if groups.get(slot) and (change is None or slot in change)]
    groups = well_spread(problem, groups, [slot for slot in moving if not held.get(slot)])
    day = _Day(problem, groups, moving, held, child(seed, 0x6D6978), slow)
    if not day.changing:
        return {slot: dict(here) for slot, here in groups.items()}
    for chunk in range(chunks):
        if not go_on():
            break
        for turn in range(TURNS):
            heat = day.heat((chunk * TURNS + turn) / (chunks * TURNS))
            day.turn(heat)
        if on_chunk is not None:
            on_chunk(chunk + 1, day.best_groups())
    day.quench()
    return day.best_groups()


class _Day:
    """All slots of a day under search."""

    def __init__(
        self,
        problem: Problem,
        groups: Mapping[str, Groups],
        change: Collection[str],
        held: Mapping[str, frozenset[str]],
        seed: int,
        slow: bool | None,
    ) -> None:
        self.problem, self.seed, self.moment = problem, seed, 0
        self.trade_steps = kernels.plain_trade_steps if slow else batch.trade_steps
        if slow is None and kernels.compiled_trade_steps is not None:
            self.trade_steps = kernels.compiled_trade_steps
        slots = [slot for slot in problem.slots if groups.get(slot)]
        self.halls = {
            slot: open_hall(problem, slot, groups[slot], held.get(slot, frozenset()), partners(problem, slot))
            for slot in slots
        }
        own = own_attributes(problem)
        self.fixed_attributes = len(own)
        for slot, hall in self.halls.items():
            others = [
                met_attribute(problem, slot, other, self.halls[other].group, self.halls[other].names)
                for other in slots
                if other != slot
            ]
            hall.furnish([*own, *others])
        self.changing = [slot for slot in slots if slot in change and self.halls[slot].plays()]
        self.added = self.least = 0
        self.best = {slot: self.halls[slot].group.copy() for slot in self.changing}
        prices = [abs(int(p)) for hall in self.halls.values() for p in hall.weight.ravel() if p]
        self.hottest, self.coldest = HOT * max(prices, default=1), COLD * min(prices, default=1)

    def heat(self, share: float) -> int:
        """Temperature after a share of the work."""
        return round(HEAT_UNIT * self.hottest * math.pow(self.coldest / self.hottest, share))

    def turn(self, heat: int) -> None:
        for slot in self.changing:
            hall = self.halls[slot]
            self._meet(slot, hall)
            within = max(LEAST_STEPS, min(MOST_STEPS, int(hall.size.sum()) // 3))
            for across, steps in ((False, within), (True, within // 3)):
                self.moment += 1
                self._trade(hall, child(self.seed, self.moment), heat, across, steps)
            self._trade_clusters(hall, Dice(child(self.seed, self.moment, 1)), heat)
            self._note()

    def quench(self) -> None:
        for _ in range(QUENCH):
            before = self.added
            self.turn(0)
            if self.added == before:
                break

    def _note(self) -> None:
        if self.added < self.least:
            self.least = self.added
            self.best = {slot: self.halls[slot].group.copy() for slot in self.changing}

    def _meet(self, slot: str, hall: Hall) -> None:
        """The groups of the other slots, as they are now."""
        others = [other for other in self.halls if other != slot]
        for k, other in enumerate(others):
            if other in self.changing:
                there = self.halls[other]
                value = met_value(self.problem, slot, other, there.group, there.names)
                hall.recount(self.fixed_attributes + k, value)

    def _trade_clusters(self, hall: Hall, dice: Dice, heat: int) -> None:
        """People bound together go to another table of the workshop, as many of its people come in their place."""
        for cluster in hall.clusters * CLUSTER_TRADES:
            a = int(hall.group[cluster[0]])
            others = np.flatnonzero(hall.workshop == hall.workshop[a])
            b = int(others[dice.below(len(others))])
            if a == b or hall.movable[b] <= len(cluster):
                continue
            places = list(range(int(hall.movable[b])))
            drawn = [places.pop(dice.below(len(places))) for _ in cluster]
            seats = [int(np.flatnonzero(hall.seats[a] == person)[0]) for person in cluster]
            before = hall.price_of(a) + hall.price_of(b)
            for i, j in zip(seats, drawn, strict=True):
                hall.swap(a, i, b, j)
            change = hall.price_of(a) + hall.price_of(b) - before
            go, stay = dice.gumbel(), dice.gumbel()
            if change * kernels.PRICE_UNIT - heat * go < -heat * stay:
                self.added += change
                hall.sort_row(a)
                hall.sort_row(b)
            else:
                for i, j in zip(seats, drawn, strict=True):
                    hall.swap(a, i, b, j)

    def _trade(self, hall: Hall, seed: int, heat: int, across: bool, steps: int) -> None:
        table = hall.across if across else hall.within
        if not len(table.first):
            return
        first, second = table.deal(child(seed, 0), steps)
        drawn = numbers(child(seed, 1), 2 * first.size).reshape(2, *first.shape) >> np.uint64(33)
        starts = drawn.astype(np.int64)
        window = min(hall.window, int(hall.movable.max()))
        self.added += int(
            self.trade_steps(
                first,
                second,
                starts[0] % hall.movable[first],
                starts[1] % hall.movable[second],
                np.full(steps, heat, dtype=np.int64),
                gumbel(child(seed, 2), (*first.shape, window, window)),
                gumbel(child(seed, 3), first.shape),
                across,
                hall.mode,
                hall.workshop,
                hall.porteur,
                hall.movable,
                hall.trait,
                hall.loose,
                hall.level,
                hall.partners.who,
                hall.partners.price,
                hall.weight,
                hall.code,
                hall.key,
                hall.own,
                HARD,
                hall.seats,
                hall.group,
                hall.counted,
                hall.residents,
                hall.volunteers,
                hall.trade,
            )
        )

    def best_groups(self) -> dict[str, dict[str, Group]]:
        return {slot: hall.groups(self.problem, self.best.get(slot, hall.group)) for slot, hall in self.halls.items()}

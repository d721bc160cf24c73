"""The inner loop of the mix, person by person: compiled by numba where it is installed (the extra `fast`).

Without numba these same lines are plain Python: the slow twin that the tests hold against `batch` and against the
compiled form. All three give the same seats.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import numpy.typing as npt

from seating.attributes import ALONE, Ints

PRICE_UNIT = 65536  # prices are compared with temperature × noise, in 1/64 × 1/1024
Bools = npt.NDArray[np.bool_]
Noise = npt.NDArray[np.int16]


def trade_steps(
    # who plays: (steps, pairs) groups, (steps, pairs) first seats drawn, temperatures (steps,) in 1/64, noise
    first_group: Ints,
    second_group: Ints,
    first_from: Ints,
    second_from: Ints,
    temperature: Ints,
    noise: Noise,
    stay: Noise,
    across: bool,
    # what never changes
    mode: Ints,
    workshop: Ints,
    porteur: Ints,
    movable: Ints,
    trait: Ints,
    loose: Bools,
    level: Ints,
    who: Ints,
    met: Ints,
    weight: Ints,
    code: Ints,
    key: Ints,
    own: Ints,
    hard: int,
    # what does
    seats: Ints,
    group: Ints,
    counted: Ints,
    residents: Ints,
    volunteers: Ints,
    trade: Ints,
) -> int:
    """At each step each pair of groups trades two people, or not: the heat bath over all their trades.

    Returns
    -------
    int
        What was added to the price of the hall.
    """
    steps, pairs = first_group.shape
    window = noise.shape[2]
    attributes = code.shape[0]
    depth = who.shape[1]
    one_at = np.zeros(window, np.int64)
    other_at = np.zeros(window, np.int64)
    one_price = np.zeros(window, np.int64)
    other_price = np.zeros(window, np.int64)
    one_level = np.zeros(window, np.int64)
    other_level = np.zeros(window, np.int64)
    added = 0
    for t in range(steps):
        heat = temperature[t]
        for p in range(pairs):
            a, b = first_group[t, p], second_group[t, p]
            mode_a, mode_b = mode[a], mode[b]
            at_a, at_b = workshop[a], workshop[b]
            drawn_a, drawn_b = min(window, movable[a]), min(window, movable[b])
            for i in range(drawn_a):
                seat = (first_from[t, p] + i) % movable[a]
                x = seats[a, seat]
                one_at[i] = seat
                price = own[mode_a, x]
                for k in range(attributes):
                    price += counted[b, code[k, x]] - counted[a, code[k, x]]
                for d in range(depth):
                    g = group[who[x, d]]
                    if g == b:
                        price += met[mode_b, x, d]
                    if g == a:
                        price -= met[mode_a, x, d]
                one_price[i] = price
                one_level[i] = level[x, at_b] - level[x, at_a]
            for j in range(drawn_b):
                seat = (second_from[t, p] + j) % movable[b]
                y = seats[b, seat]
                other_at[j] = seat
                price = own[mode_b, y]
                for k in range(attributes):
                    price += counted[a, code[k, y]] - counted[b, code[k, y]]
                for d in range(depth):
                    g = group[who[y, d]]
                    if g == a:
                        price += met[mode_a, y, d]
                    if g == b:
                        price -= met[mode_b, y, d]
                other_price[j] = price
                other_level[j] = level[y, at_b] - level[y, at_a]
            best = -heat * stay[t, p]
            best_i, best_j, best_price = -1, -1, 0
            for i in range(drawn_a):
                x = seats[a, one_at[i]]
                if across and not loose[x, at_b]:
                    continue
                for j in range(drawn_b):
                    y = seats[b, other_at[j]]
                    if across and not (loose[y, at_a] and one_level[i] == other_level[j]):
                        continue
                    price = one_price[i] + other_price[j]
                    for k in range(attributes):
                        if key[k, x] == key[k, y]:
                            price -= weight[mode_a, k] + weight[mode_b, k]
                    for d in range(depth):
                        if who[x, d] == y:
                            price -= met[mode_a, x, d] + met[mode_b, x, d]
                    price += trade[a, 4 * trait[x] + trait[y]] + trade[b, 4 * trait[y] + trait[x]]
                    value = price * PRICE_UNIT - heat * noise[t, p, i, j]
                    if value < best:
                        best, best_i, best_j, best_price = value, i, j, price
            if best_i >= 0:
                added += best_price
                seat_a, seat_b = one_at[best_i], other_at[best_j]
                x, y = seats[a, seat_a], seats[b, seat_b]
                for k in range(attributes):
                    if key[k, x] >= 0:
                        counted[a, code[k, x]] -= weight[mode_a, k]
                        counted[b, code[k, x]] += weight[mode_b, k]
                    if key[k, y] >= 0:
                        counted[b, code[k, y]] -= weight[mode_b, k]
                        counted[a, code[k, y]] += weight[mode_a, k]
                seats[a, seat_a], seats[b, seat_b] = y, x
                group[x], group[y] = b, a
                if trait[x] != trait[y]:
                    residents[a] += (trait[y] >> 1) - (trait[x] >> 1)
                    residents[b] += (trait[x] >> 1) - (trait[y] >> 1)
                    volunteers[a] += (trait[y] & 1) - (trait[x] & 1)
                    volunteers[b] += (trait[x] & 1) - (trait[y] & 1)
                    for g in (a, b):
                        lone = residents[g] == 1
                        lacking = volunteers[g] < 1
                        for leaving in range(4):
                            for coming in range(4):
                                now = residents[g] - (leaving >> 1) + (coming >> 1)
                                bringing = volunteers[g] - (leaving & 1) + (coming & 1)
                                change = ALONE * (int(now == 1) - int(lone))
                                change += (int(bringing < 1) - int(lacking)) * porteur[g]
                                trade[g, 4 * leaving + coming] = hard * change
    return added


plain_trade_steps: Callable[..., int] = trade_steps
try:
    import numba
except ImportError:
    compiled_trade_steps: Callable[..., int] | None = None
else:
    _jit: Any = numba.njit(cache=True, nogil=True)
    compiled_trade_steps = _jit(trade_steps)

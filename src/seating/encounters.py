"""Rounds at tables where everybody meets new people: the social golfer problem (CSPLib 010), without wishes.

First what a construction gives without a repeat. Person (a, k) sits at table a + r·b(k) in round r: two people of one k
never meet, two others meet when r is the one solution of an equation. Where the number of tables is a power of a prime,
the sums are those of the field of that size (the transversal design of its plane), and those of one k can meet in one
round more; else they are sums modulo the number of tables, while no r·(k - k') is a multiple of it.
The rounds left are annealed on the meetings of each pair: a trade of two people costs a few additions a seat.
"""

from __future__ import annotations

import math
from collections.abc import Callable

import numpy as np

from seating.attributes import Ints
from seating.chance import child, gumbel, numbers
from seating.kernels import PRICE_UNIT

STEPS = 32  # of a round, before the next
TURNS = 16  # of a chunk, for each round
HOT, COLD, HEAT_UNIT = 0.35, 0.2, 64


def constructed(tables: int, size: int) -> Ints:
    """Tables of everybody in as many rounds as a construction gives without a repeat, shape (rounds, people)."""
    a, k = np.divmod(np.arange(tables * size), size)
    field = _field(tables) if size <= tables else None
    if field is None:
        rounds = 1
        while rounds < tables and all(rounds * d % tables for d in range(1, size)):
            rounds += 1
        return np.asarray((a + np.arange(rounds)[:, None] * k) % tables, dtype=np.int64)
    plus, times = field
    table = np.asarray([plus[a, times[r, k]] for r in range(tables)], dtype=np.int64)
    if tables % size == 0:  # those of one k fill whole tables
        table = np.concatenate([table, (k * (tables // size) + a // size)[None, :]])
    return table


def _field(order: int) -> tuple[Ints, Ints] | None:
    """Sums and products of the finite field of an order; None where there is none. Numbers are polynomials."""
    p = next((d for d in range(2, order + 1) if order % d == 0), order)
    degree = round(math.log(order, p)) if order > 1 else 0
    if order < 2 or p**degree != order:
        return None
    digits = [[n // p**d % p for d in range(degree)] for n in range(order)]

    def number(coefficients: list[int]) -> int:
        return sum(c % p * p**d for d, c in enumerate(coefficients))

    plus = np.asarray([[number([x + y for x, y in zip(m, n, strict=True)]) for n in digits] for m in digits])
    for tail in digits:  # x^degree = tail, if that makes a field: no product of two others is 0
        times = np.asarray([[number(_times(m, n, tail)) for n in digits] for m in digits])
        if (times[1:, 1:] != 0).all():
            return plus.astype(np.int64), times.astype(np.int64)
    return None


def _times(one: list[int], other: list[int], tail: list[int]) -> list[int]:
    degree = len(tail)
    product = [0] * (2 * degree)
    for d, x in enumerate(one):
        for e, y in enumerate(other):
            product[d + e] += x * y
    for d in range(2 * degree - 1, degree - 1, -1):
        for e, y in enumerate(tail):
            product[d - degree + e] += product[d] * y
        product[d] = 0
    return product[:degree]


def meetings(table: Ints) -> Ints:
    """How often two people sit together, shape (people, people), zero diagonal."""
    people = table.shape[1]
    met = np.zeros((people, people), dtype=np.int64)
    for here in table:
        met += here[:, None] == here[None, :]
    np.fill_diagonal(met, 0)
    return met


def repeats(table: Ints) -> int:
    """Meetings after the first of each pair."""
    met = meetings(table)
    return int(np.maximum(met - 1, 0).sum()) // 2


def rounds_of(
    tables: int,
    size: int,
    rounds: int,
    *,
    seed: int = 0,
    chunks: int = 16,
    begin: bool = True,
    slow: bool | None = None,
    go_on: Callable[[], bool] = lambda: True,
) -> Ints:
    """Tables of everybody in each round, with as few repeated meetings as found.

    Parameters
    ----------
    chunks : how much annealing; it stops at no repeat
    begin : whether to begin with what a construction gives; its rounds stay still for half of the work
    slow : True for plain Python, False for numpy, None for the fastest there is; the result is the same

    Returns
    -------
    ndarray of int64, shape (rounds, people)
    """
    people = tables * size
    start = constructed(tables, size)[:rounds] if begin and tables > 1 else np.zeros((0, people), dtype=np.int64)
    kept = len(start)
    if kept == rounds or tables < 2:
        return start if kept == rounds else np.zeros((rounds, people), dtype=np.int64)
    trade = plain_trade_meetings if slow else batch_trade_meetings
    if slow is None and compiled_trade_meetings is not None:
        trade = compiled_trade_meetings
    seats = np.argsort(numbers(child(seed, 0), rounds * people).reshape(rounds, people), axis=1)
    seats[:kept] = np.argsort(start, axis=1, kind="stable")
    seats = seats.reshape(rounds, tables, size).astype(np.int64)
    met = meetings(_tables_of(seats))
    price = int((met * (met - 1)).sum()) // 4
    best, least = seats.copy(), price
    moment = 0
    for chunk in range(chunks):
        if not least or not go_on():
            break
        for turn in range(TURNS):
            share = (chunk * TURNS + turn) / (chunks * TURNS)
            heat = round(HEAT_UNIT * HOT * math.pow(COLD / HOT, share))
            for r in range(kept if chunk < chunks // 2 else 0, rounds):
                moment += 1
                own = child(seed, moment)
                order = np.argsort(numbers(child(own, 0), STEPS * tables).reshape(STEPS, tables), axis=1)
                pairs = tables // 2
                first, second = order[:, :pairs].astype(np.int64), order[:, pairs : 2 * pairs].astype(np.int64)
                noise = gumbel(child(own, 1), (STEPS, pairs, size, size)).astype(np.int64)
                stay = gumbel(child(own, 2), (STEPS, pairs)).astype(np.int64)
                price += int(trade(first, second, heat, noise, stay, seats[r], met))
                if price < least:
                    best, least = seats.copy(), price
    return _tables_of(best)


def _tables_of(seats: Ints) -> Ints:
    rounds, tables, size = seats.shape
    table = np.zeros((rounds, tables * size), dtype=np.int64)
    for r in range(rounds):
        table[r, seats[r].reshape(-1)] = np.repeat(np.arange(tables), size)
    return table


def trade_meetings(first: Ints, second: Ints, heat: int, noise: Ints, stay: Ints, seats: Ints, met: Ints) -> int:
    """At each step each pair of tables of one round trades two people, or not, by the heat bath.

    The price is the sum over pairs of people of C(meetings, 2); what was added to it is returned.
    """
    steps, pairs = first.shape
    size = seats.shape[1]
    one_price = np.zeros(size, np.int64)
    other_price = np.zeros(size, np.int64)
    added = 0
    for t in range(steps):
        for p in range(pairs):
            a, b = first[t, p], second[t, p]
            for i in range(size):
                x, y = seats[a, i], seats[b, i]
                one, other = size - 1, size - 1
                for k in range(size):
                    one += met[x, seats[b, k]] - met[x, seats[a, k]]
                    other += met[y, seats[a, k]] - met[y, seats[b, k]]
                one_price[i] = one
                other_price[i] = other
            best = -heat * stay[t, p]
            best_i, best_j, best_price = -1, -1, 0
            for i in range(size):
                x = seats[a, i]
                for j in range(size):
                    price = one_price[i] + other_price[j] - 2 * met[x, seats[b, j]]
                    value = price * PRICE_UNIT - heat * noise[t, p, i, j]
                    if value < best:
                        best, best_i, best_j, best_price = value, i, j, price
            if best_i >= 0:
                added += best_price
                x, y = seats[a, best_i], seats[b, best_j]
                for k in range(size):
                    if k != best_i:
                        mate = seats[a, k]
                        met[x, mate] -= 1
                        met[mate, x] -= 1
                        met[y, mate] += 1
                        met[mate, y] += 1
                    if k != best_j:
                        mate = seats[b, k]
                        met[y, mate] -= 1
                        met[mate, y] -= 1
                        met[x, mate] += 1
                        met[mate, x] += 1
                seats[a, best_i], seats[b, best_j] = y, x
    return added


def batch_trade_meetings(first: Ints, second: Ints, heat: int, noise: Ints, stay: Ints, seats: Ints, met: Ints) -> int:
    """`trade_meetings` for all pairs of tables at once: those of a step share nobody, and price only their own."""
    steps, pairs = first.shape
    size = seats.shape[1]
    pair = np.arange(pairs)
    warm = heat * noise.reshape(steps, pairs, -1)
    kept = -heat * stay
    own = np.arange(size)
    added = 0
    for t in range(steps):
        x, y = seats[first[t]], seats[second[t]]
        between = met[x[:, :, None], y[:, None, :]]
        one = between.sum(axis=2) - met[x[:, :, None], x[:, None, :]].sum(axis=2) + (size - 1)
        other = between.sum(axis=1) - met[y[:, :, None], y[:, None, :]].sum(axis=2) + (size - 1)
        price = one[:, :, None] + other[:, None, :] - 2 * between
        value = price.reshape(pairs, -1) * PRICE_UNIT - warm[t]
        choice = value.argmin(axis=1)
        taken = np.flatnonzero(value[pair, choice] < kept[t])
        for p in taken.tolist():
            i, j = divmod(int(choice[p]), size)
            added += int(price[p, i, j])
            one_mates, other_mates = x[p][own != i], y[p][own != j]
            leaving, coming = x[p, i], y[p, j]
            for person, sign, mates in (
                (leaving, -1, one_mates),
                (coming, 1, one_mates),
                (coming, -1, other_mates),
                (leaving, 1, other_mates),
            ):
                met[person, mates] += sign
                met[mates, person] += sign
            seats[first[t, p], i], seats[second[t, p], j] = coming, leaving
    return added


Trade = Callable[[Ints, Ints, int, Ints, Ints, Ints, Ints], int]
plain_trade_meetings: Trade = trade_meetings
compiled_trade_meetings: Trade | None = None
try:
    import numba
except ImportError:
    pass
else:
    compiled_trade_meetings = numba.njit(cache=True, nogil=True)(trade_meetings)

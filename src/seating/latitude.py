"""Where each person may go while the wishes stay granted as they are: as many at each level of regret, sizes kept.

The regret of a plan is one whole number: the total first, then how many people are at each level, worst first, as its
digits. Prices of the workshops, found by shortest ways between them (Bellman & Ford), bound what any plan must spend;
what would spend more than this plan does is ruled out (reduced cost fixing; Dantzig, Fulkerson & Johnson 1954).
"""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
import numpy.typing as npt

Ints = npt.NDArray[np.int64]
Bools = npt.NDArray[np.bool_]


def latitude(cost: Ints, may: Bools, at: Ints, clusters: Sequence[Sequence[int]], *, worst_first: bool) -> Bools:
    """Workshops each person is in, in some plan as good.

    Parameters
    ----------
    cost, may : shape (people, workshops)
        Regret of each workshop, and whether it is open to the person.
    at : (people,) the workshop of each in a plan
    clusters : people who stay together
    worst_first : whether the levels come before the total

    Returns
    -------
    ndarray of bool
        Never too little; exact where the wishes alone decided, and there are no clusters.
    """
    offered = cost.shape[1]
    known = [int(c) for c in np.unique(cost)]
    base = len(cost) + 1
    exact = {
        c: (0 if worst_first else c * base ** len(known)) + (base**rank if c else 0) for rank, c in enumerate(known)
    }
    rows = [[exact[c] for c in row] for row in cost.tolist()]
    bound = {i for cluster in clusters for i in cluster}
    alone = [i for i in range(len(rows)) if i not in bound]
    open_to = may.tolist()
    place = at.tolist()
    price = _prices(rows, open_to, place, alone, offered)
    units = [[i] for i in alone] + [list(cluster) for cluster in clusters]
    kept = np.zeros_like(may)
    reduced: list[dict[int, int]] = []
    spare = 0
    for unit in units:
        spent = {
            y: sum(rows[i][y] for i in unit) - len(unit) * price[y]
            for y in range(offered)
            if all(open_to[i][y] for i in unit)
        }
        least = min(spent.values(), default=0)
        reduced.append({y: s - least for y, s in spent.items()})
        spare += reduced[-1].get(place[unit[0]], 0)
    ways = np.eye(offered, dtype=np.bool_)
    if not spare:  # then every step of a way round is free, and each must lead back
        for unit, left in zip(units, reduced, strict=True):
            for y, over in left.items():
                ways[place[unit[0]], y] |= not over
        for k in range(offered):
            ways |= ways[:, [k]] & ways[[k], :]
    for unit, left in zip(units, reduced, strict=True):
        x = place[unit[0]]
        for y, over in left.items():
            kept[unit, y] = over <= spare and (spare > 0 or bool(ways[y, x]))
        kept[unit, x] = True
    return kept


def _prices(
    rows: list[list[int]], open_to: list[list[bool]], place: list[int], alone: list[int], offered: int
) -> list[int]:
    """A price for each workshop, such that people are where regret less price is least, as far as can be."""
    way: list[list[int | None]] = [[None] * offered for _ in range(offered)]
    for i in alone:
        x, row = place[i], rows[i]
        here = way[x]
        for y in range(offered):
            if open_to[i][y]:
                known = here[y]
                if known is None or row[y] - row[x] < known:
                    here[y] = row[y] - row[x]
    price = [0] * offered
    steps = [(x, y, step) for x, row in enumerate(way) for y, step in enumerate(row) if step is not None]
    for _ in range(offered):  # Bellman & Ford, from everywhere at once; stopped where some way round gains
        for x, y, step in steps:
            price[y] = min(price[y], price[x] + step)
    return price

"""Who shared how many occasions with whom, counted in arrays: a country has millions of pairs.

numpy: imported where a network is counted.
"""

from collections import defaultdict
from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from functools import cache

import numpy as np
from numpy.typing import NDArray

Numbers = NDArray[np.int64]
Pair = tuple[int, int]
NO_YEAR = 0


@dataclass(frozen=True)
class Pairs:
    """Pairs as one number each, `one * size + other`, one < other; those under the least are left out."""

    size: int
    codes: Numbers  # ascending
    times: Numbers
    by_year: dict[int, Numbers]  # year, or NO_YEAR → the codes that shared something in it, ascending

    def pair(self, code: int) -> Pair:
        return divmod(code, self.size)

    def said(self) -> dict[Pair, tuple[int, tuple[int, ...]]]:
        """Pair → (times, years known)."""
        years: dict[int, list[int]] = defaultdict(list)
        for year, codes in sorted(self.by_year.items()):
            if year != NO_YEAR:
                for code in codes.tolist():
                    years[code].append(year)
        return {
            self.pair(code): (times, tuple(years[code]))
            for code, times in zip(self.codes.tolist(), self.times.tolist(), strict=True)
        }

    def ends(self, codes: Numbers) -> Numbers:
        """The numbers in these pairs, each once."""
        return np.unique(np.concatenate([codes // max(1, self.size), codes % max(1, self.size)]))


def pairs_of(occasions: Iterable[tuple[int | None, Sequence[int]]], size: int, *, least: int) -> Pairs:
    """`occasions`: (year, numbers under `size`, each once), one an occasion that was shared."""
    by_year: dict[int, list[Numbers]] = defaultdict(list)
    for year, members in occasions:
        if len(members) > 1:
            numbers = np.array(sorted(members), dtype=np.int64)
            first, second = _two_of(len(members))
            by_year[year or NO_YEAR].append(numbers[first] * size + numbers[second])
    whole = {year: np.concatenate(parts) for year, parts in by_year.items()}
    every = np.concatenate(list(whole.values())) if whole else np.array([], dtype=np.int64)
    codes, times = np.unique(every, return_counts=True)
    codes, times = codes[times >= least], times[times >= least]
    kept = {year: np.intersect1d(np.unique(part), codes, assume_unique=True) for year, part in whole.items()}
    return Pairs(size, codes, times.astype(np.int64), kept)


@cache
def _two_of(number: int) -> tuple[Numbers, Numbers]:
    first, second = np.triu_indices(number, k=1)
    return first.astype(np.int64), second.astype(np.int64)

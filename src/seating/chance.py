"""Our own chance: whole numbers only, the same on every machine, whatever the order in which they are asked for.

SplitMix64 (Steele, Lea & Flood, « Fast splittable pseudorandom number generators », OOPSLA 2014,
doi:10.1145/2660193.2660195): the k-th number is a function of the seed and of k, so a run may be cut anywhere.
"""

from __future__ import annotations

import math

import numpy as np
import numpy.typing as npt

WHOLE = 0xFFFFFFFFFFFFFFFF
GOLDEN = 0x9E3779B97F4A7C15
FIRST, SECOND = 0xBF58476D1CE4E5B9, 0x94D049BB133111EB

Words = npt.NDArray[np.uint64]


def number(seed: int, k: int) -> int:
    """The k-th number of 64 bits of a seed."""
    z = (seed + (k + 1) * GOLDEN) & WHOLE
    z = ((z ^ (z >> 30)) * FIRST) & WHOLE
    z = ((z ^ (z >> 27)) * SECOND) & WHOLE
    return z ^ (z >> 31)


def numbers(seed: int, count: int) -> Words:
    """The first `count` numbers of a seed, at once: `number` is its slow twin."""
    z = np.arange(1, count + 1, dtype=np.uint64)
    z *= np.uint64(GOLDEN)
    z += np.uint64(seed & WHOLE)
    other = z >> np.uint64(30)
    z ^= other
    z *= np.uint64(FIRST)
    np.right_shift(z, np.uint64(27), out=other)
    z ^= other
    z *= np.uint64(SECOND)
    np.right_shift(z, np.uint64(31), out=other)
    z ^= other
    return z


def child(seed: int, *path: int) -> int:
    """A seed of its own for each path below a seed."""
    for step in path:
        seed = number(seed, step)
    return seed


# Gumbel noise in 1/1024, by 12 bits of chance: the least of « price - temperature × noise » among candidates falls on
# each of them with the odds of the heat bath (Gumbel 1954; Maddison, Tarlow & Minka 2014, arXiv:1411.0030).
NOISE_UNIT = 1024
_GUMBEL = np.asarray([round(-NOISE_UNIT * math.log(-math.log((k + 0.5) / 4096))) for k in range(4096)], dtype=np.int16)


class Dice:
    """Numbers one after the other."""

    def __init__(self, seed: int) -> None:
        self._seed = seed & WHOLE
        self._k = 0

    def below(self, bound: int) -> int:
        """A whole number from 0 to bound - 1."""
        self._k += 1
        return number(self._seed, self._k - 1) % bound

    def gumbel(self) -> int:
        """Gumbel noise in units of 1/1024."""
        return int(_GUMBEL[self.below(len(_GUMBEL))])


def gumbel(seed: int, shape: tuple[int, ...]) -> npt.NDArray[np.int16]:
    """Gumbel noise in units of 1/1024."""
    count = math.prod(shape)
    bits = numbers(seed, -(-count // 4)).astype("<u8").view("<u2")[:count] >> np.uint16(4)
    noise: npt.NDArray[np.int16] = _GUMBEL[bits].reshape(shape)
    return noise

"""Where the points of a network go: those that are linked near each other, the others apart.

Fruchterman & Reingold, « Graph drawing by force-directed placement », Software: Practice and Experience 21 (1991),
doi:10.1002/spe.4380211102, from places that each key draws by itself: the same network is always drawn the same, and
somebody who joins moves the others little. Pure: no clock, no randomness.
"""

import hashlib
import math
from collections.abc import Mapping, Sequence

import numpy as np

STEPS = 240
SPREADING = 60  # rounds of pushing apart
STRETCH = 1.8  # how much more one side may be drawn out than the other, to use the sheet
GRAVITY = 0.3  # keeps what is linked to nothing on the sheet


def place_points(
    keys: Sequence[str], links: Mapping[tuple[int, int], int], *, aspect: float, least: float = 0.0
) -> list[tuple[float, float]]:
    """In [0, 1] × [0, 1], for a sheet `aspect` times wider than high.

    `links`: (index, index) → how many times. `least`: between two points, as a share of the sheet's height.
    """
    n = len(keys)
    if n == 0:
        return []
    at = np.array([_start(key) for key in keys], dtype=float)
    if n > 1:
        pull = np.zeros((n, n))
        for (one, other), times in links.items():
            pull[one, other] = pull[other, one] = 1 + math.log2(times)
        at = _settle(at, pull)
    spots = _apart(_fit(at, aspect), least, aspect) / np.array([aspect, 1.0])
    return [(round(float(x), 4), round(float(y), 4)) for x, y in spots]


def _settle(at: np.ndarray, pull: np.ndarray) -> np.ndarray:
    n = len(at)
    apart = math.sqrt(1 / n)
    heat, cooling = 0.12, 0.12 / (STEPS + 1)
    for _step in range(STEPS):
        delta = at[:, None, :] - at[None, :, :]
        far = np.maximum(np.linalg.norm(delta, axis=-1), 0.01)
        force = (apart * apart / far**2 - pull * far / apart)[:, :, None] * delta  # away from each, towards the linked
        move = force.sum(axis=1) - GRAVITY * at * n * apart
        length = np.maximum(np.linalg.norm(move, axis=-1), 1e-9)
        at = at + move / length[:, None] * np.minimum(length, heat)[:, None]
        heat -= cooling
    return at


def _start(key: str) -> tuple[float, float]:
    """In a disc, from the key alone."""
    digest = hashlib.sha256(key.encode()).digest()
    angle = int.from_bytes(digest[:4], "big") / 2**32 * 2 * math.pi
    radius = math.sqrt(int.from_bytes(digest[4:8], "big") / 2**32)
    return radius * math.cos(angle), radius * math.sin(angle)


def _apart(at: np.ndarray, least: float, aspect: float) -> np.ndarray:
    """Those that would lie on each other are pushed apart, both as much."""
    for _step in range(SPREADING if least and len(at) > 1 else 0):
        delta = at[:, None, :] - at[None, :, :]
        far = np.linalg.norm(delta, axis=-1)
        np.fill_diagonal(far, np.inf)
        push = np.maximum(least - far, 0)[:, :, None] * delta / np.maximum(far, 1e-6)[:, :, None] / 2
        at = np.clip(at + push.sum(axis=1), 0, np.array([aspect, 1.0]))
    return at


def _fit(at: np.ndarray, aspect: float) -> np.ndarray:
    """Longest side along the sheet, and the sheet used: `aspect` × 1."""
    at = at - at.mean(axis=0)
    if len(at) > 2 and aspect > 1:
        _values, vectors = np.linalg.eigh(at.T @ at)
        axis = vectors[:, 1] if vectors[0, 1] >= 0 else -vectors[:, 1]
        at = at @ np.array([[axis[0], -axis[1]], [axis[1], axis[0]]])
    size = np.maximum(at.max(axis=0) - at.min(axis=0), 1e-6)
    room = np.array([aspect, 1.0])
    scale = min(room / size)
    scales = np.minimum(room / size, scale * STRETCH)
    fitted: np.ndarray = room / 2 + (at - (at.max(axis=0) + at.min(axis=0)) / 2) * scales
    return fitted

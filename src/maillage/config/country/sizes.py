"""How much there is of each thing, whole and at a part of the country."""

from dataclasses import dataclass

import numpy as np

DEPARTMENTS = 101
METROPOLITAN = 96  # on a grid of 12 × 8; the five others are each a region, overseas


@dataclass(frozen=True)
class Sizes:
    """The whole: the issue's figures, and what the network needs. A part has fewer départements, as dense as these."""

    departments: int = DEPARTMENTS
    qpvs: int = 1_600
    epcis: int = 1_250
    communes: int = 35_000
    landmarks: int = 2_700
    organisations: int = 20_000
    people: int = 60_000
    gatherings: int = 5_000
    registrations: int = 150_000  # thirty a gathering; those of the past have their attendance and their tables
    experiences: int = 10_000


def sizes_at(percent: float) -> Sizes:
    """A hundredth of the country is one département, and its share of all the rest."""
    whole = Sizes()
    share = percent / 100
    sizes = {name: max(1, round(number * share)) for name, number in vars(whole).items()}
    sizes["communes"] = max(sizes["communes"], 4 * sizes["epcis"], 4)
    return Sizes(**sizes)


def spread(total: int, weights: "np.ndarray[tuple[int], np.dtype[np.float64]]", least: int = 0) -> list[int]:
    """`total` shared by weight, exactly: what is left after rounding goes to the largest remainders."""
    rest = total - least * len(weights)
    if rest < 0:
        raise ValueError("fewer than the least of each")
    shares = weights / weights.sum() * rest
    whole = np.floor(shares).astype(int)
    late = np.argsort(-(shares - whole), kind="stable")[: rest - int(whole.sum())]
    whole[late] += 1
    return [least + int(number) for number in whole]

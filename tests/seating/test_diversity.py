"""Diverse groups: three kernels one result, brute force, sizes, and work cut short."""

from __future__ import annotations

from itertools import count, product
from types import SimpleNamespace
from typing import Any

import numpy as np
import pytest

from seating import diversity as module
from seating.diversity import compiled_change_places, diversity, divide


def distances(people: int, low: int, high: int, seed: int = 1) -> np.ndarray:
    upper = np.triu(np.random.default_rng(seed).integers(low, high, (people, people)), 1)
    return upper + upper.T


@pytest.fixture
def short_sweeps(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(module, "STEPS", 360)


SHAPES = {
    "given": (distances(24, 1, 100_000), [6] * 4, [6] * 4),
    "free": (distances(24, 1, 100_000), [3, 4, 5, 6], [8, 9, 9, 7]),
    "free all along": (distances(24, -50, 50), [3, 4, 5, 6], [8, 9, 9, 7]),
    "ties": (distances(24, 0, 2), [2] * 6, [6] * 6),
    "more groups than 8 bits count": (distances(12, -50, 100), [0] * 300, [2] * 300),
    "64 bits": (distances(24, 1, 10**12), [3, 4, 5, 6], [8, 9, 9, 7]),
}


@pytest.mark.usefixtures("short_sweeps")
@pytest.mark.parametrize("shape", SHAPES)
def test_the_slow_twin_makes_the_same_groups(shape: str) -> None:
    far, lower, upper = SHAPES[shape]
    fast = divide(far, lower, upper, chunks=3, seed=5, slow=False)
    assert fast.group.tolist() == divide(far, lower, upper, chunks=3, seed=5, slow=True).group.tolist()
    assert fast.value == diversity(far, fast.group)
    sizes = np.bincount(fast.group, minlength=len(lower))
    assert (sizes >= lower).all()
    assert (sizes <= upper).all()


@pytest.mark.usefixtures("short_sweeps")
def test_of_a_crowd_fewer_deals_share_the_work(monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step of a chunk is taken, by three deals as by six."""
    far, lower, upper = SHAPES["free"]
    given: list[int] = []

    def counted(who: np.ndarray, *state: Any) -> int:
        given.append(len(who))
        return module.batch_change_places(who, *state)

    monkeypatch.setattr(module, "compiled_change_places", counted)
    monkeypatch.setattr(module, "SETTLED", 0)
    for crowd, deals in ((2_000, 6), (24 * 4, 4), (1, 3)):
        monkeypatch.setattr(module, "CROWD", crowd)
        given.clear()
        divide(far, lower, upper, chunks=2, go_on=iter([True, False]).__next__)
        steps = [steps for steps in given if steps]
        assert len(steps) == deals
        assert sum(steps) == module.STEPS


@pytest.mark.long
@pytest.mark.parametrize("shape", SHAPES)
def test_the_compiled_form_makes_the_same_groups(shape: str) -> None:
    assert compiled_change_places is not None, "make long installs numba, of requirements-fast.lock"
    far, lower, upper = SHAPES[shape]
    compiled = divide(far, lower, upper, chunks=2, seed=5)
    assert compiled.group.tolist() == divide(far, lower, upper, chunks=2, seed=5, slow=False).group.tolist()


@pytest.mark.parametrize(("low", "high"), [(0, 100), (0, 2), (-50, 50), (900, 1000), (-100, -10), (1, 10**12)])
def test_free_sizes_equal_brute_force(low: int, high: int) -> None:
    far = distances(7, low, high)
    ways = (np.asarray(way) for way in product(range(3), repeat=7))
    allowed = (way for way in ways if ((n := np.bincount(way, minlength=3)) >= [1, 2, 1]).all() and (n <= 4).all())
    best = max(diversity(far, way) for way in allowed)
    assert divide(far, [1, 2, 1], [4, 4, 4], chunks=4).value == best


@pytest.mark.usefixtures("short_sweeps")
def test_more_work_never_ends_worse_when_cut_later() -> None:
    """The best so far, wherever it stops: feasible, told truly, and never less than what a shorter run of it held."""
    far, lower, upper = SHAPES["free"]
    values = []
    for stop in range(12):
        turn = count()
        found = divide(far, lower, upper, chunks=12, go_on=lambda stop=stop, turn=turn: next(turn) < stop)
        assert found.value == diversity(far, found.group)
        assert (np.bincount(found.group, minlength=4) <= upper).all()
        values.append(found.value)
    assert values == sorted(values)
    assert values[0] < values[-1]


def test_large_groups_are_worth_it_where_sizes_are_free() -> None:
    """With distances of chance between 0 and 100 the most pairs win: level sizes would cost a twentieth."""
    far = distances(60, 1, 100_000)
    free = divide(far, [3] * 10, [9] * 10, chunks=2)
    assert sorted(np.bincount(free.group).tolist()) == [3] * 5 + [9] * 5
    assert free.value > 1.05 * divide(far, [6] * 10, [6] * 10, chunks=2).value


def test_a_few_chunks_already_find_good_groups() -> None:
    """Sixty people at tables of six: within a hundredth of the best seen, 119,905."""
    far = distances(60, 0, 1_000, seed=5)
    assert divide(far, [6] * 10, [6] * 10, chunks=4).value > 118_706


@pytest.mark.parametrize("people", [0, 1, 2])
def test_hardly_anybody(people: int) -> None:
    found = divide(np.ones((people, people), dtype=int) - np.eye(people, dtype=int), [0, 0], [2, 2], chunks=1)
    assert len(found.group) == people
    assert found.value == people // 2


@pytest.mark.parametrize(("values", "after"), [([9, 5, 5, 5, 5, 5], [5, 5, 5, 5, 5, 9]), ([1, 5, 5, 5, 5, 5], None)])
def test_what_is_worth_more_goes_where_it_is_colder(values: list[int], after: list[int] | None) -> None:
    deals = [SimpleNamespace(value=value * 10**9) for value in values]
    for _ in range(module.RUNGS):
        module._exchange(deals, [600, 500, 400, 300, 200, 100], [[0, 0]] * module.RUNGS)
    assert [deal.value // 10**9 for deal in deals] == (after or values)

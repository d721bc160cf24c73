"""Objectives one after the other: proven least against every point there is, held, and never beaten afterwards."""

from __future__ import annotations

import numpy as np
import numpy.typing as npt
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from seating.ladder import Ladder, Rows
from tests.examples import several

Ints = npt.NDArray[np.int64]


@st.composite
def programmes(draw: st.DrawFn) -> tuple[Ints, Ints, Ints, Ints, list[Ints]]:
    """Upper bounds, rows, their ends, objectives."""
    columns = draw(st.integers(1, 6))
    height = draw(st.integers(1, 4))
    whole = st.integers(-3, 3)
    line = st.lists(whole, min_size=columns, max_size=columns)
    uppers = draw(st.lists(st.integers(0, 3), min_size=columns, max_size=columns))
    rows = draw(st.lists(line, min_size=height, max_size=height))
    lower = draw(st.lists(st.integers(-6, 2), min_size=height, max_size=height))
    spans = draw(st.lists(st.sampled_from([0, 1, 5, 50]), min_size=height, max_size=height))
    objectives = draw(st.lists(line, min_size=1, max_size=3))
    arrays = [np.asarray(part, dtype=np.int64) for part in (uppers, rows, lower)]
    return arrays[0], arrays[1], arrays[2], arrays[2] + np.asarray(spans), [np.asarray(o) for o in objectives]


def points(uppers: Ints) -> Ints:
    return np.stack(np.meshgrid(*(np.arange(u + 1) for u in uppers), indexing="ij"), axis=-1).reshape(-1, len(uppers))


def climb(problem: tuple[Ints, Ints, Ints, Ints, list[Ints]], whole: bool = True) -> tuple[Ladder, list[int | None]]:
    uppers, matrix, lower, upper, objectives = problem
    rows = Rows()
    for values, low, high in zip(matrix, lower, upper, strict=True):
        rows.add(np.arange(len(uppers)), values, lower=float(low), upper=float(high))
    ladder = Ladder(uppers, np.full(len(uppers), whole), rows)
    return ladder, [ladder.minimise(objective) for objective in objectives]


@given(programmes(), st.booleans())
@settings(max_examples=several(300), deadline=None, derandomize=True)
def test_every_rung_is_the_least_of_all_points(problem: tuple[Ints, Ints, Ints, Ints, list[Ints]], whole: bool) -> None:
    uppers, matrix, lower, upper, objectives = problem
    left = points(uppers)
    sums = left @ matrix.T
    left = left[((sums >= lower) & (sums <= upper)).all(axis=1)]
    ladder, found = climb(problem, whole)
    if not len(left):
        assert found == [None] * len(objectives)
        return
    for objective, value in zip(objectives, found, strict=True):
        least = int((left @ objective).min())
        assert value == least
        left = left[left @ objective == least]
    assert ladder.proven
    assert ladder.best is not None
    assert (left == ladder.best).all(axis=1).any()


def test_a_guide_changes_which_solution_is_found_but_not_its_worth() -> None:
    rows = Rows()
    rows.add([0, 1, 2], [2, 2, 2], lower=3, upper=3.5)  # the relaxation is satisfied with halves, whole numbers are not
    for guide in (None, np.asarray([5, 1, 5])):
        ladder = Ladder(np.ones(3, dtype=np.int64), np.ones(3, dtype=np.bool_), rows)
        assert ladder.minimise(np.asarray([1, 1, 1]), guide=guide) is None


def test_a_search_that_gives_up_is_not_called_proven(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("seating.ladder.NODES", 0)
    monkeypatch.setattr("seating.ladder.RAISES", 0)
    dice = np.random.default_rng(5)
    rows = Rows()
    for line in dice.integers(50, 100, (2, 40)):
        rows.add(np.arange(40), line, upper=float(line.sum() // 2))
    ladder = Ladder(np.ones(40, dtype=np.int64), np.ones(40, dtype=np.bool_), rows)
    assert ladder.minimise(-dice.integers(50, 100, 40)) is not None
    assert not ladder.proven

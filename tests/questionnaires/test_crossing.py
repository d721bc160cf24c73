"""No cell below the floor, and none that the others give away: against every table that says the same."""

from itertools import product

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from facilitation.vocabulary import QUESTION_TYPES
from maillage.live import results as live_results
from maillage.questionnaires import crossing
from maillage.questionnaires.crossing import FLOOR, cross, most_of, protect, too_small
from maillage.questionnaires.enums import QuestionKind


def test_words_and_floor_are_those_of_the_house():
    assert set(QuestionKind.values) == set(QUESTION_TYPES)
    assert FLOOR == live_results.FLOOR == crossing.FLOOR


def all_tables(counts, hidden):
    """The slow twin: every table with the same totals and the same shown cells."""
    rows, columns = len(counts), len(counts[0])
    free = sorted(hidden)
    sums = [sum(counts[i][j] for j in range(columns) if (i, j) in hidden) for i in range(rows)]
    downs = [sum(counts[i][j] for i in range(rows) if (i, j) in hidden) for j in range(columns)]

    def fill(at, left, below, chosen):
        if at == len(free):
            if not any(left) and not any(below):
                yield dict(chosen)
            return
        i, j = free[at]
        for value in range(min(left[i], below[j]) + 1):
            left[i] -= value
            below[j] -= value
            yield from fill(at + 1, left, below, [*chosen, ((i, j), value)])
            left[i] += value
            below[j] += value

    yield from fill(0, sums, downs, [])


SMALL = st.integers(2, 3).flatmap(
    lambda columns: st.lists(st.lists(st.integers(0, 8), min_size=columns, max_size=columns), min_size=2, max_size=2)
)


@settings(max_examples=60)
@given(SMALL)
def test_no_hidden_cell_is_known_to_be_small(counts):
    hidden = protect(counts)
    margins = [sum(row) for row in counts] + [sum(column) for column in zip(*counts, strict=True)]
    assert {(i, j) for i, row in enumerate(counts) for j, n in enumerate(row) if n < FLOOR} <= hidden
    if min(margins) < FLOOR:
        return  # `cross` gives none such: its lines are put together first
    found = list(all_tables(counts, hidden))
    for cell in hidden:
        most = max(table[cell] for table in found)
        assert most >= FLOOR
        assert most_of(cell, hidden, counts) == FLOOR or most_of(cell, hidden, counts) == counts[cell[0]][cell[1]]


def test_what_subtraction_gives_is_hidden_too():
    # one cell of 3: its row and its column would give it, so three others go with it
    assert protect([[3, 9, 12], [8, 7, 11], [20, 21, 22]]) == {(0, 0), (0, 1), (1, 0), (1, 1)}
    assert protect([[9, 9], [9, 9]]) == set()


def test_small_lines_are_put_together_and_named_with_the_next():
    pairs = [("a", ["x"])] * 9 + [("a", ["y"])] * 8 + [("b", ["x"])] * 2 + [("c", ["y"])] * 7 + [("c", ["x"])] * 6
    table = cross(pairs, rows=["a", "b", "c"], columns=["x", "y"], several=False)
    assert [(line.ids, line.total) for line in table.rows] == [(("a",), 17), (("b", "c"), 15)]
    assert table.cells == ((9, 8), (8, 7))
    assert table.base == 32


def test_too_few_or_alike_says_nothing():
    assert cross([("a", ["x"])] * 4, rows=["a"], columns=["x"], several=False) is None
    assert cross([("a", ["x"])] * 40, rows=["a", "b"], columns=["x", "y"], several=False) is None


def test_several_answers_hide_both_those_who_gave_it_and_those_who_did_not():
    pairs = [("a", ["x", "y"])] * 8 + [("a", ["y"])] * 2 + [("b", ["x"])] * 6 + [("b", ["y"])] * 6
    table = cross(pairs, rows=["a", "b"], columns=["x", "y"], several=True)
    # of ten « a », two did not say x: with « b » beside, the column would tell; nobody of « a » left y out
    assert table.cells == ((None, None), (None, None))
    assert [head.total for head in table.columns] == [14, 16]


@pytest.mark.parametrize(
    ("counts", "total", "several", "hidden"),
    [
        ([27, 3, 38], 68, False, {0, 1}),
        ([20, 20], 40, False, set()),
        ([4, 4, 30], 38, False, {0, 1}),
        ([20, 3, 39], 40, True, {1, 2}),
    ],
)
def test_counts_that_anybody_reads_have_the_floor(counts, total, several, hidden):
    assert too_small(counts, total=total, several=several) == hidden


def test_every_small_table_of_two_by_two_is_safe():
    for a, b, c, d in product(range(0, 9, 2), repeat=4):
        hidden = protect([[a, b], [c, d]])
        assert hidden in (set(), {(0, 0), (0, 1), (1, 0), (1, 1)}) or min(a + b, c + d, a + c, b + d) < FLOOR

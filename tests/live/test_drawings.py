"""Rivers as thick as people are many, curves where the totals say; names that never cover each other."""

from collections import defaultdict
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from maillage.live.drawings import BETWEEN, LABEL, apart, curve, rivers

OPTIONS = [{"id": "a", "label": "Pour"}, {"id": "b", "label": "Contre"}, {"id": "c", "label": "Ça dépend"}]
COUNTS = st.dictionaries(
    st.tuples(st.sampled_from(["a", "b", "c", ""]), st.sampled_from(["a", "b", "c", ""])),
    st.integers(1, 400),
    min_size=1,
)


def flows_of(counts: dict[tuple[str, str], int]) -> list[dict[str, Any]]:
    labels = {option["id"]: option["label"] for option in OPTIONS} | {"": "Sans réponse"}
    return [
        {
            "from": from_,
            "to": to,
            "from_label": labels[from_],
            "to_label": labels[to],
            "count": count,
            "words": f"{labels[from_]} → {labels[to]} : {count}",
        }
        for (from_, to), count in counts.items()
    ]


def test_nobody_voted_nothing_is_drawn() -> None:
    assert rivers(OPTIONS, []) is None
    assert curve([], {}) is None


@given(COUNTS)
def test_banks_are_as_high_as_people_are_many_on_both_sides(counts: dict[tuple[str, str], int]) -> None:
    drawn = rivers(OPTIONS, flows_of(counts))
    assert drawn is not None
    sides: dict[str, list[Any]] = defaultdict(list)
    for bank in drawn.banks:
        sides[bank.anchor].append(bank)
    people = sum(counts.values())
    for banks in sides.values():
        assert sum(bank.count for bank in banks) == people
        thickest = max(banks, key=lambda bank: bank.count)
        for bank in banks:
            assert bank.height == pytest.approx(thickest.height * bank.count / thickest.count, abs=0.2)
        for upper, lower in pairwise(banks):
            assert lower.y - upper.y - upper.height == pytest.approx(BETWEEN, abs=0.3)
            assert lower.text_y - upper.text_y >= LABEL - 0.2
        assert banks[0].y >= -0.1
        assert banks[-1].y + banks[-1].height <= drawn.height + 0.3
    assert len(drawn.flows) == len(counts)
    assert {flow.words for flow in drawn.flows if flow.stays} == {
        flow["words"] for flow in flows_of(counts) if flow["from"] == flow["to"]
    }


def test_a_curve_goes_through_each_table_s_rounds() -> None:
    points = [
        {"stage": "s", "title": "S, tour 1", "tables": [{"id": 1, "name": "Table 1", "share": 0, "words": ""}]},
        {
            "stage": "s",
            "title": "S, tour 2",
            "tables": [
                {"id": 1, "name": "Table 1", "share": 100, "words": ""},
                {"id": 2, "name": "Table 2", "share": 98, "words": ""},
            ],
        },
        {"stage": "p", "title": "P", "tables": [{"id": 2, "name": "Table 2", "share": 50, "words": ""}]},
    ]
    drawn = curve(points, {"s": "En silence", "p": "Après la parole"})
    assert drawn is not None
    ticks = dict(drawn.ticks)
    first, second = drawn.lines
    assert [point.y for point in first.points] == [ticks[0], ticks[100]]
    assert [point.x for point in second.points] == [first.points[1].x, drawn.right]
    assert second.points[1].y == ticks[50]
    assert [phase.title for phase in drawn.phases] == ["En silence", "Après la parole"]
    assert abs(first.text_y - second.text_y) >= 17
    assert first.tone != second.tone


@given(st.lists(st.floats(0, 300), max_size=10).map(sorted))
def test_names_are_apart_and_inside(places: list[float]) -> None:
    found = apart(places, 20, 300)
    assert len(found) == len(places)
    assert all(after - before >= 20 - 1e-6 for before, after in pairwise(found))
    assert all(0 <= place <= 300 for place in found)

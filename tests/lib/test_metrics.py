"""Figures as Prometheus reads them: https://prometheus.io/docs/instrumenting/exposition_formats/ version 0.0.4."""

import pytest

from maillage.lib.metrics import Counter, Gauge, Histogram, Registry, expose


@pytest.fixture
def registry() -> Registry:
    return Registry()


def test_a_counter_has_a_row_for_each_of_its_labels(registry) -> None:
    moves = Counter(registry, "moves_total", "Moves.", ("outcome",))
    moves.add("kept")
    moves.add("kept", by=2)
    moves.add('a "quoted"\nline\\')
    assert expose({"1": registry.snapshot()}) == (
        "# HELP moves_total Moves.\n"
        "# TYPE moves_total counter\n"
        'moves_total{worker="1",outcome="kept"} 3\n'
        'moves_total{worker="1",outcome="a \\"quoted\\"\\nline\\\\"} 1\n'
    )


def test_a_histogram_counts_what_is_under_each_bound(registry) -> None:
    took = Histogram(registry, "took_seconds", "Time.", bounds=(0.1, 1.0))
    for seconds in (0.05, 0.1, 0.5, 3.0):
        took.observe(seconds)
    lines = expose({"2": registry.snapshot()}).splitlines()[2:]
    assert lines == [
        'took_seconds_bucket{worker="2",le="0.1"} 2',
        'took_seconds_bucket{worker="2",le="1"} 3',
        'took_seconds_bucket{worker="2",le="+Inf"} 4',
        'took_seconds_sum{worker="2"} 3.65',
        'took_seconds_count{worker="2"} 4',
    ]


def test_processes_stand_side_by_side_or_added_up() -> None:
    snapshots = {}
    for place, number in (("1", 2), ("2", 5)):
        registry = Registry()
        Counter(registry, "moves_total", "Moves.", ("outcome",)).add("kept", by=number)
        Gauge(registry, "streams", "Streams.", lambda number=number: number)
        Gauge(registry, "lag", "Unknown.", lambda: None)
        Histogram(registry, "took", "Time.", bounds=(1.0,)).observe(number)
        snapshots[place] = registry.snapshot()
    side_by_side, added_up = expose(snapshots), expose(snapshots, added_up=True)
    assert 'moves_total{worker="1",outcome="kept"} 2' in side_by_side
    assert 'moves_total{worker="2",outcome="kept"} 5' in side_by_side
    assert side_by_side.count("# TYPE moves_total") == 1
    assert "lag" not in side_by_side
    assert 'moves_total{outcome="kept"} 7\n' in added_up
    assert "streams 7\n" in added_up
    assert "took_sum 7\n" in added_up
    assert 'took_bucket{le="+Inf"} 2\n' in added_up


def test_a_name_is_counted_once(registry) -> None:
    Counter(registry, "moves_total", "Moves.")
    with pytest.raises(ValueError, match="twice"):
        Counter(registry, "moves_total", "Moves.")

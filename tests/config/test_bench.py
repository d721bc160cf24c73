"""The bench measures; no test asserts a speed. What is asserted: it runs the real thing, and says what it found."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import numpy as np
import pytest

from maillage.config.bench.cluster import binaries
from maillage.config.bench.growth import slope
from maillage.config.bench.measures import MEASURES, ON_POSTGRESQL
from maillage.config.bench.missing import NoPeer
from maillage.config.bench.peers.ask import ask
from maillage.config.bench.rows import Row, percentile, row_from_json, table
from maillage.config.bench.seating_days import invented_day
from maillage.config.bench.seating_mix import BEST_GEO_480, geo_480, table_rows
from maillage.config.bench.simulation import Costs, borne, play
from maillage.config.cli import main
from seating import Problem, Workshop
from seating.scoring import mix_price

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="/proc absent : les mesures veulent Linux"),
    pytest.mark.skipif(
        os.environ.get("MAILLAGE_TEST_DATABASE") == "postgresql", reason="les mesures font leurs propres données SQLite"
    ),
]
ROOT = Path(__file__).parents[2]
WITHIN = 300  # seconds: a bench that hangs is a failure, however slow the machine
MOVES = [
    f"moves-{way}-{sessions}{base}{tail}"
    for base in ("", "-postgresql")
    for sessions in (1, 2)
    for way in ("http", "store")
    for tail in ("", "-p95")
]
NAMES = {
    "moves": MOVES,
    "workers": [f"workers-{what}-{sessions}" for sessions in (1, 2) for what in ("cost", "rate")],
    "fanout": [
        "fanout-one-view",
        "fanout-one-view-p99",
        "fanout-one-view-cpu",
        "fanout-one-view-beside-django",
        "fanout-tables",
        "fanout-tables-p99",
        "fanout-tables-cpu",
        "fanout-many-p99",
        "fanout-many-p50",
        "fanout-many-cpu",
    ],
    "votes": ["votes-6", "votes-6-reveal", "votes-6-frames"],
    "join": ["join-6", "join-6-names"],
    "memory": ["memory-stream"],
    "page": ["page"],
    "start": ["start", "idle-memory"],
    "report": [
        "report-first",
        "report-again",
        *(f"report-{what}-first" for what in ("docx", "odt", "html", "summary", "deck")),
        "badges-300",
    ],
    "seating": ["seating", "seating-again", "seating-from-file"],
}


def bench(folder: Path, *arguments: str) -> subprocess.CompletedProcess[str]:
    return subprocess.run(
        [sys.executable, "-m", "maillage", "bench", *arguments],
        env={**os.environ, "MAILLAGE_DATA_DIR": str(folder), "DJANGO_SETTINGS_MODULE": "maillage.config.settings"},
        capture_output=True,
        text=True,
        timeout=WITHIN,
        check=False,
    )


def rows_of(folder: Path, name: str) -> dict[str, dict]:
    done = bench(folder, name, "--quick", "--repeat", "1", "--json")
    assert done.returncode == 0, done.stderr
    rows = json.loads(done.stdout)["rows"]
    assert [row["name"] for row in rows] == NAMES[name]
    for row in rows:
        assert {"name", "value", "unit", "baseline", "ratio", "goal", "ok"} <= row.keys()
        assert row["value"] >= 0
        if row["baseline"]:
            assert row["ratio"] == pytest.approx(row["value"] / row["baseline"])
    return {row["name"]: row for row in rows}


def test_fan_out_is_measured_to_the_last_phone_and_leaves_no_data_behind(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "fanout")
    assert rows["fanout-one-view"]["note"].startswith("4 téléphones, une vue, ")
    assert rows["fanout-one-view"]["value"] >= rows["fanout-one-view-p99"]["value"]
    assert rows["fanout-many-p99"]["goal"] == pytest.approx(1.5 * rows["fanout-many-p99"]["baseline"])
    assert not (tmp_path / "maillage.sqlite3").exists()


@pytest.mark.long  # the same phones, floor and rows as above but for the compiler
def test_phones_and_floor_work_without_a_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILLAGE_BENCH_WITHOUT_COMPILER", "1")
    assert "pas de compilateur ici" in rows_of(tmp_path, "fanout")["fanout-one-view"]["note"]


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(set(NAMES) - {"fanout"}))
def test_each_measure_gives_its_rows(tmp_path: Path, name: str) -> None:
    if name in ON_POSTGRESQL and binaries() is None:
        pytest.skip("PostgreSQL absent")
    rows_of(tmp_path, name)


@pytest.mark.long
@pytest.mark.long
@pytest.mark.parametrize("name", sorted(set(MEASURES) - set(NAMES) - {"map"}))
def test_growth_and_what_is_computed_from_it_say_their_rows(tmp_path: Path, name: str) -> None:
    done = bench(tmp_path, name, "--quick", "--repeat", "1", "--json")
    assert done.returncode == 0, done.stderr
    rows = {row["name"]: row for row in json.loads(done.stdout)["rows"]}
    expected = {"growth": "growth-log-slope", "scaling": "scaling-france-100000", "atlas": "atlas-epci-slope"}
    assert expected[name] in rows


def test_map_without_leaflet_is_not_measured_and_says_so(tmp_path: Path) -> None:
    done = bench(tmp_path, "map", "--repeat", "1", "--json")
    assert done.returncode == 0
    assert json.loads(done.stdout) == {"rows": []}
    assert "La carte n’est pas mesurée" in done.stderr


def test_slope_is_that_of_the_logarithms() -> None:
    assert slope({10: 1.0, 100: 10.0, 1_000: 100.0}) == pytest.approx(1.0)
    assert slope({10: 5.0, 100: 5.0}) == pytest.approx(0.0)
    assert slope({10: 1.0, 100: 100.0}) == pytest.approx(2.0)


COSTS = Costs(move=1.0, replay=0.3, change=2.0, stream=0.02)


def test_shard_that_does_more_waits_more_and_more_workers_wait_less() -> None:
    small, large = play(4, 40, 4, COSTS), play(40, 40, 4, COSTS)
    assert small.busy < large.busy
    assert small.wait <= large.wait
    assert play(40, 40, 16, COSTS).wait <= large.wait
    assert play(1, 40, 1, replace(COSTS, move=1_000.0)).wait > 1.0  # more than one processor does: it queues


def test_work_of_the_busiest_moment_is_what_was_asked_for() -> None:
    """One worker, one room, nothing but moves: as many as people answered, each at its price."""
    alone = play(1, 1_000, 1, Costs(move=1.0, replay=9.0, change=0.0, stream=0.0))
    assert alone.busy == pytest.approx(alone.moves * 0.001, rel=0.1)


def test_what_one_shard_bears_is_borne_and_more_is_not() -> None:
    most = borne(40, 4, COSTS)
    assert play(most, 40, 4, COSTS).holds(COSTS)
    assert not play(2 * most, 40, 4, COSTS).holds(COSTS)
    assert borne(40, 4, replace(COSTS, move=10_000.0)) == 0
    assert borne(40, 4, replace(COSTS, stored=most * 40 / 50)) < most  # the database is a limit too


DAY_MAKER = """
import json, sys
people = [{"id": i, "category": "abcd"[i // 8], "organisation": i % 7, "territory": i // 4, "needs_ramp": False,
           "wishes": [[0], [0]], "porteur": [False], "fixed": [None, None]} for i in range(int(sys.argv[1]))]
room = {"max": 999, "min": 0, "tables": None, "ramp": False, "porteur": False}
json.dump({"people": people, "rounds": [[room], [room]], "together": [], "apart": []}, sys.stdout)
"""
PEER = """
import json, sys
round_ = json.load(sys.stdin)
assert sum(round_["sizes"]) == round_["people"] == len(round_["attributes"][0]["words"])
tables = [table for table, size in enumerate(round_["sizes"]) for _seat in range(size)]
assert sorted(round_["start"]) == tables
json.dump({"tables": tables, "proven": False, "seconds": 2.0}, sys.stdout)
"""


def peer_at(folder: Path) -> Path:
    """A Python that plays the peer: it seats people in their order, whatever the script."""
    (folder / "peer.py").write_text(PEER)
    python = folder / "python"
    python.write_text(f'#!/bin/sh\nexec "{sys.executable}" "{folder / "peer.py"}"\n')
    python.chmod(0o755)
    return python


def test_peer_of_its_own_environment_is_priced_by_the_same_rule(tmp_path: Path) -> None:
    (tmp_path / "gatherings").mkdir()
    (tmp_path / "gatherings" / "make_days.py").write_text(DAY_MAKER)
    day = partial(invented_day, tmp_path)
    rows = {row.name: row for row in table_rows(day, people=32, peers=peer_at(tmp_path), seconds=1.0)}
    row = rows["tables-of-8-32-cp-sat"]
    problem = day(32, 1)
    sat = {p.id: ("w", n // 8) for n, p in enumerate(problem.people)}
    alone = Problem(slots=("s",), people=tuple(replace(p, wishes={}) for p in problem.people),
                    workshops=(Workshop(id="w", slot="s", maximum=32, tables=(8, 8)),))  # fmt: skip
    assert row.note.startswith(f"prix {mix_price(alone, {'s': sat})} ; référence : CP-SAT 9.15")
    assert row.value == rows["tables-of-8-32"].value
    assert row.baseline < row.value


@pytest.mark.parametrize("absent", ["nowhere/python", "gatherings/make_days.py"])
def test_peer_that_is_not_there_is_said_in_a_sentence(tmp_path: Path, absent: str) -> None:
    (tmp_path / "gatherings").mkdir()
    (tmp_path / "gatherings" / "make_days.py").write_text(DAY_MAKER)
    with pytest.raises(NoPeer, match="make peers"):
        ask(tmp_path / absent, "cp_sat.py", {})


def test_folder_without_days_is_said_in_a_sentence(tmp_path: Path) -> None:
    done = bench(tmp_path, "seating", "--quick", "--repeat", "1", "--instances", str(tmp_path))
    assert done.returncode != 0
    assert "Les journées inventées manquent" in done.stderr
    assert "Traceback" not in done.stderr


@pytest.mark.parametrize("kind", ["ss", "ds"])
def test_best_groups_of_480_are_what_they_say(kind: str) -> None:
    kept = {row["kind"]: row for row in json.loads((ROOT / "docs/results/geo-480.json").read_text())}[kind]
    distance, lower, upper = geo_480(kind)
    group = np.array(kept["group"])
    sizes = np.bincount(group, minlength=20)
    assert (sizes >= lower).all()
    assert (sizes <= upper).all()
    assert sum(int(distance[np.ix_(group == one, group == one)].sum()) // 2 for one in range(20)) == kept["value"]
    assert BEST_GEO_480[kind] == kept["value"]


@pytest.mark.parametrize(
    ("value", "goal", "more_is_better", "ok"),
    [(5.0, 4.0, False, False), (4.0, 4.0, False, True), (5.0, 4.0, True, True), (3.9, 4.0, True, False)],
)
def test_goal_is_a_ceiling_or_a_floor(value: float, goal: float, more_is_better: bool, ok: bool) -> None:
    assert Row("x", value, "ms", 2.0, goal, more_is_better).ok is ok


def test_row_without_goal_or_baseline_promises_nothing() -> None:
    row = Row("x", 3.0, "s", None)
    assert (row.ok, row.ratio) == (None, None)


def test_row_comes_back_from_json_as_it_went() -> None:
    row = Row("x", 3.0, "s", 1.5, 4.0, True, "ce que c’est")
    assert row_from_json(json.loads(json.dumps(row.as_json()))) == row


def test_table_says_what_is_kept_and_what_is_missed() -> None:
    text = table(
        [Row("vite", 1234.5, "gestes/s", 100.0, 1000.0, True), Row("lent", 12.25, "ms", 2.0, 4.0, note="seul")]
    )
    _head, fast, slow, note = text.splitlines()
    assert fast.split("  ")[0] == "vite"
    assert "1\u202f234" in fast
    assert "≥ 1\u202f000" in fast
    assert fast.endswith("tenu")
    assert "× 6,12" in slow
    assert slow.endswith("MANQUÉ")
    assert note.strip() == "seul"


def test_percentile_is_one_of_the_samples() -> None:
    assert percentile([5.0, 1.0, 3.0, 2.0, 4.0], 0.95) == 5.0
    assert percentile([5.0, 1.0, 3.0, 2.0, 4.0], 0.5) == 3.0


def test_unknown_measure_is_refused_with_those_there_are(capsys: pytest.CaptureFixture[str]) -> None:
    with pytest.raises(SystemExit) as exit_:
        main(["bench", "galop"])
    assert exit_.value.code == 2
    said = capsys.readouterr().err
    assert "«\u202fgalop\u202f» n’est pas une mesure (au choix\u00a0: moves, fanout, votes, join, page" in said

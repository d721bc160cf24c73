"""The bench measures; no test asserts a speed. What is asserted: it runs the real thing, and says what it found."""

import json
import os
import subprocess
import sys
from dataclasses import replace
from functools import partial
from pathlib import Path

import pytest

from maillage.config.bench.measures import MEASURES
from maillage.config.bench.missing import NoPeer
from maillage.config.bench.peers.ask import ask
from maillage.config.bench.rows import Row, percentile, row_from_json, table
from maillage.config.bench.seating_days import invented_day
from maillage.config.bench.seating_mix import table_rows
from maillage.config.cli import main
from seating import Problem, Workshop
from seating.scoring import mix_price

pytestmark = [
    pytest.mark.skipif(not Path("/proc/self/stat").exists(), reason="/proc absent : les mesures veulent Linux"),
    pytest.mark.skipif(
        os.environ.get("MAILLAGE_TEST_DATABASE") == "postgresql", reason="les mesures font leurs propres données SQLite"
    ),
]
WITHIN = 300  # seconds: a bench that hangs is a failure, however slow the machine
NAMES = {
    "moves": [
        f"moves-{way}-{sessions}{tail}" for sessions in (1, 2) for way in ("http", "store") for tail in ("", "-p95")
    ],
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
    "page": ["page"],
    "start": ["start", "idle-memory"],
    "report": ["report-first", "report-again", "badges-300"],
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
        assert row["value"] > 0
        assert row["baseline"] > 0
        assert row["ratio"] == pytest.approx(row["value"] / row["baseline"])
    return {row["name"]: row for row in rows}


def test_fan_out_is_measured_to_the_last_phone_and_leaves_no_data_behind(tmp_path: Path) -> None:
    rows = rows_of(tmp_path, "fanout")
    assert rows["fanout-one-view"]["note"].startswith("4 téléphones, une vue, ")
    assert rows["fanout-one-view"]["value"] >= rows["fanout-one-view-p99"]["value"]
    assert rows["fanout-many-p99"]["goal"] == pytest.approx(1.5 * rows["fanout-many-p99"]["baseline"])
    assert not (tmp_path / "maillage.sqlite3").exists()


def test_phones_and_floor_work_without_a_compiler(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILLAGE_BENCH_WITHOUT_COMPILER", "1")
    assert "pas de compilateur ici" in rows_of(tmp_path, "fanout")["fanout-one-view"]["note"]


@pytest.mark.long
@pytest.mark.parametrize("name", sorted(set(MEASURES) - {"fanout"}))
def test_each_measure_gives_its_rows(tmp_path: Path, name: str) -> None:
    rows_of(tmp_path, name)


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
    assert "«\u202fgalop\u202f» n’est pas une mesure (au choix\u00a0: moves, fanout, votes, page" in said

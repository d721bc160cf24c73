"""The same doors, by a fuzzer that watches the code (atheris). `make long` only: it is in requirements-fuzz.lock."""

import os
import re
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from tests.fuzz import counting
from tests.fuzz.targets import TARGETS

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(find_spec("atheris") is None, reason="atheris n’est pas installé : make long l’installe"),
]
RUNS = 20_000  # of each target; fewer where one costs more
DEAR = {"pictures": 2_000, "sealed": 1_500, "tables": 4_000, "cells": 6_000, "methods": 4_000, "rooms": 3_000}


@pytest.mark.parametrize("name", [*sorted(TARGETS), "rooms"])
def test_a_fuzzer_that_watches_the_code_breaks_nothing(name: str, tmp_path: Path) -> None:
    runs = max(1, int(DEAR.get(name, RUNS) * float(os.environ.get("MAILLAGE_FUZZ_SHARE", "1"))))
    environment = os.environ | {"MAILLAGE_ESSAI": "", "PYTHONWARNINGS": "ignore"}
    command = [sys.executable, "-m", "tests.fuzz.guided", name, str(runs), str(tmp_path / "found")]
    played = subprocess.run(command, capture_output=True, text=True, env=environment, timeout=3_600)
    broken = [path.read_bytes() for path in (tmp_path / "found").glob("*-*")]
    assert not broken, f"{name}: add to tests/fuzz/failed.py:\n{broken[0]!r}\n{(played.stdout + played.stderr)[-3000:]}"
    assert played.returncode == 0, (played.stdout + played.stderr)[-3000:]
    done = re.search(r"number_of_executed_units:\s+(\d+)", played.stderr)
    assert done, played.stderr[-2000:]
    counting.played["guided"] += int(done[1])

"""A server at rest holds what it serves with, not what it might compute with: an idle one is under 100 MB."""

import os
import subprocess
import sys
from pathlib import Path

import seating
from seating import diagnosis, scoring

HEAVY = ("numpy", "highspy", "openpyxl")
LOAD = """
import sys
import maillage.config.asgi
from django.urls import get_resolver
get_resolver().url_patterns
print(*(name for name in %r if name in sys.modules))
"""


def test_server_that_plans_nothing_reads_no_solver_and_no_workbook(tmp_path: Path) -> None:
    environment = {**os.environ, "MAILLAGE_DATA_DIR": str(tmp_path)}
    command = [sys.executable, "-c", LOAD % (HEAVY,)]
    done = subprocess.run(command, env=environment, capture_output=True, text=True, check=True)
    assert done.stdout.split() == []


def test_what_computes_is_the_function_whatever_was_read_before() -> None:
    assert seating.diagnose is diagnosis.diagnose
    assert seating.score is scoring.score
    assert all(getattr(seating, name) for name in seating.__all__)
    assert not hasattr(seating, "nothing")

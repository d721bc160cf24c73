"""How many hostile inputs were played, counted where they are played: each target has a number to reach, said here.

`make test` plays SHORT of each, the same ones each time; `make long` plays LONG, new ones. The run ends with one line; with
MAILLAGE_FUZZ_REPORT=file, the figures are there in JSON too.
"""

import json
import os
import time
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from random import Random
from typing import Any

import pytest

from tests.examples import LONG

# target: (in make test, in make long). The cheap ones carry the mass; the others, hundreds.
NUMBERS = {
    "moves": (22_000, 450_000),
    "payloads": (6_000, 150_000),
    "cells": (12_000, 200_000),
    "methods": (1_500, 30_000),
    "tables": (2_000, 45_000),
    "territories": (1_500, 25_000),
    "programmes": (1_500, 25_000),
    "archives": (400, 8_000),
    "sealed": (800, 16_000),
    "pictures": (300, 6_000),
    "settings": (2_000, 30_000),
    "tickets": (2_000, 30_000),
    "imports": (200, 4_000),
    "live": (600, 12_000),
    "addresses": (250, 16_000),
    "api": (250, 8_000),
}
LEAST_SHORT, LEAST_LONG = 50_000, 1_000_000

played: Counter[str] = Counter()
slowest: dict[str, float] = {}  # seconds, by target


def number_of(target: str) -> int:
    share = float(os.environ.get("MAILLAGE_FUZZ_SHARE", "1"))  # a part of the long run, for who tries it by hand
    short, long = NUMBERS[target]
    return max(1, int(long * share)) if LONG else short


def random_of(target: str) -> Random:
    """The same inputs each time in the short run; in the long one others, whose seed a failure shows."""
    seed = f"{target}/{os.urandom(4).hex()}" if LONG else target
    return Random(os.environ.get("MAILLAGE_FUZZ_SEED", seed))


def counted(target: str, how_many: int | None = None) -> Iterator[int]:
    """As many turns as this target has inputs; each turn is counted once it has been played."""
    for turn in range(number_of(target) if how_many is None else how_many):
        began = time.perf_counter()
        yield turn
        played[target] += 1
        slowest[target] = max(slowest.get(target, 0.0), time.perf_counter() - began)


# --- pytest: several processes play, one says ---


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["fuzz"] = {"played": dict(played), "slowest": slowest}


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    said = getattr(node, "workeroutput", {}).get("fuzz", {"played": {}, "slowest": {}})
    played.update(said["played"])
    for target, seconds in said["slowest"].items():
        slowest[target] = max(slowest.get(target, 0.0), seconds)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not played:
        return
    total = f"{played.total():,}".replace(",", " ")
    each = ", ".join(f"{target} {number}" for target, number in sorted(played.items()))
    terminalreporter.write_line(f"fuzz : {total} entrées hostiles ({each})")
    if report := os.environ.get("MAILLAGE_FUZZ_REPORT"):
        figures = {
            "total": played.total(),
            "inputs": dict(sorted(played.items())),
            "slowest_ms": {target: round(seconds * 1000) for target, seconds in sorted(slowest.items())},
        }
        Path(report).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")

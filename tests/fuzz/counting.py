"""How many hostile inputs were played, and how many went past the first check of what reads them, counted where they are played.

`make test` plays SHORT of each, the same ones each time; `make long` plays LONG, new ones, and fails below a million. The
run ends with a line; with MAILLAGE_FUZZ_REPORT=file, the figures are there in JSON too.
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
    "moves": (18_000, 380_000),
    "payloads": (8_000, 200_000),
    "cells": (6_000, 60_000),
    "headers": (3_000, 100_000),
    "written": (2_000, 40_000),
    "provider": (600, 10_000),
    "methods": (1_000, 12_000),
    "tables": (1_000, 15_000),
    "territories": (2_000, 60_000),
    "programmes": (1_000, 20_000),
    "archives": (200, 3_000),
    "sealed": (800, 16_000),
    "pictures": (300, 6_000),
    "settings": (3_500, 60_000),
    "tickets": (3_500, 60_000),
    "imports": (200, 2_500),
    "live": (500, 6_000),
    "searches": (200, 4_000),
    "addresses": (200, 4_000),
    "api": (200, 3_000),
    "wire": (0, 1_500),
}
LEAST_SHORT, LEAST_LONG = 50_000, 1_000_000
# Of what a target is sent, the least that must go past the first check: what dies at the door proves the door alone.
LEAST_INSIDE = 0.4

played: Counter[str] = Counter()
inside: Counter[str] = Counter()
slowest: dict[str, float] = {}  # seconds, by target
spent: Counter[str] = Counter()  # milliseconds of processor, by target
SHARE = float(os.environ.get("MAILLAGE_FUZZ_SHARE", "1"))  # a part of the long run, for who tries it by hand


def number_of(target: str) -> int:
    short, long = NUMBERS[target]
    return max(1, int(long * SHARE)) if LONG else short


def random_of(target: str) -> Random:
    """The same inputs each time in the short run; in the long one others, whose seed a failure shows."""
    seed = f"{target}/{os.urandom(4).hex()}" if LONG else target
    return Random(os.environ.get("MAILLAGE_FUZZ_SEED", seed))


def counted(target: str) -> Iterator[int]:
    """As many turns as this target has inputs; each turn is counted once it has been played. Who plays adds to `inside`
    what went past the first check; at the end there must be enough of it."""
    started, before = time.process_time(), played[target]
    for turn in range(number_of(target)):
        began = time.perf_counter()
        yield turn
        played[target] += 1
        slowest[target] = max(slowest.get(target, 0.0), time.perf_counter() - began)
    spent[target] += round((time.process_time() - started) * 1000)
    assert inside[target] >= LEAST_INSIDE * (played[target] - before), (
        f"{target}: {inside[target]} of {played[target]} went past the first check: the rest proves the door alone"
    )


# --- pytest: several processes play, one says ---


def pytest_sessionfinish(session: pytest.Session) -> None:
    output = getattr(session.config, "workeroutput", None)
    if output is not None:
        output["fuzz"] = {"played": dict(played), "inside": dict(inside), "slowest": slowest, "spent": dict(spent)}
    elif too_few():
        session.exitstatus = pytest.ExitCode.TESTS_FAILED


@pytest.hookimpl(optionalhook=True)
def pytest_testnodedown(node: Any) -> None:
    said = getattr(node, "workeroutput", {}).get("fuzz")
    if said is None:
        return
    for counter, name in ((played, "played"), (inside, "inside"), (spent, "spent")):
        counter.update(said[name])
    for target, seconds in said["slowest"].items():
        slowest[target] = max(slowest.get(target, 0.0), seconds)


def too_few() -> bool:
    """Of the whole of tests/fuzz, and no part of it asked by hand."""
    whole = all(played[target] for target, (short, _long) in NUMBERS.items() if LONG or short) and SHARE >= 1
    return whole and played.total() < (LEAST_LONG if LONG else LEAST_SHORT)


def pytest_terminal_summary(terminalreporter: Any) -> None:
    if not played:
        return
    each = ", ".join(f"{target} {grouped(number)}{_share(target)}" for target, number in sorted(played.items()))
    terminalreporter.write_line(f"fuzz : {grouped(played.total())} entrées hostiles ({each})")
    if too_few():
        terminalreporter.write_line("fuzz : trop peu d’entrées, la suite échoue", red=True)
    if report := os.environ.get("MAILLAGE_FUZZ_REPORT"):
        figures = {
            "database": os.environ.get("MAILLAGE_TEST_DATABASE") or "sqlite",
            "total": played.total(),
            "inputs": dict(sorted(played.items())),
            "inside": dict(sorted(inside.items())),
            "slowest_ms": {target: round(seconds * 1000) for target, seconds in sorted(slowest.items())},
            "processor_s": {target: round(spent[target] / 1000, 1) for target in sorted(spent)},
        }
        Path(report).write_text(json.dumps(figures, indent=2) + "\n", encoding="utf-8")


def _share(target: str) -> str:
    return f" dont {100 * inside[target] // played[target]} % entrées" if inside[target] else ""


def grouped(number: int) -> str:
    return f"{number:,}".replace(",", "\N{NARROW NO-BREAK SPACE}")

"""What each test and fixture costs a processor, its children and PostgreSQL included: a shared machine's clock says
little.

    COSTS=/tmp/costs.jsonl python -m pytest -p tests.costs …
    python -m tests.costs /tmp/costs.jsonl [lines]

A server that lives across tests counts where it works; what ended without being waited for does not count.
"""

import contextlib
import json
import os
import sys
import time
from collections import defaultdict
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest

TICKS = os.sysconf("SC_CLK_TCK")
_inside: list[float] = []  # what the fixtures asked inside one that is being made have cost so far


def spent() -> float:
    """Seconds of processor of this process, of all it started and waited for, and of what still runs under it."""
    total = sum(os.times()[:4])
    waiting = _children(os.getpid())
    if (postgresql := sys.modules.get("tests.postgresql")) and postgresql.cluster.cache_info().currsize:
        with contextlib.suppress(OSError, IndexError):
            home = postgresql.cluster().home / "data" / "postmaster.pid"
            waiting.append(int(home.read_text().splitlines()[0]))
    while waiting:
        pid = waiting.pop()
        with contextlib.suppress(OSError):
            stat = Path(f"/proc/{pid}/stat").read_text().rpartition(")")[2].split()
            total += sum(map(int, stat[11:15])) / TICKS
            waiting += _children(pid)
    return total


def _children(pid: int) -> list[int]:
    found: list[int] = []
    with contextlib.suppress(OSError):
        for task in os.listdir(f"/proc/{pid}/task"):
            found += map(int, Path(f"/proc/{pid}/task/{task}/children").read_text().split())
    return found


def _write(**said: Any) -> None:
    with Path(os.environ["COSTS"]).open("a") as file:
        file.write(json.dumps(said) + "\n")


@contextlib.contextmanager
def _counted(kind: str, name: str, of: str) -> Iterator[None]:
    before, began = spent(), time.monotonic()
    _inside.append(0.0)
    yield
    total, inside = spent() - before, _inside.pop()
    if _inside:
        _inside[-1] += total
    wall = time.monotonic() - began
    _write(kind=kind, name=name, of=of, cpu=round(total - inside, 3), whole=round(total, 3), wall=round(wall, 3))


@pytest.hookimpl(hookwrapper=True)
def pytest_fixture_setup(fixturedef: Any, request: pytest.FixtureRequest) -> Iterator[None]:
    with _counted("fixture", f"{fixturedef.argname} ({fixturedef.scope}, {fixturedef.baseid})", request.node.nodeid):
        yield


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_setup(item: pytest.Item) -> Iterator[None]:
    with _counted("setup", item.nodeid, item.nodeid):
        yield


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_call(item: pytest.Item) -> Iterator[None]:
    with _counted("call", item.nodeid, item.nodeid):
        yield


@pytest.hookimpl(hookwrapper=True, tryfirst=True)
def pytest_runtest_teardown(item: pytest.Item) -> Iterator[None]:
    with _counted("teardown", item.nodeid, item.nodeid):
        yield


def pytest_sessionfinish(session: pytest.Session) -> None:
    _write(kind="process", name=os.environ.get("PYTEST_XDIST_WORKER", "main"), cpu=round(spent(), 3))


def main(file: str, lines: str = "40") -> None:
    files: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0])
    fixtures: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0])
    tests: dict[str, list[float]] = defaultdict(lambda: [0.0, 0.0, 0])
    total = wall = 0.0
    with Path(file).open() as rows:
        for row in map(json.loads, rows):
            if row["kind"] == "process":
                print(f"{row['name']:8s} {row['cpu']:8.1f} s")
                continue
            if row["kind"] == "fixture":
                tables = [(fixtures, row["name"], row["cpu"])]
            else:
                tables = [(files, row["of"].partition("::")[0], row["whole"]), (tests, row["of"], row["whole"])]
                total, wall = total + row["whole"], wall + row["wall"]
            for table, name, cpu in tables:
                table[name][0] += cpu
                table[name][1] += row["wall"]
                table[name][2] += 1 if row["kind"] in ("call", "fixture") else 0
    print(f"tests: {total:.0f} s of processor, {wall:.0f} s waited")
    for title, table in (("files", files), ("fixtures", fixtures), ("tests", tests)):
        print(f"\n{title}: processor, clock, times")
        for name, (cpu, clock, times) in sorted(table.items(), key=lambda one: -one[1][0])[: int(lines)]:
            print(f"{cpu:8.1f} {clock:8.1f} {times:6d}  {name}")


if __name__ == "__main__":
    main(*sys.argv[1:])

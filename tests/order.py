"""The longest files first: whoever would begin one last would be waited for by all the others.

Those of the browser stand together: they share one, and a day (tests/browser/conftest.py). The rest follows in its
usual order, a file whole. tests/costs.py says what each costs.
"""

from pathlib import Path

import pytest

LONGEST = (
    "browser/test_organiser.py",
    "browser/test_accessibility_organiser.py",
    "browser/test_accessibility_rooms.py",
    "browser/test_methods.py",
    "browser/test_canaries.py",
    "browser/test_room_server.py",
    "browser/test_codev.py",
    "browser/test_accessibility.py",
    "browser/test_hostile.py",
    "browser/test_questionnaires.py",
    "browser/test_change.py",
    "browser/test_atlas.py",
    "browser/test_accessibility_rest.py",
    "browser/test_thumbs.py",
    "browser/test_*.py",
    "config/test_bench.py",
    "config/test_cli.py",
    "rights/test_walk.py",
    "rights/test_mutants.py",
    "faults/test_*.py",
    "live/test_workers.py",
    "trips/test_trips.py",
    "trips/test_*.py",
    "archives/test_public.py",
    "archives/test_*.py",
    "config/test_wheel.py",
    "config/test_room.py",
    "fuzz/test_addresses.py",
    "fuzz/test_files.py",
    "live/test_kill.py",
    "people/test_merging.py",
)
TESTS = Path(__file__).parent


def _turn(path: Path) -> int:
    here = path.relative_to(TESTS)
    return next((turn for turn, name in enumerate(LONGEST) if here.match(name)), len(LONGEST))


def longest_first(items: list[pytest.Item]) -> None:
    turns: dict[Path, tuple[int, int]] = {}
    for number, item in enumerate(items):
        if item.path not in turns:
            turns[item.path] = _turn(item.path), number
    items.sort(key=lambda item: turns[item.path])

"""Files, cells, settings, cookies, headers: damaged in a thousand ways, each is read or refused in a sentence."""

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from tests.examples import several
from tests.fuzz import counting
from tests.fuzz.failed import FAILED
from tests.fuzz.shaping import drawn
from tests.fuzz.targets import TARGETS, Target


@pytest.fixture(autouse=True)
def _environment(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MAILLAGE_ESSAI", "")


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_what_is_damaged_is_read_or_refused_in_words(name: str) -> None:
    target, random = TARGETS[name], counting.random_of(name)
    seeds = target.seeds()
    for _turn in counting.counted(name):
        counting.inside[name] += play(target, drawn(random, seeds, target.words))


@pytest.mark.parametrize("name", sorted(TARGETS))
def test_seeds_are_read(name: str) -> None:
    """What is damaged was whole: else the damage would go no further than the first line."""
    taken = [play(TARGETS[name], data) for data in TARGETS[name].seeds()]
    assert sum(taken) >= len(taken) / 2, taken


@pytest.mark.parametrize(("name", "data"), [(name, data) for name, found in FAILED.items() for data in found])
def test_what_once_failed(name: str, data: bytes) -> None:
    play(TARGETS[name], data)


@settings(max_examples=several(300), suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(st.sampled_from(sorted(TARGETS)), st.one_of(st.binary(max_size=200), st.text(max_size=100).map(str.encode)))
def test_any_bytes_at_any_door(name: str, data: bytes) -> None:
    play(TARGETS[name], data)
    counting.played["any bytes"] += 1


def play(target: Target, data: bytes) -> bool:
    try:
        return target.play(data)
    except Exception as error:
        raise AssertionError(
            f"{target.name}: add to tests/fuzz/failed.py:\n{data!r}\n{type(error).__name__}: {error}"
        ) from error


def test_enough_is_played() -> None:
    shorts, longs = zip(*counting.NUMBERS.values(), strict=True)
    assert sum(shorts) >= counting.LEAST_SHORT
    assert sum(longs) >= counting.LEAST_LONG

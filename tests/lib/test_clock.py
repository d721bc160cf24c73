"""A clock that jumps in the middle of a day moves no room's time."""

import time

import pytest

from maillage.lib.clock import now_ms


def test_a_clock_that_jumps_an_hour_moves_nothing(monkeypatch: pytest.MonkeyPatch) -> None:
    real = time.time_ns
    before = now_ms()
    for hours in (1, -1):
        monkeypatch.setattr(time, "time_ns", lambda hours=hours: real() + hours * 3_600 * 10**9)
        monkeypatch.setattr(time, "time", lambda hours=hours: real() / 10**9 + hours * 3_600)
        assert 0 <= now_ms() - before < 60_000


def test_it_is_the_time_that_it_is() -> None:
    assert abs(now_ms() - time.time() * 1000) < 1_000

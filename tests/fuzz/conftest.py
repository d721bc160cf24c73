"""Hostile inputs come by thousands from one place: here nobody is asked to wait, so that each of them is read."""

import pytest

from maillage.lib.rates import RATES


@pytest.fixture(autouse=True)
def _nobody_waits(monkeypatch: pytest.MonkeyPatch) -> None:
    for rate in RATES.values():
        monkeypatch.setattr(rate, "most", 10**9)

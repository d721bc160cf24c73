"""The day, copied for each module and served; a real Chromium beside it.

Package scope and not session: Playwright's loop must be gone before tests that have one of their own.
"""

from collections.abc import Callable, Iterator
from functools import partial
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Browser, ViewportSize, expect, sync_playwright

from tests.browser import house as houses
from tests.browser.house import House
from tests.browser.inspection import Inspection
from tests.browser.phones import PHONE, Phone
from tests.conftest import chromium as find_chromium
from tests.once import made_once

expect.set_options(timeout=15_000)  # ms: a machine shared with other suites

FLAGS = (
    "--no-sandbox --disable-gpu --disable-quic --no-first-run --disable-background-networking "
    "--disable-component-update --disable-sync"
)


@pytest.fixture(scope="package")
def day(tmp_path_factory: pytest.TempPathFactory, tables: Path) -> House:
    """Prepared, never served: what the others copy."""
    made = made_once(tmp_path_factory, "day", partial(houses.prepare, tables=tables))
    return houses.unpack(made, tmp_path_factory.mktemp("day") / "data")


@pytest.fixture(scope="package")
def make_house(day: House, tmp_path_factory: pytest.TempPathFactory) -> Iterator[Callable[[str], House]]:
    made: list[House] = []

    def make(name: str) -> House:
        folder: Path = tmp_path_factory.mktemp(name) / "data"
        made.append(day.copy(folder))
        return made[-1]

    yield make
    for house in made:
        house.stop()


@pytest.fixture(scope="module")
def house(make_house: Callable[[str], House], request: pytest.FixtureRequest) -> Iterator[House]:
    made = make_house(request.module.__name__.rpartition(".")[2])
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="package")
def browser() -> Iterator[Browser]:
    with sync_playwright() as playwright:
        launched = playwright.chromium.launch(executable_path=find_chromium(), args=FLAGS.split())
        yield launched
        launched.close()


@pytest.fixture
def unpack(browser: Browser, house: House) -> Iterator[Callable[..., Phone]]:
    made: list[Phone] = []

    def make(viewport: ViewportSize = PHONE, **options: Any) -> Phone:
        made.append(Phone.unpack(browser, house, viewport, **options))
        return made[-1]

    yield make
    for phone in made:
        phone.close()


@pytest.fixture(params=[pytest.param(False, id="sample"), pytest.param(True, id="whole", marks=pytest.mark.long)])
def inspection(request: pytest.FixtureRequest) -> Inspection:
    return Inspection(request.param)

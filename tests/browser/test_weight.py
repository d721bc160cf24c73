"""What a phone's first screen weighs over the air: the door, the way in, the live screen, nothing in its cache."""

from collections.abc import Iterator
from typing import Any
from urllib.parse import urlsplit

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.house import CODEV, House
from tests.browser.phones import SOON, Phone

pytestmark = pytest.mark.browser

BUDGET = 30_000  # bytes (DESIGN §8), headers included, the stream that follows left out
QUIET = 500  # ms without a request: the page has all it asked for


class Meter:
    """Bytes as Chromium counted them on the wire, by address."""

    def __init__(self, phone: Phone) -> None:
        self.weights: dict[str, int] = {}
        self.encodings: dict[str, str] = {}
        self.paths: dict[str, str] = {}
        cdp = phone.page.context.new_cdp_session(phone.page)
        cdp.send("Network.enable")
        cdp.send("Network.setCacheDisabled", {"cacheDisabled": False})
        cdp.on("Network.requestWillBeSent", self._sent)
        cdp.on("Network.responseReceived", self._received)
        cdp.on("Network.loadingFinished", lambda event: self._add(event["requestId"], event["encodedDataLength"]))

    def _sent(self, event: dict[str, Any]) -> None:
        if "redirectResponse" in event:
            self._add(event["requestId"], event["redirectResponse"]["encodedDataLength"])
        self.paths[event["requestId"]] = f"{event['request']['method']} {urlsplit(event['request']['url']).path}"

    def _received(self, event: dict[str, Any]) -> None:
        headers = {name.lower(): value for name, value in event["response"]["headers"].items()}
        self.encodings[self.paths[event["requestId"]]] = headers.get("content-encoding", "")

    def _add(self, request: str, weight: float) -> None:
        path = self.paths[request]
        if not path.endswith("/stream"):
            self.weights[path] = self.weights.get(path, 0) + int(weight)


@pytest.fixture
def phone(browser: Browser, house: House) -> Iterator[Phone]:
    phone = Phone.unpack(browser, house)
    yield phone
    phone.close()


@pytest.mark.parametrize("workshop", [CODEV, "Coop ou pas coop", "Le village des solidarités"])
def test_the_first_screen_is_light(phone: Phone, house: House, workshop: str) -> None:
    meter = Meter(phone)
    phone.join(house, "Nour", workshop=workshop)
    expect(phone.page.locator("#line")).to_contain_text("En ligne", timeout=SOON)
    phone.page.wait_for_timeout(QUIET)
    total = sum(meter.weights.values())
    lines = [
        f"  {weight:6d}  {meter.encodings.get(path, ''):5s} {path}" for path, weight in sorted(meter.weights.items())
    ]
    print(f"\nfirst screen of a phone, {workshop}: {total / 1000:.1f} kB over the air\n" + "\n".join(lines))
    static = {path: encoding for path, encoding in meter.encodings.items() if "/static/" in path}
    assert len(static) >= 4, meter.weights
    assert set(static.values()) == {"br"}
    pages = {
        path: encoding for path, encoding in meter.encodings.items() if path.startswith(("GET /s/", "GET /seance/"))
    }
    assert set(pages.values()) == {"gzip"}
    assert total <= BUDGET, lines

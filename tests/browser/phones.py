"""The people of a table, each with a browser context of their own, and what they do with their thumbs."""

import re
import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext, override
from playwright.sync_api import Browser, Locator, Page, Response, ViewportSize, expect

from maillage.lib.languages import COOKIE, FRENCH
from tests.browser.house import CODEV, House

PHONE: ViewportSize = {"width": 390, "height": 844}
WALL: ViewportSize = {"width": 1920, "height": 1080}
DOUBLE_TAP = 0.55  # seconds; screen.js says a little less
SOON = 15_000  # ms: a machine shared with other suites


@dataclass
class Acknowledged:
    """The moves this page was told are stored: key → text typed (or the kind)."""

    keys: dict[str, str] = field(default_factory=dict)

    def hear(self, response: Response) -> None:
        if response.request.method == "POST" and "/live/" in response.url and response.status in (200, 201):
            sent: dict[str, Any] = response.request.post_data_json or {}
            if "payload" in sent:  # a form without JavaScript is answered by a page
                self.keys[sent["key"]] = sent["payload"].get("text") or sent["kind"]


@dataclass
class Phone:
    page: Page
    faults: list[str] = field(default_factory=list)
    acknowledged: Acknowledged = field(default_factory=Acknowledged)
    tapped_at: float = 0.0
    language: str = FRENCH

    @classmethod
    def unpack(
        cls, browser: Browser, house: House, viewport: ViewportSize = PHONE, *, language: str = FRENCH, **options: Any
    ) -> "Phone":
        context = browser.new_context(
            viewport=viewport,
            locale="fr-FR",
            base_url=house.url,
            **options,
        )
        context.set_default_timeout(SOON)
        if language != FRENCH:
            context.add_cookies([{"name": COOKIE, "value": language, "url": house.url}])
        phone = cls(context.new_page(), language=language)
        phone.page.on("pageerror", lambda error: phone.faults.append(str(error)))
        phone.page.on("console", lambda said: _keep_fault(phone.faults, said.type, said.text))
        phone.page.on("response", phone.acknowledged.hear)
        return phone

    def words(self, sentence: str) -> str:
        """As this phone says it."""
        if self.language == FRENCH:
            return sentence
        with override(self.language):
            return gettext(sentence)

    def join(self, house: House, name: str, table: int = 1, *, workshop: str = CODEV, role: str = "") -> "Phone":
        self.page.goto(house.links_of(workshop).join)
        self.page.fill("#name", name)
        if self.page.locator("#table").count():  # one table is not chosen
            self.page.select_option("#table", str(table))
        if role:
            self.page.check(f"input[name=role][value={role}]")
        self.page.click(f"button:has-text('{self.words('Entrer')}')")
        expect(self.page.locator("#own .me")).to_contain_text(name)
        return self

    def lead(self, house: House, name: str, *, workshop: str = CODEV) -> "Phone":
        self.page.goto(house.links_of(workshop).facilitate)
        self.page.fill("#name", name)
        self.page.click(f"button:has-text('{self.words('Prendre l’animation')}')")
        expect(self.page.locator("#own .me")).to_contain_text(name)
        return self

    def write(self, form: str, text: str) -> None:
        self.page.fill(f"#text-{form}", text)
        self.page.click(f"#form-{form} button:not([hidden])")

    def press(self, label: str) -> None:
        self.tap(self.page.locator("button", has_text=self.words(label)).first)

    def tap(self, button: Locator) -> None:
        """One tap, as a person makes them: two in half a second are a double tap, which counts as one."""
        self.page.wait_for_timeout(max(0.0, self.tapped_at + DOUBLE_TAP - time.monotonic()) * 1_000)
        button.click()
        self.tapped_at = time.monotonic()

    def is_at(self, stage: str) -> None:
        expect(self.page.locator("#shared")).to_have_attribute("data-stage", stage, timeout=SOON)

    def sees(self, text: str) -> None:
        expect(self.page.locator("#shared")).to_contain_text(text, timeout=SOON)

    def close(self) -> None:
        self.page.context.close()


def sign_in(phone: Phone, link: str) -> Page:
    phone.page.goto(link)
    phone.page.click(f"button:has-text('{phone.words('Me connecter')}')")
    phone.page.wait_for_url(re.compile("/rencontres/"))
    return phone.page


def all_of(phones: list[Phone], check: Callable[[Phone], None]) -> None:
    for phone in phones:
        check(phone)


def _keep_fault(faults: list[str], kind: str, text: str) -> None:
    # a server that was killed on purpose shows as a failed load; everything else is ours
    if kind == "error" and "Failed to load resource: net::ERR_" not in text:
        faults.append(text)

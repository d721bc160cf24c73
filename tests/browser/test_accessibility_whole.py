"""Every page of the site under axe-core, in each language it speaks, light and dark: whole in `make long` only.

Every address of the resolver is opened: nobody has to remember a new page. Those that show nothing by themselves are
`addresses.ELSEWHERE`, and tests/rights sees, in the short suite, that there are no others. The short suite looks at a
sample of all that (test_accessibility*); here are also what the plays of one page never come to.
"""

from collections.abc import Callable, Iterator
from typing import Any

import pytest
from playwright.sync_api import Page

from maillage.lib.languages import COOKIE, FRENCH, NAMES, WHOLE, tongue_of
from maillage.ui.languages import A_FILE
from maillage.ui.participant import PAGES
from tests.browser.addresses import ANYBODY, LEADING, SEATED, STAFF
from tests.browser.house import House
from tests.browser.inspection import Inspection
from tests.browser.phones import Phone, sign_in

pytestmark = [pytest.mark.browser, pytest.mark.long]

TURNS = ((("light", 390), ("dark", 1280)), (("dark", 390), ("light", 1280)))


DOCUMENTS = {"reports:report-page"}  # read in French, whatever is spoken around
PARTS = {"live:help"}  # of a page, given alone


@pytest.fixture(scope="module")
def house(make_house: Callable[[str], House]) -> Iterator[House]:
    """A room's server: it has the pages of the others, and two of its own."""
    made = make_house("whole")
    made.more["MAILLAGE_ROOM"] = "oui"
    made.start()
    yield made
    made.stop()


@pytest.fixture(scope="module")
def there(house: House) -> dict[str, Any]:
    told: dict[str, Any] = house.ask("pages")
    return told


@pytest.mark.parametrize("language", NAMES)
def test_every_page_light_and_dark(
    unpack: Callable[..., Phone], house: House, there: dict[str, Any], language: str
) -> None:
    openers: dict[str, Page] = {STAFF: sign_in(unpack(), house.links.organiser)}
    for who in (ANYBODY, SEATED, LEADING):
        openers[who] = unpack().page
    for who, page in openers.items():
        held = there["cookies"].get(who, {}) | {COOKIE: language}
        page.context.add_cookies([{"name": name, "value": value, "url": house.url} for name, value in held.items()])
    inspection, wrong = Inspection(whole=True), []
    for number, (name, who, path) in enumerate(there["pages"]):
        page, written = openers[who], A_FILE.search(path.partition("?")[0])
        if language not in WHOLE and name not in PAGES:
            continue
        if (
            name in PARTS
            or (written and written[0] != ".html")
            or (language != FRENCH and (written or name in DOCUMENTS))
        ):
            continue
        if written:  # a document, in French: it is downloaded, and read as a page
            page.goto("about:blank")
            page.set_content(page.request.get(f"{house.url}{path}").text())
        elif fault := spoken(page, path, language):
            wrong.append(f"{name} {fault}")
            continue
        elif page.locator("h1").count() == 0:
            continue  # asked by POST only
        for one in page.locator("details").all():
            one.evaluate("one => { one.open = true }")
        inspection.looks = TURNS[number % 2]
        inspection.look(page, f"{name} in {language}")
    print(inspection.report())
    assert wrong + inspection.faults == [], "\n".join(wrong + inspection.faults)


def spoken(page: Page, path: str, language: str) -> str:
    """What is wrong with the answer, before it is looked at."""
    answer = page.goto(path)
    assert answer is not None
    if answer.status == 405:
        page.set_content("")
    elif "html" in answer.headers["content-type"]:
        told = page.evaluate("[document.documentElement.lang, document.documentElement.dir]")
        told[0] = told[0].partition("-")[0]
        if answer.status != 200 or told != [tongue_of(language), "rtl" if language == "ar" else ""]:
            return f"{path}: {answer.status}, {told}"
    return ""

"""Every page that links lead to from an organiser's first one, under axe-core; an import; forms sent empty."""

import re
from collections.abc import Callable
from importlib.resources import files

import httpx
import pytest
from playwright.sync_api import Page

from tests.browser.addresses import kind_of
from tests.browser.house import House
from tests.browser.inspection import Inspection
from tests.browser.phones import WALL, Phone, sign_in

pytestmark = pytest.mark.browser

DOWNLOADS = (
    ".zip",
    ".docx",
    ".odt",
    ".html",
    ".pdf",
    ".png",
    ".svg",
    ".csv",
    ".xlsx",
    ".ics",
    ".eml",
    ".toml",
    ".json",
    ".geojson",
    ".atom",
    ".graphml",
)
FOR_MACHINES = re.compile(r"/seance/|/api/v1/.|/carte\.")  # seats of their own; answers in JSON; pictures
MOST_PAGES = 140


def crawl(page: Page, start: str, inspection: Inspection) -> None:
    """Follows every link of every page, once for each kind of page."""
    waiting, known = [start], {kind_of(start)}
    while waiting:
        path = waiting.pop(0)
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        inspection.look(page, kind_of(path))
        links = page.eval_on_selector_all(
            "a[href]", "links => links.map((link) => new URL(link.getAttribute('href'), document.baseURI).href)"
        )
        for link in links:
            target = httpx.URL(link)
            if target.host != "localhost" or target.path.endswith(DOWNLOADS) or FOR_MACHINES.search(target.path):
                continue
            if kind_of(target.path) not in known and len(known) < MOST_PAGES:
                known.add(kind_of(target.path))
                waiting.append(target.path)


def test_pages_of_the_organiser(unpack: Callable[..., Phone], house: House, inspection: Inspection) -> None:
    page = sign_in(unpack(viewport=WALL), house.links.organiser)
    crawl(page, "/rencontres/", inspection)
    day = f"/rencontres/{house.ask('codes')['gathering']}"
    import_a_file(page, day, inspection)
    for path, form in ((f"{day}/inscriptions/nouvelle/", "main form"), ("/rencontres/nouvelle/", "main form")):
        page.goto(path)
        with page.expect_navigation():
            page.locator(form).last.evaluate("form => form.submit()")  # past the browser's own checks
        inspection.look(page, f"{kind_of(path)} sent empty")
    inspection.verdict()


def import_a_file(page: Page, day: str, inspection: Inspection) -> None:
    """Upload, columns, preview: the steps of an import that nobody confirms."""
    page.goto(f"{day}/inscriptions/import/")
    content = (files("maillage.gatherings") / "data" / "inscriptions-jr-2025.csv").read_bytes()
    doubtful = content.replace("Co-développement".encode(), b"Codeveloppment", 3)
    page.set_input_files("input[type=file]", {"name": "liste.csv", "mimeType": "text/csv", "buffer": doubtful})
    page.locator("main form", has=page.locator("input[type=file]")).locator("button").first.click()
    page.wait_for_url(re.compile("/import/[0-9a-f-]{36}/"))
    inspection.look(page, "import: preview")
    page.goto(re.sub(r"(/import/[0-9a-f-]{36}/).*", r"\1colonnes/", page.url))
    inspection.look(page, "import: columns")
    page.goto(f"{day}/inscriptions/import/")
    page.set_input_files("input[type=file]", {"name": "x.csv", "mimeType": "text/csv", "buffer": b"\x00\x01\x02"})
    with page.expect_navigation():
        page.locator("main form", has=page.locator("input[type=file]")).locator("button").first.click()
    inspection.look(page, "import: a file that is none")

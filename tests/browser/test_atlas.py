"""The atlas by keyboard alone, without JavaScript, under axe, and its map come nearer to."""

import re
from collections.abc import Callable, Iterator
from http.server import BaseHTTPRequestHandler, HTTPServer
from threading import Thread

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import House
from tests.browser.inspection import Inspection
from tests.browser.phones import WALL, Phone

pytestmark = pytest.mark.browser

ATLAS = "/atlas/grand-est/"
TROYES = "CA Troyes Champagne Métropole, 9 quartiers prioritaires"
CHANTEREIGNE = "Chantereigne Montvilliers Beau-Toquat"
COMMUNES = {"La Chapelle-Saint-Luc", "Les Noës-près-Troyes", "Troyes"}
MOST_TABS = 150  # of one page: 49 areas, 39 rows, and what is around
FRAMES = {"map": f"{ATLAS}integrer/", "page": ATLAS}
FOCUSED = """() => {
  const one = document.activeElement;
  const name = one.querySelector(":scope > title")?.textContent ?? one.textContent;
  return name.replace(/\\s+/g, " ").trim();
}"""
SHOWN = """() => {
  const one = document.activeElement, shape = one.querySelector("path") ?? one;
  const seen = getComputedStyle(shape), box = one.getBoundingClientRect();
  const ring = seen.outlineStyle !== "none" && parseFloat(seen.outlineWidth) >= 2;
  return (ring || parseFloat(seen.strokeWidth) >= 4) && box.bottom > 0 && box.top < innerHeight;
}"""


@pytest.fixture
def unpack(browser: Browser, house: House) -> Iterator[Callable[..., Phone]]:
    made: list[Phone] = []

    def make(**options: object) -> Phone:
        made.append(Phone.unpack(browser, house, WALL, **options))
        return made[-1]

    yield make
    for phone in made:
        assert phone.faults == []
        phone.close()


def tab_to(page: Page, name: str, *, among: str = "") -> None:
    """Presses Tab until this is focused: it must be reached, and seen to be."""
    names = []
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        names.append(page.evaluate(FOCUSED))
        if names[-1] == name and (not among or page.evaluate(f"Boolean(document.activeElement.closest('{among}'))")):
            assert page.evaluate(SHOWN), name
            return
    raise AssertionError(f"{name} is not reached: {names}")


@pytest.mark.parametrize("script", [True, False])
def test_by_keyboard_alone_from_the_region_to_a_quarter_and_its_three_communes(
    unpack: Callable[..., Phone], script: bool
) -> None:
    page = unpack().page
    if not script:  # asked for and not given: page.evaluate needs an engine, which the page then does not use
        page.route("**/*.js", lambda route: route.fulfill(body="", content_type="text/javascript"))
    page.goto(ATLAS)
    tab_to(page, TROYES, among="svg")
    page.keyboard.press("Enter")
    page.wait_for_url("**/intercommunalites/200069250/")
    tab_to(page, CHANTEREIGNE, among="svg")
    page.keyboard.press("Enter")
    page.wait_for_url("**/quartiers/QN01003M/")
    expect(page.locator("h1")).to_have_text(CHANTEREIGNE)
    reached = set()
    for name in sorted(COMMUNES):
        tab_to(page, name)
        reached.add(name)
    assert reached == COMMUNES
    page.keyboard.press("Enter")
    page.wait_for_url("**/communes/*/")
    expect(page.locator("h1")).to_have_text("Troyes")


def test_screen_readers_are_told_the_map_and_each_area(unpack: Callable[..., Phone]) -> None:
    page = unpack().page
    page.goto(ATLAS)
    figure = page.get_by_role("figure", name=re.compile("Grand Est : quartiers prioritaires"))
    expect(figure).to_be_visible()
    expect(figure.get_by_role("link", name=re.compile(r"\d quartiers? prioritaires?$|aucun quartier"))).to_have_count(
        49
    )
    tree = page.context.new_cdp_session(page).send("Accessibility.getFullAXTree")["nodes"]  # as Chromium tells them
    links = {node["name"]["value"] for node in tree if node.get("role", {}).get("value") == "link" and "name" in node}
    assert "CA Ardenne Métropole, 7\u00a0quartiers prioritaires" in links


@pytest.mark.parametrize("whole", [False, pytest.param(True, marks=pytest.mark.long)])
def test_nothing_for_axe_to_find(unpack: Callable[..., Phone], whole: bool) -> None:
    inspection = Inspection(whole)
    phone = unpack()
    page = phone.page
    for path, status in (
        ("", 200), ("?vue=contrats&couches=france-services,cites-educatives,cites-emploi&tri=-qpv", 200),
        ("?vue=lune", 200), ("departements/57/?vue=rencontres", 200), ("intercommunalites/200069250/", 200),
        ("intercommunalites/245701362/", 200), ("quartiers/QN01003M/", 200), ("communes/10081/", 200),
        ("communes/08001/", 200), ("integrer/departements/67/", 200), ("quartiers/QN0100/", 404),
        ("recherche/", 200), ("recherche/?q=metz", 200), ("recherche/?q=xyz&quoi=epci", 200), ("structures/", 200),
        ("cooperation/", 200), ("cooperation/?lien=experience", 200), ("donnees/", 200), ("/glossaire/", 200),
        ("/api/v1/", 200), ("/atlas/grand-est/contrats/", 200),
    ):  # fmt: skip
        if path.endswith("/contrats/"):  # the first that a signature is known of
            page.goto(f"{ATLAS}intercommunalites/200039865/")
            path = page.locator(f"main a[href*='{path}']").first.get_attribute("href") or path
        answer = page.goto(path if path.startswith("/") else ATLAS + path)
        assert answer is not None
        assert answer.status == status, path
        for one in page.locator("details").all():
            one.evaluate("one => { one.open = true }")
        inspection.look(page, path)
    phone.faults.clear()  # Chromium says the 404 that was asked for
    print(inspection.report())
    assert inspection.faults == [], "\n" + "\n".join(inspection.faults)


def test_the_map_is_come_nearer_to_and_left_whole(unpack: Callable[..., Phone]) -> None:
    page = unpack().page
    page.goto(ATLAS)
    svg = page.locator("pan-zoom > svg")
    whole = svg.get_attribute("viewBox")
    page.get_by_role("button", name="Approcher").click()
    nearer = svg.get_attribute("viewBox")
    assert nearer
    assert whole
    assert float(nearer.split()[2]) < float(whole.split()[2])
    page.get_by_role("button", name="tout voir").click()
    assert numbers(svg.get_attribute("viewBox")) == numbers(whole)
    svg.focus()
    page.keyboard.press("+")
    page.keyboard.press("+")
    before = numbers(svg.get_attribute("viewBox"))
    page.keyboard.press("ArrowRight")
    after = numbers(svg.get_attribute("viewBox"))
    assert (after[0] > before[0], after[2]) == (True, before[2])
    page.keyboard.press("0")
    assert numbers(svg.get_attribute("viewBox")) == numbers(whole)
    box = svg.bounding_box()
    assert box
    page.mouse.move(box["x"] + box["width"] / 3, box["y"] + box["height"] / 2)
    page.keyboard.down("Control")
    page.mouse.wheel(0, -300)
    page.keyboard.up("Control")
    expect(page.locator("pan-zoom[near]")).to_have_count(1)
    before = numbers(svg.get_attribute("viewBox"))
    page.mouse.down()
    page.mouse.move(box["x"] + box["width"] / 3 - 80, box["y"] + box["height"] / 2, steps=4)
    page.mouse.up()
    assert numbers(svg.get_attribute("viewBox"))[0] > before[0]
    assert page.url.endswith(ATLAS)  # a drag opens nothing
    page.evaluate("document.querySelector('pan-zoom').replaceWith(document.querySelector('pan-zoom > svg'))")
    kept = page.locator(".map-ground > svg")
    assert numbers(kept.get_attribute("viewBox")) == numbers(whole)
    assert kept.get_attribute("tabindex") is None


def numbers(box: str | None) -> list[float]:
    assert box
    return [round(float(one), 1) for one in box.split()]


@pytest.fixture
def partner(house: House) -> Iterator[str]:
    """Another host, on this machine: Chromium lets no site of the internet frame one of a private network."""
    frames = "".join(f'<iframe id="{name}" src="{house.url}{path}"></iframe>' for name, path in FRAMES.items())

    class Site(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(200)
            self.send_header("Content-Type", "text/html")
            self.end_headers()
            self.wfile.write(f"<title>partenaire</title>{frames}".encode())

        def log_message(self, format: str, *arguments: object) -> None:  # noqa: A002 - its name there
            pass

    server = HTTPServer(("127.0.0.1", 0), Site)
    thread = Thread(target=server.serve_forever)
    thread.start()
    yield f"http://127.0.0.1:{server.server_port}/"
    server.shutdown()
    thread.join()
    server.server_close()


def test_another_site_frames_the_map_and_no_other_page(unpack: Callable[..., Phone], partner: str) -> None:
    phone = unpack()
    page = phone.page
    page.goto(partner)
    expect(page.frame_locator("#map").locator("svg.map-sheet")).to_be_attached()
    page.wait_for_load_state()
    expect(page.frame_locator("#page").locator("svg.map-sheet")).to_have_count(0)
    assert any("frame-ancestors" in fault for fault in phone.faults)
    phone.faults.clear()

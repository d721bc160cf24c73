"""The screen of a room has nobody to scroll it: what is below the edge comes by itself."""

from pathlib import Path

import pytest
from playwright.sync_api import Page

pytestmark = pytest.mark.browser

WALL = Path(__file__).resolve().parents[2] / "src/maillage/live/static/live/wall.js"
LINES = "".join(f'<p style="height:200px;margin:0">{number}</p>' for number in range(12))  # 2,400 px of 600


def show(page: Page, lines: str = LINES) -> None:
    page.set_viewport_size({"width": 800, "height": 600})
    page.clock.install()
    page.set_content(
        f'<body data-page="page"><section id="shared" data-step="a"><div class="now-line">Titre</div>{lines}</section>'
    )
    page.add_script_tag(content=WALL.read_text(), type="module")
    page.clock.run_for(2_000)


def pages(page: Page) -> tuple[int, str, bool]:
    label = page.locator(".pages")
    return page.evaluate("scrollY"), label.text_content() or "", label.is_visible()


def test_what_does_not_fit_is_shown_page_after_page_then_again(page: Page) -> None:
    show(page)
    assert pages(page) == (0, "page 1 / 5", True)
    seen = [0]
    for _turn in range(5):
        page.clock.run_for(16_000)
        seen.append(page.evaluate("scrollY"))
    bottom = page.evaluate("document.documentElement.scrollHeight - innerHeight")
    assert seen == [*sorted(seen[:-1]), 0]
    assert bottom in seen


def test_what_fits_does_not_move(page: Page) -> None:
    show(page, "<p>Court</p>")
    page.clock.run_for(60_000)
    assert pages(page) == (0, "page 1 / 1", False)


def test_somebody_at_the_keyboard_holds_the_page(page: Page) -> None:
    show(page)
    page.keyboard.press("Shift")
    page.clock.run_for(50_000)
    assert page.evaluate("scrollY") == 0
    page.clock.run_for(30_000)
    assert page.evaluate("scrollY") > 0


def test_a_new_step_begins_at_the_top(page: Page) -> None:
    show(page)
    page.clock.run_for(16_000)
    assert page.evaluate("scrollY") > 0
    page.evaluate("document.getElementById('shared').dataset.step = 'b'")
    page.clock.run_for(2_000)
    assert page.evaluate("scrollY") == 0

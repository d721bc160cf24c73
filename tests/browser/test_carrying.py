"""A person is carried to another table: by keyboard, by mouse, by finger; what it does is said before."""

import re
import time

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import House

pytestmark = pytest.mark.browser
PATIENCE = 15  # seconds, on a machine that others share


@pytest.fixture
def plan(browser: Browser, house: House):
    context = browser.new_context(viewport={"width": 1280, "height": 900}, has_touch=True)
    page = context.new_page()
    page.goto(house.url + house.links.organiser)
    page.locator("main button").click()
    page.wait_for_url("**/rencontres/*/")
    page.goto(page.url + "repartition/")
    yield page
    context.close()


def _movable(page: Page) -> tuple[str, str, str]:
    """Somebody of a table who may sit at another one of the same workshop: who, from where, to where."""
    found = page.evaluate(
        """async () => {
          const token = document.querySelector("[name=csrfmiddlewaretoken]").value;
          for (const item of [...document.querySelectorAll("#plan-tables li")].reverse()) {
            const from = item.closest("[data-place]");
            for (const to of document.querySelectorAll(`[data-slot="${from.dataset.slot}"]`)) {
              if (to === from || to.dataset.place.split(":")[0] !== from.dataset.place.split(":")[0]) continue;
              const body = new FormData();
              body.set("csrfmiddlewaretoken", token); body.set("place", to.dataset.place);
              const answer = await fetch(item.querySelector(".carry").dataset.move, {method: "POST", body});
              if ((await answer.json()).allowed) return [item.id, from.dataset.place, to.dataset.place];
            }
          }
        }"""
    )
    assert found
    return tuple(found)


def until(page: Page, condition: str, argument: object = None) -> None:
    """Not wait_for_function: it evaluates a string in the page, which its policy forbids."""
    end = time.monotonic() + PATIENCE
    while not page.evaluate(condition, argument):
        assert time.monotonic() < end, f"not yet true after {PATIENCE} s: {condition}"
        page.wait_for_timeout(25)


def _place_of(page: Page, item: str) -> str | None:
    return page.locator(f"#{item}").evaluate("one => one.closest('[data-place]').dataset.place")


def test_by_keyboard_the_effect_is_said_then_done(plan: Page) -> None:
    item, start, goal = _movable(plan)
    plan.locator(f"#{item} .carry").focus()
    plan.keyboard.press("Enter")
    expect(plan.locator("#carry-said")).to_contain_text("flèches")
    for _step in range(60):
        plan.keyboard.press("ArrowDown")
        if plan.locator("[data-place].over").get_attribute("data-place") == goal:
            break
    expect(plan.locator("#carry-said")).to_have_text(re.compile(r"table \d+\s: \S"))
    assert _place_of(plan, item) == start  # said, not done
    plan.keyboard.press("Escape")
    expect(plan.locator("#carry-said")).to_have_text("")
    plan.locator(f"#{item} .carry").focus()
    plan.keyboard.press("Enter")
    while plan.locator("[data-place].over").count() == 0 or (
        plan.locator("[data-place].over").get_attribute("data-place") != goal
    ):
        plan.keyboard.press("ArrowDown")
    plan.keyboard.press("Enter")
    expect(plan.locator(".plan-done")).to_contain_text("change de place")
    assert _place_of(plan, item) == goal
    expect(plan.locator(f"#{item} .carry")).to_be_focused()  # the keyboard goes on from the person
    plan.locator(".plan-done button").focus()
    plan.keyboard.press("Enter")
    expect(plan.locator(".messages")).to_contain_text("C’est défait")
    assert _place_of(plan, item) == start
    expect(plan.locator(f"#{item} .carry")).to_be_focused()


def test_a_finger_held_at_the_edge_makes_the_page_go_on(plan: Page) -> None:
    item, _start, _goal = _movable(plan)
    handle = plan.locator(f"#{item} .carry")
    handle.evaluate("one => one.scrollIntoView({block: 'center'})")
    box = handle.bounding_box()
    assert box
    before = plan.evaluate("scrollY")
    plan.mouse.move(box["x"] + 10, box["y"] + 10)
    plan.mouse.down()
    plan.mouse.move(box["x"] + 10, 10)  # held still near the top
    until(plan, "before => scrollY < before - 300", before)
    plan.keyboard.press("Escape")
    plan.mouse.up()
    after = plan.evaluate("scrollY")
    plan.evaluate("new Promise(done => requestAnimationFrame(() => requestAnimationFrame(done)))")
    assert plan.evaluate("scrollY") == after  # given up: the page stays


def test_by_mouse_a_table_of_another_moment_is_no_place(plan: Page) -> None:
    item, start, goal = _movable(plan)
    handle = plan.locator(f"#{item} .carry")
    handle.scroll_into_view_if_needed()
    box = handle.bounding_box()
    assert box
    plan.mouse.move(box["x"] + 10, box["y"] + 10)
    plan.mouse.down()
    target = plan.locator(f'[data-place="{goal}"]')
    target.evaluate("one => one.scrollIntoView({block: 'center'})")
    there = target.bounding_box()
    assert there
    plan.mouse.move(there["x"] + there["width"] / 2, there["y"] + there["height"] / 2, steps=5)
    expect(target).to_have_class(re.compile("over"))
    expect(plan.locator("#carry-said")).to_contain_text(" : ")
    plan.mouse.up()
    expect(plan.locator(".notice")).to_contain_text("change de place")
    assert _place_of(plan, item) == goal
    assert start != goal

"""A page gone through by Tab alone, and used by Tab, Shift+Tab, Enter, Space and the arrows."""

from playwright.sync_api import Page, expect

MARK_CONTROLS = """() => {
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest("[inert]");
  const chosen = (one) => {  // of a group of radios Tab reaches one, the arrows the others
    const group = [...document.getElementsByName(one.name)];
    return group.find((each) => each.checked) || group[0];
  };
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
    .filter((one) => seen(one) && !one.disabled && one.type !== "hidden" && one.tabIndex >= 0)
    .filter((one) => one.type !== "radio" || one === chosen(one));
  all.forEach((one, number) => (one.dataset.control = number));
  return all.length;
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const drawn = one.querySelector(":scope > path");  // an area of a map: its edge is what thickens
  const edged = one.ownerSVGElement && drawn && parseFloat(getComputedStyle(drawn).strokeWidth) >= 3;
  const box = one.getBoundingClientRect();
  const low = Math.min(box.bottom, innerHeight) - 2;  // of what is taller than the window, the part that is in it
  const covering = document.elementFromPoint(box.x + box.width / 2,
    Math.min(Math.max(box.y, 0) + Math.min(box.height / 2, 20), low));
  return { control: one.dataset.control ?? "", name: one.outerHTML.slice(0, 90),
    shown: outlined || edged || style.boxShadow !== "none",
    clear: Boolean(edged) || Boolean(covering) && (one.contains(covering) || covering.contains(one)) };
}"""


def walk_by_tab(page: Page) -> list[int]:
    """Tab reaches every control that is seen, each shows it has the focus, and nothing hides it; their order."""
    count = page.evaluate(MARK_CONTROLS)
    assert count, "there is nothing to reach"
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    reached: set[str] = set()
    order: list[int] = []
    for _press in range(count + 3):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused:
            assert focused["shown"], f"no visible focus: {focused['name']}"
            assert focused["clear"], f"hidden while focused: {focused['name']}"
            if focused["control"] not in reached and focused["control"]:
                order.append(int(focused["control"]))
            reached.add(focused["control"])
    missed = page.evaluate(
        "reached => [...document.querySelectorAll('[data-control]')]"
        ".filter((one) => !reached.includes(one.dataset.control)).map((one) => one.outerHTML.slice(0, 120))",
        sorted(reached),
    )
    assert missed == [], f"{page.url}: Tab does not reach {missed}"
    return order


MOST_TABS = 150
REACHED = """selector => {
  const one = document.activeElement, last = window.lastStop;
  window.lastStop = one;
  const after = !last?.isConnected || last === one || one === document.body || last === document.body
    || Boolean(last.compareDocumentPosition(one) & Node.DOCUMENT_POSITION_FOLLOWING);
  return { there: one.matches(selector), after };
}"""


def reach(page: Page, selector: str) -> None:
    """Presses Tab until this has the focus: every stop is seen, is not hidden, and comes after the one before."""
    page.evaluate("window.lastStop = document.activeElement")
    turned = 0  # back to the top of the page, once: what is asked for may be above
    for _press in range(MOST_TABS):
        page.keyboard.press("Tab")
        if focused := page.evaluate(FOCUSED):
            assert focused["shown"], f"no visible focus: {focused['name']}"
            assert focused["clear"], f"hidden while focused: {focused['name']}"
        else:
            turned += 1
        stop = page.evaluate(REACHED, selector)
        assert stop["after"], f"{page.url}: Tab went back to {focused and focused['name']}"
        assert turned < 2, f"{page.url}: Tab never reaches {selector}"
        if stop["there"]:
            return
    raise AssertionError(f"{page.url}: {selector} is not reached in {MOST_TABS} presses")


def press_on(page: Page, selector: str, key: str = "Enter") -> None:
    reach(page, selector)
    page.keyboard.press(key)


def type_in(page: Page, selector: str, words: str) -> None:
    reach(page, selector)
    page.keyboard.type(words)


def stays_at(page: Page, selector: str) -> None:
    """The focus is there, and is seen: nothing that came meanwhile took it away."""
    expect(page.locator(selector)).to_be_focused()
    focused = page.evaluate(FOCUSED)
    assert focused, selector
    assert focused["shown"], f"no visible focus: {focused['name']}"

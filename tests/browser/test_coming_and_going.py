"""People leave, come back, come in twice, change tables: who leads says so, and nobody is lost."""

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.house import House
from tests.browser.phones import Phone

pytestmark = pytest.mark.browser

# The list moves up between two taps of a double tap: the second one falls on somebody else.
TAP_TAP = """() => {
  const button = document.querySelector("#form-leave button");
  button.click();
  document.querySelector("#leave-seat").selectedIndex = 0;
  button.click();
}"""


def test_who_left_is_not_waited_for_and_comes_back(browser: Browser, house: House) -> None:
    """Ana came in twice, her second phone is the good one; Paul changes tables; a double tap sends one away."""
    paul, ana, again = (Phone.unpack(browser, house).join(house, name, table=2) for name in ("Paul", "Ana", "Ana"))
    lead = Phone.unpack(browser, house).lead(house, "Lise")  # the last one in: people are at table 2
    page = lead.page
    lead.press("Commencer")
    page.locator("#lead").evaluate("part => { part.open = true; }")  # waited for: the page may still be coming
    here = page.locator("#leave-seat option")
    expect(here).to_have_text(["Paul", "Ana", "Ana (2)"])
    page.select_option("#leave-seat", label="Ana")
    page.evaluate(TAP_TAP)
    expect(here).to_have_text(["Paul", "Ana"])
    page.wait_for_timeout(600)
    expect(here).to_have_text(["Paul", "Ana"])
    page.locator("#gone summary").click()
    expect(page.locator("#gone li")).to_have_count(1)
    ana.page.fill("#text-sujet-subject", "Ouvrir le soir")
    ana.page.locator("#form-sujet-subject button").click()  # who acts is there
    expect(here).to_have_text(["Paul", "Ana", "Ana (2)"])
    expect(page.locator("#gone")).to_have_count(0)

    page.wait_for_timeout(600)
    page.select_option("#leave-seat", label="Paul")
    page.locator("#form-leave button").click()
    page.locator("#gone summary").click()
    page.locator("#gone button", has_text="Toujours là").click()
    expect(here).to_have_text(["Paul", "Ana", "Ana (2)"])

    page.select_option("#seat-seat", label="Paul")
    page.select_option("#seat-table", label="Table 3")
    page.locator("#form-seat button").click()
    expect(paul.page.locator("#around summary, #gathering h2").first).to_contain_text("Table 3")
    expect(here).to_have_text(["Ana", "Ana (2)"])
    for phone in (paul, ana, again, lead):
        expect(phone.page.locator(".refused:visible, #refused:visible")).to_have_count(0)
        phone.close()

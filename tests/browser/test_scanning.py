"""A badge is read by the camera inside the desk's page, where the browser can."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import House
from tests.browser.test_carrying import until

pytestmark = pytest.mark.browser

# Stands for what phones have and this machine has not: a camera, and a reader of square codes.
PHONE = """
  window.BarcodeDetector = class { async detect() { return window.seen ? [{ rawValue: window.seen }] : []; } };
  const mediaDevices = {
    async getUserMedia() {
      if (window.refused) throw new DOMException("refused", "NotAllowedError");
      const stream = document.createElement("canvas").captureStream();
      for (const each of stream.getTracks()) each.stop = () => { window.stopped = true; };
      return stream;
    },
  };
  Object.defineProperty(navigator, "mediaDevices", { value: mediaDevices });
  HTMLMediaElement.prototype.play = async () => {};
"""


def _desk(browser: Browser, house: House, script: str = "") -> Page:
    page = browser.new_context(viewport={"width": 390, "height": 844}).new_page()
    if script:
        page.add_init_script(script)
    page.goto(house.url + house.links.organiser)
    page.locator("main button").click()
    page.wait_for_url("**/rencontres/*/")
    page.goto(page.url + "accueil/")
    return page


def test_a_badge_that_is_seen_opens_the_person(browser: Browser, house: House) -> None:
    page = _desk(browser, house, PHONE)
    page.get_by_role("button", name=re.compile("Scanner")).click()
    expect(page.locator("dialog.scan")).to_be_visible()
    page.evaluate("window.seen = 'https://ailleurs.exemple.invalid/autre'")
    expect(page.locator("dialog.scan [role=status]")).to_contain_text("pas celui d’un badge")
    page.evaluate("window.seen = 'https://journee.exemple.invalid/badge/AAAAAAAAAAAAAAAAAAAAAA/'")
    page.wait_for_url("**/badge/AAAAAAAAAAAAAAAAAAAAAA/")  # on this server, whatever the name it was printed with
    page.context.close()


def test_a_camera_that_is_refused_is_said_and_the_window_closes(browser: Browser, house: House) -> None:
    page = _desk(browser, house, PHONE + "window.refused = true;")
    page.get_by_role("button", name=re.compile("Scanner")).click()
    expect(page.locator("dialog.scan [role=status]")).to_contain_text("n’est pas disponible")
    page.keyboard.press("Escape")
    expect(page.locator("dialog.scan")).to_be_hidden()
    expect(page.get_by_role("button", name=re.compile("Scanner"))).to_be_focused()
    page.context.close()


def test_the_camera_stops_when_the_window_is_closed(browser: Browser, house: House) -> None:
    page = _desk(browser, house, PHONE)
    page.get_by_role("button", name=re.compile("Scanner")).click()
    until(page, "!!document.querySelector('dialog.scan video').srcObject")
    page.get_by_role("button", name="Fermer").click()
    until(page, "!!window.stopped")
    page.context.close()


def test_without_a_reader_of_codes_no_button_is_shown(browser: Browser, house: House) -> None:
    page = _desk(browser, house, "delete window.BarcodeDetector;")
    expect(page.locator("[data-scan]")).to_be_hidden()
    expect(page.get_by_text("appareil photo de ce téléphone")).to_be_visible()
    page.context.close()

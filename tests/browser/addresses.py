"""Which addresses are the same page, and which are none."""

import re

from playwright.sync_api import Page

# addresses that are one page each: identifiers, tokens and numbers of one row are the same page as the next row's
ONE_PAGE = (
    (re.compile(r"[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}"), "ID"),
    (re.compile(r"/\d+/"), "/N/"),
    (re.compile(r"/quartiers/\w+/"), "/quartiers/N/"),
    (re.compile(r"/[\w.~:-]{28,}/"), "/TOKEN/"),
    (re.compile(r"[?#].*"), ""),
    (re.compile(r"(/methodes/[\w-]+)/(?!import/)[\w-]+/"), r"\1/METHODE/"),
    (re.compile(r"(/modifier/(?:roles|cartes|etapes))/(?!nouv)[\w-]+/"), r"\1/PARTIE/"),
)
DAY = re.compile(r"/rencontres/[0-9a-f-]{36}/")

STAFF, ANYBODY, SEATED, LEADING = "staff", "anybody", "seated", "leading"  # who opens a page in a play of all pages
ELSEWHERE = {  # pages that are shown only after another one was filled: whose play looks at them
    "people:sign-in-link": "test_signing_in",
    "people:second-step": "test_signing_in",
    "live:move-here": "test_accessibility_rooms",
    "registrations:sent": "test_accessibility",
    "registrations:import-preview": "test_accessibility_organiser",
}


def kind_of(address: str) -> str:
    for pattern, name in ONE_PAGE:
        address = pattern.sub(name, address)
    return address


def day_of(page: Page) -> str:
    found = DAY.search(page.url)
    assert found, page.url
    return found[0]

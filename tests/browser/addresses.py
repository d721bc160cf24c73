"""Which addresses are the same page."""

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


def kind_of(address: str) -> str:
    for pattern, name in ONE_PAGE:
        address = pattern.sub(name, address)
    return address


def day_of(page: Page) -> str:
    found = DAY.search(page.url)
    assert found, page.url
    return found[0]

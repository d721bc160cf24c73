"""Thumbs of real people tap twice and go back: nobody is told off, nothing is written twice, nor elsewhere."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, expect

from tests.browser.house import House
from tests.browser.phones import Phone

pytestmark = pytest.mark.browser


@pytest.fixture
def people(browser: Browser, house: House) -> Iterator[tuple[Phone, Phone, Phone]]:
    porteur = Phone.unpack(browser, house).join(house, "Paul", table=2)
    ana = Phone.unpack(browser, house).join(house, "Ana", table=2)
    lead = Phone.unpack(browser, house).lead(house, "Lise")  # the last one in: people are at table 2
    yield lead, porteur, ana
    for phone in (lead, porteur, ana):
        phone.close()


def told_off(phone: Phone) -> list[str]:
    return [words for words in phone.page.locator(".refused:visible, #refused:visible").all_inner_texts() if words]


def test_a_double_tap_is_one_and_back_brings_every_word_to_its_place(
    people: tuple[Phone, Phone, Phone], house: House
) -> None:
    lead, porteur, ana = people
    lead.page.locator("button", has_text="Commencer").dblclick()
    for phone in people:
        phone.is_at("sujet")
    expect(lead.page.locator("#shared")).to_contain_text("Paul")  # who leads looks where people are
    ana.page.fill("#text-sujet-subject", "Ouvrir le soir")
    ana.page.locator("#form-sujet-subject button").dblclick()
    porteur.sees("Ouvrir le soir")
    porteur.page.locator("#own button", has_text="porter mon sujet").dblclick()
    expect(porteur.page.locator("#own")).to_have_attribute("data-role", "porteur")
    for label, stage in (("Étape suivante", "presentation"), ("2 min", "presentation"), ("Pause", "presentation")):
        lead.page.wait_for_timeout(600)
        lead.page.locator("button:visible", has_text=label).first.dblclick()
        for phone in people:
            phone.is_at(stage)
    assert [told_off(phone) for phone in people] == [[], [], []]

    go_to(lead, "feedback")
    for phone in people:
        phone.is_at("feedback")
    typed = {
        "first_step": "Appeler",
        "date": "2026-12-01",
        "with_whom": "La mission locale",
        "report_back": "Au conseil",
    }
    for field, words in typed.items():
        porteur.page.fill(f"#text-feedback-{field}", words)
    porteur.page.locator("#form-feedback-report_back button").dblclick()
    expect(porteur.page.locator("#own .my-sheet")).to_contain_text("La mission locale")
    porteur.page.goto(f"/seance/{house.ask('codes')['session']}/fiche/")
    porteur.page.go_back()
    expect(porteur.page.locator("#line")).to_have_attribute("data-state", "online")
    ana.page.fill("#text-feedback-witness", "La patience")
    ana.page.locator("#form-feedback-witness button").click()
    expect(ana.page.locator("#own")).to_contain_text("La patience")
    porteur.page.wait_for_timeout(700)  # the push that came with it
    there = {field: porteur.page.input_value(f"#text-feedback-{field}") for field in typed}
    assert there == typed
    assert [told_off(phone) for phone in people] == [[], [], []]


def go_to(lead: Phone, stage: str) -> None:
    lead.page.evaluate("document.getElementById('arrange').open = true")
    form = lead.page.locator("form[data-ways=later]")
    form.locator("select").select_option(stage)
    form.locator("button").click()

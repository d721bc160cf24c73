"""Phones whose browser runs no script: every form has a plain action, and reloading is enough."""

from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import House
from tests.browser.phones import Phone

pytestmark = pytest.mark.browser

STAGES = ["sujet", "presentation", "clarification", "demande", "reactions", "feedback", "cloture"]
SUBJECT = "Les jeunes ne viennent plus à la permanence."


@pytest.fixture
def phones(browser: Browser, house: House) -> Iterator[dict[str, Phone]]:
    made = {name: Phone.unpack(browser, house, java_script_enabled=False) for name in ("Inès", "Paul", "Salma")}
    made["Inès"].lead(house, "Inès")
    made["Paul"].join(house, "Paul")
    made["Salma"].join(house, "Salma")
    yield made
    for phone in made.values():
        phone.close()


def test_one_joins_writes_votes_and_leads_by_reloading(phones: dict[str, Phone]) -> None:
    lead, paul, salma = (phones[name].page for name in ("Inès", "Paul", "Salma"))
    lead_to(lead, "sujet")

    paul.reload()
    paul.fill("#text-sujet-subject", SUBJECT)
    paul.click("#form-sujet-subject button")
    expect(paul.locator("#shared")).to_contain_text(SUBJECT)
    expect(paul.locator("#own details#mine")).to_contain_text("Ce que j’ai écrit (1)")

    salma.reload()
    salma.locator("#shared li", has_text=SUBJECT).locator("button[data-mark=vote]").click()
    expect(salma.locator("#shared")).to_contain_text("1 voix")

    lead.reload()
    lead.locator("#shared li", has_text=SUBJECT).locator("button", has_text="Retenir").click()
    expect(lead.locator("#shared")).to_contain_text("Sujet retenu")
    paul.reload()
    expect(paul.locator("#own")).to_have_attribute("data-role", "porteur")

    lead.click("button:has-text('Étape suivante')")
    at(lead, "presentation")
    paul.reload()
    at(paul, "presentation")
    paul.fill("#text-presentation-headline", "Une permanence pour qui ?")
    paul.click("#form-presentation-headline button")
    salma.reload()
    expect(salma.locator("#shared")).to_contain_text("Une permanence pour qui ?")

    lead.click("button:has-text('Revenir')")
    at(lead, "sujet")
    lead.click("button:has-text('Pause')")
    expect(lead.locator("#shared")).to_have_attribute("data-status", "paused")
    lead.click("button:has-text('Reprendre')")
    lead.click("button:has-text('2 min de plus')")
    expect(lead.locator("#shared")).to_have_attribute("data-status", "running")


def test_a_refused_form_comes_back_with_its_reason(phones: dict[str, Phone]) -> None:
    """The room moved on while somebody was writing."""
    lead, salma = phones["Inès"].page, phones["Salma"].page
    lead_to(lead, "sujet")
    salma.reload()
    at(salma, "sujet")
    salma.fill("#text-sujet-subject", "Trop tard")
    lead_to(lead, "presentation")
    salma.click("#form-sujet-subject button")
    expect(salma.locator("#refused")).to_be_visible()
    expect(salma.locator("#refused")).not_to_be_empty()
    expect(salma.locator("#shared")).not_to_contain_text("Trop tard")
    expect(salma.locator("#form-sujet-subject .refused")).to_be_visible()
    expect(salma.locator("#text-sujet-subject")).to_have_value("Trop tard")  # nothing typed is lost
    expect(salma.locator("#form-sujet-subject button")).to_be_disabled()  # that step is over
    salma.get_by_role("link", name="Mettre à jour la page").click()
    expect(salma.locator("#refused")).to_be_hidden()  # said once


def test_a_sentence_is_read_again_before_it_is_public(phones: dict[str, Phone]) -> None:
    lead, paul = phones["Inès"].page, phones["Paul"].page
    sentence = "Un comité revit quand ses membres le reçoivent."
    paul.reload()
    if paul.locator("#own").get_attribute("data-role") != "porteur":
        lead_to(lead, "sujet")
        paul.reload()
        paul.fill("#text-sujet-subject", SUBJECT)
        paul.click("#form-sujet-subject button")
        lead.reload()
        lead.locator("#shared li", has_text=SUBJECT).last.locator("button", has_text="Retenir").click()
    lead_to(lead, "feedback")
    paul.reload()
    paul.fill("#text-feedback-release", sentence)
    paul.click("#form-feedback-release button")
    expect(paul.get_by_role("heading", name="Relire avant de publier")).to_be_visible()
    expect(paul.locator("blockquote")).to_have_text(sentence)
    paul.click("button:has-text('Revenir')")
    expect(paul.locator("#text-feedback-release")).to_have_value(sentence)
    expect(paul.locator("#own .notice")).to_have_count(0)
    paul.click("#form-feedback-release button")
    paul.click("button:has-text('Publier')")
    expect(paul.locator("#own .notice")).to_contain_text(sentence)


def test_a_page_with_a_form_open_does_not_reload_under_the_fingers(phones: dict[str, Phone]) -> None:
    lead, salma = phones["Inès"].page, phones["Salma"].page
    lead_to(lead, "clarification")
    salma.reload()
    expect(salma.locator("form[data-form]:visible")).to_have_count(1)
    expect(salma.locator("meta[http-equiv=refresh]")).to_have_count(0)
    expect(salma.get_by_role("link", name="Mettre à jour la page")).to_be_visible()
    expect(lead.locator("meta[http-equiv=refresh]")).to_have_count(1)


def lead_to(lead: Page, stage: str) -> None:
    """With the facilitator's own buttons, from wherever the room is."""
    lead.reload()
    if lead.locator("#shared").get_attribute("data-status") == "waiting":
        lead.click("button:has-text('Commencer')")
        at(lead, STAGES[0])
    now = STAGES.index(lead.locator("#shared").get_attribute("data-stage") or "")
    wanted = STAGES.index(stage)
    step = 1 if wanted > now else -1
    for position in range(now + step, wanted + step, step) if wanted != now else ():
        lead.click(f"button:has-text('{'Étape suivante' if step > 0 else 'Revenir'}')")
        at(lead, STAGES[position])


def at(page: Page, stage: str) -> None:
    expect(page.locator("#shared")).to_have_attribute("data-stage", stage)

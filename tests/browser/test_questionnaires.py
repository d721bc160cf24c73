"""A questionnaire's life: an organiser makes and sends it, phones answer with and without JavaScript and correct, a
sheet of paper is typed, results are read and crossed. One play; axe on each page."""

import re

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import House
from tests.browser.inspection import Inspection
from tests.browser.phones import PHONE, Phone, sign_in

pytestmark = pytest.mark.browser
LIGHT = (("light", 390), ("light", 1280))


def block(page: Page, label: str):
    return page.locator(".asked-one", has_text=label)


def say(page: Page, label: str, answer: str) -> None:
    block(page, label).get_by_label(answer, exact=True).check()


def test_questionnaire_from_the_model_to_the_crossed_results(house: House, unpack, browser: Browser) -> None:
    inspection = Inspection(looks=LIGHT)
    desk = sign_in(unpack(), house.links.organiser)
    found = re.search(r"/rencontres/([0-9a-f-]{36})/", desk.content() + desk.url)
    assert found
    base = f"/rencontres/{found[1]}/questionnaires/"
    desk.goto(base)
    inspection.look(desk, "questionnaires")
    desk.click("button:has-text('Partir de ce modèle : À chaud')")
    expect(desk.locator(".messages")).to_contain_text("prêt à relire")
    inspection.look(desk, "questions")
    desk.click("nav >> text=Réglages et lien")
    desk.check("#id_is_open")
    desk.click("main button:has-text('Enregistrer')")
    expect(desk.locator(".messages")).to_contain_text("C’est enregistré")
    inspection.look(desk, "réglages")
    link = desk.locator(".sheet a").first.get_attribute("href") or ""
    one = desk.url
    desk.goto(f"{one}courriels/")
    desk.click("button:has-text('Envoyer à')")
    expect(desk.locator("main")).to_contain_text("courriels envoyés")
    inspection.look(desk, "courriels")

    # a phone: the question that follows « oui » appears, the answers are sent, come back to, corrected
    phone = unpack().page
    phone.goto(link)
    step = block(phone, "premier pas")
    expect(step).to_be_hidden()
    inspection.look(phone, "répondre", phone=True)
    say(phone, "Avez-vous rencontré", "oui")
    expect(step).to_be_visible()
    step.locator("textarea").fill("Lui écrire lundi")
    say(phone, "sera-t-elle utile", "4")
    phone.click("button:has-text('Envoyer mes réponses')")
    expect(phone.locator("h1")).to_contain_text("Merci")
    inspection.look(phone, "merci", phone=True)
    phone.click("text=Corriger mes réponses")
    expect(step.locator("textarea")).to_have_value("Lui écrire lundi")
    say(phone, "Avez-vous rencontré", "non")
    expect(step).to_be_hidden()
    inspection.look(phone, "corriger", phone=True)
    phone.click("button:has-text('Enregistrer mes réponses')")
    expect(phone.locator(".hint")).to_contain_text("n’est pas comptée")  # said, not lost in silence

    # another, without JavaScript: everything is asked, nothing sent empty; the same address corrects
    bare = Phone.unpack(browser, house, PHONE, java_script_enabled=False).page
    bare.goto(link)
    expect(block(bare, "premier pas")).to_be_visible()
    bare.click("button:has-text('Envoyer mes réponses')")
    expect(bare.locator(".errors")).to_contain_text("Rien n’est coché ni écrit")
    say(bare, "sera-t-elle utile", "2")
    say(bare, "Avez-vous rencontré", "oui")
    bare.click("button:has-text('Envoyer mes réponses')")
    bare.goto(bare.locator("[data-sent]").get_attribute("href") or "")
    expect(block(bare, "sera-t-elle utile").get_by_label("2", exact=True)).to_be_checked()
    say(bare, "sera-t-elle utile", "3")
    bare.click("button:has-text('Enregistrer mes réponses')")
    expect(bare.locator("h1")).to_contain_text("Merci")
    bare.context.close()

    # the sheets: one by keyboard, twenty-four as its page sends them
    desk.goto(f"{one}papier/")
    inspection.look(desk, "papier")
    say(desk, "sera-t-elle utile", "5")
    say(desk, "Avez-vous rencontré", "non")
    desk.click("button:has-text('Enregistrer et passer')")
    expect(desk.locator(".messages")).to_contain_text("Feuille 1 saisie")
    useful, met = (block(desk, label).locator("input").first for label in ("sera-t-elle utile", "Avez-vous rencontré"))
    names = [each.get_attribute("name") or "" for each in (useful, met)]
    token = desk.locator("form.typed input[name=csrfmiddlewaretoken]").get_attribute("value") or ""
    for number in range(2, 26):
        said = {"number": str(number), names[0]: "15"[number % 2], names[1]: "12"[number % 4 // 2]}
        answer = desk.request.post(
            f"{one}papier/", form={**said, "csrfmiddlewaretoken": token}, headers={"Referer": house.url}
        )
        assert answer.status == 200, answer.text()[:300]

    desk.goto(f"{one}resultats/")
    result = desk.locator(".result", has_text="sera-t-elle utile")
    expect(result).to_contain_text("25 réponses")  # the sheets; what came by phones waits to be five
    expect(desk.locator("main")).to_contain_text("2 réponses attendent")
    expect(result).to_contain_text("Le plus souvent")
    expect(desk.locator(".result", has_text="premier pas")).not_to_contain_text("Lui écrire lundi")
    rows, columns = desk.locator("#rows"), desk.locator("#columns")
    rows.select_option(label=next(t for t in rows.locator("option").all_inner_texts() if "utile" in t))
    columns.select_option(label=next(t for t in columns.locator("option").all_inner_texts() if "rencontré" in t))
    desk.click("button:has-text('Croiser')")
    expect(desk.locator("table.crossed caption")).to_contain_text("selon")
    inspection.look(desk, "résultats")
    cells = [text for text in desk.locator("table.crossed tbody td").all_inner_texts() if text.strip().isdigit()]
    assert sorted(cells) == ["12", "13", "6", "6", "6", "7"]
    desk.goto(f"{one}effacement/")
    inspection.look(desk, "effacer")
    inspection.verdict()

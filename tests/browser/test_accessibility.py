"""Pages of everybody, of who registers and of the desk under axe-core (WCAG 2.2 AA); reflow; keyboard."""

import datetime as dt
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import expect

from tests.browser.addresses import day_of, kind_of
from tests.browser.house import House
from tests.browser.inspection import Inspection
from tests.browser.keyboard import walk_by_tab
from tests.browser.phones import SOON, WALL, Phone, sign_in

pytestmark = pytest.mark.browser


def test_pages_of_everybody(unpack: Callable[..., Phone], house: House, inspection: Inspection) -> None:
    page = unpack().page
    for path in (
        "/", "/s/", house.links.join, house.links.facilitate, house.links.public, "/connexion/", "/accessibilite/",
        "/a-propos/", house.links.organiser, house.ask("link", "1"),
    ):  # fmt: skip
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        inspection.look(page, kind_of(path), phone="/s/" in path)
    for path, status in (
        ("/s/BABA00/", 404), ("/rien/", 404), ("/fiche/x/", 404), ("/connexion/lien/?jeton=x", 403),
        ("/seance/01a20636-5e6b-744c-bb91-d8d2dc18bdc4/", 404), ("/projection/x/", 404),
    ):  # fmt: skip
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == status, path
        inspection.look(page, f"{kind_of(path)} {status}", phone=True)
    page.goto(house.links.join)
    page.context.clear_cookies()
    page.fill("#name", "Trop tard")
    page.click("button:has-text('Entrer')")  # the form's token is gone: 403
    expect(page.locator("main")).to_contain_text("ouverte trop longtemps")
    inspection.look(page, "a form that waited too long 403")
    page.goto("/s/")
    page.fill("#code", "xx")
    with page.expect_navigation():
        page.click("button:has-text('Entrer')")
    inspection.look(page, "a mistyped code", phone=True)
    inspection.verdict()


@pytest.mark.parametrize("language", ["ar", *(pytest.param(one, marks=pytest.mark.long) for one in ("en", "de", "tr"))])
def test_pages_in_another_language(
    unpack: Callable[..., Phone], house: House, inspection: Inspection, language: str
) -> None:
    """A participant's pages and first step; of the languages that are whole, the pages of everybody too."""
    page = unpack().page
    page.context.add_cookies([{"name": "langue", "value": language, "url": house.url}])
    whole = ("/accessibilite/", "/a-propos/", "/connexion/", "/donnees/") if language in ("en", "de") else ()
    for path in ("/", "/s/", "/affichage/", house.links.public, *whole, house.links.join):
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        assert page.evaluate("[document.documentElement.lang, document.documentElement.dir]") == [
            language,
            "rtl" if language == "ar" else "",
        ]
        inspection.look(page, f"{kind_of(path)} in {language}", phone=True)
    page.fill("#name", "Samira")
    page.click("form.stack button")
    expect(page.locator("#shared")).to_be_visible()
    inspection.look(page, f"a seat in {language}", phone=True)
    inspection.verdict()


def test_pages_of_who_registers(unpack: Callable[..., Phone], house: House, inspection: Inspection) -> None:
    staff = sign_in(unpack(viewport=WALL), house.links.organiser)
    staff.goto(f"/rencontres/{house.ask('codes')['gathering']}/copie/")
    staff.fill("[name=title]", "La prochaine journée")
    staff.fill("[name=date]", (dt.datetime.now(dt.UTC) + dt.timedelta(days=30)).date().isoformat())
    staff.locator("main form button").first.click()
    day = day_of(staff)
    staff.goto(f"{day}inscriptions/formulaire/")
    staff.check("[name=is_open]")
    staff.fill("[name=capacity]", "1")
    staff.click("main form button:has-text('Enregistrer')")
    link = staff.locator("main a[href*='/inscription/']").first.get_attribute("href")
    assert link
    page = unpack().page
    page.goto(httpx.URL(link).path)
    inspection.look(page, "the form", phone=True)
    page.fill("[name=email]", "jeanne")
    page.click("text=M’inscrire")
    expect(page.locator(".errors")).to_be_visible()
    inspection.look(page, "the form, with faults", phone=True)
    page.fill("[name=first_name]", "Jeanne")
    page.fill("[name=email]", "jeanne@exemple.invalid")
    page.click("main form button")
    expect(page.locator("h1")).to_contain_text("C’est envoyé")
    inspection.look(page, "sent", phone=True)
    page.click("text=Inscrire une autre personne")
    page.fill("[name=first_name]", "Karim")
    page.click("text=M’inscrire sur la liste d’attente")
    expect(page.locator("main")).to_contain_text("Votre rang dans la file : 1")
    inspection.look(page, "one's own page, waiting", phone=True)
    own = page.url
    for name in ("reponses", "donnees", "effacement", "annulation"):
        page.goto(f"{own}{name}/")
        inspection.look(page, f"one's own page: {name}", phone=True)
    page.click("text=Oui, annuler mon inscription")  # a real browser's Origin, under no-referrer
    expect(page.locator("main")).to_contain_text("Votre inscription est annulée")
    inspection.look(page, "one's own page, cancelled", phone=True)
    for path in ("inscriptions/attente/", "accueil/listes/"):
        staff.goto(day + path)
        inspection.look(staff, path)
    inspection.verdict()


def test_pages_of_the_desk(unpack: Callable[..., Phone], house: House, inspection: Inspection) -> None:
    page = sign_in(unpack(), house.links.desk)
    inspection.look(page, "desk", phone=True)
    page.goto(f"{day_of(page)}accueil/?q=zzzz")
    inspection.look(page, "desk: nobody found", phone=True)
    page.goto(f"{day_of(page)}a-retenir/")
    inspection.look(page, "a page the desk may not open")
    inspection.verdict()


# --- by keyboard ------------------------------------------------------------------------------------------------------


def test_tab_reaches_every_control(unpack: Callable[..., Phone], house: House) -> None:
    lead = unpack().lead(house, "Inès")
    paul = unpack().join(house, "Paul")
    walk_by_tab(paul.page)
    lead.press("Commencer")
    paul.is_at("sujet")
    paul.write("sujet-subject", "Ouvrir le soir")
    paul.sees("Ouvrir le soir")
    lead.sees("Ouvrir le soir")
    walk_by_tab(paul.page)
    walk_by_tab(lead.page)


def test_a_form_is_sent_by_keyboard(unpack: Callable[..., Phone], house: House) -> None:
    lead = unpack().lead(house, "Inès")
    paul = unpack().join(house, "Rose").page
    if paul.locator("#shared").get_attribute("data-status") == "waiting":  # another test may have begun
        lead.press("Commencer")
    expect(paul.locator("#shared")).to_have_attribute("data-stage", "sujet", timeout=SOON)
    paul.focus("#text-sujet-subject")
    paul.keyboard.type("Écrit sans souris")
    paul.keyboard.press("Tab")
    paul.keyboard.press("Tab")  # past « que quelqu’un d’autre le porte »
    paul.keyboard.press("Enter")
    expect(paul.locator("#shared")).to_contain_text("Écrit sans souris", timeout=SOON)


@pytest.mark.parametrize("path", ["/", "/connexion/", "/accessibilite/"])
def test_the_skip_link_leads_to_the_content(unpack: Callable[..., Phone], path: str) -> None:
    page = unpack().page
    page.goto(path)
    page.keyboard.press("Tab")
    assert page.evaluate("document.activeElement.className") == "skip"
    assert page.evaluate("document.activeElement.getBoundingClientRect().top >= 0")
    page.keyboard.press("Enter")
    page.keyboard.press("Tab")
    assert page.evaluate(
        "document.querySelector('#content').contains(document.activeElement)"
        " || Boolean(document.activeElement.closest('footer'))"  # the content holds nothing to reach
    )

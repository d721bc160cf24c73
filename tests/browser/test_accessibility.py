"""Pages of everybody, of who registers and of the desk under axe-core (WCAG 2.2 AA); reflow; keyboard."""

import datetime as dt
from collections.abc import Callable

import httpx
import pytest
from playwright.sync_api import Page, expect

from tests.browser.addresses import day_of, kind_of
from tests.browser.canaries import Listener, Recorder
from tests.browser.house import House
from tests.browser.inspection import Inspection
from tests.browser.keyboard import press_on, reach, stays_at, type_in
from tests.browser.phones import DOUBLE_TAP, SOON, WALL, Phone, sign_in

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


@pytest.mark.parametrize(
    ("language", "inspection"),
    [pytest.param("ar", False), *(pytest.param(one, True, marks=pytest.mark.long) for one in ("ar", "en", "de", "tr"))],
    indirect=["inspection"],
)
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
    type_in(page, "[name=email]", "jeanne")  # by keyboard alone, from here until it is sent
    reach(page, "main form button")
    enter(page)
    expect(page.locator(".errors")).to_be_visible()
    inspection.look(page, "the form, with faults", phone=True)
    press_on(page, ".errors a[href='#id_first_name']")
    page.keyboard.type("Jeanne")
    reach(page, "[name=email]")
    page.keyboard.press("Control+a")
    page.keyboard.type("jeanne@exemple.invalid")
    reach(page, "main form button")
    enter(page, "Space")
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


def test_codev_by_keyboard_alone(unpack: Callable[..., Phone], house: House) -> None:
    """From the code of the room to the sentence that leaves it; whatever is pushed takes the focus from nobody."""
    porteur, lead = unpack().page, unpack().page
    ana = Listener("Ana", house.url, Recorder())
    porteur.goto("/")
    type_in(porteur, "#code", house.links.code)
    enter(porteur)
    type_in(porteur, "#name", "Cléo")
    reach(porteur, "#table")
    porteur.keyboard.press("ArrowDown")
    expect(porteur.locator("#table")).to_have_value("1")
    reach(porteur, "form.stack button")
    enter(porteur, "Space")
    expect(porteur.locator("#own .me")).to_contain_text("Cléo")
    lead.goto(house.links.facilitate)
    type_in(lead, "#name", "Inès")
    enter(lead)
    session = ana.fill(house.links.join, {"name": "Ana", "table": "1", "role": ""}).url.path.split("/")[2]
    expect(lead.locator("#shared")).to_contain_text("Table 1", timeout=SOON)

    press_on(lead, "button[value=open]")
    at("sujet", lead, porteur)
    stays_at(lead, ".controls button[value=advance]")  # « Commencer » is gone: the bar keeps the focus
    expect(porteur.locator("#step-said")).to_contain_text("Le sujet")  # said to who does not see it
    type_in(porteur, "#text-sujet-subject", "Relancer le comité")
    ana.does(session, "write", {"kind": "subject", "text": "Ouvrir le soir"})
    expect(porteur.locator("#shared")).to_contain_text("Ouvrir le soir", timeout=SOON)
    stays_at(porteur, "#text-sujet-subject")
    porteur.keyboard.type(" technique")
    press_on(porteur, "#form-sujet-subject [type=checkbox]", "Space")
    porteur.keyboard.press("Space")
    press_on(porteur, "#form-sujet-subject button:not([type])")
    subject = "#shared li:has(> p:text-is('Relancer le comité technique'))"
    expect(lead.locator(subject)).to_be_visible(timeout=SOON)
    chosen = lead.locator(subject).get_attribute("id")
    press_on(lead, f"#{chosen} button[value=choose]", "Space")
    expect(porteur.locator("#own")).to_have_attribute("data-role", "porteur", timeout=SOON)
    expect(lead.locator(f"#{chosen}.chosen")).to_be_visible(timeout=SOON)
    assert lead.evaluate("document.activeElement !== document.body")  # « Retenir » is gone from its card

    press_on(lead, ".controls button[value=advance]")
    at("presentation", lead, porteur)
    stays_at(lead, ".controls button[value=advance]")
    type_in(porteur, "#text-presentation-headline", "Un comité sans comité")
    press_on(porteur, "#form-presentation-headline button")
    expect(porteur.locator("#shared .headline")).to_have_text("Un comité sans comité", timeout=SOON)
    step_on(lead, "clarification", porteur)
    stays_at(porteur, "#shared h1")  # the form it was in is over: the next step's title
    ana.does(session, "write", {"kind": "question", "text": "Qui ne vient plus ?"})
    expect(porteur.locator("#shared")).to_contain_text("Qui ne vient plus ?", timeout=SOON)
    reach(porteur, "#parent-clarification-answer")
    porteur.keyboard.press("ArrowDown")
    type_in(porteur, "#text-clarification-answer", "Les bailleurs.")
    press_on(porteur, "#form-clarification-answer button")
    expect(porteur.locator("#shared li li")).to_contain_text("Les bailleurs.", timeout=SOON)
    step_on(lead, "demande", porteur)
    type_in(porteur, "#text-demande-request_statement", "Faire revenir les absents")
    press_on(porteur, "#form-demande-request_statement button")
    expect(porteur.locator("#shared .request")).to_contain_text("Faire revenir", timeout=SOON)
    step_on(lead, "reactions", porteur)
    for text in ("Aller chez eux.", "Un repas."):
        ana.does(session, "write", {"kind": "idea", "text": text})
        expect(porteur.locator("#shared")).to_contain_text(text, timeout=SOON)
    press_on(porteur, "#shared li:first-child button[data-mark=retained]", "Space")
    kept = "button[data-mark=retained][aria-pressed=true]"
    stays_at(porteur, kept)
    ana.does(session, "write", {"kind": "idea", "text": "Une lettre."})
    expect(porteur.locator("#shared")).to_contain_text("Une lettre.", timeout=SOON)
    stays_at(porteur, kept)
    step_on(lead, "feedback", porteur)
    type_in(porteur, "#text-feedback-first_step", "Appeler le bailleur")
    press_on(porteur, "#form-feedback-first_step button")
    expect(porteur.locator("#own .my-sheet")).to_contain_text("Appeler le bailleur", timeout=SOON)
    type_in(porteur, "#text-feedback-release", "Un comité revit quand on le reçoit.")
    press_on(porteur, "#form-feedback-release button")
    stays_at(porteur, "dialog button[value=no]")  # what can be undone first: « Revenir »
    porteur.keyboard.press("Shift+Tab")
    stays_at(porteur, "dialog button[value=yes]")
    porteur.keyboard.press("Enter")
    stays_at(porteur, "#form-feedback-release button")  # the dialog gives back what it took
    expect(porteur.locator("#own .notice")).to_contain_text("Un comité revit", timeout=SOON)
    step_on(lead, "cloture", porteur)
    lead.wait_for_timeout(DOUBLE_TAP * 1_000)  # sooner, it would be the same press
    press_on(lead, ".controls button[value=close]")
    stays_at(lead, "dialog button[value=no]")  # it is there before any other key
    lead.keyboard.press("Shift+Tab")
    stays_at(lead, "dialog button[value=yes]")
    lead.keyboard.press("Enter")
    expect(porteur.locator("#shared")).to_have_attribute("data-status", "closed", timeout=SOON)
    expect(lead.locator("#shared")).to_have_attribute("data-status", "closed", timeout=SOON)
    assert lead.evaluate("document.activeElement !== document.body")
    expect(porteur.locator("#step-said")).to_contain_text("C’est fini")
    ana.client.close()


def enter(page: Page, key: str = "Enter") -> None:
    with page.expect_navigation():
        page.keyboard.press(key)


def at(stage: str, *pages: Page) -> None:
    for page in pages:
        expect(page.locator("#shared")).to_have_attribute("data-stage", stage, timeout=SOON)


def step_on(lead: Page, stage: str, *others: Page) -> None:
    """The focus is where the last step was begun from."""
    stays_at(lead, ".controls button[value=advance]")
    lead.wait_for_timeout(DOUBLE_TAP * 1_000)
    lead.keyboard.press("Enter")
    at(stage, lead, *others)

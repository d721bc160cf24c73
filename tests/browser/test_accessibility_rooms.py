"""The live screens, stage by stage, under axe-core."""

from collections.abc import Callable
from importlib.resources import files
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Locator, Page, expect

from maillage.lib.languages import FRENCH, NAMES, WHOLE
from tests.browser.addresses import day_of
from tests.browser.house import House
from tests.browser.inspection import LOOKS, Inspection
from tests.browser.phones import PHONE, SOON, WALL, Phone, sign_in

pytestmark = pytest.mark.browser


SAMPLE_THEN_ALL = [
    pytest.param(FRENCH, False, id="sample"),
    *(pytest.param(one, True, id=one, marks=pytest.mark.long) for one in NAMES),
]


@pytest.mark.parametrize(("language", "inspection"), SAMPLE_THEN_ALL, indirect=["inspection"])
def test_live_screens_stage_by_stage(
    make_house: Callable[[str], House], browser: Browser, inspection: Inspection, language: str
) -> None:
    """Of the languages that only participants read, their screens."""
    house = make_house("screens")
    house.start()
    porteur, ana = (Phone.unpack(browser, house, language=language) for _number in range(2))
    lead, wall, room = (
        Phone.unpack(browser, house, language=language if language in WHOLE else FRENCH) for _number in range(3)
    )
    if language != FRENCH:
        inspection.looks = inspection.looks[:2]
    lead.lead(house, "Émilie")
    porteur.join(house, "Cléo")
    ana.join(house, "Ana")
    wall.page.goto(house.links.project)
    sign_in(room, house.links.organiser)
    gathering = day_of(room.page)
    room.page.goto(f"/regie/{house.ask('codes')['session']}/")
    phones = {"facilitator": lead, "porteur": porteur, "contributor": ana, "projector": wall, "control": room}

    def look(stage: str, *roles: str) -> None:
        for role in roles or phones:
            phone = phones[role]
            if phone.language != language:
                continue
            inspection.look(phone.page, f"{role}, {stage}, {language}", phone=role not in ("projector", "control"))
            phone.page.set_viewport_size(WALL if role == "projector" else PHONE)

    def advance(stage: str) -> None:
        lead.press("Étape suivante")
        for phone in phones.values():
            phone.is_at(stage)

    look("waiting")
    lead.press("Commencer")
    porteur.is_at("sujet")
    ana.is_at("sujet")
    porteur.write("sujet-subject", "Relancer le comité technique")
    ana.write("sujet-subject", "Ouvrir le soir")
    ana.page.locator("#shared li", has_text="Relancer").locator("button[data-mark=vote]").click()
    subject = lead.page.locator("#shared li", has_text="Relancer")
    expect(subject.locator(".card-who strong")).to_contain_text("1")
    subject.locator("button[value=choose]").click()
    expect(porteur.page.locator("#own")).to_have_attribute("data-role", "porteur", timeout=SOON)
    lead.page.locator("#lead summary").click()
    look("sujet", "facilitator", "porteur", "contributor")
    lead.page.locator("#lead summary").click()
    look_at_a_second_phone(ana, house, browser, inspection)
    advance("presentation")
    porteur.write("presentation-headline", "Un comité sans comité")
    ana.sees("Un comité sans comité")
    ana.page.locator("#around summary").click()
    look("presentation", "porteur", "contributor")
    advance("clarification")
    ana.write("clarification-question", "Qui ne vient plus ?")
    ana.page.fill("#text-clarification-question", "Tu devrais changer d’horaire")
    porteur.sees("Qui ne vient plus ?")
    porteur.page.select_option("#parent-clarification-answer", label="Qui ne vient plus ?")
    porteur.write("clarification-answer", "Les bailleurs.")
    ana.sees("Les bailleurs.")
    lead.press("Pause")
    expect(ana.page.locator("#shared .tag")).to_contain_text(ana.words("pause"), timeout=SOON)
    expect(ana.page.locator("#step-said")).to_contain_text(ana.words("pause"))  # and said
    look("clarification, paused, a hint", "facilitator", "porteur", "contributor", "projector")
    lead.press("Reprendre")
    advance("demande")
    look("demande, a text left behind", "contributor")
    ana.page.fill("#text-clarification-question", "")
    advance("reactions")
    ana.write("reactions-idea", "Tenir la réunion chez un partenaire.")
    porteur.sees("Tenir la réunion")
    porteur.page.locator("button[data-mark=retained]").click()
    expect(porteur.page.locator("#own .my-sheet")).to_contain_text("Tenir la réunion", timeout=SOON)
    ana.page.locator("#mine summary").click()
    look("reactions")
    advance("feedback")
    porteur.write("feedback-first_step", "Appeler la mission locale")
    porteur.write("feedback-release", "Un comité revit quand ses membres le reçoivent.")
    porteur.page.get_by_role("dialog").locator("button[value=yes]").click()
    expect(porteur.page.locator("#own .notice")).to_be_visible(timeout=SOON)
    look("feedback", "facilitator", "porteur", "contributor")
    advance("cloture")
    lead.tap(lead.page.locator(".controls button[value=close]"))
    lead.page.get_by_role("dialog").locator("button[value=yes]").click()
    expect(ana.page.locator("#shared")).to_have_attribute("data-status", "closed", timeout=SOON)
    look("closed")
    porteur.page.goto(f"/seance/{house.ask('codes')['session']}/fiche/")
    inspection.look(porteur.page, "the porteur’s sheet", phone=True)
    if language == FRENCH:  # elsewhere: test_accessibility_whole
        look_after(house, lead, room, gathering, inspection)
        late = Phone.unpack(browser, house)
        late.page.goto(house.url + house.links.join)
        inspection.look(late.page, "a closed session 410", phone=True)
        late.close()
    for phone in phones.values():
        phone.close()
    inspection.verdict()


def look_at_a_second_phone(ana: Phone, house: House, browser: Browser, inspection: Inspection) -> None:
    there = ana.page.url
    ana.page.click("#phone a")
    ana.page.wait_for_url("**/autre-telephone/")
    inspection.look(ana.page, f"another phone, {ana.language}", phone=True)
    second = Phone.unpack(browser, house, language=ana.language)
    second.page.goto(ana.page.locator("main a.address").get_attribute("href") or "")
    inspection.look(second.page, f"a seat taken along, {ana.language}", phone=True)
    second.close()
    ana.page.goto(there)
    ana.is_at("sujet")


def look_after(house: House, lead: Phone, room: Phone, gathering: str, inspection: Inspection) -> None:
    lead.page.goto(f"/seance/{house.ask('codes')['session']}/a-retenir/?siege=a")
    inspection.look(lead.page, "what the room keeps", phone=True)
    lead.page.goto(f"/seance/{house.ask('codes')['session']}/papier/?siege=a")
    for step in lead.page.locator("summary").all():
        step.click()
    inspection.look(lead.page, "what was done on paper", phone=True)
    look_at_photos(lead.page, f"/seance/{house.ask('codes')['session']}/photos/?siege=a", inspection)
    for path in ("regie/", "a-retenir/"):
        room.page.goto(gathering + path)
        inspection.look(room.page, f"organiser, after: {path}")
    room.page.goto("/etat-du-serveur/")
    inspection.look(room.page, "how the server goes", phone=True)


OTHER_METHODS = sorted(
    each.name.removesuffix(".toml") for each in files("facilitation").joinpath("library").iterdir()
    if each.name.endswith(".toml") and not each.name.startswith("codev")
)  # fmt: skip
MOST_STEPS = 40


@pytest.mark.long
@pytest.mark.parametrize("language", NAMES)
def test_live_screens_of_the_other_methods(make_house: Callable[[str], House], browser: Browser, language: str) -> None:
    """Each stage of each method once, with whatever it asks answered; what is hidden, then shown."""
    house = make_house("methods")
    house.open_rooms(dict.fromkeys(OTHER_METHODS, 1))
    house.start()
    inspection = Inspection(whole=True, looks=LOOKS[:2])
    for method in OTHER_METHODS:
        play(method, house, browser, language, inspection)
    inspection.verdict()


def play(method: str, house: House, browser: Browser, language: str, inspection: Inspection) -> None:
    all_read = language in WHOLE
    lead = Phone.unpack(browser, house, language=language if all_read else FRENCH).lead(house, "Lise", workshop=method)
    ana, bob = (
        Phone.unpack(browser, house, language=language).join(house, name, workshop=method) for name in ("Ana", "Bob")
    )
    wall = Phone.unpack(browser, house, WALL, language=language if all_read else FRENCH)
    wall.page.goto(house.links_of(method).project)
    looked = {"participant": ana} | ({"facilitator": lead, "projector": wall} if all_read else {})

    def look(stage: str) -> None:
        for role, phone in looked.items():
            inspection.look(phone.page, f"{method}, {stage}, {role}, {language}", phone=role != "projector")
            phone.page.set_viewport_size(WALL if role == "projector" else PHONE)

    lead.press("Commencer")
    expect(lead.page.locator("#shared")).to_have_attribute("data-status", "running", timeout=SOON)
    known: set[str] = set()
    for _step in range(MOST_STEPS):
        shared = lead.page.locator("#shared")
        stage, step = (shared.get_attribute(f"data-{name}") or "" for name in ("stage", "step"))
        for phone in (ana, bob, wall):
            expect(phone.page.locator("#shared")).to_have_attribute("data-step", step, timeout=SOON)
        if stage not in known:
            known.add(stage)
            for phone in (ana, bob):
                answer(phone.page)
            look(stage)
            reveal = lead.page.locator(".controls button[value=reveal]")
            if reveal.count():
                press(lead, reveal)
                look(f"{stage}, shown")
        advance = lead.page.locator(".controls button[value=advance]")
        if not advance.count():
            break
        press(lead, advance)
        expect(shared).not_to_have_attribute("data-step", step, timeout=SOON)
    for phone in (lead, ana, bob, wall):
        phone.close()


def press(lead: Phone, control: Locator) -> None:
    """And says yes, where it is asked."""
    asked = control.get_attribute("data-confirm")
    with lead.page.expect_response("**/moves*"):
        lead.tap(control)
        if asked:
            lead.page.locator("#confirm button[value=yes]").click()


def answer(page: Page) -> None:
    """Whatever is asked here and now: a text, a vote, a box, a number."""
    for form in page.locator(".forms form[data-form]:visible").all():
        text, number = form.locator("textarea"), form.locator("input[type=number]")
        votes, boxes = (
            form.locator(".votes button"),
            form.locator("input[type=radio], input[type=checkbox][name=value]"),
        )
        if votes.count():
            votes.first.click()
        elif number.count():
            number.fill(number.get_attribute("min") or "1")
            form.locator("button:not([type=button])").first.click()
        elif boxes.count():
            boxes.first.check()
        elif text.count():
            text.fill("Un mot, pour voir, avec la mairie et le centre social")
            form.locator("button:visible").first.click()


def look_at_photos(page: Page, address: str, inspection: Inspection) -> None:
    """The form sent empty, a photo with people on it, the question before it goes."""
    page.goto(address)
    page.click("text=Ajouter cette photo")
    expect(page.locator(".errors")).to_be_visible()
    inspection.look(page, "a photo of a paper board, sent empty", phone=True)
    board = BytesIO()
    Image.new("RGB", (400, 300), "#eee").save(board, "JPEG")
    page.set_input_files("#id_photo", {"name": "IMG.JPG", "mimeType": "image/jpeg", "buffer": board.getvalue()})
    page.fill("#id_caption", "Trois colonnes : envies, freins, premiers pas.")
    page.check("[name=people_on_it][value=oui]")
    page.check("[name=agreed]")
    page.click("text=Ajouter cette photo")
    expect(page.locator(".board-photo img")).to_have_js_property("naturalWidth", 400)
    inspection.look(page, "the photos of a session", phone=True)
    page.click("text=Retirer cette photo")
    expect(page.locator("h1")).to_contain_text("Retirer cette photo ?")
    inspection.look(page, "a photo’s removal", phone=True)

"""The live screens, stage by stage, under axe-core."""

from collections.abc import Callable
from io import BytesIO

import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, expect

from tests.browser.addresses import day_of
from tests.browser.house import House
from tests.browser.inspection import Inspection
from tests.browser.phones import PHONE, SOON, WALL, Phone, sign_in

pytestmark = pytest.mark.browser


def test_live_screens_stage_by_stage(
    unpack: Callable[..., Phone], make_house: Callable[[str], House], browser: Browser, inspection: Inspection
) -> None:
    house = make_house("screens")
    house.start()
    lead, porteur, ana, wall, room = (Phone.unpack(browser, house) for _number in range(5))
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
            inspection.look(phone.page, f"{role}, {stage}", phone=role not in ("projector", "control"))
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
    lead.sees("1 voix")
    lead.page.locator("#shared li", has_text="Relancer").locator("button", has_text="Retenir").click()
    expect(porteur.page.locator("#own")).to_have_attribute("data-role", "porteur", timeout=SOON)
    lead.page.locator("#lead summary").click()
    look("sujet", "facilitator", "porteur", "contributor")
    lead.page.locator("#lead summary").click()
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
    expect(ana.page.locator("#shared .tag")).to_contain_text("pause", timeout=SOON)
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
    porteur.page.get_by_role("dialog").get_by_role("button", name="Publier").click()
    expect(porteur.page.locator("#own .notice")).to_be_visible(timeout=SOON)
    look("feedback", "facilitator", "porteur", "contributor")
    advance("cloture")
    lead.press("Terminer la séance")
    lead.page.get_by_role("dialog").get_by_role("button", name="Terminer la séance").click()
    expect(ana.page.locator("#shared")).to_have_attribute("data-status", "closed", timeout=SOON)
    look("closed")
    porteur.page.goto(f"/seance/{house.ask('codes')['session']}/fiche/")
    inspection.look(porteur.page, "the porteur’s sheet", phone=True)
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
    late = unpack().page
    late.goto(house.url + house.links.join)
    inspection.look(late, "a closed session 410", phone=True)
    for phone in phones.values():
        phone.close()
    inspection.verdict()


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

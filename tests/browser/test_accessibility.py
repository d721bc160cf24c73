"""Every page reached, under axe-core (WCAG 2.2 AA), at phone and desk widths, light and dark; reflow; keyboard."""

import datetime as dt
import re
from collections.abc import Callable, Iterator
from importlib.resources import files
from io import BytesIO

import httpx
import pytest
from PIL import Image
from playwright.sync_api import Browser, Page, ViewportSize, expect

from tests.browser.house import House
from tests.browser.inspection import REST, SAMPLE, Inspection
from tests.browser.phones import PHONE, SOON, WALL, Phone, sign_in

pytestmark = pytest.mark.browser

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
DOWNLOADS = (".pdf", ".png", ".svg", ".csv", ".xlsx", ".ics", ".eml", ".toml", ".json", ".geojson", ".atom", ".graphml")
FOR_MACHINES = re.compile(r"/seance/|/api/v1/.|/carte\.")  # seats of their own; answers in JSON; pictures
MOST_PAGES = 130
DAY = re.compile(r"/rencontres/[0-9a-f-]{36}/")


@pytest.fixture(params=[pytest.param(SAMPLE, id="sample"), pytest.param(REST, id="rest", marks=pytest.mark.long)])
def inspection(request: pytest.FixtureRequest) -> Inspection:
    return Inspection(request.param)


@pytest.fixture
def unpack(browser: Browser, house: House) -> Iterator[Callable[..., Phone]]:
    made: list[Phone] = []

    def make(viewport: ViewportSize = PHONE) -> Phone:
        made.append(Phone.unpack(browser, house, viewport))
        return made[-1]

    yield make
    for phone in made:
        phone.close()


def verdict(inspection: Inspection) -> None:
    print(inspection.report() + "".join(f"\n  {page}" for page in inspection.pages))
    assert inspection.faults == [], "\n" + "\n".join(inspection.faults)


def kind_of(address: str) -> str:
    for pattern, name in ONE_PAGE:
        address = pattern.sub(name, address)
    return address


def day_of(page: Page) -> str:
    found = DAY.search(page.url)
    assert found, page.url
    return found[0]


def crawl(page: Page, start: str, inspection: Inspection) -> None:
    """Follows every link of every page, once for each kind of page."""
    waiting, known = [start], {kind_of(start)}
    while waiting:
        path = waiting.pop(0)
        answer = page.goto(path)
        assert answer is not None
        assert answer.status == 200, path
        inspection.look(page, kind_of(path))
        links = page.eval_on_selector_all(
            "a[href]", "links => links.map((link) => new URL(link.getAttribute('href'), document.baseURI).href)"
        )
        for link in links:
            target = httpx.URL(link)
            if target.host != "localhost" or target.path.endswith(DOWNLOADS) or FOR_MACHINES.search(target.path):
                continue
            if kind_of(target.path) not in known and len(known) < MOST_PAGES:
                known.add(kind_of(target.path))
                waiting.append(target.path)


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
    verdict(inspection)


def test_pages_of_the_organiser(unpack: Callable[..., Phone], house: House, inspection: Inspection) -> None:
    page = sign_in(unpack(viewport=WALL), house.links.organiser)
    crawl(page, "/rencontres/", inspection)
    day = f"/rencontres/{house.ask('codes')['gathering']}"
    import_a_file(page, day, inspection)
    for path, form in ((f"{day}/inscriptions/nouvelle/", "main form"), ("/rencontres/nouvelle/", "main form")):
        page.goto(path)
        with page.expect_navigation():
            page.locator(form).last.evaluate("form => form.submit()")  # past the browser's own checks
        inspection.look(page, f"{kind_of(path)} sent empty")
    verdict(inspection)


def import_a_file(page: Page, day: str, inspection: Inspection) -> None:
    """Upload, columns, preview: the steps of an import that nobody confirms."""
    page.goto(f"{day}/inscriptions/import/")
    content = (files("maillage.gatherings") / "data" / "inscriptions-jr-2025.csv").read_bytes()
    doubtful = content.replace("Co-développement".encode(), b"Codeveloppment", 3)
    page.set_input_files("input[type=file]", {"name": "liste.csv", "mimeType": "text/csv", "buffer": doubtful})
    page.locator("main form", has=page.locator("input[type=file]")).locator("button").first.click()
    page.wait_for_url(re.compile("/import/[0-9a-f-]{36}/"))
    inspection.look(page, "import: preview")
    page.goto(re.sub(r"(/import/[0-9a-f-]{36}/).*", r"\1colonnes/", page.url))
    inspection.look(page, "import: columns")
    page.goto(f"{day}/inscriptions/import/")
    page.set_input_files("input[type=file]", {"name": "x.csv", "mimeType": "text/csv", "buffer": b"\x00\x01\x02"})
    with page.expect_navigation():
        page.locator("main form", has=page.locator("input[type=file]")).locator("button").first.click()
    inspection.look(page, "import: a file that is none")


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
    for name in ("reponses", "annulation"):
        page.goto(f"{own}{name}/")
        inspection.look(page, f"one's own page: {name}", phone=True)
    page.click("text=Oui, annuler mon inscription")  # a real browser's Origin, under no-referrer
    expect(page.locator("main")).to_contain_text("Votre inscription est annulée")
    inspection.look(page, "one's own page, cancelled", phone=True)
    for path in ("inscriptions/attente/", "accueil/listes/"):
        staff.goto(day + path)
        inspection.look(staff, path)
    verdict(inspection)


def test_pages_of_the_desk(unpack: Callable[..., Phone], house: House, inspection: Inspection) -> None:
    page = sign_in(unpack(), house.links.desk)
    inspection.look(page, "desk", phone=True)
    page.goto(f"{day_of(page)}accueil/?q=zzzz")
    inspection.look(page, "desk: nobody found", phone=True)
    page.goto(f"{day_of(page)}a-retenir/")
    inspection.look(page, "a page the desk may not open")
    verdict(inspection)


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
    verdict(inspection)


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


# --- by keyboard ------------------------------------------------------------------------------------------------------

MARK_CONTROLS = """() => {
  const seen = (one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest("[inert]");
  const all = [...document.querySelectorAll("a[href], button, input, select, textarea, summary, [tabindex]")]
    .filter((one) => seen(one) && !one.disabled && one.type !== "hidden" && one.tabIndex >= 0);
  all.forEach((one, number) => (one.dataset.control = number));
  return all.length;
}"""
FOCUSED = """() => {
  const one = document.activeElement;
  if (!one || one === document.body) return null;
  const style = getComputedStyle(one);
  const outlined = style.outlineStyle !== "none" && parseFloat(style.outlineWidth) > 0;
  const box = one.getBoundingClientRect();
  const covering = document.elementFromPoint(box.x + box.width / 2, box.y + Math.min(box.height / 2, 20));
  return { control: one.dataset.control ?? "", name: one.outerHTML.slice(0, 90),
    shown: outlined || style.boxShadow !== "none",
    clear: Boolean(covering) && (one.contains(covering) || covering.contains(one)) };
}"""


def walk_by_tab(page: Page) -> None:
    """Tab reaches every control that is seen, each shows it has the focus, and nothing hides it."""
    count = page.evaluate(MARK_CONTROLS)
    assert count, "there is nothing to reach"
    page.evaluate("document.activeElement.blur(); window.scrollTo(0, 0)")
    reached: set[str] = set()
    for _press in range(count + 3):
        page.keyboard.press("Tab")
        focused = page.evaluate(FOCUSED)
        if focused:
            assert focused["shown"], f"no visible focus: {focused['name']}"
            assert focused["clear"], f"hidden while focused: {focused['name']}"
            reached.add(focused["control"])
    missed = page.evaluate(
        "reached => [...document.querySelectorAll('[data-control]')]"
        ".filter((one) => !reached.includes(one.dataset.control)).map((one) => one.outerHTML.slice(0, 120))",
        sorted(reached),
    )
    assert missed == []


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

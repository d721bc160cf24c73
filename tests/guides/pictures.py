"""The pictures of the guides and of the README: `make pictures`. Plays the demonstration, and photographs what each
guide describes; `python -m tests.guides.pictures room noyau` takes those of these parts only.

The codes of the rooms are set, the same people come and write the same words. A picture that shows what it showed
(a clock apart) is left as it is, so that playing again changes only what the screens have changed.
"""

import re
import sqlite3
import sys
import tempfile
from collections.abc import Iterator
from contextlib import contextmanager
from io import BytesIO
from pathlib import Path

from PIL import Image, ImageChops, ImageOps, ImageStat
from playwright.sync_api import Browser, Page, ViewportSize, expect, sync_playwright

from tests.browser import house as houses
from tests.browser.conftest import FLAGS
from tests.browser.house import CODEV, ROOT, House
from tests.browser.phones import PHONE, Phone, sign_in
from tests.conftest import chromium

FOLDER = ROOT / "docs" / "images" / "guides"
DESK_TOP: ViewportSize = {"width": 1280, "height": 800}
WALL: ViewportSize = {"width": 1920, "height": 1080}
GAP = 16  # points between the screens of one picture
CODES = ("BEDA24", "DUMA35", "FEKA46", "GEMA57", "KAVU72", "JEDA68", "NEVA79", "PARU83")
ALIKE = 0.3  # mean difference of a point, of 255: a clock that is a second late, a caret
FRENCH_DATES = r"\d{1,2}(er)? (janvier|février|mars|avril|mai|juin|juillet|août|septembre|octobre|novembre|décembre)"
STILL = """
    const moment = /(\\u0000DATES\\u0000),? \\d{1,2}:\\d{2}/g;
    const walk = document.createTreeWalker(document.body, NodeFilter.SHOW_TEXT);
    while (walk.nextNode()) walk.currentNode.data = walk.currentNode.data.replace(moment, '1er octobre, 09:00');
""".replace("\\u0000DATES\\u0000", FRENCH_DATES.replace("\\", "\\\\").replace("\\\\d", "\\d"))
TODAY = STILL.replace(",? \\d{1,2}:\\d{2}", " \\d{4}").replace("1er octobre, 09:00", "1er octobre 2026")


def shoot(page: Page, name: str, *, at: str = "", today: bool = False) -> None:
    """What one sees without scrolling, or once `at` is at the top of the page. `today`: its dates are of today."""
    page.evaluate(STILL)
    if today:
        page.evaluate(TODAY)
    page.evaluate("at => at ? document.querySelector(at).scrollIntoView() : scrollTo(0, 0)", at)
    if at:
        page.evaluate("scrollBy(0, -70)")  # what is above says where one is
    page.wait_for_timeout(300)  # fonts, morphs
    keep(Image.open(BytesIO(page.screenshot(animations="disabled", caret="hide"))), FOLDER / f"{name}.webp")


def keep(image: Image.Image, path: Path) -> None:
    written = BytesIO()
    if path.suffix == ".png":
        image.quantize(256, method=Image.Quantize.MAXCOVERAGE).save(written, "png", optimize=True)
    else:
        image.convert("RGB").save(written, "webp", quality=64, method=6)
    if path.exists() and look_alike(path, written):
        print(f"  {path.stem} : inchangée")
        return
    path.write_bytes(written.getvalue())
    print(f"  {path.stem} : {path.stat().st_size / 1000:.0f} ko")


def look_alike(kept: Path, taken: BytesIO) -> bool:
    before, after = (Image.open(source).convert("RGB") for source in (kept, taken))
    return before.size == after.size and max(ImageStat.Stat(ImageChops.difference(before, after)).mean) < ALIKE


class Demonstration(House):
    """Served as if at an address of its own: no port drawn at random in a link or a QR."""

    def environment(self) -> dict[str, str]:
        return super().environment() | {"MAILLAGE_PUBLIC_URL": "https://maillage.exemple.fr"}


def set_codes(house: House) -> None:
    """Before it serves: the demonstration draws its codes at random."""
    with sqlite3.connect(house.folder / "maillage.sqlite3") as base:
        rows = base.execute("SELECT join_code FROM live_session ORDER BY created_at").fetchall()
        for (drawn,), code in zip(rows, CODES, strict=True):
            base.execute("UPDATE live_session SET join_code = ? WHERE join_code = ?", (code, drawn))
            house.printed = house.printed.replace(drawn, code)
    house.links = houses.read_links(house.printed)


@contextmanager
def demonstration() -> Iterator[House]:
    with tempfile.TemporaryDirectory() as folder:
        houses.prepare(Path(folder))
        unpacked = houses.unpack(Path(folder), Path(folder) / "served")
        house = Demonstration(unpacked.folder, unpacked.database, unpacked.printed)
        set_codes(house)
        house.start()
        try:
            yield house
        finally:
            house.stop()


def phone(browser: Browser, house: House) -> Phone:
    return Phone.unpack(browser, house, PHONE, device_scale_factor=1.5, reduced_motion="reduce", color_scheme="light")


def organiser(browser: Browser, house: House) -> None:
    made = Phone.unpack(browser, house, DESK_TOP, reduced_motion="reduce", color_scheme="light")
    made.page.goto(house.links.organiser)
    shoot(made.page, "exploitation-lien")
    page = sign_in(made, house.links.organiser)
    day = page.url
    shoot(page, "organisation-rencontre")
    page.goto(f"{day}programme/")
    shoot(page, "organisation-programme")
    page.goto(f"{day}inscriptions/import/")
    page.set_input_files(
        "input[type=file]", files=[{"name": "inscriptions.csv", "mimeType": "text/csv", "buffer": LATE}]
    )
    page.get_by_role("button", name="Lire ce fichier").click()
    shoot(page, "organisation-import")
    page.get_by_role("button", name="Abandonner cet import").click()
    page.goto(f"{day}inscriptions/formulaire/")
    page.get_by_label("Ouvrir les inscriptions").check()
    page.get_by_role("button", name="Enregistrer").click()
    shoot(page, "organisation-formulaire")
    page.goto(f"{day}repartition/")
    shoot(page, "organisation-repartition")
    page.goto(f"{day}regie/")
    shoot(page, "organisation-regie")
    page.goto(f"{day}documents/")
    shoot(page, "organisation-documents")
    page.goto("/etat-du-serveur/")
    shoot(page, "exploitation-etat")
    page.goto(f"{day}inscriptions/")
    page.locator("ul.ruled a").first.click()
    own = page.locator("a[href*='/inscription/']").first.get_attribute("href")
    made.close()
    assert own
    resident = phone(browser, house)
    resident.page.goto(re.sub(r"^https?://[^/]+", "", own))
    shoot(resident.page, "participation-page")
    resident.close()


LATE = (
    "Prénom;Nom;Courriel;Vous êtes;Structure;Commune;Atelier de l'après-midi - choix 1\n"
    "Samira;Haddad;samira@exemple.invalid;Bailleur;Batigère;Nancy;Co-développement\n"
    "Paul;Lorrain;paul@exemple.invalid;Habitant;;Vandoeuvre;Coop ou pas coop\n"
).encode()


def desk(browser: Browser, house: House) -> None:
    made = phone(browser, house)
    page = sign_in(made, house.links.desk)
    shoot(page, "accueil-page")
    page.fill("#q", "Weber")
    page.get_by_role("button", name="Chercher").click()
    shoot(page, "accueil-chercher", at="ul.ruled")
    page.get_by_role("button", name="Présent·e").first.click()
    shoot(page, "accueil-present")
    page.goto(re.sub(r"\?.*", "", page.url))
    page.get_by_text("Inscrire quelqu’un qui arrive").click()
    shoot(page, "accueil-arrivee", at="details.sheet")
    page.get_by_role("link", name="Interprètes, enfants, repas").click()
    shoot(page, "accueil-listes")
    made.close()


def room(browser: Browser, house: House) -> None:
    leader = phone(browser, house)
    leader.page.goto(house.links.facilitate)
    leader.page.fill("#name", "Lina")
    shoot(leader.page, "animation-entrer")
    leader.lead(house, "Lina")
    ana = phone(browser, house)
    ana.page.goto("/")
    ana.page.get_by_label("Le code affiché dans la salle").fill("KAVU 72")
    shoot(ana.page, "participation-code")
    ana.page.get_by_role("button", name="Entrer").click()
    ana.page.fill("#name", "Ana")
    ana.page.select_option("#table", "1")
    shoot(ana.page, "participation-prenom")
    ana.join(house, "Ana")
    others = [phone(browser, house).join(house, name) for name in ("Bruno", "Chloé", "Driss", "Emma")]
    expect(leader.page.locator("#shared")).to_contain_text("Emma")
    shoot(ana.page, "participation-attente")
    shoot(leader.page, "animation-commencer")
    leader.press("Commencer")
    ana.is_at("sujet")
    ana.page.fill("#text-sujet-subject", "Le local des jeunes. Il est fermé le samedi, personne ne sait pourquoi.")
    shoot(ana.page, "participation-ecrire", at="#form-sujet-subject")
    ana.page.click("#form-sujet-subject button:not([hidden])")
    others[0].write("sujet-subject", "Le jardin partagé. Nous voulons que d’autres voisins viennent.")
    for each in (ana, leader):
        each.sees("Le jardin partagé")
        each.sees("Le local des jeunes")
    shoot(ana.page, "participation-choisir", at="#shared article, #shared .board, #shared h2")
    leader.is_at("sujet")
    shoot(leader.page, "animation-souffleur")
    shoot(leader.page, "animation-retenir", at="#shared .board, #shared section ul")
    leader.press("Demander de l’aide")
    expect(leader.page.locator("#help")).to_contain_text("Aide demandée")
    shoot(leader.page, "animation-aide")
    leader.press("C’est réglé")
    expect(leader.page.locator("#help")).to_contain_text("Demander de l’aide")
    three_screens(browser, house, leader, ana, others)
    for each in (leader, ana, *others):
        each.close()


STAGES = ("presentation", "clarification", "demande", "reactions")
IDEAS = (
    "Tenir la réunion chez une voisine différente à chaque fois.",
    "Chez nous, le centre social a prêté ses clés le samedi.",
    "Demander aux jeunes à quelle heure ils viendraient.",
)


def three_screens(browser: Browser, house: House, leader: Phone, ana: Phone, others: list[Phone]) -> None:
    """The picture of the README: one stage, on two telephones (a participant, the facilitator) and on the wall."""
    leader.press("Retenir")
    expect(ana.page.locator("#own")).to_contain_text("Ma fiche")
    for stage in STAGES:
        leader.press("Étape suivante")
        leader.is_at(stage)
        if stage == "presentation":
            ana.is_at(stage)
            ana.write("presentation-headline", "Un local qui ferme le samedi")
            ana.write("presentation-ask", "Comment l’ouvrir quand on en a besoin ?")
        if stage == "demande":
            ana.is_at(stage)
            ana.write("demande-request_statement", "Je voudrais que le groupe m’aide à trouver qui tiendrait les clés.")
    for one, idea in zip(others, IDEAS, strict=False):
        one.is_at("reactions")
        one.write("reactions-idea", idea)
    wall = Phone.unpack(browser, house, WALL, device_scale_factor=2 / 3, reduced_motion="reduce", color_scheme="light")
    wall.page.goto(house.links.project)
    seen = (others[-1], leader, wall)
    for one in (others[-1], leader):
        one.sees(IDEAS[-1])
    wall.is_at("reactions")
    shots = []
    for one in seen:
        one.page.evaluate(STILL)
        one.page.evaluate("scrollTo(0, 0)")
        one.page.wait_for_timeout(300)
        taken = one.page.screenshot(animations="disabled", caret="hide")
        shots.append(Image.open(BytesIO(taken)).convert("RGB"))
    keep(side_by_side(shots), ROOT / "docs" / "images" / "codev.png")
    wall.close()


def side_by_side(shots: list[Image.Image]) -> Image.Image:
    """Of one height, an edge around each."""
    high = min(shot.height for shot in shots)
    fit = [ImageOps.expand(shot.resize((shot.width * high // shot.height, high)), 1, "#9aa5a8") for shot in shots]
    sheet = Image.new("RGB", (sum(shot.width + GAP for shot in fit) + GAP, high + 2 + 2 * GAP), "white")
    left = GAP
    for shot in fit:
        sheet.paste(shot, (left, GAP))
        left += shot.width + GAP
    return sheet


def noyau(browser: Browser, house: House) -> None:
    """As its guide goes: constituted by the organisation, then held from a telephone."""
    made = Phone.unpack(browser, house, DESK_TOP, reduced_motion="reduce", color_scheme="light")
    desk = sign_in(made, house.links.organiser)
    desk.goto("/noyaux/")
    desk.get_by_label("Nom du noyau").fill("Noyau des Provinces")
    desk.get_by_label("Qui tient ce noyau").fill("Leïla Benali")
    desk.get_by_label("Cette personne est").select_option(label="Acteur·rice associatif·ve")
    shoot(desk, "noyaux-constituer", at="form")
    desk.get_by_role("button", name="Constituer").click()
    link = re.search(r"/noyau/\S+/", desk.locator(".messages").inner_text())
    made.close()
    assert link
    leila = phone(browser, house)
    page, home = leila.page, link[0]
    page.goto(f"{home}membres/")
    page.get_by_label("Prénom, ou prénom et nom").fill("Marc")
    page.get_by_label("Structure").first.fill("DDETS")
    page.get_by_label("Cette personne est").select_option(label="Technicien·ne de l’État")
    page.get_by_role("button", name="Accueillir").click()
    shoot(page, "noyaux-membres", at="details[open]", today=True)
    page.goto(f"{home}vision/")
    page.get_by_label("La vision").fill("Les jeunes des Provinces décident de ce qui se fait pour eux.")
    page.get_by_label("Pour quelle année").fill("2030")
    page.get_by_role("button", name="Enregistrer ce texte").click()
    page.goto(f"{home}chemin/")
    page.get_by_label("L’acteur").first.fill("Le bailleur")
    page.get_by_role("button", name="Ajouter l’acteur").click()
    page.get_by_label("L’acteur").nth(1).select_option(label="Le bailleur")
    page.get_by_label("Il fait…").fill("Il choisit les travaux avec les locataires")
    page.get_by_role("button", name="Ajouter le changement").click()
    for level, words in MARKERS:
        page.get_by_label("L’acteur").nth(2).select_option(label="Le bailleur")
        page.get_by_label("Le repère").fill(words)
        page.get_by_label(level).check()
        page.get_by_role("button", name="Ajouter le repère").click()
    page.goto(f"{home}chemin/")
    shoot(page, "noyaux-chemin")
    page.goto(f"{home}observer/")
    page.get_by_label(MARKERS[0][1]).check()
    page.get_by_label("Vu en partie").check()
    page.get_by_label("En deux lignes").fill("Une réunion en pied d’immeuble, six locataires.")
    shoot(page, "noyaux-observer")
    page.get_by_role("button", name="Noter").click()
    page.wait_for_url(re.compile(re.escape(home) + "$"))
    page.goto(f"{home}revues/")
    page.get_by_role("button", name="Prévoir").click()
    shoot(page, "noyaux-revue", at="h1", today=True)
    page.goto(home)
    shoot(page, "noyaux-accueil", today=True)
    leila.close()


MARKERS = (
    ("attendu", "Le bailleur réunit les locataires avant de choisir"),
    ("souhaité", "Le bailleur dit pourquoi il n’a pas suivi un avis"),
    ("idéal", "Le bailleur confie un budget aux locataires"),
)


def main() -> int:
    FOLDER.mkdir(parents=True, exist_ok=True)
    with demonstration() as house, sync_playwright() as playwright:
        browser = playwright.chromium.launch(executable_path=chromium(), args=FLAGS.split())
        for part in (organiser, desk, room, noyau):
            if not sys.argv[1:] or part.__name__ in sys.argv[1:]:
                part(browser, house)
        browser.close()
    together = sum(path.stat().st_size for path in FOLDER.iterdir())
    print(f"{len(list(FOLDER.iterdir()))} images, {together / 1000:.0f} ko en tout ({CODEV})")
    return 0


if __name__ == "__main__":
    sys.exit(main())

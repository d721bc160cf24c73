"""An organiser's whole path, from a file of registrations to a room rebalanced on the morning itself."""

import re
import subprocess
import sys
import zipfile
from collections.abc import Callable, Iterator
from io import BytesIO
from pathlib import Path

import pypdf
import pytest
from playwright.sync_api import Browser, Locator, Page, expect

import maillage
from tests.browser.house import House
from tests.browser.inspection import Inspection
from tests.browser.phones import SOON

pytestmark = pytest.mark.browser

FILE = Path(maillage.__file__).parent / "gatherings/data/inscriptions-jr-2025.csv"
PAPERS = ("badges", "emargement", "listes-des-portes", "affiches", "dossier-papier")
ABSENT = 3


@pytest.fixture
def office(browser: Browser, house: House) -> Iterator[Page]:
    context = browser.new_context(viewport={"width": 1280, "height": 900}, locale="fr-FR")
    context.set_default_timeout(SOON)
    page = context.new_page()
    page.goto(house.url + house.links.organiser)
    page.locator("main button").click()
    page.wait_for_url("**/rencontres/*/")
    yield page
    context.close()


@pytest.fixture
def inspection() -> Inspection:
    return Inspection()


def places(page: Page) -> dict[str, str]:
    """Who is where, by the name on the button that carries them."""
    found: dict[str, str] = page.evaluate(
        """() => Object.fromEntries([...document.querySelectorAll("#plan-tables li")].map((one) => [
          one.querySelector(".carry").innerText.trim() + one.closest("[data-slot]").dataset.slot,
          one.closest("[data-place]").dataset.place]))"""
    )
    return found


def compute(page: Page, button: str) -> None:
    page.get_by_role("button", name=button, exact=True).click()
    page.wait_for_url("**/travaux/**")
    expect(page.locator("#plan-tables")).to_be_visible(timeout=SOON)


def test_from_a_file_to_the_morning_itself(office: Page) -> None:
    day = copy_of_the_day(office)
    import_the_file(office, day)
    plan = day + "repartition/"
    office.goto(plan)
    compute(office, "Répartir")
    expect(office.locator("main")).to_contain_text("Brouillon")
    expect(office.locator("main")).to_contain_text("c’est prouvé")
    before = places(office)
    assert len(before) == 2 * 128

    office.locator("#plan-tables li a").first.click()
    name = office.locator("h1").inner_text()
    expect(office.locator("main")).to_contain_text("Pourquoi ici")
    office.get_by_role("button", name="Fixer cette place").click()
    expect(office.locator(".notice").first).to_contain_text(f"La place de {name} est fixée")
    carry_by_keyboard(office)
    by_hand = places(office)
    compute(office, "Recalculer")
    once = places(office)
    moved = {who for who in by_hand if by_hand[who] != once[who]}
    assert len(moved) <= 2  # what the hand unsettled; who was carried and who was fixed stay
    assert not any(name in who for who in moved)
    assert not moved & {who for who in before if before[who] != by_hand[who]}
    compute(office, "Recalculer")
    after = places(office)
    assert after == once  # nothing has changed: nobody moves

    office.goto(plan + "versions/")
    office.locator("a", has_text="Comparer").last.click()
    expect(office.locator("h1")).to_contain_text("Comparer")
    office.goto(plan)
    office.get_by_role("button", name="Publier").click()
    expect(office.locator("main")).to_contain_text("chacun voit sa place")
    for paper in PAPERS:
        printed = office.request.get(f"{day}{paper}.pdf")
        assert (printed.status, printed.body()[:5]) == (200, b"%PDF-"), paper

    office.goto(day + "accueil/")
    absent = [office.locator("button[value=absent]").nth(number) for number in range(ABSENT)]
    names = [button.locator(".visually-hidden").inner_text().strip() for button in absent]
    for name in names:
        office.get_by_role("button", name=f"Absent·e {name}", exact=True).click()
        expect(office.get_by_role("button", name=f"Absent·e {name}", exact=True)).to_have_attribute(
            "aria-pressed", "true"
        )
    office.goto(plan)
    office.get_by_role("button", name="Rééquilibrer").click()
    office.wait_for_load_state()
    expect(office.locator("main")).to_contain_text("Brouillon", timeout=SOON)
    balanced = places(office)
    gone = {who for who in after if any(name in who for name in names)}
    assert set(balanced) == set(after) - gone
    moved = [who for who in balanced if balanced[who] != after[who]]
    reasons = office.locator("main").inner_text().count("Sans cela")
    assert len(moved) == reasons <= ABSENT  # who moves does so for a hard rule, and it is said


def test_after_a_rehearsal_the_desk_is_edited_and_all_its_documents_made(
    office: Page, house: House, inspection: Inspection
) -> None:
    """`maillage rehearse jr-2025`, then the evening's desk and documents, on what the robots left."""
    day = office.url.partition("?")[0]
    rehearse(house)
    office.goto(day + "repetition/")
    office.get_by_role("link", name="À retenir (répétition)").click()
    expect(office.locator("main .notice").first).to_contain_text("Répétition")
    room = office.locator("section.sheet", has=office.get_by_role("button", name="Garder", exact=True)).first
    room.get_by_role("button", name="Garder", exact=True).first.press("Enter")
    expect(office.locator(".desk-progress")).to_contain_text("gardée")

    box = office.locator("#journee")
    for text in ("Un", "Deux", "Trois"):
        box.locator("textarea").last.fill(text)
        box.get_by_role("button", name="Ajouter").press("Enter")
        expect(box.locator(".desk-kept > li").last).to_contain_text(text)
    rows = box.locator(".desk-kept > li > p:not(.soft)")
    expect(rows).to_have_text(["Un", "Deux", "Trois"])
    carry_to_the_top(office, box.locator(".carry").last, box.locator(".desk-kept > li").first)
    expect(rows).to_have_text(["Trois", "Un", "Deux"])
    box.get_by_role("button", name="Annuler ce geste").click()
    expect(rows).to_have_text(["Un", "Deux", "Trois"])
    box.get_by_role("button", name="Monter").last.press("Enter")
    expect(rows).to_have_text(["Un", "Trois", "Deux"])

    tags = box.locator(".tag", has_text="non tranché")
    box.get_by_role("button", name="Non tranché", exact=True).last.press("Enter")
    expect(tags).to_have_count(1)
    box.get_by_role("button", name="Annuler ce geste").press("Enter")
    expect(tags).to_have_count(0)
    box.get_by_role("button", name="Non tranché", exact=True).last.press("Enter")
    expect(tags).to_have_count(1)

    desk = day + "repetition/a-retenir/"
    other = office.context.new_page()
    for page in (office, other):
        page.goto(desk)
        page.locator("#journee").get_by_role("button", name="Modifier").first.click()
    for page, text in ((office, "Le premier texte"), (other, "Le second texte")):
        page.locator("#journee .desk-kept textarea").fill(text)
        page.get_by_role("button", name="Enregistrer").click()
    both = other.locator("#journee .desk-both")
    expect(both.locator("blockquote")).to_have_text("Le premier texte")
    expect(both.locator("textarea")).to_have_value("Le second texte")
    inspection.look(other, "two texts side by side", phone=True)
    other.get_by_role("button", name="Enregistrer").click()
    expect(other.locator("#journee .desk-kept > li").first).to_contain_text("Le second texte")

    office.goto(day + "documents/?repetition")
    documents_hold(office, "Le second texte")
    real = office.request.get(day + "compte-rendu.html")
    assert real.status == 200
    assert "Le second texte" not in real.text()  # the real day has none of it
    assert inspection.faults == []


def rehearse(house: House) -> None:
    """The command of the acceptance, on the served day; three people a table, so that it lasts seconds."""
    house.ask("few", "3")
    done = subprocess.run(
        [sys.executable, "-m", "maillage", "rehearse", "jr-2025", "--url", house.url, "--speed", "36000"],
        env=house.environment(),
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stdout + done.stderr


def carry_to_the_top(page: Page, handle: Locator, first: Locator) -> None:
    handle.scroll_into_view_if_needed()
    grip, top = handle.bounding_box(), first.bounding_box()
    assert grip
    assert top
    page.mouse.move(grip["x"] + 5, grip["y"] + 5)
    page.mouse.down()
    page.mouse.move(grip["x"] + 5, top["y"] + 4, steps=6)
    page.mouse.up()


READ: dict[str, Callable[[bytes], str]] = {
    "docx": lambda body: zipfile.ZipFile(BytesIO(body)).read("word/document.xml").decode(),
    "odt": lambda body: zipfile.ZipFile(BytesIO(body)).read("content.xml").decode(),
    "html": bytes.decode,
    "pdf": lambda body: "".join(page.extract_text() for page in pypdf.PdfReader(BytesIO(body)).pages),
}


def made_from(office: Page) -> dict[str, bytes]:
    """Each document of « after the day », as its link on the page gives it."""
    links = office.locator("main .toolbar a").evaluate_all(
        "links => links.map((link) => new URL(link.getAttribute('href'), document.baseURI).href)"
    )
    found = {re.sub(r".*/|\?.*", "", link) or "page.html": office.request.get(link) for link in links}
    assert {answer.status for answer in found.values()} == {200}, {name: each.status for name, each in found.items()}
    return {name: answer.body() for name, answer in found.items()}


def documents_hold(office: Page, text: str) -> None:
    found = made_from(office)
    begins = {"pdf": b"%PDF", "docx": b"PK", "odt": b"PK", "html": b"<!"}
    kinds = [name.rpartition(".")[2] for name in found]
    assert sorted(kinds) == ["docx", "docx", "html", "html", "html", "odt", "odt", "pdf", "pdf", "pdf", "pdf"]
    for (name, body), kind in zip(found.items(), kinds, strict=True):
        assert body.startswith(begins[kind]), name
        words = READ[kind](body).replace("\u00a0", " ")
        assert text in words, name
        assert "Répétition" in words, name
    deck = pypdf.PdfReader(BytesIO(found["retour-sur-les-ateliers.pdf"])).pages
    assert all("Répétition" in page.extract_text() for page in deck)


def copy_of_the_day(page: Page) -> str:
    page.goto(page.url + "copie/")
    page.fill("input[name=title]", "Journée du parcours")
    page.fill("input[name=date]", "2026-10-02")
    page.get_by_role("button", name="Copier").click()
    page.wait_for_url("**/programme/")
    return page.url.removesuffix("programme/")


def import_the_file(page: Page, day: str) -> None:
    page.goto(day + "inscriptions/import/")
    page.set_input_files("input[type=file]", FILE)
    page.get_by_role("button", name="Lire ce fichier").click()
    expect(page.locator("main")).to_contain_text(re.compile(r"128\s+personnes à inscrire"))
    page.get_by_role("button", name="Confirmer l’import").first.click()
    expect(page.locator("main")).to_contain_text(re.compile(r"128\s+personnes inscrites"))


def carry_by_keyboard(page: Page) -> None:
    """The last person goes to the next table that takes them, whatever it costs."""
    handle = page.locator("#plan-tables li .carry").last
    handle.focus()
    page.keyboard.press("Enter")
    expect(page.locator("#carry-said")).to_contain_text("flèches")
    said = page.locator("#carry-said")
    for _table in range(40):
        page.keyboard.press("ArrowUp")
        expect(said).to_have_text(re.compile(r".\s: \S"))  # the effect is known, not only the table
        if "Impossible" not in said.inner_text():
            break
    page.keyboard.press("Enter")
    expect(page.locator(".notice").first).to_contain_text("change de place")

"""An organiser's whole path, from a file of registrations to a room rebalanced on the morning itself."""

import re
import zipfile
from collections.abc import Iterator
from io import BytesIO
from pathlib import Path

import pytest
from playwright.sync_api import Browser, Page, expect

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


def test_the_desk_in_the_evening(office: Page, inspection: Inspection) -> None:
    desk = office.url.partition("?")[0] + "a-retenir/"
    office.goto(desk)
    day = office.locator("#journee")
    for text in ("Un", "Deux", "Trois"):
        day.locator("textarea").last.fill(text)
        day.get_by_role("button", name="Ajouter").press("Enter")
        expect(day.locator(".desk-kept > li").last).to_contain_text(text)
    rows = day.locator(".desk-kept > li > p:not(.soft)")
    expect(rows).to_have_text(["Un", "Deux", "Trois"])

    handle = day.locator(".carry").last
    handle.scroll_into_view_if_needed()
    grip, first = handle.bounding_box(), day.locator(".desk-kept > li").first.bounding_box()
    assert grip
    assert first
    office.mouse.move(grip["x"] + 5, grip["y"] + 5)
    office.mouse.down()
    office.mouse.move(grip["x"] + 5, first["y"] + 4, steps=6)
    office.mouse.up()
    expect(rows).to_have_text(["Trois", "Un", "Deux"])
    day.get_by_role("button", name="Annuler ce geste").click()
    expect(rows).to_have_text(["Un", "Deux", "Trois"])
    day.get_by_role("button", name="Monter").last.press("Enter")
    expect(rows).to_have_text(["Un", "Trois", "Deux"])

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
    the_report_holds_it(office, "Le second texte")
    assert inspection.faults == []


def the_report_holds_it(office: Page, text: str) -> None:
    """Each document of « after the day », as its link on the page gives it."""
    office.goto(re.sub(r"a-retenir/.*", "documents/", office.url))
    links = office.locator("main .toolbar a").evaluate_all(
        "links => links.map((link) => new URL(link.getAttribute('href'), document.baseURI).href)"
    )
    found = {re.sub(r".*/|\?.*", "", link) or "page": office.request.get(link) for link in links}
    assert {answer.status for answer in found.values()} == {200}, {name: each.status for name, each in found.items()}
    begins = {"pdf": b"%PDF", "docx": b"PK", "odt": b"PK"}
    for name, answer in found.items():
        assert answer.body().startswith(begins.get(name.rpartition(".")[2], b"<!")), name
    words = {
        "docx": lambda body: zipfile.ZipFile(BytesIO(body)).read("word/document.xml").decode(),
        "odt": lambda body: zipfile.ZipFile(BytesIO(body)).read("content.xml").decode(),
        "html": bytes.decode,
    }
    for kind, read in words.items():
        (body,) = [answer.body() for name, answer in found.items() if name.endswith(f".{kind}")]
        assert text in read(body).replace("\u00a0", " "), kind
    assert "retour-sur-les-ateliers.pdf" in found


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

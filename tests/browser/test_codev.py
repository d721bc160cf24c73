"""The whole co-development at one table, on eight real screens, with the server killed in the middle of step 4."""

import re
import time
from collections import Counter
from collections.abc import Iterator

import pytest
from playwright.sync_api import Browser, Page, expect

from tests.browser.house import House
from tests.browser.phones import SOON, WALL, Phone, all_of, sign_in
from tests.faults import WHOLE

pytestmark = pytest.mark.browser

RIGHT_WITHIN = 3.0 if WHOLE else 30.0  # seconds after /healthz answers again: 3 on a machine that does nothing else
IDEAS_EACH = 12  # posted by each contributor across the kill
SUBJECT = "Relancer le comité technique : la moitié des partenaires ne vient plus."
REQUEST = "Je voudrais que le groupe m’aide à faire revenir les absents."
SENTENCE = "Un comité revit quand ses membres le reçoivent à tour de rôle."
PATIENCE = 30  # seconds: a machine shared with other suites
BURST = """([tag, count]) => new Promise((resolve) => {
  const form = document.querySelector("#form-reactions-idea");
  const field = form.querySelector("textarea");
  let sent = 0;
  const timer = setInterval(() => {
    field.value = `${tag} ${sent++} fin`;
    form.requestSubmit();
    if (sent === count) { clearInterval(timer); window.burstOver = true; }
  }, 80);
  resolve();
})"""
SHOWS = """({ tags, count }) => {
  const texts = [...document.querySelectorAll('#shared [data-kind=idea] > .card-text')].map((one) => one.textContent);
  return document.querySelector("#line").dataset.state !== "reconnecting"
    && document.querySelector("#line").dataset.state !== "offline"
    && texts.length >= count && tags.every((tag) => texts.filter((text) => text === tag).length === 1);
}"""
ONLINE = """() => document.querySelector("#line").dataset.state === "online"
  && document.querySelector("#shared").dataset.stage === 'reactions'"""
COUNTS = """(count) => document.querySelector("#line").dataset.state === "online"
  && document.querySelector("#table-1").textContent.replace(/\\s/g, " ").includes(`${count} cartes`)"""


class Table:
    def __init__(self, browser: Browser, house: House) -> None:
        self.house = house
        self.facilitator = Phone.unpack(browser, house).lead(house, "Émilie")
        self.porteur = Phone.unpack(browser, house).join(house, "Cléo")
        self.contributors = [
            Phone.unpack(browser, house, color_scheme="dark" if name == "Driss" else "light").join(house, name)
            for name in ("Ana", "Driss", "Farid", "Gaëlle", "Hugo")
        ]
        self.projector = Phone.unpack(browser, house, WALL)
        self.projector.page.goto(house.links.project)

    @property
    def people(self) -> list[Phone]:
        return [self.facilitator, self.porteur, *self.contributors]

    @property
    def everybody(self) -> list[Phone]:
        return [*self.people, self.projector]

    def advance(self, stage: str) -> None:
        self.porteur.page.evaluate("document.activeElement.blur(); scrollTo(0, 9999)")
        self.facilitator.press("Étape suivante")
        all_of(self.everybody, lambda phone: phone.is_at(stage))
        self.porteur.page.wait_for_function("scrollY === 0")  # a step begins at its title

    def acknowledged(self) -> dict[str, str]:
        return {key: text for phone in self.everybody for key, text in phone.acknowledged.keys.items()}


@pytest.fixture
def table(browser: Browser, house: House) -> Iterator[Table]:
    table = Table(browser, house)
    yield table
    for phone in table.everybody:
        phone.close()


def test_the_whole_codev_survives_a_killed_server(table: Table, house: House, browser: Browser) -> None:
    choose_subject(table)
    present(table)
    clarify(table)
    request(table)
    react_through_a_kill(table, house)
    feed_back(table)
    finish(table)
    read_the_sheet(table, browser, house)
    read_what_is_released(browser, house)
    assert [fault for phone in table.everybody for fault in phone.faults] == []


def choose_subject(table: Table) -> None:
    ana = table.contributors[0]
    table.facilitator.press("Commencer")
    all_of(table.everybody, lambda phone: phone.is_at("sujet"))
    table.porteur.write("sujet-subject", SUBJECT)
    ana.write("sujet-subject", "Ouvrir le centre social le soir")
    for phone in table.contributors:
        phone.sees(SUBJECT)
        phone.page.locator("#shared li", has_text=SUBJECT).locator("button[data-mark=vote]").click()
    table.facilitator.sees("5 voix")
    table.facilitator.page.locator("#shared li", has_text=SUBJECT).locator("button", has_text="Retenir").click()
    expect(table.porteur.page.locator("#own")).to_have_attribute("data-role", "porteur", timeout=SOON)


def present(table: Table) -> None:
    table.advance("presentation")
    controls = table.facilitator.page.locator(".foot .controls")
    tops = controls.locator("button, a").evaluate_all("all => [...new Set(all.map((one) => one.offsetTop))]")
    assert len(tops) == 1  # one line on a phone: the room stays in sight
    table.porteur.write("presentation-headline", "Un comité sans comité")
    table.porteur.write("presentation-ask", "Comment faire revenir les partenaires ?")
    all_of(table.people, lambda phone: phone.sees("Comment faire revenir les partenaires ?"))
    for phone in table.contributors:
        expect(phone.page.locator("form[data-form]:visible")).to_have_count(0)  # they listen
    expect(table.projector.page.locator("body")).not_to_contain_text("Un comité sans comité")


def clarify(table: Table) -> None:
    table.advance("clarification")
    ana, driss = table.contributors[:2]
    ana.page.fill("#text-clarification-question", "Tu devrais changer d’horaire ?")
    expect(ana.page.locator("#form-clarification-question .hint:visible")).to_contain_text("ressemble à un conseil")
    expect(ana.page.locator("#form-clarification-question button")).to_be_enabled()  # gentle: never a block
    left = ana.page.locator("#form-clarification-question .left")
    ana.page.fill("#text-clarification-question", "a" * 381)
    expect(left).to_have_text("Encore 20 signes au plus.")
    ana.page.fill("#text-clarification-question", "a" * 400)
    expect(left).to_have_text("La place est pleine : la suite ne s’écrit pas.")
    ana.page.fill("#text-clarification-question", "À quelle heure a lieu la réunion ?")
    expect(left).to_be_hidden()
    expect(ana.page.locator("#form-clarification-question .hint:visible")).to_have_count(0)
    ana.page.click("#form-clarification-question button")
    driss.sees("À quelle heure a lieu la réunion ?")  # what arrives before the finger is down may move the button
    driss.page.fill("#text-clarification-question", "Qui ne vient plus ?")
    driss.page.hover("#form-clarification-question button")
    driss.page.mouse.down()
    ana.write("clarification-question", "Depuis quand ?")  # what arrives meanwhile does not move the button away
    table.porteur.sees("Depuis quand ?")
    driss.page.mouse.up()
    table.porteur.sees("Qui ne vient plus ?")
    answering = table.porteur.page.locator("#parent-clarification-answer")
    expect(answering).to_have_value("")  # several questions: which one is for the person to say
    answering.select_option(label="Qui ne vient plus ?")
    table.porteur.write("clarification-answer", "Les bailleurs et la mission locale.")
    answered = driss.page.locator("#shared li", has_text="Qui ne vient plus ?").locator("li")
    expect(answered).to_contain_text("Les bailleurs et la mission locale.", timeout=SOON)


def request(table: Table) -> None:
    table.advance("demande")
    table.porteur.write("demande-request_statement", REQUEST)
    table.contributors[2].write("demande-restatement", "Retrouver le goût de venir.")
    all_of(table.people, lambda phone: phone.sees(REQUEST))
    table.porteur.sees("Retrouver le goût de venir.")


def react_through_a_kill(table: Table, house: House) -> None:
    table.advance("reactions")
    expect(table.porteur.page.locator("form[data-form]:visible")).to_have_count(0)  # no answer: only « Je garde »
    first = "Tenir la réunion chez un partenaire différent à chaque fois."
    table.contributors[0].write("reactions-idea", first)
    table.porteur.sees(first)
    expect(table.porteur.page.locator("#shared li", has_text=first)).not_to_contain_text("Ana")
    table.porteur.page.locator("#shared li", has_text=first).locator("button[data-mark=retained]").click()
    expect(table.porteur.page.locator("#own")).to_have_attribute("data-marks", re.compile("retained"), timeout=SOON)

    # somebody is in the middle of a sentence, the caret inside it
    writer = table.contributors[4].page
    writer.fill("#text-reactions-idea", "Chez nous, le sous-préfet a rouvert la réunion")
    writer.evaluate("document.querySelector('#text-reactions-idea').setSelectionRange(5, 9)")

    posting = table.contributors[:4]
    for phone in posting:
        phone.page.evaluate(BURST, [_tag(phone, table), IDEAS_EACH])
    all_of(posting, lambda phone: _wait_for_acknowledged(phone, 4))
    house.kill()
    before = table.acknowledged()
    for phone in posting:
        _until(phone.page, "window.burstOver")  # the rest is typed while nobody answers
        expect(phone.page.locator("#line")).to_contain_text(re.compile("attend"), timeout=SOON)
    started = house.start()
    healthy = time.monotonic()

    known = [text for text in before.values() if text.endswith(" fin")]
    for phone in table.people:
        _until(phone.page, SHOWS, {"tags": known, "count": len(known)})
    _until(table.projector.page, ONLINE)
    right = time.monotonic() - healthy
    everything = [f"{_tag(phone, table)} {number} fin" for phone in posting for number in range(IDEAS_EACH)]
    for phone in table.people:
        _until(phone.page, SHOWS, {"tags": everything, "count": len(everything) + 1})
    arrived = time.monotonic() - healthy
    cards = house.ask("moves", house.ask("codes")["session"])
    _until(table.projector.page, COUNTS, sum(move["kind"] == "write" for move in cards))
    print(
        f"\ncodev: killed with {len(known)} ideas acknowledged of {len(everything)}; healthy after {started:.1f} s; "
        f"screens right {right:.2f} s later, what waited on phones everywhere {arrived:.2f} s later"
    )
    selection = "(({ value, selectionStart, selectionEnd, id }) => [id, value, selectionStart, selectionEnd])"
    assert writer.evaluate(f"{selection}(document.activeElement)") == [
        "text-reactions-idea", "Chez nous, le sous-préfet a rouvert la réunion", 5, 9,
    ]  # fmt: skip
    assert_log_holds(house, table, everything)
    assert right <= RIGHT_WITHIN
    table.contributors[4].page.click("#form-reactions-idea button")
    table.porteur.sees("Chez nous, le sous-préfet a rouvert la réunion")


def assert_log_holds(house: House, table: Table, ideas: list[str]) -> None:
    """Each acknowledged key is there exactly once, with what was typed; each idea exactly once too."""
    log = house.ask("moves", house.ask("codes")["session"])
    keys = Counter(move["key"] for move in log)
    texts = {move["key"]: move["payload"].get("text") or move["kind"] for move in log}
    acknowledged = table.acknowledged()
    assert {key: keys[key] for key in acknowledged} == dict.fromkeys(acknowledged, 1)
    assert {key: texts[key] for key in acknowledged} == acknowledged
    written = Counter(move["payload"]["text"] for move in log if move["kind"] == "write")
    assert {text: written[text] for text in ideas} == dict.fromkeys(ideas, 1)


def feed_back(table: Table) -> None:
    table.advance("feedback")
    expect(table.porteur.page.locator(".quiet-line")).to_be_visible()
    for name, value in (
        ("first_step", "Appeler la mission locale"),
        ("date", "2025-11-04"),
        ("with_whom", "La cheffe de projet"),
    ):
        table.porteur.write(f"feedback-{name}", value)
        shown = "4 novembre 2025" if name == "date" else value
        expect(table.porteur.page.locator("#own .my-sheet")).to_contain_text(shown, timeout=SOON)
    read_again_and_publish(table)
    expect(table.porteur.page.locator("#own .notice")).to_contain_text(SENTENCE, timeout=SOON)
    expect(table.porteur.page.locator("#form-feedback-release button")).to_have_text("Je remplace ma phrase publique")
    table.contributors[1].write("feedback-witness", "Ta voix s’est posée.")
    table.porteur.sees("Ta voix s’est posée.")


def read_again_and_publish(table: Table) -> None:
    """Nothing leaves the room at the first tap: the words are shown as the room will read them."""
    page = table.porteur.page
    dialog = page.get_by_role("dialog", name="Voici la phrase qui sortira de la salle")
    table.porteur.write("feedback-release", "Un comité vit quand on l’invite.")
    expect(dialog).to_contain_text("Un comité vit quand on l’invite.")
    dialog.get_by_role("button", name="Revenir").click()
    expect(dialog).to_be_hidden()
    expect(page.locator("#text-feedback-release")).to_have_value("Un comité vit quand on l’invite.")
    table.porteur.write("feedback-release", SENTENCE)
    page.keyboard.press("Escape")
    expect(dialog).to_be_hidden()
    expect(page.locator("#own .notice")).to_have_count(0)
    assert "release" not in table.acknowledged().values()
    page.click("#form-feedback-release button")
    dialog.get_by_role("button", name="Publier").click()


def finish(table: Table) -> None:
    table.advance("cloture")
    page = table.porteur.page  # the same fields are asked again: what was saved is there
    expect(page.locator("#text-cloture-first_step")).to_have_value("Appeler la mission locale")
    expect(page.locator("#text-cloture-release")).to_have_value(SENTENCE)
    expect(page.locator("#form-feedback-release")).to_be_hidden()
    table.porteur.write("cloture-felt", "Je repars plus léger.")
    for number, phone in enumerate(table.contributors):
        phone.write("cloture-learned", f"J’ai appris {number}.")
        table.facilitator.sees(f"J’ai appris {number}.")
    expect(table.facilitator.page.locator(".foot button").last).to_have_text("Terminer la séance")  # under a thumb
    table.facilitator.press("Terminer la séance")
    asked = table.facilitator.page.get_by_role("dialog", name="Terminer la séance pour tout le monde")
    asked.get_by_role("button", name="Terminer la séance").click()
    all_of(
        table.everybody,
        lambda phone: expect(phone.page.locator("#shared")).to_have_attribute("data-status", "closed", timeout=SOON),
    )
    all_of(table.people, lambda phone: phone.sees("C’est fini, merci"))
    table.porteur.write("cloture-with_whom", "La cheffe de projet, puis l’élue")  # quietly, after the end
    expect(page.locator("#own .my-sheet")).to_contain_text("puis l’élue", timeout=SOON)


def read_the_sheet(table: Table, browser: Browser, house: House) -> None:
    table.porteur.page.locator("#own a.button").first.click()
    table.porteur.page.wait_for_url(re.compile("/fiche/"))
    address = table.porteur.page.url
    elsewhere = Phone.unpack(browser, house)  # another device: the address alone opens it
    elsewhere.page.goto(address)
    for text in (SUBJECT, REQUEST, "Tenir la réunion chez un partenaire", "Appeler la mission locale", SENTENCE):
        expect(elsewhere.page.locator("main")).to_contain_text(text)
    elsewhere.page.goto(address[:-3] + "aa/")
    expect(elsewhere.page.locator("body")).not_to_contain_text(SUBJECT)
    elsewhere.close()


def read_what_is_released(browser: Browser, house: House) -> None:
    organiser = Phone.unpack(browser, house, WALL)
    page = sign_in(organiser, house.links.organiser)
    page.goto(f"/rencontres/{house.ask('codes')['gathering']}/a-retenir/")
    expect(page.locator("main")).to_contain_text(SENTENCE)
    for kept_inside in (SUBJECT, REQUEST, "Appeler la mission locale", "Cléo"):
        expect(page.locator("body")).not_to_contain_text(kept_inside)
    organiser.close()


def _tag(phone: Phone, table: Table) -> str:
    return f"idée de {table.contributors.index(phone)} numéro"


def _until(page: Page, condition: str, argument: object = None) -> None:
    """Until the page says so. Not wait_for_function: it evaluates a string in the page, which its policy forbids."""
    end = time.monotonic() + PATIENCE
    while not page.evaluate(condition, argument):
        assert time.monotonic() < end, f"not yet true after {PATIENCE} s: {condition}"
        page.wait_for_timeout(25)


def _wait_for_acknowledged(phone: Phone, count: int) -> None:
    """The page hears answers while Playwright waits for something of it."""
    while sum(text.endswith(" fin") for text in phone.acknowledged.keys.values()) < count:
        with phone.page.expect_response(re.compile("/moves")):
            pass

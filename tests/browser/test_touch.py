"""A real finger, keys alone, and what a screen reader is told: the same gestures of the day, three ways."""

import re
from collections.abc import Callable, Iterator

import pytest
from playwright.sync_api import Browser, CDPSession, Locator, expect

from tests.browser.house import House
from tests.browser.phones import SOON, Phone

pytestmark = pytest.mark.browser

CHAIRS, COOP, POT = "Anarchaise", "Coop ou pas coop", "Serious Game"
DRIFT = 40  # px a thumb moves while it holds: enough to scroll a page that would let it


@pytest.fixture
def unpack(browser: Browser, house: House) -> Iterator[Callable[..., Phone]]:
    made: list[Phone] = []

    def make(workshop: str, name: str = "", **options: object) -> Phone:
        phone = Phone.unpack(browser, house, **options)
        made.append(phone)
        return phone.join(house, name, workshop=workshop) if name else phone.lead(house, "Lise", workshop=workshop)

    yield make
    assert [fault for phone in made for fault in phone.faults] == []
    for phone in made:
        phone.close()


class Finger:
    """Presses through the browser's own touch input: scrolling, cancelling and capture happen as on a phone."""

    def __init__(self, phone: Phone) -> None:
        self.cdp: CDPSession = phone.page.context.new_cdp_session(phone.page)
        self.at = (0.0, 0.0)

    def down(self, x: float, y: float) -> None:
        self.at = (x, y)
        self._send("touchStart", self.at)

    def move(self, dx: float, dy: float) -> None:
        """Bit by bit, as a finger does."""
        x, y = self.at
        for part in (0.25, 0.5, 0.75, 1.0):
            self._send("touchMove", (x + dx * part, y + dy * part))
        self.at = (x + dx, y + dy)

    def up(self) -> None:
        self._send("touchEnd")

    def _send(self, kind: str, *points: tuple[float, float]) -> None:
        # a finger is wide, and presses: without that it reads as a screen reader's
        touches = [{"x": x, "y": y, "radiusX": 12, "radiusY": 12, "force": 0.6} for x, y in points]
        self.cdp.send("Input.dispatchTouchEvent", {"type": kind, "touchPoints": touches})


def middle(place: Locator) -> tuple[float, float]:
    place.scroll_into_view_if_needed()
    box = place.bounding_box()
    assert box
    return box["x"] + box["width"] / 2, box["y"] + box["height"] / 2


def said(phone: Phone, place: str) -> tuple[str, str, str]:
    """What the browser gives a screen reader: role, name, and whether it is open."""
    cdp = phone.page.context.new_cdp_session(phone.page)
    root = cdp.send("DOM.getDocument")["root"]["nodeId"]
    node = cdp.send("DOM.querySelector", {"nodeId": root, "selector": place})["nodeId"]
    (found, *_others) = cdp.send("Accessibility.getPartialAXTree", {"nodeId": node, "fetchRelatives": False})["nodes"]
    states = {one["name"]: one["value"].get("value") for one in found["properties"]}
    return found["role"]["value"], found["name"]["value"], str(states.get("expanded", ""))


TOUCH = {"has_touch": True, "is_mobile": True}


def test_a_secret_is_read_while_a_finger_presses_it(unpack: Callable[..., Phone]) -> None:
    lead, ana = unpack(CHAIRS), unpack(CHAIRS, "Ana", **TOUCH)
    lead.press("Commencer")
    lead.press("Étape suivante")
    secret, summary = ana.page.locator(".secret-card"), ana.page.locator(".secret summary")
    expect(summary).to_be_visible(timeout=SOON)
    expect(ana.page.locator(".secret-place")).to_contain_text("Gardez le doigt appuyé pour la lire.")
    assert said(ana, ".secret summary") == ("DisclosureTriangle", "Votre consigne secrète", "False")
    finger = Finger(ana)
    for drift in (0, DRIFT, -DRIFT):
        finger.down(*middle(summary))
        expect(secret).to_be_visible()
        finger.move(drift / 2, drift)
        ana.page.wait_for_timeout(600)  # longer than the long press that would open a menu or select the words
        expect(secret).to_be_visible()
        assert ana.page.evaluate("String(getSelection())") == ""
        finger.up()
        expect(secret).to_be_hidden()
    # taken away by a call or another window: the card does not stay open on the table
    finger.down(*middle(summary))
    expect(secret).to_be_visible()
    ana.page.evaluate("dispatchEvent(new Event('blur'))")
    expect(secret).to_be_hidden()
    finger.up()

    # questions with keys alone: a scale by its arrows, saved as it is chosen
    for _stage in ("jeu", "reponses"):
        lead.press("Étape suivante")
    scale = ana.page.locator("#form-reponses-force")
    expect(scale).to_be_visible(timeout=SOON)
    scale.locator("input[value='1']").focus()
    for key in ("Space", "ArrowRight", "ArrowRight"):
        ana.page.keyboard.press(key)
    expect(scale.locator(".answer-state")).to_have_text("Réponse gardée.", timeout=SOON)
    expect(scale).to_match_aria_snapshot(
        """
        - group "Avez-vous plutôt cédé, ou plutôt imposé ?":
          - radio "2"
          - radio "3" [checked]
          - paragraph: /j’ai cédé.*j’ai imposé/
        - status: /Réponse gardée/
        - button "Passer"
        """
    )
    expect(scale.locator("fieldset")).to_have_accessible_description(re.compile("1.: j’ai cédé 5.: j’ai imposé"))
    scale.locator("button", has_text="Passer").tap()
    expect(scale.locator(".answer-state")).to_have_text("Question passée.", timeout=SOON)
    assert scale.locator("input:checked").count() == 0


def test_a_gift_by_finger_by_keys_and_in_words(unpack: Callable[..., Phone]) -> None:
    lead, ana, bob = unpack(POT), unpack(POT, "Ana", **TOUCH), unpack(POT, "Bob")
    lead.press("Commencer")
    lead.press("Étape suivante")
    form = ana.page.locator("#form-silence")
    expect(form).to_be_visible(timeout=SOON)
    field, slider = form.locator("input[type=number]"), form.locator("[data-slider]")
    form.locator("[data-add='1']").tap()
    form.locator("[data-add='1']").tap()
    form.locator("[data-add='-1']").tap()
    expect(field).to_have_value("1")
    finger = Finger(ana)
    x, y = middle(slider)
    width = (slider.bounding_box() or {"width": 0.0})["width"]
    finger.down(x, y)
    finger.move(width / 2, 0)
    finger.up()
    expect(field).to_have_value("10")  # the end of the slider is all one has
    form.locator("button", has_text="Donner").tap()
    expect(form.locator(".answer-state")).to_contain_text("Votre don de 10 est noté.", timeout=SOON)

    # keys alone: Tab to the field, a number, Enter; the slider by arrows
    keys = bob.page.keyboard
    bob.page.locator("#form-silence input[type=number]").focus()
    keys.type("7")
    keys.press("Tab")
    keys.press("Tab")
    expect(bob.page.locator("#form-silence [data-slider]")).to_be_focused()
    keys.press("ArrowLeft")
    expect(bob.page.locator("#form-silence input[type=number]")).to_have_value("6")
    keys.press("Shift+Tab")
    keys.press("Shift+Tab")
    keys.press("Enter")
    expect(bob.page.locator("#form-silence .answer-state")).to_contain_text("Votre don de 6 est noté.", timeout=SOON)

    expect(bob.page.locator("#form-silence")).to_match_aria_snapshot(
        """
        - button "Un de moins"
        - spinbutton /Combien/: "6"
        - button "Un de plus"
        - slider /Combien/: "6"
        - status: /Votre don de 6 est noté/
        - button "Donner"
        """
    )
    expect(bob.page.locator("#pot")).to_contain_text("2 personnes ont donné sur 2")


def test_a_vote_and_answers_by_finger_by_keys_and_in_words(unpack: Callable[..., Phone]) -> None:
    lead, ana, bob = unpack(COOP), unpack(COOP, "Ana", **TOUCH), unpack(COOP, "Bob")
    lead.press("Commencer")
    expect(ana.page.locator("#form-vote")).to_be_visible(timeout=SOON)
    ana.page.locator("#form-vote button[value=coop]").tap()
    expect(ana.page.locator("#form-vote .answer-state")).to_contain_text("Votre vote est compté", timeout=SOON)
    bob.page.locator("#form-vote button[value=coop]").focus()
    bob.page.keyboard.press("Tab")
    bob.page.keyboard.press("Enter")
    expect(bob.page.locator("#form-vote")).to_match_aria_snapshot(
        """
        - group "Coop ou pas coop ?":
          - button "Coop"
          - button /Pas coop/ [pressed]
          - button "Ça dépend"
        - status: /Votre vote est compté.*Pas coop/
        - button "Reprendre mon vote"
        """
    )
    lead.press("Montrer les votes")
    expect(ana.page.locator("#poll")).to_contain_text("2 voix", timeout=SOON)
    # the figure is a figure of something, for who hears it too
    expect(ana.page.locator("#poll")).to_match_aria_snapshot(
        """
        - heading "Coop ou pas coop ?" [level=2]
        - list:
          - listitem:
            - text: Coop
            - strong: "1"
            - text: voix · 50 %
          - listitem
          - listitem:
            - text: Ça dépend
            - strong: "0"
            - text: voix · 0 %
        - paragraph: 2 voix.
        """
    )

"""The day leaves for a laptop: phones at the old home are told, those of the room play, all of it comes back."""

import subprocess
import sys
from pathlib import Path

import httpx
import pytest
from playwright.sync_api import Browser, expect

from tests.browser.house import ROOT, House
from tests.browser.phones import Phone

pytestmark = pytest.mark.browser

PHRASE = "kavu-deme-tiru-pola-ruda"
AWAY = "se joue sur un autre serveur"


class RoomHouse(House):
    """A laptop: its own data, its own secret, `serve --room`. The codes are those of the home that it takes in."""

    def environment(self) -> dict[str, str]:
        return super().environment() | {"MAILLAGE_DEMO": "non", "MAILLAGE_DATABASE_URL": ""}

    def start(self, module: str = "maillage") -> float:
        with self.log.open("ab") as log:
            self.process = subprocess.Popen(
                [sys.executable, "-m", module, "serve", "--room", "--port", str(self.port)],
                cwd=ROOT,
                env=self.environment(),
                stdout=log,
                stderr=subprocess.STDOUT,
            )
        self.wait_healthy()
        return 0.0


def carry(house: House, *arguments: str) -> str:
    done = subprocess.run(
        [sys.executable, "-m", "maillage", "carry", *arguments],
        cwd=ROOT,
        env=house.environment(),
        input=PHRASE + "\n",
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    return done.stdout


@pytest.fixture
def laptop(house: House, tmp_path: Path):
    (tmp_path / "laptop").mkdir()
    made = RoomHouse(tmp_path / "laptop", "", house.printed)
    yield made
    made.stop()


def test_phones_before_during_and_after(browser: Browser, house: House, laptop: RoomHouse, tmp_path: Path) -> None:
    out, back = str(tmp_path / "aller.maillage"), str(tmp_path / "retour.maillage")
    lead = Phone.unpack(browser, house).lead(house, "Émilie")
    lead.press("Commencer")
    early = Phone.unpack(browser, house).join(house, "Amel")
    early.write("sujet-subject", "Écrit avant le départ")
    early.sees("Écrit avant le départ")

    carry(house, "out", "jr-2025", "-o", out, "--ask")
    # Its stream ends within a second, and says why; what is typed after that comes back to who typed it.
    expect(early.page.locator("#refused")).to_contain_text(AWAY)
    expect(early.page.locator("#line")).to_have_attribute("data-state", "ended")
    early.write("sujet-subject", "Trop tard pour ici")
    expect(early.page.locator("#form-sujet-subject .refused")).to_contain_text(AWAY)
    expect(early.page.locator("#text-sujet-subject")).to_have_value("Trop tard pour ici")
    early.page.reload()
    expect(early.page.locator("[role=alert]")).to_contain_text(AWAY)

    carry(laptop, "in", out)
    laptop.start()
    writer = Phone.unpack(browser, laptop)
    asked: set[str] = set()
    writer.page.context.on("request", lambda request: asked.add(request.url.split("/")[2]))
    writer.page.goto("/salle/")
    writer.page.goto("/")
    writer.join(laptop, "Odile")
    writer.sees("Écrit avant le départ")
    expect(writer.page.locator("#line")).to_have_attribute("data-state", "online")
    writer.page.route("**/moves*", lambda route: route.abort())
    for text in ("Hors ligne, un", "Hors ligne, deux"):
        writer.write("sujet-subject", text)
    expect(writer.page.locator("#line")).to_contain_text("2")
    writer.page.unroute("**/moves*")
    for text in ("Hors ligne, un", "Hors ligne, deux"):
        writer.sees(text)
    assert asked == {f"localhost:{laptop.port}"}  # nothing on any page needs the internet

    carry(laptop, "out", "jr-2025", "-o", back, "--ask")
    expect(writer.page.locator("#refused")).to_contain_text(AWAY)
    assert "est de retour" in carry(house, "in", back)
    early.page.goto(house.links.join)
    for text in ("Écrit avant le départ", "Hors ligne, un", "Hors ligne, deux"):
        early.sees(text)
    session = house.ask("codes")["session"]
    written = [move["payload"].get("text") for move in house.ask("moves", session) if move["kind"] == "write"]
    assert written == ["Écrit avant le départ", "Hors ligne, un", "Hors ligne, deux"]
    early.write("sujet-subject", "Et la suite, à la maison")
    early.sees("Et la suite, à la maison")
    for phone in (early, writer, lead):
        phone.page.context.close()


def test_form_without_script_is_handed_back(browser: Browser, house: House, tmp_path: Path) -> None:
    plain = browser.new_context(java_script_enabled=False, base_url=house.url, locale="fr-FR")
    page = plain.new_page()
    page.goto(house.links.join)
    page.fill("#name", "Bao")
    page.select_option("#table", "1")
    page.click("button:has-text('Entrer')")
    page.fill("#text-sujet-subject", "Sans script, trop tard")
    carry(house, "out", "jr-2025", "-o", str(tmp_path / "f"), "--ask")
    page.click("#form-sujet-subject button")
    assert AWAY in page.locator("main").inner_text()
    assert "Sans script, trop tard" in page.content()
    assert httpx.get(house.url + house.links.join, trust_env=False).status_code == 410
    carry(house, "back", "jr-2025")
    assert httpx.get(house.url + house.links.join, trust_env=False).status_code == 200
    plain.close()

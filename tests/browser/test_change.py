"""A noyau's first year, from its constitution to the story of the year: one play. A vision written live by seven
phones, axe, taps counted, a phone without a network, the path with 3 and with 25 markers, its list by keyboard."""

import datetime as dt
import re
import shutil
import subprocess
import sys

import pytest
from django.utils import timezone
from playwright.sync_api import Page, expect

from tests.browser.canaries import Listener, Recorder
from tests.browser.house import ROOT, House
from tests.browser.inspection import Inspection
from tests.browser.phones import SOON, WALL, sign_in

pytestmark = pytest.mark.browser

PATHS = {
    "Le bailleur": (
        "Le bailleur vient à la réunion",
        "Le bailleur répond en dix jours",
        "Le bailleur décide avec nous",
    ),
    "La mairie": ("La mairie affiche les horaires", "La mairie prête la salle", "La mairie confie les clés"),
    "Les parents": ("Des parents viennent au café", "Des parents animent le café", "Des parents écrivent au collège"),
}
LEVELS = ("expected", "wished", "ideal")
OVERLAPS = """told => {
  const boxes = told.map((one) => [one.getBoundingClientRect(), one.textContent]);
  return boxes.flatMap(([a, x], place) => boxes.slice(place + 1)
    .filter(([b]) => a.x < b.right && b.x < a.right && a.y + 4 < b.bottom && b.y + 4 < a.bottom)
    .map(([, y]) => `${x} / ${y}`));
}"""
METHOD = "vision-partagee"
SEVEN = ("Ana", "Bilal", "Chloé", "Driss", "Elsa", "Farid", "Gaëlle")
FACT, VISION = "La salle est vide quatre soirs sur cinq", "Ici, chacun a les clés d’une salle, et le dit."


def post(page: Page, address: str, said: dict[str, str]) -> None:
    """A form sent again and again, as its button does."""
    answer = page.request.post(address, form=said)
    assert answer.status == 200, (answer.status, said)


def test_first_year_of_a_noyau(house: House, unpack, inspection: Inspection, tmp_path) -> None:
    today = timezone.localdate()
    desk = sign_in(unpack(), house.links.organiser)
    desk.goto("/noyaux/")
    desk.fill("#id_name", "Noyau du Port")
    desk.fill("#id_lead_name", "Samira")
    desk.select_option("#id_category", "association")
    desk.click("button:has-text('Constituer')")
    link = re.search(r"/noyau/\S+/", desk.locator(".messages").inner_text())
    assert link
    inspection.look(desk, "noyau partagé")
    desk.goto("/noyaux/")
    inspection.look(desk, "noyaux")

    phone = unpack().page
    home = link[0]
    phone.goto(home)
    expect(phone.locator("h1")).to_contain_text("Noyau du Port")
    for name, category in (("Paul", "state_officer"), ("Inès", "local_officer"), ("Léo", "resident")):
        post(phone, f"{home}membres/", {"do": "add", "name": name, "category": category})
    year = str(today.year + 4)
    written_live(house, unpack(WALL).page)
    desk.goto("/noyaux/")
    desk.click("text=Noyau du Port")
    desk.locator("#ateliers li", has_text=METHOD).get_by_role("button").click()
    phone.goto(home)
    phone.click("text=Choisir ce que le noyau prend")
    inspection.look(phone, "ateliers", phone=True)
    expect(phone.locator("textarea")).to_have_count(2)  # of the eleven cards, what the room kept
    for words in (FACT, VISION):
        card = phone.locator("li", has=phone.get_by_text(words))
        if words == VISION:
            card.get_by_label("Pour quelle année").fill(year)
        card.get_by_role("button", name="Prendre").click()
    post(phone, f"{home}vision/", {"do": "validate", "who": "le noyau", "on": today.isoformat()})
    phone.goto(f"{home}vision/")
    expect(phone.locator(".path-vision")).to_have_text(VISION)
    expect(phone.locator("main")).to_contain_text("Validée par le noyau")
    post(phone, f"{home}vision/", {"do": "write", "text": "Chacun trouve sa place ici.", "horizon": year, "seen": "1"})
    post(phone, f"{home}vision/", {"do": "write", "text": "Chaque habitant a sa place.", "horizon": year, "seen": "1"})
    phone.goto(f"{home}vision/")
    expect(phone.locator("#cote")).to_contain_text("à départager")
    inspection.look(phone, "vision", phone=True)
    phone.click("button:has-text('Prendre celui-ci')")

    for actor in PATHS:
        post(phone, f"{home}chemin/", {"do": "actor", "actor-name": actor})
    phone.goto(f"{home}chemin/")
    options = {
        option.inner_text(): option.get_attribute("value") or ""
        for option in phone.locator("#id_marker-actor option").all()
    }
    number = 0
    for actor, texts in PATHS.items():
        for level, text in zip(LEVELS, texts, strict=True):
            said = {"do": "marker", "marker-actor": options[actor], "marker-level": level, "marker-text": text}
            post(phone, f"{home}chemin/", said)
            number += 1
            if number == 3:
                drawn(phone, f"{home}chemin/", 3, inspection)
    for extra in range(16):
        said = {"do": "marker", "marker-actor": options["La mairie"], "marker-level": LEVELS[extra % 3]}
        post(
            phone,
            f"{home}chemin/",
            said | {"marker-text": f"La mairie fait quelque chose que l’on voit, {extra}"},
        )
    drawn(phone, f"{home}chemin/", 25, inspection)
    walked(phone)

    # from the home screen: four taps at most, the two lines apart
    taps = 0
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.goto(home)
    inspection.look(phone, "accueil du noyau", phone=True)
    for target in (
        "text=J’ai vu quelque chose",
        "label:has-text('Le bailleur vient à la réunion')",
        ".path-degrees label:has-text('Vu en partie')",
        "button:has-text('Noter')",
    ):
        phone.locator(target).first.click()
        taps += 1
    expect(phone.locator("h1")).to_contain_text("Noyau du Port")
    expect(phone.locator("main")).to_contain_text("Vu en partie")
    assert taps <= 4
    print(f"\nobservation : {taps} touches depuis l’accueil")

    # a year: eleven months more, two of them noted without a network, that leave once it is back; Paul notes too
    phone.goto(f"{home}observer/")
    inspection.look(phone, "observer", phone=True)
    phone.set_viewport_size({"width": 390, "height": 844})
    phone.click("summary")
    phone.context.set_offline(True)
    for month, words in ((11, "Une fête sans nous"), (10, "Des jeunes nettoient la cour")):
        phone.check("input[name=marker][value='']")
        phone.fill("#id_text", words)
        phone.fill("#id_on", (today - dt.timedelta(days=30 * month)).isoformat())
        phone.click("button:has-text('Noter')")
        expect(phone.locator("[data-outbox]")).to_contain_text("C’est noté sur ce téléphone")
    phone.context.set_offline(False)
    expect(phone.locator("[data-outbox]")).to_be_hidden(timeout=30_000)
    phone.goto(f"{home}membres/")
    paul = re.search(r"/noyau/\S+/", phone.locator("li", has_text="Paul").locator("input[readonly]").input_value())
    assert paul
    phone.goto(f"{home}observer/")
    markers = [one.get_attribute("value") or "" for one in phone.locator("input[name=marker]").all()][1:]
    for month in range(1, 10):
        said = {"marker": markers[month % 9], "degree": ("seen", "partly", "unseen")[month % 3], "seen_by": "myself"}
        day = (today - dt.timedelta(days=30 * month)).isoformat()
        said |= {"text": f"Vu au mois {month}", "on": day, "source": "Une visite"}
        post(phone, f"{(home, paul[0])[month % 2]}observer/", said)
    phone.goto(f"{home}observations/")
    for words in ("Une fête sans nous", "Des jeunes nettoient la cour"):
        expect(phone.get_by_text(words, exact=True)).to_have_count(1)
    expect(phone.locator(".ruled > li")).to_have_count(12)
    inspection.look(phone, "observations", phone=True)

    # two reviews, the agenda printed, a departure
    past = (today - dt.timedelta(days=180)).isoformat()
    for kind, day in (("half-yearly", past), ("yearly", today.isoformat())):
        phone.goto(f"{home}revues/")
        phone.select_option("#id_kind", kind)
        phone.fill("#id_on", day)
        phone.click("button:has-text('Prévoir')")
        expect(phone.locator("h3").first).to_contain_text("Repères que personne n’a regardés")
        phone.fill("#id_attended", "préfecture, mairie, maison de quartier")
        phone.fill("#id_learned", "On regarde mieux à plusieurs")
        phone.fill("#id_decisions", "Inviter le bailleur dans le hall")
        phone.click("button:has-text('Enregistrer la revue')")
        expect(phone.locator("main")).to_contain_text("tel qu’il était")
    inspection.look(phone, "revue", phone=True)
    phone.goto(f"{home}membres/")
    phone.locator("li", has_text="Léo").locator("summary").click()
    phone.locator("li", has_text="Léo").locator("button:has-text('Noter son départ')").click()
    expect(phone.locator("main")).to_contain_text("Ont quitté le noyau")
    for name in ("membres", "conditions", "contexte", "actions", "recit"):
        phone.goto(f"{home}{name}/")
        inspection.look(phone, name, phone=True)

    story = tmp_path / "recit.pdf"
    command = [sys.executable, "-m", "maillage", "change-report", "noyau-du-port", "-o", str(story)]
    subprocess.run(command, cwd=ROOT, env=house.environment(), check=True)
    assert story.read_bytes().startswith(b"%PDF")
    if pictures := shutil.which("pdftoppm"):
        subprocess.run([pictures, "-r", "40", "-png", str(story), str(tmp_path / "page")], check=True)
        assert all(page.stat().st_size > 2_000 for page in tmp_path.glob("page-*.png"))  # none is blank
    inspection.verdict()


def written_live(house: House, wall: Page) -> None:
    """Seven phones over HTTP, each a seat of its own, somebody who leads, and the wall, on a real screen."""
    house.open_rooms({METHOD: 1})
    links, recorder = house.links_of(METHOD), Recorder()
    lead = Listener("Lise", house.url, recorder)
    lead.which = "?siege=a"
    session = lead.fill(links.facilitate, {"name": "Lise"}).url.path.strip("/").split("/")[1]
    phones = [Listener(name, house.url, recorder) for name in SEVEN]
    for one in phones:
        assert one.fill(links.join, {"name": one.name}).url.path == f"/seance/{session}/"
    wall.goto(links.project)
    lead.does(session, "open")

    def write(one: Listener, kind: str, text: str) -> str:
        answer = one.move(session, "write", {"kind": kind, "text": text})
        assert answer.status_code == 201, answer.text
        return f"c{answer.json()['number']}"

    facts = [write(one, "finding", FACT if one is phones[0] else f"Un fait de {one.name}") for one in phones]
    lead.does(session, "pin", {"card": facts[0]})
    expect(wall.locator("#shared")).to_contain_text(FACT, timeout=SOON)
    lead.does(session, "advance", {"from": "constats"})
    for one in phones:
        write(one, "tomorrow", f"{one.name} ouvre la salle")
    lead.does(session, "advance", {"from": "demain"})
    visions = [write(one, "vision", VISION if one is phones[1] else f"La phrase de {one.name}") for one in phones[:3]]
    lead.does(session, "advance", {"from": "ensemble"})
    for one in phones:
        one.does(session, "mark", {"card": visions[1], "mark": "agree", "on": True})
    lead.does(session, "pin", {"card": visions[1]})
    expect(wall.locator("#shared")).to_contain_text(VISION, timeout=SOON)
    lead.does(session, "close")
    for one in (lead, *phones):
        one.client.close()


def walked(page: Page) -> None:
    """By keyboard, the list is read in the order of the drawing; each stop says of what, and is seen."""
    page.set_viewport_size({"width": 1280, "height": 900})
    names = page.locator("#liste a").all_inner_texts()
    page.locator("#liste a").first.focus()
    told = []
    for _stop in names:
        text, outline = page.evaluate(
            "(at => [at.innerText, getComputedStyle(at).outlineStyle])(document.activeElement)"
        )
        assert outline != "none"
        told.append(text)
        page.keyboard.press("Tab")
    assert told == names
    drawing = " ".join(page.locator(".path-wide svg").all_text_contents())
    assert [name for name in PATHS if name in " ".join(told)] == sorted(PATHS, key=drawing.index)
    page.locator("#liste a").last.focus()
    page.keyboard.press("Enter")
    expect(page.locator("h1")).to_have_text("Le repère")


def drawn(page: Page, address: str, markers: int, inspection: Inspection) -> None:
    """The drawing and its list say as much, whatever the width; on paper too."""
    for width in (390, 1280, 1920):
        page.set_viewport_size({"width": width, "height": 900})
        page.goto(address)
        shown = page.locator(".path-narrow svg" if width == 390 else ".path-wide svg")
        expect(shown.first).to_be_visible()
        assert shown.locator(".path-node, circle.path-full").count() == markers
        letters = shown.first.evaluate("svg => svg.getBoundingClientRect().width / svg.viewBox.baseVal.width * 13")
        assert letters >= 11, f"{width} px: letters of {letters:.1f} px"
        outside = shown.evaluate_all(
            "all => all.flatMap((svg) => [...svg.querySelectorAll('text')].filter((one) => { const b = one.getBBox();"
            " return b.x + b.width > svg.viewBox.baseVal.width + 1 }).map((one) => one.textContent))"
        )
        assert outside == []
        over = shown.locator("text").evaluate_all(OVERLAPS)
        assert over == [], f"{width} px: {over}"
    assert page.locator(".path-list .path-degree").count() == markers
    inspection.look(page, f"chemin, {markers} repères")

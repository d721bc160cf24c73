"""The pages of the RGAA grid, looked at once: what a program can see of each criterion is what the grid says.

320 pixels, text at 200 %, wider spacing, forced colours, reduced motion, the keyboard, messages of the live screens,
what a screen reader is given of them; and no request that leaves the host. axe-core has plays of its own.
"""

import json
import os
import re
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import Page, expect

from maillage.ui.rgaa import PAGES, audit
from tests.browser.addresses import day_of
from tests.browser.house import House
from tests.browser.inspection import WIDE
from tests.browser.keyboard import walk_by_tab
from tests.browser.phones import SOON, Phone, sign_in

pytestmark = pytest.mark.browser

TREES = Path(__file__).with_name("trees")  # what a screen reader is given; MAILLAGE_TREES=1 writes it anew
LONG = bool(os.environ.get("MAILLAGE_LONG"))
WALKED = ("accueil", "entree", "participant", "animation", "compte")  # by Tab, in CI; the others in `make long`
OF_OTHERS = ("animation", "bureau")  # the names typed there are not those of who types
PUBLIC = ("accueil", "entree", "connexion", "plan", "mentions", "declaration")
SPACING = """() => {
  const sheet = new CSSStyleSheet();
  sheet.replaceSync(`* { line-height: 1.5 !important; letter-spacing: .12em !important; word-spacing: .16em !important }
    p { margin-bottom: 2em !important }`);
  document.adoptedStyleSheets = [sheet];
}"""
CLIPPED = """() => [...document.querySelectorAll("body *")].filter((one) => {
  const style = getComputedStyle(one), box = one.getBoundingClientRect();
  return one.textContent.trim() && box.width > 4 && box.height > 4 && !one.closest("svg, [inert], .visually-hidden")
    && ["hidden", "clip"].includes(style.overflowY) && one.scrollHeight > one.clientHeight + 2;
}).map((one) => one.outerHTML.slice(0, 100))"""
UNBOUND = """() => [...document.querySelectorAll("button, .button, input:not([type=hidden]), select, textarea")]
  .filter((one) => one.checkVisibility({ visibilityProperty: true }) && !one.closest(".visually-hidden, .once"))
  .filter((one) => !["radio", "checkbox", "range", "file"].includes(one.type))
  .filter((one) => { const style = getComputedStyle(one);
    const edged = parseFloat(style.borderTopWidth) > 0 && style.borderTopStyle !== "none";
    return !edged && style.textDecorationLine === "none"; })
  .map((one) => one.outerHTML.slice(0, 100))"""
MOVING = """() => document.getAnimations().filter((one) => (one.effect.getComputedTiming().duration || 0) > 50)
  .map((one) => one.effect.target.outerHTML.slice(0, 100))"""
FACTS = """() => {
  const folded = [...document.querySelectorAll("details:not([open])")];
  folded.forEach((one) => (one.open = true));  // what is folded is of the page
  const all = (selector) => [...document.querySelectorAll(selector)];
  const seen = (one) => one.checkVisibility({ visibilityProperty: true });
  const named = (one) => one.getAttribute("aria-label") || one.getAttribute("aria-labelledby")
    || one.querySelector("title");
  const pictures = all("img, svg[role=img], [role=img]");
  const tables = all("table:not([role=presentation])").filter(seen);
  const fields = all("input:not([type=hidden]), select, textarea").filter(seen);
  const levels = all("h1, h2, h3, h4, h5, h6").filter(seen).map((one) => Number(one.tagName[1]));
  const me = fields.filter((one) => ["first_name", "last_name", "email", "phone", "name"].includes(one.name));
  const found = {
    pictures: pictures.length, unnamed: pictures.filter((one) => !(one.alt || named(one))).length,
    drawings: all("svg").length, loud: all("svg").filter((one) => !one.closest("[aria-hidden=true], [role=img]")
      && !named(one)).map((one) => one.outerHTML.slice(0, 90)),
    frames: all("iframe, frame, object, embed").length,
    media: all("audio, video:not(.scan video), canvas").length,  // what a phone's camera sees is none
    tables: tables.length, titled: tables.filter((one) => one.caption || named(one)).length,
    untitled: tables.filter((one) => !(one.caption || named(one))).length,
    headed: tables.filter((one) => one.querySelector("th")).length,
    scoped: tables.every((one) => [...one.querySelectorAll("th")].every((th) => th.hasAttribute("scope"))),
    links: all("a[href]").length, bare: all("a[href]").filter((one) => !one.textContent.trim()
      && !one.getAttribute("aria-label") && !named(one)).length,
    statuses: all("[role=status], [role=alert], [aria-live]").length,
    doctype: document.doctype?.name, lang: document.documentElement.lang, title: document.title,
    h1: levels.filter((one) => one === 1).length,
    skipped: levels.some((one, rank) => rank > 0 && one > levels[rank - 1] + 1),
    main: all("main").length, header: all("body > header").length, footer: all("body > footer").length,
    styled: all("[style]").filter((one) => !one.closest("svg")).length,
    presented: all("font, center, b[color], [bgcolor], [align]").length,
    fields: fields.length, unlabelled: fields.filter((one) => !one.labels?.length && !one.getAttribute("aria-label")
      && !one.getAttribute("aria-labelledby")).map((one) => one.outerHTML.slice(0, 90)),
    sets: all("fieldset").length,
    legendless: all("fieldset").filter((one) => !one.querySelector(":scope > legend")).length,
    selects: all("select").length, groups: all("optgroup").length,
    buttons: all("button").length, mute: all("button").filter((one) => !one.textContent.trim() && !named(one)).length,
    me: me.length, unfilled: me.filter((one) => !one.autocomplete || one.autocomplete === "off").map((one) => one.name),
    skip: all("a.skip").length, files: all("a[href$='.pdf'], a[href$='.docx'], a[href$='.odt']").length,
    quotes: all("blockquote, q").length, tips: all("[title]:not(svg *)").length,
  };
  folded.forEach((one) => (one.open = false));
  return found;
}"""
Facts = dict[str, Any]
# criterion → (does it apply, and if so is it kept), as far as a program sees
SEEN: dict[str, tuple[Callable[[Facts], bool], Callable[[Facts], bool]]] = {
    "1.1": (lambda it: it["pictures"] > 0, lambda it: it["unnamed"] == 0),
    "1.2": (lambda it: it["drawings"] > 0, lambda it: it["loud"] == []),
    "2.1": (lambda it: it["frames"] > 0, lambda it: False),
    "2.2": (lambda it: it["frames"] > 0, lambda it: False),
    "5.4": (lambda it: it["titled"] > 0, lambda it: True),
    "5.6": (lambda it: it["tables"] > 0, lambda it: it["headed"] == it["tables"]),
    "5.7": (lambda it: it["tables"] > 0, lambda it: it["scoped"]),
    "6.2": (lambda it: it["links"] > 0, lambda it: it["bare"] == 0),
    "8.1": (lambda it: True, lambda it: it["doctype"] == "html"),
    "8.3": (lambda it: True, lambda it: bool(it["lang"])),
    "8.4": (lambda it: True, lambda it: it["lang"].startswith("fr")),
    "8.5": (lambda it: True, lambda it: bool(it["title"].strip())),
    "10.1": (lambda it: True, lambda it: it["styled"] == 0 and it["presented"] == 0),
    "11.1": (lambda it: it["fields"] > 0, lambda it: it["unlabelled"] == []),
    "11.6": (lambda it: it["sets"] > 0, lambda it: it["legendless"] == 0),
    "11.13": (lambda it: it["me"] > 0, lambda it: it["unfilled"] == []),
    "12.7": (lambda it: True, lambda it: it["skip"] > 0),
}
SEEN |= {f"4.{rank}": (lambda it: it["media"] > 0, lambda it: False) for rank in range(1, 14)}


def test_pages_are_what_the_grid_says(unpack: Callable[..., Phone], house: House) -> None:
    asked: set[str] = set()
    faults: list[str] = []
    facts: dict[str, Facts] = {}
    alone, seated, lead, office = unpack(), unpack(), unpack(), unpack()
    for phone in (alone, seated, lead, office):
        phone.page.on("request", lambda request: asked.add(request.url))
    lead.lead(house, "Inès")
    seated.join(house, "Paul")
    lead.press("Commencer")
    seated.is_at("sujet")
    seated.write("sujet-subject", "Ouvrir le soir")
    seated.sees("Ouvrir le soir")
    lead.sees("Ouvrir le soir")
    staff = sign_in(office, house.links.organiser)
    day = day_of(staff)
    for name in PAGES:
        page = {"participant": seated, "animation": lead, **dict.fromkeys(PUBLIC, alone)}.get(name, office).page
        path = {
            "accueil": "/", "entree": house.links.join, "inscription": f"{day}inscriptions/formulaire/apercu/",
            "rencontre": day, "repartition": f"{day}repartition/", "carte": "/atlas/grand-est/",
            "compte-rendu": f"{day}compte-rendu/", "compte": "/compte/", "bureau": f"{day}accueil/",
            "connexion": "/connexion/", "plan": "/plan-du-site/", "mentions": "/mentions-legales/",
            "declaration": "/accessibilite/",
        }.get(name)  # fmt: skip
        if path:
            answer = page.goto(path)
            assert answer is not None
            assert answer.status == 200, path
        facts[name] = page.evaluate(FACTS)
        if name in OF_OTHERS:
            facts[name]["me"] = 0
        faults += [f"{name}: {fault}" for fault in shapes(page, narrow=name in ("entree", "participant", "animation"))]
        if LONG or name in WALKED:
            order = walk_by_tab(page)
            start = order.index(min(order))  # a page that was used begins where its reader was
            if order[start:] + order[:start] != sorted(order):
                faults.append(f"{name}: Tab goes {order}")
    faults += disagreements(facts)
    faults += [f"asked of another host: {url}" for url in asked if not url.startswith((house.url, "data:", "blob:"))]
    for name, phone in (("participant", seated), ("animation", lead)):
        faults += messages(name, phone.page)
        faults += tree(name, phone.page)
    if os.environ.get("MAILLAGE_FACTS"):
        Path(os.environ["MAILLAGE_FACTS"]).write_text(json.dumps(facts, ensure_ascii=False, indent=1), encoding="utf-8")
    assert faults == [], "\n" + "\n".join(faults)


def shapes(page: Page, *, narrow: bool) -> list[str]:
    """Reflow, larger text, wider spacing, forced colours, less movement; the page is left as it was."""
    found = []
    page.set_viewport_size({"width": 320, "height": 640})
    found += [f"320 px: {wide}" for wide in [page.evaluate(WIDE)] if wide]
    page.set_viewport_size({"width": 390 if narrow else 1280, "height": 844})
    page.evaluate("document.documentElement.style.fontSize = '200%'")
    found += [f"200 %: {wide}" for wide in [page.evaluate(WIDE)] if wide]
    page.evaluate("document.documentElement.style.fontSize = ''")
    page.evaluate(SPACING)
    found += [f"spacing: {wide}" for wide in [page.evaluate(WIDE)] if wide]
    found += [f"spacing cuts {cut}" for cut in page.evaluate(CLIPPED)]
    page.evaluate("document.adoptedStyleSheets = []")
    page.emulate_media(reduced_motion="reduce")
    page.evaluate(
        "document.getAnimations().forEach((one) => one instanceof CSSTransition && one.finish())"
    )  # began before
    page.emulate_media(forced_colors="active", reduced_motion="reduce")
    found += [f"forced colours: no edge on {one}" for one in page.evaluate(UNBOUND)]
    found += [f"reduced motion: moves {one}" for one in page.evaluate(MOVING)]
    page.emulate_media(forced_colors="none", reduced_motion="no-preference")
    return found


def disagreements(facts: dict[str, Facts]) -> list[str]:
    found = []
    for criterion in audit().criteria:
        applies, keeps = SEEN.get(criterion.number, (None, None))
        if applies is None or keeps is None:
            continue
        for name, it in facts.items():
            seen = ("C" if keeps(it) else "NC") if applies(it) else "NA"
            told = criterion.results[name]
            if told != seen:
                found.append(f"{criterion.number}, {name}: the grid says {told}, the page {seen}")
    return found


def messages(name: str, page: Page) -> list[str]:
    """What a screen reader is told without moving: the state of the line, the last minute, a refusal."""
    roles = page.evaluate(
        "() => Object.fromEntries(['line', 'cue', 'refused'].map((id) => [id, document.getElementById(id)?.role]))"
    )
    wanted = {"line": "status", "cue": "status", "refused": "alert"}
    return [f"{name}: #{part} is {roles[part]}" for part, role in wanted.items() if roles[part] != role]


def tree(name: str, page: Page) -> list[str]:
    """The accessibility tree, in a file that a change shows in its diff; clocks and numbers of the run aside."""
    expect(page.locator("main")).to_be_visible(timeout=SOON)
    text = page.locator("body").aria_snapshot()
    text = re.sub(r"\d{1,2}[:\u202f\u00a0 ]?(?:min )?\d{2}\b", "0:00", text)
    text = re.sub(r"localhost:\d+", "localhost", text)
    text = re.sub(r"/url: \S+", "/url: …", text) + "\n"
    file = TREES / f"{name}.yaml"
    if os.environ.get("MAILLAGE_TREES"):
        TREES.mkdir(exist_ok=True)
        file.write_text(text, encoding="utf-8")
    if text == file.read_text(encoding="utf-8"):
        return []
    return [f"{name}: a screen reader is given something else than {file.name} (MAILLAGE_TREES=1 writes it):\n{text}"]

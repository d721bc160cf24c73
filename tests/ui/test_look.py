"""What a designer and a browser both refuse: pale text, a style the content policy stops, a template that is wrong."""

import re
from pathlib import Path

import pytest
from django.template import engines
from django.test import Client

import maillage
from maillage.ui.icons import ICONS

SOURCE = Path(maillage.__file__).parent
CSS = SOURCE / "ui/static/ui/css"
TEMPLATES = sorted(SOURCE.rglob("templates/**/*.html"))
TEXT, GRAPHIC = 4.5, 3.0  # contrast, WCAG 2.2: 1.4.3 and 1.4.11

PAIRS = [
    ("ink", "paper", TEXT),
    ("ink", "sheet", TEXT),
    ("ink", "wash", TEXT),
    ("soft", "paper", TEXT),
    ("soft", "sheet", TEXT),
    ("accent", "paper", TEXT),
    ("accent", "sheet", TEXT),
    ("accent", "wash", TEXT),
    ("accent-ink", "accent", TEXT),
    ("accent-ink", "accent-strong", TEXT),
    ("warn", "warn-wash", TEXT),
    ("warn", "paper", TEXT),
    ("bad", "bad-wash", TEXT),
    ("bad", "paper", TEXT),
    ("edge", "paper", GRAPHIC),
    ("edge", "sheet", GRAPHIC),
    ("bleu", "paper", GRAPHIC),
    ("rouge", "paper", GRAPHIC),
    ("vert", "paper", GRAPHIC),
]


def tokens(scheme: str) -> dict[str, str]:
    sheet = (CSS / "base.css").read_text()
    light, dark = re.findall(r":root \{(.*?)\}", sheet, re.DOTALL)[:2]
    found = dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", light))
    return found | (dict(re.findall(r"--([a-z-]+): (#[0-9a-f]{3,6})", dark)) if scheme == "dark" else {})


def luminance(colour: str) -> float:
    digits = colour[1:] if len(colour) == 7 else "".join(sign * 2 for sign in colour[1:])
    parts = [int(digits[at : at + 2], 16) / 255 for at in (0, 2, 4)]
    red, green, blue = (part / 12.92 if part <= 0.04045 else ((part + 0.055) / 1.055) ** 2.4 for part in parts)
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def contrast(one: str, other: str) -> float:
    high, low = sorted((luminance(one), luminance(other)), reverse=True)
    return (high + 0.05) / (low + 0.05)


@pytest.mark.parametrize("scheme", ["light", "dark"])
@pytest.mark.parametrize(("front", "back", "least"), PAIRS)
def test_colours_are_read_by_everybody(scheme, front, back, least):
    colours = tokens(scheme)
    assert contrast(colours[front], colours[back]) >= least


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_template_compiles_and_keeps_to_the_content_policy(path):
    text = path.read_text(encoding="utf-8")
    engines["django"].from_string(text)
    assert not re.search(r"\sstyle=|<style|\son[a-z]+=\"|javascript:", text)
    assert not re.search(r"<script(?![^>]*src=)", text)
    assert "'" not in re.sub(r"\{[%{].*?[%}]\}|<[^>]*>|\{#.*?#\}", "", text)  # a straight apostrophe is not French


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_table_is_read_without_scrolling_sideways_on_a_phone(path):
    """Stacked, each value after its label: every cell carries one, but those that are empty or a button."""
    text = path.read_text(encoding="utf-8")
    for table in re.findall(r"<table.*?</table>", text, re.DOTALL):
        assert re.match(r'<table class="[^"]*table-stack', table)
        bare = re.findall(r"<td(?![^>]*data-label=)[^>]*>(.*?)</td>", table, re.DOTALL)
        assert [cell for cell in bare if cell and "<button" not in cell] == []


@pytest.mark.parametrize("path", TEMPLATES, ids=lambda path: str(path.relative_to(SOURCE)))
def test_every_icon_named_exists(path):
    names = re.findall(r'\{% icon "([a-z-]+)" %\}', path.read_text(encoding="utf-8"))
    assert [name for name in names if name not in ICONS] == []


def test_unknown_page_says_so_in_french(client: Client, db):
    answer = client.get("/n-existe-pas/")
    assert answer.status_code == 404
    assert "Page introuvable" in answer.content.decode()


def test_form_without_its_token_is_refused_in_words(db):
    answer = Client(enforce_csrf_checks=True).post("/s/", {"code": "KAVU72"})
    assert answer.status_code == 403
    assert "rechargez" in answer.content.decode()


@pytest.mark.parametrize("address", ["/", "/a-propos/", "/accessibilite/", "/connexion/"])
def test_page_is_whole_and_loads_nothing_of_another_site(client: Client, db, address):
    html = client.get(address).content.decode()
    assert html.count("<h1") == 1
    # a link may lead elsewhere (the declaration's must): it asks nothing before it is followed
    assert not re.search(r'<(?!a )[^>]*(?:src|href|action)="(?:https?:)?//', html)

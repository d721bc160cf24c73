"""QR codes: same modules on the page and in the terminal, nothing the CSP stops."""

import re
from xml.etree import ElementTree as ET

import pytest
import segno

from maillage.lib.qr import QUIET_ZONE, qr_svg, qr_terminal

LINK = "https://exemple.fr/s/KAVU72/"
SVG = "{http://www.w3.org/2000/svg}"


def _expected(margin, mask=None):
    return [[bool(m) for m in row] for row in segno.make_qr(LINK, error="m", mask=mask).matrix_iter(border=margin)]


@pytest.mark.parametrize(("many", "mask"), [(False, None), (True, 3)])
def test_svg_draws_every_dark_module_and_no_other(many, mask):
    root = ET.fromstring(qr_svg(LINK, title="Entrer", many=many))
    expected = _expected(QUIET_ZONE, mask)
    drawn = [[False] * len(expected) for _ in expected]
    for x, y, length in re.findall(r"M(\d+) (\d+)h(\d+)v1h-\d+z", root.find(f"{SVG}path").get("d")):
        for column in range(int(x), int(x) + int(length)):
            drawn[int(y)][column] = True
    assert drawn == expected
    assert root.get("viewBox") == f"0 0 {len(expected)} {len(expected)}"


def test_svg_is_named_and_carries_no_style():
    svg = qr_svg(LINK, title='Entrer <dans> "la" séance')
    root = ET.fromstring(svg)
    assert root.get("role") == "img"
    assert root.get("aria-label") == root.find(f"{SVG}title").text == 'Entrer <dans> "la" séance'
    assert root.get("fill") == "currentColor"
    assert "style" not in svg


def test_terminal_shows_every_module():
    lines = qr_terminal(LINK).split("\n")
    upper = {"█": False, "▀": False, "▄": True, " ": True}
    lower = {"█": False, "▄": False, "▀": True, " ": True}
    shown = [[table[c] for c in line] for line in lines for table in (upper, lower)]
    expected = _expected(2)
    assert shown[: len(expected)] == expected
    assert max(map(len, lines)) <= 80

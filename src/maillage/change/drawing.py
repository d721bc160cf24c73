"""The path of change as SVG text: an actor a row, from expected to ideal along the line. Colours are classes; what was
seen differs by its shape and its word, never by its colour. What it says, the list beside it says too.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from django.utils.translation import gettext as _

from maillage.change.enums import Degree, MarkerLevel
from maillage.change.models import Marker
from maillage.change.queries import Way, last_degree
from maillage.lib.typography import typo

INK, SOFT, LINE, PAPER, ACCENT = "#14262b", "#4d6167", "#b9c4c0", "#ffffff", "#0c5a63"
SLIM, WIDE = frozenset("ijlft.,;:!|'’()\u00a0\u202f- "), frozenset("mwMW%–…")
SCREEN, ON_PAPER = 1.0, 0.85  # the widest of usual fonts (a screen takes what it has), the house's own
BOLD = 1.12
SIZE, LEADING, GAP = 15, 19, 14  # units: letters, lines, between two markers


@dataclass(frozen=True, slots=True)
class Drawn:
    svg: str
    width: int
    height: int

    @property
    def ratio(self) -> float:
        return round(self.height / self.width, 4)


def draw_path(ways: Sequence[Way], *, width: int = 960, title: str = "", font: float = SCREEN) -> Drawn:
    """At 960 columns stand side by side under the line; at 360 (a phone) one under the other, along a line that goes
    down. `font`: how wide its letters are."""
    return (_Wide if width >= 700 else _Narrow)(width, font).draw(ways, title)


def draw_rows(ways: Sequence[Way], *, width: int = 960) -> str:
    """For a page: a drawing an actor, one under the other, so that paper cuts none of them in two."""
    rows = []
    for place, way in enumerate(ways):
        sheet = (_Wide if width >= 700 else _Narrow)(width, SCREEN)
        title = _("Chemin de changement : %s") % way.actor.name
        rows.append(sheet.draw([way], typo(title), head=place == 0).svg)
    return "".join(rows)


def length(text: str) -> float:
    """Of a line, in sizes of its letters."""
    return sum(
        0.36 if letter in SLIM else 0.96 if letter in WIDE else 0.72 if letter.isupper() else 0.61 for letter in text
    )


def wrap(text: str, most: float) -> list[str]:
    """Lines of that length; a word longer than a line is cut."""
    lines: list[str] = []
    for word in filter(None, re.split(r"[ \n\t]", text)):  # never at a no-break space
        while length(word) > most and len(word) > 1:
            kept = next(place for place in range(len(word) - 1, 0, -1) if place == 1 or length(word[:place]) <= most)
            lines.append(word[:kept])
            word = word[kept:]
        if lines and length(f"{lines[-1]} {word}") <= most:
            lines[-1] += f" {word}"
        else:
            lines.append(word)
    return lines or [""]


def shape(degree: str, x: float, y: float) -> str:
    """Seen: full; partly: half; not seen: a bar across; not looked at: dotted."""
    ring = f'<circle class="path-node" cx="{x:g}" cy="{y:g}" r="9" fill="{PAPER}" stroke="{ACCENT}" stroke-width="2.5"'
    if degree == Degree.SEEN:
        return f'<circle class="path-full" cx="{x:g}" cy="{y:g}" r="10" fill="{ACCENT}"/>'
    if degree == Degree.PARTLY:
        return f'{ring}/><path class="path-full" d="M{x:g} {y - 9:g}a9 9 0 0 0 0 18z" fill="{ACCENT}"/>'
    if degree == Degree.UNSEEN:
        return f'{ring}/><path class="path-bar" d="M{x - 5:g} {y:g}h10" stroke="{ACCENT}" stroke-width="2.5"/>'
    return f'{ring} stroke-dasharray="3 3"/>'


def words_of(marker: Marker) -> str:
    """Under the sentence: never told by the shape alone, each time it was looked at."""
    told: str = marker.told  # type: ignore[attr-defined]
    return told


class _Sheet:
    def __init__(self, width: int, font: float) -> None:
        self.width, self.font, self.parts = width, font, list[str]()

    def wrap(self, text: str, width: float, size: float = SIZE) -> list[str]:
        return wrap(typo(text), width / size / self.font)

    def text(self, x: float, y: float, line: str, kind: str = "", size: int = SIZE, fill: str = INK) -> None:
        weight = ' font-weight="700"' if "bold" in kind else ""
        self.parts.append(
            f'<text class="path-text {kind}" x="{x:g}" y="{y:g}" font-size="{size}" fill="{fill}"{weight}>'
            f"{escape(typo(line))}</text>"
        )

    def marker(self, marker: Marker, x: float, y: float, width: float) -> float:
        """From its node at (x, y); returns where the next thing may begin."""
        self.parts.append(shape(last_degree(marker), x, y))
        left, base = x + 18, y + 5
        for line in self.wrap(marker.text, width - 18):
            self.text(left, base, line)
            base += LEADING
        for line in self.wrap(words_of(marker), width - 18, 13):
            self.text(left, base - 1, line, "path-soft", 13, SOFT)
            base += 17
        return base - LEADING + GAP + 10

    def done(self, height: float, title: str) -> Drawn:
        body = "".join(self.parts)
        svg = (
            f'<svg xmlns="http://www.w3.org/2000/svg" class="path-drawing" viewBox="0 0 {self.width} {height:g}" '
            f'role="img" font-family="Atkinson Hyperlegible Next, system-ui, sans-serif">'
            f"<title>{escape(title or str(_('Chemin de changement')))}</title>{body}</svg>"
        )
        return Drawn(svg, self.width, round(height))


class _Wide(_Sheet):
    def draw(self, ways: Sequence[Way], title: str, *, head: bool = True) -> Drawn:
        side = self.width * 0.2
        column = (self.width - side) / 3
        heads = [side + place * column for place in range(3)]
        if head:
            for x, level in zip(heads, MarkerLevel, strict=True):
                self.text(x + 10, 20, str(level.label).capitalize(), "bold")
        y = 36.0 if head else 1.0
        for way in ways:
            self.parts.append(f'<path class="path-rule" d="M0 {y:g}H{self.width}" stroke="{LINE}"/>')
            base = y + 30
            for line in self.wrap(way.actor.name, (side - 18) / BOLD):
                self.text(0, base, line, "bold")
                base += LEADING
            for change in way.changes:
                for line in self.wrap(change.text, side - 18, 13):
                    self.text(0, base, line, "path-soft", 13, SOFT)
                    base += 17
                base += 4
            rail = y + 20
            arrow = f"M{side:g} {rail:g}H{self.width - 4:g}m-9-6 9 6-9 6"
            self.parts.append(f'<path class="path-line" d="{arrow}" fill="none" stroke="{ACCENT}" stroke-width="2"/>')
            ends = [base]
            for x, level in zip(heads, MarkerLevel, strict=True):
                at, nodes, place = rail + 26, [rail], len(self.parts)
                for marker in way.at(level):
                    nodes.append(at)
                    at = self.marker(marker, x + 20, at, column - 30)
                stem = f"M{x + 20:g} {rail:g}V{nodes[-1]:g}"
                stroke = f'stroke="{ACCENT}" stroke-width="1.5"'
                self.parts.insert(place, f'<path class="path-line" d="{stem}" {stroke}/>')
                ends.append(at)
            y = max(ends) + 4
        return self.done(y, title)


class _Narrow(_Sheet):
    def draw(self, ways: Sequence[Way], title: str, *, head: bool = True) -> Drawn:
        y = 6.0
        for way in ways:
            self.parts.append(f'<path class="path-rule" d="M0 {y:g}H{self.width}" stroke="{LINE}"/>')
            y += 26
            for line in self.wrap(way.actor.name, self.width / BOLD, 18):
                self.text(0, y, line, "bold", 18)
                y += 22
            for change in way.changes:
                for line in self.wrap(change.text, self.width):
                    self.text(0, y, line, "path-soft", SIZE, SOFT)
                    y += LEADING
            top, last = y, y
            rows: list[tuple[Marker, float]] = []
            place = len(self.parts)
            for level in MarkerLevel:
                if not way.at(level):
                    continue
                self.text(26, y + 14, str(level.label).capitalize(), "bold", 13)
                y += 34
                for marker in way.at(level):
                    rows.append((marker, y))
                    last = y
                    y = self.marker(marker, 11, y, self.width - 14)
            if rows:
                line = f'<path class="path-line" d="M11 {top + 4:g}V{last:g}" stroke="{ACCENT}" stroke-width="2"/>'
                self.parts.insert(place, line)
            y += 6
        return self.done(y, title)

"""Small drawings in SVG: bars, votes before and after, the curve of a pot, the line of a cycle.

Each is read in grey: what differs differs by its place, its pattern or its shape, and carries its words. `fill` and
`stroke` are attributes (a content policy lets them be), classes let a dark screen colour them again (report.css). Texts
are escaped; nothing here knows where they come from.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from html import escape

from maillage.live.drawings import apart

INK, SOFT, LINE, PAPER = "#14262b", "#4d6167", "#b9c4c0", "#ffffff"
FONT = "Atkinson Hyperlegible Next, system-ui, sans-serif"
LETTER = 0.54  # of the size of a letter: how wide one is, on average
SIZE, SMALL = 15, 13  # of letters
WIDE = 640  # units across a page: 170 mm on paper
SHAPES = ("circle", "square", "triangle", "diamond", "ring", "cross")
DASHES = ("", "9 4", "2 4", "12 4 2 4", "5 3", "1 3")


@dataclass(frozen=True, slots=True)
class Drawn:
    svg: str
    width: float
    height: float

    @property
    def ratio(self) -> float:
        return round(self.height / self.width, 4)


@dataclass(frozen=True, slots=True)
class Bar:
    label: str
    number: int
    words: str  # « 12 voix, 40 % »
    before: int | None = None


@dataclass(frozen=True, slots=True)
class Series:
    name: str
    points: tuple[tuple[int, int], ...]  # place along the line, per cent


@dataclass(frozen=True, slots=True)
class Stop:
    """A meeting on the line of a cycle."""

    place: float  # from 0 to 1
    number: int
    here: bool = False  # the one the document is about


def cut(text: str, letters: int, lines: int = 2) -> list[str]:
    """In so many lines of so many letters, at spaces; what does not fit ends with « … »."""
    found: list[str] = []
    for word in text.split(" "):
        if found and len(found[-1]) + 1 + len(word) <= letters:
            found[-1] += f" {word}"
        else:
            found.append(word)
    found = [line if len(line) <= letters else line[: letters - 1] + "…" for line in found]
    if len(found) > lines:
        last = found[lines - 1]
        found = [*found[: lines - 1], (last if len(last) < letters else last[:-1]).rstrip() + "…"]
    return found


def bars(rows: Sequence[Bar], accent: str, *, width: int = WIDE) -> Drawn:
    """One a line: its label above, its number at its end. `before`: an outlined bar of the same vote, earlier."""
    most = max([1, *(row.number for row in rows), *(row.before or 0 for row in rows)])
    words = max((len(row.words) for row in rows), default=0)
    long = width - words * SIZE * LETTER - 16
    parts, y = [], 4.0
    for row in rows:
        for line in cut(row.label, int((width - 4) / (SIZE * LETTER))):
            y += SIZE
            parts.append(_text(0, y, line))
            y += 3
        if row.before is not None:
            wide = long * row.before / most
            parts.append(
                f'<rect class="before" x="1" y="{_n(y + 4)}" width="{_n(wide)}" height="8" fill="{PAPER}" '
                f'stroke="{SOFT}" stroke-width="1.6"/>'
            )
            parts.append(_text(wide + 9, y + 12, str(row.before), size=SMALL, soft=True))
            y += 12
        wide = long * row.number / most
        if row.number:
            parts.append(f'<rect class="bar" x="0" y="{_n(y + 4)}" width="{_n(wide)}" height="14" fill="{accent}"/>')
        parts.append(_text(wide + 8 if row.number else 0, y + 16, row.words, bold=True))
        y += 28
    return _drawn(width, y, parts)


def curve(series: Sequence[Series], ticks: Sequence[str], accent: str, *, width: int = WIDE) -> Drawn:
    """Shares from 0 to 100 %, round after round; each table has its shape, its stroke and its name at its end."""
    left, top, high, under = 52, 12, 210, 52
    names = max((min(len(each.name), 16) for each in series), default=4) * SIZE * LETTER + 30
    plot = width - left - names
    places = max([1, *(place for each in series for place, _share in each.points)])

    def x(place: int) -> float:
        return left + plot * (place / places if places > 1 else 0.5)

    def y(share: float) -> float:
        return top + high * (1 - share / 100)

    parts = []
    for share in (0, 50, 100):
        parts.append(f'<path class="rule" d="M{left} {_n(y(share))}h{_n(plot)}" stroke="{LINE}" fill="none"/>')
        parts.append(_text(left - 8, y(share) + 5, f"{share}\u202f%", size=SMALL, anchor="end", soft=True))
    for at, words in enumerate(ticks):
        parts.append(_text(x(at), top + high + 20, words, size=SMALL, anchor="middle", soft=True))
    lasts = sorted((each for each in series if each.points), key=lambda each: y(each.points[-1][1]))
    ends = apart([y(each.points[-1][1]) for each in lasts], SIZE + 3, top + high + under)
    height = dict(zip([each.name for each in lasts], ends, strict=True))
    for position, each in enumerate(series):
        dash = DASHES[position % len(DASHES)]
        dots = [(x(place), y(share)) for place, share in each.points]
        path = "M" + "L".join(f"{_n(across)} {_n(down)}" for across, down in dots)
        dashed = f' stroke-dasharray="{dash}"' if dash else ""
        parts.append(f'<path class="thread" d="{path}" fill="none" stroke="{accent}" stroke-width="2.2"{dashed}/>')
        parts += [shape(position, across, down, 5.5, accent) for across, down in dots]
        if dots:
            end = height[each.name]
            parts.append(shape(position, left + plot + 16, end - 5, 5, accent))
            parts.append(_text(left + plot + 26, end, cut(each.name, 16, 1)[0]))
    return _drawn(width, top + high + under, parts)


def shape(position: int, x: float, y: float, size: float, colour: str) -> str:
    """A point whose form says whose it is."""
    kind = SHAPES[position % len(SHAPES)]
    here = f'class="point" fill="{colour}" stroke="{PAPER}" stroke-width="1"'
    if kind == "circle":
        return f'<circle {here} cx="{_n(x)}" cy="{_n(y)}" r="{_n(size)}"/>'
    if kind == "ring":
        return (
            f'<circle class="before" fill="{PAPER}" stroke="{colour}" stroke-width="2" cx="{_n(x)}" cy="{_n(y)}" '
            f'r="{_n(size - 1)}"/>'
        )
    if kind == "square":
        return f'<rect {here} x="{_n(x - size)}" y="{_n(y - size)}" width="{_n(2 * size)}" height="{_n(2 * size)}"/>'
    if kind == "triangle":
        return f'<path {here} d="M{_n(x)} {_n(y - size)}l{_n(size)} {_n(2 * size)}h{_n(-2 * size)}z"/>'
    if kind == "diamond":
        return f'<path {here} d="M{_n(x)} {_n(y - size - 1)}l{_n(size)} {_n(size + 1)}l{_n(-size)} {_n(size + 1)}l{_n(-size)} {_n(-size - 1)}z"/>'
    arm = size
    return (
        f'<path class="thread" d="M{_n(x - arm)} {_n(y - arm)}l{_n(2 * arm)} {_n(2 * arm)}m0 {_n(-2 * arm)}'
        f'l{_n(-2 * arm)} {_n(2 * arm)}" stroke="{colour}" stroke-width="2.4" fill="none"/>'
    )


def balloons(
    rows: Sequence[tuple[str, Sequence[int]]], columns: Sequence[str], accent: str, *, width: int = WIDE
) -> Drawn:
    """Questions that share their answers: a disc where they cross, as large as its number, which is written in it."""
    left = width * 0.46
    step = (width - left) / max(len(columns), 1)
    letters = max(int(step / (SMALL * LETTER)) - 1, 4)
    heads = [cut(column, letters, 3) for column in columns]
    parts, top = [], max((len(head) for head in heads), default=1) * (SMALL + 2) + 6.0
    for position, head in enumerate(heads):
        for line, words in enumerate(head):
            y = top - 8 - (len(head) - 1 - line) * (SMALL + 2)
            parts.append(_text(left + step * (position + 0.5), y, words, size=SMALL, anchor="middle", soft=True))
    most = max([1, *(number for _label, numbers in rows for number in numbers)])
    y = top
    for label, numbers in rows:
        lines = cut(label, int((left - 12) / (SIZE * LETTER)), 3)
        high = max(len(lines) * (SIZE + 2) + 8, 30)
        parts.append(f'<path class="rule" d="M0 {_n(y)}H{width}" stroke="{LINE}" fill="none"/>')
        for line, words in enumerate(lines):
            parts.append(_text(0, y + high / 2 + 5 + (line - (len(lines) - 1) / 2) * (SIZE + 2), words))
        for position, number in enumerate(numbers):
            x, radius = left + step * (position + 0.5), 14 * (number / most) ** 0.5
            middle = y + high / 2
            if radius > 0:
                parts.append(f'<circle class="bar" cx="{_n(x)}" cy="{_n(middle)}" r="{_n(radius)}" fill="{accent}"/>')
            inside = radius > 4.5 + 4 * len(str(number))
            parts.append(
                f'<text class="{"on-bar" if inside else "words"}" x="{_n(x if inside else x + radius + 4)}" '
                f'y="{_n(middle + 5)}" font-size="{SMALL}" font-weight="bold" font-family="{FONT}" '
                f'text-anchor="{"middle" if inside or not radius else "start"}" '
                f'fill="{PAPER if inside else INK}">{number}</text>'
            )
        y += high
    return _drawn(width, y, parts)


def timeline(stops: Sequence[Stop], years: Sequence[tuple[float, str]], accent: str, *, width: int = WIDE) -> Drawn:
    """The meetings of a cycle on a line of time: a number each, which the table beside names."""
    left, right, line = 20.0, width - 20.0, 46.0
    parts = [f'<path class="thread" d="M{left} {line}H{right}" stroke="{accent}" stroke-width="2" fill="none"/>']
    for place, year in years:
        x = left + (right - left) * place
        parts.append(f'<path class="rule" d="M{_n(x)} {line - 6}v12" stroke="{SOFT}" fill="none"/>')
        parts.append(_text(x, line + 34, year, size=SMALL, anchor="middle", soft=True))
    wanted = [left + (right - left) * stop.place for stop in stops]
    places = apart(wanted, 30, width)
    for stop, x in zip(stops, places, strict=True):
        ground, ink = (accent, PAPER) if stop.here else (PAPER, INK)
        parts.append(
            f'<circle class="{"bar" if stop.here else "before"}" cx="{_n(x)}" cy="{line}" r="14" fill="{ground}" '
            f'stroke="{accent}" stroke-width="2"/>'
        )
        words = f'<text class="{"on-bar" if stop.here else "words"}" x="{_n(x)}" y="{line + 5}" text-anchor="middle" '
        parts.append(
            f'{words}font-size="{SIZE}" font-weight="bold" font-family="{FONT}" fill="{ink}">{stop.number}</text>'
        )
    return _drawn(width, line + 44, parts)


def _text(
    x: float, y: float, words: str, *, size: int = SIZE, anchor: str = "", bold: bool = False, soft: bool = False
) -> str:
    more = (f' text-anchor="{anchor}"' if anchor else "") + (' font-weight="bold"' if bold else "")
    return (
        f'<text class="{"soft" if soft else "words"}" x="{_n(x)}" y="{_n(y)}" font-size="{size}" '
        f'font-family="{FONT}" fill="{SOFT if soft else INK}"{more}>{escape(words)}</text>'
    )


def _n(value: float) -> str:
    """« 12 », « 12.4 »: short, and never « 1e-05 »."""
    return f"{value:.1f}".removesuffix(".0")


def _drawn(width: float, height: float, parts: Sequence[str]) -> Drawn:
    height = round(height + 4)
    opening = f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {_n(width)} {height}" width="{_n(width)}" height="{height}">'
    return Drawn(opening + "".join(parts) + "</svg>", width, height)

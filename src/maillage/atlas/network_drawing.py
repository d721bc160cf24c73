"""A network as SVG text: links, points by size, names where there is room for them. Colours are classes."""

from dataclasses import dataclass
from html import escape
from itertools import pairwise

from django.utils.translation import gettext as _

from maillage.atlas.drawing import WIDTH, Label
from maillage.atlas.labels import NARROW, WIDE, Board, cut_in_two
from maillage.atlas.network import Network
from maillage.atlas.standing import linked_words, page_of, shared_words
from maillage.lib.typography import typo
from maillage.people.models import Organisation

HEIGHT = 640
MARGIN = 70
MOST_DRAWN = 60  # the most linked: more, and nobody reads the drawing; the table has them all
MOST_LINES = 300
LEAST = 42  # between two points: a finger's width on a wide screen
RADII = (7, 11, 16)  # of the three sizes
LONGEST = 40  # letters of a name on the drawing


@dataclass(frozen=True)
class Picture:
    svg: str
    left_out: int  # organisations not drawn
    thin: int  # lines drawn, when there are too many links: the most shared; else 0
    sizes: list[tuple[int, str]]  # size → « 1 à 3 structures »


def draw_network(network: Network, title: str) -> Picture:
    from maillage.atlas.layout import place_points  # numpy: a server that has drawn no network does without

    drawn = sorted(network.actors, key=lambda row: (-len(network.neighbours[row.pk]), row.folded_name))[:MOST_DRAWN]
    drawn.sort(key=lambda row: (row.folded_name, row.pk))
    index = {row.pk: n for n, row in enumerate(drawn)}
    links = [link for link in network.links if link.one.pk in index and link.other.pk in index]
    times = {(index[link.one.pk], index[link.other.pk]): link.times for link in links}
    spots = place_points([str(row.pk) for row in drawn], times, aspect=WIDTH / HEIGHT, least=LEAST / HEIGHT)
    at = [(MARGIN + x * (WIDTH - 2 * MARGIN), MARGIN + y * (HEIGHT - 2 * MARGIN)) for x, y in spots]
    degrees = [len(network.neighbours[row.pk]) for row in drawn]
    steps = _steps(degrees)
    sizes = [sum(degree > step for step in steps) for degree in degrees]
    lines = []
    for link in reversed(links[:MOST_LINES]):
        (left, top), (right, bottom) = at[index[link.one.pk]], at[index[link.other.pk]]
        ends = f'x1="{left:.0f}" y1="{top:.0f}" x2="{right:.0f}" y2="{bottom:.0f}"'
        lines.append(f'<line class="tie tie{min(3, link.times)}" {ends}/>')
    points = [
        f'<a href="{escape(page_of(network, row))}"><title>{_text(_point_words(network, row))}</title>'
        f'<circle class="actor actor{size + 1}" cx="{x:.0f}" cy="{y:.0f}" r="{RADII[size]}"/></a>'
        for row, (x, y), size in zip(drawn, at, sizes, strict=True)
    ]
    svg = (
        f'<svg class="map-sheet network" viewBox="0 0 {WIDTH} {HEIGHT}" role="group" aria-label="{_text(title)}">'
        f'<g class="ties" aria-hidden="true">{"".join(lines)}</g><g class="actors">{"".join(points)}</g>'
        f"{_names(drawn, at, sizes, WIDE, 'wide')}{_names(drawn, at, sizes, NARROW, 'narrow')}</svg>"
    )
    return Picture(
        svg, len(network.actors) - len(drawn), MOST_LINES if len(links) > MOST_LINES else 0, _size_words(degrees, steps)
    )


def _steps(degrees: list[int]) -> list[int]:
    """Above the first a point is middling, above the second large: thirds of the largest."""
    most = max(degrees, default=0)
    return sorted({most // 3, 2 * most // 3}) if most > 2 else []


def _size_words(degrees: list[int], steps: list[int]) -> list[tuple[int, str]]:
    """« 1 à 3 », of the sizes there are."""
    found = []
    bounds = [0, *steps, max(degrees, default=0)]
    for size, (low, high) in enumerate(pairwise(bounds)):
        inside = [degree for degree in degrees if low < degree <= high]
        if inside:
            least, most = min(inside), max(inside)
            found.append(
                (size + 1, f"{least}" if least == most else _("{least} à {most}").format(least=least, most=most))
            )
    return found


def _names(
    drawn: list[Organisation], at: list[tuple[float, float]], sizes: list[int], letters: float, kind: str
) -> str:
    """The largest first; what finds no room is in the point's own words and in the table."""
    board = Board(HEIGHT, letters)
    board.taken += [(0, 0, 10, HEIGHT), (WIDTH - 24, 0, WIDTH, HEIGHT)]  # letters may be wider than reckoned
    board.taken += [(820, 0, WIDTH, 60)] if kind == "wide" else [(640, 0, WIDTH, 120)]  # the buttons
    grow = 1 if kind == "wide" else 1.6
    for (x, y), size in zip(at, sizes, strict=True):
        radius = RADII[size] * grow
        board.dots.append((x - radius, y - radius, x + radius, y + radius))
    texts = []
    order = sorted(range(len(drawn)), key=lambda n: (-sizes[n], drawn[n].folded_name))
    for n in order:
        radius = RADII[sizes[n]] * grow
        name = drawn[n].name if len(drawn[n].name) <= LONGEST else drawn[n].name[: LONGEST - 1].rstrip() + "…"
        label = board.write_beside(*at[n], cut_in_two(name), beside=(radius, radius))
        if label is not None:
            texts.append(_label(label))
    return f'<g class="labels {kind}" aria-hidden="true">{"".join(texts)}</g>'


def _label(label: Label) -> str:
    anchor = f' text-anchor="{label.anchor}"' if label.anchor else ""
    first, *others = label.lines
    more = "".join(f'<tspan x="{label.x:.0f}" dy="1.05em">{_text(line)}</tspan>' for line in others)
    return f'<text{anchor} x="{label.x:.0f}" y="{label.y:.0f}">{_text(first)}{more}</text>'


def _point_words(network: Network, row: Organisation) -> str:
    degree, times = len(network.neighbours[row.pk]), network.times[row.pk]
    return f"{row.name} : {linked_words(network.basis, degree)}, {shared_words(network.basis, times)}"


def _text(text: str) -> str:
    return escape(typo(text))

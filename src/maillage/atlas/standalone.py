"""One SVG file that says everything: title, map, legend, sources, its colours inside."""

from html import escape

from maillage.atlas.drawing import WIDTH, drawn_shape, svg_of
from maillage.atlas.facts import source_words
from maillage.atlas.pages import AtlasPage
from maillage.atlas.palette import SHEET, swatch_file
from maillage.lib.typography import typo

MARGIN, HEAD, LINE = 24, 92, 26
LEGEND = (
    ".title{font-size:34px;font-weight:700;text-anchor:start;stroke:none}.said{text-anchor:start;stroke:none}"
    ".fine{font-size:12px;fill:#4d6167;text-anchor:start;stroke:none}"
)


def whole_svg(page: AtlasPage, base: str) -> str:
    drawing = page.map.drawings[0]
    lines = [(key.shade, "", f"{key.words} ({key.how_many})") for key in page.map.legend]
    lines += [(-1, mark["id"], f"{mark['words']} {mark['shown']}".strip()) for mark in page.marks]
    top = HEAD + drawing.frame.height + MARGIN
    below = top + LINE * len(lines) + MARGIN
    sources = [typo(source_words(source)) for source in page.map_sources] + [base + page.path]
    height = below + 18 * len(sources) + MARGIN
    inner = svg_of(drawing, style=SHEET + LEGEND, base=base)
    # nested: its own size, its own place on the sheet
    inner = inner.replace("<svg ", f'<svg x="{MARGIN}" y="{HEAD}" ', 1)
    under = typo(page.legend_title) if page.map.legend else page.eyebrow
    parts = [
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {WIDTH + 2 * MARGIN} {height}" '
        f'width="{WIDTH + 2 * MARGIN}" height="{height}" role="group" aria-label="{escape(page.map_title)}">',
        f'<rect width="100%" height="100%" fill="#fff"/>{inner}',
        f'<text class="title" x="{MARGIN}" y="46">{escape(typo(page.place.name))}</text>',
        f'<text class="said" x="{MARGIN}" y="74">{escape(under)}</text>',
        *(_line(top + LINE * number, *line) for number, line in enumerate(lines)),
        *(
            f'<text class="fine" x="{MARGIN}" y="{below + 18 * number}">{escape(source)}</text>'
            for number, source in enumerate(sources)
        ),
        "</svg>",
    ]
    return "".join(parts)


def _line(y: int, shade: int, kind: str, words: str) -> str:
    if shade >= 0:
        mark = (
            swatch_file(shade)
            .replace("<svg ", f'<svg x="{MARGIN}" y="{y - 2}" ', 1)
            .replace('"h"', f'"l{shade}"')
            .replace("#h)", f"#l{shade})")
        )
    else:
        mark = f'<g transform="translate({MARGIN + 18} {y + 10})">{drawn_shape(kind)}</g>'
    return f'{mark}<text class="said" x="{MARGIN + 48}" y="{y + 15}">{escape(typo(words))}</text>'

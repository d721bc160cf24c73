"""QR codes for a page (SVG without style, for the CSP) and for a terminal (half blocks)."""

from html import escape
from itertools import groupby

import segno

QUIET_ZONE = 4  # modules of margin, asked for by ISO/IEC 18004: scanners need them
_TERMINAL_MARGIN = 2  # enough on a screen, and the code fits in 80 columns


def _modules(text: str, margin: int, mask: int | None = None) -> list[list[bool]]:
    code = segno.make_qr(text, error="m", mask=mask)
    return [[bool(module) for module in row] for row in code.matrix_iter(border=margin)]


def qr_svg(text: str, *, title: str, many: bool = False) -> str:
    """An accessible SVG drawn in currentColor, without size: the page's CSS gives it one.

    It must stand on a light ground in dark mode too (many phones do not read light on dark): the frame around it sets
    `color` and `background` both. `many`: one mask for all instead of the best of eight for each, which every reader
    reads, four times sooner; for hundreds of printed codes.
    """
    rows = _modules(text, QUIET_ZONE, mask=3 if many else None)
    strokes = []
    for y, row in enumerate(rows):
        x = 0
        for dark, run in groupby(row):
            length = len(list(run))
            if dark:
                strokes.append(f"M{x} {y}h{length}v1h-{length}z")
            x += length
    size = len(rows)
    label = escape(title)
    return (
        f'<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 {size} {size}" role="img" aria-label="{label}" '
        f'class="qr" fill="currentColor" shape-rendering="crispEdges"><title>{label}</title>'
        f'<path d="{"".join(strokes)}"/></svg>'
    )


def qr_terminal(text: str) -> str:
    """Two modules a character. Light modules are the filled ones: right side up on a dark terminal."""
    rows = _modules(text, _TERMINAL_MARGIN)
    if len(rows) % 2:
        rows.append([True] * len(rows[0]))  # below the margin: drawn as the terminal's own ground
    glyphs = {(False, False): "█", (False, True): "▀", (True, False): "▄", (True, True): " "}
    return "\n".join(
        "".join(glyphs[pair] for pair in zip(upper, lower, strict=True))
        for upper, lower in zip(rows[::2], rows[1::2], strict=True)
    )

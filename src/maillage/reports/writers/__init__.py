"""A Document (reports/blocks.py) set in one format: `pdf`, `docx`, `odt`, `html`, one module each."""

import re
from collections.abc import Callable, Sequence

from maillage.lib.typst import compile_pictures
from maillage.reports.blocks import Document, Figure

DOTS_PER_INCH = 200  # of a drawing made a picture, at its printed size
PAGE_WIDTH = 170.0  # mm between the margins of an A4
POINTS = 72 / 25.4  # in a millimetre

Progress = Callable[[int, int], None]  # so many blocks set, of so many; it raises to stop


def no_progress(done: int, total: int) -> None:
    pass


def pictures_of(document: Document) -> list[bytes]:
    """The drawings as PNG, in order, all at once: beside the SVG for the readers that do not know it."""
    figures = [block for block in document.blocks if isinstance(block, Figure)]
    if not figures:
        return []
    return compile_pictures(
        "reports/typst/pictures.typ",
        {
            "pictures": [
                {"svg": each.svg, "width": w, "height": h}
                for each, (w, h) in zip(figures, sizes_of(figures), strict=True)
            ]
        },
        dots_per_inch=DOTS_PER_INCH,
    )


def sizes_of(figures: Sequence[Figure]) -> list[tuple[float, float]]:
    """Points, as they are printed. One that stands beside its table on paper is as wide here."""
    widths = [PAGE_WIDTH * POINTS * min(figure.share, 78 if figure.ratio > 0.75 else 100) / 100 for figure in figures]
    return [(width, width * figure.ratio) for figure, width in zip(figures, widths, strict=True)]


# What XML cannot say, and what has no meaning in a document: control signs, half a pair of surrogates, non-characters.
_UNSAID = re.compile("[\x00-\x08\x0b\x0c\x0e-\x1f\x7f-\x84\x86-\x9f\ud800-\udfff\ufffe\uffff]")


def printable(text: str) -> str:
    return _UNSAID.sub("", text)

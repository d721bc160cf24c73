"""Names on a map: each where nothing else is written, else nowhere; the table beside says them all."""

import re
from collections.abc import Sequence
from dataclasses import dataclass, field

from maillage.atlas.drawing import WIDTH, Label

WIDE, NARROW = 17, 34  # on the sheet: the largest letters of a wide screen, of a narrow one (atlas.css)
LETTER = 0.54  # of the size: the mean width of a letter
LINE = 1.05  # of the size
LONGEST = 16  # letters of a line: a longer name is cut in two
# « CA Ardenne Métropole » is read « Ardenne Métropole » on a map; the whole name is in the link and in the table.
LEGAL_FORM = re.compile(r"^(?:CA|CC|CU|SAN|Métropole)\s+(?:de la\s+|de l[’']|du\s+|des\s+|de\s+|d[’'])?(?=\w)", re.IGNORECASE)


def short_name(name: str) -> str:
    short = LEGAL_FORM.sub("", name)
    return short[:1].upper() + short[1:]


def cut_in_two(name: str) -> tuple[str, ...]:
    words = name.split()
    if len(name) <= LONGEST or len(words) < 2:
        return (name,)
    cuts = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    return min(cuts, key=lambda pair: max(map(len, pair)))


@dataclass
class Board:
    """What is written so far, at one size of letters."""

    height: float
    size: float
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)

    def keep_clear(self, x: float, y: float, radius: float) -> None:
        self.taken.append((x - radius, y - radius, x + radius, y + radius))

    def write(self, x: float, y: float, lines: tuple[str, ...], *, kind: str = "", beside: float = 0.0) -> Label | None:
        """Centred on the point, or beside a dot of that radius, on the side that is free. None: no room."""
        wide = max(map(len, lines)) * LETTER * self.size
        high = len(lines) * LINE * self.size
        places = [(x - wide / 2, y - high / 2, "")]
        if beside:
            gap = beside + self.size * 0.3
            middle = y - high / 2
            places = [
                (x + gap, middle, "start"),
                (x - gap - wide, middle, "end"),
                (x - wide / 2, y - gap - high, ""),
                (x - wide / 2, y + gap, ""),
            ]
        for left, top, anchor in places:
            box = (left, top, left + wide, top + high)
            if self._free(box):
                self.taken.append(box)
                at = {"": left + wide / 2, "start": left, "end": left + wide}[anchor]
                return Label(at, top + self.size * 0.82, lines, kind, anchor)
        return None

    def _free(self, box: tuple[float, float, float, float]) -> bool:
        left, top, right, bottom = box
        if left < 2 or top < 2 or right > WIDTH - 2 or bottom > self.height - 2:
            return False
        return not any(left < r and right > l and top < b and bottom > t for l, t, r, b in self.taken)


def written(labels: Sequence[Label | None]) -> list[Label]:
    return [label for label in labels if label is not None]

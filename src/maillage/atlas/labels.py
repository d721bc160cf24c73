"""Names on a map: each where nothing else is written, else nowhere; the table beside says them all."""

import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass, field

from maillage.atlas.drawing import WIDTH, Label

WIDE, NARROW = 17, 34  # on the sheet: the largest letters of a wide screen, of a narrow one (atlas.css)
LETTER = 0.54  # of the size: the mean width of a letter
LINE = 1.05  # of the size
LONGEST = 16  # letters of a line: a longer name is cut in two
# « CA Ardenne Métropole » is read « Ardenne Métropole » on a map; the whole name is in the link and in the table.
_LINKS = r"(?:de la\s+|de l[’']|du\s+|des\s+|de\s+|d[’'])?(?=\w)"
LEGAL_FORM = re.compile(rf"^(?:CA|CC|CU|SAN|Métropole)\s+{_LINKS}", re.IGNORECASE)


def short_name(name: str) -> str:
    short = LEGAL_FORM.sub("", name)
    return short[:1].upper() + short[1:]


def cut_in_two(name: str) -> tuple[str, ...]:
    words = name.split()
    if len(name) <= LONGEST or len(words) < 2:
        return (name,)
    cuts = [(" ".join(words[:at]), " ".join(words[at:])) for at in range(1, len(words))]
    return min(cuts, key=lambda pair: max(map(len, pair)))


# Where a name may go when its middle is taken: eight directions, further and further, as shares of its own size.
_TURNS = ((0, 1), (0, -1), (1, 0), (-1, 0), (0.8, 0.8), (-0.8, 0.8), (0.8, -0.8), (-0.8, -0.8))
_AWAY = (0.0, 0.55, 0.85, 1.15)


@dataclass
class Board:
    """What is written so far, at one size of letters; `dots`: what one would rather not write upon."""

    height: float
    size: float
    taken: list[tuple[float, float, float, float]] = field(default_factory=list)
    dots: list[tuple[float, float, float, float]] = field(default_factory=list)

    def write(
        self,
        x: float,
        y: float,
        lines: tuple[str, ...],
        *,
        kind: str = "",
        within: tuple[float, float, float, float] | None = None,
    ) -> Label | None:
        """On the point or around it; None: no room. `within`: the sides of what is named; it never strays."""
        wide, high = self._measure(lines)
        if within:
            within = (within[0] - wide * 0.2, within[1] - high * 0.7, within[2] + wide * 0.2, within[3] + high * 0.7)
        for away in _AWAY:
            for right, down in _TURNS if away else ((0, 0),):
                left = x + right * away * (wide + self.size) - wide / 2
                top = y + down * away * (high + self.size) - high / 2
                box = (left, top, left + wide, top + high)
                if (not within or _holds(within, left + wide / 2, top + high / 2)) and self._free(box, self.dots):
                    return self._keep(left, top, lines, kind, "")
        return None

    def write_inside(
        self,
        box: tuple[float, float, float, float],
        centre: tuple[float, float],
        lines: tuple[str, ...],
        *,
        holds: Callable[[float, float], bool],
        kind: str = "",
        avoid: Sequence[tuple[float, float, float, float]] = (),
    ) -> Label | None:
        """Whole within what it names, as near to its centre as there is room."""
        wide, high = self._measure(lines)
        left, top, right, bottom = box
        grid = [(left + (right - left) * i / 16, top + (bottom - top) * j / 16) for i in range(17) for j in range(17)]
        grid.sort(key=lambda at: (at[0] - centre[0]) ** 2 + (at[1] - centre[1]) ** 2)
        around = (left - wide, top - high, right + wide, bottom + high)
        dots = [dot for dot in self.dots if _meet(dot, around)]
        avoided = [other for other in avoid if _meet(other, around)]
        for others in (avoided, ()) if avoided else ((),):
            in_the_way = [*dots, *others]
            for x, y in grid:
                written = (x - wide / 2, y - high / 2, x + wide / 2, y + high / 2)
                if self._free(written, in_the_way) and all(holds(x + side * wide / 2, y) for side in (-1, 0, 1)):
                    return self._keep(written[0], written[1], lines, kind, "")
        return None

    def write_beside(
        self, x: float, y: float, lines: tuple[str, ...], *, beside: tuple[float, float], kind: str = ""
    ) -> Label | None:
        """Beside something so wide and so high from its middle, on the side that is free."""
        wide, high = self._measure(lines)
        across, along = beside[0] + self.size * 0.3, beside[1] + self.size * 0.15
        middle = y - high / 2
        for left, top, anchor in (
            (x + across, middle, "start"),
            (x - across - wide, middle, "end"),
            (x - wide / 2, y - along - high, ""),
            (x - wide / 2, y + along, ""),
            (x + across * 0.7, y - along * 0.7 - high, "start"),
            (x + across * 0.7, y + along * 0.7, "start"),
            (x - across * 0.7 - wide, y - along * 0.7 - high, "end"),
            (x - across * 0.7 - wide, y + along * 0.7, "end"),
        ):
            if self._free((left, top, left + wide, top + high), self.dots):
                return self._keep(left, top, lines, kind, anchor)
        return None

    def _measure(self, lines: tuple[str, ...]) -> tuple[float, float]:
        return max(map(len, lines)) * LETTER * self.size, len(lines) * LINE * self.size

    def _keep(self, left: float, top: float, lines: tuple[str, ...], kind: str, anchor: str) -> Label:
        wide, high = self._measure(lines)
        self.taken.append((left, top, left + wide, top + high))
        at = {"": left + wide / 2, "start": left, "end": left + wide}[anchor]
        return Label(at, top + self.size * 0.82, lines, kind, anchor)

    def _free(self, box: tuple[float, float, float, float], dots: Sequence[tuple[float, float, float, float]]) -> bool:
        left, top, right, bottom = box
        if left < 2 or top < 2 or right > WIDTH - 2 or bottom > self.height - 2:
            return False
        for others in (self.taken, dots):
            for other in others:
                if left < other[2] and right > other[0] and top < other[3] and bottom > other[1]:
                    return False
        return True


def _meet(one: tuple[float, float, float, float], other: tuple[float, float, float, float]) -> bool:
    return one[0] < other[2] and one[2] > other[0] and one[1] < other[3] and one[3] > other[1]


def _holds(box: tuple[float, float, float, float], x: float, y: float) -> bool:
    left, top, right, bottom = box
    return left <= x <= right and top <= y <= bottom


def boards_of(height: float) -> tuple[Board, Board]:
    """For a wide screen and a narrow one; the corners where the buttons and the scale are stay free."""
    wide, narrow = Board(height, WIDE), Board(height, NARROW)
    wide.taken += [(820, 0, WIDTH, 90), (0, height - 45, 240, height)]
    narrow.taken += [(640, 0, WIDTH, 170), (0, height - 70, 260, height)]
    return wide, narrow


def written(labels: Sequence[Label | None]) -> list[Label]:
    return [label for label in labels if label is not None]

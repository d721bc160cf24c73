"""One question by another, in counts that point at nobody: no cell below the floor, nor one that subtraction gives.

A row or a column of fewer than FLOOR people is put together with the next smallest. A cell of fewer than FLOOR is then
hidden, zero too: « none of them » is said of each. What the other cells and the totals still let one find is hidden
with it: for each hidden cell the most it could be, by all that stays shown, must be FLOOR or more (a flow over the
hidden cells, as in L. H. Cox, Network models for complementary cell suppression, JASA 90, 1995).
Pure: no database, no clock.
"""

from collections import Counter, deque
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

FLOOR = 5  # answers; the same as live.results.FLOOR, a test says so
TOGETHER = ""  # the line of those counted together

Cell = tuple[int, int]


@dataclass(frozen=True)
class Line:
    """A row, or the head of a column."""

    ids: tuple[str, ...]  # the answers it counts
    total: int


@dataclass(frozen=True)
class CrossTable:
    rows: tuple[Line, ...]
    columns: tuple[Line, ...]
    cells: tuple[tuple[int | None, ...], ...]  # None: hidden
    base: int  # people who answered both
    several: bool  # the columns are answers of which one gives several: they do not add up to the row

    @property
    def hidden(self) -> int:
        return sum(cell is None for row in self.cells for cell in row)


def cross(
    pairs: Sequence[tuple[str, Sequence[str]]], *, rows: Sequence[str], columns: Sequence[str], several: bool
) -> CrossTable | None:
    """`pairs`: what each person answered to the one, and to the other. None: too few to say anything."""
    base = len(pairs)
    if base < FLOOR:
        return None
    lines = _lines(Counter(row for row, _given in pairs), rows)
    place = {id_: number for number, line in enumerate(lines) for id_ in line.ids}
    if several:
        heads = [Line((id_,), sum(id_ in given for _row, given in pairs)) for id_ in columns]
        heads = [head for head in heads if head.total]
    else:
        heads = _lines(Counter(given[0] for _row, given in pairs), columns)
    if len(lines) < 2 or not heads or (len(heads) < 2 and not several):
        return None
    counts = [[0] * len(heads) for _line in lines]
    for row, given in pairs:
        for number, head in enumerate(heads):
            counts[place[row]][number] += any(id_ in head.ids for id_ in given)
    if several:
        hidden = {
            (i, j)
            for j in range(len(heads))
            for i, side in protect([[counts[i][j], line.total - counts[i][j]] for i, line in enumerate(lines)])
            if side == 0
        }
    else:
        hidden = protect(counts)
    cells = tuple(
        tuple(None if (i, j) in hidden else counts[i][j] for j in range(len(heads))) for i in range(len(lines))
    )
    return CrossTable(tuple(lines), tuple(heads), cells, base, several)


def _lines(counts: Mapping[str, int], order: Sequence[str]) -> list[Line]:
    """Those of FLOOR people at least, in their order; then the others together, of FLOOR at least too."""
    given = [id_ for id_ in order if counts.get(id_, 0)]
    by_size = sorted(given, key=lambda id_: (counts[id_], given.index(id_)))
    small = [id_ for id_ in by_size if counts[id_] < FLOOR]
    large = [id_ for id_ in by_size if counts[id_] >= FLOOR]
    while small and large and sum(counts[id_] for id_ in small) < FLOOR:
        small.append(large.pop(0))
    lines = [Line((id_,), counts[id_]) for id_ in given if id_ in large]
    if small:
        lines.append(Line(tuple(id_ for id_ in given if id_ in small), sum(counts[id_] for id_ in small)))
    return lines


def too_small(counts: Sequence[int], *, total: int, several: bool) -> set[int]:
    """The counts of one question to leave out, when the others and the total are published.

    Of several answers each is counted by itself: those who did not give it are hidden as those who did.
    """
    if several:
        return {place for place, number in enumerate(counts) if min(number, total - number) < FLOOR}
    order = sorted(range(len(counts)), key=lambda place: (counts[place], place))
    small = [place for place in order if counts[place] < FLOOR]
    large = [place for place in order if counts[place] >= FLOOR]
    while small and large and (sum(counts[place] for place in small) < FLOOR or len(small) < 2):
        small.append(large.pop(0))
    return set(small)


def protect(counts: Sequence[Sequence[int]]) -> set[Cell]:
    """The cells to hide, when all the others and the totals of rows and columns are shown."""
    cells = [(i, j) for i, row in enumerate(counts) for j in range(len(row))]
    hidden = {(i, j) for i, j in cells if counts[i][j] < FLOOR}
    while exposed := next((cell for cell in sorted(hidden) if most_of(cell, hidden, counts) < FLOOR), None):
        more = _cover(exposed, hidden, counts) or {cell for cell in cells if cell not in hidden}
        if not more:
            break  # a whole line is below the floor: nothing is shown at all
        hidden |= more
    return hidden


def _cover(cell: Cell, hidden: set[Cell], counts: Sequence[Sequence[int]]) -> set[Cell]:
    """With three others a cell makes a rectangle, around which people may be thought to move: the one that hides least
    among those that let it reach the floor. Empty: every rectangle is hidden already."""
    i, j = cell
    found = []
    for k in range(len(counts)):
        for at in range(len(counts[0])):
            if k == i or at == j:
                continue
            more = {corner for corner in ((i, at), (k, j), (k, at)) if corner not in hidden}
            gained = min(counts[i][at], counts[k][j])
            short = counts[i][j] + gained < FLOOR
            if more:
                found.append((short, sum(counts[r][c] for r, c in more), sorted(more)))
    return set(min(found)[2]) if found else set()


def most_of(cell: Cell, hidden: set[Cell], counts: Sequence[Sequence[int]]) -> int:
    """The most this hidden cell could be for somebody who knows the totals and the cells shown; counted up to FLOOR.

    What it gains, another cell of its row loses, which a third one of that column gains…, until a cell of its own
    column loses it: a flow from its row to its column, where a cell gives what it has and takes without limit.
    """
    i, j = cell
    rows, columns = len(counts), len(counts[0])
    gives = {(r, c): counts[r][c] for r, c in hidden if (r, c) != cell}  # from a row to a column
    most = counts[i][j]
    target = rows + j
    while most < FLOOR:
        came: dict[int, int] = {i: i}
        waiting = deque([i])
        while waiting and target not in came:
            node = waiting.popleft()
            for (r, c), left in gives.items():
                after = -1
                if node == r and left:
                    after = rows + c
                elif node == rows + c:
                    after = r
                if after >= 0 and after not in came:
                    came[after] = node
                    waiting.append(after)
        if target not in came:
            break
        node = target
        while node != i:
            before = came[node]
            if before < rows:
                gives[(before, node - rows)] -= 1
            else:
                gives[(node, before - rows)] += 1
            node = before
        most += 1
    assert columns  # a table has columns
    return most

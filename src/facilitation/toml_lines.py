"""Where each key of a TOML text stands. tomllib says what is in a file, not where: a person who corrects needs both."""

import re

_HEADER = re.compile(r"^[ \t]*+(\[\[?)([^\[\]]++)\]\]?[ \t]*+(?:#.*)?$")  # possessive: a long line costs its length
_KEY = re.compile(r"""^\s*((?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+)(?:\s*\.\s*(?:"[^"]*"|'[^']*'|[A-Za-z0-9_-]+))*)\s*=""")
_STRINGS = re.compile(
    r'''"""(?s:(?:[^\\]|\\.)*?)"""|\'\'\'(?s:.*?)\'\'\'|"(?:[^"\\\n]|\\.)*+"|\'[^\'\n]*+\'|\#[^\n]*+'''
)
_DEEP = re.compile(r"(?<![A-Za-z0-9_-])(?:[A-Za-z0-9_-]++[ \t]*+\.[ \t]*+){8}")  # nine names: ours have five at most
_PART = re.compile(r"""\s*(?:"([^"]*)"|'([^']*)'|([A-Za-z0-9_-]+))\s*""")

Path = tuple[str, ...]


def find_lines(source: str) -> dict[Path, int]:
    """The line of each header and of each key that begins a line; tables in arrays are numbered from 0."""
    lines: dict[Path, int] = {}
    counts: dict[Path, int] = {}
    table: Path = ()
    fence = ""  # the quotes that close the text being passed over
    depth = 0  # of the array or inline table being passed over
    for number, line in enumerate(source.split("\n"), start=1):
        if not fence and depth == 0:
            header = _HEADER.match(line)
            if header:
                table = _split(header[2])
                if header[1] == "[[":
                    counts[table] = counts.get(table, -1) + 1
                    table = (*table, str(counts[table]))
                lines.setdefault(table, number)
                continue
            key = _KEY.match(line)
            if key:
                lines.setdefault(table + _split(key[1]), number)
        fence, depth = _pass_over(line, fence, depth)
    return lines


def find_deep_key(source: str) -> int | None:
    """The line of a key that goes deeper than any of ours: reading one of ten thousand names takes minutes."""
    plain = _STRINGS.sub(lambda found: "_" + "\n" * found[0].count("\n"), source)
    deep = _DEEP.search(plain)
    return plain.count("\n", 0, deep.start()) + 1 if deep else None


def line_of(lines: dict[Path, int], path: Path) -> int:
    """The line of a key, of the first thing in it, or of the nearest thing that holds it."""
    while path:
        inside = [line for known, line in lines.items() if known[: len(path)] == path]
        if inside:
            return min(inside)
        path = path[:-1]
    return 1


def _split(dotted: str) -> Path:
    return tuple("".join(match) for match in _PART.findall(dotted))


def _pass_over(line: str, fence: str, depth: int) -> tuple[str, int]:
    """What is still open at the end of the line: a long text, an array."""
    at = 0
    while at < len(line):
        if fence:
            close = line.find(fence, at)
            if close < 0:
                return (fence, depth) if len(fence) == 3 else ("", depth)
            if fence[0] == '"' and _escaped(line, close):
                at = close + 1
                continue
            at = close + len(fence)
            fence = ""
            continue
        sign = line[at]
        if sign == "#":
            break
        if sign in "\"'":
            fence = sign * 3 if line.startswith(sign * 3, at) else sign
            at += len(fence)
            continue
        depth = max(depth + (sign in "[{") - (sign in "]}"), 0)
        at += 1
    return (fence if len(fence) == 3 else ""), depth


def _escaped(line: str, at: int) -> bool:
    first = at
    while first and line[first - 1] == "\\":
        first -= 1
    return (at - first) % 2 == 1

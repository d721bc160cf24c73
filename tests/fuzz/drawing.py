"""Hostile material: words that have broken programs, bytes damaged in many ways, and draws from bytes or from chance."""

import json
from collections.abc import Sequence
from random import Random
from typing import Any, Protocol, TypeVar

T = TypeVar("T")

# Each has broken some program: numbers that are none, signs no column holds, words of another language of machines.
WORDS = [
    "", " ", "\u00a0", "\0", "\t", "\r\n", "\u2028", "\u202e", "\ufeff", "\ud800", "\U0001f9d1\u200d\U0001f33e", "e\u0301",
    "-1", "0", "1", "2", "007", "²", "١٢", "½", "1e999", "-0", "NaN", "Infinity", "1,5", "1.5", "0x10", "9" * 20, "9" * 5_000,
    "2147483648", "-9223372036854775809", "true", "null", "None", "[]", "{}", '{"a":', "on", "off", "oui", "non",
    "0000-00-00", "9999-12-31", "10000-01-01", "31/02/2025", "2025-13-01", "24:00", "25:61", "2025-03-30T02:30",
    "=1+1", "+33", "@x", "-2+3", "'", '"', "`", "\\", "%", "%s", "%00", "{0}", "{{ 7 }}", "{% x %}", "${x}", "#{x}",
    "<script>alert(1)</script>", "<![CDATA[", "&#0;", "]]>", "../../etc/passwd", "/", "//", "C:\\", "file:///x",
    "http://[", "http://127.0.0.1/", "javascript:alert(1)", "a@b", "a@b.fr", "@", "é" * 300, "x" * 3_000, "a" * 70,
    "00000000-0000-0000-0000-000000000000", "01900000-0000-7000-8000-000000000000", "zzzzzzzz", "; DROP TABLE", "' OR 1=1 --",
    "FR7630006000011234567890189", "Amel", "Metz", "École", "participant", "facilitator", "csv", "html", "page",
]  # fmt: skip


class Draw(Protocol):
    def below(self, most: int) -> int: ...


class Chance:
    def __init__(self, random: Random) -> None:
        self.random = random

    def below(self, most: int) -> int:
        return self.random.randrange(most)


class Bytes:
    """Draws read from bytes, so that a fuzzer that watches the code can steer them. Past the end: the first choice."""

    def __init__(self, data: bytes) -> None:
        self.data, self.place = data, 0

    @property
    def left(self) -> bool:
        return self.place < len(self.data)

    def below(self, most: int) -> int:
        size = 1 if most <= 256 else 3
        part = self.data[self.place : self.place + size]
        self.place += size
        return int.from_bytes(part, "little") % most


def pick(draw: Draw, things: Sequence[T]) -> T:
    return things[draw.below(len(things))]


def word(draw: Draw) -> str:
    kind = draw.below(8)
    if kind == 7:
        return "".join(chr(32 + draw.below(0x2100)) for _ in range(draw.below(12)))
    if kind == 6:
        return pick(draw, WORDS) + pick(draw, WORDS)
    return pick(draw, WORDS)


def junk(draw: Draw, depth: int = 2) -> Any:
    """Any value of JSON, and some that are of none."""
    kind = draw.below(10 if depth else 7)
    if kind < 3:
        return word(draw)
    if kind == 3:
        return pick(draw, [0, -1, 1, 2, 3, 2**31, 2**63, -(2**63) - 1, 10**30])
    if kind == 4:
        return pick(draw, [None, True, False])
    if kind == 5:
        return pick(draw, [0.0, -0.5, 1.5, 1e300, 1e-300])
    if kind == 6:
        return str(draw.below(40))
    if kind == 9:
        return {word(draw)[:20]: junk(draw, depth - 1) for _ in range(draw.below(4))}
    return [junk(draw, depth - 1) for _ in range(draw.below(4))]


def damaged(random: Random, seeds: Sequence[bytes], words: Sequence[bytes] = ()) -> bytes:
    """One of the seeds, hurt once to six times: cut, doubled, mixed with another, bytes and words changed."""
    data = bytearray(random.choice(seeds))
    for _ in range(random.randint(1, 6)):
        place = random.randrange(len(data) + 1)
        size = random.choice((1, 1, 2, 4, 16, 64, 256))
        match random.randrange(9):
            case 0:
                del data[place : place + size]
            case 1:
                data[place:place] = data[place : place + size] * random.randint(1, 3)
            case 2:
                other = random.choice(seeds)
                start = random.randrange(len(other) + 1)
                data[place : place + size] = other[start : start + size]
            case 3 if data:
                data[place % len(data)] ^= 1 << random.randrange(8)
            case 4 if data:
                data[place % len(data)] = random.choice((0, 0xFF, 0x22, 0x0A, 0x3B, 0x2C, random.randrange(256)))
            case 5:
                data[place : place + random.choice((0, size))] = random.choice(WORDS).encode("utf-8", "surrogatepass")
            case 6 if words:
                data[place : place + random.choice((0, size))] = random.choice(words)
            case 7:
                lines = data.split(b"\n")
                one, other_line = random.randrange(len(lines)), random.randrange(len(lines))
                lines[one], lines[other_line] = lines[other_line], random.choice((lines[one], b"", lines[other_line]))
                data = bytearray(b"\n".join(lines))
            case 8:
                data = data[: random.choice((place, len(data)))]
    return bytes(data)


def reworded(random: Random, source: str) -> str:
    """The same text with some of its values replaced by others: « key = value », « "key": value », cells."""
    lines = source.split("\n")
    for _ in range(random.randint(1, 4)):
        place = random.randrange(len(lines))
        name, sign, _value = lines[place].partition("=")
        value = json.dumps(junk(Chance(random)), ensure_ascii=random.random() < 0.5)
        lines[place] = f"{name}{sign} {value}" if sign else value
    return "\n".join(lines)

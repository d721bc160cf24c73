"""A document said once: a plain tree of blocks. Four small writers set it in PDF, DOCX, ODT and HTML (writers/).

Every text is ready to print: `typo()` was applied to it, no markup is in it. A block knows no format.
"""

import json
from collections.abc import Iterator
from dataclasses import asdict, dataclass, field
from hashlib import sha256
from typing import Any

from maillage.people.style import House


@dataclass(frozen=True, slots=True)
class Heading:
    text: str
    level: int  # 2 to 4; the title of the document is its only heading of level 1


@dataclass(frozen=True, slots=True)
class Paragraph:
    text: str
    lead: str = ""  # bold, before the text: « Le sujet »
    tone: str = ""  # "soft": said in passing


@dataclass(frozen=True, slots=True)
class Items:
    items: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Table:
    title: str  # said by a screen reader; not printed where the heading above says it
    headers: tuple[str, ...]
    rows: tuple[tuple[str, ...], ...]
    figures: tuple[int, ...] = ()  # columns of numbers, from 0
    widths: tuple[int, ...] = ()  # of the columns, one beside the other; none: even


@dataclass(frozen=True, slots=True)
class Figure:
    """A drawing, what it says in words, and the same facts in a table."""

    svg: str
    alt: str
    table: Table
    caption: str = ""
    share: int = 100  # of the width of the page, in per cent
    ratio: float = 1.0  # height / width


@dataclass(frozen=True, slots=True)
class Quote:
    text: str
    source: str = ""


@dataclass(frozen=True, slots=True)
class Note:
    """Set apart: a limit, what lacks. `tone` is "plain" or "warn"."""

    text: str
    title: str = ""
    tone: str = "plain"


@dataclass(frozen=True, slots=True)
class Numbers:
    """The day in figures: (« 128 », « personnes présentes »)."""

    pairs: tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Cloud:
    """Short names, many of them: read line by line, from left to right."""

    names: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Contents:
    """The table of contents, made by the writer from the headings; `depth`: their deepest level."""

    title: str
    depth: int = 3


@dataclass(frozen=True, slots=True)
class PageBreak:
    pass


Block = Heading | Paragraph | Items | Table | Figure | Quote | Note | Numbers | Cloud | Contents | PageBreak


@dataclass(frozen=True, slots=True)
class Document:
    title: str
    eyebrow: str  # what it is, when, where
    lead: str  # a line below the title, or ""
    foot: str
    author: str
    description: str  # one sentence, for who looks at the file from outside
    house: House
    blocks: tuple[Block, ...]
    language: str = "fr-FR"
    pages: int = 0  # the summary must hold on so many; 0: as many as it takes
    _hash: list[str] = field(default_factory=list, compare=False, repr=False)

    @property
    def headings(self) -> Iterator[tuple[int, Heading]]:
        """Each heading, with its number from 1: what its anchor is made of."""
        found = (block for block in self.blocks if isinstance(block, Heading))
        return enumerate(found, start=1)

    @property
    def weight(self) -> int:
        """How much there is to set: a line of a table weighs as a paragraph."""
        return sum(_weight(block) for block in self.blocks)

    def as_data(self) -> dict[str, Any]:
        """For typst: what JSON can say."""
        return {
            "title": self.title,
            "eyebrow": self.eyebrow,
            "lead": self.lead,
            "foot": self.foot,
            "author": self.author,
            "description": self.description,
            "house": self.house.as_data(),
            "language": self.language,
            "pages": self.pages,
            "blocks": [{"is": type(block).__name__.lower(), **asdict(block)} for block in self.blocks],
        }

    @property
    def fingerprint(self) -> str:
        """The same for the same words, drawings and style; another as soon as one of them changes."""
        if not self._hash:
            content = json.dumps(self.as_data(), ensure_ascii=False, sort_keys=True)
            self._hash.append(sha256(content.encode("utf-8", "surrogatepass")).hexdigest())
        return self._hash[0]


def _weight(block: Block) -> int:
    if isinstance(block, Table):
        return 1 + len(block.rows)
    if isinstance(block, Figure):
        return 2 + len(block.table.rows)
    if isinstance(block, Items):
        return len(block.items)
    if isinstance(block, Cloud):
        return 1 + len(block.names) // 3
    return 1

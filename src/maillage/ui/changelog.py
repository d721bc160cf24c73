"""What changed, in users' words: CHANGELOG.md read for a page. Its own few signs only: titles, points, bold, code."""

import re
from dataclasses import dataclass, field
from functools import cache
from importlib.resources import files

from django.utils.html import escape
from django.utils.safestring import SafeString, mark_safe

from maillage.lib.typography import typo

_MARKS = ((re.compile(r"\*\*(.+?)\*\*"), r"<strong>\1</strong>"), (re.compile(r"`(.+?)`"), r"<code>\1</code>"))
_LINK = re.compile(r"\[([^]]+)]\([^)]+\)")  # a file of the repository, which a reader of the page has not


@dataclass
class Release:
    title: str
    said: list[SafeString] = field(default_factory=list)
    points: list[SafeString] = field(default_factory=list)


@cache
def releases() -> list[Release]:
    return read((files("maillage.ui") / "data" / "CHANGELOG.md").read_text(encoding="utf-8"))


def read(text: str) -> list[Release]:
    found: list[Release] = []
    block: list[str] = []
    for line in [*text.splitlines(), ""]:
        if block and (not line.strip() or line.startswith(("- ", "#"))):
            _close(found, " ".join(block))
            block = []
        if line.startswith("## "):
            found.append(Release(typo(line[3:].strip())))
        elif line.strip() and not line.startswith("#"):
            block.append(line.strip())
    return found


def _close(found: list[Release], words: str) -> None:
    if found:
        point = words.startswith("- ")
        (found[-1].points if point else found[-1].said).append(_set(words[2:] if point else words))


def _set(words: str) -> SafeString:
    html = str(escape(typo(_LINK.sub(r"\1", words))))
    for sign, mark in _MARKS:
        html = sign.sub(mark, html)
    return mark_safe(html)  # noqa: S308 - escaped first

"""HTML, in one file: read on a phone, printed, kept. The style is linked inside Maillage, and inside the file when kept."""

import html
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

from django.utils.translation import gettext as _

from maillage.people.style import House
from maillage.reports.blocks import (
    Cloud,
    Contents,
    Document,
    Figure,
    Heading,
    Items,
    Note,
    Numbers,
    PageBreak,
    Paragraph,
    Quote,
    Table,
)
from maillage.reports.writers import Progress, no_progress

SHEET = Path(__file__).parents[1] / "static/reports/report.css"


def house_css(house: House) -> str:
    """The space's colour, for a light screen and for a dark one."""
    return (
        f":root{{--accent:{house.accent}}}"
        f"@media screen and (prefers-color-scheme:dark){{:root{{--accent:{house.accent_at_night}}}}}"
    )


def write_html(document: Document, *, progress: Progress = no_progress) -> bytes:
    """A file that needs nothing else."""
    style = f"<style>{SHEET.read_text(encoding='utf-8')}{house_css(document.house)}</style>"
    return page_of(document, style, "", progress=progress).encode()


def page_of(document: Document, head: str, bar: str, foot: str = "", *, progress: Progress = no_progress) -> str:
    """`head` brings the style; `bar` and `foot` stand above and below the document: all are ours, all are HTML."""
    writer = _Writer(document)
    body = []
    for number, block in enumerate(document.blocks, start=1):
        body.append("".join(writer.write(block)))
        progress(number, len(document.blocks))
    logo = (
        f'<img class="logo" src="{document.house.logo_address}" alt="{_attr(document.house.logo_alt)}" '
        f'width="{document.house.logo_width}" height="{document.house.logo_height}">'
        if document.house.logo
        else ""
    )
    skip = f'<a class="skip" href="#content">{_text(_("Aller au contenu"))}</a>' if bar else ""
    lead = f'<p class="lead">{_text(document.lead)}</p>' if document.lead else ""
    return (
        f'<!doctype html>\n<html lang="{document.language}"><head><meta charset="utf-8">'
        '<meta name="viewport" content="width=device-width, initial-scale=1">'
        f"<title>{_text(document.title)}</title>"
        f'<meta name="description" content="{_attr(document.description)}">'
        f'<meta name="author" content="{_attr(document.author)}">{head}</head>\n<body>{skip}{bar}'
        f'<main id="content" tabindex="-1"><header>{logo}<p class="eyebrow">{_text(document.eyebrow)}</p>'
        f"<h1>{_text(document.title)}</h1>{lead}</header>\n"
        + "\n".join(body)
        + f"\n</main><footer>{_text(document.foot)}{foot}</footer></body></html>\n"
    )


def _text(text: str) -> str:
    return html.escape(text, quote=False)


def _attr(text: str) -> str:
    return html.escape(text)


class _Writer:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.headings = 0
        self.tables = 0
        self._ways: dict[type, Callable[[Any], Iterator[str]]] = {
            Heading: self.heading, Paragraph: self.paragraph, Items: self.items, Table: self.table, Figure: self.figure,
            Quote: self.quote, Note: self.note, Numbers: self.numbers, Cloud: self.cloud, Contents: self.contents,
            PageBreak: self.page_break,
        }  # fmt: skip

    def write(self, block: object) -> Iterator[str]:
        return self._ways[type(block)](block)

    def heading(self, it: Heading) -> Iterator[str]:
        self.headings += 1
        yield f'<h{it.level} id="titre-{self.headings}">{_text(it.text)}</h{it.level}>'

    def paragraph(self, it: Paragraph) -> Iterator[str]:
        lead = f"<strong>{_text(it.lead)}</strong>" + (" – " if it.text else "") if it.lead else ""
        kind = f' class="{it.tone}"' if it.tone else ""
        yield f"<p{kind}>{lead}{_text(it.text)}</p>"

    def items(self, it: Items) -> Iterator[str]:
        yield "<ul>" + "".join(f"<li>{_text(item)}</li>" for item in it.items) + "</ul>"

    def table(self, it: Table) -> Iterator[str]:
        # The box scrolls on a narrow screen: it takes the keyboard, and says its name.
        self.tables += 1
        name = f"tableau-{self.tables}"
        yield f'<div class="table" role="group" tabindex="0" aria-labelledby="{name}"><table>'
        yield f'<caption id="{name}">{_text(it.title)}</caption><thead><tr>'
        for place, header in enumerate(it.headers):
            yield f'<th scope="col"{_figure_class(it, place)}>{_text(header)}</th>'
        yield "</tr></thead><tbody>"
        for row in it.rows:
            yield "<tr>"
            for place, cell in enumerate(row):
                yield f"<td{_figure_class(it, place)}>{_text(cell)}</td>"
            yield "</tr>"
        yield "</tbody></table></div>"

    def figure(self, it: Figure) -> Iterator[str]:
        beside = ' class="beside"' if it.share < 100 else ""
        opening, rest = it.svg.split(">", 1)
        # The drawing with its caption, which names it; then the same facts: a caption is the last of its figure.
        named = f' role="figure" aria-label="{_attr(it.caption)}"' if it.caption else ""
        yield f"<div{beside}><figure{named}>"
        yield f'{opening} class="drawing" role="img" aria-label="{_attr(it.alt)}">{rest}'
        if it.caption:
            yield f"<figcaption>{_text(it.caption)}</figcaption>"
        yield "</figure>"
        yield from self.table(it.table)
        yield "</div>"

    def quote(self, it: Quote) -> Iterator[str]:
        source = f"<footer>– {_text(it.source)}</footer>" if it.source else ""
        yield f"<blockquote><p>{_text(it.text)}</p>{source}</blockquote>"

    def note(self, it: Note) -> Iterator[str]:
        title = f"<strong>{_text(it.title)}</strong> " if it.title else ""
        yield f'<p class="note {it.tone}">{title}{_text(it.text)}</p>'

    def numbers(self, it: Numbers) -> Iterator[str]:
        pairs = "".join(f"<li><strong>{_text(number)}</strong> {_text(words)}</li>" for number, words in it.pairs)
        yield f'<ul class="numbers">{pairs}</ul>'

    def cloud(self, it: Cloud) -> Iterator[str]:
        yield '<ul class="cloud">' + "".join(f"<li>{_text(name)}</li>" for name in it.names) + "</ul>"

    def contents(self, it: Contents) -> Iterator[str]:
        yield f'<nav aria-labelledby="sommaire"><h2 id="sommaire">{_text(it.title)}</h2><ul>'
        for number, heading in self.document.headings:
            if heading.level <= it.depth:
                yield f'<li class="level-{heading.level}"><a href="#titre-{number}">{_text(heading.text)}</a></li>'
        yield "</ul></nav>"

    def page_break(self, it: PageBreak) -> Iterator[str]:
        yield '<div class="page-break"></div>'


def _figure_class(table: Table, place: int) -> str:
    return ' class="figure"' if place in table.figures else ""


def back_bar(address: str, file: str) -> str:
    """Above the document when it is read inside Maillage."""
    return (
        f'<nav class="top-bar" aria-label="{_attr(_("Documents"))}"><a href="{_attr(address)}">'
        f"{_text(_('Revenir aux documents de la rencontre'))}</a>"
        f'<a href="{_attr(file)}">{_text(_("Emporter cette page (un seul fichier)"))}</a></nav>'
    )


def foot_links(site_map: str) -> str:
    """Below it: what stands there on every other page."""
    return f'<p><a href="{_attr(site_map)}">{_text(_("Plan du site"))}</a></p>'

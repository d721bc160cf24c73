"""ODT by odfdo: outline levels, header rows, titles and descriptions of drawings, a table of contents with its pages; French.

odfdo holds the package; the two parts that a reader sees, the text and its styles, are written here as XML.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import odfdo

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
from maillage.reports.writers import PAGE_WIDTH, POINTS, Progress, no_progress, pictures_of, printable, sizes_of

VERSION = "1.3"
NAMESPACES = " ".join(
    f'xmlns:{prefix}="{address}"'
    for prefix, address in {
        "office": "urn:oasis:names:tc:opendocument:xmlns:office:1.0",
        "style": "urn:oasis:names:tc:opendocument:xmlns:style:1.0",
        "text": "urn:oasis:names:tc:opendocument:xmlns:text:1.0",
        "table": "urn:oasis:names:tc:opendocument:xmlns:table:1.0",
        "draw": "urn:oasis:names:tc:opendocument:xmlns:drawing:1.0",
        "fo": "urn:oasis:names:tc:opendocument:xmlns:xsl-fo-compatible:1.0",
        "xlink": "http://www.w3.org/1999/xlink",
        "dc": "http://purl.org/dc/elements/1.1/",
        "meta": "urn:oasis:names:tc:opendocument:xmlns:meta:1.0",
        "svg": "urn:oasis:names:tc:opendocument:xmlns:svg-compatible:1.0",
    }.items()
)
DECLARATION = '<?xml version="1.0" encoding="UTF-8"?>\n'
FONT = "Liberation Sans"
INK, SOFT, LINE, WASH, WARN_WASH, WARN = "#14262b", "#4d6167", "#b9c4c0", "#eef3f0", "#fdf1dc", "#7d4400"
LEVELS = {1: "24pt", 2: "15pt", 3: "12pt", 4: "10.5pt"}
CLOSER = {1: "17pt", 2: "12pt", 3: "10pt", 4: "9.5pt"}  # a summary's


def write_odt(document: Document, *, progress: Progress = no_progress) -> bytes:
    return _Writer(document).written(progress)


class _Writer:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.package = odfdo.Document("text")
        self.pictures = iter(pictures_of(document))
        self.sizes = iter(sizes_of([block for block in document.blocks if isinstance(block, Figure)]))
        self.headings = self.tables = self.drawings = 0
        self.column_styles: dict[str, str] = {}  # width → the name of its style
        self._ways: dict[type, Callable[[Any], Iterator[str]]] = {
            Heading: self.heading, Paragraph: self.paragraph, Items: self.items, Table: self.table, Figure: self.figure,
            Quote: self.quote, Note: self.note, Numbers: self.numbers, Cloud: self.cloud, Contents: self.contents,
            PageBreak: self.page_break,
        }  # fmt: skip

    def written(self, progress: Progress) -> bytes:
        body = ["".join(self.opening())]
        for number, block in enumerate(self.document.blocks, start=1):
            body += self._ways[type(block)](block)
            progress(number, len(self.document.blocks))
        self.package.set_part("content.xml", self._content("".join(body)).encode())
        self.package.set_part("styles.xml", self._styles().encode())
        self.package.set_part("meta.xml", self._meta().encode())
        out = BytesIO()
        self.package.save(out)
        return out.getvalue()

    # --- the parts ----------------------------------------------------------------------------------------------------

    def _content(self, body: str) -> str:
        columns = "".join(
            f'<style:style style:name="{name}" style:family="table-column"><style:table-column-properties '
            f'style:column-width="{width}"/></style:style>'
            for width, name in self.column_styles.items()
        )
        return (
            f'{DECLARATION}<office:document-content {NAMESPACES} office:version="{VERSION}"><office:automatic-styles>{columns}'
            '<style:style style:name="Drawing" style:family="graphic"><style:graphic-properties style:wrap="none" fo:border="none"/></style:style>'
            '<style:style style:name="Facts" style:family="table"><style:table-properties style:width="170mm" table:align="left" fo:margin-bottom="4mm"/></style:style>'
            '<style:style style:name="Row" style:family="table-row"><style:table-row-properties fo:keep-together="always"/></style:style>'
            f'<style:style style:name="Line" style:family="table-cell"><style:table-cell-properties fo:padding="1.3mm" fo:border-bottom="0.2mm solid {LINE}"/></style:style>'
            f'<style:style style:name="Rule" style:family="table-cell"><style:table-cell-properties fo:padding="1.3mm" fo:border-bottom="0.5mm solid {INK}"/></style:style>'
            f"</office:automatic-styles><office:body><office:text>{body}</office:text></office:body>"
            "</office:document-content>"
        )

    def _meta(self) -> str:
        it = self.document
        return (
            f'{DECLARATION}<office:document-meta {NAMESPACES} office:version="{VERSION}"><office:meta>'
            f"<dc:title>{_text(it.title)}</dc:title><dc:description>{_text(it.description)}</dc:description>"
            f"<meta:initial-creator>{_text(it.author)}</meta:initial-creator><dc:creator>{_text(it.author)}</dc:creator>"
            f"<dc:language>{it.language}</dc:language><meta:generator>Maillage</meta:generator>"
            "</office:meta></office:document-meta>"
        )

    def _styles(self) -> str:
        accent, language = self.document.house.accent, self.document.language.partition("-")
        narrow = self.document.pages > 0  # a summary is set closer, as in its PDF
        body, small, lead = ("9.5pt", "9pt", "10.5pt") if narrow else ("10.5pt", "9.5pt", "12.5pt")
        levels, above = (CLOSER, (0, 0, 2.4, 1.4, 1)) if narrow else (LEVELS, (0, 0, 7, 5, 4))
        after, spacing = ("0.6mm", "100%") if narrow else ("2mm", "120%")
        top, bottom = ("14mm", "9mm") if narrow else ("20mm", "14mm")
        headings = "".join(
            _style(
                f"Heading_20_{level}", f'fo:font-size="{size}" fo:font-weight="bold" fo:color="{accent if level == 2 else INK}"',
                f'fo:margin-top="{above[level]}mm" fo:margin-bottom="{after}" fo:keep-with-next="always"',
                parent="Standard", display=f"Heading {level}", more=f' style:default-outline-level="{level}"',
            )
            for level, size in levels.items()
        )  # fmt: skip
        leader = '<style:tab-stops><style:tab-stop style:position="170mm" style:type="right" style:leader-style="dotted" style:leader-text="."/></style:tab-stops>'
        return (
            f'{DECLARATION}<office:document-styles {NAMESPACES} office:version="{VERSION}">'
            f'<office:font-face-decls><style:font-face style:name="{FONT}" svg:font-family="\'{FONT}\', Arial, sans-serif"/></office:font-face-decls>'
            "<office:styles>"
            '<style:default-style style:family="paragraph"><style:paragraph-properties fo:orphans="2" fo:widows="2"/>'
            f'<style:text-properties style:font-name="{FONT}" fo:font-size="{body}" fo:color="{INK}" '
            f'fo:language="{language[0]}" fo:country="{language[2]}"/></style:default-style>'
            '<style:default-style style:family="table"/><style:default-style style:family="graphic"/>'
            + _style("Standard", "", f'fo:margin-bottom="{after}" fo:line-height="{spacing}"')
            + headings
            + _style("Eyebrow", f'fo:font-weight="bold" fo:color="{SOFT}"', "", parent="Standard")
            + _style(
                "Lead",
                f'fo:font-size="{lead}" fo:color="{SOFT}"',
                f'fo:margin-bottom="{"1.5mm" if narrow else "4mm"}"',
                parent="Standard",
            )
            + _style("Soft", f'fo:font-size="{small}" fo:color="{SOFT}"', "", parent="Standard")
            + _style("Caption", f'fo:font-size="9pt" fo:color="{SOFT}"', "", parent="Standard")
            + _style(
                "Quote",
                'fo:font-size="11pt"',
                f'fo:margin-left="2mm" fo:padding-left="3mm" fo:border-left="1mm solid {accent}" style:join-border="false"',
                parent="Standard",
            )
            + _style("Aside", "", f'fo:background-color="{WASH}" fo:padding="2mm" fo:border="none"', parent="Standard")
            + _style(
                "Warning",
                f'fo:color="{WARN}"',
                f'fo:background-color="{WARN_WASH}" fo:padding="2mm"',
                parent="Standard",
            )
            + _style("Figures", 'fo:font-size="15pt"', "", parent="Standard")
            + _style("Logo", "", 'fo:text-align="end"', parent="Standard")
            + _style("Break", "", 'fo:break-before="page" fo:margin-bottom="0mm"', parent="Standard")
            + _style("Cell", f'fo:font-size="{small}"', 'fo:margin-bottom="0mm"', parent="Standard")
            + _style("Figure_20_Cell", "", 'fo:text-align="end"', parent="Cell", display="Figure Cell")
            + _style("Head", 'fo:font-weight="bold"', "", parent="Cell")
            + _style(
                "Figure_20_Head", 'fo:font-weight="bold"', 'fo:text-align="end"', parent="Cell", display="Figure Head"
            )
            + _style(
                "Footer",
                f'fo:font-size="8.5pt" fo:color="{SOFT}"',
                "",
                parent="Standard",
                inside='<style:tab-stops><style:tab-stop style:position="170mm" style:type="right"/></style:tab-stops>',
            )
            + _style(
                "Contents_20_Heading",
                f'fo:font-size="15pt" fo:font-weight="bold" fo:color="{accent}"',
                'fo:margin-top="7mm"',
                parent="Standard",
                display="Contents Heading",
            )
            + _style(
                "Contents_20_2",
                'fo:font-weight="bold"',
                'fo:margin-bottom="1mm"',
                parent="Standard",
                display="Contents 2",
                inside=leader,
            )
            + _style(
                "Contents_20_3",
                "",
                'fo:margin-left="6mm" fo:margin-bottom="1mm"',
                parent="Standard",
                display="Contents 3",
                inside=leader.replace("170mm", "164mm"),
            )
            + '<style:style style:name="Index_20_Link" style:display-name="Index Link" style:family="text"/>'
            '<style:style style:name="Strong" style:family="text"><style:text-properties fo:font-weight="bold"/></style:style>'
            f'<style:style style:name="Source" style:family="text"><style:text-properties fo:color="{SOFT}" fo:font-size="9.5pt"/></style:style>'
            '<text:list-style style:name="Bullets"><text:list-level-style-bullet text:level="1" text:bullet-char="•"><style:list-level-properties '
            'text:list-level-position-and-space-mode="label-alignment"><style:list-level-label-alignment text:label-followed-by="listtab" '
            'fo:text-indent="-5mm" fo:margin-left="5mm"/></style:list-level-properties></text:list-level-style-bullet></text:list-style>'
            "</office:styles><office:automatic-styles>"
            '<style:page-layout style:name="A4"><style:page-layout-properties fo:page-width="210mm" fo:page-height="297mm" '
            f'style:print-orientation="portrait" fo:margin-top="{top}" fo:margin-bottom="{bottom}" fo:margin-left="20mm" fo:margin-right="20mm"/>'
            '<style:footer-style><style:header-footer-properties fo:min-height="8mm" fo:margin-top="4mm"/></style:footer-style></style:page-layout>'
            "</office:automatic-styles><office:master-styles>"
            f'<style:master-page style:name="Standard" style:page-layout-name="A4"><style:footer><text:p text:style-name="Footer">{_text(self.document.foot)}'
            '<text:tab/><text:page-number text:select-page="current">1</text:page-number> / <text:page-count>1</text:page-count></text:p></style:footer></style:master-page>'
            "</office:master-styles></office:document-styles>"
        )

    def opening(self) -> Iterator[str]:
        house = self.document.house
        if house.logo:
            width = min(45.0, 14 * house.logo_width / house.logo_height) * POINTS
            size = (width, width * house.logo_height / house.logo_width)
            yield _paragraph(self._drawing(house.logo, "", house.logo_alt, size), "Logo")
        yield _paragraph(_text(self.document.eyebrow), "Eyebrow")
        yield f'<text:h text:style-name="Heading_20_1" text:outline-level="1">{_text(self.document.title)}</text:h>'
        if self.document.lead:
            yield _paragraph(_text(self.document.lead), "Lead")

    # --- blocks -------------------------------------------------------------------------------------------------------

    def heading(self, it: Heading) -> Iterator[str]:
        self.headings += 1
        name = f'text:name="titre-{self.headings}"'
        yield (
            f'<text:h text:style-name="Heading_20_{it.level}" text:outline-level="{it.level}"><text:bookmark-start {name}/>'
            f"{_text(it.text)}<text:bookmark-end {name}/></text:h>"
        )

    def paragraph(self, it: Paragraph) -> Iterator[str]:
        lead = _strong(it.lead) + (" – " if it.text else "") if it.lead else ""
        yield _paragraph(lead + _text(it.text), "Soft" if it.tone == "soft" else "Standard")

    def items(self, it: Items) -> Iterator[str]:
        yield '<text:list text:style-name="Bullets">'
        for item in it.items:
            yield f"<text:list-item>{_paragraph(_text(item), 'Standard')}</text:list-item>"
        yield "</text:list>"

    def table(self, it: Table) -> Iterator[str]:
        self.tables += 1
        widths = it.widths if len(it.widths) == len(it.headers) else (1,) * len(it.headers)
        yield f'<table:table table:name="Tableau {self.tables}" table:style-name="Facts"><table:title>{_text(it.title)}</table:title>'
        for width in widths:
            said = f"{PAGE_WIDTH * width / sum(widths):.1f}mm"
            name = self.column_styles.setdefault(said, f"Column{len(self.column_styles) + 1}")
            yield f'<table:table-column table:style-name="{name}"/>'
        yield f"<table:table-header-rows>{self._row(it, it.headers, 'Rule', 'Head')}</table:table-header-rows>"
        for row in it.rows:
            yield self._row(it, row, "Line", "Cell")
        yield "</table:table>"
        yield _paragraph("", "Cell")  # two tables in a row would touch

    def _row(self, it: Table, cells: tuple[str, ...], cell_style: str, style: str) -> str:
        return (
            '<table:table-row table:style-name="Row">'
            + "".join(
                f'<table:table-cell table:style-name="{cell_style}" office:value-type="string">'
                + _paragraph(_text(cell), f"Figure_20_{style}" if place in it.figures else style)
                + "</table:table-cell>"
                for place, cell in enumerate(cells)
            )
            + "</table:table-row>"
        )

    def figure(self, it: Figure) -> Iterator[str]:
        yield _paragraph(self._drawing(next(self.pictures), it.svg, it.alt, next(self.sizes)), "Standard")
        if it.caption:
            yield _paragraph(_text(it.caption), "Caption")
        yield from self.table(it.table)

    def quote(self, it: Quote) -> Iterator[str]:
        source = (
            f'<text:line-break/><text:span text:style-name="Source">– {_text(it.source)}</text:span>'
            if it.source
            else ""
        )
        yield _paragraph(_text(it.text) + source, "Quote")

    def note(self, it: Note) -> Iterator[str]:
        title = _strong(it.title) + " – " if it.title else ""
        yield _paragraph(title + _text(it.text), "Warning" if it.tone == "warn" else "Aside")

    def numbers(self, it: Numbers) -> Iterator[str]:
        parts = [
            f'{_strong(number)}<text:span text:style-name="Source">\u00a0{_text(words)}</text:span>'
            for number, words in it.pairs
        ]
        yield _paragraph(' <text:s text:c="2"/>'.join(parts), "Figures")

    def cloud(self, it: Cloud) -> Iterator[str]:
        yield _paragraph(_text(" · ".join(it.names)), "Soft")

    def contents(self, it: Contents) -> Iterator[str]:
        """With its lines already there; LibreOffice sets their page numbers as it lays the pages out."""
        templates = "".join(
            f'<text:table-of-content-entry-template text:outline-level="{level}" text:style-name="Contents_20_{level}">'
            "<text:index-entry-link-start/><text:index-entry-text/><text:index-entry-link-end/>"
            '<text:index-entry-tab-stop style:type="right" style:leader-char="."/><text:index-entry-page-number/>'
            "</text:table-of-content-entry-template>"
            for level in range(2, it.depth + 1)
        )
        yield (
            f'<text:table-of-content text:name="Sommaire" text:protected="false"><text:table-of-content-source text:outline-level="{it.depth}">'
            f'<text:index-title-template text:style-name="Contents_20_Heading">{_text(it.title)}</text:index-title-template>{templates}'
            f"</text:table-of-content-source><text:index-body>{_paragraph(_text(it.title), 'Contents_20_Heading')}"
        )
        for number, heading in self.document.headings:
            if heading.level <= it.depth:
                yield _paragraph(
                    f'<text:a xlink:type="simple" xlink:href="#titre-{number}" text:style-name="Index_20_Link" text:visited-style-name="Index_20_Link">{_text(heading.text)}</text:a><text:tab/>'
                    f'<text:bookmark-ref text:reference-format="page" text:ref-name="titre-{number}"/>',
                    f"Contents_20_{heading.level}",
                )
        yield "</text:index-body></text:table-of-content>"

    def page_break(self, it: PageBreak) -> Iterator[str]:
        yield _paragraph("", "Break")

    def _drawing(self, png: bytes, svg: str, alt: str, size: tuple[float, float]) -> str:
        """The drawing, and its picture for the readers that do not know SVG: they take the first they can."""
        self.drawings += 1
        number = self.drawings
        images = [(f"Pictures/dessin{number}.svg", "image/svg+xml", svg.encode())] if svg else []
        images.append((f"Pictures/dessin{number}.png", "image/png", png))
        manifest = self.package.manifest
        for path, kind, content in images:
            self.package.set_part(path, content)
            manifest.add_full_path(path, kind)
        wide, high = (side / POINTS for side in size)
        shown = "".join(
            f'<draw:image xlink:href="{path}" xlink:type="simple" xlink:show="embed" xlink:actuate="onLoad" draw:mime-type="{kind}"/>'
            for path, kind, _content in images
        )
        return (
            f'<draw:frame draw:style-name="Drawing" draw:name="Dessin {number}" text:anchor-type="as-char" '
            f'svg:width="{wide:.1f}mm" svg:height="{high:.1f}mm">{shown}<svg:title>{_text(alt[:80])}</svg:title>'
            f"<svg:desc>{_text(alt)}</svg:desc></draw:frame>"
        )


def _style(
    name: str, text: str, paragraph: str, *, parent: str = "", display: str = "", more: str = "", inside: str = ""
) -> str:
    above = f' style:parent-style-name="{parent}"' if parent else ""
    shown = f" style:display-name={quoteattr(display)}" if display else ""
    return (
        f'<style:style style:name="{name}" style:family="paragraph" style:class="text"{shown}{above}{more}>'
        f"<style:paragraph-properties {paragraph}>{inside}</style:paragraph-properties><style:text-properties {text}/></style:style>"
    )


def _paragraph(inside: str, style: str) -> str:
    return f'<text:p text:style-name="{style}">{inside}</text:p>'


def _strong(text: str) -> str:
    return f'<text:span text:style-name="Strong">{_text(text)}</text:span>'


def _text(text: str) -> str:
    return escape(printable(text))

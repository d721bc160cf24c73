"""DOCX by python-docx: real headings, headers of tables, alternative texts, a table of contents; French.

Paragraphs and tables are written as XML, all at once: python-docx looks through a table at each of its cells.
"""

from collections.abc import Callable, Iterator
from io import BytesIO
from typing import Any
from xml.sax.saxutils import escape, quoteattr

import docx
from docx.document import Document as DocxDocument
from docx.enum.style import WD_STYLE_TYPE
from docx.opc.constants import RELATIONSHIP_TYPE
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls, qn
from docx.shared import Mm, Pt, RGBColor

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
from maillage.reports.writers import POINTS, Progress, no_progress, pictures_of, printable, sizes_of

FONT = "Arial"  # on every desk, as Liberation Sans where it is not: the same widths
EMU = 12_700  # English Metric Units in a point
WIDTH = 9_638  # twentieths of a point between the margins: 170 mm
NAMESPACES = nsdecls("w", "wp", "a", "pic", "r")
SVG_NAMESPACE = "http://schemas.microsoft.com/office/drawing/2016/SVG/main"
SVG_EXTENSION = "{96DAC541-7B7A-43D3-8B79-37D633B846F1}"  # [MS-ODRAWXML] 2.26.1.1: the picture's own SVG
INK, SOFT, LINE, WASH, WARN_WASH, WARN = "14262B", "4D6167", "B9C4C0", "EEF3F0", "FDF1DC", "7D4400"


def write_docx(document: Document, *, progress: Progress = no_progress) -> bytes:
    return _Writer(document).written(progress)


class _Writer:
    def __init__(self, document: Document) -> None:
        self.document = document
        self.narrow = document.pages > 0  # a summary is set closer, as in its PDF
        self.accent = document.house.accent.lstrip("#").upper()
        self.made: DocxDocument = docx.Document()
        self.pictures = iter(pictures_of(document))
        self.sizes = iter(sizes_of([block for block in document.blocks if isinstance(block, Figure)]))
        self.headings = self.drawings = 0
        self._ways: dict[type, Callable[[Any], Iterator[str]]] = {
            Heading: self.heading, Paragraph: self.paragraph, Items: self.items, Table: self.table, Figure: self.figure,
            Quote: self.quote, Note: self.note, Numbers: self.numbers, Cloud: self.cloud, Contents: self.contents,
            PageBreak: self.page_break,
        }  # fmt: skip

    def written(self, progress: Progress) -> bytes:
        self._set_page()
        self._set_styles()
        self._say_properties()
        body = self.made.element.body
        last = body[-1]  # sectPr: the page itself, which stays at the end
        for xml in self.opening():
            last.addprevious(parse_xml(xml))
        for number, block in enumerate(self.document.blocks, start=1):
            for xml in self._ways[type(block)](block):
                last.addprevious(parse_xml(xml))
            progress(number, len(self.document.blocks))
        out = BytesIO()
        self.made.save(out)
        return out.getvalue()

    # --- what stands around the text ------------------------------------------------------------------------------

    def _set_page(self) -> None:
        section = self.made.sections[0]
        section.page_width, section.page_height = Mm(210), Mm(297)
        section.left_margin = section.right_margin = Mm(20)
        section.top_margin, section.bottom_margin = (Mm(15), Mm(14)) if self.narrow else (Mm(22), Mm(20))
        if self.narrow:
            section.footer_distance = Mm(8)
        foot = section.footer.paragraphs[0]._p
        for child in list(foot):
            foot.remove(child)
        tab = f'<w:pPr><w:pStyle w:val="Footer"/><w:tabs><w:tab w:val="clear" w:pos="4320"/><w:tab w:val="clear" w:pos="8640"/><w:tab w:val="right" w:pos="{WIDTH}"/></w:tabs></w:pPr>'
        xml = f"<w:p {NAMESPACES}>{tab}{_run(self.document.foot)}<w:r><w:tab/></w:r>{_field('PAGE')}{_run(' / ')}{_field('NUMPAGES')}</w:p>"
        for child in list(parse_xml(xml)):
            foot.append(child)

    def _set_styles(self) -> None:
        styles = self.made.styles
        fonts = styles.element.find(qn("w:docDefaults")).find(qn("w:rPrDefault")).find(qn("w:rPr"))
        for old in fonts.findall(qn("w:lang")):
            fonts.remove(old)
        fonts.append(
            parse_xml(f'<w:lang {NAMESPACES} w:val="{self.document.language}" w:eastAsia="fr-FR" w:bidi="ar-SA"/>')
        )
        normal = styles["Normal"]
        body, small = (9.5, 9.0) if self.narrow else (10.5, 9.5)
        _set_font(normal, body, INK)
        normal.paragraph_format.space_after = Pt(2) if self.narrow else Pt(6)
        normal.paragraph_format.line_spacing = 1.0 if self.narrow else 1.15
        levels = (
            {1: (17, INK, 0), 2: (12, self.accent, 7), 3: (10, INK, 4), 4: (9.5, INK, 3)}
            if self.narrow
            else {1: (24, INK, 0), 2: (15, self.accent, 20), 3: (12, INK, 14), 4: (10.5, INK, 10)}
        )
        for level, (size, colour, before) in levels.items():
            style = styles[f"Heading {level}"]
            _set_font(style, size, colour, bold=True)
            style.font.italic = False
            after = Pt(2) if self.narrow else Pt(5)
            style.paragraph_format.space_before, style.paragraph_format.space_after = Pt(before), after
            style.paragraph_format.keep_with_next = True
        _set_font(styles["TOC Heading"], 15, self.accent, bold=True)
        lead = 10 if self.narrow else 12.5
        for name, size, colour in (("Soft", small, SOFT), ("Lead", lead, SOFT), ("Eyebrow", small + 0.5, SOFT),
            ("Aside", body, INK), ("Warning", body, WARN), ("Figures", 15, INK), ("Cell", small, INK), ("toc 2", 10.5, INK),
            ("toc 3", 10, INK),
        ):  # fmt: skip
            style = styles.add_style(name, WD_STYLE_TYPE.PARAGRAPH)
            style.element.styleId = name.replace("toc ", "TOC")  # Word's own: it makes the contents anew with them
            style.base_style = normal
            _set_font(style, size, colour, bold=name == "Eyebrow")
        styles["Cell"].paragraph_format.space_after = Pt(0)
        styles["toc 2"].paragraph_format.space_after = styles["toc 3"].paragraph_format.space_after = Pt(3)
        styles["toc 3"].paragraph_format.left_indent = Mm(6)
        for name, fill in (("Aside", WASH), ("Warning", WARN_WASH)):
            styles[name].element.get_or_add_pPr().append(
                parse_xml(f'<w:shd {NAMESPACES} w:val="clear" w:color="auto" w:fill="{fill}"/>')
            )
        quote = styles["Quote"]
        _set_font(quote, 11, INK)
        quote.font.italic = False
        quote.paragraph_format.left_indent = Mm(4)
        quote.element.get_or_add_pPr().insert(
            0,
            parse_xml(
                f'<w:pBdr {NAMESPACES}><w:left w:val="single" w:sz="24" w:space="8" w:color="{self.accent}"/></w:pBdr>'
            ),
        )
        _set_font(styles["Caption"], 9, SOFT)
        styles["Caption"].font.bold = False

    def _say_properties(self) -> None:
        said = self.made.core_properties
        said.title, said.author, said.language = (
            printable(self.document.title)[:255],
            printable(self.document.author)[:255],
            self.document.language,
        )
        said.subject, said.comments, said.keywords = printable(self.document.description)[:255], "", ""

    def opening(self) -> Iterator[str]:
        house = self.document.house
        if house.logo:
            width = min(45.0, 14 * house.logo_width / house.logo_height) * POINTS
            size = (width, width * house.logo_height / house.logo_width)
            yield _paragraph(self._drawing(house.logo, "", house.logo_alt, size), more='<w:jc w:val="right"/>')
        yield _paragraph(_run(self.document.eyebrow), "Eyebrow")
        yield _paragraph(_run(self.document.title), "Heading1")
        if self.document.lead:
            yield _paragraph(_run(self.document.lead), "Lead")

    # --- blocks -----------------------------------------------------------------------------------------------------

    def heading(self, it: Heading) -> Iterator[str]:
        self.headings += 1
        name = f'w:id="{self.headings}" w:name="titre_{self.headings}"'
        marked = f'<w:bookmarkStart {name}/>{_run(it.text)}<w:bookmarkEnd w:id="{self.headings}"/>'
        yield _paragraph(marked, f"Heading{it.level}")

    def paragraph(self, it: Paragraph) -> Iterator[str]:
        lead = _run(it.lead + (" – " if it.text else ""), bold=True) if it.lead else ""
        keep = "<w:keepNext/>" if it.lead else ""  # it announces what follows
        yield _paragraph(lead + _run(it.text), "Soft" if it.tone == "soft" else "", keep)

    def items(self, it: Items) -> Iterator[str]:
        for item in it.items:
            yield _paragraph(_run(item), "ListBullet")

    def table(self, it: Table) -> Iterator[str]:
        widths = it.widths if len(it.widths) == len(it.headers) else (1,) * len(it.headers)
        columns = [WIDTH * width // sum(widths) for width in widths]
        grid = "".join(f'<w:gridCol w:w="{width}"/>' for width in columns)
        yield (
            f'<w:tbl {NAMESPACES}><w:tblPr><w:tblW w:w="{sum(columns)}" w:type="dxa"/><w:tblBorders>'
            f'<w:bottom w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/>'
            f'<w:insideH w:val="single" w:sz="4" w:space="0" w:color="{LINE}"/></w:tblBorders>'
            f'<w:tblLayout w:type="fixed"/><w:tblLook w:val="0020" w:firstRow="1" w:lastRow="0" w:firstColumn="0" '
            f'w:lastColumn="0" w:noHBand="1" w:noVBand="1"/><w:tblCaption w:val={_attr(it.title)}/></w:tblPr>'
            f"<w:tblGrid>{grid}</w:tblGrid>"
            f"<w:tr><w:trPr><w:cantSplit/><w:tblHeader/></w:trPr>{self._cells(it, it.headers, columns, bold=True)}</w:tr>"
            + "".join(f"<w:tr><w:trPr><w:cantSplit/></w:trPr>{self._cells(it, row, columns)}</w:tr>" for row in it.rows)
            + "</w:tbl>"
        )
        yield _paragraph("", "Cell")  # two tables in a row would be one

    def _cells(self, it: Table, cells: tuple[str, ...], columns: list[int], *, bold: bool = False) -> str:
        return "".join(
            f'<w:tc><w:tcPr><w:tcW w:w="{columns[place]}" w:type="dxa"/></w:tcPr>'
            + _paragraph(
                _run(cell, bold=bold), "Cell", '<w:jc w:val="right"/>' if place in it.figures else "", bare=True
            )
            + "</w:tc>"
            for place, cell in enumerate(cells)
        )

    def figure(self, it: Figure) -> Iterator[str]:
        yield _paragraph(self._drawing(next(self.pictures), it.svg, it.alt, next(self.sizes)), more="<w:keepNext/>")
        if it.caption:
            yield _paragraph(_run(it.caption), "Caption")
        yield from self.table(it.table)

    def quote(self, it: Quote) -> Iterator[str]:
        source = f"<w:r><w:br/></w:r>{_run(f'– {it.source}', colour=SOFT)}" if it.source else ""
        yield _paragraph(_run(it.text) + source, "Quote")

    def note(self, it: Note) -> Iterator[str]:
        title = _run(f"{it.title} – ", bold=True) if it.title else ""
        yield _paragraph(title + _run(it.text), "Warning" if it.tone == "warn" else "Aside")

    def numbers(self, it: Numbers) -> Iterator[str]:
        parts = [_run(number, bold=True) + _run(f"\u00a0{words}", size=10.5, colour=SOFT) for number, words in it.pairs]
        yield _paragraph(_run("   ").join(parts), "Figures")

    def cloud(self, it: Cloud) -> Iterator[str]:
        yield _paragraph(_run(" · ".join(it.names)), "Soft")

    def contents(self, it: Contents) -> Iterator[str]:
        """A field that Word can make anew (right click), with its lines already there: no question at the opening."""
        begin = (
            '<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> '
            f'TOC \\o "2-{it.depth}" \\h \\n \\z </w:instrText></w:r><w:r><w:fldChar w:fldCharType="separate"/></w:r>'
        )
        lines = [(number, heading) for number, heading in self.document.headings if heading.level <= it.depth]
        inside = []
        for place, (number, heading) in enumerate(lines):
            link = f'<w:hyperlink w:anchor="titre_{number}" w:history="1">{_run(heading.text)}</w:hyperlink>'
            end = '<w:r><w:fldChar w:fldCharType="end"/></w:r>' if place == len(lines) - 1 else ""
            inside.append(_paragraph((begin if place == 0 else "") + link + end, f"TOC{heading.level}", bare=True))
        if not lines:
            return
        yield (
            f'<w:sdt {NAMESPACES}><w:sdtPr><w:docPartObj><w:docPartGallery w:val="Table of Contents"/><w:docPartUnique/>'
            f"</w:docPartObj></w:sdtPr><w:sdtContent>{_paragraph(_run(it.title), 'TOCHeading', bare=True)}"
            + "".join(inside)
            + "</w:sdtContent></w:sdt>"
        )

    def page_break(self, it: PageBreak) -> Iterator[str]:
        yield _paragraph('<w:r><w:br w:type="page"/></w:r>')

    def _drawing(self, png: bytes, svg: str, alt: str, size: tuple[float, float]) -> str:
        """A picture in its line; beside it the drawing itself, for the readers that know SVG."""
        self.drawings += 1
        number, part = self.drawings, self.made.part
        picture, _image = part.get_or_add_image(BytesIO(png))
        extension = ""
        if svg:
            name = PackURI(f"/word/media/dessin{number}.svg")
            drawn = Part(name, "image/svg+xml", svg.encode(), part.package)
            extension = (
                f'<a:extLst><a:ext uri="{SVG_EXTENSION}"><asvg:svgBlip xmlns:asvg="{SVG_NAMESPACE}" '
                f'r:embed="{part.relate_to(drawn, RELATIONSHIP_TYPE.IMAGE)}"/></a:ext></a:extLst>'
            )
        wide, high = (round(side * EMU) for side in size)
        return (
            f'<w:r><w:drawing><wp:inline distT="0" distB="0" distL="0" distR="0"><wp:extent cx="{wide}" cy="{high}"/>'
            f'<wp:docPr id="{number}" name="Dessin {number}" descr={_attr(alt)}/>'
            '<wp:cNvGraphicFramePr><a:graphicFrameLocks noChangeAspect="1"/></wp:cNvGraphicFramePr>'
            '<a:graphic><a:graphicData uri="http://schemas.openxmlformats.org/drawingml/2006/picture"><pic:pic>'
            f'<pic:nvPicPr><pic:cNvPr id="{number}" name="Dessin {number}" descr={_attr(alt)}/><pic:cNvPicPr/></pic:nvPicPr>'
            f'<pic:blipFill><a:blip r:embed="{picture}">{extension}</a:blip><a:stretch><a:fillRect/></a:stretch></pic:blipFill>'
            f'<pic:spPr><a:xfrm><a:off x="0" y="0"/><a:ext cx="{wide}" cy="{high}"/></a:xfrm>'
            '<a:prstGeom prst="rect"><a:avLst/></a:prstGeom></pic:spPr></pic:pic></a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
        )


def _set_font(style: Any, size: float, colour: str, *, bold: bool | None = None) -> None:
    style.font.name, style.font.size = FONT, Pt(size)
    style.font.color.rgb = RGBColor.from_string(colour)
    if bold is not None:
        style.font.bold = bold
    fonts = style.element.get_or_add_rPr().get_or_add_rFonts()
    for theme in ("asciiTheme", "hAnsiTheme", "eastAsiaTheme", "cstheme"):  # a theme’s face would win over the name
        fonts.attrib.pop(qn(f"w:{theme}"), None)
    fonts.set(qn("w:cs"), FONT)


def _paragraph(inside: str, style: str = "", more: str = "", *, bare: bool = False) -> str:
    """`bare`: inside another element, which has the namespaces."""
    named = f'<w:pStyle w:val="{style}"/>' if style else ""
    properties = f"<w:pPr>{named}{more}</w:pPr>" if named or more else ""
    return f"<w:p{'' if bare else f' {NAMESPACES}'}>{properties}{inside}</w:p>"


def _run(text: str, *, bold: bool = False, size: float = 0, colour: str = "") -> str:
    if not text:
        return ""
    said = (
        ("<w:b/>" if bold else "")
        + (f'<w:color w:val="{colour}"/>' if colour else "")
        + (f'<w:sz w:val="{round(size * 2)}"/>' if size else "")
    )
    properties = f"<w:rPr>{said}</w:rPr>" if said else ""
    return f'<w:r>{properties}<w:t xml:space="preserve">{escape(printable(text))}</w:t></w:r>'


def _attr(text: str) -> str:
    return quoteattr(printable(text))


def _field(name: str) -> str:
    return (
        f'<w:r><w:fldChar w:fldCharType="begin"/></w:r><w:r><w:instrText xml:space="preserve"> {name} </w:instrText></w:r>'
        '<w:r><w:fldChar w:fldCharType="separate"/></w:r><w:r><w:t>1</w:t></w:r><w:r><w:fldChar w:fldCharType="end"/></w:r>'
    )

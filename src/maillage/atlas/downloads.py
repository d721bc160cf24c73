"""The map to keep, to print, to put in a report: PDF and PNG by typst, SVG with its colours inside."""

from collections.abc import Callable

from django.http import Http404, HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import slugify
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maillage.atlas.choices import read_choice
from maillage.atlas.drawing import svg_of
from maillage.atlas.facts import source_words
from maillage.atlas.pages import AtlasPage, read_page
from maillage.atlas.palette import SHEET, shape_file, swatch_file
from maillage.atlas.places import UnknownPlace
from maillage.atlas.standalone import whole_svg
from maillage.lib.dates import day_words
from maillage.lib.needs import Need, needs
from maillage.lib.rates import FILES, READING, limited
from maillage.lib.typography import typo
from maillage.lib.typst import compile_pdf, compile_png
from maillage.people.access import fetch_atlas
from maillage.ui.addresses import public_address

TEMPLATE = "atlas/typst/map.typ"
DOTS_PER_INCH = 180  # an A4 of 2,105 × 1,488 pixels: sharp on a slide, half a megabyte


def make_pdf(page: AtlasPage, base: str) -> bytes:
    return compile_pdf(TEMPLATE, sheet_facts(page, base))


def make_png(page: AtlasPage, base: str) -> bytes:
    return compile_png(TEMPLATE, sheet_facts(page, base), dots_per_inch=DOTS_PER_INCH)


def make_svg(page: AtlasPage, base: str) -> bytes:
    return whole_svg(page, base).encode()


KINDS: dict[str, tuple[str, Callable[[AtlasPage, str], bytes]]] = {
    "pdf": ("application/pdf", make_pdf),
    "png": ("image/png", make_png),
    "svg": ("image/svg+xml", make_svg),
}


@require_safe
@needs(Need.ATLAS)
@limited(FILES, methods=READING)
def picture(request: HttpRequest, slug: str, level: str, kind: str, code: str = "") -> HttpResponse:
    space = fetch_atlas(request.user, slug)
    if kind not in KINDS:
        raise Http404
    try:
        page = read_page(space, level, code, read_choice(request.GET))
    except UnknownPlace:
        raise Http404 from None
    if not page.map.drawings:
        raise Http404
    content_type, make = KINDS[kind]
    response = HttpResponse(make(page, public_address(request)), content_type=content_type)
    # An attachment, the SVG above all: opened in a tab it would be under our content policy, which stops its colours.
    response["Content-Disposition"] = f'attachment; filename="{file_name(page)}.{kind}"'
    if space.atlas_public:  # a picture that another site may show
        response["Cross-Origin-Resource-Policy"] = "cross-origin"
    return response


def file_name(page: AtlasPage) -> str:
    view = f"-{page.choice.view}" if page.shaded else ""
    return f"carte-{slugify(page.place.name)[:60]}{view}"


def sheet_facts(page: AtlasPage, base: str) -> dict[str, object]:
    """What map.typ is given."""
    return {
        "title": typo(page.place.name),
        "eyebrow": typo(f"{page.space.name} · {page.eyebrow}"),
        "legend_title": typo(page.legend_title) if page.map.legend else "",
        "maps": [
            {
                "svg": svg_of(drawing, style=SHEET, base=base),
                "alt": typo(drawing.title),
                "tall": drawing.frame.height / 1000,
            }
            for drawing in page.map.drawings
        ],
        "legend": [
            {"svg": swatch_file(key.shade), "words": typo(key.words), "places": key.how_many} for key in page.map.legend
        ]
        + [{"svg": shape_file(mark["id"]), "words": mark["words"], "places": mark["shown"]} for mark in page.marks],
        "facts": [{"label": typo(fact.label), "words": typo(fact.words)} for fact in page.facts],
        "sources": [typo(source_words(source)) for source in page.map_sources],
        "foot": typo(
            _("%(address)s, le %(day)s") % {"address": base + page.path, "day": day_words(timezone.localdate())}
        ),
    }

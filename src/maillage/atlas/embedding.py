"""A map in another site's page: the frame, and oEmbed by which editors find it. Only of an atlas open to everybody."""

from urllib.parse import urlsplit

from csp.decorators import csp_replace
from django.contrib.auth.models import AnonymousUser
from django.http import Http404, HttpRequest, HttpResponse, JsonResponse, QueryDict
from django.shortcuts import render
from django.urls import Resolver404, resolve
from django.utils.html import format_html
from django.utils.translation import gettext as _
from django.views.decorators.clickjacking import xframe_options_exempt
from django.views.decorators.http import require_safe

from maillage.atlas.choices import read_choice
from maillage.atlas.compressing import compressed
from maillage.atlas.keeping import kept
from maillage.atlas.pages import AtlasPage, read_page
from maillage.atlas.places import UnknownPlace
from maillage.lib.needs import Need, needs
from maillage.lib.typography import typo
from maillage.people.access import fetch_atlas
from maillage.people.models import Space
from maillage.ui.addresses import public_address

WIDTH, HEIGHT = 800, 640  # pixels of a frame, when nobody says how much room there is
LEAST = 200


@require_safe
@xframe_options_exempt
@csp_replace({"frame-ancestors": ["*"]})
@compressed
@needs(Need.PUBLISHED)
def embedded(request: HttpRequest, slug: str, level: str, code: str = "") -> HttpResponse:
    """Nothing of an account is read here: a frame of another site shows to each what it shows to all."""
    space = fetch_atlas(AnonymousUser(), slug)
    return kept(request, space, lambda: _frame(request, space, level, code))


def _frame(request: HttpRequest, space: Space, level: str, code: str) -> HttpResponse:
    try:
        page = read_page(space, level, code, read_choice(request.GET), embedded=True)
    except UnknownPlace:
        raise Http404 from None
    response = render(request, "atlas/embedded.html", {"page": page, "space": space})
    response["Cache-Control"] = "public, max-age=600"
    return response


@require_safe
@needs(Need.ANYBODY)
def oembed(request: HttpRequest) -> HttpResponse:
    """oembed.com, « rich ». What cannot be embedded is a 404 with its sentence; a format we do not make, a 501."""
    if request.GET.get("format", "json") != "json":
        return JsonResponse({"error": typo(_("Seul le format json est rendu ici."))}, status=501)
    page = _page_at(request)
    if page is None:
        sentence = _("Cette adresse n’est pas celle d’une page d’atlas ouverte à tous de ce serveur.")
        return JsonResponse({"error": typo(sentence)}, status=404)
    base = public_address(request)
    wide = _size(request.GET.get("maxwidth"), WIDTH)
    high = _size(request.GET.get("maxheight"), HEIGHT)
    answer = {
        "version": "1.0",
        "type": "rich",
        "title": page.map_title,
        "provider_name": page.space.name,
        "provider_url": base,
        "html": frame_code(base + page.embedded_path, page.map_title, wide, high),
        "width": wide,
        "height": high,
        "cache_age": 86400,
    }
    response = JsonResponse(answer, json_dumps_params={"ensure_ascii": False})
    response["Access-Control-Allow-Origin"] = "*"
    return response


def frame_code(address: str, title: str, wide: int = WIDTH, high: int = HEIGHT) -> str:
    return format_html(
        '<iframe src="{}" title="{}" width="{}" height="{}" loading="lazy" allowfullscreen></iframe>',
        address,
        title,
        wide,
        high,
    )


def _page_at(request: HttpRequest) -> AtlasPage | None:
    """Whose address this is; another server's, another page's, a closed atlas's: None."""
    try:
        parts = urlsplit(request.GET.get("url", "")[:2000])
    except ValueError:  # « http://[ »
        return None
    hosts = {request.get_host(), urlsplit(public_address(request)).netloc}
    if parts.scheme not in ("http", "https") or parts.netloc not in hosts:
        return None
    try:
        match = resolve(parts.path)
        if match.app_name != "atlas" or "level" not in match.kwargs or {"kind", "what"} & match.kwargs.keys():
            return None
        space = fetch_atlas(AnonymousUser(), match.kwargs["slug"])
        choice = read_choice(QueryDict(parts.query).dict())
        return read_page(space, match.kwargs["level"], match.kwargs.get("code", ""), choice)
    except (Resolver404, Http404, UnknownPlace):
        return None


def _size(given: str | None, usual: int) -> int:
    """Never more than the editor has room for, if it says so in figures."""
    if given is None or not given.isascii() or not given.isdigit():
        return usual
    return max(LEAST, min(usual, int(given[:6])))

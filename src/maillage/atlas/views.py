"""The pages of the atlas, and the button that opens it to everybody."""

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST, require_safe

from maillage.atlas.choices import read_choice
from maillage.atlas.compressing import compressed
from maillage.atlas.embedding import frame_code
from maillage.atlas.keeping import kept
from maillage.atlas.pages import read_page
from maillage.atlas.places import UnknownPlace, address, find_place
from maillage.atlas.structured import place_data
from maillage.atlas.there import SECTIONS, Section, events_between
from maillage.lib.needs import Need, needs
from maillage.people.access import fetch_atlas, fetch_in_space
from maillage.people.models import Space
from maillage.people.queries import can_organise
from maillage.people.services import open_atlas
from maillage.ui.addresses import public_address

A_PAGE = 60


@require_safe
@compressed
@needs(Need.ATLAS)
def place(request: HttpRequest, slug: str, level: str, code: str = "") -> HttpResponse:
    space = fetch_atlas(request.user, slug)
    return kept(request, space, lambda: _place(request, space, level, code))


def _place(request: HttpRequest, space: Space, level: str, code: str) -> HttpResponse:
    try:
        page = read_page(space, level, code, read_choice(request.GET))
    except UnknownPlace as unknown:
        return _unknown(request, space, unknown)
    base = public_address(request)
    context = {
        "page": page,
        "space": space,
        "base": base,
        "frame_code": frame_code(base + page.embedded_path, page.map_title),
        "page_url": base + page.path,
        "data": place_data(page, base),
        "can_open": can_organise(request.user, space) if request.user.is_authenticated else False,
    }
    return render(request, "atlas/place.html", context)


def _unknown(request: HttpRequest, space: Space, unknown: UnknownPlace) -> HttpResponse:
    near = [{"place": each, "href": address(space, each.level, each.code)} for each in unknown.near]
    context = {"space": space, "sentence": unknown.sentence, "near": near, "home": address(space, "region", "")}
    return render(request, "atlas/unknown.html", context, status=404)


@require_safe
@compressed
@needs(Need.ATLAS)
def whole_list(request: HttpRequest, slug: str, level: str, what: str, code: str = "") -> HttpResponse:
    """All the gatherings, experiences, sentences or structures of a place, a page at a time."""
    space = fetch_atlas(request.user, slug)
    return kept(request, space, lambda: _whole_list(request, space, level, code, SECTIONS[what]))


def _whole_list(request: HttpRequest, space: Space, level: str, code: str, section: Section) -> HttpResponse:
    try:
        place = find_place(space, level, code)
    except UnknownPlace as unknown:
        return _unknown(request, space, unknown)
    parts = section.parts(space, place)
    number = sum(rows.count() for rows, _event in parts)
    page = Paginator(range(number), A_PAGE).get_page(request.GET.get("page"))
    start = (page.number - 1) * A_PAGE
    context = {
        "space": space,
        "place": place,
        "href": address(space, place.level, place.code),
        "section": section,
        "page": page,
        "events": events_between(space, parts, start, start + A_PAGE),
    }
    return render(request, "atlas/whole_list.html", context)


@require_POST
@needs(Need.ORGANISE)
def opening(request: HttpRequest, slug: str) -> HttpResponse:
    """Opens the atlas to everybody, or keeps it to those who have a role in the space."""
    space = get_object_or_404(Space, slug=slug)
    space = fetch_in_space(request.user, Space.objects.all(), can=can_organise, space_of=lambda row: row, pk=space.pk)
    public = request.POST.get("public") == "oui"
    open_atlas(space=space, public=public, by=str(request.user))
    said = (
        _("L’atlas est ouvert : chacun peut le lire.") if public else _("L’atlas est fermé : seul votre espace le lit.")
    )
    messages.success(request, said)
    return redirect("atlas:home", space.slug)

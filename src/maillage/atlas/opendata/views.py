"""The page of the open data, its files, and what describes them."""

import json

from django.http import Http404, HttpRequest, HttpResponse, StreamingHttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maillage.atlas.compressing import compressed
from maillage.atlas.facts import source_words
from maillage.atlas.opendata.answering import answer, answer_file
from maillage.atlas.opendata.describing import describe
from maillage.atlas.opendata.keeping import keep_file
from maillage.atlas.opendata.lists import ALL, BY_NAME, LICENCE_ADDRESS, OpenList
from maillage.atlas.opendata.sizes import Weight, octets_words, weights_of
from maillage.atlas.opendata.writing import CONTENT_TYPES
from maillage.lib.needs import Need, needs
from maillage.lib.rates import FILES, READING, limited
from maillage.lib.typography import count
from maillage.people.access import fetch_atlas
from maillage.territories.models import Source
from maillage.ui.addresses import public_address


@require_safe
@compressed
@needs(Need.ATLAS)
def page(request: HttpRequest, slug: str) -> HttpResponse:
    space = fetch_atlas(request.user, slug)
    weights = weights_of(space)
    context = {
        "space": space,
        "lists": [_line(asked, weights[asked.name]) for asked in ALL],
        "sources": [source_words(source) for source in Source.objects.order_by("pk")],
        "licence_address": LICENCE_ADDRESS,
        "base": public_address(request),
    }
    return render(request, "atlas/open_data.html", context)


def _line(asked: OpenList, weight: Weight) -> dict[str, object]:
    about = "" if weight.exact else _("environ") + " "
    return {
        "list": asked,
        "rows": count(weight.number, _("ligne"), _("lignes"), zero=_("aucune ligne pour l’instant")),
        "files": [
            {
                "kind": kind,
                "words": "GeoJSON" if kind == "geojson" else kind.upper(),
                "size": about + octets_words(size),
            }
            for kind, size in weight.octets.items()
        ],
    }


@require_safe
@needs(Need.ATLAS)
@limited(FILES, methods=READING)
def taken(request: HttpRequest, slug: str, name: str, kind: str) -> HttpResponse | StreamingHttpResponse:
    space = fetch_atlas(request.user, slug)
    asked = BY_NAME.get(name)
    if asked is None or kind not in asked.formats:
        raise Http404
    kept = keep_file(asked, space, kind)
    return answer_file(request, kept, CONTENT_TYPES[kind], space=space, file_name=f"{space.slug}-{name}.{kind}")


@require_safe
@compressed
@needs(Need.ATLAS)
def schema(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    space = fetch_atlas(request.user, slug)
    asked = BY_NAME.get(name)
    if asked is None:
        raise Http404
    said = json.dumps(describe(asked, space, public_address(request)), ensure_ascii=False, indent=2)
    return answer(request, f"{said}\n".encode(), "application/json", space=space)

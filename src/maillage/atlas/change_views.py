"""What noyaux that say they are public let anybody read: their page, their observations as data, a quarter's story."""

import datetime as dt
import json
from dataclasses import dataclass
from itertools import groupby

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maillage.atlas.around import gatherings_in, published_in
from maillage.atlas.compressing import compressed
from maillage.atlas.opendata.lists import LICENCE, LICENCE_ADDRESS, VERSION
from maillage.atlas.places import UnknownPlace, address, find_place
from maillage.change.drawing import draw_rows
from maillage.change.models import CoreGroup
from maillage.change.published import OBSERVATIONS, observation_rows
from maillage.change.queries import path_of, present_members, public_groups, seen_of
from maillage.change.visions import current_vision
from maillage.lib.needs import Need, needs
from maillage.lib.rates import FILES, READING, limited
from maillage.lib.tableschema import record, schema_of, write_csv
from maillage.people.access import fetch_atlas
from maillage.people.models import Space
from maillage.territories.enums import Level
from maillage.ui.addresses import public_address

SHOWN = 60  # observations on one page; the data hold them all
MOST_MOMENTS = 200  # of a story: a quarter has had fewer


def _group(request: HttpRequest, slug: str, group: str) -> tuple[Space, CoreGroup]:
    space = fetch_atlas(request.user, slug)
    return space, get_object_or_404(public_groups(space), slug=group)


@require_safe
@compressed
@needs(Need.ATLAS)
def core_group(request: HttpRequest, slug: str, group: str) -> HttpResponse:
    space, row = _group(request, slug, group)
    ways = path_of(row, outside=True)
    seen = seen_of(row, outside=True)
    context = {
        "space": space,
        "group": row,
        "people": present_members(row).count(),
        "vision": current_vision(row),
        "ways": ways,
        "wide": draw_rows(ways),
        "narrow": draw_rows(ways, width=360),
        "observations": list(seen[:SHOWN]),
        "number": seen.count(),
        "qpv_href": address(space, Level.QPV, row.qpv_id) if row.qpv_id else "",
    }
    return render(request, "atlas/core_group.html", context)


@require_safe
@needs(Need.ATLAS)
@limited(FILES, methods=READING)
def observations(request: HttpRequest, slug: str, group: str, kind: str) -> HttpResponse:
    """CSV, JSON, and the Table Schema of both."""
    space, row = _group(request, slug, group)
    if kind == "csv":
        content: bytes | str = write_csv(OBSERVATIONS, observation_rows(row))
        kind_of = "text/csv; charset=utf-8; header=present"
    elif kind == "json":
        rows = [record(OBSERVATIONS, each) for each in observation_rows(row)]
        content, kind_of = json.dumps(rows, ensure_ascii=False, indent=1), "application/json"
    elif kind == "schema.json":
        here = reverse("atlas:core-group-data", args=[space.slug, row.slug, kind])
        about = schema_of(
            OBSERVATIONS,
            name="observations",
            title=_("Ce qu’un noyau a vu changer"),
            description=_("Une ligne par observation partagée, sans nom."),
            version=VERSION,
            path=public_address(request) + here,
            licenses=[{"title": LICENCE, "path": LICENCE_ADDRESS}],
        )
        content, kind_of = json.dumps(about, ensure_ascii=False, indent=1), "application/json"
    else:
        raise Http404
    response = HttpResponse(content, content_type=kind_of)
    response["Content-Disposition"] = f'attachment; filename="observations-{row.slug}.{kind}"'
    response["Access-Control-Allow-Origin"] = "*"
    return response


@dataclass(frozen=True)
class Moment:
    on: dt.date
    kind: str
    text: str
    href: str = ""
    invented: bool = False

    @property
    def year(self) -> int:
        return self.on.year


@require_safe
@compressed
@needs(Need.ATLAS)
def quarter_story(request: HttpRequest, slug: str, code: str) -> HttpResponse:
    """A QPV as a timeline: public gatherings, experiences, what its noyaux saw. Newest first, by year."""
    space = fetch_atlas(request.user, slug)
    try:
        place = find_place(space, Level.QPV, code)
    except UnknownPlace as unknown:
        near = [{"place": each, "href": address(space, each.level, each.code)} for each in unknown.near]
        context = {"space": space, "sentence": unknown.sentence, "near": near, "home": address(space, "region", "")}
        return render(request, "atlas/unknown.html", context, status=404)
    groups = list(public_groups(space).filter(qpv=place.code))
    moments = [
        Moment(row.date, _("rencontre"), row.title, reverse("gatherings:public", args=[space.slug, row.slug]))
        for row in gatherings_in(space, place)[:MOST_MOMENTS]
        if row.date is not None
    ]
    moments += [
        Moment(
            dt.date(row.year, 1, 1),
            _("expérience"),
            row.title,
            reverse("memory:public-experience", args=[space.slug, row.pk]),
        )
        for row in published_in(space, place)[:MOST_MOMENTS]
        if row.year
    ]
    for group in groups:
        there = reverse("atlas:core-group", args=[space.slug, group.slug])
        for row in seen_of(group, outside=True)[:MOST_MOMENTS]:
            words = row.text or f"{row.marker} ({row.get_degree_display()})"
            kind = _("observation") if row.marker_id else _("observation inattendue")
            moments.append(Moment(row.on, kind, words, there, group.invented))
    moments.sort(key=lambda moment: (moment.on, moment.kind), reverse=True)
    context = {
        "space": space,
        "place": place,
        "place_href": address(space, Level.QPV, place.code),
        "groups": groups,
        "years": [(year, list(found)) for year, found in groupby(moments, key=lambda moment: moment.year)],
    }
    return render(request, "atlas/quarter_story.html", context)

"""The read API, version 1: a list by pages, as JSON. Whatever is refused is refused in a French sentence."""

import json
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maillage.atlas.compressing import compressed
from maillage.atlas.opendata.answering import answer, find_atlas, let_others_read
from maillage.atlas.opendata.lists import ALL, BY_NAME, LICENCE, OpenList
from maillage.atlas.opendata.openapi import describe_api
from maillage.lib.needs import Need, needs
from maillage.lib.paging import rows_between
from maillage.lib.tableschema import record
from maillage.lib.typography import join_words, typo
from maillage.people.models import Space
from maillage.territories.models import Department
from maillage.ui.addresses import public_address

PAGE = 100  # rows
JSON = "application/json"


class Refused(Exception):
    def __init__(self, status: int, code: str, sentence: str) -> None:
        self.status, self.code, self.sentence = status, code, typo(sentence)
        super().__init__(self.sentence)


@compressed
@needs(Need.ATLAS)
def index(request: HttpRequest, slug: str) -> HttpResponse:
    """The lists of a space."""
    try:
        space = _space(request, slug)
        _parameters(request, ())
    except Refused as refusal:
        return _refuse(request, refusal, slug)
    base = public_address(request)
    lists = [
        {
            "list": asked.name,
            "title": str(asked.title),
            "description": str(asked.about),
            "url": base + reverse("atlas:api-list", args=[space.slug, asked.name]),
            "schema": base + reverse("atlas:open-schema", args=[space.slug, asked.name]),
            "files": {
                kind: base + reverse("atlas:open-file", args=[space.slug, asked.name, kind]) for kind in asked.formats
            },
        }
        for asked in ALL
    ]
    return _say(request, {"space": space.slug, "title": space.name, "licence": LICENCE, "lists": lists}, space)


@compressed
@needs(Need.ATLAS)
def rows(request: HttpRequest, slug: str, name: str) -> HttpResponse:
    """A page of a list."""
    try:
        space = _space(request, slug)
        asked = BY_NAME.get(name)
        if asked is None:
            known = join_words([each.name for each in ALL])
            sentence = _("Aucune liste ne s’appelle « %(name)s ». Celles qui existent : %(known)s.")
            raise Refused(404, "unknown_list", sentence % {"name": name[:40], "known": known})
        said = _parameters(request, ("page", *(("departement",) if asked.of_department else ())))
        return _say(request, _page(request, space, asked, said), space)
    except Refused as refusal:
        return _refuse(request, refusal, slug)


def unreadable(request: HttpRequest) -> HttpResponse:
    """For what no view is asked: a request that holds a NUL (config/refusing.py)."""
    sentence = _("Cette demande contient un signe qui ne se lit pas (le caractère nul).")
    return _refuse(request, Refused(400, "unreadable", sentence), "")


@needs(Need.ANYBODY)
def nowhere(request: HttpRequest, rest: str) -> HttpResponse:
    sentence = _("Rien n’est à l’adresse « %(rest)s ». On attend un espace, puis une liste : voyez /api/v1/.")
    return _refuse(request, Refused(404, "unknown_address", sentence % {"rest": rest[:60]}), "")


def _page(request: HttpRequest, space: Space, asked: OpenList, said: dict[str, str]) -> dict[str, Any]:
    department = said.get("departement", "")
    if "departement" in said and not Department.objects.filter(pk=department).exists():
        sentence = _(
            "departement : aucun département connu ici n’a le code « %s ». On attend 67, 2A ou 974, par exemple."
        )
        raise Refused(400, "bad_parameter", sentence % department[:20])
    wanted = said.get("page", "1")
    if not (wanted.isascii() and wanted.isdigit() and 0 < len(wanted) < 8 and int(wanted)):
        raise Refused(400, "bad_parameter", _("page : on attend un nombre à partir de 1, pas « %s ».") % wanted[:20])
    number = int(wanted)
    found = asked.asked(space, department)
    total = found.count()
    pages = max(1, ceil(total / PAGE))
    if number > pages:
        words = {"number": number, "pages": pages}
        raise Refused(404, "no_such_page", _("La page %(number)d n’existe pas : la dernière est la %(pages)d.") % words)
    some = rows_between(found, (number - 1) * PAGE, number * PAGE)
    base = public_address(request)
    own = base + reverse("atlas:api-list", args=[space.slug, asked.name])

    def link(page: int) -> str:
        return f"{own}?{urlencode(({'departement': department} if department else {}) | {'page': page})}"

    return {
        "list": asked.name,
        "licence": LICENCE,
        "schema": base + reverse("atlas:open-schema", args=[space.slug, asked.name]),
        "total": total,
        "page": number,
        "pages": pages,
        "links": {
            "self": link(number),
            "first": link(1),
            "prev": link(number - 1) if number > 1 else None,
            "next": link(number + 1) if number < pages else None,
            "last": link(pages),
        },
        "data": [record(asked.columns, asked.row(row)) for row in some],
    }


def _space(request: HttpRequest, slug: str) -> Space:
    if request.method not in ("GET", "HEAD"):
        raise Refused(405, "read_only", _("Cette interface se lit, et ne s’écrit pas : seuls GET et HEAD y répondent."))
    space = find_atlas(request, slug)
    if space is None:
        sentence = _("Aucun atlas ouvert ne s’appelle « %s » sur ce serveur.")
        raise Refused(404, "unknown_space", sentence % slug[:40])
    return space


def _parameters(request: HttpRequest, known: tuple[str, ...]) -> dict[str, str]:
    unknown = [name for name in request.GET if name not in known]
    if unknown:
        what = join_words([f"« {name[:40]} »" for name in unknown[:5]])
        sentence = (
            _("Paramètre inconnu : %(what)s. Ceux que l’on peut donner ici : %(known)s.")
            if known
            else _("Paramètre inconnu : %(what)s. Aucun ne se donne ici.")
        )
        raise Refused(400, "unknown_parameter", sentence % {"what": what, "known": join_words(list(known))})
    twice = [name for name in request.GET if len(request.GET.getlist(name)) > 1]
    if twice:
        raise Refused(400, "bad_parameter", _("« %s » est donné deux fois.") % twice[0])
    return {name: request.GET[name] for name in request.GET}


def _say(request: HttpRequest, said: dict[str, Any], space: Space) -> HttpResponse:
    content = json.dumps(said, ensure_ascii=False, separators=(",", ":"), allow_nan=False).encode()
    return answer(request, content, JSON, space=space)


def _refuse(request: HttpRequest, refusal: Refused, slug: str) -> HttpResponse:
    said = {"error": {"status": refusal.status, "code": refusal.code, "sentence": refusal.sentence}}
    response = HttpResponse(json.dumps(said, ensure_ascii=False), content_type=JSON, status=refusal.status)
    response["Cache-Control"] = "no-store"
    if refusal.status == 405:
        response["Allow"] = "GET, HEAD"
    else:
        space = find_atlas(request, slug) if slug else None
        if space is not None and space.atlas_public:
            let_others_read(response)
    return response


@require_safe
@compressed
@needs(Need.ANYBODY)
def openapi(request: HttpRequest) -> HttpResponse:
    said = json.dumps(describe_api(public_address(request), PAGE), ensure_ascii=False, indent=1)
    return answer(request, f"{said}\n".encode(), JSON)


@require_safe
@needs(Need.ANYBODY)
def explained(request: HttpRequest) -> HttpResponse:
    return render(request, "atlas/api.html", {"lists": ALL, "most": PAGE, "base": public_address(request)})

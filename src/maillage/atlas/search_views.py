"""Search over all that is public of a space and of the territories, and the glossary."""

import re
from collections.abc import Mapping
from math import ceil
from typing import Any
from urllib.parse import urlencode

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_safe

from maillage.atlas.compressing import compressed
from maillage.atlas.enums import EntryKind
from maillage.atlas.glossary import find_sigle, glossary, sigles_in
from maillage.atlas.indexing import index_beside
from maillage.atlas.keeping import kept
from maillage.atlas.models import Entry
from maillage.atlas.places import address
from maillage.atlas.search import FACETS, PAGE, Found, find, is_empty
from maillage.gatherings.models import Gathering
from maillage.gatherings.queries import method_titles
from maillage.lib.needs import Need, needs
from maillage.people.access import fetch_atlas
from maillage.people.models import Space
from maillage.territories.models import Commune, Department

LONGEST = 200  # characters of a question
NAMES = {"kind": "quoi", "department": "ou", "year": "annee", "method": "methode", "theme": "theme"}  # in addresses
SHOWN = 12  # values of a facet


@require_safe
@compressed
@needs(Need.ATLAS)
def search(request: HttpRequest, slug: str) -> HttpResponse:
    space = fetch_atlas(request.user, slug)
    return kept(request, space, lambda: _search(request, space))


def chosen_in(asked: Mapping[str, str]) -> dict[str, str]:
    """By facet, what an address asks; a year that is none asks nothing: PostgreSQL would refuse to compare it."""
    chosen = {facet: asked.get(NAMES[facet], "") for facet in FACETS}
    return chosen if re.fullmatch(r"[0-9]{4}", chosen["year"]) else chosen | {"year": ""}


def _search(request: HttpRequest, space: Space) -> HttpResponse:
    question = " ".join(request.GET.get("q", "").split())[:LONGEST]
    chosen = chosen_in(request.GET)
    page = int(asked) if re.fullmatch(r"[0-9]{1,4}", asked := request.GET.get("page", "1")) else 1
    being_made = bool(question) and is_empty() and Commune.objects.exists()
    if being_made:  # taken away since the start; a migration's is made by it
        index_beside()
    found = find(space, question, chosen, max(page, 1)) if question else Found([], 0, {})
    pages = ceil(found.shown / PAGE)
    context = {
        "space": space,
        "question": question,
        "found": found,
        "results": _results(space, found.entries),
        "facets": _facets(space, found, chosen, question),
        "sigle": find_sigle(question),
        "sigles": sigles_in(*(f"{entry.title} {entry.extract}" for entry in found.entries)),
        "before": _link(question, chosen, page=page - 1) if 1 < page <= pages else "",
        "after": _link(question, chosen, page=page + 1) if page < pages else "",
        "page": page,
        "pages": pages,
        "being_made": being_made,
        "too_wide": found.total > found.shown,
    }
    return render(request, "atlas/search.html", context)


@require_safe
@needs(Need.ANYBODY)
def words(request: HttpRequest) -> HttpResponse:
    return render(request, "atlas/glossary.html", {"sigles": sorted(glossary().values(), key=lambda one: one.sigle)})


def _results(space: Space, entries: list[Entry]) -> list[dict[str, Any]]:
    gatherings = [entry.ref for entry in entries if entry.kind == EntryKind.GATHERING]
    slugs = {str(pk): slug for pk, slug in Gathering.objects.filter(pk__in=gatherings).values_list("pk", "slug")}
    return [{"entry": entry, "href": _address(space, entry, slugs)} for entry in entries]


def _address(space: Space, entry: Entry, slugs: Mapping[str, str]) -> str:
    if entry.kind == EntryKind.EXPERIENCE:
        return reverse("memory:public-experience", args=[space.slug, entry.ref])
    if entry.kind == EntryKind.GATHERING:
        return reverse("gatherings:public", args=[space.slug, slugs.get(entry.ref, "-")])
    if entry.kind == EntryKind.CONTRACT:
        return reverse("atlas:contract", args=[space.slug, entry.ref])
    if entry.kind == EntryKind.ORGANISATION:
        return reverse("atlas:organisation", args=[space.slug, entry.ref])
    return address(space, entry.kind, entry.ref)


def _facets(space: Space, found: Found, chosen: Mapping[str, str], question: str) -> list[dict[str, Any]]:
    """What narrows the results: shown when there is something to choose, or to take back."""
    titles: dict[str, tuple[Any, Mapping[str, Any]]] = {
        "kind": (_("Quoi"), dict(EntryKind.choices)),
        "theme": (_("Thème"), {}),
        "department": (_("Où"), dict(Department.objects.values_list("pk", "name")) if found.total else {}),
        "year": (_("Année"), {}),
        "method": (_("Méthode"), method_titles(space) if found.facets.get("method") else {}),
    }
    shown = []
    for facet, (title, labels) in titles.items():
        values = found.facets.get(facet, [])
        if facet == "year":
            values = sorted(values, reverse=True)
        if len(values) < 2 and not chosen[facet]:
            continue
        items = [
            {
                "label": labels.get(value, value),
                "number": number,
                "href": _link(question, {**chosen, facet: "" if chosen[facet] == value else value}),
                "chosen": chosen[facet] == value,
            }
            for value, number in values[:SHOWN]
        ]
        if chosen[facet] and not any(item["chosen"] for item in items):
            label = labels.get(chosen[facet], chosen[facet])
            items.append({"label": label, "number": 0, "href": _link(question, {**chosen, facet: ""}), "chosen": True})
        shown.append({"title": title, "items": items})
    return shown


def _link(question: str, chosen: Mapping[str, str], *, page: int = 1) -> str:
    said = {"q": question} | {NAMES[facet]: value for facet, value in chosen.items() if value}
    return "?" + urlencode(said | ({"page": str(page)} if page > 1 else {}))

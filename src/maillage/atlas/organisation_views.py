"""The public directory: organisations that an organiser chose to list, and what is public of them. No person."""

import uuid
from typing import Any

from django.db.models import F, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_safe

from maillage.atlas.around import OF_GATHERINGS, Event, gathering_event
from maillage.atlas.compressing import compressed
from maillage.atlas.contracts import signed_by
from maillage.atlas.keeping import kept
from maillage.atlas.network import came_in_number, presented_by
from maillage.atlas.places import place_of
from maillage.atlas.there import (
    ORGANISATIONS,
    SHOWN,
    organisation_event,
    organisations_in,
    takeaway_event,
    takeaways_of,
    whole_address,
)
from maillage.contracts.models import ContratDeVille, Signatory
from maillage.gatherings.models import Gathering
from maillage.lib.needs import Need, needs
from maillage.lib.paging import KeyPaginator
from maillage.lib.siret import spaced_siret
from maillage.memory.experience_queries import published_experiences
from maillage.memory.models import Experience
from maillage.people.access import fetch_atlas
from maillage.people.directory import directory
from maillage.people.directory_forms import MOST_FOUND
from maillage.people.enums import OrganisationKind
from maillage.people.merging import merges_of
from maillage.people.models import Organisation, Space
from maillage.people.queries import can_organise
from maillage.registrations.enums import Presence
from maillage.registrations.models import Registration
from maillage.territories.enums import Level

A_PAGE = 60
MOST_DAYS = 200  # gatherings on its page, asked for all of them: a row a week for four years
OF_ROWS = ("space", "name", "kind", "about", "folded_name", "commune", "epci", "commune__name", "epci__name")


@require_safe
@compressed
@needs(Need.ATLAS)
def organisations(request: HttpRequest, slug: str) -> HttpResponse:
    space = fetch_atlas(request.user, slug)
    return kept(request, space, lambda: _organisations(request, space))


def _organisations(request: HttpRequest, space: Space) -> HttpResponse:
    question, kind = request.GET.get("q", "")[:MOST_FOUND], request.GET.get("genre", "")
    listed = space.organisations.filter(listed=True)
    found = set(listed.order_by().values_list("kind", flat=True).distinct())
    kinds = [(str(one.value), str(one.label)) for one in OrganisationKind if one.value in found]
    known = kind in dict(kinds)
    rows = directory(space, text=question, kind=kind if known else "", listed="oui", people=False)
    rows = rows.select_related(None).select_related("commune", "epci").only(*OF_ROWS)
    page = KeyPaginator(rows, A_PAGE, counted=bool(question)).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    context = {
        "space": space,
        "page": page,
        "rows": [(row, organisation_event(space, row)) for row in page.object_list],
        "total": page.paginator.count or listed.exists(),
        "question": question,
        "kind": kind,
        "unknown_kind": kind if kind and not known else "",
        "kinds": kinds,
        "asked": asked.urlencode(),
        "organises": can_organise(request.user, space) if request.user.is_authenticated else False,
    }
    return render(request, "atlas/organisations.html", context)


@require_safe
@compressed
@needs(Need.ATLAS)
def organisation(request: HttpRequest, slug: str, organisation_id: uuid.UUID) -> HttpResponse:
    space = fetch_atlas(request.user, slug)
    rows = space.organisations.filter(listed=True).select_related("commune__epci", "epci")
    row = rows.filter(pk=organisation_id).first()
    if row is None:
        merge = merges_of(space).filter(gone_id=organisation_id, kept__listed=True).first()
        if merge is None:
            raise Http404
        return redirect("atlas:organisation", space.slug, merge.kept_id)
    signed = list(signed_by(space, row))
    most = MOST_DAYS if request.GET.get("rencontres") == "toutes" else SHOWN
    days = [gathering_event(space, day) for day in _gatherings(space, row).only(*OF_GATHERINGS)[: most + 1]]
    said = takeaways_of(space).filter(workshop__in=presented_by(row).order_by().values("workshop"))
    context = {
        "space": space,
        "organisation": row,
        "siret": spaced_siret(row.siret),
        # the form takes no other address; a row may have come by a file carried from another server
        "website": row.website if row.website.startswith(("http://", "https://")) else "",
        "epci": row.epci or (row.commune.epci if row.commune else None),
        "gatherings": days[:most],
        "more_gatherings": len(days) > most,
        "all_gatherings": most == MOST_DAYS,
        "experiences": _experiences(space, row),
        "takeaways": [takeaway_event(space, one) for one in said[:SHOWN]],
        "contracts": signed,
        "cosigners": _cosigners(space, row, signed),
        "near": _near(space, row),
        "organises": can_organise(request.user, space) if request.user.is_authenticated else False,
    }
    return render(request, "atlas/organisation.html", context)


def _gatherings(space: Space, row: Organisation) -> QuerySet[Gathering]:
    """Public ones where several of its people came in all: one alone would be pointed at (decision 0015)."""
    rows = Gathering.objects.filter(space=space, public=True).select_related("commune", "epci")
    if not came_in_number(row):
        return rows.none()
    attended = Registration.objects.filter(person__organisation=row, presence=Presence.PRESENT).values("gathering")
    return rows.filter(pk__in=attended).order_by(F("date").desc(nulls_last=True), "title")


def _experiences(space: Space, row: Organisation) -> QuerySet[Experience]:
    return published_experiences(space).filter(workshop__in=presented_by(row).values("workshop"))


def _cosigners(space: Space, row: Organisation, signed: list[ContratDeVille]) -> list[Event]:
    """Those of the directory that signed the same contracts."""
    names = Signatory.objects.filter(contract__in=[contract.pk for contract in signed], organisation__isnull=False)
    rows = space.organisations.filter(pk__in=names.values("organisation"), listed=True).exclude(pk=row.pk)
    found = rows.select_related("commune", "epci").order_by("folded_name", "pk")
    return [organisation_event(space, one) for one in found[:SHOWN]] if signed else []


def _near(space: Space, row: Organisation) -> dict[str, Any] | None:
    """Others of its commune, else of its intercommunalité."""
    where = (Level.COMMUNE, row.commune) if row.commune else (Level.EPCI, row.epci)
    if where[1] is None:
        return None
    place = place_of(*where)
    rows = [one for one in organisations_in(space, place)[: SHOWN + 2] if one.pk != row.pk]
    if not rows:
        return None
    return {
        "place": place,
        "events": [organisation_event(space, one) for one in rows[:SHOWN]],
        "href": whole_address(space, place, ORGANISATIONS) if len(rows) > SHOWN else "",
    }

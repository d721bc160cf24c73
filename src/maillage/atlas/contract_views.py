"""A contract as anybody reads it: what is said of it, each with its source; never the organisers' note."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from maillage.atlas.around import near_to
from maillage.atlas.compressing import compressed
from maillage.atlas.contracts import current_by_epci
from maillage.atlas.places import address, find_place
from maillage.atlas.there import SECTIONS, lines_of
from maillage.change.queries import public_groups
from maillage.contracts.queries import contracts_of, with_signatories
from maillage.lib.needs import Need, needs
from maillage.people.access import fetch_atlas
from maillage.territories.enums import Level
from maillage.territories.queries import VINTAGE


@require_safe
@compressed
@needs(Need.ATLAS)
def contract(request: HttpRequest, slug: str, contract_id: UUID) -> HttpResponse:
    space = fetch_atlas(request.user, slug)
    row = get_object_or_404(with_signatories(contracts_of(space)), pk=contract_id)
    others = contracts_of(space).filter(epci=row.epci).exclude(pk=row.pk).order_by("-first_year", "perimeter")
    qpvs = list(row.epci.qpvs.filter(vintage=VINTAGE).order_by("name"))
    place = find_place(space, Level.EPCI, row.epci_id)
    near = near_to(place, qpvs)
    said = current_by_epci(space, [each.code for each in near])
    context = {
        "space": space,
        "contract": row,
        "epci_href": address(space, Level.EPCI, row.epci_id),
        "qpvs": [(qpv.name, address(space, Level.QPV, qpv.code)) for qpv in qpvs] if row.last_year >= VINTAGE else [],
        "others": others,
        "groups": public_groups(space).filter(contract=row),
        "there": [lines_of(space, place, section) for section in SECTIONS.values()],
        "near": [(each.name, address(space, each.level, each.code), said[each.code]) for each in near],
    }
    return render(request, "atlas/contract.html", context)

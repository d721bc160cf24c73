"""The way in to the pages of contracts: fetches and checks."""

from uuid import UUID

from django.http import Http404, HttpRequest

from maillage.contracts.models import ContratDeVille
from maillage.people.access import Can, fetch_in_space
from maillage.people.models import Space
from maillage.people.queries import can_read


def fetch_space(request: HttpRequest, slug: str, *, can: Can = can_read) -> Space:
    """404 unless it is a space of theirs; 403 when their role there does not reach this far."""
    return fetch_in_space(request.user, Space.objects.all(), can=can, space_of=lambda row: row, slug=slug)


def fetch_contract(request: HttpRequest, space: str, contract: UUID, *, can: Can = can_read) -> ContratDeVille:
    """Taken away or not: who organises may put it back; for the others it is gone."""
    found = fetch_in_space(
        request.user,
        ContratDeVille.objects.select_related("space", "epci__department", "epci__successor"),
        can=can,
        space_of=lambda row: row.space,
        pk=contract,
        space__slug=space,
    )
    return found


def not_removed(contract: ContratDeVille) -> ContratDeVille:
    if contract.removed_at is not None:
        raise Http404
    return contract

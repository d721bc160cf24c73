"""The way in to the pages of a gathering: fetches and checks."""

from uuid import UUID

from maillage.gatherings.models import Gathering
from maillage.people.access import Can, fetch_in_space
from maillage.people.queries import Visitor, can_organise


def fetch_gathering(user: Visitor, gathering_id: UUID, *, can: Can = can_organise) -> Gathering:
    """404 unless it is of a space of theirs; 403 when their role there does not reach this far."""
    rows = Gathering.objects.select_related("space", "commune", "epci")
    return fetch_in_space(user, rows, can=can, space_of=lambda row: row.space, pk=gathering_id)

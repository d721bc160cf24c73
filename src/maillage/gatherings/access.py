"""The way in to the pages of a gathering: fetches and checks."""

from uuid import UUID

from maillage.gatherings.models import Gathering
from maillage.office.models import Job
from maillage.people.access import Can, fetch_in_space
from maillage.people.queries import Visitor, can_organise


def fetch_gathering(user: Visitor, gathering_id: UUID, *, can: Can = can_organise) -> Gathering:
    """404 unless it is of a space of theirs; 403 when their role there does not reach this far."""
    rows = Gathering.objects.select_related("space", "commune", "epci")
    return fetch_in_space(user, rows, can=can, space_of=lambda row: row, pk=gathering_id)


def may_see_job(user: Visitor, job: Job) -> bool:
    """For jobs about a gathering: those who organise in its space, as they started it or could have."""
    gathering = Gathering.objects.filter(pk=job.about).select_related("space").first() if job.about else None
    return gathering is not None and can_organise(user, gathering.space)

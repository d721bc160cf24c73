from collections.abc import Iterable
from uuid import UUID

from django.db.models import QuerySet

from maillage.office.enums import JobStatus
from maillage.office.models import Activity, Job

FINISHED = (JobStatus.DONE, JobStatus.FAILED)


def is_finished(job: Job) -> bool:
    return job.status in FINISHED


def activity_about(ids: Iterable[UUID]) -> dict[UUID, list[Activity]]:
    """What was done to each of these things, oldest first."""
    found: dict[UUID, list[Activity]] = {}
    for row in Activity.objects.filter(about_id__in=list(ids)).order_by("at", "id"):
        if row.about_id is not None:
            found.setdefault(row.about_id, []).append(row)
    return found


def latest_activity(space: str, *, limit: int = 50) -> QuerySet[Activity]:
    """The last lines of a space's log, newest first. `space` is a slug."""
    return Activity.objects.filter(space=space)[:limit]

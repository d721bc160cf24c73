from django.db.models import QuerySet

from maillage.office.enums import JobStatus
from maillage.office.models import Activity, Job

FINISHED = (JobStatus.DONE, JobStatus.FAILED)


def is_finished(job: Job) -> bool:
    return job.status in FINISHED


def latest_activity(space: str, *, limit: int = 50) -> QuerySet[Activity]:
    """The last lines of a space's log, newest first. `space` is a slug."""
    return Activity.objects.filter(space=space)[:limit]

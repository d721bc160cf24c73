from collections.abc import Iterable
from uuid import UUID

from django.db.models import Q, QuerySet

from maillage.office.enums import JobStatus
from maillage.office.models import Activity, Job
from maillage.office.verbs import kind_of

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


def log_of(
    space: str, *, kind: str = "", by: str = "", about: Iterable[str] = (), about_ids: Iterable[UUID] = ()
) -> QuerySet[Activity]:
    """A space's log, newest first. `about`, `about_ids`: the things looked for, by their words or their identifier."""
    rows = Activity.objects.filter(space=space)
    if kind:
        rows = rows.filter(verb__in=[verb for verb in _verbs(space) if kind_of(verb) == kind])
    if by:
        rows = rows.filter(by=by)
    words, ids = list(about), list(about_ids)
    if words or ids:
        rows = rows.filter(Q(about__in=words) | Q(about_id__in=ids))
    return rows


def _verbs(space: str) -> list[str]:
    return list(Activity.objects.filter(space=space).order_by().values_list("verb", flat=True).distinct())


def who_acted(space: str) -> list[str]:
    found = Activity.objects.filter(space=space).order_by("by").values_list("by", flat=True).distinct()
    return [name for name in found if name]

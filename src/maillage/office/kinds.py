"""What the waiting page must know of a kind of job: who may see it, and where it was started.

This noun is the lowest: it knows neither spaces nor gatherings. The noun that starts a kind of job tells it, once, when
the application starts. A job of a kind nobody told of is nobody's: its page does not exist.

    # plans/apps.py, in ready():
    register("plan", may_see=may_see_job, start=plan_address)
"""

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from maillage.office.models import Job

Viewer = Any  # a user of `people`, which this noun does not know


@dataclass(frozen=True)
class JobKind:
    may_see: Callable[[Viewer, Job], bool]
    start: Callable[[Job], str]  # the page it was started from
    stop: Any = ""  # the words of the button that ends it with the best so far; "": it cannot be ended


_kinds: dict[str, JobKind] = {}


def register(kind: str, *, may_see: Callable[[Viewer, Job], bool], start: Callable[[Job], str], stop: Any = "") -> None:
    _kinds[kind] = JobKind(may_see, start, stop)


def kind_seen_by(user: Viewer, job: Job) -> JobKind | None:
    """The job's kind, if this person may see the job."""
    kind = _kinds.get(job.kind)
    return kind if kind is not None and kind.may_see(user, job) else None

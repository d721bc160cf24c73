"""A small network is counted each time it is read; a larger one is kept some minutes; a country's is counted aside.

What is kept says when it was counted. It is never shown once somebody it names has left the directory.
"""

import datetime as dt
from dataclasses import dataclass

from django.utils import timezone

from maillage.atlas.models import KeptNetwork
from maillage.atlas.network import Network
from maillage.atlas.network_files import keep_files
from maillage.atlas.network_summary import Summary, still_named, summarise, summary_from
from maillage.office.enums import JobStatus
from maillage.office.models import Job
from maillage.office.services import ReportProgress, run_job
from maillage.people.models import Space
from maillage.registrations.enums import Presence
from maillage.registrations.models import Registration

AT_ONCE = 60  # people present, all gatherings together: counted in some 50 ms, so each time
IN_A_REQUEST = 5_000  # up to here the first reader waits, a second at most; beyond, nobody does
KEPT = dt.timedelta(minutes=10)


@dataclass(frozen=True)
class Told:
    summary: Summary | None  # None: it is being counted
    counted_at: dt.datetime | None = None  # None: now


def tell(space: Space, *, public: bool, basis: str) -> Told:
    kept = KeptNetwork.objects.filter(space=space, public=public, basis=basis).first()
    if kept is None:
        people = _people(space)
        if people <= AT_ONCE:
            return Told(summarise(Network(space, public, basis)))
        if people <= IN_A_REQUEST:
            return count_now(space, public=public, basis=basis)
        count_beside(space, public=public, basis=basis)
        return Told(None)
    summary = summary_from(kept.said)
    named = still_named(space, summary, public=public)
    if kept.counted_at >= timezone.now() - KEPT and named:
        return Told(summary, kept.counted_at)
    if kept.people <= IN_A_REQUEST:
        return count_now(space, public=public, basis=basis)
    count_beside(space, public=public, basis=basis)
    return Told(summary if named else None, kept.counted_at)


def counted_lately(space: Space, *, public: bool, basis: str) -> dt.datetime | None:
    """When what is kept was counted, if it may still be shown as it is."""
    kept = KeptNetwork.objects.filter(space=space, public=public, basis=basis, counted_at__gte=timezone.now() - KEPT)
    return kept.values_list("counted_at", flat=True).first()


def count_now(space: Space, *, public: bool, basis: str) -> Told:
    """Counts it, and keeps it if it is worth it."""
    people = _people(space)
    network = Network(space, public, basis)
    summary = summarise(network)
    if people > IN_A_REQUEST:
        keep_files(network)
    now = timezone.now()
    if people <= AT_ONCE:  # it shrank: a trial that was erased
        KeptNetwork.objects.filter(space=space, public=public, basis=basis).delete()
        return Told(summary)
    KeptNetwork.objects.update_or_create(
        space=space,
        public=public,
        basis=basis,
        defaults={"said": summary.as_json(), "people": people, "counted_at": now},
    )
    return Told(summary, now)


def is_large(space: Space) -> bool:
    """Counted in a job, its files too."""
    return _people(space) > IN_A_REQUEST


def _people(space: Space) -> int:
    """Present in all, counted no further than it matters."""
    rows = Registration.objects.filter(gathering__space=space, gathering__trial=False, presence=Presence.PRESENT)
    return rows.order_by().values("pk")[: IN_A_REQUEST + 1].count()


def count_beside(space: Space, *, public: bool, basis: str) -> None:
    """One at a time, however many read the page."""
    kind = f"network-{basis}-{'public' if public else 'own'}"
    if Job.objects.filter(kind=kind, about=space.pk, status__in=[JobStatus.QUEUED, JobStatus.RUNNING]).exists():
        return

    def work(_report: ReportProgress) -> None:
        count_now(Space.objects.get(pk=space.pk), public=public, basis=basis)

    run_job(kind=kind, about=space.pk, by="atlas", work=work)

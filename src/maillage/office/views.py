from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST, require_safe

from maillage.lib.needs import Need, needs
from maillage.office.enums import JobStatus
from maillage.office.kinds import kind_seen_by
from maillage.office.models import Job
from maillage.office.queries import is_finished
from maillage.office.services import ask_to_stop

REFRESH = 2  # seconds between two looks of a waiting page


@require_POST
@needs(Need.ORGANISE)
def stop(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """Ends a search early: what was found so far is kept, as if it had been all there is to find."""
    job = get_object_or_404(Job, pk=job_id)
    kind = kind_seen_by(request.user, job)
    if kind is None or not kind.stop:
        raise Http404
    ask_to_stop(job=job)
    return redirect("office:job", job.pk)


@require_safe
@needs(Need.ORGANISE)
def job(request: HttpRequest, job_id: UUID) -> HttpResponse:
    """A page that waits. It looks again by itself (a header, no script) and goes to the result when there is one."""
    job = get_object_or_404(Job, pk=job_id)
    kind = kind_seen_by(request.user, job)
    if kind is None:
        raise Http404
    target = str(job.result.get("url", ""))
    if job.status == JobStatus.DONE and url_has_allowed_host_and_scheme(target, allowed_hosts=None):
        return redirect(target)
    context = {"job": job, "finished": is_finished(job), "start": kind.start(job), "stop": kind.stop}
    response = render(request, "office/job.html", context)
    if not is_finished(job):
        response["Refresh"] = str(REFRESH)
    return response

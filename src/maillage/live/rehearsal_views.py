"""The button « Répétition » of a gathering: start it, read what the robots saw, erase it."""

import uuid

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from maillage.gatherings.access import fetch_gathering
from maillage.lib.needs import Need, needs
from maillage.live.queries import rehearsal_sessions
from maillage.live.rehearsal import (
    RehearsalRunning,
    erase_rehearsal,
    in_words,
    latest_rehearsal,
    running_rehearsal,
    start_rehearsal,
)


@never_cache
@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def rehearsal(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    """The last report; POST plays the day with robots, in sessions of their own."""
    gathering = fetch_gathering(request.user, gathering_id)
    if request.method == "POST":
        try:
            job = start_rehearsal(
                gathering=gathering, by=str(request.user), url=own_address(request), name=request.get_host()
            )
        except RehearsalRunning as refusal:
            messages.warning(request, refusal.sentence)
            return redirect("live:rehearsal", gathering_id)
        return redirect("office:job", job.pk)
    latest = latest_rehearsal(gathering)
    report = latest.result.get("report") if latest else None
    context = {
        "gathering": gathering,
        "job": latest,
        "running": running_rehearsal(gathering),
        "report": report,
        "lines": in_words(report) if report else [],
        "sound": bool(latest and latest.result.get("sound")),
        "sessions": rehearsal_sessions(gathering.pk),
    }
    return render(request, "live/rehearsal.html", context)


@needs(Need.ORGANISE)
@require_POST
def rehearsal_erasure(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    try:
        erased = erase_rehearsal(gathering=gathering, by=str(request.user))
    except RehearsalRunning as refusal:
        messages.warning(request, refusal.sentence)
    else:
        done = _("La répétition est effacée : séances, textes et phrases des robots.")
        messages.success(request, done if erased else _("Il n’y avait rien à effacer."))
    return redirect("live:rehearsal", gathering_id)


def own_address(request: HttpRequest) -> str:
    """Where this very process listens, whatever stands in front of it: the robots do not go round by the network."""
    host = request.META["SERVER_NAME"]
    return f"http://{f'[{host}]' if ':' in host else host}:{request.META['SERVER_PORT']}"

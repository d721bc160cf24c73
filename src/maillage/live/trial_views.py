"""« Essayer avec des robots », from a method's page: play it, watch a screen, read the report, erase it."""

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from facilitation import UnplayableMethod
from maillage.lib.needs import Need, needs
from maillage.live import trial as trials
from maillage.live.enums import SessionStatus
from maillage.live.rehearsal import BUTTON_SPEED, in_words
from maillage.live.rehearsal_views import own_address
from maillage.live.services import NoMethod
from maillage.live.urls_of import join_url, projector_url
from maillage.methods.access import fetch_method
from maillage.people.queries import can_facilitate, can_organise

SPEEDS = {"vite": BUTTON_SPEED, "lent": 30}  # seconds of method in one second


@never_cache
@needs(Need.FACILITATE)
@require_http_methods(["GET", "HEAD", "POST"])
def trial(request: HttpRequest, space: str, method: str) -> HttpResponse:
    """The last report; POST plays the method with robots, in a session of its own."""
    row, known = fetch_method(request, space, method, can=can_facilitate)
    if request.method == "POST":
        try:
            trials.start_trial(
                space=row,
                method=known.method,
                by=str(request.user),
                url=own_address(request),
                name=request.get_host(),
                speed=SPEEDS.get(request.POST.get("rythme", ""), BUTTON_SPEED),
            )
        except (trials.TrialRunning, NoMethod, UnplayableMethod) as refusal:
            messages.warning(request, refusal.sentence)
        return redirect("live:trial", row.slug, method)
    latest = trials.latest_trial(row, method)
    result = latest.result if latest else {}
    report = result.get("report")
    session = trials.trial_session(row, method)
    context = {
        "space": row,
        "method": known.method,
        "job": latest,
        "running": trials.running_trial(row, method),
        "report": report,
        "lines": in_words(report) if report else [],
        "sound": bool(result.get("sound")),
        "played": [trials.Played(**one) for one in result.get("played", [])],
        "session": session,
        "projector": projector_url(session) if session else "",
        "door": join_url(session) if session and session.status == SessionStatus.OPEN else "",
        "can_organise": can_organise(request.user, row),
    }
    return render(request, "live/trial.html", context)


@needs(Need.FACILITATE)
@require_POST
def trial_erasure(request: HttpRequest, space: str, method: str) -> HttpResponse:
    row, known = fetch_method(request, space, method, can=can_facilitate)
    try:
        erased = trials.erase_trial(space=row, method=known.method.id, by=str(request.user))
    except trials.TrialRunning as refusal:
        messages.warning(request, refusal.sentence)
    else:
        messages.success(request, _("L’essai est effacé.") if erased else _("Il n’y avait rien à effacer."))
    return redirect("live:trial", row.slug, method)

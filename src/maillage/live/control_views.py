import uuid

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from maillage.gatherings.access import fetch_gathering
from maillage.live.control import rooms_of
from maillage.live.opening import open_gathering
from maillage.people.queries import can_facilitate, can_organise

RELOAD = 10  # seconds, without JavaScript


@never_cache
@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def control_room(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    """All rooms at once; before, the button that opens them."""
    if request.method == "POST":
        gathering = fetch_gathering(request.user, gathering_id)
        opened = open_gathering(gathering=gathering, by=str(request.user))
        if opened:
            messages.success(request, _("Les séances sont ouvertes : affichez leur code dans les salles."))
        else:
            messages.warning(request, _("Aucun atelier de cette rencontre n’a de méthode qui se joue sur téléphone."))
        return redirect("live:control-room", gathering_id)
    gathering = fetch_gathering(request.user, gathering_id, can=can_facilitate)
    base_url = f"{request.scheme}://{request.get_host()}"
    context = {
        "gathering": gathering,
        "rows": rooms_of(gathering, base_url),
        "can_organise": can_organise(request.user, gathering.space),
        "reload": RELOAD,
    }
    return render(request, "live/control_room.html", context)

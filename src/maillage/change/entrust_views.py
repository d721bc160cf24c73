"""From a porteur's sheet: their first step becomes an action of a noyau, when they say so."""

import datetime as dt
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from maillage.change.entrusting import entrust_step, entrusted_by, groups_open_to, take_step_back
from maillage.change.forms import EntrustForm
from maillage.change.models import Commitment
from maillage.lib.needs import Need, needs
from maillage.live.keys import BadSeal, KeyMissing
from maillage.memory.sheets import open_sheet
from maillage.memory.views import fetch_sheet


# Without CSRF on purpose, as the sheet's other page: the address is the key.
@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LINK)
def entrust(request: HttpRequest, token: str) -> HttpResponse:
    row = fetch_sheet(token)
    try:
        content = open_sheet(token, bytes(row.sealed))
    except (BadSeal, KeyMissing):
        raise Http404 from None
    known, groups = entrusted_by(token), groups_open_to(row)
    form = EntrustForm(groups=groups, initial=_first_step(content, known))
    if request.method == "POST" and request.POST.get("do") == "back":
        take_step_back(token=token)
        messages.success(request, _("C’est repris : le noyau ne lit plus ce premier pas, nulle part."))
        return redirect("memory:sheet", token)
    if request.method == "POST":
        form = EntrustForm(request.POST, groups=groups)
        if form.is_valid():
            said = form.cleaned_data
            entrust_step(token=token, group=said["group"], what=said["what"], who=said["who"], due=said["due"])
            messages.success(
                request,
                _("Le noyau a votre premier pas. Plus bas, vous pouvez demander à être relancé·e ce jour-là."),
            )
            return redirect("memory:sheet", token)
    context = {"token": token, "gathering": row.gathering, "form": form, "known": known, "groups": groups}
    response = render(request, "change/entrust.html", context, status=422 if form.errors else 200)
    response["Referrer-Policy"] = "no-referrer"
    response["X-Robots-Tag"] = "noindex"
    return response


def _first_step(content: dict[str, Any], known: Commitment | None) -> dict[str, Any]:
    """The sheet's own words: its first field of text, its date, with whom."""
    if known is not None:
        return {"group": str(known.group_id), "what": known.what, "who": known.who, "due": known.due}
    fields = content.get("fields", [])
    texts = [field["value"] for field in fields if field.get("type") != "date" and field.get("value")]
    days = [field["value"] for field in fields if field.get("type") == "date" and field.get("value")]
    said: dict[str, Any] = {"what": texts[0] if texts else "", "who": texts[1] if len(texts) > 1 else ""}
    try:
        said["due"] = dt.date.fromisoformat(days[0]) if days else None
    except ValueError:
        said["due"] = timezone.localdate()
    return said

"""« Serveur de salle » of a gathering: take it away, bring it home, take it back. For its organisers."""

import tempfile
from pathlib import Path
from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_POST

from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.models import Gathering
from maillage.lib.needs import Need, needs
from maillage.trips.enums import Direction
from maillage.trips.forms import BackForm, InForm, OutForm
from maillage.trips.queries import born_here, last_trip
from maillage.trips.refusals import TripRefused
from maillage.trips.sealing import FileRefused, make_passphrase
from maillage.trips.services import Arrived, carry_back, carry_in, carry_out


@never_cache
@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD"])
def trip(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    return _page(request, fetch_gathering(request.user, gathering_id))


@needs(Need.ORGANISE)
@require_POST
def leave(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    """The file itself is the answer. Sent again, it is the same trip written again."""
    gathering = fetch_gathering(request.user, gathering_id)
    form = OutForm(request.POST)
    if not form.is_valid():
        return _page(request, gathering, out=form)
    with tempfile.TemporaryDirectory(prefix="maillage-trajet-") as folder:
        path = Path(folder) / "trajet"
        passphrase = form.cleaned_data["passphrase"]
        try:
            carry_out(gathering=gathering, path=path, passphrase=passphrase, by=str(request.user))
        except TripRefused as refusal:
            form.add_error(None, refusal.sentence)
            return _page(request, gathering, out=form)
        response = HttpResponse(path.read_bytes(), content_type="application/octet-stream")
    name = f"{gathering.slug}-{timezone.localdate():%Y-%m-%d}.maillage"
    response["Content-Disposition"] = f'attachment; filename="{name}"'
    response["Content-Encoding"] = "identity"  # sealed: nobody compresses it further
    return response


@needs(Need.ORGANISE)
@require_POST
def arrive(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    form = InForm(request.POST, request.FILES)
    if form.is_valid():
        try:
            done = carry_in(
                file=form.cleaned_data["file"].file,
                passphrase=form.cleaned_data["passphrase"],
                by=str(request.user),
                expected=gathering,
            )
        except (FileRefused, TripRefused) as refusal:
            form.add_error(None, refusal.sentence)
        else:
            _say(request, done)
            return redirect("trips:trip", gathering.pk)
    return _page(request, gathering, back=form)


@needs(Need.ORGANISE)
@require_POST
def take_back(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    form = BackForm(request.POST)
    if form.is_valid():
        try:
            carry_back(gathering=gathering, by=str(request.user))
        except TripRefused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("« {title} » est reprise ici.").format(title=gathering))
            return redirect("trips:trip", gathering.pk)
    return _page(request, gathering, take=form)


def _page(
    request: HttpRequest,
    gathering: Gathering,
    *,
    out: OutForm | None = None,
    back: InForm | None = None,
    take: BackForm | None = None,
) -> HttpResponse:
    refused = any(form is not None for form in (out, back, take))
    away = gathering.away_since is not None
    hidden = [form for form, shown in ((back, away and born_here(gathering)), (take, away)) if form and not shown]
    context = {
        "gathering": gathering,
        "refusals": [sentence for form in hidden for sentence in form.non_field_errors()],  # of what the page has not
        "own": born_here(gathering),
        "taken_back": last_trip(gathering, Direction.BACK),
        "out": out or OutForm(initial={"passphrase": make_passphrase()}),
        "back": back or InForm(auto_id="in-%s"),
        "take": take or BackForm(auto_id="take-%s"),
    }
    return render(request, "trips/trip.html", context, status=422 if refused else 200)


def _say(request: HttpRequest, done: Arrived) -> None:
    if done.already:
        messages.info(request, _("Ce fichier est déjà importé : rien n’a changé."))
        return
    words = ngettext(
        "« {title} » est de retour : {n} geste nouveau.",
        "« {title} » est de retour : {n} gestes nouveaux.",
        done.new_moves,
    )
    messages.success(request, words.format(title=done.gathering, n=done.new_moves))
    for sentence in done.said:
        messages.warning(request, sentence)

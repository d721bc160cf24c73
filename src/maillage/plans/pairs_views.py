"""The page where two people are said to sit together, or apart."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST

from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.models import Gathering
from maillage.lib.needs import Need, needs
from maillage.people.models import Tie
from maillage.people.ties import ties_of
from maillage.plans.forms import PairForm
from maillage.plans.pairs import PairRefused, add_pair, next_step, pairs_of, remove_pair
from maillage.plans.queries import latest_plan, organisations_coming


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def pairs(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = fetch_gathering(request.user, gathering)
    form = PairForm(request.POST or None, gathering=found, initial={"one": request.GET.get("personne", "")})
    if request.method == "POST" and form.is_valid():
        try:
            add_pair(gathering=found, by=request.user, **form.pair)
        except PairRefused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            then = next_step(latest_plan(found) is not None)
            messages.success(request, _("La consigne est ajoutée. {then}").format(then=then))
            return redirect("plans:pairs", found.pk)
    return render(
        request,
        "plans/pairs.html",
        {"gathering": found, "form": form, "pairs": pairs_of(found), "ties": _ties_here(found)},
        status=422 if form.errors else 200,
    )


@require_POST
@needs(Need.ORGANISE)
def removal(request: HttpRequest, gathering: UUID, pair: int) -> HttpResponse:
    found = fetch_gathering(request.user, gathering)
    row = found.seating_pairs.filter(pk=pair).first()
    if row is not None:  # taken away by another organiser: what was asked is done
        remove_pair(pair=row, by=request.user)
    then = next_step(latest_plan(found) is not None)
    messages.success(request, _("La consigne est retirée. {then}").format(then=then))
    return redirect("plans:pairs", found.pk)


def _ties_here(gathering: Gathering) -> list[Tie]:
    """Ties whose two structures come."""
    here = organisations_coming(gathering)
    return [tie for tie in ties_of(gathering.space) if {tie.upper_id, tie.lower_id} <= here]

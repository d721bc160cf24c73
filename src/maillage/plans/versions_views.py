"""The plans a gathering had: who made each, what two of them change, and the way back to one."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST, require_safe

from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.models import Gathering
from maillage.lib.needs import Need, needs
from maillage.office.models import Activity
from maillage.office.queries import activity_about
from maillage.plans.models import Plan
from maillage.plans.queries import latest_plan
from maillage.plans.refusals import Refused
from maillage.plans.services import WHAT
from maillage.plans.versions import compare, drop_draft, plans_of, take_up

VERBS = {
    "make-plan": gettext_lazy("a calculé cette répartition"),
    "rebalance-plan": gettext_lazy("a rééquilibré après absences et arrivées"),
    "publish-plan": gettext_lazy("l’a publiée"),
    "unpublish-plan": gettext_lazy("ne la publie plus"),
    "drop-draft": gettext_lazy("l’a laissée de côté"),
    "move-person": gettext_lazy("a déplacé une personne"),
    "undo-move": gettext_lazy("a défait un déplacement"),
    "lock": gettext_lazy("a fixé une place"),
    "unlock": gettext_lazy("a libéré une place"),
    "lock-group": gettext_lazy("a fixé une table ou un atelier"),
    "unlock-group": gettext_lazy("a libéré une table ou un atelier"),
    "take-up-plan": gettext_lazy("a repris une répartition d’avant"),
    "seat-arrival": gettext_lazy("a donné une place à une personne qui arrive"),
    "workshop-promotion": gettext_lazy("a fait passer une personne qui attendait un autre atelier"),
    "import-plan": gettext_lazy("a importé un fichier de places"),
}


@require_safe
@needs(Need.ORGANISE)
def versions(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = fetch_gathering(request.user, gathering)
    plans = list(plans_of(found))
    current = latest_plan(found)
    history = activity_about([plan.pk for plan in plans])
    rows = [
        {
            "plan": plan,
            "current": current is not None and plan.pk == current.pk,
            "deeds": [
                (deed, VERBS[deed.verb], _what(found, deed)) for deed in history.get(plan.pk, []) if deed.verb in VERBS
            ],
        }
        for plan in plans
    ]
    return render(request, "plans/versions.html", {"gathering": found, "rows": rows, "current": current})


def _what(gathering: Gathering, deed: Activity) -> str:
    """« Co-développement, table 1 → Anarchaise »; empty for what was done to the whole plan."""
    start = f"{gathering}{WHAT}"
    return deed.about.removeprefix(start) if deed.about.startswith(start) else ""


@require_safe
@needs(Need.ORGANISE)
def comparison(request: HttpRequest, gathering: UUID, plan: UUID) -> HttpResponse:
    """This plan beside another: by default the one that people see, or work goes on from."""
    found = fetch_gathering(request.user, gathering)
    before = _plan(found, plan)
    other = request.GET.get("avec", "")
    others = list(plans_of(found).exclude(pk=before.pk))
    after = next((row for row in others if str(row.pk) == other), None) or next(iter(others), None)
    if after is None:
        raise Http404
    if before.created_at > after.created_at:  # time goes from left to right
        before, after = after, before
    return render(
        request,
        "plans/comparison.html",
        {
            "gathering": found,
            "asked": plan,
            "before": before,
            "after": after,
            "others": others,
            "chosen": after.pk if before.pk == plan else before.pk,
            "comparison": compare(before, after),
        },
    )


@require_POST
@needs(Need.ORGANISE)
def taking_up(request: HttpRequest, gathering: UUID, plan: UUID) -> HttpResponse:
    found = fetch_gathering(request.user, gathering)
    try:
        take_up(plan=_plan(found, plan), by=request.user)
        messages.success(
            request,
            _("Cette répartition est reprise dans un brouillon : relisez-la, puis publiez-la si elle convient."),
        )
    except Refused as refusal:
        messages.error(request, refusal.sentence)
        return redirect("plans:versions", found.pk)
    return redirect("plans:plan", found.pk)


@require_POST
@needs(Need.ORGANISE)
def setting_aside(request: HttpRequest, gathering: UUID, plan: UUID) -> HttpResponse:
    """The draft is refused: the plan that people see is the one worked on again."""
    found = fetch_gathering(request.user, gathering)
    try:
        drop_draft(plan=_plan(found, plan), by=request.user)
        messages.success(
            request,
            _("La répartition publiée reste en place. Le brouillon est gardé dans « Les répartitions faites »."),
        )
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    return redirect("plans:plan", found.pk)


def _plan(gathering: Gathering, plan: UUID) -> Plan:
    row = plans_of(gathering).filter(pk=plan).first()
    if row is None:
        raise Http404
    return row

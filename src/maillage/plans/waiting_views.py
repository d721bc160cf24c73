"""Another workshop than one's own: asked on one's own page, seen by the organiser."""

from uuid import UUID

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_POST, require_safe

from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.models import Workshop
from maillage.lib.needs import Need, needs
from maillage.plans.models import WorkshopWait
from maillage.plans.queries import own_placements
from maillage.plans.refusals import Refused
from maillage.plans.waiting import ask_workshop, may_ask, stop_waiting, waits_of
from maillage.registrations.activity import THE_PERSON
from maillage.registrations.models import Registration
from maillage.registrations.own import OwnPart, find_by_token, token_of


def other_workshops(registration: Registration) -> OwnPart | None:
    """« Je préférerais un autre atelier », once places are published and until the eve."""
    if not may_ask(registration.gathering, timezone.now()):
        return None
    waits = {wait.slot_id: wait for wait in registration.workshop_waits.select_related("workshop")}
    moments = [
        (place, waits.get(place.slot_id), [each for each in place.slot.workshops.all() if each.pk != place.workshop_id])
        for place in own_placements(registration)
        if not place.porteur
    ]
    moments = [moment for moment in moments if moment[2]]
    if not moments:
        return None
    return OwnPart("plans/_other_workshops.html", {"moments": moments, "token": token_of(registration)}, position=20)


@csrf_exempt  # the address is the key, as for the other forms of this page (registrations/own_views.py)
@require_POST
@needs(Need.LINK)
def ask(request: HttpRequest, token: str) -> HttpResponse:
    registration = find_by_token(token)
    if registration is None:
        raise Http404
    if "renoncer" in request.POST:
        wait = registration.workshop_waits.filter(slot=_uuid(request.POST["renoncer"])).first()
        if wait is not None:
            stop_waiting(wait=wait)
        messages.success(request, _("Vous gardez votre place, et n’attendez plus."))
        return redirect("registrations:own", token)
    workshops = Workshop.objects.select_related("slot").filter(slot__gathering=registration.gathering_id)
    chosen = _uuid(request.POST.get("atelier", ""))
    workshop = workshops.filter(pk=chosen).first() if chosen is not None else None
    if workshop is None:
        messages.error(request, _("Choisissez un atelier dans la liste."))
        return redirect("registrations:own", token)
    try:
        at_once = ask_workshop(registration=registration, workshop=workshop, by=THE_PERSON)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        if at_once:
            messages.success(request, _("Il y avait de la place : vous y êtes."))
        else:
            messages.success(request, _("C’est noté. Vous gardez votre place en attendant qu’une autre se libère."))
    return redirect("registrations:own", token)


@require_safe
@needs(Need.ORGANISE)
def waiting(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = fetch_gathering(request.user, gathering)
    lines: dict[Workshop, list[WorkshopWait]] = {}
    for wait in waits_of(found):
        lines.setdefault(wait.workshop, []).append(wait)
    return render(request, "plans/waiting.html", {"gathering": found, "lines": list(lines.items())})


def _uuid(text: str) -> UUID | None:
    try:
        return UUID(text)
    except ValueError:
        return None

"""« Répondre pour quelqu’un »: the person first, then what they are asked now. One page, no script."""

import secrets
import uuid
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from maillage.lib.needs import Need, needs
from maillage.live import seats
from maillage.live.outcomes import refuse
from maillage.live.rooms import ErasedSession, Room, UnknownSession
from maillage.live.runtime import live
from maillage.live.standing_in import answer_for, has_answers, inputs_now, people_without_phone

NOTED = "note"  # in the address: the last answer was kept


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LEADING_SEAT)
def stand_in(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    which = request.GET.get("siege", "")
    try:
        room = live().rooms.load(session_id)
    except UnknownSession:
        return _sentence(request, str(refuse("unknown-session").sentence), 404)
    except ErasedSession:
        return _sentence(request, str(refuse("erased").sentence), 410)
    ticket = seats.read_ticket(request.COOKIES, session_id, which)
    if ticket is None or not seats.find_kind(ticket):
        return _sentence(request, str(refuse("no-seat" if ticket is None else "revoked-seat").sentence), 403)
    seat = room.state.seats.get(str(ticket.seat_id))
    if seat is None or "for" not in room.state.rights(seat.role):
        return _sentence(request, _("Votre rôle ne permet pas de répondre pour quelqu’un."), 403)
    people = people_without_phone(room, seat.id)
    chosen = next((one for one in people if one.seat == request.GET.get("pour")), None)
    inputs = inputs_now(room, chosen.seat) if chosen else []
    problem, status = "", 200
    noted = request.GET.get(NOTED, "")
    if request.method == "POST" and chosen is not None:
        asked = next((one for one in inputs if one["id"] == request.POST.get("input")), None)
        if asked is None:
            problem, status = _("Cette étape est finie : ce qui est demandé maintenant est ci-dessous."), 409
        elif not request.POST.get("pass") and not "".join(request.POST.getlist("value")).strip():
            _keep(asked, request, _("Rien n’est noté : choisissez ou écrivez une réponse."))
            status = 422
        else:
            outcome = answer_for(
                room=room,
                ticket=ticket,
                person=chosen.seat,
                asked=asked,
                posted=request.POST,
                key=request.POST.get("key", "")[:64] or secrets.token_urlsafe(12),
            )
            if outcome.accepted:
                return redirect(
                    f"{_address(session_id, which)}&pour={chosen.seat}&{NOTED}={asked['id']}#form-{asked['id']}"
                )
            status = 422 if outcome.status == 409 else outcome.status
            _keep(asked, request, str(outcome.sentence))
    context = {
        "room": room,
        "people": people,
        "chosen": chosen,
        "inputs": inputs,
        "noted": noted,
        "noted_here": any(one["id"] == noted for one in inputs),
        "problem": problem,
        "address": _address(session_id, which),
        "screen_url": reverse("live:screen", args=[session_id]) + f"?siege={which}",
    }
    return render(request, "live/stand_in.html", context, status=status)


def stand_in_link(room: Room, which: str) -> str:
    """Where who leads answers for somebody; "" where the method never asks an answer."""
    return _address(room.session_id, which) if has_answers(room) and room.state.status != "closed" else ""


def _keep(asked: dict[str, Any], request: HttpRequest, sentence: str) -> None:
    """What was typed goes back in its form, with the reason."""
    asked |= {"error": sentence, "value": request.POST.get("value", ""), "chosen": request.POST.getlist("value")}


def _address(session_id: uuid.UUID, which: str) -> str:
    return reverse("live:stand-in", args=[session_id]) + f"?siege={which}"


def _sentence(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    heading = _("On ne peut pas répondre pour quelqu’un d’ici")
    return render(request, "live/sentence.html", {"sentence": sentence, "heading": heading}, status=status)

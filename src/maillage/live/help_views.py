"""« Demander de l’aide », on the screen of who leads: the part of the page that holds it, and what it does."""

import uuid
from http import HTTPStatus
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods

from maillage.lib.needs import Need, needs
from maillage.live import seats
from maillage.live.asgi import flash
from maillage.live.enums import HelpWord
from maillage.live.helping import HelpRefused, ask_help, help_of, settle_help
from maillage.live.outcomes import refuse
from maillage.live.rooms import ErasedSession, Room, UnknownSession
from maillage.live.runtime import live

PART = "X-Part"  # the page's script asks for its part alone; a form without script is led back to the page


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LEADING_SEAT)
def help_call(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """The part of the prompter that asks for help. POST: `word` asks, "" included; `settled` takes a call back."""
    which = request.GET.get("siege", "")
    refusal, status = "", 200
    try:
        room = _led_room(request, session_id, which)
    except HelpRefused as refused:
        context = {"sentence": refused.sentence, "heading": _("On ne peut pas demander d’aide d’ici")}
        return render(request, "live/sentence.html", context, status=refused.status)
    if request.method == "POST":
        try:
            _change(request, session_id)
        except HelpRefused as refused:
            refusal, status = refused.sentence, refused.status
    if PART in request.headers or request.method != "POST":
        part = {"help": help_part(room, which), "help_refusal": refusal}
        return render(request, "live/_help.html", part, status=status)
    response = redirect(reverse("live:screen", args=[session_id]) + (f"?siege={which}" if which else ""))
    response.status_code = HTTPStatus.SEE_OTHER
    if refusal:
        flash(response, session_id, refusal)
    return response


def help_part(room: Room, which: str) -> dict[str, Any]:
    """What live/_help.html needs: the open call, the words one may add, where its forms go."""
    query = f"?siege={which}" if which else ""
    return {
        "url": reverse("live:help", args=[room.session_id]) + query,
        "may_ask": not room.rehearsal and room.state.status != "closed",
        "call": help_of(room.session_id),
        "words": HelpWord.choices,
    }


def _change(request: HttpRequest, session_id: uuid.UUID) -> None:
    if "settled" not in request.POST:
        ask_help(session_id=session_id, word=request.POST.get("word", ""))
        return
    try:
        call_id = uuid.UUID(request.POST["settled"])
    except ValueError:
        raise HelpRefused(400, str(refuse("bad-request").sentence)) from None
    settle_help(session_id=session_id, call_id=call_id)


def _led_room(request: HttpRequest, session_id: uuid.UUID, which: str) -> Room:
    """The room this browser leads."""
    try:
        room = live().rooms.load(session_id)
    except UnknownSession:
        raise HelpRefused(404, str(refuse("unknown-session").sentence)) from None
    except ErasedSession:
        raise HelpRefused(410, str(refuse("erased").sentence)) from None
    ticket = seats.read_ticket(request.COOKIES, session_id, which)
    if ticket is None or not seats.find_kind(ticket):
        raise HelpRefused(403, str(refuse("no-seat" if ticket is None else "revoked-seat").sentence))
    seat = room.state.seats.get(str(ticket.seat_id))
    if seat is None or not room.leads(seat.role):
        raise HelpRefused(403, _("L’aide se demande depuis l’écran de qui anime : dites-lui ce qui manque."))
    return room

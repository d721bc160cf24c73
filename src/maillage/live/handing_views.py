"""« Continuer sur un autre téléphone », « Les téléphones de la salle », and what the other phone opens. No script."""

import uuid
from http import HTTPStatus

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.safestring import mark_safe
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from maillage.lib.needs import Need, needs
from maillage.lib.qr import qr_svg
from maillage.live import seats
from maillage.live.enums import SeatKind
from maillage.live.handing import (
    HAS_PHONE,
    MINUTES,
    give_back,
    make_link_token,
    make_undo_token,
    phones,
    read_link_token,
    still_plays,
    take_back,
    take_over,
)
from maillage.live.models import Seat
from maillage.live.outcomes import refuse
from maillage.live.rooms import ErasedSession, Room, UnknownSession
from maillage.live.runtime import live
from maillage.ui.addresses import public_address

WHICH = ("a", "p", "c")  # the seats a browser may name besides a person's


@never_cache
@require_GET
@needs(Need.SEAT)
def other_phone(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """On the phone that has the seat: the link to open on the other one."""
    room, ticket, refusal = _holder(request, session_id)
    if room is None or ticket is None:
        return refusal
    seat = Seat.objects.get(id=ticket.seat_id)
    if seat.kind == SeatKind.FACILITATOR:  # who leads has a link of their own; here are those of the room
        which = request.GET.get("siege", "")
        return redirect(reverse("live:phones", args=[session_id]) + (f"?siege={which}" if which in WHICH else ""))
    if seat.kind not in HAS_PHONE:
        words = _("Cet écran n’est pas la place d’une personne : ouvrez son propre lien sur l’autre appareil.")
        return _sentence(request, words, 403)
    return render(request, "live/other_phone.html", _link_of(request, room, seat))


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LEADING_SEAT)
def room_phones(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """Who leads sees the phones of the room, takes a seat back from one, gives it back to the same one."""
    room, ticket, refusal = _holder(request, session_id)
    if room is None or ticket is None:
        return refusal
    if seats.find_kind(ticket) != SeatKind.FACILITATOR:
        return _sentence(request, _("Les téléphones de la salle se voient depuis l’écran de qui anime."), 403)
    found = phones(room)
    address = f"{reverse('live:phones', args=[session_id])}?siege={request.GET.get('siege', '')}"
    problem, status = "", 200
    gone, undo, returned = None, "", request.GET.get("rendu")
    if request.method == "POST" and "undo" in request.POST:
        if give_back(room=room, token=request.POST["undo"]):
            return redirect(f"{address}&rendu=oui#phones")
        problem, status = (
            _("Cette place a changé depuis : la personne rentre avec le code, ou son lien personnel."),
            409,
        )
    elif request.method == "POST":
        chosen = next((one for one in found if one.seat == request.POST.get("seat")), None)
        if chosen is None:
            problem, status = _("Choisissez un téléphone de cette liste."), 422
        else:
            outcome = take_back(room=room, ticket=ticket, seat=chosen.seat)
            if outcome.accepted:
                return redirect(f"{address}&retire={make_undo_token(session_id=session_id, seat=chosen.seat)}#phones")
            problem, status = str(outcome.sentence), 422
    elif undo := request.GET.get("retire", ""):
        gone = next((one for one in found if undo.startswith(f"{one.seat}.")), None)
    context = {"room": room, "phones": found, "address": address, "gone": gone, "problem": problem}
    context |= {"undo": undo if still_plays(room) else "", "returned": returned}
    context["screen_url"] = _screen(session_id, request.GET.get("siege", ""))
    return render(request, "live/phones.html", context, status=status)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LINK)
def move_here(request: HttpRequest, token: str) -> HttpResponse:
    """On the other phone: whose seat it is, and one button. A link that is only looked at moves nothing."""
    seat = read_link_token(token)
    if seat is None:
        words = _(
            "Ce lien n’ouvre plus de place : il vaut {n} minutes, une seule fois. Demandez-en un autre, sur l’appareil "
            "qui a la place ou à la personne qui anime."
        )
        return _sentence(request, words.format(n=MINUTES), 410)
    try:
        room = live().rooms.load(seat.session_id)
    except ErasedSession:
        return _sentence(request, refuse("erased").sentence, 410)
    if live().rooms.is_away(seat.session_id):
        return _sentence(request, refuse("elsewhere").sentence, 410)
    known = room.state.seats.get(str(seat.id))
    if request.method != "POST":
        return render(request, "live/move_here.html", {"room": room, "name": known.name if known else ""})
    taken = take_over(seat=seat, room=room)
    if taken is None:
        return _sentence(request, _("Un autre appareil vient de prendre cette place avec ce lien."), 410)
    response = redirect(_screen(seat.session_id, ""))
    response.status_code = HTTPStatus.SEE_OTHER
    seats.remember(response, taken)
    return response


def seat_links(room: Room, ticket: seats.Ticket, which: str) -> list[dict[str, str]]:
    """On a screen: the way to another phone, or to those of the room."""
    kind = seats.find_kind(ticket)
    query = f"?siege={which}" if which else ""
    if kind in HAS_PHONE:
        url = reverse("live:other-phone", args=[room.session_id]) + query
        return [{"url": url, "label": _("Continuer sur un autre téléphone")}]
    if kind == SeatKind.FACILITATOR:
        return [
            {"url": reverse("live:phones", args=[room.session_id]) + query, "label": _("Les téléphones de la salle")}
        ]
    return []


def _holder(request: HttpRequest, session_id: uuid.UUID) -> tuple[Room | None, seats.Ticket | None, HttpResponse]:
    """The room and the seat of this browser; else the answer that says why not."""
    which = request.GET.get("siege", "")
    nothing = HttpResponse()
    try:
        room = live().rooms.load(session_id)
    except UnknownSession:
        return None, None, _sentence(request, refuse("unknown-session").sentence, 404)
    except ErasedSession:
        return None, None, _sentence(request, refuse("erased").sentence, 410)
    if live().rooms.is_away(session_id):
        return None, None, _sentence(request, refuse("elsewhere").sentence, 410)
    ticket = seats.read_ticket(request.COOKIES, session_id, which)
    if ticket is None or not seats.find_kind(ticket):
        return None, None, _sentence(request, refuse("no-seat" if ticket is None else "revoked-seat").sentence, 403)
    return room, ticket, nothing


def _link_of(request: HttpRequest, room: Room, seat: Seat) -> dict[str, object]:
    address = public_address(request) + reverse("live:move-here", args=[make_link_token(seat)])
    picture = qr_svg(address, title=_("Code à scanner avec l’autre téléphone"))
    return {
        "room": room,
        "link": address,
        "qr": mark_safe(picture),  # noqa: S308 - our own drawing, its title escaped
        "minutes": MINUTES,
        "back": _screen(room.session_id, request.GET.get("siege", "")),
    }


def _screen(session_id: uuid.UUID, which: str) -> str:
    return reverse("live:screen", args=[session_id]) + (f"?siege={which}" if which in WHICH else "")


def _sentence(request: HttpRequest, sentence: object, status: int) -> HttpResponse:
    heading = _("Cette place ne s’ouvre pas ici")
    return render(request, "live/sentence.html", {"sentence": sentence, "heading": heading}, status=status)

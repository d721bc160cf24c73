"""The doors of a session: by code, by the facilitator's link, by the projector's; and the screen behind them."""

import secrets
import uuid
from http import HTTPStatus
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from maillage.lib.codes import normalise_code
from maillage.lib.needs import Need, needs
from maillage.live import entry, queries, screens, seats
from maillage.live.asgi import flash_name, read_flash
from maillage.live.enums import SeatKind, SessionStatus
from maillage.live.handing import find_given_back
from maillage.live.handing_views import seat_links
from maillage.live.help_views import help_part
from maillage.live.kept import Kept, kept_in
from maillage.live.models import Seat, Session
from maillage.live.outcomes import RETRY_AFTER, refuse
from maillage.live.paper_results_views import paper_results_link
from maillage.live.photo_views import photo_links
from maillage.live.rooms import ErasedSession, UnknownSession
from maillage.live.runtime import live
from maillage.live.services import doors_close_at
from maillage.live.standing_in_views import stand_in_link
from maillage.live.throttle import codes_throttle
from maillage.live.urls_of import export_url
from maillage.registrations.own import find_by_token
from maillage.ui.addresses import public_address


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ANYBODY)
def code(request: HttpRequest) -> HttpResponse:
    """Where one types the code; it leads to the session's own door."""
    if request.method != "POST":
        return render(request, "live/code.html")
    typed = request.POST.get("code", "")
    if not typed.strip():
        return render(request, "live/code.html", {"error": _("Tapez le code affiché dans la salle.")}, status=422)
    found, wait = _try_code(request, typed)
    if found is not None:
        return redirect("live:join", found.join_code)
    return _wrong_code(request, wait, typed)


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.CODE)
def join(request: HttpRequest, code: str) -> HttpResponse:
    session, wait = _try_code(request, code)
    if session is None:
        return _wrong_code(request, wait, code)
    if gone := _gone(request, session):
        return gone
    ticket = seats.read_ticket(request.COOKIES, session.id, "")
    if ticket is not None and seats.find_kind(ticket) in (SeatKind.PARTICIPANT, SeatKind.ROBOT):
        return redirect("live:screen", session.id)  # seated already: even a closed session shows what it said
    if session.status == SessionStatus.CLOSED:
        return _sentence(request, refuse("closed").sentence, 410)
    if _is_past(session):
        return _sentence(request, refuse("past").sentence, 410)
    room = live().rooms.at(session.id, session.last_number).in_words()
    context: dict[str, Any] = {
        "room": room,
        "roles": queries.join_roles(room.method),
        "tables": queries.tables(session),
    }
    if request.method != "POST":
        return render(request, "live/join.html", context | {"key": secrets.token_urlsafe(16)})
    roles = {role["id"] for role in context["roles"]}
    role = request.POST.get("role", "")
    table = request.POST.get("table", "")
    try:
        seat = seats.take_seat(
            session=session,
            kind=SeatKind.PARTICIPANT,
            name=request.POST.get("name", ""),
            role=role if role in roles else queries.default_role(room.method),
            key=request.POST.get("key") or secrets.token_urlsafe(16),
            table=int(table) if table.isascii() and table.isdigit() and len(table) < 5 else None,
        )
    except seats.JoinRefused as refusal:
        typed = {"error": refusal.sentence, "name": request.POST.get("name", ""), "key": secrets.token_urlsafe(16)}
        typed |= {"chosen_role": role, "chosen_table": table}
        return render(request, "live/join.html", context | typed, status=_page_status(refusal.outcome.status))
    return _sit(request, seat)


@never_cache
@require_GET
@needs(Need.SEAT)
def screen(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """The seat's screen, complete as it is: pushes only keep it fresh."""
    which = request.GET.get("siege", "")
    kept = kept_in(getattr(request, "scope", {}))
    try:
        room = live().rooms.load(session_id)
    except UnknownSession:
        return _sentence(request, refuse("unknown-session").sentence, 404, kept)
    except ErasedSession:
        return _sentence(request, refuse("erased").sentence, 410, kept)
    if live().rooms.is_away(session_id):
        return _sentence(request, refuse("elsewhere").sentence, 410, kept)
    ticket = seats.read_ticket(request.COOKIES, session_id, which)
    given_back = None
    if ticket is not None and not seats.find_kind(ticket) and (given_back := find_given_back(ticket)):
        ticket = seats.Ticket(session_id, given_back.id, given_back.generation)
    if ticket is None or not seats.find_kind(ticket):
        if which == seats.SUFFIXES[SeatKind.CONTROL] and kept is None and request.user.is_authenticated:
            return redirect("live:control", session_id)  # whoever may still look is let in again
        return _sentence(request, refuse("no-seat" if ticket is None else "revoked-seat").sentence, 403, kept)
    if seats.find_kind(ticket) == SeatKind.PROJECTOR and _is_past(Session.objects.get(id=session_id)):
        return _sentence(request, refuse("past").sentence, 410, kept)
    if kept is not None and kept.read_again:
        return render(request, "live/read_again.html", screens.read_again(room, kept, which=which))
    refusal = kept.sentence if kept else read_flash(request.COOKIES, session_id)
    host = public_address(request)
    seat, made = str(ticket.seat_id), live().hub.fragments
    context = screens.screen(room, seat, which=which, refusal=refusal, host=host, kept=kept, fragments=made)
    if context["leads"]:
        exports = [export_url(session_id, form, which) for form in ("csv", "json")]
        context |= {"help": help_part(room, which), "exports": exports, "stand_in": stand_in_link(room, which)}
        context["paper"] = paper_results_link(room, which)
    context["photos"] = photo_links(room, ticket, which)
    context["seat_links"] = seat_links(room, ticket, which)
    response = render(request, "live/screen.html", context, status=kept.status if kept else 200)
    if kept is not None and kept.status in (429, 503):
        response["Retry-After"] = str(RETRY_AFTER)
    elif refusal and kept is None:
        response.delete_cookie(flash_name(session_id))
    if given_back is not None:
        seats.remember(response, given_back)
    return response


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.CODE)
def facilitate(request: HttpRequest, code: str) -> HttpResponse:
    """Prompting begins, or a second phone takes over: both hold the same code."""
    session, _wait = _try_code(request, code, facilitator=True)
    if session is None:
        words = _("Ce lien d’animation n’ouvre aucune séance. Copiez-le en entier, ou demandez-le à qui organise.")
        return _sentence(request, words, 404)
    if gone := _gone(request, session):
        return gone
    ticket = seats.read_ticket(request.COOKIES, session.id, "a")
    if ticket is not None and seats.find_kind(ticket):
        return redirect(_screen_address(session.id, "a"))
    room = live().rooms.load(session.id).in_words()
    if request.method != "POST":
        return render(request, "live/facilitate.html", {"room": room, "key": secrets.token_urlsafe(16)})
    try:
        seat = seats.take_seat(
            session=session,
            kind=SeatKind.FACILITATOR,
            name=request.POST.get("name", ""),
            role=queries.FACILITATOR_ROLE,
            key=request.POST.get("key") or secrets.token_urlsafe(16),
        )
    except seats.JoinRefused as refusal:
        typed = {"error": refusal.sentence, "name": request.POST.get("name", ""), "key": secrets.token_urlsafe(16)}
        status = _page_status(refusal.outcome.status)
        return render(request, "live/facilitate.html", {"room": room} | typed, status=status)
    return _sit(request, seat)


@csrf_exempt  # the address is the key, as for the other forms of its page (registrations/own_views.py)
@never_cache
@require_POST
@needs(Need.LINK)
def enter_registered(request: HttpRequest, token: str, session_id: uuid.UUID) -> HttpResponse:
    """From the personal link of a registration, which knows the name and the table."""
    registration = find_by_token(token)
    if registration is None:
        raise Http404
    place = next((found for found in entry.open_places(registration) if found[0].id == session_id), None)
    if place is None:
        return _sentence(request, refuse("closed").sentence, 410)
    session, placement = place
    codes_throttle.at_home(request.META.get("REMOTE_ADDR", ""), session.gathering_id, session.id)
    try:
        seat = entry.enter(registration=registration, session=session, placement=placement)
    except seats.JoinRefused as refusal:
        return _sentence(request, refusal.sentence, _page_status(refusal.outcome.status))
    return _sit(request, seat)


@never_cache
@require_GET
@needs(Need.LINK)
def project(request: HttpRequest, token: str) -> HttpResponse:
    """The projector's own link. It makes one seat a session, however often it is opened."""
    session_id = seats.read_projection_token(token)
    session = Session.objects.filter(id=session_id).first() if session_id else None
    if session is None:
        return _sentence(request, refuse("unknown-session").sentence, 404)
    if _is_past(session):  # the computer of a room is everybody's: what it showed stays in its history
        return _sentence(request, refuse("past").sentence, 410)
    # a projector is in its room: who types the code there comes from the same address
    codes_throttle.at_home(request.META.get("REMOTE_ADDR", ""), session.gathering_id, session.id)
    return _take_screen_seat(request, session, SeatKind.PROJECTOR, key="one")


@never_cache
@require_GET
@needs(Need.FACILITATE)
def control(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """The organiser looks at a session from the control room: counts, never a card."""
    session = Session.objects.select_related("gathering").filter(id=session_id).first()
    if session is None or not queries.can_control(request.user, session):
        raise Http404
    return _take_screen_seat(request, session, SeatKind.CONTROL, key=seats.watcher_key(request.user.pk))


def _is_past(session: Session) -> bool:
    """The day and the one after: nobody else enters, nothing is shown on a wall."""
    return timezone.now() >= doors_close_at(session)


def _gone(request: HttpRequest, session: Session) -> HttpResponse | None:
    """Erased, or carried to another server: the door opens on a sentence."""
    if session.status == SessionStatus.ERASED:
        return _sentence(request, refuse("erased").sentence, 410)
    return _sentence(request, refuse("elsewhere").sentence, 410) if session.away else None


def _take_screen_seat(request: HttpRequest, session: Session, kind: SeatKind, *, key: str) -> HttpResponse:
    if gone := _gone(request, session):
        return gone
    try:
        seat = seats.take_seat(session=session, kind=kind, name="", role=str(kind), key=key)
    except seats.JoinRefused as refusal:
        return _sentence(request, refusal.sentence, _page_status(refusal.outcome.status))
    return _sit(request, seat)


def _sit(request: HttpRequest, seat: Seat) -> HttpResponse:
    response = redirect(_screen_address(seat.session_id, seats.SUFFIXES[SeatKind(seat.kind)]))
    response.status_code = HTTPStatus.SEE_OTHER
    seats.remember(response, seat)
    return response


def _screen_address(session_id: uuid.UUID, which: str) -> str:
    return reverse("live:screen", args=[session_id]) + (f"?siege={which}" if which else "")


def _try_code(request: HttpRequest, typed: str, *, facilitator: bool = False) -> tuple[Session | None, int]:
    """The session of a code, or how many seconds to wait before the next try (0: it was only wrong).

    Where a gathering is at home, who leads it or has its codes is in the room: a joker there closes none of its doors.
    """
    if facilitator:  # 57 bits: nobody guesses it, and no joker in the room may lock out who leads it
        meant = typed.strip().upper()
        led = queries.session_by_facilitator_code(meant) if meant.isascii() and meant.isalnum() else None
        if led is not None:
            codes_throttle.at_home(request.META.get("REMOTE_ADDR", ""), led.gathering_id, led.id)
        return led, 0
    address = request.META.get("REMOTE_ADDR", "")
    meant = normalise_code(typed) or ""
    found = queries.session_by_join_code(meant)
    wait = codes_throttle.wait(address, found.gathering_id, found.id) if found else codes_throttle.wait(address)
    if found is None:
        codes_throttle.wrong(address)  # while waiting too, else a program would sweep them all for one right code
    if wait:
        return None, wait
    if found is not None:
        codes_throttle.at_home(address, found.gathering_id, found.id)
    return found, 0


def _wrong_code(request: HttpRequest, wait: int, typed: str = "") -> HttpResponse:
    if wait:
        error = _("Trop de codes essayés d’ici. Attendez quelques minutes, ou demandez de l’aide à l’accueil.")
        response = render(request, "live/code.html", {"error": error, "typed": typed[:12]}, status=429)
        response["Retry-After"] = str(wait)
        return response
    error = _("Ce code n’ouvre aucune séance. Vérifiez les quatre lettres et les deux chiffres.")
    return render(request, "live/code.html", {"error": error, "typed": typed[:12]}, status=404)


def _sentence(request: HttpRequest, sentence: object, status: int, kept: Kept | None = None) -> HttpResponse:
    context = {"sentence": sentence, "typed": kept.text if kept else ""}
    return render(request, "live/sentence.html", context, status=status)


def _page_status(status: int) -> int:
    """A page that shows its form again after a refusal says 422, as all our forms; the rest keeps its own."""
    return 422 if status == 409 else status

import datetime as dt
import uuid
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from maillage.lib.needs import Need, needs
from maillage.live import seats
from maillage.live.enums import SeatKind, SessionStatus
from maillage.live.keys import BadSeal, KeyMissing
from maillage.live.models import Session
from maillage.live.queries import sheet_of
from maillage.memory.enums import TakeawayOrigin
from maillage.memory.following_up import follow_up_of, read_answer
from maillage.memory.forms import FollowUpForm, TakeawayForm
from maillage.memory.models import PorteurSheet, Takeaway
from maillage.memory.services import add_takeaway, keep_sheet, remove_takeaway
from maillage.memory.sheets import lookup_of, open_sheet
from maillage.ui.addresses import public_address

# --- from the room, by seat -------------------------------------------------------------------------------------------


def _seat_of(request: HttpRequest, session_id: uuid.UUID, which: str, kinds: set[SeatKind]) -> uuid.UUID:
    """The seat this browser holds in the session, if it is of these kinds; else 404: outsiders learn nothing."""
    ticket = seats.read_ticket(request.COOKIES, session_id, which)
    if ticket is None or seats.find_kind(ticket) not in kinds:
        raise Http404
    return ticket.seat_id


@never_cache
@require_GET
@needs(Need.SEAT)
def own_sheet(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """From the porteur's phone to their sheet: sealed as it stands, then shown at its private address."""
    session = get_object_or_404(Session.objects.select_related("gathering"), pk=session_id)
    seat_id = _seat_of(request, session_id, "", {SeatKind.PARTICIPANT, SeatKind.ROBOT})
    content = sheet_of(session.pk, seat_id)
    if content is None:
        raise Http404
    _sheet, token = keep_sheet(session=session, seat_id=seat_id, content=content)
    return redirect("memory:sheet", token)


@never_cache
@require_GET
@needs(Need.LINK)
def sheet(request: HttpRequest, token: str) -> HttpResponse:
    """The private link: whoever holds it opens the sheet, and nobody else can, us included."""
    return show_sheet(request, token, fetch_sheet(token))


def fetch_sheet(token: str) -> PorteurSheet:
    row = PorteurSheet.objects.filter(lookup=lookup_of(token)).select_related("gathering", "takeaway").first()
    if row is None:
        raise Http404
    return row


def show_sheet(request: HttpRequest, token: str, row: PorteurSheet, form: FollowUpForm | None = None) -> HttpResponse:
    """`form`: the follow-up asked for, refused."""
    try:
        content = open_sheet(token, bytes(row.sealed))
    except (BadSeal, KeyMissing):
        raise Http404 from None
    today = timezone.localdate()
    follow_up = follow_up_of(token)
    asked = form or FollowUpForm(today=today, initial={"due": _day_chosen(content, today)})
    response = render(
        request,
        "memory/sheet.html",
        {
            "sheet": content,
            "row": row,
            "gathering": row.gathering,
            "link": public_address(request) + reverse("memory:sheet", args=[token]),
            "token": token,
            "picture": picture_of(content),
            "follow_up": follow_up,
            "answer": read_answer(token, follow_up) if follow_up else None,
            "form": asked,
        },
        status=422 if form is not None else 200,
    )
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    response["X-Robots-Tag"] = "noindex"
    return response


def _day_chosen(content: dict[str, Any], today: dt.date) -> dt.date | None:
    """The day the porteur wrote on the sheet, if it is still to come."""
    for field in content.get("fields", []):
        if field.get("type") == "date" and field.get("value"):
            try:
                day = dt.date.fromisoformat(field["value"])
            except ValueError:
                continue
            return day if day > today else None
    return None


def picture_of(content: dict[str, Any]) -> dict[str, Any]:
    """The system of actors as the porteur keeps it: no name but their own « vous »."""
    kept = next((len(line["items"]) for line in content.get("lines", []) if line["id"] == "kept"), 0)
    return {"porteur": _("vous"), "action": None, "contributors": [], "solutions": kept}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LEADING_SEAT)
def room_takeaways(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
    """A facilitator writes what their room keeps, from the prompter's phone, as long as the session is there.

    Once it is erased the seat opens nothing: what was confided to the day stays in its report, with the organisers.
    """
    session = get_object_or_404(Session.objects.select_related("gathering", "workshop"), pk=session_id)
    _seat_of(request, session_id, "a", {SeatKind.FACILITATOR, SeatKind.ROBOT})
    if session.status == SessionStatus.ERASED:
        sentence = _("Cette séance a été effacée. Ce qui a été confié à la journée reste dans son compte rendu.")
        return render(request, "live/sentence.html", {"sentence": sentence}, status=410)
    rows = Takeaway.objects.filter(workshop=session.workshop, rehearsal=session.rehearsal)
    form = TakeawayForm(request.POST or None)
    if request.method == "POST":
        if "remove" in request.POST:
            mine = rows.filter(origin=TakeawayOrigin.FACILITATOR)
            for takeaway in mine:
                if str(takeaway.pk) == request.POST["remove"]:
                    remove_takeaway(takeaway=takeaway, by=_("l’animation de l’atelier"))
            return redirect("memory:room-takeaways", session_id)
        if form.is_valid():
            text = form.cleaned_data["text"]
            if rows.filter(origin=TakeawayOrigin.FACILITATOR, text=text).exists():  # tapped twice, or sent again
                return redirect("memory:room-takeaways", session_id)
            add_takeaway(
                gathering=session.gathering,
                workshop=session.workshop,
                text=text,
                origin=TakeawayOrigin.FACILITATOR,
                by=_("l’animation de l’atelier"),
                rehearsal=session.rehearsal,
            )
            return redirect("memory:room-takeaways", session_id)
    context = {"session": session, "takeaways": rows, "form": form}
    return render(request, "memory/room_takeaways.html", context, status=422 if form.errors else 200)

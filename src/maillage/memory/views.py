import uuid
from typing import Any

from django.contrib import messages
from django.contrib.auth.decorators import login_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_GET, require_http_methods

from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.models import Gathering, Workshop
from maillage.live import seats
from maillage.live.enums import SeatKind, SessionStatus
from maillage.live.keys import BadSeal, KeyMissing
from maillage.live.models import Session
from maillage.live.queries import sheet_of
from maillage.memory.enums import TakeawayOrigin
from maillage.memory.forms import TakeawayForm
from maillage.memory.models import PorteurSheet, Takeaway
from maillage.memory.queries import kept_by_workshop
from maillage.memory.services import add_takeaway, edit_takeaway, keep_sheet, remove_takeaway
from maillage.memory.sheets import lookup_of, open_sheet


@login_required
@require_http_methods(["GET", "HEAD", "POST"])
def takeaways(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    """The sentences of the day, workshop by workshop; what lacks is visible as an empty place with its box.

    All the boxes are one form; each button says what is added, changed or removed, and what was typed elsewhere comes
    back.
    """
    gathering = fetch_gathering(request.user, gathering_id)
    forms: dict[str, TakeawayForm] = {}
    refused = False
    if request.method == "POST":
        typed = _typed(request, gathering)
        key, anchor, refusal = _do_what_is_asked(request, gathering, typed)
        if refusal is None and not typed:
            return redirect(reverse("memory:takeaways", args=[gathering.pk]) + f"#{anchor}")
        forms = {key: TakeawayForm(prefix=key or None, initial={"text": text}) for key, text in typed.items()}
        if refusal is not None:
            refused, forms[key] = True, refusal
        elif "edit" in request.POST:
            forms[key].fields["text"].widget.attrs["autofocus"] = True
    groups = [
        {
            "kept": kept,
            "key": (key := _key(kept.workshop)),
            "anchor": _anchor(kept.workshop),
            "form": forms.get(key) or TakeawayForm(prefix=key or None),
            "sentences": [(takeaway, _to_edit(forms.get(_sentence_key(takeaway)))) for takeaway in kept.takeaways],
        }
        for kept in kept_by_workshop(gathering)
    ]
    context = {"gathering": gathering, "groups": groups}
    return render(request, "memory/takeaways.html", context, status=422 if refused else 200)


def _typed(request: HttpRequest, gathering: Gathering) -> dict[str, str]:
    """What was on the page, by box: the new sentences that are begun, and the kept ones that are open."""
    typed: dict[str, str] = {}
    for kept in kept_by_workshop(gathering):
        if (text := request.POST.get(_name(_key(kept.workshop)), "")).strip():
            typed[_key(kept.workshop)] = text
        for key in map(_sentence_key, kept.takeaways):
            if _name(key) in request.POST:
                typed[key] = request.POST[_name(key)]
    return typed


def _do_what_is_asked(
    request: HttpRequest, gathering: Gathering, typed: dict[str, str]
) -> tuple[str, str, TakeawayForm | None]:
    """The button that was pressed: its box, where the page goes next, and the form if it is refused.

    A box that is done with leaves `typed`.
    """
    asked = next((verb for verb in ("remove", "edit", "leave", "save") if verb in request.POST), "add")
    if asked == "add":
        workshop = _workshop_of(gathering, request.POST.get("workshop", ""))
        key, anchor, takeaway = _key(workshop), _anchor(workshop), None
    else:
        rows = gathering.takeaways.all()
        if asked != "remove":
            rows = rows.exclude(origin=TakeawayOrigin.RELEASED)  # a porteur's own words: they alone may change them
        takeaway = get_object_or_404(rows, pk=_uuid(request.POST[asked]))
        key, anchor, workshop = _sentence_key(takeaway), _sentence_key(takeaway), takeaway.workshop
    if asked == "edit" and takeaway is not None:
        typed.setdefault(key, takeaway.text)
        return key, anchor, None
    if asked in ("add", "save"):
        form = TakeawayForm(request.POST, prefix=key or None)
        if not form.is_valid():
            return key, anchor, form
        text = form.cleaned_data["text"]
        if takeaway is None:
            _add_once(gathering, workshop, text, by=str(request.user))
        else:
            edit_takeaway(takeaway=takeaway, text=text, by=str(request.user))
            messages.success(request, _("La phrase est modifiée."))
    elif asked == "remove" and takeaway is not None:
        anchor = _anchor(workshop)
        remove_takeaway(takeaway=takeaway, by=str(request.user))
        messages.success(request, _("La phrase « %(text)s » est retirée du compte rendu.") % {"text": takeaway.text})
    typed.pop(key, None)
    return key, anchor, None


def _to_edit(form: TakeawayForm | None) -> TakeawayForm | None:
    if form is not None:
        form.fields["text"].label = _("Modifier la phrase")
    return form


def _key(workshop: Workshop | None) -> str:
    return str(workshop.pk) if workshop is not None else ""


def _sentence_key(takeaway: Takeaway) -> str:
    return f"phrase-{takeaway.pk}"


def _name(key: str) -> str:
    return TakeawayForm(prefix=key or None).add_prefix("text")


def _add_once(gathering: Gathering, workshop: Workshop | None, text: str, *, by: str) -> None:
    """A page sent again (reloaded, tapped twice) adds nothing."""
    origin = TakeawayOrigin.ORGANISER
    if not gathering.takeaways.filter(workshop=workshop, origin=origin, rehearsal=False, text=text).exists():
        add_takeaway(gathering=gathering, workshop=workshop, text=text, origin=origin, by=by)


def _uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None


def _anchor(workshop: Workshop | None) -> str:
    return f"atelier-{workshop.pk}" if workshop is not None else "journee"


def _workshop_of(gathering: Gathering, text: str) -> Workshop | None:
    if not text:
        return None
    return get_object_or_404(Workshop, pk=_uuid(text), slot__gathering=gathering)


# --- from the room, by seat -------------------------------------------------------------------------------------------


def _seat_of(request: HttpRequest, session_id: uuid.UUID, which: str, kinds: set[SeatKind]) -> uuid.UUID:
    """The seat this browser holds in the session, if it is of these kinds; else 404: outsiders learn nothing."""
    ticket = seats.read_ticket(request.COOKIES, session_id, which)
    if ticket is None or seats.find_kind(ticket) not in kinds:
        raise Http404
    return ticket.seat_id


@never_cache
@require_GET
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
def sheet(request: HttpRequest, token: str) -> HttpResponse:
    """The private link: whoever holds it opens the sheet, and nobody else can, us included."""
    row = PorteurSheet.objects.filter(lookup=lookup_of(token)).select_related("gathering", "takeaway").first()
    if row is None:
        raise Http404
    try:
        content = open_sheet(token, bytes(row.sealed))
    except (BadSeal, KeyMissing):
        raise Http404 from None
    response = render(
        request,
        "memory/sheet.html",
        {
            "sheet": content,
            "row": row,
            "gathering": row.gathering,
            "link": request.build_absolute_uri(),
            "picture": picture_of(content),
        },
    )
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    response["X-Robots-Tag"] = "noindex"
    return response


def picture_of(content: dict[str, Any]) -> dict[str, Any]:
    """The system of actors as the porteur keeps it: no name but their own « vous »."""
    kept = next((len(line["items"]) for line in content.get("lines", []) if line["id"] == "kept"), 0)
    return {"porteur": _("vous"), "action": None, "contributors": [], "solutions": kept}


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
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

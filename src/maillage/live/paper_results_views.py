"""« Saisir ce qui s’est fait sur papier »: one table, step after step. One page, no script."""

import hashlib
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
from maillage.live.paper_results import Typed, begin_and_end, may_transcribe, note, steps_of, tables_of, take_back
from maillage.live.rooms import ErasedSession, Room, UnknownSession
from maillage.live.runtime import live


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LEADING_SEAT)
def paper_results(request: HttpRequest, session_id: uuid.UUID) -> HttpResponse:
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
    seat = str(ticket.seat_id)
    if not may_transcribe(room, seat):
        return _sentence(request, _("Qui anime la séance saisit ce qui s’est fait sur papier."), 403)
    tables = tables_of(room, seat)
    table = next((id_ for id_, _name in tables if str(id_) == request.GET.get("table")), tables[0][0])
    typed, step = Typed(), request.GET.get("etape", "")
    address = reverse("live:paper-results", args=[session_id]) + f"?siege={which}"
    if request.method == "POST":
        key = _key(request.POST.get("key", "") or secrets.token_urlsafe(12))
        if "begin" in request.POST:
            outcome = begin_and_end(room, ticket, key)
            if outcome.accepted:
                return redirect(address)
            typed = Typed(status=outcome.status, error=str(outcome.sentence))
        else:
            step = request.POST.get("step", "")
            base = {"step": step, "table": table}
            done = take_back if request.POST.get("on") == "false" else note
            typed = done(room, ticket, base, request.POST, key)
            if not typed.error:
                said = "retire" if done is take_back else str(typed.noted)
                return redirect(f"{address}&table={table}&etape={step}&note={said}#etape-{step}")
        room = live().rooms.load(session_id)
    context = {
        "room": room,
        "tables": [{"id": id_, "name": name, "here": id_ == table} for id_, name in tables],
        "table": table,
        "steps": [_shown(found, step, typed) for found in steps_of(room, table)],
        "key": secrets.token_urlsafe(12),
        "typed": typed,
        "said": _said(request.GET.get("note", "")),
        "address": address,
        "screen_url": reverse("live:screen", args=[session_id]) + f"?siege={which}",
    }
    return render(request, "live/paper_results.html", context, status=typed.status)


def _key(of_form: str) -> str:
    """Of one length, whatever steps are named: a move’s key holds 64 characters, and a line’s number comes after."""
    return hashlib.sha256(of_form.encode("utf-8", "surrogatepass")).hexdigest()[:40]


def paper_results_link(room: Room, which: str) -> str:
    return reverse("live:paper-results", args=[room.session_id]) + f"?siege={which}"


def _shown(found: dict[str, Any], step: str, typed: Typed) -> dict[str, Any]:
    """The step that was just typed is unfolded; what was refused goes back in its form."""
    here = found["step"] == step
    kept = typed.kept if here else {}
    for form in found["forms"]:
        for asked in form["questions"]:
            value = kept.get(f"answer_{asked['question']}", "") if kept.get("role", "") == form["role"] else ""
            asked |= {"value": value, "chosen": value.split(",")}
    for kind in found["kinds"]:
        mine = kept.get("kind") == kind["id"]
        kind |= {"value": kept.get("lines", "") if mine else "", "parent": kept.get("parent", "") if mine else ""}
        kind["cards"] = [card for card in found["cards"] if card["kind"] == kind["id"]]
    for option in found["options"]:
        option["value"] = kept.get(f"count_{option['id']}", "" if option["hands"] is None else option["hands"])
    shared = found["round"] or {}
    found["players"] = kept.get("players", shared.get("players", ""))
    found["total"] = kept.get("total", shared.get("total", ""))
    return found | {"open": here, "error": typed.error if here else "", "kept": kept}


def _said(note: str) -> str:
    if note == "retire":
        return _("C’est retiré.")
    if not note.isdecimal() or len(note) > 3:
        return ""
    return _("C’est noté.") if int(note) < 2 else _("{n} lignes sont notées.").format(n=int(note))


def _sentence(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    heading = _("On ne peut pas saisir le papier d’ici")
    return render(request, "live/sentence.html", {"sentence": sentence, "heading": heading}, status=status)

"""The export of a session, through the seat that asks for it."""

import uuid

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from maillage.lib.needs import Need, needs
from maillage.live import seats
from maillage.live.export import export_csv, export_json, export_name
from maillage.live.outcomes import refuse
from maillage.live.rooms import ErasedSession, UnknownSession
from maillage.live.runtime import live

KINDS = {"csv": (export_csv, "text/csv; charset=utf-8"), "json": (export_json, "application/json")}


@never_cache
@require_safe
@needs(Need.SEAT)
def export(request: HttpRequest, session_id: uuid.UUID, form: str) -> HttpResponse:
    """What the screen of this browser's seat may show, as a file. Without a seat, a sentence, to organisers too."""
    if form not in KINDS:
        raise Http404
    try:
        room = live().rooms.load(session_id)
    except UnknownSession:
        return _refuse(request, str(refuse("unknown-session").sentence), 404)
    except ErasedSession:
        return _refuse(request, str(refuse("erased").sentence), 410)
    ticket = seats.read_ticket(request.COOKIES, session_id, request.GET.get("siege", ""))
    if ticket is None or not seats.find_kind(ticket):
        return _refuse(
            request,
            _(
                "Ce qui s’écrit dans une salle appartient à son groupe. L’export se demande depuis une place dans la "
                "séance, et donne ce que l’écran de cette place montre, rien de plus."
            ),
            403,
        )
    write, content_type = KINDS[form]
    seat = str(ticket.seat_id)
    response = HttpResponse(write(room, seat), content_type=content_type)
    response["Content-Disposition"] = f'attachment; filename="{export_name(room, seat)}.{form}"'
    return response


def _refuse(request: HttpRequest, sentence: str, status: int) -> HttpResponse:
    context = {"sentence": sentence, "heading": _("Cet export ne se fait pas d’ici")}
    return render(request, "live/sentence.html", context, status=status)

"""The two doors: a member's personal link, and the organisers' page, which shows what the noyau shares."""

from collections.abc import Callable
from functools import wraps
from typing import Any
from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods

from maillage.change.members import find_by_token
from maillage.change.models import CoreGroup, Member
from maillage.people.access import fetch_in_space
from maillage.people.queries import Visitor, can_organise

MemberView = Callable[..., HttpResponse]


def member_page(view: MemberView) -> Callable[..., HttpResponse]:
    """`view(request, member, …)`. Without CSRF on purpose: the address is the key, no other site knows it, and what a
    phone kept while it was offline is sent long after its page was made."""

    @csrf_exempt
    @never_cache
    @require_http_methods(["GET", "HEAD", "POST"])
    @wraps(view)
    def page(request: HttpRequest, token: str, *args: Any, **kwargs: Any) -> HttpResponse:
        member = find_by_token(token)
        if member is None:
            sentence = _(
                "Ce lien ne mène plus à un noyau : il a été changé, ou la personne l’a quitté. "
                "Demandez un nouveau lien à qui tient le noyau."
            )
            response = render(request, "ui/refused.html", {"title": _("Lien fermé"), "sentence": sentence}, status=404)
        else:
            response = view(request, member, *args, **kwargs)
        response["Referrer-Policy"] = "no-referrer"
        response["X-Robots-Tag"] = "noindex"
        return response

    return page


def fetch_group(user: Visitor, group_id: UUID) -> CoreGroup:
    """For organisers of its space; what they may read of it is for the page to ask (`sharing`)."""
    rows = CoreGroup.objects.filter(removed_at=None).select_related("space", "contract__epci", "qpv")
    return fetch_in_space(user, rows, can=can_organise, space_of=lambda row: row.space, pk=group_id)


def need_lead(member: Member) -> None:
    """Pages that only who holds the noyau opens."""
    if not member.lead:
        raise Http404

"""From a room to a noyau: the organisers offer it, who holds the noyau takes what it wants, card by card."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from maillage.change.access import fetch_group, member_page, need_lead
from maillage.change.checks import ChangeRefused
from maillage.change.members import member_token
from maillage.change.models import Actor, Member
from maillage.change.rooms import (
    Gift,
    gifts_of,
    guess_actor,
    leave_aside,
    offer_session,
    receive,
    sessions_to_offer,
    take_up_again,
    withdraw_offer,
)
from maillage.change.views import as_uuid, context_of
from maillage.lib.needs import Need, needs


@needs(Need.ORGANISE)
@require_POST
def offer(request: HttpRequest, group_id: UUID) -> HttpResponse:
    group = fetch_group(request.user, group_id)
    pk = as_uuid(request.POST.get("session", ""))
    session = next((row for row in sessions_to_offer(group) if row.pk == pk), None)
    if session is None:
        messages.warning(request, _("Cet atelier n’est plus à proposer : il a été effacé, ou retiré."))
    elif request.POST.get("do") == "withdraw":
        withdraw_offer(group=group, session=session, by=str(request.user))
        messages.success(request, _("Cet atelier n’est plus proposé. Ce que le noyau en a pris reste au noyau."))
    else:
        offer_session(group=group, session=session, by=str(request.user))
        messages.success(request, _("Le noyau verra ce que cette salle a gardé, et prendra ce qu’il veut."))
    return redirect("change:shared", group.pk)


@member_page
@needs(Need.LEADING_LINK)
def welcome(request: HttpRequest, member: Member) -> HttpResponse:
    need_lead(member)
    rooms = gifts_of(member.group)
    actors = list(Actor.objects.filter(group=member.group, removed_at=None))
    refused: tuple[str, str, str] = ("", "", "")  # which card, why, its words as typed
    if request.method == "POST":
        gifts = {gift.name: gift for _offering, found in rooms for gift in found}
        gift = gifts.get(request.POST.get("gift", ""))
        if gift is None:
            messages.info(request, _("Cette carte n’est plus là : la salle l’a reprise, ou sa séance est effacée."))
            return redirect("change:rooms", member_token(member))
        try:
            _deal(request, member, gift, actors)
        except ChangeRefused as refusal:
            refused = (gift.name, refusal.sentence, request.POST.get("text", gift.text))
        else:
            return redirect("change:rooms", member_token(member))
    told = [
        (offering, [(gift, guess_actor(gift.text, actors)) for gift in found if gift.status != "kept"], len(found))
        for offering, found in rooms
    ]
    context = context_of(member, rooms=told, actors=actors, refused=refused, horizon=timezone.localdate().year + 4)
    return render(request, "change/rooms.html", context, status=422 if refused[0] else 200)


def _deal(request: HttpRequest, member: Member, gift: Gift, actors: list[Actor]) -> None:
    asked = request.POST.get("do", "")
    if asked == "leave":
        leave_aside(gift=gift)
    elif asked == "again":
        take_up_again(gift=gift)
    else:
        year = request.POST.get("horizon", "")
        receive(
            gift=gift,
            by=member,
            text=request.POST.get("text", gift.text),
            actor=next((row for row in actors if str(row.pk) == request.POST.get("actor")), None),
            new_actor=request.POST.get("new_actor", ""),
            horizon=int(year) if year.isascii() and year.isdigit() and len(year) < 6 else None,
        )
        messages.success(request, _("C’est dans le noyau. « Historique » permet d’y revenir."))

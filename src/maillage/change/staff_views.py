"""For the organisers of a resource centre: their noyaux, a new one, and of each what it shares."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maillage.change.access import fetch_group
from maillage.change.checks import ChangeRefused
from maillage.change.drawing import draw_rows
from maillage.change.enums import Sharing
from maillage.change.forms import NewGroupForm
from maillage.change.members import has_begun, make_group, member_token, renew_first_link
from maillage.change.models import Member
from maillage.change.queries import groups_of, path_of, present_members, seen_of
from maillage.change.rooms import sessions_to_offer
from maillage.change.visions import current_vision
from maillage.contracts.queries import whole_contracts
from maillage.lib.needs import Need, needs
from maillage.people.models import User
from maillage.people.queries import spaces_to_organise
from maillage.ui.addresses import public_address


@needs(Need.ACCOUNT)
@require_http_methods(["GET", "HEAD", "POST"])
def groups(request: HttpRequest) -> HttpResponse:
    spaces = list(spaces_to_organise(request.user))
    asked = request.POST.get("space", "")
    space = next((row for row in spaces if row.slug == asked), spaces[0] if spaces else None)
    form = NewGroupForm(contracts=whole_contracts(space)) if space else None
    if request.method == "POST" and space is not None:
        form = NewGroupForm(request.POST, contracts=whole_contracts(space))
        if form.is_valid():
            said = form.cleaned_data
            lead = {"name": said["lead_name"], "organisation": said["organisation"], "category": said["category"]}
            group, member = make_group(
                space=space,
                name=said["name"],
                rhythm=said["rhythm"],
                contract=said["contract"],
                qpv=said["qpv"],
                lead=lead,
                by_words=_("l’organisation"),
            )
            words = _("Le noyau est constitué. Donnez ce lien à qui le tient : %s")
            messages.success(request, words % _link(request, member))
            return redirect("change:shared", group.pk)
    user = request.user
    own = Member.objects.none()
    if isinstance(user, User):
        own = Member.objects.filter(user=user, left_on=None, removed_at=None, group__removed_at=None)
    context = {
        "spaces": [(row, list(groups_of(row))) for row in spaces],
        "space": space,
        "form": form,
        "own": [(row, member_token(row)) for row in own.select_related("group")],
    }
    return render(request, "change/groups.html", context, status=422 if form and form.errors else 200)


@needs(Need.ORGANISE)
@require_safe
def group(request: HttpRequest, group_id: UUID) -> HttpResponse:
    row = fetch_group(request.user, group_id)
    shares = row.sharing != Sharing.NOTHING
    ways = path_of(row, outside=True) if shares else []
    context = {
        "group": row,
        "shares": shares,
        "people": present_members(row).count(),
        "vision": current_vision(row) if shares else None,
        "ways": ways,
        "wide": draw_rows(ways),
        "narrow": draw_rows(ways, width=360),
        "observations": list(seen_of(row, outside=True)[:50]) if shares else [],
        "begun": has_begun(row),
        "sessions": sessions_to_offer(row),
        "offered": set(row.offerings.filter(withdrawn_at=None).values_list("session_id", flat=True)),
    }
    return render(request, "change/shared.html", context)


@needs(Need.ORGANISE)
@require_POST
def first_link(request: HttpRequest, group_id: UUID) -> HttpResponse:
    row = fetch_group(request.user, group_id)
    try:
        lead = renew_first_link(group=row, by_words=_("l’organisation"))
    except ChangeRefused as refusal:
        messages.warning(request, refusal.sentence)
    else:
        words = _("Le lien d’avant ne mène plus à rien. Donnez celui-ci à qui tient le noyau : %s")
        messages.success(request, words % _link(request, lead))
    return redirect("change:shared", row.pk)


def _link(request: HttpRequest, member: Member) -> str:
    return public_address(request) + reverse("change:home", args=[member_token(member)])

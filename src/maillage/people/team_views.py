"""The team of a space: who has which role, who is invited. And where an invitation is accepted, by a button."""

from collections.abc import Sequence
from typing import Any
from uuid import UUID

from django import forms
from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_http_methods, require_safe

from maillage.lib.needs import Need, needs
from maillage.people.access import fetch_in_space
from maillage.people.entering import enter
from maillage.people.enums import SpaceRole, Way
from maillage.people.models import Invitation, Right, Space
from maillage.people.queries import can_organise, spaces_to_organise
from maillage.people.services import LastOrganiser, withdraw_right
from maillage.people.team import (
    AlreadyThere,
    TooManyInvitations,
    accept_invitation,
    find_invitation,
    invite,
    withdraw_invitation,
)
from maillage.ui.addresses import public_address

WHAT_FOR = {
    SpaceRole.ORGANISER: gettext_lazy("Organisation : prépare tout, voit tout de l’espace, confie les rôles"),
    SpaceRole.FACILITATOR: gettext_lazy(
        "Animation : la régie, les séances, les papiers des salles, sans liste de noms"
    ),
    SpaceRole.DESK: gettext_lazy("Accueil : qui arrive, les badges, les listes du jour"),
    SpaceRole.READER: gettext_lazy("Lecture : programmes, contrats, méthodes, expériences publiées"),
}


class InvitationForm(forms.Form):
    email = forms.EmailField(label=gettext_lazy("Adresse électronique"), max_length=254)
    role = forms.ChoiceField(label=gettext_lazy("Rôle"), widget=forms.RadioSelect)

    def __init__(self, *args: Any, roles: Sequence[SpaceRole], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["role"].choices = [(role, WHAT_FOR[role]) for role in roles]  # type: ignore[attr-defined]


@require_safe
@needs(Need.ACCOUNT)
def teams(request: HttpRequest) -> HttpResponse:
    """Whoever organises one space, as most do, is on its page at once."""
    found = list(spaces_to_organise(request.user))
    if len(found) == 1:
        return redirect("people:team", found[0].slug)
    return render(request, "people/teams.html", {"spaces": found})


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def team(request: HttpRequest, slug: str) -> HttpResponse:
    space = fetch_in_space(request.user, Space.objects.all(), can=can_organise, space_of=lambda row: row, slug=slug)
    return team_page(request, space, to=space.name, roles=list(SpaceRole), beside={"space": space})


def team_page(
    request: HttpRequest,
    space: Space,
    *,
    to: str,
    roles: Sequence[SpaceRole],
    beside: dict[str, Any],
    gathering: UUID | None = None,
) -> HttpResponse:
    """Of a space or, with `gathering`, of that one alone. Whoever calls has asked whether this person may."""
    rights = Right.objects.filter(space=space, gathering=gathering).select_related("user", "space")
    invitations = Invitation.objects.filter(space=space, gathering=gathering, accepted_at=None)
    form = InvitationForm(roles=roles)
    if request.method == "POST":
        if "right" in request.POST:
            _withdraw(request, rights)
        elif "invitation" in request.POST:
            row = _one(invitations.select_related("space"), request.POST["invitation"])
            withdraw_invitation(invitation=row, by=str(request.user))
            messages.success(request, _("L’invitation est retirée : son lien ne mène plus nulle part."))
        else:
            form = InvitationForm(request.POST, roles=roles)
            _invite(request, space, form, to=to, gathering=gathering)
        if not form.errors:
            return redirect(request.path)
    order = {role: place for place, role in enumerate(SpaceRole)}
    context = {
        "rights": sorted(rights, key=lambda row: (order[SpaceRole(row.role)], str(row.user))),
        "invitations": invitations,
        "form": form,
        "writes": bool(settings.EMAIL_HOST),
        "held_for_a_day": Right.objects.filter(space=space, gathering__isnull=False).select_related("user")
        if gathering is None
        else (),
    }
    return render(request, "people/team.html", context | beside, status=422 if form.errors else 200)


def _invite(request: HttpRequest, space: Space, form: InvitationForm, *, to: str, gathering: UUID | None) -> None:
    if not form.is_valid():
        return
    said = form.cleaned_data
    base_url = public_address(request)
    try:
        invite(space=space, by=str(request.user), base_url=base_url, gathering=gathering, to=to, **said)
    except (AlreadyThere, TooManyInvitations) as refusal:
        form.add_error("email", str(refusal.sentence))
    else:
        if settings.EMAIL_HOST:
            messages.success(request, _("L’invitation part par courriel à %s.") % said["email"])
        else:
            sentence = _("Ce serveur n’envoie pas de courrier : l’invitation de %s est dans son dossier mail/.")
            messages.warning(request, sentence % said["email"])


def _withdraw(request: HttpRequest, rights: Any) -> None:
    row = _one(rights, request.POST["right"])
    try:
        withdraw_right(right=row, by=str(request.user))
    except LastOrganiser as refusal:
        messages.error(request, str(refusal.sentence))
    else:
        messages.success(request, _("%s n’a plus ce rôle.") % row.user)


def _one(rows: Any, text: str) -> Any:
    try:
        row = rows.filter(pk=text).first()
    except (ValueError, forms.ValidationError):
        row = None
    if row is None:
        raise Http404
    return row


@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LINK)
def invitation(request: HttpRequest, token: str) -> HttpResponse:
    """Mail scanners open links, people press buttons: nothing happens before the POST."""
    found = find_invitation(token)
    if found is not None and request.method == "POST":
        user = accept_invitation(token=token)
        if user is not None:
            where = (
                reverse("gatherings:detail", args=[found.gathering]) if found.gathering else reverse("gatherings:list")
            )
            return enter(request, user, way=Way.INVITATION, next_url=where)
        found = None
    if found is None:
        return render(request, "people/invitation_over.html", status=404)
    context = {"invitation": found, "what_for": WHAT_FOR[SpaceRole(found.role)]}
    return render(request, "people/invitation.html", context)

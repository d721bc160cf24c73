"""The organiser's pages of a gathering, and its public page."""

from uuid import UUID

from django.contrib import messages
from django.core.exceptions import PermissionDenied
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from maillage.contracts.queries import signed_contracts
from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.clashes import find_clashes
from maillage.gatherings.forms import CopyForm, GatheringForm, NewGatheringForm, RemovalForm
from maillage.gatherings.glance import glance, public_actions, public_parts
from maillage.gatherings.models import Workshop
from maillage.gatherings.queries import gatherings_for, programme_of, public_gathering
from maillage.gatherings.removal import hold_on, losses_of, remove_gathering
from maillage.gatherings.services import NotRemovable, change_gathering, copy_gathering, make_gathering
from maillage.gatherings.structured import event_data
from maillage.gatherings.words import date_words, place_words, source_words
from maillage.lib.needs import Need, needs
from maillage.people.queries import can_organise, can_read, spaces_of, spaces_to_organise
from maillage.ui.addresses import public_address


@require_safe
@needs(Need.ACCOUNT)
def gatherings(request: HttpRequest) -> HttpResponse:
    rows = [
        {"gathering": row, "when": date_words(row), "where": place_words(row)} for row in gatherings_for(request.user)
    ]
    spaces = list(spaces_of(request.user))
    return render(
        request,
        "gatherings/list.html",
        {
            "rows": rows,
            "spaces": [{"space": space, "contracts": list(signed_contracts(space))} for space in spaces],
            "can_make": spaces_to_organise(request.user).exists(),
        },
    )


@require_safe
@needs(Need.READ)
def detail(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id, can=can_read)
    slots = programme_of(gathering)
    return render(
        request,
        "gatherings/detail.html",
        {
            "gathering": gathering,
            "when": date_words(gathering),
            "where": place_words(gathering),
            "phases": glance(gathering, request.user),
            "slots": slots,
            "clashes": find_clashes(slots),
            "sources": source_words(gathering),
            "can_organise": can_organise(request.user, gathering.space),
        },
    )


@needs(Need.ORGANISE_SOMEWHERE)
@require_http_methods(["GET", "HEAD", "POST"])
def new(request: HttpRequest) -> HttpResponse:
    if not spaces_to_organise(request.user).exists():
        raise PermissionDenied(_("Seul l’organisateur d’un espace y crée des rencontres."))
    form = NewGatheringForm(request.POST or None, user=request.user)
    if form.is_valid():
        gathering = make_gathering(by=str(request.user), **form.cleaned_data)
        messages.success(request, _("La rencontre est créée. Son programme peut commencer."))
        return redirect("gatherings:programme", gathering.pk)
    return render(request, "gatherings/form.html", {"form": form}, status=422 if form.errors else 200)


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    form = GatheringForm(request.POST or None, instance=gathering)
    if form.is_valid():
        current = fetch_gathering(request.user, gathering_id)  # the form has already written on its own instance
        change_gathering(gathering=current, by=str(request.user), **form.cleaned_data)
        messages.success(request, _("C’est enregistré."))
        return redirect("gatherings:detail", gathering.pk)
    return render(
        request,
        "gatherings/form.html",
        {"form": form, "gathering": gathering},
        status=422 if form.errors else 200,
    )


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def copy(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    form = CopyForm(request.POST or None)
    if form.is_valid():
        made = copy_gathering(gathering=gathering, by=str(request.user), **form.cleaned_data)
        messages.success(request, _("La rencontre est copiée. Relisez son programme avant d’ouvrir sa page publique."))
        return redirect("gatherings:programme", made.pk)
    return render(
        request, "gatherings/copy.html", {"form": form, "gathering": gathering}, status=422 if form.errors else 200
    )


@needs(Need.ORGANISE)
@require_http_methods(["GET", "HEAD", "POST"])
def remove(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    """Says what is lost before anything goes; a box must be ticked, no slip of the finger does it."""
    gathering = fetch_gathering(request.user, gathering_id)
    form = RemovalForm(request.POST if request.method == "POST" else None)
    refusal = hold_on(Workshop.objects.filter(slot__gathering=gathering))
    if not refusal and form.is_valid():
        try:
            remove_gathering(gathering=gathering, by=str(request.user))
        except NotRemovable as error:
            refusal = error.sentence
        else:
            messages.success(request, _("« {title} » est supprimée.").format(title=gathering.title))
            return redirect("gatherings:list")
    return render(
        request,
        "gatherings/gathering_removal.html",
        {"gathering": gathering, "form": form, "losses": losses_of(gathering), "refusal": refusal},
        status=422 if request.method == "POST" else 200,
    )


@require_safe
@needs(Need.PUBLISHED)
def public(request: HttpRequest, space: str, slug: str) -> HttpResponse:
    """For anyone. Only what the programme says: what is assumed, and who registered, stays with the organiser."""
    gathering = public_gathering(space, slug)
    if gathering is None:
        raise Http404
    slots = programme_of(gathering)
    return render(
        request,
        "gatherings/public.html",
        {
            "gathering": gathering,
            "when": date_words(gathering),
            "where": place_words(gathering),
            "slots": slots,
            "event": event_data(gathering, slots, public_address(request)),
            "actions": public_actions(gathering),
            "parts": public_parts(gathering),
        },
    )

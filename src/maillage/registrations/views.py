"""The organiser's pages about registrations: the list, one registration, the export."""

from typing import Any
from uuid import UUID

from django.contrib import messages
from django.core.paginator import Paginator
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maillage.gatherings.models import Gathering
from maillage.gatherings.services import record_export
from maillage.lib.needs import Need, needs
from maillage.lib.spreadsheets import write_csv, write_xlsx
from maillage.people.access import fetch_in_space
from maillage.people.presence import forget_here
from maillage.people.queries import can_organise
from maillage.registrations.erasure import CarriedAway, erase_person, losses_of
from maillage.registrations.exports import export_rows
from maillage.registrations.forms import FilterForm, RegistrationForm
from maillage.registrations.imports import KEEP_IMPORTS
from maillage.registrations.models import Registration
from maillage.registrations.own import places_of, token_of
from maillage.registrations.queries import (
    counts_in_words,
    counts_of,
    filtered,
    needs_erased_words,
    offer_of,
    registrations_of,
    territories_of,
)
from maillage.registrations.questions import WITH_QUESTIONS
from maillage.registrations.retention import NAMELESS
from maillage.registrations.services import (
    AlreadyRegistered,
    ErasedPerson,
    Refused,
    add_registration,
    cancel_registration,
    edit_registration,
    renew_link,
    restore_registration,
)
from maillage.registrations.undoing import undoable_import
from maillage.ui.addresses import public_address

JUST_IMPORTED = "registrations-imported"  # in the visitor's session: the next list offers to undo it
PAGE = 100  # registrations: a regional day fits in two pages
XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"


def organised_gathering(request: HttpRequest, gathering: UUID) -> Gathering:
    """404 unless the visitor's space holds it, 403 unless they organise there."""
    return fetch_in_space(
        request.user,
        Gathering.objects.select_related("space"),
        can=can_organise,
        space_of=lambda row: row.space,
        pk=gathering,
    )


def registration_of(request: HttpRequest, gathering: UUID, registration: UUID) -> Registration:
    return fetch_in_space(
        request.user,
        registrations_of(organised_gathering(request, gathering)).select_related("gathering__space"),
        can=can_organise,
        space_of=lambda row: row.gathering.space,
        pk=registration,
    )


@require_safe
@needs(Need.ORGANISE)
def registrations(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = organised_gathering(request, gathering)
    form = FilterForm(request.GET, offer=offer_of(found), territories=territories_of(found))
    form.is_valid()
    rows = filtered(found, **{name: form.cleaned_data.get(name, "") for name in form.fields})
    page = Paginator(rows.prefetch_related(WITH_QUESTIONS), PAGE).get_page(request.GET.get("page"))
    asked = request.GET.copy()
    asked.pop("page", None)
    counts = counts_of(found)
    last = undoable_import(found) if request.session.pop(JUST_IMPORTED, "") else None
    return render(
        request,
        "registrations/list.html",
        {
            "gathering": found,
            "form": form,
            "page": page,
            "asked": asked.urlencode(),
            "is_filtered": any(form.cleaned_data.values()),
            "counts": counts,
            "sentences": counts_in_words(counts),
            "erased": needs_erased_words(found),
            "last": last,
            "until": last and last.created_at + KEEP_IMPORTS,
        },
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def new(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = organised_gathering(request, gathering)
    form = RegistrationForm(request.POST or None, gathering=found)
    namesake = False  # the box « another person of that name » appears only once one was found
    if request.method == "POST" and form.is_valid():
        try:
            added = add_registration(
                gathering=found,
                details=form.details,
                homonym=form.cleaned_data["homonym"],
                by=request.user,
                **_rest(form),
            )
        except AlreadyRegistered as refusal:
            form.add_error(None, refusal.sentence)
            namesake = True
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("{name} est inscrit·e.").format(name=added.person.full_name))
            return redirect("registrations:list", found.pk)
    return render(
        request,
        "registrations/edit.html",
        {"gathering": found, "form": form, "registration": None, "namesake": namesake},
        status=422 if form.errors else 200,
    )


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def edit(request: HttpRequest, gathering: UUID, registration: UUID) -> HttpResponse:
    row = registration_of(request, gathering, registration)
    form = RegistrationForm(request.POST or None, gathering=row.gathering, registration=row)
    if request.method == "POST" and form.is_valid():
        try:
            moved = edit_registration(registration=row, details=form.details, by=request.user, **_rest(form))
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("C’est enregistré pour {name}.").format(name=row.person.full_name))
            if moved:
                messages.warning(
                    request,
                    _("L’adresse a changé : le lien personnel de {name} est neuf. Donnez-le-lui.").format(
                        name=row.person.full_name
                    ),
                )
            return redirect("registrations:list", row.gathering_id)
    return render(
        request,
        "registrations/edit.html",
        {
            "gathering": row.gathering,
            "form": form,
            "registration": row,
            "own_link": own_link(request, row),
            "places": places_of(row.gathering, [row]).get(row.pk, []),
            "erased": needs_erased_words(row.gathering),
            "nobody": ErasedPerson().sentence if row.person.first_name == NAMELESS else "",
        },
        status=422 if form.errors else 200,
    )


def _rest(form: RegistrationForm) -> dict[str, Any]:
    names = ("needs", "volunteer_porteur", "porteur_subject", "newsletter", "ranks")
    return {name: form.cleaned_data[name] for name in names} | {"logistics": form.logistics, "own": form.own_answers}


def own_link(request: HttpRequest, registration: Registration) -> str:
    """The person's own address, absolute: it is sent or printed."""
    path = reverse("registrations:own", args=[token_of(registration)])
    return public_address(request) + path


@require_POST
@needs(Need.ORGANISE)
def cancellation(request: HttpRequest, gathering: UUID, registration: UUID) -> HttpResponse:
    row = registration_of(request, gathering, registration)
    cancel_registration(registration=row, by=request.user)
    messages.success(request, _("L’inscription de {name} est annulée.").format(name=row.person.full_name))
    return redirect("registrations:edit", row.gathering_id, row.pk)


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def erasure(request: HttpRequest, gathering: UUID, registration: UUID) -> HttpResponse:
    """One person, everywhere in the space. It does not come back: what goes is listed first."""
    row = registration_of(request, gathering, registration)
    refusal = ""
    if request.method == "POST":
        try:
            erase_person(person=row.person, by=request.user)
            forget_here(request.session)
        except CarriedAway as carried:
            refusal = carried.sentence
        else:
            messages.success(request, _("C’est effacé. Les nombres restent, sans cette personne."))
            return redirect("registrations:list", row.gathering_id)
    others = row.person.registrations.exclude(pk=row.pk).select_related("gathering")
    context = {
        "gathering": row.gathering,
        "registration": row,
        "losses": losses_of(row.person),
        "others": [other.gathering for other in others],
        "refusal": refusal,
    }
    return render(request, "registrations/erasure.html", context, status=422 if refusal else 200)


@require_POST
@needs(Need.ORGANISE)
def restoration(request: HttpRequest, gathering: UUID, registration: UUID) -> HttpResponse:
    row = registration_of(request, gathering, registration)
    restore_registration(registration=row, by=request.user)
    messages.success(request, _("{name} est de nouveau inscrit·e.").format(name=row.person.full_name))
    return redirect("registrations:edit", row.gathering_id, row.pk)


@require_POST
@needs(Need.ORGANISE)
def link(request: HttpRequest, gathering: UUID, registration: UUID) -> HttpResponse:
    row = registration_of(request, gathering, registration)
    renew_link(registration=row, by=request.user)
    messages.success(request, _("Le lien est neuf : l’ancien n’ouvre plus rien."))
    return redirect("registrations:edit", row.gathering_id, row.pk)


@require_safe
@needs(Need.ORGANISE)
def export(request: HttpRequest, gathering: UUID, form: str) -> HttpResponse:
    found = organised_gathering(request, gathering)
    headers, rows = export_rows(found)
    record_export(gathering=found, what=_("les inscriptions"), by=request.user)
    if form == "csv":
        response = HttpResponse(write_csv(headers, rows), content_type="text/csv; charset=utf-8")
    else:
        response = HttpResponse(write_xlsx(headers, rows, _("Inscriptions")), content_type=XLSX)
    response["Content-Disposition"] = f'attachment; filename="inscriptions-{found.slug}.{form}"'
    response["Cache-Control"] = "private, no-store"
    return response

"""The welcome on the day, beside the desk's own page: a badge that is scanned, one person, what people need."""

from uuid import UUID

from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.models import Gathering
from maillage.gatherings.services import record_export
from maillage.lib.needs import Need, needs
from maillage.lib.spreadsheets import write_csv
from maillage.people.access import fetch_in_space
from maillage.people.queries import can_organise, can_run_desk
from maillage.registrations.day_lists import day_lists, list_rows
from maillage.registrations.enums import RegistrationStatus
from maillage.registrations.half_days import half_day_marks, half_days_asked
from maillage.registrations.links import read_badge
from maillage.registrations.models import Registration
from maillage.registrations.opening import hour_words
from maillage.registrations.own import places_of
from maillage.registrations.queries import needs_erased_words
from maillage.registrations.questions import answers_of


def desk_gathering(request: HttpRequest, gathering: UUID) -> Gathering:
    return fetch_gathering(request.user, gathering, can=can_run_desk)


@never_cache
@require_safe
@needs(Need.ANYBODY)
def badge(request: HttpRequest, code: str) -> HttpResponse:
    """What a phone's camera opens. The desk lands on the person; anybody else learns nothing, not even who it is."""
    pk = read_badge(code)
    row = Registration.objects.select_related("gathering__space").filter(pk=pk).first() if pk is not None else None
    if row is not None and can_run_desk(request.user, row.gathering):
        return redirect("registrations:desk-person", row.gathering_id, row.pk)
    return render(request, "registrations/badge.html", {"next": request.path})


@never_cache
@require_safe
@needs(Need.DESK)
def person(request: HttpRequest, gathering: UUID, registration: UUID) -> HttpResponse:
    """One tap opened it, one tap says they are here."""
    found = desk_gathering(request, gathering)
    row = fetch_in_space(
        request.user,
        found.registrations.select_related("person__organisation", "gathering__space"),
        can=can_run_desk,
        space_of=lambda each: each.gathering,
        pk=registration,
    )
    return render(
        request,
        "registrations/desk_person.html",
        {
            "gathering": found,
            "row": row,
            "places": places_of(found, [row]).get(row.pk, []),
            "cancelled": row.status == RegistrationStatus.CANCELLED,
            "marks": half_day_marks(row, half_days_asked(found)),
            "answers": answers_of([row], at_desk=not can_organise(request.user, found.space)).get(row.pk, []),
            "since": hour_words(found, row.presence_at) if row.presence_at else "",
        },
    )


@never_cache
@require_safe
@needs(Need.DESK)
def lists(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = desk_gathering(request, gathering)
    return render(
        request,
        "registrations/day_lists.html",
        {
            "gathering": found,
            "lists": day_lists(found),
            "erased": needs_erased_words(found),
            "may_organise": can_organise(request.user, found.space),
        },
    )


@require_safe
@needs(Need.DESK)
def lists_file(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = desk_gathering(request, gathering)
    headers, rows = list_rows(day_lists(found), with_other=can_organise(request.user, found.space))
    record_export(gathering=found, what=_("les besoins"), by=request.user)
    response = HttpResponse(write_csv(headers, rows), content_type="text/csv; charset=utf-8")
    response["Content-Disposition"] = f'attachment; filename="besoins-{found.slug}.csv"'
    response["Cache-Control"] = "private, no-store"
    return response

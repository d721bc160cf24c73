import uuid
from collections.abc import Callable

from django.contrib.auth.decorators import login_required
from django.http import HttpRequest, HttpResponse
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.models import Gathering
from maillage.people.access import Can
from maillage.people.queries import can_facilitate, can_organise, can_run_desk
from maillage.registrations.links import base_of_request
from maillage.reports import services
from maillage.reports.day_pack import make_day_pack
from maillage.reports.doors import make_door_lists, make_signs
from maillage.reports.half_days import make_half_day_sheets


def _pdf(
    request: HttpRequest, gathering_id: uuid.UUID, can: Can, make: Callable[[Gathering], bytes], name: str
) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id, can=can)
    response = HttpResponse(make(gathering), content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}-{gathering.slug}.pdf"'
    return response


@never_cache
@require_safe
@login_required
def report(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    rehearsal = "repetition" in request.GET

    def make(gathering: Gathering) -> bytes:
        return services.make_report(gathering, rehearsal=rehearsal)

    return _pdf(request, gathering_id, can_organise, make, "repetition" if rehearsal else "compte-rendu")


@never_cache
@require_safe
@login_required
def badges(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    def make(gathering: Gathering) -> bytes:
        return services.make_badges(gathering, base_of_request(request))

    return _pdf(request, gathering_id, can_run_desk, make, "badges")


@never_cache
@require_safe
@login_required
def sign_in_sheets(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    return _pdf(request, gathering_id, can_run_desk, services.make_sign_in_sheets, "emargement")


@never_cache
@require_safe
@login_required
def half_day_sheets(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    return _pdf(request, gathering_id, can_run_desk, make_half_day_sheets, "emargement-demi-journees")


@never_cache
@require_safe
@login_required
def day_pack(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    def make(gathering: Gathering) -> bytes:
        names = can_run_desk(request.user, gathering.space)  # who leads a room reads no list of people
        return make_day_pack(gathering, base_of_request(request), names=names)

    return _pdf(request, gathering_id, can_facilitate, make, "dossier-papier")


@never_cache
@require_safe
@login_required
def signs(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    def make(gathering: Gathering) -> bytes:
        return make_signs(gathering, base_of_request(request))

    return _pdf(request, gathering_id, can_facilitate, make, "affiches")


@never_cache
@require_safe
@login_required
def door_lists(request: HttpRequest, gathering_id: uuid.UUID) -> HttpResponse:
    return _pdf(request, gathering_id, can_run_desk, make_door_lists, "listes-des-portes")

"""« L’annuaire des personnes » on a participant's own page: they see what is shown, change it, take it back at once."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.csrf import csrf_exempt
from django.views.decorators.http import require_http_methods, require_POST

from maillage.lib.needs import Need, needs
from maillage.office.retention import names_months
from maillage.people.access import fetch_in_space
from maillage.people.queries import can_organise
from maillage.registrations.activity import THE_PERSON
from maillage.registrations.forms import ListingForm
from maillage.registrations.listings import agree, listing_of, may_be_listed, take_off, withdraw
from maillage.registrations.models import Listing
from maillage.registrations.own_views import fetch_own, private
from maillage.registrations.services import Refused


@csrf_exempt
@never_cache
@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.LINK)
def own_listing(request: HttpRequest, token: str) -> HttpResponse:
    """A link is opened by mail scanners too: opening shows, sending agrees."""
    registration = fetch_own(token)
    listing = listing_of(registration)
    if listing is None and not may_be_listed(registration):
        return redirect("registrations:own", token)
    given = request.POST if request.method == "POST" else None
    form = ListingForm(given, registration=registration, listing=listing)
    if form.is_valid():
        try:
            agree(registration=registration, shown=form.shown, by=THE_PERSON)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("C’est fait : voici ce que chacun lit désormais."))
            return redirect("registrations:own-listing", token)
    space = registration.gathering.space
    context = {
        "registration": registration,
        "space": space,
        "listing": listing,
        "form": form,
        "token": token,
        "months": names_months(space.pk),
        "directory": reverse("atlas:people", args=[space.slug]),
    }
    status = 422 if form.errors else 200
    return private(render(request, "registrations/own_listing.html", context, status=status))


@csrf_exempt
@require_POST
@needs(Need.LINK)
def own_withdrawal(request: HttpRequest, token: str) -> HttpResponse:
    registration = fetch_own(token)
    if withdraw(registration=registration, by=THE_PERSON):
        messages.success(request, _("C’est retiré : plus personne ne le lit. Rien n’en est gardé."))
    return redirect("registrations:own", token)


@require_POST
@needs(Need.ORGANISE)
def removal(request: HttpRequest, space: str, listing: UUID) -> HttpResponse:
    rows = Listing.objects.select_related("space").filter(space__slug=space)
    row = fetch_in_space(request.user, rows, can=can_organise, space_of=lambda row: row.space, pk=listing)
    take_off(listing=row, by=request.user)
    messages.success(request, _("Cette ligne n’est plus dans l’annuaire. La personne peut s’y remettre."))
    return redirect("atlas:people", space)

"""A participant's own page, opened by the personal link alone: no account, nothing about anybody else."""

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_POST, require_safe

from maillage.registrations.enums import RegistrationStatus
from maillage.registrations.forms import WishesForm
from maillage.registrations.models import Registration
from maillage.registrations.own import find_by_token, parts_of, wishes_closed
from maillage.registrations.queries import registrations_of
from maillage.registrations.services import (
    Refused,
    cancel_registration,
    record_wishes,
    restore_registration,
)


def _own(token: str) -> Registration:
    """404 unless the link is theirs and was not renewed."""
    found = find_by_token(token)
    if found is None:
        raise Http404(_("Ce lien n’est plus valable. Demandez-en un neuf à l’organisation."))
    return registrations_of(found.gathering).select_related("gathering__space").get(pk=found.pk)


def _page(request: HttpRequest, token: str, registration: Registration, form: WishesForm | None) -> HttpResponse:
    gathering = registration.gathering
    closed = wishes_closed(gathering)
    if form is None and not closed:
        form = WishesForm(gathering=gathering, registration=registration)
    response = render(
        request,
        "registrations/own.html",
        {
            "registration": registration,
            "gathering": gathering,
            "token": token,
            "form": form,
            "wishes_closed": closed,
            "cancelled": registration.status == RegistrationStatus.CANCELLED,
            "parts": parts_of(registration) if registration.status == RegistrationStatus.REGISTERED else [],
        },
        status=422 if form is not None and form.errors else 200,
    )
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response


@never_cache
@require_safe
def own(request: HttpRequest, token: str) -> HttpResponse:
    return _page(request, token, _own(token), None)


@require_POST
def wishes(request: HttpRequest, token: str) -> HttpResponse:
    registration = _own(token)
    form = WishesForm(request.POST, gathering=registration.gathering)
    if form.is_valid():
        try:
            record_wishes(registration=registration, ranks=form.cleaned_data["ranks"], by=registration.person)
        except Refused as refusal:
            form.add_error(None, refusal.sentence)
        else:
            messages.success(request, _("Vos vœux sont enregistrés."))
            return redirect("registrations:own", token)
    return _page(request, token, registration, form)


@require_POST
def cancellation(request: HttpRequest, token: str) -> HttpResponse:
    registration = _own(token)
    cancel_registration(registration=registration, by=registration.person)
    messages.success(request, _("Votre inscription est annulée. Merci de l’avoir dit."))
    return redirect("registrations:own", token)


@require_POST
def restoration(request: HttpRequest, token: str) -> HttpResponse:
    registration = _own(token)
    restore_registration(registration=registration, by=registration.person)
    messages.success(request, _("Vous êtes de nouveau inscrit·e."))
    return redirect("registrations:own", token)

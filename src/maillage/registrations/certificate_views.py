"""The organiser's page of the certificates of attendance: what they say, who gets one, the letter."""

from uuid import UUID

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _
from django.utils.translation import ngettext
from django.views.decorators.http import require_http_methods, require_POST, require_safe

from maillage.gatherings.models import Gathering
from maillage.gatherings.queries import programme_of
from maillage.lib.needs import Need, needs
from maillage.registrations.certificates import (
    TermsForm,
    as_initial,
    certificate_letter,
    certified,
    send_certificates,
    set_terms,
    terms_of,
    waiting_for_certificate,
    why_no_certificate,
    why_no_letter,
)
from maillage.registrations.enums import HalfDay
from maillage.registrations.half_days import half_days_asked, half_of, in_order
from maillage.registrations.letters import as_file
from maillage.registrations.links import base_of_request
from maillage.registrations.services import Refused
from maillage.registrations.views import organised_gathering


@require_http_methods(["GET", "HEAD", "POST"])
@needs(Need.ORGANISE)
def certificates(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = organised_gathering(request, gathering)
    terms = terms_of(found)
    area = found.commune or found.epci
    initial = as_initial(terms, _usual_half_days(found), area.name if area else "")
    form = TermsForm(request.POST if request.method == "POST" else None, initial=initial)
    if request.method == "POST" and form.is_valid():
        set_terms(gathering=found, by=request.user, **form.cleaned_data)
        messages.success(request, _("C’est enregistré : les attestations disent cela."))
        return redirect("registrations:certificates", found.pk)
    subject, body = _as_camille(request, found)
    people = certified(found)
    context = {
        "gathering": found,
        "form": form,
        "terms": terms,
        "people": sorted(people, key=lambda row: (row.person.last_name.casefold(), row.person.first_name.casefold())),
        "why_not": why_no_certificate(found),
        "why_no_letter": why_no_letter(found),
        "waiting": waiting_for_certificate(found).count(),
        "by_half_day": bool(half_days_asked(found)),
        "subject": subject,
        "body": body,
    }
    return render(request, "registrations/certificates.html", context, status=422 if form.errors else 200)


def _usual_half_days(gathering: Gathering) -> list[str]:
    """Those the desk marks; else by the hours of the programme; both, when it has none."""
    asked = half_days_asked(gathering)
    found = {half_of(slot.starts_at.hour) for slot in programme_of(gathering) if slot.starts_at is not None}
    return asked or in_order(found) or [HalfDay.MORNING.value, HalfDay.AFTERNOON.value]


@require_POST
@needs(Need.ORGANISE)
def letters(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = organised_gathering(request, gathering)
    try:
        sent = send_certificates(gathering=found, by=request.user)
    except Refused as refusal:
        messages.error(request, refusal.sentence)
    else:
        told = ngettext(
            "Un courriel est parti vers la file d’envoi.", "%(n)s courriels sont partis vers la file d’envoi.", sent
        )
        nobody = _("Personne d’autre ne l’attendait : rien n’est parti.")
        messages.success(request, told % {"n": sent} if sent else nobody)
    return redirect("registrations:certificates", found.pk)


@require_safe
@needs(Need.ORGANISE)
def letter_file(request: HttpRequest, gathering: UUID) -> HttpResponse:
    found = organised_gathering(request, gathering)
    subject, body = _as_camille(request, found)
    response = HttpResponse(as_file(subject, body, to="camille@exemple.invalid"), content_type="message/rfc822")
    response["Content-Disposition"] = f'attachment; filename="attestation-{found.slug}.eml"'
    return response


def _as_camille(request: HttpRequest, gathering: Gathering) -> tuple[str, str]:
    link = f"{base_of_request(request)}/inscription/{_('lien-personnel')}/"
    return certificate_letter(gathering, first_name=_("Camille"), link=link)

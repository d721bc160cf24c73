"""Certificates of attendance: all of them, one, and one's own by the personal link."""

from uuid import UUID

from django.http import Http404, HttpRequest, HttpResponse
from django.utils.translation import gettext as _
from django.views.decorators.cache import never_cache
from django.views.decorators.http import require_safe

from maillage.gatherings.access import fetch_gathering
from maillage.gatherings.models import Gathering
from maillage.lib.needs import Need, needs
from maillage.registrations.certificates import certified, terms_of, why_no_certificate
from maillage.registrations.models import CertificateTerms, Registration
from maillage.registrations.own import find_by_token
from maillage.reports.certificates import make_certificates


@never_cache
@require_safe
@needs(Need.ORGANISE)
def everybody(request: HttpRequest, gathering_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    terms = _terms(gathering)
    return _pdf(make_certificates(gathering, terms, certified(gathering)), f"attestations-{gathering.slug}")


@never_cache
@require_safe
@needs(Need.ORGANISE)
def one(request: HttpRequest, gathering_id: UUID, registration_id: UUID) -> HttpResponse:
    gathering = fetch_gathering(request.user, gathering_id)
    terms = _terms(gathering)
    registration = _present(gathering, registration_id)
    return _pdf(make_certificates(gathering, terms, [registration]), f"attestation-{gathering.slug}")


@never_cache
@require_safe
@needs(Need.LINK)
def own(request: HttpRequest, token: str) -> HttpResponse:
    found = find_by_token(token)
    if found is None:
        raise Http404(_("Ce lien n’est plus valable. Demandez-en un neuf à l’organisation."))
    terms = _terms(found.gathering)
    if not terms.offered:
        raise Http404(_("Cette attestation se demande à l’organisation."))
    registration = _present(found.gathering, found.pk)
    response = _pdf(make_certificates(found.gathering, terms, [registration]), f"attestation-{found.gathering.slug}")
    response["Referrer-Policy"] = "no-referrer"  # the address is the key
    return response


def _terms(gathering: Gathering) -> CertificateTerms:
    terms = terms_of(gathering)
    reason = why_no_certificate(gathering)
    if terms is None or reason:
        raise Http404(reason)
    return terms


def _present(gathering: Gathering, pk: UUID) -> Registration:
    found = certified(gathering).filter(pk=pk).first()
    if found is None:
        raise Http404(_("Cette personne n’est pas pointée présente : il n’y a pas d’attestation à son nom."))
    return found


def _pdf(content: bytes, name: str) -> HttpResponse:
    response = HttpResponse(content, content_type="application/pdf")
    response["Content-Disposition"] = f'inline; filename="{name}.pdf"'
    return response

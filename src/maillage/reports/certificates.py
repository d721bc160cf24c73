"""Certificates of attendance as PDF: a page a person, in the house style of the space. Who may have one, and what it
says, is in registrations/certificates.py."""

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils import timezone

from maillage.gatherings.models import Gathering
from maillage.gatherings.words import date_words, place_words
from maillage.lib.dates import day_words
from maillage.lib.typography import join_words, typo
from maillage.lib.typst import ACCESSIBLE_AND_ARCHIVED, compile_pdf
from maillage.people.style import house_of
from maillage.registrations.certificates import attended, certified, terms_of, why_no_certificate
from maillage.registrations.half_days import half_days_asked
from maillage.registrations.models import CertificateTerms, Registration
from maillage.registrations.own import OwnPart, token_of
from maillage.reports.facts import alphabetical


def make_certificates(gathering: Gathering, terms: CertificateTerms, people: Iterable[Registration]) -> bytes:
    facts = certificate_facts(gathering, terms, people)
    return compile_pdf("reports/typst/certificate.typ", facts, pdf_standards=ACCESSIBLE_AND_ARCHIVED)


def certificate_facts(gathering: Gathering, terms: CertificateTerms, people: Iterable[Registration]) -> dict[str, Any]:
    house = house_of(gathering.space)
    asked = half_days_asked(gathering)
    return {
        "house": house.as_data(),
        "title": typo(gathering.title),
        "subtitle": typo(gathering.subtitle),
        "date": date_words(gathering),
        "place": typo(place_words(gathering)),
        "issuer": typo(house.host or house.name),
        "space": house.name if house.host else "",
        "partners": typo(join_words([typo(partner) for partner in gathering.space.partners])),
        "signed_by": typo(terms.signed_by),
        "signed_as": typo(terms.signed_as),
        "made_at": typo(terms.made_at),
        "made_on": day_words(timezone.localdate()),
        "people": [
            {
                "name": typo(registration.person.full_name),
                "organisation": typo(registration.person.organisation.name) if registration.person.organisation else "",
                **dict(zip(("half_days", "duration"), attended(registration, terms, asked), strict=True)),
            }
            for registration in sorted(people, key=lambda row: alphabetical(row.person))
        ],
    }


def own_part(registration: Registration) -> OwnPart | None:
    """On the page of somebody who was there, once the organiser said what it says, and that it is theirs to take."""
    terms = terms_of(registration.gathering)
    if terms is None or not terms.offered or why_no_certificate(registration.gathering):
        return None
    if not certified(registration.gathering).filter(pk=registration.pk).exists():
        return None
    url = reverse("reports:own-certificate", args=[token_of(registration)])
    return OwnPart("reports/_own_certificate.html", {"url": url}, position=70)

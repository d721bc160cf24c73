"""Certificates of attendance: what they say, who may have one, the letter that gives the link. The PDF is in `reports`.

Only for somebody marked present. The half-days are those the organiser says, the same for all; where the desk marks
presence by half-day, who came to some of them only reads those, and no duration.
"""

from collections.abc import Sequence
from typing import Any

from django import forms
from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _now
from django.utils.translation import gettext_lazy as _

from maillage.gatherings.models import Gathering
from maillage.gatherings.words import date_words, place_words
from maillage.lib.languages import in_french
from maillage.lib.typography import typo
from maillage.office.services import queue_mail, record_activity
from maillage.registrations.enums import HalfDay, Presence, RegistrationStatus
from maillage.registrations.fields import LineField
from maillage.registrations.half_days import half_days_words, seen_at
from maillage.registrations.links import base_of, own_path
from maillage.registrations.models import CertificateLetter, CertificateTerms, Opening, Registration
from maillage.registrations.retention import NAMELESS
from maillage.registrations.services import Refused


def terms_of(gathering: Gathering) -> CertificateTerms | None:
    return CertificateTerms.objects.filter(gathering=gathering).first()


def certified(gathering: Gathering) -> "QuerySet[Registration]":
    """Those who were marked present, and whose name is still known."""
    rows = gathering.registrations.filter(status=RegistrationStatus.REGISTERED, presence=Presence.PRESENT)
    return rows.exclude(person__first_name=NAMELESS).select_related("person__organisation")


def why_no_certificate(gathering: Gathering) -> str:
    """In a sentence; "" when they can be made."""
    if gathering.date is None:
        return _now("La date de la rencontre n’est pas fixée : une attestation en a besoin.")
    if terms_of(gathering) is None:
        return _now("Dites d’abord qui signe, où, et combien de temps la rencontre a duré.")
    if not certified(gathering).exists():
        return _now("Personne n’est pointé présent : une attestation n’est faite que pour qui l’est.")
    return ""


def attended(registration: Registration, terms: CertificateTerms, asked: Sequence[str]) -> tuple[str, str]:
    """Half-days and duration. The duration is that of all the half-days: of who missed one, nobody noted it."""
    seen = seen_at(registration, asked) if asked else []
    if set(terms.half_days) <= set(seen) or not seen:
        return half_days_words(terms.half_days), typo(terms.duration)
    return half_days_words(seen), ""


@transaction.atomic
def set_terms(*, gathering: Gathering, by: object, **facts: Any) -> CertificateTerms:
    terms, _made = CertificateTerms.objects.update_or_create(gathering=gathering, defaults=facts)
    record_activity(
        space=gathering.space.slug, by=str(by), verb="set-certificates", about=str(gathering), about_id=gathering.pk
    )
    return terms


# The letter


def waiting_for_certificate(gathering: Gathering) -> "QuerySet[Registration]":
    rows = certified(gathering).exclude(person__email="")
    return rows.exclude(pk__in=CertificateLetter.objects.values("registration"))


@in_french
def certificate_letter(gathering: Gathering, *, first_name: str, link: str) -> tuple[str, str]:
    body = render_to_string(
        "registrations/letters/certificate.txt",
        {
            "gathering": gathering,
            "opening": Opening.objects.filter(gathering=gathering).first(),
            "first_name": first_name,
            "when": date_words(gathering),
            "where": place_words(gathering),
            "link": link,
        },
    )
    subject = _now("Votre attestation de présence – {title}").format(title=gathering.title)
    return typo(subject, medium="plain"), f"{body.strip()}\n"


def why_no_letter(gathering: Gathering) -> str:
    if reason := why_no_certificate(gathering):
        return reason
    terms = terms_of(gathering)
    if terms is not None and not terms.offered:
        return _now("Cochez d’abord que chaque personne la télécharge sur sa page : le courriel y mène.")
    if not base_of(Opening.objects.filter(gathering=gathering).first()):
        return _now("L’adresse de ce serveur n’est pas connue : ouvrez une fois la page des inscriptions.")
    return ""


def send_certificates(*, gathering: Gathering, by: object) -> int:
    """Puts in the queue the letter of each who was present and has not had it. Asked twice, nobody gets two."""
    if reason := why_no_letter(gathering):
        raise Refused(reason)
    base = base_of(Opening.objects.filter(gathering=gathering).first())
    sent = sum(_send(registration, base) for registration in list(waiting_for_certificate(gathering).order_by("pk")))
    if sent:
        record_activity(
            space=gathering.space.slug,
            by=str(by),
            verb="send-certificates",
            about=str(gathering),
            about_id=gathering.pk,
        )
    return sent


@transaction.atomic
def _send(registration: Registration, base: str) -> bool:
    """The row is the lock: whoever writes it first sends the letter."""
    _row, first = CertificateLetter.objects.get_or_create(registration=registration)
    if first:
        subject, body = certificate_letter(
            registration.gathering, first_name=registration.person.first_name, link=base + own_path(registration)
        )
        queue_mail(to=registration.person.email, subject=subject, body=body, about=registration.gathering_id)
    return first


class TermsForm(forms.Form):
    signed_by = LineField(
        label=_("Qui signe (prénom et nom)"),
        max_length=150,
        error_messages={"required": _("Dites qui signe.")},
    )
    signed_as = LineField(
        label=_("À quel titre"),
        max_length=150,
        help_text=_("« Directrice de l’ORIV »"),
        error_messages={"required": _("Dites à quel titre cette personne signe.")},
    )
    made_at = LineField(
        label=_("Fait à"), max_length=100, error_messages={"required": _("Dites où l’attestation est faite.")}
    )
    duration = LineField(
        label=_("Durée de présence"),
        max_length=60,
        help_text=_("Telle qu’elle sera lue : « 6 heures »."),
        error_messages={"required": _("Dites combien de temps la rencontre a duré.")},
    )
    half_days = forms.MultipleChoiceField(
        label=_("Demi-journées"),
        choices=HalfDay.choices,
        widget=forms.CheckboxSelectMultiple,
        error_messages={"required": _("Cochez au moins une demi-journée.")},
    )
    offered = forms.BooleanField(
        label=_("Chaque personne présente la télécharge sur sa page d’inscription"), required=False
    )


def as_initial(terms: CertificateTerms | None, half_days: list[str], made_at: str) -> dict[str, Any]:
    if terms is None:
        return {"half_days": half_days, "made_at": made_at, "offered": True}
    names = ("signed_by", "signed_as", "made_at", "duration", "half_days", "offered")
    return {name: getattr(terms, name) for name in names}

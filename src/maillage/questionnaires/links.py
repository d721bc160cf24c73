"""The three links: the common one, anybody's; the personal one, which says who is asked; the one that corrects, which
only says what was answered. No link leads to another."""

import base64
import binascii
import hashlib
import re
import secrets
import uuid

from django.conf import settings
from django.core.signing import BadSignature, Signer
from django.urls import reverse

from maillage.questionnaires.models import Questionnaire, Response
from maillage.registrations.models import Registration

_signer = Signer(salt="maillage.questionnaires.personal", sep="~")
_SECRET = re.compile(r"[A-Za-z0-9_-]{32}")


def base_of(questionnaire: Questionnaire) -> str:
    """Where this server is found: as the operator says, else as the organiser reached it. Empty: nobody knows."""
    return settings.PUBLIC_URL or questionnaire.base_url


def common_path(questionnaire: Questionnaire) -> str:
    return reverse("questionnaires:answer", args=[questionnaire.code])


def personal_path(questionnaire: Questionnaire, registration: Registration, name: str = "personal") -> str:
    parts = [base64.urlsafe_b64encode(pk.bytes).decode().rstrip("=") for pk in (questionnaire.pk, registration.pk)]
    token = _signer.sign(".".join([*parts, str(registration.token_version)]))
    return reverse(f"questionnaires:{name}", args=[token])


def find_personal(token: str) -> tuple[Questionnaire, Registration] | None:
    """None unless it is a link of ours, that was not revoked."""
    try:
        first, second, version = _signer.unsign(token).split(".")
        questionnaire_id, registration_id = (
            uuid.UUID(bytes=base64.urlsafe_b64decode(part + "==")) for part in (first, second)
        )
        token_version = int(version)
    except (BadSignature, ValueError, binascii.Error):
        return None
    questionnaire = Questionnaire.objects.select_related("gathering__space").filter(pk=questionnaire_id).first()
    if questionnaire is None:
        return None
    found = Registration.objects.filter(
        pk=registration_id, gathering=questionnaire.gathering_id, token_version=token_version
    )
    registration = found.select_related("person").first()
    return (questionnaire, registration) if registration is not None else None


def new_secret() -> str:
    return secrets.token_urlsafe(24)


def read_secret(text: object) -> str:
    """The secret a page carries, or a new one when it carries none of ours: a sending of its own."""
    return str(text) if isinstance(text, str) and _SECRET.fullmatch(text) else new_secret()


def lookup_of(secret: str) -> str:
    return hashlib.sha256(secret.encode()).hexdigest()


def find_response(secret: str) -> Response | None:
    if _SECRET.fullmatch(secret) is None:
        return None
    rows = Response.objects.select_related("questionnaire__gathering__space")
    return rows.filter(lookup=lookup_of(secret)).first()

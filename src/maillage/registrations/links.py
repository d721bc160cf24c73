"""Addresses that travel: in letters, on badges, under a QR code. Never made of what a visitor's browser says."""

import base64
import binascii
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest
from django.urls import reverse

from maillage.gatherings.models import Gathering
from maillage.registrations.models import Opening, Registration
from maillage.registrations.own import token_of
from maillage.ui.addresses import public_address


def base_of(opening: Opening | None) -> str:
    """Where this server is found: as the operator says, else as the organiser reached it. Empty: nobody knows."""
    return settings.PUBLIC_URL or (opening.base_url if opening is not None else "")


def base_of_request(request: HttpRequest) -> str:
    """For a page shown to a member of the staff."""
    return public_address(request)


def form_path(gathering: Gathering) -> str:
    return reverse("registrations:form", args=[gathering.space.slug, gathering.slug])


def own_path(registration: Registration, name: str = "own") -> str:
    return reverse(f"registrations:{name}", args=[token_of(registration)])


def badge_path(registration_id: UUID) -> str:
    """What the QR code of a badge opens: it says nothing to whoever is not at the desk."""
    code = base64.urlsafe_b64encode(registration_id.bytes).decode().rstrip("=")
    return reverse("registrations:badge", args=[code])


def scanned_badge(text: str) -> UUID | None:
    """Whose badge a scanner has read, from the whole address under the QR code."""
    _before, sign, after = text.strip().partition("/badge/")
    return read_badge(after.strip("/")) if sign else None


def read_badge(code: str) -> UUID | None:
    try:
        return UUID(bytes=base64.urlsafe_b64decode(code + "=="))
    except (ValueError, binascii.Error):
        return None

"""A participant's own page: the personal link, and what later nouns add to the page (their place, their session)."""

import base64
import binascii
import uuid
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

from django.core.signing import BadSignature, Signer

from maillage.gatherings.models import Gathering, Workshop
from maillage.registrations.models import Registration

_signer = Signer(salt="maillage.registrations.own", sep="~")


@dataclass(frozen=True)
class OwnPart:
    """A piece of the page: a template of the noun that gives it, and its context. Least position first."""

    template: str
    context: dict[str, Any] = field(default_factory=dict)
    position: int = 50


Provider = Callable[[Registration], OwnPart | None]
_providers: list[Provider] = []
_closures: list[Callable[[Gathering], bool]] = []


PlacesProvider = Callable[[Gathering, Sequence[Registration]], Mapping[uuid.UUID, list[str]]]
_places: list[PlacesProvider] = []


def register_places(provider: PlacesProvider) -> None:
    """Called from a later noun's AppConfig.ready(): where people are expected, in words, for the welcome desk."""
    if provider not in _places:
        _places.append(provider)


class Expected(str):
    """Where somebody is expected, in words; `colour` is the workshop's, as badges and papers show it, or ""."""

    colour: str = ""


def places_of(gathering: Gathering, registrations: Sequence[Registration]) -> dict[uuid.UUID, list[Expected]]:
    """The words of a place begin with the name of its workshop."""
    workshops = Workshop.objects.filter(slot__gathering=gathering).exclude(colour="") if _places else ()
    colours = {f"{workshop}, ": workshop.colour for workshop in workshops}
    places: dict[uuid.UUID, list[Expected]] = {}
    for provider in _places:
        for registration, words in provider(gathering, registrations).items():
            places.setdefault(registration, []).extend(_coloured(place, colours) for place in words)
    return places


def _coloured(words: str, colours: Mapping[str, str]) -> Expected:
    place = Expected(words)
    named = max((name for name in colours if f"{words}, ".startswith(name)), key=len, default="")
    place.colour = colours.get(named, "")
    return place


def register(provider: Provider) -> None:
    """Called from a later noun's AppConfig.ready(): `provider(registration)` gives a part of the page, or None."""
    if provider not in _providers:
        _providers.append(provider)


def close_wishes_when(closed: Callable[[Gathering], bool]) -> None:
    """Called from a later noun's AppConfig.ready(): wishes are closed as soon as one of these says so."""
    if closed not in _closures:
        _closures.append(closed)


def wishes_closed(gathering: Gathering) -> bool:
    return any(closed(gathering) for closed in _closures)


def parts_of(registration: Registration) -> list[OwnPart]:
    parts = [part for provider in _providers if (part := provider(registration)) is not None]
    return sorted(parts, key=lambda part: part.position)


def token_of(registration: Registration) -> str:
    """Opens this registration's page, and nothing else, until its token_version is raised."""
    return _signer.sign(f"{link_name(registration)}.{registration.token_version}")


def link_name(registration: Registration) -> str:
    """The beginning of each of its links, whatever their number: whose a letter is."""
    return base64.urlsafe_b64encode(registration.pk.bytes).decode().rstrip("=")


def find_by_token(token: str) -> Registration | None:
    try:
        identifier, _dot, version = _signer.unsign(token).partition(".")
        pk = uuid.UUID(bytes=base64.urlsafe_b64decode(identifier + "=="))
        token_version = int(version)
    except (BadSignature, ValueError, binascii.Error):
        return None
    found = Registration.objects.select_related("gathering__space", "person__organisation", "person__commune")
    return found.filter(pk=pk, token_version=token_version).first()

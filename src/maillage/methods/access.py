"""The way in to the pages of a method: fetches and checks."""

from dataclasses import dataclass

from django.http import Http404, HttpRequest

from facilitation import shipped_methods
from maillage.methods.queries import KnownMethod, find_method, own_versions
from maillage.people.access import Can, fetch_in_space
from maillage.people.models import Space
from maillage.people.queries import can_read


def fetch_space(request: HttpRequest, slug: str, *, can: Can = can_read) -> Space:
    """404 unless it is a space of theirs; 403 when their role there does not reach this far."""
    return fetch_in_space(request.user, Space.objects.all(), can=can, space_of=lambda row: row, slug=slug)


def fetch_method(request: HttpRequest, space: str, method: str, *, can: Can = can_read) -> tuple[Space, KnownMethod]:
    row = fetch_space(request, space, can=can)
    known = find_method(row, method)
    if known is None:
        raise Http404
    return row, known


@dataclass(frozen=True, slots=True)
class MethodText:
    """A method's file as it is kept, whether this release can read it or not."""

    id: str
    title: str
    source: str
    checksum: str  # of the space's own version; "" for the shipped one


def fetch_text(request: HttpRequest, space: str, method: str, *, can: Can = can_read) -> tuple[Space, MethodText]:
    row = fetch_space(request, space, can=can)
    version = own_versions(row, method).first()
    if version is not None:
        return row, MethodText(method, version.title, version.source, version.checksum)
    shipped = shipped_methods().get(method)
    if shipped is None:
        raise Http404
    return row, MethodText(method, shipped.title, shipped.source, "")

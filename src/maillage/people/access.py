"""One way in for every page of a space: it fetches and checks, so no view can forget the second half."""

from collections.abc import Callable
from typing import TypeVar

from django.core.exceptions import PermissionDenied
from django.db.models import Model, QuerySet
from django.http import Http404
from django.utils.translation import gettext as _

from maillage.people.models import Space
from maillage.people.queries import Visitor, Where, can_read

M = TypeVar("M", bound=Model)
Can = Callable[[Visitor, Where], bool]


def fetch_in_space(
    user: Visitor, rows: QuerySet[M], *, can: Can, space_of: Callable[[M], Where], **lookup: object
) -> M:
    """The row, or 404 when it does not exist or belongs to a space the user has no role in.

    `space_of` may give a gathering: a role held for that one only counts then.

    Somebody of the space whose role does not reach this far gets 403 and a sentence: they know the thing exists.
    """
    row = rows.filter(**lookup).first()
    if row is None:
        raise Http404
    space = space_of(row)
    if can(user, space):
        return row
    if can_read(user, space):
        raise PermissionDenied(_("Votre rôle dans cet espace ne permet pas d’ouvrir cette page."))
    raise Http404


def fetch_atlas(user: Visitor, slug: str) -> Space:
    """The space whose atlas this is: open to anybody when it says so, else to those who have a role in it. Or 404."""
    space = Space.objects.filter(slug=slug).select_related("region").first()
    if space is None or not (space.atlas_public or can_read(user, space)):
        raise Http404
    return space

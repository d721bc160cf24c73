"""Where a gathering is at home."""

import uuid

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering, Workshop
from maillage.trips.enums import Direction
from maillage.trips.models import Trip, installation_id


def last_trip(gathering: Gathering, *directions: str) -> Trip | None:
    rows = Trip.objects.filter(gathering=gathering)
    return (rows.filter(direction__in=directions) if directions else rows).first()


def origin_of(gathering: Gathering) -> uuid.UUID:
    """The server where the gathering was born: this one unless it came by a trip from elsewhere."""
    arrived = last_trip(gathering, Direction.IN)
    return arrived.origin if arrived is not None else installation_id()


def born_here(gathering: Gathering) -> bool:
    return origin_of(gathering) == installation_id()


def hold(workshops: "QuerySet[Workshop]") -> str:
    """A gathering that is away is not removed at home: it would not be known again when it returns.

    A guest's copy may go as soon as it has been carried back.
    """
    away = Gathering.objects.filter(slots__workshops__in=workshops, away_since__isnull=False).distinct()
    names = [str(gathering) for gathering in away if born_here(gathering)]
    if not names:
        return ""
    return _(
        "{names} : cette rencontre est emportée sur un autre serveur. Attendez son retour, ou reprenez-la ici."
    ).format(names=", ".join(names))

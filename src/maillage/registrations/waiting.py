"""The waiting list of a gathering: who waits enters in order, as soon as a place frees.

Every change of who holds a place takes the lock of the gathering's opening first, then reads the rows anew. So two
people who cancel at the same moment free two places for two people, and nobody is promoted twice:

1. the first transaction holds the lock, frees its place, promotes the first who waits, commits;
2. the second, which waited for the lock, counts again and promotes the next.
"""

import datetime as dt

from django.db import transaction
from django.db.models import Max, QuerySet
from django.utils import timezone

from maillage.gatherings.models import Gathering
from maillage.registrations.activity import log_registration
from maillage.registrations.enums import RegistrationStatus
from maillage.registrations.letters import Letter, queue_letter
from maillage.registrations.models import Opening, Registration
from maillage.registrations.opening import is_past, places_left
from maillage.registrations.signals import tell_entered

BY_ITSELF = "la liste d’attente"


def lock_opening(gathering: Gathering) -> Opening | None:
    """None: nobody opened registrations here, so there is neither limit nor waiting list. Inside a transaction."""
    rows = Opening.objects.select_for_update(of=("self",)).select_related("gathering__space")
    return rows.filter(gathering=gathering).first()


def waiting_of(gathering: Gathering) -> QuerySet[Registration]:
    """Who waits, the first to enter first."""
    rows = gathering.registrations.filter(status=RegistrationStatus.WAITING)
    return rows.select_related("person__organisation", "gathering__space").order_by("waiting_rank", "pk")


def place_in_line(registration: Registration) -> int | None:
    """1: the next to enter. None for somebody who does not wait."""
    if registration.status != RegistrationStatus.WAITING:
        return None
    return list(waiting_of(registration.gathering).values_list("pk", flat=True)).index(registration.pk) + 1


def join_line(registration: Registration) -> None:
    """Last of the line. The caller holds the lock, and saves."""
    last = registration.gathering.registrations.aggregate(last=Max("waiting_rank"))["last"] or 0
    registration.status, registration.waiting_rank = RegistrationStatus.WAITING, last + 1


def leave_line(registration: Registration, status: RegistrationStatus) -> None:
    """The caller holds the lock, and saves STATUS_FIELDS."""
    if registration.status == RegistrationStatus.WAITING and status == RegistrationStatus.REGISTERED:
        registration.promoted_at = timezone.now()
    registration.status, registration.waiting_rank = status, None


STATUS_FIELDS = ("status", "waiting_rank", "promoted_at")


def settle(opening: Opening | None, *, by: object = BY_ITSELF, now: dt.datetime | None = None) -> list[Registration]:
    """Gives the free places to those who wait, in order, and tells them. The caller holds the lock."""
    if opening is None or is_past(opening.gathering, now or timezone.now()):
        return []
    left = places_left(opening)
    waiting = waiting_of(opening.gathering)
    promoted = list(waiting if left is None else waiting[:left])
    for registration in promoted:
        _promote(registration, by)
    return promoted


@transaction.atomic
def settle_gathering(*, gathering: Gathering, by: object) -> list[Registration]:
    """After the number of places changed."""
    return settle(lock_opening(gathering), by=by)


@transaction.atomic
def promote(*, registration: Registration, by: object) -> bool:
    """The organiser's word: this person enters now, whatever their rank and the places. False: not waiting."""
    lock_opening(registration.gathering)
    fresh = Registration.objects.select_related("gathering__space", "person").get(pk=registration.pk)
    if fresh.status != RegistrationStatus.WAITING:
        return False
    _promote(fresh, by)
    return True


@transaction.atomic
def move_in_line(*, registration: Registration, up: bool, by: object) -> None:
    """Changes ranks with the neighbour; at either end nothing moves."""
    lock_opening(registration.gathering)
    line = list(waiting_of(registration.gathering))
    places = [row.pk for row in line]
    if registration.pk not in places:
        return
    place = places.index(registration.pk)
    other = place + (-1 if up else 1)
    if not 0 <= other < len(line):
        return
    line[place], line[other] = line[other], line[place]
    for rank, row in enumerate(line, start=1):
        row.waiting_rank = rank
    Registration.objects.bulk_update(line, ["waiting_rank"])
    log_registration(registration, by, "move-in-waiting-list")


def _promote(registration: Registration, by: object) -> None:
    leave_line(registration, RegistrationStatus.REGISTERED)
    registration.save(update_fields=STATUS_FIELDS)
    log_registration(registration, by, "promote")
    queue_letter(Letter.PROMOTED, registration)
    tell_entered(registration, by)

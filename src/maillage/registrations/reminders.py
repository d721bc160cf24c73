"""Seven and two days before, a letter to those who come: once each, with their link and the way to say no.

Only for gatherings whose organiser asked for it, only to those who registered before that day and gave an address. A
server that was off catches up; a day that moves is announced again.
"""

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Q

from maillage.gatherings.models import Gathering
from maillage.registrations.enums import RegistrationStatus
from maillage.registrations.letters import Letter, queue_letter
from maillage.registrations.models import Opening, Registration, Reminder
from maillage.registrations.opening import today_at

DAYS = (7, 2)  # before the day
FROM_HOUR = 8  # where the gathering is: nobody is woken


def dates_of(gathering: Gathering) -> list[dt.date]:
    return [gathering.date - dt.timedelta(days=days) for days in DAYS] if gathering.date is not None else []


def queue_reminders(*, now: dt.datetime) -> int:
    """Puts what is due in the queue; returns how many letters. Repeating it, or two processes at once, adds nothing."""
    horizon = now.date() + dt.timedelta(days=max(DAYS) + 1)
    openings = Opening.objects.select_related("gathering__space", "gathering__commune", "gathering__epci")
    soon = openings.filter(reminders=True, gathering__date__range=(now.date(), horizon))
    return sum(_remind(opening.gathering, now) for opening in soon)


def _remind(gathering: Gathering, now: dt.datetime) -> int:
    days = due(gathering, now)
    if days is None or gathering.date is None:
        return 0
    zone = ZoneInfo(gathering.timezone)
    first_day = dt.datetime.combine(gathering.date - dt.timedelta(days=days), dt.time(), zone)
    rows = gathering.registrations.filter(status=RegistrationStatus.REGISTERED).exclude(person__email="")
    # Who entered since has just read a letter.
    rows = rows.exclude(Q(registered_at__gte=first_day) | Q(promoted_at__gte=first_day))
    sent = Reminder.objects.filter(registration__gathering=gathering, days=days, date=gathering.date)
    waiting = rows.exclude(pk__in=sent.values("registration")).order_by("pk")
    return sum(_queue(pk, days, gathering.date) for pk in list(waiting.values_list("pk", flat=True)))


def due(gathering: Gathering, now: dt.datetime) -> int | None:
    """7, 2 or None: the reminder of this moment. On the day itself it would come too late."""
    if gathering.date is None or now.astimezone(ZoneInfo(gathering.timezone)).hour < FROM_HOUR:
        return None
    left = (gathering.date - today_at(gathering, now)).days
    return next((days for days in sorted(DAYS) if 1 <= left <= days), None)


@transaction.atomic
def _queue(pk: UUID, days: int, date: dt.date) -> bool:
    """The row of the reminder is the lock: whoever writes it first sends the letter."""
    registration = Registration.objects.select_related("gathering__space", "person").get(pk=pk)
    _row, is_first = Reminder.objects.get_or_create(registration=registration, days=days, date=date)
    return is_first and queue_letter(Letter.REMINDER, registration) is not None

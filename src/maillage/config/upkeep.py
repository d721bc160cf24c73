"""What a server does by itself, once when it starts and then every hour: erase what is due; each minute, send letters.

Each duty is safe to repeat and safe beside another process that does the same.
"""

import asyncio
import datetime as dt
from collections.abc import Callable
from zoneinfo import ZoneInfo

from django.db import connection, connections
from django.utils import timezone

from maillage.gatherings.models import Gathering
from maillage.live.faults import report
from maillage.live.services import erase_due
from maillage.memory.action_letters import queue_action_reminders
from maillage.memory.actions import forget_owners
from maillage.memory.following_up import forget_follow_ups, queue_follow_ups
from maillage.memory.services import catch_up_releases
from maillage.office.services import close_lost_jobs, send_due_mail
from maillage.registrations.imports import drop_old_imports
from maillage.registrations.models import Registration
from maillage.registrations.queries import WITH_NEEDS
from maillage.registrations.reminders import queue_reminders
from maillage.registrations.services import erase_needs

EVERY = 3600  # seconds
LETTERS_EVERY = 60  # seconds: somebody waits for the letter that confirms
KEEP_LATE_NEEDS = dt.timedelta(days=1)  # said once the day is over: typed late, or a past day that is rehearsed
KEEP_IMPORTS = dt.timedelta(days=7)  # a file that waits for an answer holds names: a week, then it is sent again
BY = "la durée de conservation"


def erase_past_needs(*, now: dt.datetime) -> int:
    """Needs serve the day; the day after, nobody keeps them. Those said once the day is over serve one day more."""
    erased = 0
    with_needs = Registration.objects.filter(WITH_NEEDS).values("gathering")  # one person's is enough
    for gathering in Gathering.objects.filter(date__lt=now.date(), pk__in=with_needs):
        if gathering.date is None:
            continue
        over = dt.datetime.combine(gathering.date + dt.timedelta(days=1), dt.time(), ZoneInfo(gathering.timezone))
        if now >= over:
            erased += erase_needs(gathering=gathering, by=BY, said_before=max(over, now - KEEP_LATE_NEEDS))
    return erased


def keep_house(*, now: dt.datetime) -> None:
    for duty in (
        lambda: catch_up_releases(),
        lambda: erase_due(now=now),
        lambda: erase_past_needs(now=now),
        lambda: drop_old_imports(before=now - KEEP_IMPORTS),
        lambda: queue_reminders(now=now),
        lambda: queue_action_reminders(now=now),
        lambda: queue_follow_ups(now=now),
        lambda: forget_owners(now=now),
        lambda: forget_follow_ups(now=now),
        lambda: send_due_mail(),
        lambda: close_lost_jobs(),
        lambda: shrink_journal(),
    ):
        try:
            duty()
        except Exception as error:  # an edge: what one duty meets must not keep the others; the next hour tries again
            report("a duty waits for the next hour", error)


def shrink_journal() -> None:
    """SQLite's journal keeps what was erased until it is written over: it is emptied instead."""
    if connection.vendor == "sqlite" and not connection.in_atomic_block:
        with connection.cursor() as cursor:
            cursor.execute("PRAGMA wal_checkpoint(TRUNCATE)")  # somebody reading meanwhile: the next hour does it


def close_stopped_work(*, began: dt.datetime) -> None:
    """SQLite has one server: work that was on when it starts stopped with the one before, and whoever waits is told."""
    if connection.vendor != "sqlite":
        return  # perhaps another process's, that goes on: it is closed when it has lasted too long
    try:
        close_lost_jobs(older_than=timezone.now() - began)
    except Exception as error:  # an edge, as above
        report("lost work waits for the next hour", error)


async def run_upkeep() -> None:
    """Until cancelled. It works in a thread, so a long letter delays nobody's screen."""
    began = timezone.now()
    await asyncio.to_thread(_in_thread, lambda: close_stopped_work(began=began))
    while True:
        await asyncio.to_thread(_in_thread, lambda: keep_house(now=timezone.now()))
        for _minute in range(EVERY // LETTERS_EVERY - 1):
            await asyncio.sleep(LETTERS_EVERY)
            await asyncio.to_thread(_in_thread, send_letters)
        await asyncio.sleep(LETTERS_EVERY)


def send_letters() -> None:
    try:
        send_due_mail()
    except Exception as error:  # an edge, as above: the next minute tries again
        report("letters wait for the next minute", error)


def _in_thread(duty: Callable[[], None]) -> None:
    try:
        duty()
    finally:
        connections.close_all()

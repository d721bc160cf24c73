"""What a server does by itself, once when it starts and then every hour: erase what is due; each minute, send letters.

Each duty is safe to repeat and safe beside another process that does the same.
"""

import asyncio
import datetime as dt
from collections.abc import Callable

from django.db import connection, connections
from django.utils import timezone

from maillage.config.copying.kept import forget_old_copies
from maillage.live.faults import report
from maillage.memory.action_letters import queue_action_reminders
from maillage.memory.actions import forget_owners
from maillage.memory.following_up import forget_follow_ups, queue_follow_ups
from maillage.memory.services import catch_up_releases
from maillage.office.retention import erase_again, erase_all_due
from maillage.office.services import close_lost_jobs, send_due_mail
from maillage.questionnaires.letters import queue_due_letters
from maillage.registrations.reminders import queue_reminders

EVERY = 3600  # seconds
LETTERS_EVERY = 60  # seconds: somebody waits for the letter that confirms


def erase_before_serving() -> None:
    """First of all, and before anybody reads: what is due, and what an older backup that was put back brought again."""
    try:
        erase_again(on_fault=report)
        erase_all_due(now=timezone.now(), on_fault=report)
    finally:
        connections.close_all()


def keep_house(*, now: dt.datetime) -> None:
    for duty in (
        lambda: catch_up_releases(),
        lambda: erase_all_due(now=now, on_fault=report),
        lambda: queue_reminders(now=now),
        lambda: queue_action_reminders(now=now),
        lambda: queue_follow_ups(now=now),
        lambda: queue_due_letters(now=now),
        lambda: forget_owners(now=now),
        lambda: forget_follow_ups(now=now),
        lambda: forget_old_copies(now=now),
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

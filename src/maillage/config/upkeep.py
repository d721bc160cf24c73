"""What a server does by itself, once when it starts and then every hour: erase what is due, send what waits.

Each duty is safe to repeat and safe beside another process that does the same.
"""

import asyncio
import datetime as dt
import logging
from zoneinfo import ZoneInfo

from django.db import DatabaseError, connections
from django.utils import timezone

from maillage.gatherings.models import Gathering
from maillage.live.services import erase_due
from maillage.memory.services import catch_up_releases
from maillage.office.services import close_lost_jobs, send_due_mail
from maillage.registrations.services import erase_needs

logger = logging.getLogger(__name__)

EVERY = 3600  # seconds
BY = "la durée de conservation"


def erase_past_needs(*, now: dt.datetime) -> int:
    """Needs serve the day; the day after, nobody keeps them."""
    erased = 0
    with_needs = Gathering.objects.filter(date__isnull=False).exclude(registrations__needs="").distinct()
    for gathering in with_needs.filter(date__lt=now.date()):
        today = now.astimezone(ZoneInfo(gathering.timezone)).date()
        if gathering.date is not None and today > gathering.date:
            erased += erase_needs(gathering=gathering, by=BY)
    return erased


def keep_house(*, now: dt.datetime) -> None:
    for duty in (
        lambda: catch_up_releases(),
        lambda: erase_due(now=now),
        lambda: erase_past_needs(now=now),
        lambda: send_due_mail(),
        lambda: close_lost_jobs(),
    ):
        try:
            duty()
        except DatabaseError as error:
            logger.error("an upkeep waits for the next hour: %s", type(error).__name__)


async def run_upkeep() -> None:
    """Until cancelled. It works in a thread, so a long letter delays nobody's screen."""
    while True:
        await asyncio.to_thread(_keep_house_in_thread)
        await asyncio.sleep(EVERY)


def _keep_house_in_thread() -> None:
    try:
        keep_house(now=timezone.now())
    finally:
        connections.close_all()

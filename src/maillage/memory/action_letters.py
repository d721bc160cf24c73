"""The letters to whoever bears an action: one asks for their agreement; reminders for those who ticked the box."""

import datetime as dt
from enum import Enum
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.gatherings.words import date_words
from maillage.lib.languages import in_french
from maillage.lib.typography import typo
from maillage.memory.actions import FINISHED, lock_action, owner_token
from maillage.memory.links import address_of
from maillage.memory.models import Action, ActionReminder
from maillage.office.enums import MailStatus
from maillage.office.models import Mail
from maillage.office.services import queue_mail

DAYS = (7, -1)  # before the date; the day after
LATEST = 14  # days after the date: a reminder later than that would only surprise
FROM_HOUR = 8  # where the gathering was: nobody is woken


class ActionLetter(Enum):
    ASKED = "action_asked"
    SOON = "action_soon"
    PAST = "action_past"

    @property
    def subject(self) -> str:
        return {
            ActionLetter.ASKED: _("Est-ce bien vous ?"),
            ActionLetter.SOON: _("Dans une semaine"),
            ActionLetter.PAST: _("Où en est-on ?"),
        }[self]


@in_french
def words_of(letter: ActionLetter, action: Action) -> tuple[str, str]:
    """Subject and body. The action's own words are in the body, where nobody reads them over a shoulder in a list."""
    body = render_to_string(
        f"memory/letters/{letter.value}.txt",
        {
            "action": action,
            "gathering": action.gathering,
            "when": date_words(action.gathering),
            "link": address_of(action.gathering, action.base_url)
            + reverse("memory:own-action", args=[owner_token(action)]),
        },
    )
    return typo(f"{letter.subject} – {action.gathering.title}", medium="plain"), body.strip() + "\n"


def queue_action_letter(letter: ActionLetter, action: Action) -> Mail | None:
    """None where there is nobody to write to, or no address of ours to send them to."""
    if not action.email or not address_of(action.gathering, action.base_url):
        return None
    subject, body = words_of(letter, action)
    return queue_mail(to=action.email, subject=subject, body=body, about=action.pk)


@transaction.atomic
def ask_agreement(action: Action) -> bool:
    """One letter an address: asked twice, by two clicks or two people, nobody gets two. False: none left."""
    locked = lock_action(action)
    sent = Mail.objects.filter(about=locked.pk, to=locked.email, body__contains=owner_token(locked))
    if locked.removed_at is not None or sent.exclude(status=MailStatus.FAILED).exists():
        return False
    return queue_action_letter(ActionLetter.ASKED, locked) is not None


def queue_action_reminders(*, now: dt.datetime) -> int:
    """Puts what is due in the queue; returns how many letters. Repeating it, or two processes at once, adds nothing."""
    horizon = now.date() + dt.timedelta(days=max(DAYS) + 1)
    rows = Action.objects.filter(
        gathering__away_since=None,
        reminders=True,
        due__range=(now.date() - dt.timedelta(days=LATEST + 1), horizon),
        agreed_at__isnull=False,
    ).exclude(state__in=FINISHED)
    return sum(_remind(action.pk, now) for action in rows)


def due_reminder(action: Action, now: dt.datetime) -> int | None:
    """7, -1 or None: the reminder of this moment."""
    local = now.astimezone(ZoneInfo(action.gathering.timezone))
    if action.due is None or local.hour < FROM_HOUR:
        return None
    left = (action.due - local.date()).days
    if 1 <= left <= 7:
        return 7
    return -1 if -LATEST <= left <= -1 else None


@transaction.atomic
def _remind(pk: UUID, now: dt.datetime) -> bool:
    """The row of the reminder is the lock: whoever writes it first sends the letter."""
    wanted = Action.objects.filter(pk=pk, reminders=True, agreed_at__isnull=False).exclude(state__in=FINISHED)
    action = wanted.select_for_update(of=("self",)).select_related("gathering__space").first()
    days = due_reminder(action, now) if action is not None else None
    if action is None or days is None or action.due is None:
        return False  # it changed since the list was read
    _row, is_first = ActionReminder.objects.get_or_create(action=action, days=days, due=action.due)
    letter = ActionLetter.SOON if days > 0 else ActionLetter.PAST
    return is_first and queue_action_letter(letter, action) is not None

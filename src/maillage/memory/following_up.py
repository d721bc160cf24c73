"""« Où en êtes-vous ? »: the porteur leaves an address and a date on their sheet's page; the letter's link takes an
answer without an account; the answer is sealed for the sheet's link, and shared only in the words they tick.

What the server knows: that somebody who brought a subject to this gathering left this address. Neither the room nor
the sheet. The address goes with the answer.
"""

import base64
import binascii
import datetime as dt
import uuid
from dataclasses import dataclass
from uuid import UUID
from zoneinfo import ZoneInfo

from django.core.signing import BadSignature, Signer
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering
from maillage.gatherings.words import date_words
from maillage.lib.languages import in_french
from maillage.lib.typography import typo
from maillage.live.keys import BadSeal
from maillage.memory.boxes import drop, open_box, public_key_of
from maillage.memory.enums import FollowUpState
from maillage.memory.links import address_of
from maillage.memory.models import FollowUp
from maillage.memory.sheets import box_secret, follow_up_lookup
from maillage.office.services import drop_mail, queue_mail

_signer = Signer(salt="maillage.memory.follow-up", sep="~")

LONGEST_ANSWER = 400  # characters
FROM_HOUR = 8  # where the gathering was
FORGET_AFTER = dt.timedelta(days=60)  # an address that was written to and did not answer


@dataclass(frozen=True)
class Answer:
    """What the porteur reads again on their sheet."""

    state: str
    text: str
    day: str  # as ISO says it

    @property
    def words(self) -> str:
        return str(FollowUpState(self.state).label)


def follow_up_of(token: str) -> FollowUp | None:
    """`token`: of the sheet's own link."""
    return FollowUp.objects.filter(lookup=follow_up_lookup(token)).select_related("gathering").first()


@transaction.atomic
def ask_for_follow_up(*, token: str, gathering: Gathering, email: str, due: dt.date, base_url: str) -> FollowUp:
    """One a sheet: asked again, it replaces the one before, whose letter may have left; the answer given stays."""
    asked = {"email": email, "due": due, "base_url": base_url[:200]}
    known, is_first = FollowUp.objects.select_for_update().get_or_create(  # two at once: the second finds the first's
        lookup=follow_up_lookup(token),
        defaults={"gathering": gathering, "public_key": public_key_of(box_secret(token)), **asked},
    )
    if is_first:
        return known
    drop_mail(about=known.pk)
    known.email, known.due, known.base_url, known.sent_at = email, due, base_url[:200], None
    known.save(update_fields=["email", "due", "base_url", "sent_at"])
    return known


@transaction.atomic
def give_up_follow_up(*, follow_up: FollowUp) -> None:
    """No letter any more, and the address is gone. An answer that was given stays its author's."""
    drop_mail(about=follow_up.pk)
    locked = FollowUp.objects.select_for_update().filter(pk=follow_up.pk).first()  # an answer may have come meanwhile
    if locked is None:
        return
    if locked.answered_at is None:
        locked.delete()
        return
    locked.email = ""
    locked.save(update_fields=["email"])


@transaction.atomic
def answer_follow_up(*, follow_up: FollowUp, state: str, text: str, share: bool) -> FollowUp:
    """Sealed for its author alone; in clear only what they share. Answering again replaces."""
    locked = FollowUp.objects.select_for_update().get(pk=follow_up.pk)
    now = timezone.now()
    words = {"state": FollowUpState(state).value, "text": text, "day": timezone.localdate(now).isoformat()}
    locked.sealed = drop(bytes(locked.public_key), words, context=locked.lookup)
    locked.answered_at, locked.email = now, ""
    locked.shared_state, locked.shared_text = (FollowUpState(state).value, text) if share else ("", "")
    locked.save(update_fields=["sealed", "answered_at", "email", "shared_state", "shared_text"])
    drop_mail(about=locked.pk)
    return locked


def stop_sharing(*, follow_up: FollowUp) -> None:
    FollowUp.objects.filter(pk=follow_up.pk).update(shared_state="", shared_text="")


def read_answer(token: str, follow_up: FollowUp) -> Answer | None:
    """Only with the sheet's own link."""
    if follow_up.sealed is None:
        return None
    try:
        words = open_box(box_secret(token), bytes(follow_up.sealed), context=follow_up.lookup)
    except BadSeal:
        return None
    return Answer(words["state"], words["text"], words["day"])


def answer_token(follow_up: FollowUp) -> str:
    """Of the letter's link: it takes an answer and shows none."""
    return _signer.sign(base64.urlsafe_b64encode(follow_up.pk.bytes).decode().rstrip("="))


def find_by_answer_token(token: str) -> FollowUp | None:
    try:
        pk = uuid.UUID(bytes=base64.urlsafe_b64decode(_signer.unsign(token) + "=="))
    except (BadSignature, ValueError, binascii.Error):
        return None
    return FollowUp.objects.filter(pk=pk).select_related("gathering__space").first()


@in_french
def letter_of(follow_up: FollowUp) -> tuple[str, str]:
    body = render_to_string(
        "memory/letters/where_are_you.txt",
        {
            "gathering": follow_up.gathering,
            "when": date_words(follow_up.gathering),
            "link": address_of(follow_up.gathering, follow_up.base_url)
            + reverse("memory:follow-up-answer", args=[answer_token(follow_up)]),
        },
    )
    return typo(f"{_('Où en êtes-vous ?')} – {follow_up.gathering.title}", medium="plain"), body.strip() + "\n"


def queue_follow_ups(*, now: dt.datetime) -> int:
    """On the day that was chosen, one letter; repeating it, or two processes at once, adds nothing."""
    soon = now.date() + dt.timedelta(days=1)
    rows = FollowUp.objects.filter(gathering__away_since=None, sent_at=None, due__lte=soon).exclude(email="")
    return sum(_queue(pk, now) for pk in list(rows.values_list("pk", flat=True)))


@transaction.atomic
def _queue(pk: UUID, now: dt.datetime) -> bool:
    """The row stays locked: whoever writes `sent_at` first sends the letter."""
    rows = FollowUp.objects.select_for_update(of=("self",)).select_related("gathering__space")
    follow_up = rows.filter(pk=pk, sent_at=None).exclude(email="").first()
    if follow_up is None:
        return False
    local = now.astimezone(ZoneInfo(follow_up.gathering.timezone))
    if local.date() < follow_up.due or local.hour < FROM_HOUR:
        return False
    subject, body = letter_of(follow_up)
    queue_mail(to=follow_up.email, subject=subject, body=body, about=follow_up.pk)
    follow_up.sent_at = now
    follow_up.save(update_fields=["sent_at"])
    return True


def forget_follow_ups(*, now: dt.datetime) -> int:
    """Addresses that were written to and did not answer: the row goes, the link of the letter says so."""
    old = FollowUp.objects.filter(sent_at__lte=now - FORGET_AFTER, answered_at=None)
    ids = list(old.values_list("pk", flat=True))
    for pk in ids:
        drop_mail(about=pk)
    FollowUp.objects.filter(pk__in=ids).delete()
    return len(ids)

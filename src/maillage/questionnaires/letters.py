"""The letter that asks, and its one reminder. Each carries the way to refuse, which holds for all that follow.

To those registered, with an address, who were not said absent, and who never refused. The reminder goes to whoever has
not answered by their own link: that is all the server knows of them.
"""

import datetime as dt
from uuid import UUID
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from maillage.gatherings.words import date_words
from maillage.lib.languages import in_french
from maillage.lib.typography import typo
from maillage.office.enums import MailStatus
from maillage.office.models import Mail
from maillage.office.services import queue_mail
from maillage.questionnaires.enums import Moment
from maillage.questionnaires.links import base_of, personal_path
from maillage.questionnaires.models import Invitation, Questionnaire
from maillage.questionnaires.opening import door_of
from maillage.questionnaires.services import QuestionnaireRefused, log
from maillage.registrations.enums import Presence, RegistrationStatus
from maillage.registrations.models import Opening, Registration
from maillage.registrations.opening import moment_words

FROM_HOUR = 8  # where the gathering is: nobody is woken
BY = "les dates du questionnaire"


def recipients(questionnaire: Questionnaire) -> QuerySet[Registration]:
    """Whom one may write to. A refusal is a person's, and holds for every questionnaire of the space."""
    rows = questionnaire.gathering.registrations.filter(status=RegistrationStatus.REGISTERED)
    rows = rows.exclude(person__email="")
    if questionnaire.moment != Moment.BEFORE:
        rows = rows.exclude(presence=Presence.ABSENT)
    refusals = Invitation.objects.filter(refused=True).values("registration__person")
    return rows.exclude(person__in=refusals)


def waiting_for_letter(questionnaire: Questionnaire) -> QuerySet[Registration]:
    done = Invitation.objects.filter(questionnaire=questionnaire).exclude(sent_at=None, answered=False)
    return recipients(questionnaire).exclude(pk__in=done.values("registration"))


def waiting_for_reminder(questionnaire: Questionnaire) -> QuerySet[Registration]:
    silent = Invitation.objects.filter(
        questionnaire=questionnaire, sent_at__isnull=False, reminded_at=None, answered=False, refused=False
    )
    return recipients(questionnaire).filter(pk__in=silent.values("registration"))


@in_french
def letter_of(
    questionnaire: Questionnaire, *, first_name: str, link: str, refusal_link: str, reminder: bool
) -> tuple[str, str]:
    """Subject and body."""
    gathering = questionnaire.gathering
    closes = questionnaire.closes_at
    body = render_to_string(
        "questionnaires/letters/asked.txt",
        {
            "questionnaire": questionnaire,
            "gathering": gathering,
            "opening": Opening.objects.filter(gathering=gathering).first(),
            "first_name": first_name,
            "when": date_words(gathering),
            "until": moment_words(gathering, closes) if closes else "",
            "reminder": reminder,
            "link": link,
            "refusal_link": refusal_link,
        },
    )
    words = _("Rappel : votre avis – {title}") if reminder else _("Votre avis – {title}")
    return typo(words.format(title=gathering.title), medium="plain"), f"{body.strip()}\n"


def why_not(questionnaire: Questionnaire, now: dt.datetime) -> str:
    """What stands in the way of sending, in a sentence; "" when nothing does."""
    door = door_of(questionnaire, now)
    if not door.enters:
        return _("{sentence} Ouvrez-le avant d’écrire : le lien ne mènerait à rien.").format(sentence=door.sentence)
    if not base_of(questionnaire):
        return _("L’adresse de ce serveur n’est pas connue : enregistrez une fois les réglages, puis revenez.")
    return ""


def send_letters(*, questionnaire: Questionnaire, reminder: bool, by: object, now: dt.datetime) -> int:
    """Puts in the queue the letter of each who has not had it. Asked twice, nobody gets two."""
    if sentence := why_not(questionnaire, now):
        raise QuestionnaireRefused(sentence)
    waiting = waiting_for_reminder(questionnaire) if reminder else waiting_for_letter(questionnaire)
    ids = list(waiting.order_by("pk").values_list("pk", flat=True))
    sent = sum(_send(questionnaire, pk, reminder=reminder, now=now) for pk in ids)
    if sent:
        log(questionnaire, by, "send-reminders" if reminder else "send-letters", str(sent))
    return sent


@transaction.atomic
def _send(questionnaire: Questionnaire, pk: UUID, *, reminder: bool, now: dt.datetime) -> bool:
    """The row is the lock: whoever marks it first sends the letter; who answered or refused meanwhile gets none."""
    Invitation.objects.get_or_create(questionnaire=questionnaire, registration_id=pk)
    rows = Invitation.objects.filter(questionnaire=questionnaire, registration=pk, answered=False, refused=False)
    rows = rows.filter(reminded_at=None, sent_at__isnull=False) if reminder else rows.filter(sent_at=None)
    if not rows.update(**{"reminded_at" if reminder else "sent_at": now}):
        return False
    registration = Registration.objects.select_related("person").get(pk=pk)
    base = base_of(questionnaire)
    subject, body = letter_of(
        questionnaire,
        first_name=registration.person.first_name,
        link=base + personal_path(questionnaire, registration),
        refusal_link=base + personal_path(questionnaire, registration, "refusal"),
        reminder=reminder,
    )
    queue_mail(to=registration.person.email, subject=subject, body=body, about=questionnaire.pk)
    return True


@transaction.atomic
def refuse_letters(*, questionnaire: Questionnaire, registration: Registration) -> None:
    """No letter about a questionnaire any more, nor those that wait to leave. What was answered stays: nobody knows
    which answers these are."""
    Invitation.objects.update_or_create(
        questionnaire=questionnaire, registration=registration, defaults={"refused": True}
    )
    addresses = Registration.objects.filter(pk=registration.pk).values("person__email")
    about = Questionnaire.objects.filter(gathering__space=questionnaire.gathering.space).values("pk")
    Mail.objects.filter(about__in=about, to__in=addresses, status=MailStatus.QUEUED).delete()


def queue_due_letters(*, now: dt.datetime) -> int:
    """Those whose day has come, at a decent hour. A server that was off catches up."""
    rows = Questionnaire.objects.select_related("gathering__space").filter(is_open=True)
    number = 0
    for questionnaire in rows.exclude(letter_on=None, remind_on=None):
        for day, reminder in ((questionnaire.letter_on, False), (questionnaire.remind_on, True)):
            if day is not None and is_due(questionnaire, day, now) and not why_not(questionnaire, now):
                number += send_letters(questionnaire=questionnaire, reminder=reminder, by=BY, now=now)
    return number


def is_due(questionnaire: Questionnaire, day: dt.date, now: dt.datetime) -> bool:
    local = now.astimezone(ZoneInfo(questionnaire.gathering.timezone))
    return local.date() > day or (local.date() == day and local.hour >= FROM_HOUR)

"""One letter to those who asked for it: what the gathering kept, as its public page says it. No picture, no trace."""

import datetime as dt

from django.db import transaction
from django.db.models import QuerySet
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering
from maillage.gatherings.words import date_words
from maillage.lib.languages import in_french
from maillage.lib.typography import typo
from maillage.memory.models import Publication
from maillage.memory.queries import kept_by_workshop
from maillage.office.services import queue_mail, record_activity
from maillage.registrations.enums import Presence, RegistrationStatus
from maillage.registrations.links import base_of, own_path
from maillage.registrations.models import Opening, Registration


class CannotSend(Exception):
    """`sentence` says why, to the organiser."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


def who_asked(gathering: Gathering) -> QuerySet[Registration]:
    """Those who ticked the box, gave an address, and were not said absent."""
    rows = gathering.registrations.filter(wants_takeaways=True, status=RegistrationStatus.REGISTERED)
    return rows.exclude(person__email="").exclude(presence=Presence.ABSENT)


@in_french
def letter_of(gathering: Gathering, *, first_name: str, own_link: str, base: str) -> tuple[str, str]:
    """Subject and body: what is published, workshop by workshop."""
    kept = [group for group in kept_by_workshop(gathering, public=True) if group.takeaways]
    page = reverse("gatherings:public", args=[gathering.space.slug, gathering.slug]) if gathering.public else ""
    body = render_to_string(
        "memory/letters/kept.txt",
        {
            "gathering": gathering,
            "opening": Opening.objects.filter(gathering=gathering).first(),
            "first_name": first_name,
            "when": date_words(gathering),
            "kept": kept,
            "page": base + page if page and base else "",
            "link": own_link,
        },
    )
    return typo(
        _("Ce que nous avons retenu – {title}").format(title=gathering.title), medium="plain"
    ), f"{body.strip()}\n"


def why_not(gathering: Gathering) -> str:
    """What stands in the way of sending, in a sentence; "" when nothing does."""
    if not Publication.objects.filter(gathering=gathering).exists():
        return _("Publiez d’abord ce qui est gardé : le courriel reprend ce que tout le monde peut lire.")
    if not any(group.takeaways for group in kept_by_workshop(gathering, public=True)):
        return _("Rien n’est encore gardé : le courriel serait vide.")
    if not base_of(Opening.objects.filter(gathering=gathering).first()):
        return _("L’adresse de ce serveur n’est pas connue : ouvrez une fois la page des inscriptions, puis revenez.")
    return ""


def send_takeaways(*, gathering: Gathering, by: str, now: dt.datetime) -> int:
    """Puts in the queue the letter of each person who asked and has not had it. Asked twice, nobody gets two."""
    if sentence := why_not(gathering):
        raise CannotSend(sentence)
    waiting = who_asked(gathering).filter(takeaways_sent_at__isnull=True).order_by("pk")
    sent = sum(_send(registration, now) for registration in waiting.select_related("person"))
    if sent:
        record_activity(
            space=gathering.space.slug,
            by=by,
            verb="a envoyé ce qui a été retenu",
            about=str(gathering),
            about_id=gathering.pk,
        )
    return sent


@transaction.atomic
def _send(registration: Registration, now: dt.datetime) -> bool:
    """The mark is the lock: whoever writes it first sends the letter."""
    row = Registration.objects.filter(pk=registration.pk, takeaways_sent_at__isnull=True)
    if not row.update(takeaways_sent_at=now):
        return False
    gathering = registration.gathering
    base = base_of(Opening.objects.filter(gathering=gathering).first())
    subject, body = letter_of(
        gathering, first_name=registration.person.first_name, own_link=base + own_path(registration), base=base
    )
    queue_mail(to=registration.person.email, subject=subject, body=body, about=gathering.pk)
    return True

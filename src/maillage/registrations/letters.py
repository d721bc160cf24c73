"""The letters people get about their registration: plain text, their own link, and who to write to."""

from email.message import EmailMessage as Message
from enum import Enum

from django.conf import settings
from django.template.loader import render_to_string
from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering
from maillage.gatherings.words import date_words, place_words
from maillage.lib.languages import in_french
from maillage.lib.typography import typo
from maillage.office.models import Mail
from maillage.office.services import queue_mail
from maillage.registrations.links import base_of, own_path
from maillage.registrations.models import Opening, Registration


class Letter(Enum):
    CONFIRMED = "confirmed"
    WAITING = "waiting"
    ALREADY = "already"
    PROMOTED = "promoted"
    MOVED = "moved"
    CANCELLED = "cancelled"
    REMINDER = "reminder"

    @property
    def subject(self) -> str:
        return {
            Letter.CONFIRMED: _("Votre inscription"),
            Letter.WAITING: _("Vous êtes sur la liste d’attente"),
            Letter.ALREADY: _("Votre inscription existe déjà"),
            Letter.PROMOTED: _("Une place s’est libérée : vous êtes inscrit·e"),
            Letter.MOVED: _("Vous avez une place dans l’atelier demandé"),
            Letter.CANCELLED: _("Votre inscription est annulée"),
            Letter.REMINDER: _("Rappel"),
        }[self]


def queue_letter(letter: Letter, registration: Registration) -> Mail | None:
    """None when there is nobody to write to, or no address to send them to: their page says the same."""
    opening = Opening.objects.filter(gathering=registration.gathering_id).first()
    base = base_of(opening)
    if not registration.person.email or not base:
        return None
    subject, body = words_of(
        letter,
        gathering=registration.gathering,
        opening=opening,
        first_name=registration.person.first_name,
        status=registration.status,
        link=base + own_path(registration),
        cancel_link=base + own_path(registration, "own-cancellation"),
    )
    return queue_mail(to=registration.person.email, subject=subject, body=body, about=registration.gathering_id)


@in_french
def words_of(
    letter: Letter,
    *,
    gathering: Gathering,
    opening: Opening | None,
    first_name: str,
    status: str,
    link: str,
    cancel_link: str,
) -> tuple[str, str]:
    body = render_to_string(
        f"registrations/letters/{letter.value}.txt",
        {
            "gathering": gathering,
            "opening": opening,
            "first_name": first_name,
            "status": status,
            "when": date_words(gathering),
            "where": place_words(gathering),
            "link": link,
            "cancel_link": cancel_link,
        },
    )
    return typo(f"{letter.subject} – {gathering.title}", medium="plain"), body.strip() + "\n"


def as_file(subject: str, body: str, *, to: str) -> bytes:
    """The letter as a mail program opens it (.eml)."""
    message = Message()
    message["From"], message["To"], message["Subject"] = settings.DEFAULT_FROM_EMAIL, to, " ".join(subject.split())
    message.set_content(body)
    return message.as_bytes()

"""One's own registration, by the public form. Nobody is known yet: what is answered must teach nothing about others."""

import datetime as dt
import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass, field, replace
from uuid import UUID

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering
from maillage.lib.matching import fold
from maillage.office.models import Mail
from maillage.people.enums import ActorCategory
from maillage.people.models import Person
from maillage.registrations.activity import log_registration
from maillage.registrations.enums import RegistrationStatus, Source
from maillage.registrations.letters import Letter, queue_letter
from maillage.registrations.models import Registration
from maillage.registrations.opening import Door, entrance
from maillage.registrations.own import wishes_closed
from maillage.registrations.questions import write_answers
from maillage.registrations.services import (
    NEEDS_FIELDS,
    Logistics,
    PersonDetails,
    Refused,
    fill_person,
    write_wishes,
)
from maillage.registrations.waiting import join_line, lock_opening

BY = "le formulaire d’inscription"
LETTERS_TO_ONE = 3  # an hour: the form must not fill somebody else's letter box
LETTERS_DURING = dt.timedelta(hours=1)


class DoorClosed(Refused):
    """Registrations closed, or filled up, while this one was being written."""


class LinkClosed(Refused):
    """Renewed, or its owner erased."""

    def __init__(self) -> None:
        super().__init__(_("Ce lien n’est plus valable. Demandez-en un neuf à l’organisation."))


@dataclass(frozen=True)
class Answers:
    details: PersonDetails
    logistics: Logistics = field(default_factory=Logistics)
    needs: str = ""
    volunteer_porteur: bool = False
    porteur_subject: str = ""
    newsletter: bool = False
    remember_encounters: bool = False
    wants_takeaways: bool = False
    ranks: Mapping[str, Sequence[str]] = field(default_factory=dict)
    own: Mapping[UUID, Sequence[str]] = field(default_factory=dict)  # to the organiser's own questions


@dataclass(frozen=True)
class SignedUp:
    """`registration` is only for whoever may see it: None when the answer goes by mail, known address or not."""

    registration: Registration | None
    waiting: bool


@transaction.atomic
def sign_up(*, gathering: Gathering, answers: Answers, key: str, now: dt.datetime | None = None) -> SignedUp:
    """Registers somebody, or puts them on the waiting list. The same sending twice (two clicks) is one registration.

    An address that has already served changes nothing here: its owner, and nobody else, learns it by mail. What this
    returns then is what it would have returned for a new address.
    """
    opening = lock_opening(gathering)
    if opening is None:
        raise DoorClosed(_("Les inscriptions ne sont pas ouvertes."))
    details = answers.details
    form_key = _fingerprint(key, details)
    again = gathering.registrations.select_related("gathering__space", "person").filter(form_key=form_key).first()
    if again is not None:
        return _answer(again, waiting=again.status == RegistrationStatus.WAITING)
    door = entrance(opening, now or timezone.now())
    if not door.enters:
        raise DoorClosed(door.sentence)
    waiting = door.door is Door.WAITING
    known = _by_address(gathering, details.email)
    if known is not None:
        if _may_write_to(details.email, now or timezone.now()):
            queue_letter(Letter.ALREADY, known)
        return SignedUp(None, waiting)
    registration = Registration(
        gathering=gathering,
        person=_person(gathering, details),
        source=Source.FORM,
        form_key=form_key,
        registered_at=now or timezone.now(),
    )
    if waiting:
        join_line(registration)
    _fill(registration, answers)
    registration.save()
    write_wishes(registration, answers.ranks)
    write_answers(registration, answers.own)
    log_registration(registration, BY, "sign-up")
    queue_letter(Letter.WAITING if waiting else Letter.CONFIRMED, registration)
    return _answer(registration, waiting=waiting)


@transaction.atomic
def change_answers(*, registration: Registration, answers: Answers, by: object) -> None:
    """The person's own change. The address stays: another one would have to be proven. Wishes stay once they close.

    The person is read again, under lock: erased while the page was open, they stay erased. Raises LinkClosed.
    """
    person = Person.objects.select_for_update().filter(pk=registration.person_id).first()
    as_opened = Registration.objects.filter(pk=registration.pk, token_version=registration.token_version)
    if person is None or not as_opened.exists():
        raise LinkClosed
    fill_person(person, replace(answers.details, email=person.email))
    registration.person = person
    _fill(registration, answers)
    columns = [*NEEDS_FIELDS, "volunteer_porteur", "porteur_subject", "newsletter"]
    registration.save(update_fields=[*columns, "remember_encounters", "wants_takeaways"])
    write_answers(registration, answers.own)
    if not wishes_closed(registration.gathering):
        write_wishes(registration, answers.ranks)
    log_registration(registration, by, "change-answers")


def _fill(registration: Registration, answers: Answers) -> None:
    registration.say_needs(needs=answers.needs, **asdict(answers.logistics))
    registration.volunteer_porteur = answers.volunteer_porteur
    registration.porteur_subject = answers.porteur_subject
    registration.newsletter = answers.newsletter
    registration.remember_encounters = answers.remember_encounters
    registration.wants_takeaways = answers.wants_takeaways


def _answer(registration: Registration, *, waiting: bool) -> SignedUp:
    """Without an address there is no mail to go by: the page is shown to whoever wrote, who knows all it says."""
    return SignedUp(None if registration.person.email else registration, waiting)


def _fingerprint(key: str, details: PersonDetails) -> str:
    """A page sent again after « Précédent » with another name is another person."""
    who = fold(f"{details.first_name} {details.last_name}"), details.email.lower()
    return hashlib.sha256("\n".join((key, *who)).encode()).hexdigest()


def _by_address(gathering: Gathering, email: str) -> Registration | None:
    if not email:
        return None
    rows = gathering.registrations.select_related("person", "gathering__space")
    return rows.filter(person__email__iexact=email).order_by("pk").first()


def _person(gathering: Gathering, details: PersonDetails) -> Person:
    """Somebody of an earlier gathering, same name and same address, keeps one row; what they leave empty stays.

    So does what names them and where they are called: whoever knows the two may have typed it. Their link changes it.
    """
    name = fold(f"{details.first_name} {details.last_name}")
    known = Person.objects.filter(space=gathering.space, email__iexact=details.email) if details.email else ()
    person = next((each for each in known if fold(each.full_name) == name), None)
    if person is None:
        person = Person(space=gathering.space)
    else:
        kept = {
            "first_name": person.first_name,
            "last_name": person.last_name,
            "phone": person.phone or details.phone,
            "category": details.category if details.category != ActorCategory.UNSAID else person.category,
            "organisation": details.organisation or (person.organisation.name if person.organisation else ""),
        }
        if not (details.commune or details.commune_text):
            kept |= {"commune": person.commune_id or "", "commune_text": person.commune_text}
        details = replace(details, **kept)
    fill_person(person, details)
    return person


def _may_write_to(email: str, now: dt.datetime) -> bool:
    return Mail.objects.filter(to__iexact=email, created_at__gt=now - LETTERS_DURING).count() < LETTERS_TO_ONE

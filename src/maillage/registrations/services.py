"""Writes about one registration. `by` is who did it, as the activity log names them."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import asdict, dataclass
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from maillage.gatherings.models import Gathering, Workshop
from maillage.lib.matching import fold
from maillage.office.enums import MailStatus
from maillage.office.models import Mail
from maillage.office.services import forget_sentences, record_activity
from maillage.people.enums import ActorCategory
from maillage.people.models import Person
from maillage.people.presence import forget_remembered
from maillage.people.services import find_or_make_organisation
from maillage.registrations.activity import log_registration
from maillage.registrations.enums import Meal, Presence, RegistrationStatus
from maillage.registrations.half_days import half_day_at, half_days_asked, in_order, seen_at
from maillage.registrations.letters import Letter, queue_letter
from maillage.registrations.models import Registration, Wish
from maillage.registrations.opening import places_left
from maillage.registrations.own import link_name, wishes_closed
from maillage.registrations.queries import ERASED, WITH_NEEDS
from maillage.registrations.questions import write_answers
from maillage.registrations.signals import needs_erased, tell_arrived, tell_left
from maillage.registrations.waiting import STATUS_FIELDS, join_line, leave_line, lock_opening, settle, waiting_of

NEEDS_FIELDS = ["needs", "needs_at", "meal", "children", "interpreter"]


class Refused(Exception):
    """A refusal a user can cause; `sentence` is for them."""

    def __init__(self, sentence: str) -> None:
        super().__init__(sentence)
        self.sentence = sentence


class WishesClosed(Refused):
    def __init__(self, gathering: Gathering) -> None:
        self.gathering = gathering
        super().__init__(_("La répartition est publiée : les vœux ne changent plus. Parlez-en à l’accueil."))


class AlreadyRegistered(Refused):
    def __init__(self, registration: Registration) -> None:
        self.registration = registration
        super().__init__(_("{name} est déjà inscrit·e.").format(name=registration.person.full_name))


class BadWish(Refused):
    pass


class ErasedPerson(Refused):
    """What was typed on a page that was opened before would bring the name back."""

    def __init__(self) -> None:
        super().__init__(
            _("Cette personne est effacée : rien ne s’écrit plus d’elle. Si elle revient, inscrivez-la de nouveau.")
        )


class NoPlaceLeft(Refused):
    def __init__(self, gathering: Gathering) -> None:
        self.gathering = gathering
        super().__init__(_("Il n’y a plus de place : votre inscription reste annulée."))


@dataclass(frozen=True)
class PersonDetails:
    first_name: str
    last_name: str = ""
    email: str = ""
    phone: str = ""
    category: str = ActorCategory.UNSAID
    organisation: str = ""
    commune: str = ""  # INSEE code
    commune_text: str = ""


@dataclass(frozen=True)
class Logistics:
    """What the day must prepare for somebody; erased after it, like needs."""

    meal: str = Meal.UNSAID
    children: int = 0
    interpreter: str = ""


@transaction.atomic
def add_registration(
    *,
    gathering: Gathering,
    details: PersonDetails,
    by: object,
    needs: str = "",
    logistics: Logistics = Logistics(),
    volunteer_porteur: bool = False,
    porteur_subject: str = "",
    newsletter: bool = False,
    ranks: Mapping[str, Sequence[str]] | None = None,
    own: Mapping[UUID, Sequence[str]] | None = None,
    walk_in: bool = False,
    homonym: bool = False,
) -> Registration:
    """One more person. A walk-in is at the desk: present at once. `homonym`: another person of the same name."""
    name = fold(f"{details.first_name} {details.last_name}")
    for other in gathering.registrations.select_related("person"):
        if not homonym and fold(other.person.full_name) == name:
            raise AlreadyRegistered(other)
    person = Person(space=gathering.space)
    fill_person(person, details)
    registration = Registration.objects.create(
        gathering=gathering,
        person=person,
        needs=needs,
        meal=logistics.meal,
        children=logistics.children,
        interpreter=logistics.interpreter,
        volunteer_porteur=volunteer_porteur,
        porteur_subject=porteur_subject,
        newsletter=newsletter,
        walk_in=walk_in,
        presence=Presence.PRESENT if walk_in else Presence.EXPECTED,
        presence_at=timezone.now() if walk_in else None,
        half_days=half_day_at(gathering, half_days_asked(gathering), timezone.now()) if walk_in else [],
        registered_at=timezone.now(),
    )
    write_wishes(registration, ranks or {})
    if own:
        write_answers(registration, own)
    log_registration(registration, by, "walk-in" if walk_in else "register")
    if walk_in:
        tell_arrived(registration, by)
    return registration


@transaction.atomic
def edit_registration(
    *,
    registration: Registration,
    details: PersonDetails,
    by: object,
    needs: str,
    volunteer_porteur: bool,
    porteur_subject: str,
    newsletter: bool,
    ranks: Mapping[str, Sequence[str]],
    logistics: Logistics | None = None,
    own: Mapping[UUID, Sequence[str]] | None = None,
) -> bool:
    """The organiser's edit: wishes may change even when a plan is published, the plan does not follow by itself.

    The person is read again, under lock: erased while the page was open, they stay erased. Raises ErasedPerson.
    True: their address was another, so their links are new.
    """
    from maillage.registrations.retention import NAMELESS  # which reads this module

    registration.person = Person.objects.select_for_update().get(pk=registration.person_id)
    if registration.person.first_name == NAMELESS:
        raise ErasedPerson
    moved = follow_address(registration, details.email)
    fill_person(registration.person, details)
    registration.say_needs(needs=needs, **(asdict(logistics) if logistics is not None else {}))
    registration.volunteer_porteur = volunteer_porteur
    registration.porteur_subject = porteur_subject
    registration.newsletter = newsletter
    registration.save(update_fields=[*NEEDS_FIELDS, "volunteer_porteur", "porteur_subject", "newsletter"])
    write_wishes(registration, ranks)
    if own:
        write_answers(registration, own)
    log_registration(registration, by, "edit-registration")
    return moved


def follow_address(registration: Registration, email: str) -> bool:
    """Before it is written. True: it is another than the one their links were sent to, which are closed."""
    before = registration.person.email
    moved = bool(before) and before.casefold() != email.casefold()
    if moved:
        _close_links(registration.person)
        registration.refresh_from_db(fields=["token_version"])
    return moved


def new_links_words(number: int) -> str:
    """Of people whose address is another. Empty when there is none."""
    if not number:
        return ""
    return ngettext(
        "Une adresse a changé : le lien personnel de cette personne est neuf, donnez-le-lui.",
        "{n} adresses ont changé : les liens personnels de ces personnes sont neufs, donnez-les-leur.",
        number,
    ).format(n=number)


def _close_links(person: Person) -> None:
    """Whoever reads the mail of an address that was not theirs, or is no more, has read their links; the letters that
    wait to leave for it stay here."""
    rows = list(Registration.objects.filter(person=person))
    Registration.objects.filter(person=person).update(token_version=F("token_version") + 1)
    waiting = Mail.objects.filter(to__iexact=person.email, status=MailStatus.QUEUED)
    for row in rows:
        waiting.filter(about=row.gathering_id, body__contains=link_name(row)).delete()


@transaction.atomic
def record_wishes(*, registration: Registration, ranks: Mapping[str, Sequence[str]], by: object) -> None:
    """The participant's own change."""
    if wishes_closed(registration.gathering):
        raise WishesClosed(registration.gathering)
    write_wishes(registration, ranks)
    log_registration(registration, by, "wishes")


@transaction.atomic
def cancel_registration(*, registration: Registration, by: object, tell: bool = False) -> bool:
    """Frees a place: the first who waits enters. `tell`: write it to the person. False: it was cancelled already."""
    opening = lock_opening(registration.gathering)
    registration.refresh_from_db(fields=STATUS_FIELDS)
    if registration.status == RegistrationStatus.CANCELLED:
        return False
    leave_line(registration, RegistrationStatus.CANCELLED)
    registration.save(update_fields=STATUS_FIELDS)
    log_registration(registration, by, "cancel-registration")
    if tell:
        queue_letter(Letter.CANCELLED, registration)
    tell_left(registration, by)
    settle(opening)
    return True


@transaction.atomic
def restore_registration(*, registration: Registration, by: object, within_capacity: bool = False) -> None:
    """The organiser's word is enough; the person's own (`within_capacity`) waits its turn when it is full."""
    opening = lock_opening(registration.gathering)
    registration.refresh_from_db(fields=STATUS_FIELDS)
    if registration.status != RegistrationStatus.CANCELLED:
        return
    full = opening is not None and (places_left(opening) == 0 or waiting_of(registration.gathering).exists())
    if within_capacity and opening is not None and full:
        if not opening.waiting_list:
            raise NoPlaceLeft(registration.gathering)
        join_line(registration)
    else:
        leave_line(registration, RegistrationStatus.REGISTERED)
    registration.save(update_fields=STATUS_FIELDS)
    log_registration(registration, by, "restore-registration")


@transaction.atomic
def mark_presence(
    *,
    registration: Registration,
    presence: str,
    by: object,
    self_arrived: bool = False,
    half_days: Sequence[str] = (),
) -> None:
    """Present, absent, or expected again: an undo is a mark like the others. Who waited and came has a place.

    With `half_days`, these are added to those the person was seen at, or taken out of them: two desks that mark one
    each lose nothing. Somebody seen at one of them is present, whatever is taken out.
    """
    asked = half_days_asked(registration.gathering)
    if presence not in Presence.values or not set(half_days) <= set(asked):
        raise ValueError(f"unknown presence {presence!r} {half_days!r}")
    if presence == Presence.PRESENT or half_days:
        lock_opening(registration.gathering)
        registration.refresh_from_db(fields=[*STATUS_FIELDS, "presence", "presence_at", "half_days"])
    if presence == Presence.PRESENT and registration.status == RegistrationStatus.WAITING:
        leave_line(registration, RegistrationStatus.REGISTERED)
        registration.save(update_fields=STATUS_FIELDS)
    before = seen_at(registration, asked) if half_days else []
    seen = {*before, *half_days} if presence == Presence.PRESENT else set(before) - set(half_days)
    registration.half_days = in_order(seen)
    registration.presence = Presence.PRESENT if seen else presence
    if not (before and seen):  # who is seen again at another half-day arrived when they first did
        registration.presence_at = None if presence == Presence.EXPECTED else timezone.now()
        registration.self_arrived = self_arrived and presence == Presence.PRESENT
    registration.save(update_fields=["presence", "presence_at", "self_arrived", "half_days"])
    log_registration(registration, by, f"presence-{presence}")
    if presence == Presence.PRESENT:
        tell_arrived(registration, by)


@transaction.atomic
def renew_link(*, registration: Registration, by: object) -> None:
    """The personal link is lost or was shared: the old one opens nothing any more."""
    registration.token_version += 1
    registration.save(update_fields=["token_version"])
    log_registration(registration, by, "renew-link")


@transaction.atomic
def erase_needs(*, gathering: Gathering, by: object, said_before: dt.datetime | None = None) -> int:
    """After the day nobody needs to know who needed what. Nothing to erase leaves no line in the activity log."""
    rows = gathering.registrations.filter(WITH_NEEDS)
    imports = gathering.imports.exclude(record={})  # what one wrote over says needs too
    if said_before is not None:
        rows, imports = rows.filter(needs_at__lt=said_before), imports.filter(created_at__lt=said_before)
    number = rows.update(needs="", meal=Meal.UNSAID, children=0, interpreter="")
    imports.update(record={})
    if number:
        forget_sentences([gathering.pk])
        forget_remembered()
        needs_erased.send(Gathering, gathering=gathering)
        record_activity(
            space=gathering.space.slug, by=str(by), verb=ERASED, about=str(gathering), about_id=gathering.pk
        )
    return number


def fill_person(person: Person, details: PersonDetails) -> None:
    person.first_name = details.first_name
    person.last_name = details.last_name
    person.email = details.email
    person.phone = details.phone
    person.category = details.category or ActorCategory.UNSAID
    person.organisation = (
        find_or_make_organisation(space=person.space, name=details.organisation) if details.organisation else None
    )
    person.commune_id = details.commune or None
    person.commune_text = details.commune_text
    person.save()


def write_wishes(registration: Registration, ranks: Mapping[str, Sequence[str]]) -> None:
    offered = {
        str(workshop.pk): str(workshop.slot_id)
        for workshop in Workshop.objects.filter(slot__gathering=registration.gathering_id)
    }
    wishes = []
    for slot, ranked in ranks.items():
        if len(set(ranked)) != len(ranked):
            raise BadWish(_("Le même atelier est choisi deux fois."))
        for rank, workshop in enumerate(ranked, start=1):
            if offered.get(workshop) != slot:
                raise BadWish(_("Cet atelier n’est pas proposé sur ce créneau."))
            wishes.append(Wish(registration=registration, slot_id=slot, workshop_id=workshop, rank=rank))
    registration.wishes.filter(slot__in=list(ranks)).delete()
    Wish.objects.bulk_create(wishes)

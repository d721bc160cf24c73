"""Writes about one registration. `by` is who did it, as the activity log names them."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering, Workshop
from maillage.lib.matching import fold
from maillage.office.services import record_activity
from maillage.people.enums import ActorCategory
from maillage.people.models import Person
from maillage.people.services import find_or_make_organisation
from maillage.registrations.enums import Presence, RegistrationStatus
from maillage.registrations.models import Registration, Wish
from maillage.registrations.own import wishes_closed


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


@transaction.atomic
def add_registration(
    *,
    gathering: Gathering,
    details: PersonDetails,
    by: object,
    needs: str = "",
    volunteer_porteur: bool = False,
    porteur_subject: str = "",
    newsletter: bool = False,
    ranks: Mapping[str, Sequence[str]] | None = None,
    walk_in: bool = False,
    homonym: bool = False,
) -> Registration:
    """One more person. A walk-in is at the desk: present at once. `homonym`: another person of the same name."""
    name = fold(f"{details.first_name} {details.last_name}")
    for other in gathering.registrations.select_related("person"):
        if not homonym and fold(other.person.full_name) == name:
            raise AlreadyRegistered(other)
    person = Person(space=gathering.space)
    _fill(person, details)
    registration = Registration.objects.create(
        gathering=gathering,
        person=person,
        needs=needs,
        volunteer_porteur=volunteer_porteur,
        porteur_subject=porteur_subject,
        newsletter=newsletter,
        walk_in=walk_in,
        presence=Presence.PRESENT if walk_in else Presence.EXPECTED,
        presence_at=timezone.now() if walk_in else None,
        registered_at=timezone.now(),
    )
    _write_wishes(registration, ranks or {})
    _log(registration, by, "walk-in" if walk_in else "register")
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
) -> None:
    """The organiser's edit: wishes may change even when a plan is published, the plan does not follow by itself."""
    _fill(registration.person, details)
    registration.needs = needs
    registration.volunteer_porteur = volunteer_porteur
    registration.porteur_subject = porteur_subject
    registration.newsletter = newsletter
    registration.save(update_fields=["needs", "volunteer_porteur", "porteur_subject", "newsletter"])
    _write_wishes(registration, ranks)
    _log(registration, by, "edit-registration")


@transaction.atomic
def record_wishes(*, registration: Registration, ranks: Mapping[str, Sequence[str]], by: object) -> None:
    """The participant's own change."""
    if wishes_closed(registration.gathering):
        raise WishesClosed(registration.gathering)
    _write_wishes(registration, ranks)
    _log(registration, by, "wishes")


@transaction.atomic
def cancel_registration(*, registration: Registration, by: object) -> None:
    registration.status = RegistrationStatus.CANCELLED
    registration.save(update_fields=["status"])
    _log(registration, by, "cancel-registration")


@transaction.atomic
def restore_registration(*, registration: Registration, by: object) -> None:
    registration.status = RegistrationStatus.REGISTERED
    registration.save(update_fields=["status"])
    _log(registration, by, "restore-registration")


@transaction.atomic
def mark_presence(*, registration: Registration, presence: str, by: object) -> None:
    """Present, absent, or expected again: an undo is a mark like the others."""
    if presence not in Presence.values:
        raise ValueError(f"unknown presence {presence!r}")
    registration.presence = presence
    registration.presence_at = None if presence == Presence.EXPECTED else timezone.now()
    registration.save(update_fields=["presence", "presence_at"])
    _log(registration, by, f"presence-{presence}")


@transaction.atomic
def renew_link(*, registration: Registration, by: object) -> None:
    """The personal link is lost or was shared: the old one opens nothing any more."""
    registration.token_version += 1
    registration.save(update_fields=["token_version"])
    _log(registration, by, "renew-link")


@transaction.atomic
def erase_needs(*, gathering: Gathering, by: object) -> int:
    """After the day nobody needs to know who needed what."""
    number = gathering.registrations.exclude(needs="").update(needs="")
    record_activity(
        space=gathering.space.slug, by=str(by), verb="erase-needs", about=str(gathering), about_id=gathering.pk
    )
    return number


def _fill(person: Person, details: PersonDetails) -> None:
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


def _write_wishes(registration: Registration, ranks: Mapping[str, Sequence[str]]) -> None:
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
                raise BadWish(_("Cet atelier n’est pas proposé à ce moment."))
            wishes.append(Wish(registration=registration, slot_id=slot, workshop_id=workshop, rank=rank))
    registration.wishes.filter(slot__in=list(ranks)).delete()
    Wish.objects.bulk_create(wishes)


def _log(registration: Registration, by: object, verb: str) -> None:
    """Who did what to which registration: no name and no need in the log, the identifier is enough."""
    record_activity(
        space=registration.gathering.space.slug,
        by=str(by),
        verb=verb,
        about=str(registration.gathering),
        about_id=registration.pk,
    )

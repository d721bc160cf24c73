"""The directory of persons: who agreed to be in it, and what they show. Decision 0021."""

from dataclasses import dataclass

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.lib.matching import fold
from maillage.office import ledger
from maillage.office.services import record_activity
from maillage.people.models import Person, Space
from maillage.registrations.activity import log_registration
from maillage.registrations.enums import RegistrationStatus
from maillage.registrations.models import Listing, Registration
from maillage.registrations.retention import NAMELESS
from maillage.registrations.services import Refused


class NotOffered(Refused):
    """Whoever opens the page of a registration that was cancelled, or of a space that shows nothing to anybody."""

    def __init__(self) -> None:
        super().__init__(_("L’annuaire des personnes n’est pas ouvert à cette inscription."))


@dataclass(frozen=True)
class Shown:
    """What the person lets everybody read."""

    name: str
    about: str = ""
    contact: str = ""
    organisation: bool = False  # the one of their registration
    commune: bool = False


def listing_of(registration: Registration) -> Listing | None:
    return listed_people(registration.gathering.space).filter(person=registration.person_id).first()


def may_be_listed(registration: Registration) -> bool:
    """A rehearsal's people are nobody; who does not come is asked nothing more."""
    gathering = registration.gathering
    known = registration.status == RegistrationStatus.REGISTERED and registration.person.first_name != NAMELESS
    return gathering.space.atlas_public and not gathering.trial and known


@transaction.atomic
def agree(*, registration: Registration, shown: Shown, by: object) -> Listing:
    """The person's own act, by their own link; done again, it says what is shown from now on. Raises NotOffered."""
    person = (
        Person.objects.select_for_update(of=("self",))
        .select_related("organisation", "commune__epci")
        .get(pk=registration.person_id)
    )
    registration.refresh_from_db(fields=["status"])
    known = Listing.objects.filter(person=person).first()
    registration.person = person  # erased meanwhile, they stay erased
    if known is None and not may_be_listed(registration):
        raise NotOffered
    listing = known or Listing(person=person, space_id=person.space_id)
    listing.name, listing.about, listing.contact = shown.name, shown.about, shown.contact
    listing.organisation = person.organisation if shown.organisation else None
    listing.commune = person.commune if shown.commune else None
    epci = listing.commune.epci if listing.commune else None
    words = (listing.name, listing.about, listing.organisation, listing.commune, epci)
    listing.folded_name = fold(listing.name)[:120]
    listing.folded = " ".join(fold(str(word)) for word in words if word)
    listing.agreed_at = timezone.now()
    listing.save()
    log_registration(registration, by, "change-listing" if known else "agree-to-listing")
    return listing


@transaction.atomic
def withdraw(*, registration: Registration, by: object) -> bool:
    """At once, whatever became of the registration. False: they were not in it."""
    listing = Listing.objects.select_for_update().filter(person=registration.person_id).first()
    if listing is None:
        return False
    _drop(listing)
    log_registration(registration, by, "withdraw-listing")
    return True


@transaction.atomic
def take_off(*, listing: Listing, by: object) -> None:
    """By who organises the space: a line that is nobody's, or says what it should not."""
    space = listing.space
    record_activity(space=space.slug, by=str(by), verb="remove-listing", about="", about_id=listing.person_id)
    _drop(listing)


def _drop(listing: Listing) -> None:
    ledger.record_erasures(ledger.LISTING, [listing.pk])
    listing.delete()


def listed_people(space: Space, *, text: str = "") -> QuerySet[Listing]:
    """By name."""
    rows = Listing.objects.filter(space=space).select_related("space", "organisation", "commune__epci")
    for word in fold(text).split():
        rows = rows.filter(folded__contains=word)
    return rows.order_by("folded_name", "id")

"""What plans add to pages of lower nouns."""

from maillage.plans.queries import own_placements
from maillage.registrations.models import Registration
from maillage.registrations.own import OwnPart


def own_places(registration: Registration) -> OwnPart | None:
    """« Où je suis assis·e », once a plan is published."""
    placements = own_placements(registration)
    return OwnPart("plans/_own_places.html", {"placements": placements}, position=10) if placements else None

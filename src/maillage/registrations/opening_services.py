"""The organiser's writes about how one registers."""

from typing import Any

from django.db import transaction

from maillage.gatherings.models import Gathering
from maillage.office.services import record_activity
from maillage.registrations.models import Opening
from maillage.registrations.waiting import lock_opening, settle


@transaction.atomic
def set_opening(*, gathering: Gathering, by: object, base_url: str, **choices: Any) -> int:
    """Opens, closes or changes the form. Returns how many left the waiting list because there is more room."""
    Opening.objects.get_or_create(gathering=gathering)
    opening = lock_opening(gathering)
    if opening is None:
        raise ValueError("the opening was just made")
    was_open = opening.is_open
    for name, value in choices.items():
        setattr(opening, name, value)
    opening.base_url = base_url
    opening.save()
    verb = "change-registration-form"
    if was_open != opening.is_open:
        verb = "open-registrations" if opening.is_open else "close-registrations"
    record_activity(space=gathering.space.slug, by=str(by), verb=verb, about=str(gathering), about_id=gathering.pk)
    return len(settle(opening, by=by))

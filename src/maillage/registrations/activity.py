"""What the activity log says of a registration: no name and no need, the identifier is enough."""

from maillage.office.services import record_activity
from maillage.registrations.models import Registration


def log_registration(registration: Registration, by: object, verb: str) -> None:
    record_activity(
        space=registration.gathering.space.slug,
        by=str(by),
        verb=verb,
        about=str(registration.gathering),
        about_id=registration.pk,
    )

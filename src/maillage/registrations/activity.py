"""What the activity log says of a registration: no name and no need, the identifier is enough."""

from maillage.office.services import record_activity
from maillage.registrations.models import Registration

DESK_LAST = "desk-last"  # in a session of the desk: who was just marked, to undo it
THE_PERSON = "la personne inscrite"  # what they do by their own link: the log outlives their name
OWN_VERBS = ("change-answers", "wishes", "change-listing", "agree-to-listing")  # nobody else's acts


def log_registration(registration: Registration, by: object, verb: str) -> None:
    record_activity(
        space=registration.gathering.space.slug,
        by=str(by),
        verb=verb,
        about=str(registration.gathering),
        about_id=registration.pk,
    )

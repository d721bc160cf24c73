"""From a registrant's own page straight to their seat: no code to type, the table of the plan, their own name."""

from maillage.live import seats
from maillage.live.enums import SeatKind, SessionStatus
from maillage.live.models import Seat, Session
from maillage.live.rooms import method_of
from maillage.plans.models import Placement
from maillage.plans.queries import own_placements
from maillage.registrations.enums import RegistrationStatus
from maillage.registrations.models import Registration
from maillage.registrations.own import OwnPart, token_of


def entry_part(registration: Registration) -> OwnPart | None:
    """The sessions that are open where this person is expected; nothing to show is nothing shown."""
    sessions = [session for session, _placement in open_places(registration)]
    away = registration.gathering.away_since is not None
    if not sessions and not away:
        return None
    context = {"sessions": sessions, "away": away, "token": token_of(registration)}
    return OwnPart("live/_entry.html", context, position=10)


def open_places(registration: Registration) -> list[tuple[Session, Placement]]:
    if registration.status != RegistrationStatus.REGISTERED:
        return []
    places = {placement.workshop_id: placement for placement in own_placements(registration)}
    sessions = Session.objects.filter(workshop__in=places, status=SessionStatus.OPEN, rehearsal=False, away=False)
    found = sessions.select_related("workshop", "method_version").order_by("workshop__slot__position")
    return [(session, places[session.workshop_id]) for session in found]


def enter(*, registration: Registration, session: Session, placement: Placement) -> Seat:
    """Their seat in this session: the same one from every device, at the table of the plan."""
    method = method_of(session.method_version)
    porteur = (
        method.sheet.role if method.sheet is not None and placement.porteur else ""
    )  # the plan's word, not the door's
    return seats.take_seat(
        session=session,
        kind=SeatKind.PARTICIPANT,
        name=registration.person.first_name,
        role=porteur or method.default_role,
        table=placement.table,
        registration_id=registration.id,
    )

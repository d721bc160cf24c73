"""A small day, with people, a plan, a session in which things were said."""

import uuid

from maillage.gatherings.models import Facilitator, Gathering, Room, Speaker, Workshop
from maillage.live import seats
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.models import Session
from maillage.live.outcomes import Outcome
from maillage.live.runtime import live
from maillage.live.services import open_session
from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right
from maillage.plans.models import Placement, Plan
from maillage.registrations.models import Registration
from maillage.registrations.services import PersonDetails, add_registration
from tests.live.play import make_workshop


def prepare_day(people: int = 4) -> Gathering:
    workshop = make_workshop()
    gathering = workshop.slot.gathering
    workshop.room = Room.objects.create(gathering=gathering, name="Salle Nord", capacity=40)
    workshop.save()
    Speaker.objects.create(slot=workshop.slot, workshop=workshop, position=1, name="Ana Petit", role="élue")
    Facilitator.objects.create(workshop=workshop, position=1, name="Lise Martin")
    user = User.objects.create_user("orga@exemple.invalid", "Orga")
    give_right(user=user, space=gathering.space, role=SpaceRole.ORGANISER, by="essai")
    plan = Plan.objects.create(gathering=gathering, status="published", by="essai")
    for number in range(people):
        registration = register(gathering, f"Personne{number}")
        Placement.objects.create(
            plan=plan, registration=registration, slot=workshop.slot, workshop=workshop, table=1, reason="au hasard"
        )
    session = open_session(workshop=workshop, by="essai")
    lead = seats.take_seat(session=session, kind=SeatKind.FACILITATOR, name="Lise", role="facilitator", key="lise")
    assert submit(session, lead.pk, "open", {}, "open").accepted
    return Gathering.objects.get(pk=gathering.pk)


def register(gathering: Gathering, first_name: str, **more: object) -> Registration:
    details = PersonDetails(
        first_name=first_name, last_name="Essai", email=f"{first_name.lower()}@exemple.invalid", organisation="CCAS"
    )
    return add_registration(gathering=gathering, details=details, by="essai", **more)


def the_session() -> Session:
    return Session.objects.get(rehearsal=False)


def the_workshop() -> Workshop:
    return Workshop.objects.get()


def sit(name: str, key: str = "") -> uuid.UUID:
    session = the_session()
    seat = seats.take_seat(session=session, kind=SeatKind.PARTICIPANT, name=name, role="participant", key=key or name)
    return seat.pk


def submit(session: Session, seat: uuid.UUID, kind: str, payload: dict[str, object], key: str) -> Outcome:
    return live().committer.submit(Submitted(session.pk, seat, kind, payload, key))


def write(seat: uuid.UUID, text: str, key: str = "") -> Outcome:
    return submit(the_session(), seat, "write", {"kind": "idea", "text": text}, key or text)

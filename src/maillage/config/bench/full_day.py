"""A day of 150 people and twelve sessions that were played: what the report of DESIGN §8 is measured on."""

from collections.abc import Callable, Iterator
from itertools import count

from maillage.gatherings.models import Gathering, Workshop
from maillage.live import seats
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.models import Seat, Session
from maillage.live.runtime import live
from maillage.live.services import open_session
from maillage.memory.enums import TakeawayOrigin
from maillage.memory.services import add_takeaway
from maillage.people.models import Person
from maillage.registrations.models import Registration

BY = "bench"
PEOPLE, SESSIONS, SEATS, SITUATIONS = 150, 12, 12, 3
DEBATE = "coop-ou-pas-coop"
CHOICES = ("coop", "pas_coop", "depend")


def fill(gathering: Gathering) -> int:
    """So many people and sessions, each debate played. Gives how many moves that took."""
    known = gathering.registrations.count()
    first = Person.objects.filter(space=gathering.space).first()
    for number in range(known, PEOPLE):
        commune = first.commune if first else None
        person = Person.objects.create(
            space=gathering.space, first_name="P", last_name=f"Bench {number}", commune=commune
        )
        Registration.objects.create(gathering=gathering, person=person)
    for workshop in list(_workshops(gathering)):
        for number in range(3):
            text = f"Phrase {number} gardée par l’atelier : partir de ce qui existe, et le dire ensemble."
            add_takeaway(gathering=gathering, workshop=workshop, text=text, origin=TakeawayOrigin.FACILITATOR, by=BY)
    debates = [session for session in Session.objects.filter(gathering=gathering) if session.workshop.method == DEBATE]
    return sum(_play(session) for session in debates)


def _workshops(gathering: Gathering) -> Iterator[Workshop]:
    workshops = list(Workshop.objects.filter(slot__gathering=gathering).order_by("slot__position", "position"))
    for number in range(len(workshops), SESSIONS):
        slot = workshops[-1].slot
        workshops.append(
            Workshop.objects.create(slot=slot, position=100 + number, title=f"Débat {number}", method=DEBATE)
        )
    for workshop in workshops:
        if workshop.method:
            open_session(workshop=workshop, by=BY)
        yield workshop


def _play(session: Session) -> int:
    """Three situations voted twice, their criteria, a sentence each."""
    numbers = count()

    def move(seat: Seat, kind: str, **payload: object) -> None:
        submitted = Submitted(session.pk, seat.pk, kind, payload, f"bench-{next(numbers)}")
        outcome = live().committer.submit(submitted)
        if not outcome.accepted:
            raise RuntimeError(f"{kind} {payload}: {outcome}")

    lead = seats.take_seat(session=session, kind=SeatKind.FACILITATOR, name="Lise", role="facilitator", key="bench")
    people = [
        seats.take_seat(session=session, kind=SeatKind.ROBOT, name=f"P{n}", role="participant", key=f"bench-{n}")
        for n in range(SEATS)
    ]
    move(lead, "open")
    for situation in range(1, SITUATIONS + 1):
        tail = "" if situation == 1 else f".{situation}"
        for stage in ("vote", "second_vote"):
            _go_to(session, lead, f"{stage}{tail}", move)
            for number, seat in enumerate(people):
                move(seat, "answer", stage=stage, value=CHOICES[(number * situation) % 3])
            move(lead, "reveal", step=f"{stage}{tail}")
        _go_to(session, lead, f"critere{tail}", move)
        for number, seat in enumerate(people):
            move(seat, "answer", stage="critere", question="critere", value=str(1 + (number + situation) % 12))
        move(lead, "reveal", step=f"critere{tail}")
    move(lead, "close")
    return next(numbers)


def _go_to(session: Session, lead: Seat, step: str, move: Callable[..., None]) -> None:
    while (state := live().rooms.load(session.pk).state).step != step:
        move(lead, "advance", **{"from": state.step})

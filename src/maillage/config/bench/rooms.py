"""Sessions with people in them, of co-development unless told, made quickly: by the real committer, without doors."""

import uuid
from dataclasses import dataclass

from maillage.gatherings.models import Gathering, Slot, Workshop
from maillage.live import seats
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.models import Seat, Session
from maillage.live.runtime import live
from maillage.live.services import open_session
from maillage.methods.services import keep_shipped_versions
from maillage.people.models import Space

BY = "maillage bench"
METHOD = "codev"
SPACE = "mesure"
AT_ONCE = 1_000  # moves given to the committer together: it holds a few thousand


@dataclass(frozen=True)
class Room:
    session: Session
    facilitator: Seat
    people: tuple[Seat, ...]

    @property
    def moves_path(self) -> str:
        return f"/live/{self.session.id}/moves"

    def cookie(self, seat: Seat) -> str:
        return f"{seats.cookie_name(self.session.id, seat.kind)}={seats.make_ticket(seat)}"


def make_rooms(count: int, *, people: int, tables: int = 1, method: str = METHOD) -> list[Room]:
    """Sessions whose first step has begun, with as many people each, shared out between the tables."""
    keep_shipped_versions()
    space, _made = Space.objects.get_or_create(slug=SPACE, defaults={"name": "Mesure"})
    gathering = Gathering.objects.create(
        space=space, slug=f"mesure-{uuid.uuid4().hex[:8]}", title="Mesure", kind="regional_day"
    )
    slot = Slot.objects.create(gathering=gathering, position=1, kind="workshops", title="Ateliers")
    workshops = [
        Workshop.objects.create(slot=slot, position=n, title=f"Atelier {n}", method=method) for n in range(count)
    ]
    specs = [{"id": n, "name": f"Table {n}"} for n in range(1, tables + 1)] if tables > 1 else []
    sessions = [open_session(workshop=workshop, by=BY, tables=specs) for workshop in workshops]
    committer = live().committer
    committer.start()
    try:
        return [_fill(session, people, tables) for session in sessions]
    finally:
        committer.stop()


def clear_rooms() -> None:
    """Between two runs: a server that starts reads the log of every session there is."""
    Gathering.objects.filter(space__slug=SPACE).delete()


def _fill(session: Session, people: int, tables: int) -> Room:
    lead = Seat(session=session, kind=SeatKind.FACILITATOR)
    participants = [Seat(session=session, kind=SeatKind.PARTICIPANT) for _n in range(people)]
    Seat.objects.bulk_create([lead, *participants])
    joins = [Submitted(session.id, lead.id, "join", {"name": "Lise", "role": "facilitator"}, "join")]
    for n, seat in enumerate(participants):
        table = {"table": n % tables + 1} if tables > 1 else {}
        joins.append(Submitted(session.id, seat.id, "join", {"name": f"Personne {n}", **table}, "join"))
    joins.append(Submitted(session.id, lead.id, "open", {}, "open"))
    committer = live().committer
    for start in range(0, len(joins), AT_ONCE):
        for future in [committer.enqueue(move) for move in joins[start : start + AT_ONCE]]:
            outcome = future.result()
            if not outcome.accepted:
                raise ValueError(f"the room could not be filled: {outcome.reason}")
    return Room(session, lead, tuple(participants))


def seat_wall(room: Room) -> Seat:
    """The projector of a room."""
    wall = Seat.objects.create(session=room.session, kind=SeatKind.PROJECTOR)
    committer = live().committer
    committer.start()
    try:
        outcome = committer.submit(
            Submitted(room.session.id, wall.id, "join", {"name": "", "role": "projector"}, "join")
        )
    finally:
        committer.stop()
    if not outcome.accepted:
        raise ValueError(f"the wall was refused: {outcome.reason}")
    return wall


def write_subjects(room: Room) -> None:
    """Each person proposes a subject: what a participant's page shows in the middle of the first step."""
    committer = live().committer
    for n, seat in enumerate(room.people):
        payload = {"kind": "subject", "text": f"Comment faire venir les habitants à la réunion {n} ?", "stage": "sujet"}
        outcome = committer.submit(Submitted(room.session.id, seat.id, "write", payload, "subject"))
        if not outcome.accepted:
            raise ValueError(f"a subject was refused: {outcome.reason}")

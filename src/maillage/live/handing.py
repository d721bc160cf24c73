"""A seat that changes hands: its holder takes it to another phone, who leads takes it back from one.

A link moves it, made on the phone that has the seat and nowhere else: whoever opens it reads what is that person's
alone, a porteur's sheet or a secret instruction, so who leads is given none. It says seat and generation, signed, for
a few minutes: the move raises the generation, so the link opens once and the older phone holds nothing more. What who
leads took back is given back to the same phone.
"""

import base64
import binascii
import secrets
import uuid
from dataclasses import dataclass

from django.core import signing
from django.db.models import F

from maillage.live import seats
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.models import Seat
from maillage.live.outcomes import Outcome
from maillage.live.rooms import Room
from maillage.live.runtime import live
from maillage.live.standing_in import WITHOUT_PHONE

MINUTES = 10  # to take out the other phone, and no more: whoever reads this link over a shoulder could sit there
HAS_PHONE = (SeatKind.PARTICIPANT, SeatKind.ROBOT)


@dataclass(frozen=True)
class Phone:
    seat: str
    name: str
    table: str
    present: bool


def phones(room: Room) -> list[Phone]:
    """Those of the room, who leads it and its screens apart; who has no phone has none to lose."""
    names = {table.id: table.name for table in room.state.tables}
    kinds = dict(Seat.objects.filter(session=room.session_id, kind__in=HAS_PHONE).values_list("id", "kind"))
    return [
        Phone(known.id, known.name, names.get(known.table, "") if known.table is not None else "", known.present)
        for known in room.state.seats.values()
        if known.by != WITHOUT_PHONE and _as_id(known.id) in kinds
    ]


def make_link_token(seat: Seat) -> str:
    held = base64.urlsafe_b64encode(seat.id.bytes).decode().rstrip("=")
    return _signer().sign(f"{held}.{seat.generation}")


def read_link_token(token: str) -> Seat | None:
    """The seat this link would move, while it may."""
    try:
        held, _dot, generation = _signer().unsign(token, max_age=MINUTES * 60).partition(".")
        seat_id = uuid.UUID(bytes=base64.urlsafe_b64decode(held + "=="))
    except (signing.BadSignature, binascii.Error, ValueError):
        return None
    return Seat.objects.select_related("session").filter(id=seat_id, generation=generation, kind__in=HAS_PHONE).first()


def take_over(*, seat: Seat, room: Room) -> Seat | None:
    """The seat, for the phone that asks; None when another took it first. Somebody who was said to be gone is back."""
    moved = Seat.objects.filter(id=seat.id, generation=seat.generation).update(generation=F("generation") + 1)
    if not moved:
        return None
    seat.refresh_from_db()
    seats.forget(seat.id)
    live().end_streams(seat.session_id, seat=str(seat.id))
    known = room.state.seats.get(str(seat.id))
    if known is not None and not known.present and room.state.status != "closed":
        payload = {"name": known.name, "role": known.role}
        live().committer.submit(Submitted(seat.session_id, seat.id, "join", payload, f"again-{seat.generation}"))
    return seat


def take_back(*, room: Room, ticket: seats.Ticket, seat: str) -> Outcome:
    """Who leads says that this person left, and their phone opens nothing more. What it wrote stays."""
    row = Seat.objects.get(id=seat, session=room.session_id, kind__in=HAS_PHONE)
    known = room.state.seats[seat]
    outcome = Outcome(200)
    if known.present and room.state.status != "closed":
        key = f"back-{secrets.token_urlsafe(9)}"
        asked = Submitted(room.session_id, ticket.seat_id, "leave", {"seat": seat}, key, ticket.generation)
        outcome = live().committer.submit(asked)
    if outcome.accepted:
        seats.revoke_seat(seat=row)
    return outcome


def make_undo_token(*, session_id: uuid.UUID, seat: str) -> str:
    """What undoes a `take_back` just made, and no other: it says the generation that this one left."""
    return _undo_signer().sign(f"{seat}.{Seat.objects.get(id=seat, session=session_id).generation}")


def give_back(*, room: Room, token: str) -> bool:
    """The phone it was taken from opens it again, unless somebody sat there since. False: it is too late for that."""
    try:
        held, _dot, generation = _undo_signer().unsign(token).partition(".")
    except signing.BadSignature:
        return False
    known = room.state.seats.get(held)
    if known is None or (known.present and room.state.status != "closed"):
        return False
    row = Seat.objects.filter(id=held, session=room.session_id, generation=generation)
    if not row.update(generation=F("generation") - 1):
        return False
    seats.forget(uuid.UUID(held))
    if room.state.status != "closed":
        payload = {"name": known.name, "role": known.role}
        key = f"given-back-{secrets.token_urlsafe(9)}"
        live().committer.submit(Submitted(room.session_id, uuid.UUID(held), "join", payload, key))
    return True


def _as_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="maillage.live.handing")


def _undo_signer() -> signing.Signer:
    return signing.Signer(salt="maillage.live.handing.undo")

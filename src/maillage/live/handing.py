"""A seat that changes hands: its holder takes it to another phone, who leads takes it back from one.

A link moves it, made on the phone that has the seat and nowhere else: whoever opens it reads what is that person's
alone, a porteur's sheet or a secret instruction, so who leads is given none. It says seat and generation, signed, for
a few minutes: the move raises the generation, so the link opens once and the older phone holds nothing more.

A generation never goes down: a link that was photographed would live again. What who leads took back is given back to
the same phone by a line of the log, which alone says that this phone's old cookie is worth the new one; so it is given
back while the room plays, and not after its end, when nothing is written any more.
"""

import base64
import binascii
import hashlib
import hmac
import secrets
import uuid
from dataclasses import dataclass

from django.conf import settings
from django.core import signing
from django.db.models import F

from maillage.live import seats
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind, SessionStatus
from maillage.live.models import Move, Seat, Session
from maillage.live.outcomes import Outcome
from maillage.live.rooms import Room
from maillage.live.runtime import live
from maillage.live.standing_in import WITHOUT_PHONE

MINUTES = 10  # to take out the other phone, and no more: whoever reads this link over a shoulder could sit there
MOST_TIMES = 30_000  # a seat changes hands: below what its column holds
MOST_GIVEN_BACK = 20  # times a seat was taken and given back since a phone last showed itself
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
    same = Seat.objects.filter(id=seat.id, generation=seat.generation, generation__lt=MOST_TIMES)
    if not same.update(generation=F("generation") + 1):
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
    if known.present and still_plays(room):
        key = f"back-{secrets.token_urlsafe(9)}"
        asked = Submitted(room.session_id, ticket.seat_id, "leave", {"seat": seat}, key, ticket.generation)
        outcome = live().committer.submit(asked)
    if outcome.accepted:
        seats.revoke_seat(seat=row)
    return outcome


def make_undo_token(*, session_id: uuid.UUID, seat: str) -> str:
    """What undoes a `take_back` just made, and no other: it says the generation that this one left."""
    return _undo_signer().sign(f"{seat}.{Seat.objects.get(id=seat, session=session_id).generation}")


def still_plays(room: Room) -> bool:
    """Not ended, by the room nor by who organises: its log is still written."""
    return (
        room.state.status != "closed" and Session.objects.filter(id=room.session_id, status=SessionStatus.OPEN).exists()
    )


def give_back(*, room: Room, token: str) -> bool:
    """The phone it was taken from opens it again, unless somebody sat there since. False: it is too late for that."""
    if not still_plays(room):
        return False
    try:
        held, _dot, generation = _undo_signer().unsign(token).partition(".")
    except signing.BadSignature:
        return False
    known = room.state.seats.get(held)
    if known is None or known.present:
        return False
    seat_id, taken = uuid.UUID(held), int(generation)
    row = Seat.objects.filter(id=seat_id, session=room.session_id, generation=taken, generation__lt=MOST_TIMES)
    if not row.update(generation=taken + 1):
        return False
    seats.forget(seat_id)
    payload, key = {"name": known.name, "role": known.role}, _given_back_key(seat_id, taken + 1)
    return live().committer.submit(Submitted(room.session_id, seat_id, "join", payload, key)).accepted


def find_given_back(ticket: seats.Ticket) -> Seat | None:
    """The seat of a phone that it was taken from and given back to: its cookie is to be made anew."""
    seat = Seat.objects.filter(id=ticket.seat_id, session=ticket.session_id, kind__in=HAS_PHONE).first()
    if seat is None or not 0 < seat.generation - ticket.generation <= 2 * MOST_GIVEN_BACK:
        return None
    steps = range(ticket.generation + 2, seat.generation + 1, 2)  # taken back, given back: two each time
    keys = {_given_back_key(seat.id, generation) for generation in steps}
    if not steps or steps[-1] != seat.generation:
        return None
    log = Move.objects.filter(session=ticket.session_id, seat=seat.id, kind="join", key__in=keys)
    return seat if log.count() == len(keys) else None


def _given_back_key(seat_id: uuid.UUID, generation: int) -> str:
    """Of the line that gives this seat back, at this generation. Signed: no key that a phone sends is one."""
    said = f"given back/{seat_id}/{generation}".encode()
    return "given-back-" + hmac.new(settings.SECRET_KEY.encode(), said, hashlib.sha256).hexdigest()[:32]


def _as_id(text: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(text)
    except ValueError:
        return None


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="maillage.live.handing")


def _undo_signer() -> signing.Signer:
    return signing.Signer(salt="maillage.live.handing.undo")

"""Seats: how one is taken, and how a browser shows it is sitting there.

The cookie says session, seat and generation, signed: raising the seat's generation revokes it. A browser may hold
several seats of one session (an organiser's laptop prompts and projects): one cookie a kind, chosen by `?siege=`.
"""

import hashlib
import hmac
import threading
import time
import unicodedata
import uuid
from collections.abc import Mapping
from dataclasses import dataclass
from functools import lru_cache
from typing import cast

from django.conf import settings
from django.core import signing
from django.db.models import F
from django.http import HttpResponse
from django.utils.translation import gettext_lazy as _

from maillage.live import runtime
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind, SessionStatus
from maillage.live.models import Seat, Session
from maillage.live.outcomes import Outcome, refuse
from maillage.people.models import User

COOKIE_DAYS = 14  # the day, and time to come back to one's sheet
LONGEST_NAME = 40  # characters
MOST_SEATS = 2_000  # taken by the code in one session: more than any room; beyond, somebody plays with the door
SEAT_CACHE = 30.0  # seconds: how late a stream of another process hears of a revocation; a move hears at once
MOST_CACHED = 20_000  # seats

OF_PEOPLE = (SeatKind.PARTICIPANT, SeatKind.FACILITATOR, SeatKind.ROBOT)
SUFFIXES = {
    SeatKind.PARTICIPANT: "",
    SeatKind.ROBOT: "",
    SeatKind.FACILITATOR: "a",
    SeatKind.PROJECTOR: "p",
    SeatKind.CONTROL: "c",
}


@dataclass(frozen=True, slots=True)
class Ticket:
    """What a cookie claims. Its signature is right; whether the seat still stands is asked of the database."""

    session_id: uuid.UUID
    seat_id: uuid.UUID
    generation: int


class JoinRefused(Exception):
    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        self.sentence = str(outcome.sentence)
        super().__init__(outcome.reason)


def take_seat(
    *,
    session: Session,
    kind: SeatKind,
    name: str,
    role: str,
    key: str = "",
    table: int | None = None,
    registration_id: uuid.UUID | None = None,
) -> Seat:
    """Sits somebody down: a seat, and the move `join`. The same key, or registration, gives the same seat again."""
    name = clean_name(name)
    if not name and kind in OF_PEOPLE:
        raise JoinRefused(Outcome(422, "no-name", _("Écrivez votre prénom.")))
    # A registration's seat and a door's are named apart: no key typed at the door is ever somebody's registration.
    whose = f"registration/{registration_id}" if registration_id else f"door/{key}"
    seat_id = _seat_id(session.id, kind, whose)
    if kind in OF_PEOPLE and registration_id is None:
        seat_id = _still_here(seat_id, session.id, kind)
    if kind == SeatKind.PARTICIPANT and registration_id is None:  # who leads, or is expected, is never kept out
        room = runtime.live().rooms.get(session.id)
        strangers = Seat.objects.filter(session=session, kind=kind, registration_id__isnull=True).exclude(id=seat_id)
        # counted only when that many came in, somehow: each has their seat in the room's state
        if (room is None or len(room.state.seats) >= MOST_SEATS) and strangers.count() >= MOST_SEATS:
            raise JoinRefused(refuse("full"))
    seat, arrival, created = _find_or_make(seat_id, session, kind, registration_id)
    payload: dict[str, object] = {"name": name, "role": role}
    if table is not None:
        payload["table"] = table
    joining = Submitted(session.id, seat.id, "join", payload, "join", arrival=arrival)
    outcome = runtime.live().committer.submit(joining)
    if not outcome.accepted:
        if created:
            seat.delete()
        raise JoinRefused(outcome)
    _keep(seat.id, session.id, seat.generation, seat.kind)  # their screen is asked for at once
    return seat


def _still_here(seat_id: uuid.UUID, session_id: uuid.UUID, kind: SeatKind) -> uuid.UUID:
    """This seat while no other phone had it, else another. A page of the door that is sent again has its key still, and
    would give its seat back to the phone that passed it on, or that who leads took it from."""
    while generation := Seat.objects.filter(id=seat_id, generation__gt=1).values_list("generation", flat=True).first():
        seat_id = _seat_id(session_id, kind, f"after/{seat_id}/{generation}")
    return seat_id


def _find_or_make(
    seat_id: uuid.UUID, session: Session, kind: SeatKind, registration_id: uuid.UUID | None
) -> tuple[Seat, Seat | None, bool]:
    """The seat; the same, if the committer is to store it with its move; whether it was stored here.

    A registration's seat may have been made by another server, whose secret names seats otherwise (trips/).
    """
    if registration_id is None:
        seat = Seat.objects.filter(id=seat_id).first()
        made = Seat(id=seat_id, session=session, kind=kind) if seat is None else None
        return seat or cast(Seat, made), made, False
    carried = Seat.objects.filter(session=session, registration=registration_id).first()
    if carried is not None:
        return carried, None, False
    seat, created = Seat.objects.get_or_create(
        id=seat_id, defaults={"session": session, "kind": kind, "registration_id": registration_id}
    )
    return seat, None, created


def revoke_seat(*, seat: Seat) -> None:
    """Takes a seat back: its cookies no longer open anything, its streams end. What it wrote stays."""
    Seat.objects.filter(id=seat.id).update(generation=F("generation") + 1)  # of now: it may have moved meanwhile
    seat.refresh_from_db(fields=["generation"])
    forget(seat.id)
    runtime.live().end_streams(seat.session_id, seat=str(seat.id))


def watcher_key(user: uuid.UUID | None) -> str:
    """Of the control room's seat in a session: each account has its own, which ends with it."""
    return f"account/{user}"


def end_watching(sender: object, *, user: User, **_news: object) -> None:
    """Receiver of `people.signals.account_closed`: the screens that this account opened from the control room. Those
    of before had one seat for everybody."""
    rows = Seat.objects.filter(kind=SeatKind.CONTROL).exclude(session__status=SessionStatus.ERASED)
    for seat in rows:
        if seat.id in (_seat_id(seat.session_id, seat.kind, f"door/{key}") for key in (watcher_key(user.pk), "one")):
            revoke_seat(seat=seat)


def clean_name(text: str) -> str:
    kept = "".join(sign for sign in unicodedata.normalize("NFC", text) if unicodedata.category(sign)[0] != "C")
    return " ".join(kept.split())[:LONGEST_NAME]


def cookie_name(session_id: uuid.UUID, kind: str = SeatKind.PARTICIPANT) -> str:
    """The end of a UUIDv7 is random; its beginning is the time, the same for sessions opened together."""
    suffix = SUFFIXES[SeatKind(kind)]
    return f"siege-{session_id.hex[-12:]}" + (f"-{suffix}" if suffix else "")


def make_ticket(seat: Seat) -> str:
    return _signer().sign(f"{seat.session_id.hex}:{seat.id.hex}:{seat.generation}")


def remember(response: HttpResponse, seat: Seat) -> None:
    response.set_cookie(
        cookie_name(seat.session_id, seat.kind),
        make_ticket(seat),
        max_age=COOKIE_DAYS * 86_400,
        httponly=True,
        samesite="Lax",
        secure=settings.HTTPS,
    )


def read_ticket(cookies: Mapping[str, str], session_id: uuid.UUID, which: str = "") -> Ticket | None:
    """The seat a browser holds in this session: the one asked for, else the first of a person, then of a screen."""
    suffixes = [which] if which else ["", "a", "p", "c"]
    for suffix in suffixes:
        value = cookies.get(f"siege-{session_id.hex[-12:]}" + (f"-{suffix}" if suffix else ""))
        if value is None:
            continue
        try:
            ticket, until = _open_ticket(value, settings.SECRET_KEY)
        except (signing.BadSignature, ValueError):
            continue
        if ticket.session_id == session_id and time.time() <= until:
            return ticket
    return None


@lru_cache(maxsize=MOST_CACHED)
def _open_ticket(value: str, _secret: str) -> tuple[Ticket, float]:
    """What a cookie says, and until when, its signature being right. A phone shows the same one with each move."""
    session_hex, seat_hex, generation, made = signing.Signer.unsign(_signer(), value).split(":")
    ticket = Ticket(uuid.UUID(session_hex), uuid.UUID(seat_hex), int(generation))
    return ticket, signing.b62_decode(made) + COOKIE_DAYS * 86_400


def which_seat(cookies: Mapping[str, str], session_id: uuid.UUID) -> str | None:
    """The seat of this browser that sees the most of this session, None when it has none that still stands."""
    for which in ("a", "", "c", "p"):
        name = f"siege-{session_id.hex[-12:]}" + (f"-{which}" if which else "")
        ticket = read_ticket({name: cookies.get(name, "")}, session_id, which)
        if ticket is not None and find_kind(ticket):
            return which
    return None


_known: dict[uuid.UUID, tuple[float, uuid.UUID, int, str]] = {}
_known_lock = threading.Lock()


def find_kind(ticket: Ticket, *, cached_only: bool = False) -> str | None:
    """The kind of the ticket's seat; "" if it was revoked or never was; None: the database must be asked."""
    known = _known.get(ticket.seat_id)
    if known is None or known[0] < time.monotonic():
        if cached_only:
            return None
        row = Seat.objects.filter(id=ticket.seat_id).values_list("session_id", "generation", "kind").first()
        if row is None:
            return ""
        known = _keep(ticket.seat_id, *row)
    _until, session_id, generation, kind = known
    return kind if (session_id, generation) == (ticket.session_id, ticket.generation) else ""


def _keep(seat_id: uuid.UUID, session_id: uuid.UUID, generation: int, kind: str) -> tuple[float, uuid.UUID, int, str]:
    known = (time.monotonic() + SEAT_CACHE, session_id, generation, kind)
    with _known_lock:
        if len(_known) >= MOST_CACHED:
            _known.clear()
        _known[seat_id] = known
    return known


def forget(seat_id: uuid.UUID | None) -> None:
    """This cached seat is asked for again; None: all of them, rows went away."""
    with _known_lock:
        if seat_id is None:
            _known.clear()
        else:
            _known.pop(seat_id, None)


def make_projection_token(session_id: uuid.UUID) -> str:
    """The projector's link: it shows what the room sees, and may do nothing."""
    return signing.dumps(session_id.hex, salt="maillage.live.projection")


def read_projection_token(token: str) -> uuid.UUID | None:
    try:
        return uuid.UUID(signing.loads(token, salt="maillage.live.projection"))
    except (signing.BadSignature, ValueError):
        return None


def _signer() -> signing.TimestampSigner:
    return signing.TimestampSigner(salt="maillage.live.seat")


def _seat_id(session_id: uuid.UUID, kind: str, whose: str) -> uuid.UUID:
    digest = hmac.new(settings.SECRET_KEY.encode(), f"{session_id}/{kind}/{whose}".encode(), hashlib.sha256).digest()
    return uuid.UUID(bytes=digest[:16], version=4)

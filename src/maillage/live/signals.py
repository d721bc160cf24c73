"""News of a session for the nouns above: sent after the commit, with nothing a person did not decide to let out.

`released(session_id, seat, sentence, card)`: a sentence left the room; None: it was taken back.
`kept(session_id, seat, sheet)`: what a porteur's sheet holds now. Receivers may hear the same news twice.
`rehearsal_erased(gathering_id, session_ids)`: sent inside the transaction, before the rows go: what robots left behind
in the nouns above goes with them.
"""

import uuid
from collections.abc import Iterator, Sequence
from typing import Any

from django.dispatch import Signal

from facilitation import State, view_own
from maillage.live.committer import Change
from maillage.live.faults import report
from maillage.live.rooms import Room

released = Signal()
kept = Signal()
rehearsal_erased = Signal()


def tell(changes: Sequence[Change]) -> None:
    """A listener of the committer: compares each session before and after."""
    for change in changes:
        try:
            _tell_one(change)
        except Exception as error:  # a process edge: one session's news must not keep those of the others
            report("news of a session was not heard", error)


def _tell_one(change: Change) -> None:
    room, before = change.after, change.before.state
    if room.state.releases != before.releases:
        _tell_released(room, before)
    closes = room.state.status == "closed" and before.status != "closed"
    for seat, fields in room.state.sheets.items():
        if closes or before.sheets.get(seat) != fields:
            _tell_kept(room, seat)
    if closes:
        for seat in sheet_seats(room):
            if seat not in room.state.sheets:
                _tell_kept(room, seat)


def tell_all_kept(room: Room) -> None:
    """Before a session is erased: what its porteurs keep is sealed under their own link a last time."""
    for seat in sheet_seats(room):
        _tell_kept(room, seat)


def sheet_seats(room: Room) -> Iterator[str]:
    sheet = room.method.sheet
    return (seat.id for seat in room.state.seats.values() if sheet is not None and seat.role == sheet.role)


def sheet_of_seat(room: Room, seat: str) -> dict[str, Any] | None:
    sheet: dict[str, Any] | None = view_own(room.state, seat)["sheet"] if seat in room.state.seats else None
    return sheet


def seat_uuid(room: Room, seat: str) -> uuid.UUID:
    """Somebody without a phone has no seat of their own in the database, but a stable identity in this session."""
    try:
        return uuid.UUID(seat)
    except ValueError:
        return uuid.uuid5(room.session_id, seat)


def _tell_released(room: Room, before: State) -> None:
    for key, release in room.state.releases.items():
        if before.releases.get(key) != release:
            _send_released(room, release.seat, release.sentence, release.card)
    for key, release in before.releases.items():
        if key not in room.state.releases:
            _send_released(room, release.seat, None, release.card)


def _send_released(room: Room, seat: str, sentence: str | None, card: str | None) -> None:
    released.send(Room, session_id=room.session_id, seat=seat_uuid(room, seat), sentence=sentence, card=card)


def _tell_kept(room: Room, seat: str) -> None:
    sheet = sheet_of_seat(room, seat)
    if sheet is not None:
        kept.send(Room, session_id=room.session_id, seat=seat_uuid(room, seat), sheet=sheet)

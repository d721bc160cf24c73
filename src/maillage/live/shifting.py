"""« Tout décaler » : the clocks of all the rooms of a gathering at once, each by the hand of whoever leads there."""

import itertools
import uuid
from collections.abc import Iterator
from dataclasses import dataclass, field

from django.utils.translation import gettext as _

from facilitation import State, TableSpec
from maillage.gatherings.models import Gathering
from maillage.live.committer import Submitted
from maillage.live.models import Session
from maillage.live.queries import open_sessions
from maillage.live.rooms import ErasedSession
from maillage.live.runtime import live
from maillage.office.services import record_activity

GOING_ON = ("running", "paused")
MOST_MINUTES = 60  # as much as one move of the engine gives


@dataclass
class Shifted:
    """The rooms whose step ends later (or sooner), and those that said no, with their reason."""

    moved: list[str] = field(default_factory=list)
    refused: list[str] = field(default_factory=list)


def shift_clocks(*, gathering: Gathering, minutes: int, key: uuid.UUID, by: str) -> Shifted:
    """Gives `minutes` (-60…60, not 0) to the step of every room that plays. The same `key` twice shifts once.

    A room that has not begun, or has ended, has no clock: it is left. What is on disk is said, room by room; where
    tables run themselves, each table's clock is shifted.
    """
    done = Shifted()
    for session in open_sessions(gathering.pk):
        if session.rehearsal:
            continue
        try:
            state = live().rooms.load(session.pk).state
        except ErasedSession:
            continue
        for table in _clocks_on(state):
            place = f"{session}, {table.name}" if state.clocks else str(session)
            refusal = _extend(session, state, table.id, minutes, key)
            if refusal:
                done.refused.append(f"{place} : {refusal}")
            else:
                done.moved.append(place)
    if done.moved:
        record_activity(
            space=gathering.space.slug, by=by, verb="shift-clocks", about=str(gathering), about_id=gathering.pk
        )
    return done


def _clocks_on(state: State) -> Iterator[TableSpec]:
    """A table for each clock that is on: one of those that share theirs, and each that runs itself."""
    for table in itertools.chain(state.led[:1], (table for table in state.open_tables if table.id in state.clocks)):
        if state.through(table.id).on:
            yield table


def _extend(session: Session, state: State, table: int, minutes: int, key: uuid.UUID) -> str:
    """The sentence of the refusal, "" when the move is stored. A lead who is refused is passed over for the next."""
    name = f"shift-{key}-{table}"
    if session.moves.filter(key=name).exists():  # by a lead who has left since
        return ""
    refusal = _("Personne n’y anime : donnez ces minutes depuis son écran d’animation.")
    for lead in _leads(state, table):
        outcome = live().committer.submit(
            Submitted(session.pk, uuid.UUID(lead), "extend", {"seconds": minutes * 60, "table": table}, name)
        )
        if outcome.accepted:
            return ""
        refusal = str(outcome.sentence)
    return refusal


def _leads(state: State, table: int) -> list[str]:
    """The seats of those who are there and may give time to this table: those who lead the room first.

    Who has left is not brought back by it; who types for somebody without a phone (no seat of their own) is not one.
    """
    there = [seat for seat in state.seats.values() if seat.present and seat.by != "facilitator"]
    allowed = state.through(table)
    found = [
        seat
        for seat in there
        if "extend" in allowed.rights(seat.role) and (seat.table is None or _same_clock(state, seat.table, table))
    ]
    return [seat.id for seat in sorted(found, key=lambda seat: seat.table is not None)]


def _same_clock(state: State, one: int, other: int) -> bool:
    return one == other or (one not in state.clocks and other not in state.clocks)

"""Paper typed in afterwards: the moves that what was posted makes. `facilitation.paper` decides."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

from django.http import QueryDict
from django.utils.translation import gettext as _

from facilitation import REFUSALS, paper_steps
from maillage.live.committer import Submitted
from maillage.live.outcomes import Outcome
from maillage.live.rooms import Room
from maillage.live.runtime import live
from maillage.live.seats import Ticket

MOST_LINES = 100  # of one form: as many cards as one author may have at a step


@dataclass
class Typed:
    """What became of a form: how many were noted, and what was not, with its reason."""

    noted: int = 0
    status: int = 200
    error: str = ""
    kept: dict[str, str] = field(default_factory=dict)  # field → what goes back in the form


def may_transcribe(room: Room, seat: str) -> bool:
    known = room.state.seats.get(seat)
    return known is not None and "advance" in room.state.through(known.table).rights(known.role)


def tables_of(room: Room, seat: str) -> list[tuple[int, str]]:
    """Every table for who leads the room; one's own for a table that leads itself."""
    own = room.state.seats[seat].table
    return [(table.id, table.name) for table in room.state.open_tables if own in (None, table.id)]


def steps_of(room: Room, table: int) -> list[dict[str, Any]]:
    return paper_steps(room.in_words().state, table)


def begin_and_end(room: Room, ticket: Ticket, key: str) -> Outcome:
    """A session that took place without a screen: it opens and closes at once."""
    opened = _submit(room, ticket, "open", {}, f"{key}-open")
    return _submit(room, ticket, "close", {}, f"{key}-close") if opened.accepted else opened


def take_back(room: Room, ticket: Ticket, base: Mapping[str, Any], posted: QueryDict, key: str) -> Typed:
    what = {name: posted[name] for name in ("card", "sheet") if posted.get(name)}
    return _told(_submit(room, ticket, "transcribe", {**base, **what, "on": False}, key), posted)


def note(room: Room, ticket: Ticket, base: Mapping[str, Any], posted: QueryDict, key: str) -> Typed:
    """The form of a step: of texts, one a line; else as it is."""
    if "lines" in posted:
        return _note_lines(room, ticket, base, posted, key)
    named = [name for name in posted if name.startswith("count_") or name in ("players", "total", "role")]
    fields: dict[str, Any] = {name: str(posted[name]).strip() for name in named}
    for name in posted:
        if name.startswith("answer_"):
            given = [value.strip() for value in posted.getlist(name) if value.strip()]
            fields[name] = given if len(given) > 1 else "".join(given)
    return _told(_submit(room, ticket, "transcribe", {**base, **fields}, key), posted)


def _note_lines(room: Room, ticket: Ticket, base: Mapping[str, Any], posted: QueryDict, key: str) -> Typed:
    lines = [line.strip() for line in str(posted["lines"]).splitlines() if line.strip()]
    typed = Typed()
    fields = {name: posted[name] for name in ("kind", "parent") if posted.get(name)}
    if not lines:
        return Typed(status=422, error=_("Écrivez au moins une ligne."), kept=_kept(posted))
    if len(lines) > MOST_LINES:
        words = _("{n} lignes, c’est trop en une fois : cent au plus. Rien n’est noté.").format(n=len(lines))
        return Typed(status=422, error=words, kept=_kept(posted))
    for number, line in enumerate(lines):
        outcome = _submit(room, ticket, "transcribe", {**base, **fields, "text": line}, f"{key}-{number}")
        if not outcome.accepted:  # what was noted is noted; the rest goes back in the form
            refused = _told(outcome, posted)
            kept = refused.kept | {"lines": "\n".join(lines[number:])}
            where = _("À la ligne « {line} » : ").format(line=line[:40]) if len(lines) > 1 else ""
            return Typed(typed.noted, refused.status, where + refused.error, kept)
        typed.noted += 1
    return typed


def _submit(room: Room, ticket: Ticket, kind: str, payload: Mapping[str, Any], key: str) -> Outcome:
    made = {**payload, "by": "paper"}
    return live().committer.submit(Submitted(room.session_id, ticket.seat_id, kind, made, key, ticket.generation))


def _told(outcome: Outcome, posted: QueryDict) -> Typed:
    if outcome.accepted:
        return Typed(noted=1)
    status = 422 if outcome.reason in REFUSALS and outcome.reason != "closed" else outcome.status
    return Typed(status=status, error=str(outcome.sentence), kept=_kept(posted))


def _kept(posted: QueryDict) -> dict[str, str]:
    return {name: ",".join(posted.getlist(name)) for name in posted if name != "csrfmiddlewaretoken"}

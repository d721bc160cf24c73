"""The control room: all the rooms of a gathering at once. Counts, clocks and alarms; never a card, never a name."""

import time
from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _

from facilitation import Audience, view_audience
from maillage.gatherings.models import Gathering
from maillage.lib.typography import count, join_words
from maillage.live.enums import SeatKind
from maillage.live.models import Session
from maillage.live.queries import open_sessions
from maillage.live.rooms import ErasedSession
from maillage.live.runtime import live
from maillage.live.screens import clock_words
from maillage.live.urls_of import facilitator_url, join_url, projector_url

LATE = 120_000  # ms past the end of a step before the control room says so

_alarms: list[Callable[[Session], str]] = []


def register_alarm(alarm: Callable[[Session], str]) -> None:
    """A sentence a later noun wants to show for a session, "" for nothing: what the report still lacks."""
    if alarm not in _alarms:
        _alarms.append(alarm)


@dataclass
class RoomRow:
    session: Session
    view: dict[str, Any]
    clock: str
    people: str
    online: str
    alarms: list[str] = field(default_factory=list)
    join: str = ""
    facilitate: str = ""
    project: str = ""


def rooms_of(gathering: Gathering, base_url: str, *, rehearsal: bool = False) -> list[RoomRow]:
    rows = []
    for session in open_sessions(gathering.pk):
        if session.rehearsal == rehearsal:
            try:
                rows.append(_row(session, base_url))
            except ErasedSession:
                continue  # erased between the two reads
    return rows


def _row(session: Session, base_url: str) -> RoomRow:
    room = live().rooms.load(session.id)
    view = view_audience(room.state, Audience("control", None))
    people = sum(table["people"] for table in view["tables"])
    screens = live().hub.count(session.id)
    return RoomRow(
        session=session,
        view=view,
        clock=clock_words(view["clock"]) if view["stage"] else "",
        people=count(people, _("personne"), _("personnes"), zero=_("personne n’est encore là")),
        online=count(screens, _("écran en ligne"), _("écrans en ligne"), zero=_("aucun écran en ligne")),
        alarms=_alarms_of(session, view, people, screens),
        join=join_url(session, base_url),
        facilitate=facilitator_url(session, base_url),
        project=projector_url(session, base_url),
    )


def _alarms_of(session: Session, view: dict[str, Any], people: int, screens: int) -> list[str]:
    found = []
    clock = view["clock"]
    facilitated = session.seats.filter(kind=SeatKind.FACILITATOR).exists()
    if view["status"] == "waiting" and people and not facilitated:
        found.append(_("Des personnes attendent, et personne n’anime encore."))
    if view["status"] == "running" and clock["running"] and clock["ends_at"] is not None:
        late = int(time.time() * 1000) - clock["ends_at"]
        if late > LATE:
            found.append(_("L’étape a dépassé son temps de %d minutes.") % (late // 60_000))
    if view["status"] in ("running", "paused") and not screens:
        found.append(_("Plus aucun écran de cette salle n’est en ligne."))
    empty = [table["name"] for table in view["tables"] if not table["people"]]
    if people and empty:
        words = _("%s est encore vide.") if len(empty) == 1 else _("%s sont encore vides.")
        found.append(words % join_words(empty))
    if view["status"] == "closed":
        found += [sentence for alarm in _alarms if (sentence := alarm(session))]
    return found

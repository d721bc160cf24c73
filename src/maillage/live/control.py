"""The control room: all the rooms of a gathering at once. Counts, clocks and alarms; never a card, never a name."""

from collections.abc import Callable
from dataclasses import dataclass, field
from typing import Any

from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from facilitation import Audience, view_audience
from maillage.gatherings.enums import SlotKind
from maillage.gatherings.models import Gathering, Workshop
from maillage.lib.clock import now_ms
from maillage.lib.typography import count, join_words
from maillage.live.enums import SeatKind, SessionStatus
from maillage.live.helping import HelpView, help_calls
from maillage.live.links import kept_address
from maillage.live.models import Session
from maillage.live.opening import why_not
from maillage.live.queries import open_sessions
from maillage.live.rooms import ErasedSession
from maillage.live.runtime import live
from maillage.live.screens import clock_words
from maillage.live.urls_of import facilitator_url, join_url, projector_url

LATE = 120_000  # ms past the end of a step before the control room says so

ANSWERED = {"poll": "answered", "form": "answered", "pot": "given"}  # activity → what counts who did it

_alarms: list[Callable[[Session], str]] = []


def register_alarm(alarm: Callable[[Session], str]) -> None:
    """A sentence a later noun wants to show for a session, "" for nothing: what the report still lacks."""
    if alarm not in _alarms:
        _alarms.append(alarm)


@dataclass
class RoomRow:
    """A workshop of the gathering, with its session when it has one."""

    workshop: Workshop
    session: Session | None = None
    view: dict[str, Any] = field(default_factory=dict)
    clock: str = ""
    people: str = ""
    online: str = ""
    answers: str = ""  # how many answered what this step asks, when it counts answers
    help: HelpView | None = None  # a facilitator asks for a hand
    alarms: list[str] = field(default_factory=list)
    join: str = ""
    facilitate: str = ""
    project: str = ""
    kept: str = ""  # where an organiser reads what an ended session left
    exports: list[str] = field(default_factory=list)  # CSV and JSON, through the seat this browser holds there
    why_not: str = ""  # why a session that is not there cannot be opened

    @property
    def calls(self) -> bool:
        """For help, and nobody has said yet that they come."""
        return self.help is not None and not self.help.answered

    @property
    def troubled(self) -> bool:
        """Something is to be seen there while it is going on; a call for help is said apart."""
        return bool(self.alarms) and not self.ended

    @property
    def ended(self) -> bool:
        """By its room, or from outside of it."""
        return self.session is not None and SessionStatus.CLOSED in (self.session.status, self.view.get("status"))


def rooms_of(gathering: Gathering, base_url: str, *, rehearsal: bool = False) -> list[RoomRow]:
    """All the workshops in the order of the programme, those whose session is not open included."""
    sessions = {
        session.workshop_id: session for session in open_sessions(gathering.pk) if session.rehearsal == rehearsal
    }
    calls = help_calls(gathering.pk)
    workshops = Workshop.objects.filter(slot__gathering=gathering, slot__kind=SlotKind.WORKSHOPS)
    rows = []
    for workshop in workshops.select_related("slot", "room").order_by("slot__position", "position"):
        workshop.slot.gathering = gathering
        row = RoomRow(workshop, sessions.get(workshop.pk))
        try:
            if row.session is not None:
                _fill(row, row.session, base_url)
                row.help = None if row.ended else calls.get(row.session.pk)
        except ErasedSession:  # between the two reads
            row.session = None
        if row.session is None:
            row.why_not = why_not(workshop)
        rows.append(row)
    return rows


def _fill(row: RoomRow, session: Session, base_url: str) -> None:
    view = row.view = view_audience(live().rooms.load(session.id).in_words().state, Audience("control", None))
    people = sum(table["people"] for table in view["tables"])
    screens = live().screens_of(session.id)
    row.people = count(people, _("personne"), _("personnes"), zero=_("personne n’est encore là"))
    row.facilitate = facilitator_url(session, base_url)
    if row.ended:
        row.people = count(people, _("personne"), _("personnes"), zero=_("personne n’est venu"))
        row.kept = kept_address(session)
        row.alarms = [sentence for alarm in _alarms if (sentence := alarm(session))]
        return
    row.clock = clock_words(view["clock"]) if view["stage"] else ""
    row.answers = answers_words(view)
    row.online = count(screens, _("écran en ligne"), _("écrans en ligne"), zero=_("aucun écran en ligne"))
    row.alarms = _alarms_of(session, view, people, screens)
    row.join = join_url(session, base_url)
    row.project = projector_url(session, base_url)


def answers_words(view: dict[str, Any]) -> str:
    """« 7 réponses sur 9 », where the step votes, gives or fills in a form. How many, never what."""
    activity = view["stage"]["activity"] if view["stage"] else ""
    asked = view[activity] if activity in ANSWERED else None
    if asked is None or not asked["asked"]:
        return ""
    words = count(asked[ANSWERED[activity]], _("réponse"), _("réponses"), zero=_("aucune réponse"))
    return _("{answers} sur\u00a0{asked}").format(answers=words, asked=asked["asked"])


def _alarms_of(session: Session, view: dict[str, Any], people: int, screens: int) -> list[str]:
    found = []
    clock = view["clock"]
    facilitated = session.seats.filter(kind=SeatKind.FACILITATOR).exists()
    if view["status"] == "waiting" and people and not facilitated:
        found.append(_("Des personnes attendent, et personne n’anime encore."))
    if view["status"] == "running" and clock["running"] and clock["ends_at"] is not None:
        late = now_ms() - clock["ends_at"]
        if late > LATE:
            minutes = late // 60_000
            found.append(
                ngettext(
                    "L’étape a dépassé son temps de %d minute.", "L’étape a dépassé son temps de %d minutes.", minutes
                )
                % minutes
            )
    if view["status"] in ("running", "paused") and not screens:
        found.append(_("Plus aucun écran de cette salle n’est en ligne."))
    empty = [table["name"] for table in view["tables"] if not table["people"]]
    if people and empty:
        words = _("%s est encore vide.") if len(empty) == 1 else _("%s sont encore vides.")
        found.append(words % join_words(empty))
    return found

"""What a workshop's session found, in counts: read from its log, or kept when the log was erased."""

from collections.abc import Iterable
from typing import Any
from uuid import UUID

from django.utils import timezone

from facilitation import results
from maillage.gatherings.models import Gathering, Workshop
from maillage.lib.languages import in_french
from maillage.live import keys
from maillage.live.enums import SessionStatus
from maillage.live.models import KeptFigures, Session
from maillage.live.rooms import ErasedSession, Room, UnknownSession
from maillage.live.runtime import live

FLOOR = 5  # people: below, a count says too much of each of them, and is not said

Row = dict[str, Any]


@in_french
def rows_of(room: Room) -> list[Row]:
    """A line an option; a question that fewer than FLOOR people answered is one line, with no number."""
    rows: list[Row] = []
    for item in results(room.state):
        base = {name: item[name] for name in ("step", "kind", "title", "subject", "question")}
        if item["answered"] < FLOOR:
            rows.append(base | {"option": "", "count": None, "possible": None, "answered": None})
            continue
        for option in item["options"]:
            numbers = {"count": option["count"], "possible": option.get("possible"), "answered": item["answered"]}
            rows.append(base | {"option": option["label"]} | numbers)
    return rows


def results_of(gathering: Gathering) -> dict[UUID, list[Row]]:
    """Workshop → its lines. A session that is still played says nothing yet, rehearsals never do."""
    found = kept_figures(gathering.pk)
    for session in Session.objects.filter(gathering=gathering, rehearsal=False).exclude(status=SessionStatus.ERASED):
        if session.status == SessionStatus.CLOSED or _is_over(gathering):
            rows = _read(session)
            if rows:
                found[session.workshop_id] = rows
    return {workshop: rows for workshop, rows in found.items() if rows}


def kept_figures(gathering_id: UUID) -> dict[UUID, list[Row]]:
    """Workshop → what was counted there before its notes were erased."""
    kept = KeptFigures.objects.filter(gathering=gathering_id, workshop__isnull=False)
    return dict(kept.values_list("workshop", "rows"))


def _is_over(gathering: Gathering) -> bool:
    return gathering.date is not None and gathering.date < timezone.localdate()


def _read(session: Session) -> list[Row]:
    if not keys.has_key(session.pk):
        return []
    try:
        return rows_of(live().rooms.load(session.pk))
    except (UnknownSession, ErasedSession):
        return []


def keep_results(session: Session, room: Room) -> None:
    """Before its key goes. An erased session that found nothing takes nothing away from one before it."""
    rows = rows_of(room)
    if rows and not session.rehearsal:
        keep_rows(session.gathering, session.workshop, rows)


def keep_rows(gathering: Gathering, workshop: Workshop | None, rows: Iterable[Row]) -> None:
    KeptFigures.objects.update_or_create(gathering=gathering, workshop=workshop, defaults={"rows": list(rows)})

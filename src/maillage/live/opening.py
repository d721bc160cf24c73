"""Opening a gathering's sessions all at once, with the tables and the porteurs of its published plan."""

from typing import Any

from facilitation import UnplayableMethod
from maillage.gatherings.models import Gathering, Workshop
from maillage.live.models import Session
from maillage.live.services import NoMethod, open_session
from maillage.methods.services import keep_shipped_versions
from maillage.plans.queries import seats_for_session


def open_gathering(*, gathering: Gathering, by: str, rehearsal: bool = False) -> list[Session]:
    """The sessions of the workshops whose method can be played, those already open included."""
    keep_shipped_versions()
    sessions = []
    for workshop in (
        Workshop.objects.filter(slot__gathering=gathering).exclude(method="").order_by("slot__position", "position")
    ):
        try:
            sessions.append(open_session(workshop=workshop, by=by, tables=tables_of(workshop), rehearsal=rehearsal))
        except (NoMethod, UnplayableMethod):
            continue
    return sessions


def tables_of(workshop: Workshop) -> list[dict[str, Any]]:
    """What facilitation.TableSpec takes, one for each table of the published plan; one table when there is no plan."""
    seated = [table for table in seats_for_session(workshop) if table.number is not None]
    return [{"id": table.number, "name": f"Table {table.number}"} for table in seated]

"""Opening a gathering's sessions all at once, with the tables and the porteurs of its published plan."""

from typing import Any

from django.utils.translation import gettext as _

from facilitation import UnplayableMethod, shipped_methods, start
from maillage.gatherings.models import Gathering, Workshop
from maillage.live.models import Session
from maillage.live.rooms import method_of
from maillage.live.services import NoMethod, open_session
from maillage.methods.queries import UnreadableVersion, latest_version
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
        except (NoMethod, UnplayableMethod, UnreadableVersion):
            continue
    return sessions


def open_one(*, workshop: Workshop, by: str) -> Session:
    """One workshop's session. Refused as open_session refuses: NoMethod, UnplayableMethod."""
    keep_shipped_versions()
    return open_session(workshop=workshop, by=by, tables=tables_of(workshop))


def why_not(workshop: Workshop) -> str:
    """Why this workshop's session cannot be opened, "" when it can."""
    if not workshop.method:
        return _("Pas de méthode : choisissez-en une dans le programme.")
    version = latest_version(workshop.method, workshop.slot.gathering.space)
    try:
        method = method_of(version) if version else shipped_methods().get(workshop.method)
    except UnreadableVersion as refusal:
        return refusal.sentence
    if method is None:
        return _("La méthode choisie n’a pas encore de fichier : cet atelier se mène sans téléphone.")
    try:
        start(method)
    except UnplayableMethod as refusal:
        return refusal.sentence
    return ""


def tables_of(workshop: Workshop) -> list[dict[str, Any]]:
    """What facilitation.TableSpec takes, one for each table of the published plan; one table when there is no plan."""
    seated = [table for table in seats_for_session(workshop) if table.number is not None]
    return [{"id": table.number, "name": f"Table {table.number}"} for table in seated]

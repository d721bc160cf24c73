"""What each act left of a sentence « à retenir »: every act is numbered, and any of them can be undone."""

from typing import Any

from maillage.gatherings.models import Gathering
from maillage.memory.enums import TakeawayOrigin
from maillage.memory.models import Takeaway, TakeawayVersion
from maillage.office.services import record_activity


def lock_gathering(gathering: Gathering) -> None:
    """Until the transaction ends: two who look whether a thing is there already, then make it, do so in turn."""
    Gathering.with_trials.select_for_update(of=("self",)).get(pk=gathering.pk)


def snapshot(takeaway: Takeaway) -> dict[str, Any]:
    """A porteur's words are not copied: what they take back is nowhere else."""
    return {
        "text": "" if takeaway.origin == TakeawayOrigin.RELEASED else takeaway.text,
        "workshop": str(takeaway.workshop_id) if takeaway.workshop_id else None,
        "themes": sorted(takeaway.themes.values_list("name", flat=True)),
        "position": _place(takeaway),
        "removed": takeaway.removed_at is not None,
        "unsettled": takeaway.unsettled,
    }


def _place(takeaway: Takeaway) -> int:
    """Among those kept of its workshop, from 0."""
    rows = Takeaway.objects.filter(
        gathering=takeaway.gathering_id, workshop=takeaway.workshop_id, rehearsal=takeaway.rehearsal
    )
    order = list(rows.values_list("pk", flat=True))
    return order.index(takeaway.pk) if takeaway.pk in order else takeaway.position


def lock_takeaway(takeaway: Takeaway) -> Takeaway:
    """Its row until the transaction ends, removed or not; with the state it is in as its last version, so that the act
    that follows can be undone: one never touched had none, and one that came back from another server may differ."""
    rows = Takeaway.with_removed.select_for_update(of=("self",)).select_related("gathering__space", "workshop")
    locked = rows.get(pk=takeaway.pk)
    last = locked.versions.filter(number=locked.version).first()
    now = snapshot(locked)
    if last is not None and _without_place(last.content) != _without_place(now):
        locked.version += 1
        locked.save(update_fields=["version"])
        last = None
    if last is None:
        TakeawayVersion.objects.create(takeaway=locked, number=locked.version, content=now, verb="", by="")
    return locked


def _without_place(content: dict[str, Any]) -> dict[str, Any]:
    """Its place changes whenever another one moves; older versions do not say whether it is settled."""
    return {"unsettled": False} | {part: value for part, value in content.items() if part != "position"}


def record_version(takeaway: Takeaway, *, verb: str, by: str) -> None:
    """The row is saved as it stands, with one version more and a line in the log of the space."""
    takeaway.version += 1
    takeaway.save(update_fields=["text", "workshop", "position", "said", "removed_at", "unsettled", "version"])
    TakeawayVersion.objects.create(
        takeaway=takeaway, number=takeaway.version, content=snapshot(takeaway), verb=verb[:60], by=by[:200]
    )
    gathering = takeaway.gathering
    if takeaway.rehearsal:
        verb = f"{verb} (répétition)"
    about = str(takeaway.workshop or gathering)
    record_activity(space=gathering.space.slug, by=by, verb=verb, about=about, about_id=gathering.pk)

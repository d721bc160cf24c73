"""The desk of the evening: what the rooms gave is kept, rewritten, put in order; nobody's work is lost, all is undone.

Every write locks the gathering first, then the sentence: two editors never deadlock, and the second one sees what the
first one did.
"""

import uuid
from collections.abc import Sequence
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.gatherings.models import Gathering, Workshop
from maillage.memory.enums import GleaningStatus, TakeawayOrigin
from maillage.memory.experiences import theme_named
from maillage.memory.gleaning import Gleaned
from maillage.memory.history import lock_gathering, lock_takeaway, record_version
from maillage.memory.models import Gleaning, Publication, Takeaway, TakeawayVersion
from maillage.memory.services import LONGEST_TAKEAWAY, add_takeaway
from maillage.office.services import record_activity

PARTS = ("text", "workshop", "themes")


class ChangedMeanwhile(Exception):
    """Both wrote the same sentence, and nothing was saved. `takeaway` is as the other left it."""

    def __init__(self, takeaway: Takeaway, by: str) -> None:
        self.takeaway, self.by = takeaway, by
        self.sentence = _("Entre-temps, %s a écrit autre chose.") % by
        super().__init__(self.sentence)


class MovedOn(Exception):
    """The act to undo is no longer the last one."""

    def __init__(self) -> None:
        self.sentence = _("Cette phrase a encore changé depuis : rien n’est annulé. Son historique montre tout.")
        super().__init__(self.sentence)


@transaction.atomic
def keep_gleaned(
    *, gathering: Gathering, workshop: Workshop | None, gleaned: Sequence[Gleaned], text: str, by: str
) -> Takeaway:
    """One sentence from what the room gave; of several alike, one that says how many said it.

    Sent twice, it is kept once. Raises ChangedMeanwhile when somebody kept one of them otherwise.
    """
    lock_gathering(gathering)
    for thing in gleaned:
        known = Gleaning.objects.filter(session=thing.session, key=thing.key, status=GleaningStatus.KEPT).first()
        if known is not None and known.takeaway is not None:
            kept = known.takeaway
            if kept.text == text and kept.removed_at is None:
                return kept
            raise ChangedMeanwhile(kept, _who_touched(kept))
    takeaway = add_takeaway(
        gathering=gathering,
        workshop=workshop,
        text=text,
        origin=_origin(gleaned),
        by=by,
        rehearsal=gleaned[0].session.rehearsal,
        said=sum(thing.said for thing in gleaned),
    )
    for thing in gleaned:
        Gleaning.objects.update_or_create(
            session=thing.session,
            key=thing.key,
            defaults={
                "status": GleaningStatus.KEPT,
                "takeaway": takeaway,
                "text": "" if thing.own else thing.text[:LONGEST_TAKEAWAY],
            },
        )
    return takeaway


def _origin(gleaned: Sequence[Gleaned]) -> str:
    if any(thing.own for thing in gleaned):
        return TakeawayOrigin.RELEASED
    return TakeawayOrigin.FIGURES if all(thing.figures for thing in gleaned) else TakeawayOrigin.ROOM


@transaction.atomic
def mark_gleaned(*, gathering: Gathering, gleaned: Sequence[Gleaned], status: GleaningStatus | None, by: str) -> None:
    """Left aside, shown apart from those alike, or (None) to be sorted again. What is kept stays kept."""
    lock_gathering(gathering)
    for thing in gleaned:
        rows = Gleaning.objects.filter(session=thing.session, key=thing.key)
        if rows.filter(status=GleaningStatus.KEPT).exists():
            continue
        if status is None:
            rows.delete()
        else:
            Gleaning.objects.update_or_create(session=thing.session, key=thing.key, defaults={"status": status})
    verb = {
        GleaningStatus.LEFT: "a laissé de côté ce qu’un atelier donnait",
        GleaningStatus.APART: "a séparé des phrases semblables",
    }.get(status or GleaningStatus.KEPT, "a repris ce qui était laissé de côté")
    if gleaned and gleaned[0].session.rehearsal:
        verb = f"{verb} (répétition)"
    record_activity(space=gathering.space.slug, by=by, verb=verb, about=str(gathering), about_id=gathering.pk)


@transaction.atomic
def rewrite_takeaway(
    *, takeaway: Takeaway, text: str, workshop: Workshop | None, themes: Sequence[str], seen: int, by: str
) -> Takeaway:
    """`seen`: the version the page showed. What only one of the two changed is kept of both.

    Raises ChangedMeanwhile when both changed the words.
    """
    lock_gathering(takeaway.gathering)
    locked = lock_takeaway(takeaway)
    if locked.origin == TakeawayOrigin.RELEASED:
        raise ValueError("a porteur's own words are not rewritten")
    shown = locked.versions.filter(number=seen).first() or locked.versions.get(number=locked.version)
    base, current = shown.content, locked.versions.get(number=locked.version).content
    wanted: dict[str, Any] = {"text": text, "workshop": str(workshop.pk) if workshop else None, "themes": list(themes)}
    mine = {part: wanted[part] != base[part] for part in PARTS}
    if mine["text"] and current["text"] not in (base["text"], text):
        raise ChangedMeanwhile(locked, _who_touched(locked))
    merged = {part: wanted[part] if mine[part] else current[part] for part in PARTS}
    if locked.removed_at is not None and any(mine.values()):
        locked.removed_at = None  # somebody took it out while it was being written: what was typed is not lost
    elif merged == {part: current[part] for part in PARTS}:
        return locked
    locked.text = merged["text"]
    locked.themes.set([theme_named(locked.gathering.space, name) for name in merged["themes"]])
    _put_in(locked, merged["workshop"])
    record_version(locked, verb="a modifié un « à retenir »", by=by)
    return locked


@transaction.atomic
def place_takeaway(*, takeaway: Takeaway, place: int, by: str) -> Takeaway:
    """At this place among those of its workshop, from 0."""
    lock_gathering(takeaway.gathering)
    locked = lock_takeaway(takeaway)
    siblings = _siblings(locked)
    before = [row.pk for row in siblings].index(locked.pk) if locked.removed_at is None else None
    place = max(0, min(place, len(siblings) - 1))
    if before is None or before == place:
        return locked
    siblings.insert(place, siblings.pop(before))
    _number(siblings)
    locked.position = place
    record_version(locked, verb="a changé l’ordre de ce qui est à retenir", by=by)
    return locked


def shift_takeaway(*, takeaway: Takeaway, by_one: int, by: str) -> Takeaway:
    """One place up (-1) or down (+1)."""
    order = [row.pk for row in _siblings(takeaway)]
    if takeaway.pk not in order:
        return takeaway
    return place_takeaway(takeaway=takeaway, place=order.index(takeaway.pk) + by_one, by=by)


@transaction.atomic
def bring_back(*, takeaway: Takeaway, by: str) -> Takeaway:
    lock_gathering(takeaway.gathering)
    locked = lock_takeaway(takeaway)
    if locked.removed_at is not None:
        locked.removed_at = None
        record_version(locked, verb="a repris un « à retenir »", by=by)
    return locked


@transaction.atomic
def mark_unsettled(*, takeaway: Takeaway, unsettled: bool, by: str) -> Takeaway:
    """« Non tranché », or taken back. A porteur's sentence too: it says nothing of its words."""
    lock_gathering(takeaway.gathering)
    locked = lock_takeaway(takeaway)
    if locked.unsettled != unsettled:
        locked.unsettled = unsettled
        verb = "a marqué une phrase « non tranchée »" if unsettled else "a repris une phrase « non tranchée »"
        record_version(locked, verb=verb, by=by)
    return locked


@transaction.atomic
def return_to_version(*, takeaway: Takeaway, number: int, by: str, verb: str = "") -> Takeaway:
    """As it was then, as a new version: the history keeps both."""
    lock_gathering(takeaway.gathering)
    locked = lock_takeaway(takeaway)
    content = locked.versions.get(number=number).content
    if locked.origin != TakeawayOrigin.RELEASED:
        locked.text = content["text"]
    locked.themes.set([theme_named(locked.gathering.space, name) for name in content["themes"]])
    locked.removed_at = (locked.removed_at or timezone.now()) if content["removed"] else None
    locked.unsettled = content.get("unsettled", False)
    _put_in(locked, content["workshop"])
    siblings = [row for row in _siblings(locked) if row.pk != locked.pk]
    locked.position = min(content["position"], len(siblings))
    if locked.removed_at is None:
        siblings.insert(locked.position, locked)
        _number(siblings)
    record_version(locked, verb=verb or "a repris une version d’un « à retenir »", by=by)
    return locked


@transaction.atomic
def undo_last(*, takeaway: Takeaway, number: int, by: str) -> Takeaway:
    """Undoes act `number`, if it is still the last one: a sentence that was just added is taken out."""
    lock_gathering(takeaway.gathering)
    locked = lock_takeaway(takeaway)
    if locked.version != number:
        raise MovedOn
    before = locked.versions.filter(number__lt=number).first()
    verb = "a annulé son geste sur un « à retenir »"
    if before is not None:
        return return_to_version(takeaway=locked, number=before.number, by=by, verb=verb)
    locked.removed_at = timezone.now()
    record_version(locked, verb=verb, by=by)
    return locked


@transaction.atomic
def publish_remains(*, gathering: Gathering, shown: bool, by: str) -> None:
    """What the day keeps, on its public page, or no longer."""
    if shown:
        Publication.objects.get_or_create(gathering=gathering, defaults={"by": by[:200]})
    else:
        Publication.objects.filter(gathering=gathering).delete()
    verb = "a publié ce qui est à retenir" if shown else "a cessé de publier ce qui est à retenir"
    record_activity(space=gathering.space.slug, by=by, verb=verb, about=str(gathering), about_id=gathering.pk)


@transaction.atomic
def add_once(
    *, gathering: Gathering, workshop: Workshop | None, text: str, by: str, rehearsal: bool = False
) -> Takeaway:
    """A page sent again (reloaded, tapped twice) adds nothing: the sentence that is there is given back."""
    lock_gathering(gathering)
    origin = TakeawayOrigin.ORGANISER
    known = gathering.takeaways.filter(workshop=workshop, origin=origin, rehearsal=rehearsal, text=text).first()
    return known or add_takeaway(
        gathering=gathering, workshop=workshop, text=text, origin=origin, by=by, rehearsal=rehearsal
    )


def _who_touched(takeaway: Takeaway) -> str:
    last = TakeawayVersion.objects.filter(takeaway=takeaway).exclude(by="").first()
    return last.by if last else _("quelqu’un d’autre")


def _siblings(takeaway: Takeaway) -> list[Takeaway]:
    """Those kept of the same workshop, in order."""
    rows = Takeaway.objects.filter(
        gathering=takeaway.gathering_id, workshop=takeaway.workshop_id, rehearsal=takeaway.rehearsal
    )
    return list(rows)


def _number(rows: Sequence[Takeaway]) -> None:
    for position, row in enumerate(rows):
        if row.position != position:
            row.position = position
            Takeaway.with_removed.filter(pk=row.pk).update(position=position)


def _put_in(takeaway: Takeaway, workshop: str | None) -> None:
    """Last of another workshop; where it is if it stays. A workshop that is gone since is the whole day."""
    found = Workshop.objects.filter(pk=workshop, slot__gathering=takeaway.gathering_id).first() if workshop else None
    wanted: uuid.UUID | None = found.pk if found else None
    if wanted == takeaway.workshop_id:
        return
    takeaway.workshop = found
    rows = _siblings(takeaway)
    takeaway.position = rows[-1].position + 1 if rows else 0

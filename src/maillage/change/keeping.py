"""Each act on a thing of a noyau is a version, and any version can be taken again."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any, TypeVar

from django.db import transaction
from django.db.models import ForeignKey
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.change.models import CoreGroup, Kept, Member, Version
from maillage.office.services import record_activity

Row = Any  # a CoreGroup or a Kept: both have CONTENT, version, removed_at
R = TypeVar("R", bound=CoreGroup | Kept)


class ChangedMeanwhile(Exception):
    """Both wrote the same part of it, in another way: nothing was written. `row` is as the other left it."""

    def __init__(self, row: Row, who: str, theirs: Mapping[str, Any]) -> None:
        self.row, self.theirs = row, dict(theirs)
        self.sentence = _("Entre-temps, %s a changé la même chose. Les deux textes sont ci-dessous.") % who
        super().__init__(self.sentence)


def group_of(row: Row) -> CoreGroup:
    return row if isinstance(row, CoreGroup) else row.group


def snapshot(row: Row) -> dict[str, Any]:
    content = {part: _plain(getattr(row, row._meta.get_field(part).attname)) for part in row.CONTENT}
    return content | {"removed": row.removed_at is not None}


def keep(row: R, *, verb: str, by: Member | None, by_words: str = "") -> R:
    """Saves the row as it stands, with a version more and a line, without its words, in the log of the space."""
    said: Row = row
    said.version += 1
    said.save()
    group = group_of(said)
    Version.objects.create(
        group=group,
        kind=said._meta.model_name,
        object_id=said.pk,
        number=said.version,
        content=snapshot(said),
        verb=verb[:60],
        by=by,
        by_words=by_words[:60],
    )
    who = by_words or _("un membre du noyau")
    record_activity(space=group.space.slug, by=who, verb=verb, about=group.name, about_id=group.pk)
    return row


def lock(row: R) -> R:
    """Its row as it is now, until the transaction ends."""
    said: Row = row
    rows = type(said).objects.select_for_update(of=("self",))
    related = ("space",) if isinstance(said, CoreGroup) else ("group__space",)
    found: R = rows.select_related(*related).get(pk=said.pk)
    return found


@transaction.atomic
def change_kept(row: R, *, content: Mapping[str, Any], seen: int | None, by: Member | None, verb: str) -> R:
    """`seen`: the version its page showed. What only one of the two changed is all kept.

    Raises ChangedMeanwhile when both changed the same part.
    """
    locked = lock(row)
    now = snapshot(locked)
    wanted = {part: _plain(getattr(value, "pk", value)) for part, value in content.items()}
    base = now
    if seen is not None and seen != locked.version:
        base = now | (versions_of(locked).filter(number=seen).values_list("content", flat=True).first() or {})
    mine = {part: value for part, value in wanted.items() if value != base[part]}
    both = {part: now[part] for part, value in mine.items() if now[part] not in (base[part], value)}
    if both:
        last = versions_of(locked).order_by("-number").select_related("by").first()
        raise ChangedMeanwhile(locked, last.who if last else _("quelqu’un"), both)
    if all(now[part] == value for part, value in mine.items()):
        return locked
    apply_content(locked, now | mine)
    return keep(locked, verb=verb, by=by)


@transaction.atomic
def remove_kept(row: R, *, by: Member | None) -> R:
    """Out of every page but the history, from where it comes back."""
    locked = lock(row)
    if locked.removed_at is None:
        locked.removed_at = timezone.now()
        keep(locked, verb=_("a retiré ceci"), by=by)
    return locked


@transaction.atomic
def bring_back(row: R, *, by: Member | None) -> R:
    locked = lock(row)
    if locked.removed_at is not None:
        locked.removed_at = None
        keep(locked, verb=_("a remis ceci"), by=by)
    return locked


@transaction.atomic
def return_to(row: R, *, number: int, by: Member | None) -> R:
    """As it was at that version, as a new one: the history keeps all."""
    locked = lock(row)
    content = versions_of(locked).get(number=number).content
    apply_content(locked, content)
    locked.removed_at = (locked.removed_at or timezone.now()) if content["removed"] else None
    return keep(locked, verb=_("a repris une version"), by=by)


def versions_of(row: Row) -> Any:
    return Version.objects.filter(object_id=row.pk)


def apply_content(row: Row, content: Mapping[str, Any]) -> None:
    """What a version made before a part was there does not say stays; what points at a thing since erased points at
    nothing."""
    for part in row.CONTENT:
        if part not in content:
            continue
        column, value = row._meta.get_field(part), content[part]
        if isinstance(column, ForeignKey):
            known = value is not None and column.related_model._base_manager.filter(pk=value).exists()
            setattr(row, column.attname, column.target_field.to_python(value) if known else None)
        else:
            setattr(row, column.attname, None if value is None else column.to_python(value))


def _plain(value: Any) -> Any:
    """As JSON keeps it."""
    if isinstance(value, dt.date):
        return value.isoformat()
    return str(value) if isinstance(value, uuid.UUID) else value


def add_kept(row: R, *, by: Member | None, verb: str, by_words: str = "") -> R:
    with transaction.atomic():
        return keep(row, verb=verb, by=by, by_words=by_words)


def kinds() -> dict[str, type[Kept]]:
    return {model._meta.model_name or "": model for model in Kept.__subclasses__()}

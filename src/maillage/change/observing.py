"""What was seen. An observation is never refused for what changed meanwhile, and never lost."""

import datetime as dt
import uuid
from collections.abc import Mapping
from typing import Any

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.change.checks import ChangeRefused, check_past, check_text
from maillage.change.enums import Degree, SeenBy
from maillage.change.keeping import add_kept, change_kept
from maillage.change.models import CoreGroup, Marker, Member, Observation, Photo
from maillage.lib.pictures import clean_picture


@transaction.atomic
def add_observation(
    *,
    group: CoreGroup,
    by: Member,
    key: uuid.UUID,
    degree: str,
    marker: Marker | None = None,
    text: str = "",
    on: dt.date | None = None,
    seen_by: str = SeenBy.MYSELF,
    source: str = "",
    inside: bool = False,
    photo: bytes | None = None,
    consent: bool = False,
) -> tuple[Observation, bool]:
    """`key`: of the form; the same one again is the same observation (False: it was there).

    A marker that was removed meanwhile keeps it; one that was merged gives it to the other.
    """
    CoreGroup.objects.select_for_update().get(pk=group.pk)
    known = Observation.objects.filter(group=group, key=key).first()
    if known is not None:
        return known, False
    if marker is not None and marker.group_id != group.pk:
        raise ValueError("a marker of another noyau")
    while marker is not None and marker.into is not None:
        marker = marker.into
    if marker is None:
        text = check_text(text, field="text", sentence=_("Dites en deux lignes ce que vous avez vu."))
    today = timezone.localdate()
    row = Observation(
        group=group,
        key=key,
        marker=marker,
        degree=Degree(degree) if marker is not None else Degree.SEEN,
        text=text.strip(),
        on=check_past(on or today, today=today),
        seen_by=SeenBy(seen_by),
        source=source.strip(),
        inside=inside,
        by=by,
    )
    picture = None
    if photo:
        if not consent:
            sentence = _("Une photo se garde avec l’accord des personnes qu’on y voit : cochez la case, ou retirez-la.")
            raise ChangeRefused("photo", sentence)
        picture = clean_picture(photo)  # raises PictureRefused
    add_kept(row, by=by, verb=_("a noté une observation"))
    if picture is not None:
        Photo.objects.create(observation=row, content=picture.content, consent=True)
    return row, True


def change_observation(
    *, observation: Observation, content: Mapping[str, Any], seen: int | None, by: Member
) -> Observation:
    if "on" in content:
        check_past(content["on"], today=timezone.localdate())
    if content.get("marker", observation.marker) is None:
        check_text(
            content.get("text", observation.text),
            field="text",
            sentence=_("Dites en deux lignes ce que vous avez vu."),
        )
    return change_kept(observation, content=content, seen=seen, by=by, verb=_("a changé une observation"))


def remove_photo(*, observation: Observation) -> None:
    """Nobody sees it any more; it can be put back until it is erased (retention.erase_photos)."""
    Photo.objects.filter(observation=observation, removed_at=None).update(removed_at=timezone.now())


def put_photo_back(*, observation: Observation) -> bool:
    return bool(Photo.objects.filter(observation=observation, removed_at__isnull=False).update(removed_at=None))


def erase_photo(*, observation: Observation) -> None:
    """For good: somebody on it changed their mind."""
    Photo.objects.filter(observation=observation).delete()

"""The name and the address of who left a noyau go a year later; what they noted stays."""

import datetime as dt
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from maillage.change.members import forget_member
from maillage.change.models import Member, Photo
from maillage.office.retention import Due

PHOTO_KEPT_FOR = dt.timedelta(days=30)  # removed by mistake, it is put back meanwhile
KEPT_FOR = dt.timedelta(days=365)  # a departure can be undone meanwhile


def term(_space: UUID) -> str:
    return _("un an après leur départ, ou dès qu’on le demande")


def _departed() -> "list[Member]":
    return list(
        Member.objects.filter(left_on__isnull=False)
        .exclude(Q(name="") & Q(email="") & Q(former_names=[]))
        .select_related("group__space")
    )


def photos_term(_space: UUID) -> str:
    return _("trente jours après qu’on les a retirées, ou tout de suite si on le demande")


def due_photos(space: UUID, _now: dt.datetime) -> list[Due]:
    rows = Photo.objects.filter(observation__group__space=space, removed_at__isnull=False)
    return [
        Due(str(photo.observation.group), photo.removed_at + PHOTO_KEPT_FOR)
        for photo in rows.defer("content").select_related("observation__group")
        if photo.removed_at
    ]


def erase_photos(now: dt.datetime) -> int:
    return Photo.objects.filter(removed_at__lte=now - PHOTO_KEPT_FOR).delete()[0]


def due_names(space: UUID, _now: dt.datetime) -> list[Due]:
    return [
        Due(str(member.group), dt.datetime.combine(member.left_on + KEPT_FOR, dt.time(), dt.UTC))
        for member in _departed()
        if member.group.space_id == space and member.left_on
    ]


def forget_departed(now: dt.datetime) -> int:
    due = [member for member in _departed() if member.left_on and member.left_on + KEPT_FOR <= now.date()]
    for member in due:
        forget_member(member=member, by=None)
    return len(due)

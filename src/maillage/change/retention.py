"""The name and the address of who left a noyau go a year later; what they noted stays."""

import datetime as dt
from uuid import UUID

from django.db.models import Q
from django.utils.translation import gettext as _

from maillage.change.members import forget_member
from maillage.change.models import Member
from maillage.office.retention import Due

KEPT_FOR = dt.timedelta(days=365)  # a departure can be undone meanwhile


def term(_space: UUID) -> str:
    return _("un an après leur départ, ou dès qu’on le demande")


def _departed() -> "list[Member]":
    return list(
        Member.objects.filter(left_on__isnull=False).exclude(Q(name="") & Q(email="")).select_related("group__space")
    )


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

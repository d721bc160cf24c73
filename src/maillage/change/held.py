"""The name and the address of a member of a noyau, found by the address; gone when that person asks to be erased."""

import contextlib
from collections.abc import Sequence

from django.db.models import QuerySet
from django.utils.translation import gettext as _

from maillage.change.checks import ChangeRefused
from maillage.change.members import let_leave
from maillage.change.models import Member
from maillage.people.models import Person
from maillage.registrations.held import Held, said
from maillage.registrations.models import Registration


def held(person: Person, _rows: Sequence[Registration]) -> list[Held]:
    lines = []
    for member in _theirs(person):
        lines += said(
            (_("Noyau"), member.group),
            (_("Votre nom"), member.name),
            (_("Votre structure"), member.organisation),
            (_("Depuis le"), f"{member.joined_on:%d/%m/%Y}"),
            (_("Jusqu’au"), f"{member.left_on:%d/%m/%Y}" if member.left_on else ""),
        )
    return [Held("core-groups", _("Les noyaux dont vous êtes, ou avez été"), lines, theirs=True)]


def forget_person(sender: object, *, person: Person, **_news: object) -> None:
    """Receiver of `registrations.signals.person_erased`: they leave, and are named no more. What they noted stays.

    Whoever is the last one of a noyau keeps its link, without a name: what it noted would have no reader left.
    """
    for member in _theirs(person):
        with contextlib.suppress(ChangeRefused):  # the last one, or a day of arrival that is still ahead
            let_leave(member=member, by=None)
        Member.objects.filter(pk=member.pk).update(name="", email="", user=None)


def _theirs(person: Person) -> "QuerySet[Member]":
    rows = Member.objects.filter(group__space=person.space_id).select_related("group")
    return rows.filter(email__iexact=person.email) if person.email else rows.none()

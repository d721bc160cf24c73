"""The name and the address of a member of a noyau, found by the address; gone when that person asks to be erased.

They are read by the member's own link alone: an organiser can open a registration's.
"""

import contextlib

from maillage.change.checks import ChangeRefused
from maillage.change.members import let_leave
from maillage.change.models import Member
from maillage.lib.matching import fold
from maillage.people.models import Person


def forget_person(sender: object, *, person: Person, **_news: object) -> None:
    """Receiver of `registrations.signals.person_erased`: they leave, and are named no more. What they noted stays.

    Whoever is the last one of a noyau keeps its link, without a name: what it noted would have no reader left.
    """
    for member in _theirs(person):
        with contextlib.suppress(ChangeRefused):  # the last one, or a day of arrival that is still ahead
            let_leave(member=member, by=None)
        Member.objects.filter(pk=member.pk).update(name="", email="", user=None, former_names=[])


def _theirs(person: Person) -> list[Member]:
    """By the address; by the name too, where others have the same address."""
    if not person.email:
        return []
    name = fold(person.full_name)
    rows = Member.objects.filter(group__space=person.space_id, email__iexact=person.email)
    found = list(rows.select_related("group"))
    people = Person.objects.filter(space=person.space_id, email__iexact=person.email)
    names = {fold(each.full_name) for each in people.exclude(pk=person.pk)}
    members = {fold(member.name) for member in found}
    if names - {name} or len(members) > 1:
        return [member for member in found if fold(member.name) == name]
    return found

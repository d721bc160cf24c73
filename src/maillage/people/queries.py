"""Who may do what. A right is held in a space, or in one gathering of it; what a space owns, nobody else sees.

The questions take a space, or a thing of a space that a right may be held for (a gathering): `can_run_desk(user, day)`.
"""

from typing import Protocol
from uuid import UUID

from django.contrib.auth.models import AnonymousUser
from django.db.models import Q, QuerySet

from maillage.lib.matching import fold
from maillage.people.enums import SpaceRole
from maillage.people.models import Organisation, OrganisationMerge, Right, Space, User

Visitor = User | AnonymousUser


class OfASpace(Protocol):
    """A gathering."""

    @property
    def pk(self) -> UUID: ...
    @property
    def space(self) -> Space: ...


Where = Space | OfASpace


def space_in(where: Where) -> Space:
    return where if isinstance(where, Space) else where.space


def roles_in(user: Visitor, where: Where) -> frozenset[str]:
    """Empty for somebody who is not signed in, or no longer active. A role for one gathering counts there only."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    held_for = Q(gathering=None) if isinstance(where, Space) else Q(gathering=None) | Q(gathering=where.pk)
    rights = Right.objects.filter(held_for, user=user, space=space_in(where))
    return frozenset(rights.values_list("role", flat=True))


def can_organise(user: Visitor, where: Where) -> bool:
    """Prepare: programme, registrations, plan, report."""
    return SpaceRole.ORGANISER in roles_in(user, where)


def can_facilitate(user: Visitor, where: Where) -> bool:
    """The control room and the prompters."""
    return bool(roles_in(user, where) & {SpaceRole.ORGANISER, SpaceRole.FACILITATOR})


def runs_rooms_somewhere(user: Visitor) -> bool:
    """Organises or facilitates, in whatever space or gathering."""
    if not user.is_authenticated or not user.is_active:
        return False
    return Right.objects.filter(user=user, role__in=[SpaceRole.ORGANISER, SpaceRole.FACILITATOR]).exists()


def can_run_desk(user: Visitor, where: Where) -> bool:
    """The welcome: attendance, walk-ins, who goes where."""
    return bool(roles_in(user, where) & {SpaceRole.ORGANISER, SpaceRole.DESK})


def can_read(user: Visitor, where: Where) -> bool:
    """Any role of the space."""
    return bool(roles_in(user, where))


def spaces_of(user: Visitor) -> QuerySet[Space]:
    if not user.is_authenticated or not user.is_active:
        return Space.objects.none()
    return Space.objects.filter(rights__in=Right.objects.filter(user=user, gathering=None)).distinct().order_by("name")


def gatherings_held(user: Visitor) -> QuerySet[Right, UUID | None]:
    """The identifiers of those somebody has a role in, without one in their space."""
    held = Right.objects.filter(gathering__isnull=False)
    return held.filter(user=user if isinstance(user, User) and user.is_active else None).values_list(
        "gathering", flat=True
    )


def spaces_to_organise(user: Visitor) -> QuerySet[Space]:
    if not user.is_authenticated:
        return Space.objects.none()
    organised = Right.objects.filter(user=user, role=SpaceRole.ORGANISER)
    return spaces_of(user).filter(pk__in=organised.values("space"))


def organisation_named(space: Space, name: str) -> Organisation | None:
    """By its name, or by one that was merged into it."""
    folded = fold(name)[:200]
    found = Organisation.objects.filter(space=space, folded_name=folded).first()
    if found is None:
        merge = (
            OrganisationMerge.objects.filter(space=space, gone_folded_name=folded, undone_at=None)
            .select_related("kept")
            .first()
        )
        found = merge.kept if merge else None
    return found


def organisations_by_name(space: Space) -> dict[str, Organisation]:
    """All of a space by folded name; a name that was merged into another leads to the one kept."""
    merges = OrganisationMerge.objects.filter(space=space, undone_at=None).select_related("kept")
    found = {merge.gone_folded_name: merge.kept for merge in merges}
    found.update((row.folded_name, row) for row in Organisation.objects.filter(space=space).order_by("folded_name"))
    return found

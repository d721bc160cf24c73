"""Who may do what. A right is held in a space; what a space owns, nobody else sees."""

from django.contrib.auth.models import AnonymousUser
from django.db.models import QuerySet

from maillage.lib.matching import fold
from maillage.people.enums import SpaceRole
from maillage.people.models import Organisation, OrganisationMerge, Right, Space, User

Visitor = User | AnonymousUser


def roles_in(user: Visitor, space: Space) -> frozenset[str]:
    """Empty for somebody who is not signed in, or no longer active."""
    if not user.is_authenticated or not user.is_active:
        return frozenset()
    return frozenset(Right.objects.filter(user=user, space=space).values_list("role", flat=True))


def can_organise(user: Visitor, space: Space) -> bool:
    """Prepare: programme, registrations, plan, report."""
    return SpaceRole.ORGANISER in roles_in(user, space)


def can_facilitate(user: Visitor, space: Space) -> bool:
    """The control room and the prompters."""
    return bool(roles_in(user, space) & {SpaceRole.ORGANISER, SpaceRole.FACILITATOR})


def runs_rooms_somewhere(user: Visitor) -> bool:
    """Organises or facilitates, in whatever space."""
    if not user.is_authenticated or not user.is_active:
        return False
    return Right.objects.filter(user=user, role__in=[SpaceRole.ORGANISER, SpaceRole.FACILITATOR]).exists()


def can_run_desk(user: Visitor, space: Space) -> bool:
    """The welcome: attendance, walk-ins, who goes where."""
    return bool(roles_in(user, space) & {SpaceRole.ORGANISER, SpaceRole.DESK})


def can_read(user: Visitor, space: Space) -> bool:
    """Any role of the space."""
    return bool(roles_in(user, space))


def spaces_of(user: Visitor) -> QuerySet[Space]:
    if not user.is_authenticated or not user.is_active:
        return Space.objects.none()
    return Space.objects.filter(rights__user=user).distinct().order_by("name")


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

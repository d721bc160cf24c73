"""Spaces, rights, organisations, and the links that sign the staff in."""

from collections.abc import Iterable, Sequence
from typing import Any
from urllib.parse import urlencode
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy
from sesame.utils import get_query_string, get_user

from maillage.lib.languages import in_french
from maillage.lib.matching import fold
from maillage.lib.typography import typo
from maillage.office.services import drop_mail, queue_mail, record_activity
from maillage.people.enums import SpaceRole
from maillage.people.log import record_of_account
from maillage.people.merging import references
from maillage.people.models import Organisation, Right, Space, User
from maillage.people.presence import end_presences
from maillage.people.queries import organisation_named
from maillage.people.signals import tell_closed
from maillage.territories.models import Region

SIGN_IN_SCOPE = "sign-in"  # a token made for another purpose never opens an account


@transaction.atomic
def make_space(
    *,
    slug: str,
    name: str,
    by: str,
    region: Region | None = None,
    host: str = "",
    partners: Sequence[str] = (),
    background: Sequence[dict[str, Any]] = (),
) -> Space:
    space = Space.objects.create(
        slug=slug, name=name, region=region, host=host, partners=list(partners), background=list(background)
    )
    record_activity(space=slug, by=by, verb="make-space", about=name, about_id=space.pk)
    return space


@transaction.atomic
def give_right(*, user: User, space: Space, role: SpaceRole | str, by: str, gathering: UUID | None = None) -> Right:
    """For the space, or for one gathering of it. Giving it again changes nothing."""
    right, made = Right.objects.get_or_create(user=user, space=space, role=SpaceRole(role), gathering=gathering)
    if made:
        record_activity(space=space.slug, by=by, verb="give-right", about=f"{user} : {right.get_role_display()}")
    return right


class LastOrganiser(Exception):
    sentence = _lazy(
        "C’est la seule personne qui organise cet espace : confiez d’abord l’organisation à quelqu’un d’autre."
    )


@transaction.atomic
def withdraw_right(*, right: Right, by: str) -> None:
    if right.role == SpaceRole.ORGANISER:
        # the rows stay locked: two organisers who withdraw each other at once leave one
        organisers = Right.objects.select_for_update().filter(space=right.space, role=SpaceRole.ORGANISER)
        if not [row for row in organisers if row.pk != right.pk]:
            raise LastOrganiser
    record_activity(
        space=right.space.slug, by=by, verb="withdraw-right", about=f"{right.user} : {right.get_role_display()}"
    )
    right.delete()
    tell_closed(right.user)


@transaction.atomic
def open_atlas(*, space: Space, public: bool, by: str) -> None:
    """To everybody, or to those who have a role in the space only. Saying it again changes nothing."""
    space = Space.objects.select_for_update().get(pk=space.pk)
    if space.atlas_public == public:
        return
    space.atlas_public = public
    space.save(update_fields=["atlas_public"])
    record_activity(space=space.slug, by=by, verb="open-atlas" if public else "close-atlas", about=space.name)


def find_or_make_organisation(*, space: Space, name: str) -> Organisation:
    """One organisation, one row, whatever its accents and case; the first spelling stays.

    A name that was merged into another leads to the one kept.
    """
    name = " ".join(name.split())[:200]
    known = organisation_named(space, name)
    if known is not None:
        return known
    organisation, _made = Organisation.objects.get_or_create(
        space=space, folded_name=fold(name)[:200], defaults={"name": name}
    )
    return organisation


def drop_unused_organisations(ids: Iterable[object]) -> None:
    """Those that nothing names, and of which nobody has said more than the name."""
    unused = Organisation.objects.filter(
        pk__in=list(ids), kind="", siret="", website="", about="", source="", commune=None, epci=None, listed=False
    )
    for model, column in references():
        unused = unused.exclude(pk__in=model._base_manager.filter(**{f"{column}__isnull": False}).values(column))
    unused.delete()


def make_sign_in_link(*, user: User, base_url: str, next_url: str = "") -> str:
    """A link that opens this account for SESAME_MAX_AGE, once. Whoever holds it signs in: give it to its owner only."""
    link = base_url.rstrip("/") + reverse("people:sign-in-link") + get_query_string(user, scope=SIGN_IN_SCOPE)
    return f"{link}&{urlencode({'next': next_url})}" if next_url else link


@in_french
def send_sign_in_link(*, email: str, base_url: str, next_url: str = "") -> None:
    """To whom the address belongs, if they are of a team; to nobody else, and nobody learns which."""
    user = User.objects.of_address(email.strip()).filter(is_active=True).first()
    if user is None:
        return
    link = make_sign_in_link(user=user, base_url=base_url, next_url=next_url)
    hours = settings.SESAME_MAX_AGE // 3600
    body = typo(render_to_string("people/sign_in_letter.txt", {"user": user, "link": link, "hours": hours}))
    drop_mail(about=user.pk)  # one letter waits, not ten
    queue_mail(to=user.email, subject=_("Votre lien pour entrer dans Maillage"), body=body, about=user.pk)


def rename_user(*, user: User, name: str) -> None:
    user.name = " ".join(name.split())
    user.save(update_fields=["name"])


@transaction.atomic
def end_every_session(*, user: User) -> None:
    """Sessions and links are signed with the password nobody has: another one, and none of them holds."""
    user.set_unusable_password()
    user.save(update_fields=["password"])
    end_presences(user.presences.all())
    tell_closed(user)
    record_of_account(user, "end-sessions")


def owner_of_link(token: str) -> User | None:
    """Whose link this is, without using it up; None when it expired, was used, or never existed."""
    if not token or len(token) > 500 or not token.isascii():
        return None
    user: User | None = get_user(token, scope=SIGN_IN_SCOPE, update_last_login=False)
    return user

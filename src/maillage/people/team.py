"""Who is of a space, or of one gathering of it: roles offered by mail, accepted by the person, taken back.

The link is in the letter only, never on a screen: whoever opens it enters as the person it was written to.
"""

from datetime import timedelta
from uuid import UUID

from django.core import signing
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy as _lazy

from maillage.lib.languages import in_french
from maillage.lib.typography import typo
from maillage.office.services import drop_mail, queue_mail, record_activity
from maillage.people.enums import SpaceRole
from maillage.people.models import Invitation, Right, Space, User
from maillage.people.services import give_right

SALT = "people.invitation"
OPEN_FOR = timedelta(days=14)
MOST_WAITING = 100  # invitations of a space that nobody answered: a mistake, or somebody who writes to the whole town


class TooManyInvitations(Exception):
    sentence = _lazy("Cent invitations attendent déjà une réponse dans cet espace : retirez-en, ou attendez.")


class AlreadyThere(Exception):
    def __init__(self, user: User) -> None:
        self.sentence = _("%s a déjà ce rôle.") % user
        super().__init__(self.sentence)


@transaction.atomic
def invite(
    *, space: Space, email: str, role: SpaceRole | str, by: str, base_url: str, gathering: UUID | None = None, to: str
) -> Invitation:
    """Writes to the address. `to` says in the letter what they are invited to. Again: a new letter of it."""
    email = email.strip().lower()
    user = User.objects.of_address(email).filter(is_active=True).first()
    if user is not None and Right.objects.filter(user=user, space=space, role=role, gathering=gathering).exists():
        raise AlreadyThere(user)
    waiting = Invitation.objects.filter(space=space, accepted_at=None)
    found = waiting.filter(email=email, role=role, gathering=gathering).first()
    if found is None:
        if waiting.filter(sent_at__gt=timezone.now() - OPEN_FOR).count() >= MOST_WAITING:
            raise TooManyInvitations
        found = Invitation(space=space, email=email, role=SpaceRole(role), gathering=gathering)
    found.by, found.sent_at = by[:200], timezone.now()
    found.save()
    drop_mail(about=found.pk)
    link = base_url.rstrip("/") + reverse("people:invitation", args=[token_of(found)])
    subject, body = _letter(found, by=by, to=to, link=link)
    queue_mail(to=email, subject=subject, body=body, about=found.pk)
    record_activity(space=space.slug, by=by, verb="invite", about=f"{email} : {found.get_role_display()}")
    return found


@in_french
def _letter(invitation: Invitation, *, by: str, to: object, link: str) -> tuple[str, str]:
    said = {"by": by, "role": invitation.get_role_display(), "to": to, "link": link, "days": OPEN_FOR.days}
    return _("Invitation : %s") % to, typo(render_to_string("people/invitation.txt", said))


def token_of(invitation: Invitation) -> str:
    # the moment is in it: what was sent again opens, the letter before it does not
    return signing.dumps([str(invitation.pk), invitation.sent_at.isoformat()], salt=SALT)


def find_invitation(token: str) -> Invitation | None:
    """None: it was taken back, used, is too old, or never existed."""
    if len(token) > 300:
        return None
    try:
        pk, sent_at = signing.loads(token, salt=SALT, max_age=OPEN_FOR)
    except signing.BadSignature:
        return None
    found = Invitation.objects.filter(pk=pk, accepted_at=None).select_related("space").first()
    return found if found is not None and found.sent_at.isoformat() == sent_at else None


@transaction.atomic
def accept_invitation(*, token: str) -> User | None:
    """Whoever reads the address is who was invited: the account is theirs, made if they had none."""
    found = find_invitation(token)
    if found is None:
        return None
    Invitation.objects.select_for_update().get(pk=found.pk)
    if find_invitation(token) is None:  # two presses at once
        return None
    user = User.objects.of_address(found.email).first()
    if user is None:
        user = User.objects.create_user(found.email)
    if not user.is_active:
        return None
    give_right(user=user, space=found.space, role=found.role, by=str(user), gathering=found.gathering)
    found.accepted_at = timezone.now()
    found.save(update_fields=["accepted_at"])
    return user


@transaction.atomic
def withdraw_invitation(*, invitation: Invitation, by: str) -> None:
    drop_mail(about=invitation.pk)
    about = f"{invitation.email} : {invitation.get_role_display()}"
    record_activity(space=invitation.space.slug, by=by, verb="withdraw-invitation", about=about)
    invitation.delete()


def forget_gathering(gathering: UUID) -> None:
    """It is gone: so are the roles that were for it alone."""
    Right.objects.filter(gathering=gathering).delete()
    for row in Invitation.objects.filter(gathering=gathering):
        drop_mail(about=row.pk)
        row.delete()

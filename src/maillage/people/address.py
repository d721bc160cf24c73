"""Another address for one's account: proved by a letter to the new one, told to the old one, and every session ends."""

from datetime import timedelta

from django.core import signing
from django.db import transaction
from django.template.loader import render_to_string
from django.urls import reverse
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from maillage.lib.languages import in_french
from maillage.lib.typography import typo
from maillage.office.services import queue_mail
from maillage.people.log import record_of_account
from maillage.people.models import User
from maillage.people.services import end_every_session

SALT = "people.address"
OPEN_FOR = timedelta(hours=24)


@in_french
def ask_for_address(*, user: User, email: str, base_url: str) -> None:
    """Writes to the new address. Somebody else's is written nothing, and the screen says the same."""
    email = email.strip().lower()
    if User.objects.of_address(email).exists():
        return
    link = base_url.rstrip("/") + reverse("people:address", args=[make_address_token(user=user, email=email)])
    said = {"user": user, "link": link, "hours": int(OPEN_FOR.total_seconds()) // 3600}
    queue_mail(to=email, subject=_("Votre nouvelle adresse"), body=typo(render_to_string("people/address.txt", said)))


def make_address_token(*, user: User, email: str) -> str:
    """Holds as long as the sessions of now: who ends them ends this too."""
    return signing.dumps([str(user.pk), user.email, email, user.get_session_auth_hash()], salt=SALT)


def find_address(token: str) -> tuple[User, str] | None:
    """Whose, and which. None: too old, done already, taken meanwhile, or it never existed."""
    if len(token) > 900:
        return None
    try:
        pk, before, email, sessions = signing.loads(token, salt=SALT, max_age=OPEN_FOR)
    except (signing.BadSignature, ValueError):
        return None
    user = User.objects.filter(pk=pk, email=before, is_active=True).first()
    if user is None or User.objects.of_address(email).exists():
        return None
    if not constant_time_compare(
        sessions, user.get_session_auth_hash()
    ):  # every session was ended since: this with them
        return None
    return user, email


@in_french
@transaction.atomic
def change_address(*, token: str) -> User | None:
    found = find_address(token)
    if found is None:
        return None
    User.objects.select_for_update().get(pk=found[0].pk)
    found = find_address(token)  # two presses at once
    if found is None:
        return None
    user, email = found
    before, user.email = user.email, email
    user.save(update_fields=["email"])
    end_every_session(user=user)
    record_of_account(user, "change-address")
    body = typo(render_to_string("people/address_changed.txt", {"user": user, "email": email}))
    queue_mail(to=before, subject=_("L’adresse de votre compte a changé"), body=body)
    return user

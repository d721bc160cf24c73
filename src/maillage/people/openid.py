"""Whose account a sign-in provider's answer opens. It never makes a right: an account, or an invitation, was there."""

from functools import lru_cache
from typing import TYPE_CHECKING

from django.conf import settings
from django.db import IntegrityError, transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from maillage.lib.openid import Identity as Answer
from maillage.lib.openid import Provider
from maillage.people.log import record_of_account
from maillage.people.models import Identity, Invitation, User, as_kept
from maillage.people.team import OPEN_FOR

if TYPE_CHECKING:
    from maillage.lib.openid_client import Client


class NoAccount(Exception):
    """`why` goes into the log: a word of ours."""

    def __init__(self, why: str, sentence: str) -> None:
        self.why, self.sentence = why, sentence
        super().__init__(why)


def client() -> "Client | None":
    """The configured provider's, with what it said of itself; None: there is none."""
    return _client(settings.OIDC) if settings.OIDC is not None else None


@lru_cache(maxsize=4)
def _client(provider: Provider) -> "Client":
    from maillage.lib.openid_client import Client  # only where there is a provider: joserfc weighs eight megabytes

    return Client(provider)


def find_owner(*, answer: Answer) -> User:
    """By the pair the provider vouches for; the first time, by an address it has verified. Raises NoAccount."""
    known = _known(answer)
    return known if known is not None else _link(answer)


def _known(answer: Answer) -> User | None:
    found = Identity.objects.filter(issuer=answer.issuer, subject=answer.subject).select_related("user").first()
    if found is None:
        return None
    if not found.user.is_active:
        raise _gone()
    return found.user


def _link(answer: Answer) -> User:
    if not answer.email:
        raise NoAccount("no address", _("Le fournisseur n’a pas donné votre adresse électronique. Entrez par un lien."))
    if not answer.email_verified:
        raise NoAccount(
            "unverified address",
            _("Le fournisseur n’a pas vérifié l’adresse %s : elle n’ouvre aucun compte ici. Entrez par un lien.")
            % answer.email,
        )
    try:
        with transaction.atomic():
            user = _account_of(answer)
            Identity.objects.create(user=user, issuer=answer.issuer, subject=answer.subject)
            record_of_account(user, "link-identity")
            return user
    except IntegrityError:  # two tabs at once
        known = _known(answer)
        if known is None:
            raise
        return known


def _account_of(answer: Answer) -> User:
    user = User.objects.of_address(answer.email).select_for_update().first()
    if user is not None and not user.is_active:
        raise _gone()
    if user is not None and user.identities.filter(issuer=answer.issuer).exists():
        # an address that changed hands, or a person the provider knows anew: only they can say which
        raise NoAccount(
            "another subject",
            _(
                "Le compte %s est déjà lié à un autre compte du fournisseur. Entrez par un lien, puis défaites "
                "l’ancienne liaison depuis « Votre compte »."
            )
            % answer.email,
        )
    if user is None:
        waiting = Invitation.objects.filter(
            email=as_kept(answer.email),
            accepted_at=None,
            sent_at__gt=timezone.now() - OPEN_FOR,
        )
        if not waiting.exists():
            raise NoAccount(
                "unknown address",
                _("L’adresse %s n’a aucun rôle ici. Demandez à qui organise votre espace de l’inviter.") % answer.email,
            )
        user = User.objects.create_user(answer.email, answer.name)
    if not user.name and answer.name:
        user.name = answer.name
        user.save(update_fields=["name"])
    return user


def _gone() -> NoAccount:
    return NoAccount("gone", _("Ce compte n’est plus ouvert. Demandez à qui organise votre espace."))


@transaction.atomic
def unlink_identity(*, identity: Identity) -> None:
    record_of_account(identity.user, "unlink-identity")
    identity.delete()

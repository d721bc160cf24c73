"""A second proof at sign-in, for who wants it: six digits of an application, or a recovery code.

Wrong codes are counted in the database: five in a quarter of an hour, whatever the process that hears them.
"""

import datetime as dt
import hashlib
import secrets
import time

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext_lazy as _lazy
from django.utils.translation import ngettext

from maillage.lib import totp
from maillage.lib.sealing import BadSeal, open_sealed, seal
from maillage.people.log import record_of_account
from maillage.people.models import RecoveryCode, SecondFactor, User

MOST_TRIES = 5
TRIES_WINDOW = dt.timedelta(minutes=15)
RECOVERY_CODES = 8
GROUPS = 4  # of four letters or digits: eighty bits, that a digest alone keeps
LETTERS = "abcdefghjkmnpqrstuvwxyz23456789"  # none that is read for another
ISSUER = "Maillage"


class WrongCode(Exception):
    sentence = _lazy("Ce code ne convient pas : attendez le suivant, et tapez ses six chiffres.")


class TooManyTries(Exception):
    def __init__(self, minutes: int) -> None:
        self.minutes = minutes
        self.sentence = (
            ngettext(
                "Trop de codes faux. Réessayez dans %d minute.",
                "Trop de codes faux. Réessayez dans %d minutes.",
                minutes,
            )
            % minutes
        )
        super().__init__(self.sentence)


def factor_of(user: User) -> SecondFactor | None:
    """The one that is asked for at sign-in."""
    return SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).first()


@transaction.atomic
def prepare_factor(*, user: User) -> SecondFactor:
    """A secret that waits for its first code; the same one when the page is opened again."""
    User.objects.select_for_update().get(pk=user.pk)
    found = SecondFactor.objects.filter(user=user).first()
    if found is not None and (found.confirmed_at is not None or secret_of(found) is not None):
        return found
    sealed = seal(totp.new_secret(), secret=settings.SECRET_KEY, context=_context(user))
    made, _made = SecondFactor.objects.update_or_create(user=user, defaults={"sealed": sealed})
    return made


def secret_of(factor: SecondFactor) -> bytes | None:
    """None: sealed under another SECRET_KEY (a complete archive put back elsewhere). Recovery codes still open."""
    try:
        return open_sealed(bytes(factor.sealed), secret=settings.SECRET_KEY, context=_context(factor.user))
    except BadSeal:
        return None


def _context(user: User) -> str:
    return f"second factor of {user.pk}"


def setting_up(factor: SecondFactor) -> tuple[str, str]:
    """What the QR says, and the same to type by hand."""
    secret = secret_of(factor)
    assert secret is not None
    return totp.address_of(secret, account=factor.user.email, issuer=ISSUER), totp.spelled(secret)


@transaction.atomic
def confirm_factor(*, user: User, code: str) -> list[str]:
    """The first code proves that the application has the secret. Returns the recovery codes, said this once."""
    factor = SecondFactor.objects.select_for_update().filter(user=user, confirmed_at=None).first()
    if factor is None:  # confirmed a moment ago, by another press
        raise WrongCode
    _check_digits(factor, code)
    factor.confirmed_at = timezone.now()
    factor.save()
    record_of_account(user, "set-second-factor")
    return _new_recovery_codes(factor)


def check_code(*, user: User, code: str) -> bool:
    """Raises WrongCode, TooManyTries. True: it was a recovery code, that serves no more."""
    refusal: Exception | None = None
    recovery = False
    with transaction.atomic():  # a wrong code is counted: what refuses must not undo it
        factor = SecondFactor.objects.select_for_update().get(user=user, confirmed_at__isnull=False)
        try:
            recovery = _check(factor, code)
        except (WrongCode, TooManyTries) as error:
            refusal = error
        factor.save()
    if refusal is not None:
        raise refusal
    if recovery:
        record_of_account(user, "use-recovery-code")
    return recovery


def _check(factor: SecondFactor, code: str) -> bool:
    now = timezone.now()
    if factor.tries_since is None or now - factor.tries_since > TRIES_WINDOW:
        factor.tries, factor.tries_since = 0, now
    if factor.tries >= MOST_TRIES:
        left = factor.tries_since + TRIES_WINDOW - now
        raise TooManyTries(max(1, -(-int(left.total_seconds()) // 60)))
    typed = "".join(code.split()).replace("-", "").lower()
    factor.tries += 1
    if len(typed) == GROUPS * 4:
        if not factor.recovery_codes.filter(digest=_digest(typed)).delete()[0]:
            raise WrongCode
    else:
        _check_digits(factor, typed)
    factor.tries = 0
    return len(typed) == GROUPS * 4


def _check_digits(factor: SecondFactor, code: str) -> None:
    secret = secret_of(factor)
    step = None
    if secret is not None:
        step = totp.matching_step(secret, "".join(code.split()), at=time.time(), after=factor.last_step)
    if step is None:
        raise WrongCode
    factor.last_step = step


def renew_recovery_codes(*, user: User, code: str) -> list[str]:
    check_code(user=user, code=code)
    with transaction.atomic():
        factor = SecondFactor.objects.select_for_update().get(user=user)
        record_of_account(user, "renew-recovery-codes")
        return _new_recovery_codes(factor)


def _new_recovery_codes(factor: SecondFactor) -> list[str]:
    factor.recovery_codes.all().delete()
    made = ["-".join(_group() for _number in range(GROUPS)) for _code in range(RECOVERY_CODES)]
    RecoveryCode.objects.bulk_create(
        RecoveryCode(factor=factor, digest=_digest(code.replace("-", ""))) for code in made
    )
    return made


def _group() -> str:
    return "".join(secrets.choice(LETTERS) for _letter in range(4))


def _digest(code: str) -> str:
    return hashlib.sha256(code.encode()).hexdigest()


def remove_factor(*, user: User, code: str) -> None:
    """A code is asked: whoever passes by an open session does not take it away."""
    check_code(user=user, code=code)
    drop_factor(user=user, by=str(user))


@transaction.atomic
def drop_factor(*, user: User, by: str) -> bool:
    """Without a code: for who holds the server, when the phone and the recovery codes are lost."""
    gone = SecondFactor.objects.filter(user=user, confirmed_at__isnull=False).exists()
    SecondFactor.objects.filter(user=user).delete()
    if gone:
        record_of_account(user, "remove-second-factor", str(user), by=by)
    return gone

"""OpenID Connect, the side of a site people sign in to: what is known of a provider, and what may be heard from it.

No Django: `config/openid.py` says which provider, `people/openid.py` whose account it is, `lib/openid_client.py` asks.
"""

from dataclasses import dataclass
from urllib import parse

from maillage.lib.lan import LOOPBACK

ALGORITHMS = ("RS256", "RS384", "RS512", "PS256", "PS384", "PS512", "ES256", "ES384", "ES512")  # public keys only


@dataclass(frozen=True)
class Endpoints:
    authorization: str
    token: str
    jwks: str
    userinfo: str = ""
    logout: str = ""


@dataclass(frozen=True)
class Provider:
    issuer: str
    client_id: str
    client_secret: str
    name: str
    scopes: tuple[str, ...] = ("openid", "email", "profile")
    acr_values: tuple[str, ...] = ()  # asked, and then demanded
    algorithms: tuple[str, ...] = ("RS256", "ES256")
    signed_userinfo: bool = False
    email_trusted: bool = False  # it answers for addresses without saying « email_verified »
    leeway: int = 60  # seconds between its clock and ours
    timeout: int = 5  # seconds, of each answer
    basic: bool = False  # the secret goes in a header instead of the form
    endpoints: Endpoints | None = None  # None: its discovery document says them


@dataclass(frozen=True)
class Pending:
    """What a browser that left for the provider must bring back."""

    state: str
    nonce: str
    verifier: str


@dataclass(frozen=True)
class Identity:
    """Who came back, as the provider says."""

    issuer: str
    subject: str
    email: str
    email_verified: bool
    name: str
    id_token: str


class ProviderSilent(Exception):
    """It does not answer, or says what cannot be read. `why` goes into the log."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


class Refused(Exception):
    """What came back proves nothing. `why` is a word of ours, for the log; never what another said."""

    def __init__(self, why: str) -> None:
        self.why = why
        super().__init__(why)


def usable_address(address: str) -> bool:
    """https, or this machine."""
    try:
        parts = parse.urlsplit(address)
        host = parts.hostname or ""
    except ValueError:
        return False
    if not address.isascii() or not address.isprintable() or " " in address:
        return False
    if parts.username or parts.password or parts.fragment or not host:
        return False
    return parts.scheme == "https" or (parts.scheme == "http" and (host in LOOPBACK or host == "::1"))

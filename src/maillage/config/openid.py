"""The provider people may sign in through, by MAILLAGE_OIDC_…: ProConnect, or any that speaks OpenID Connect."""

from maillage.config.environment import (
    BadSetting,
    read_choice,
    read_flag,
    read_list,
    read_number,
    read_text,
    read_url,
)
from maillage.lib.openid import ALGORITHMS, Endpoints, Provider

NEEDED = ("MAILLAGE_OIDC_CLIENT_ID", "MAILLAGE_OIDC_CLIENT_SECRET")
METHODS = ("post", "basic")


def read_provider() -> Provider | None:
    issuer = read_url("MAILLAGE_OIDC_ISSUER")
    if not issuer:
        return None
    for name in NEEDED:
        if not read_text(name):
            raise BadSetting(name, "", "il en faut une valeur, puisque MAILLAGE_OIDC_ISSUER est réglé.")
    algorithms = tuple(read_list("MAILLAGE_OIDC_ALGORITHMS", ("RS256", "ES256")))
    unknown = [each for each in algorithms if each not in ALGORITHMS]
    if unknown:
        raise BadSetting("MAILLAGE_OIDC_ALGORITHMS", unknown[0], f"on attend {', '.join(ALGORITHMS)}.")
    scopes = read_text("MAILLAGE_OIDC_SCOPES", "openid email profile").split()
    if "openid" not in scopes:
        raise BadSetting("MAILLAGE_OIDC_SCOPES", " ".join(scopes), "on attend « openid » parmi les portées.")
    return Provider(
        issuer=issuer,
        client_id=read_text("MAILLAGE_OIDC_CLIENT_ID"),
        client_secret=read_text("MAILLAGE_OIDC_CLIENT_SECRET"),
        name=read_text("MAILLAGE_OIDC_NAME", "mon compte professionnel"),
        scopes=tuple(scopes),
        acr_values=tuple(read_text("MAILLAGE_OIDC_ACR_VALUES").split()),
        algorithms=algorithms,
        signed_userinfo=read_flag("MAILLAGE_OIDC_SIGNED_USERINFO"),
        email_trusted=read_flag("MAILLAGE_OIDC_EMAIL_TRUSTED"),
        leeway=read_number("MAILLAGE_OIDC_LEEWAY", 60, least=0, most=300),
        timeout=read_number("MAILLAGE_OIDC_TIMEOUT", 5, least=1, most=30),
        basic=read_choice("MAILLAGE_OIDC_SECRET_BY", "post", METHODS) == "basic",
        endpoints=_endpoints(),
    )


def _endpoints() -> Endpoints | None:
    """Said one by one, for a provider without a discovery document. The first three, or none."""
    found = {
        name: read_url(f"MAILLAGE_OIDC_{name.upper()}_URL")
        for name in ("authorization", "token", "jwks", "userinfo", "logout")
    }
    if not any(found.values()):
        return None
    for name in ("authorization", "token", "jwks"):
        if not found[name]:
            raise BadSetting(
                f"MAILLAGE_OIDC_{name.upper()}_URL",
                "",
                "dites les trois adresses (AUTHORIZATION, TOKEN, JWKS), ou aucune : le fournisseur les publie.",
            )
    return Endpoints(**found)

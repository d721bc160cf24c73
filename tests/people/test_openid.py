"""Signing in through a provider, played against a real one: what is honest enters, what is not opens nothing."""

import base64
import hmac
import json
import time
from dataclasses import replace
from urllib.parse import parse_qs, urlsplit

import httpx
import pytest
from django.test import Client

from maillage.config.commands.doctor import Wrong, check_sign_in_provider
from maillage.config.environment import BadSetting
from maillage.config.logs import PRIVATE
from maillage.config.openid import read_provider
from maillage.lib.openid import Endpoints, Provider
from maillage.office.models import Activity
from maillage.people import openid
from maillage.people.models import Identity, Right, User
from maillage.people.openid_views import COOKIE
from maillage.people.services import give_right, make_space
from maillage.people.team import invite
from tests.people.provider import CLIENT_ID, RSA, SECRET, STRANGE, Account, real_provider

pytestmark = pytest.mark.django_db


@pytest.fixture(scope="module")
def _running():
    with real_provider() as running:
        yield running


@pytest.fixture
def provider(_running, settings):
    _running.reset()
    openid._client.cache_clear()
    settings.OIDC = Provider(
        issuer=_running.issuer, client_id=CLIENT_ID, client_secret=SECRET, name="AgentPass", timeout=5
    )
    yield _running
    openid._client.cache_clear()


@pytest.fixture
def space():
    return make_space(slug="oriv", name="ORIV", by="essai")


@pytest.fixture
def zoe(space):
    user = User.objects.create_user("zoe@exemple.invalid", "Zoé")
    give_right(user=user, space=space, role="organiser", by="essai")
    return user


def plain(response) -> str:
    return response.content.decode().replace("\xa0", " ").replace("\u202f", " ")


def back_from(client, next_url="") -> str:
    """Where the provider sends the browser back to."""
    leaving = client.get("/connexion/fournisseur/", {"next": next_url} if next_url else {})
    assert leaving.status_code == 302, plain(leaving)
    answer = httpx.get(leaving["Location"])
    assert answer.status_code == 302, answer.text
    parts = urlsplit(answer.headers["Location"])
    return f"{parts.path}?{parts.query}"


def come_in(client, next_url=""):
    return client.get(back_from(client, next_url))


def signed_in(client) -> str:
    return client.session.get("_auth_user_id", "")


def test_an_honest_provider_opens_the_account_of_its_verified_address(client, provider, zoe):
    assert "Entrer avec AgentPass" in plain(client.get("/connexion/?next=/compte/"))
    answer = come_in(client, "/compte/")
    assert (answer.status_code, answer["Location"]) == (302, "/compte/")
    assert signed_in(client) == str(zoe.pk)
    assert zoe.presences.get().way == "provider"
    assert Activity.objects.filter(space="oriv", verb__in=["sign-in", "link-identity"], by="Zoé").count() == 2
    # the pair opens it from now on, whatever the address becomes there
    client.logout()
    provider.account = Account(claims={"email": "autre@exemple.invalid"})
    come_in(client)
    assert signed_in(client) == str(zoe.pk)
    zoe.refresh_from_db()
    assert (zoe.email, Identity.objects.count()) == ("zoe@exemple.invalid", 1)


@pytest.mark.parametrize("algorithm", ["RS256", "ES256"])
def test_proconnect_s_way(client, provider, zoe, settings, algorithm):
    """A signed userinfo, levels asked and given, no « email_verified », given and usual names."""
    settings.OIDC = replace(
        settings.OIDC,
        signed_userinfo=True,
        email_trusted=True,
        acr_values=("eidas1", "eidas2"),
        scopes=("openid", "email", "given_name", "usual_name"),
    )
    User.objects.update(name="")
    provider.account.claims = {"email": "Zoe@exemple.invalid", "given_name": "Zoé", "usual_name": "Muller"}
    provider.twist.algorithm = provider.twist.signed = algorithm
    provider.twist.kid = "rsa" if algorithm == "RS256" else "ec"
    leaving = parse_qs(urlsplit(client.get("/connexion/fournisseur/")["Location"]).query)
    assert leaving["acr_values"] == ["eidas1 eidas2"]
    assert leaving["scope"] == ["openid email given_name usual_name"]
    assert leaving["code_challenge_method"] == ["S256"]
    assert "idp_hint" not in leaving
    come_in(client)
    assert signed_in(client) == str(zoe.pk)
    zoe.refresh_from_db()
    assert zoe.name == "Zoé Muller"


def test_its_addresses_may_be_said_one_by_one_and_the_secret_go_in_a_header(client, provider, zoe, settings):
    said = {name: f"{provider.issuer}/{path}" for name, path in [("authorization", "authorize"), ("token", "token")]}
    endpoints = Endpoints(**said, jwks=f"{provider.issuer}/jwks")
    settings.OIDC = replace(settings.OIDC, endpoints=endpoints, basic=True)
    provider.secret_by = "client_secret_basic"
    # no userinfo: they are in the token
    provider.twist.claims = {"email": "zoe@exemple.invalid", "email_verified": True}
    come_in(client)
    assert signed_in(client) == str(zoe.pk)
    assert provider.seen == ["/authorize", "/token", "/jwks"]


def unsigned(token: str) -> str:
    _header, payload, _signature = token.split(".")
    header = base64.urlsafe_b64encode(json.dumps({"alg": "none"}).encode()).decode().rstrip("=")
    return f"{header}.{payload}."


def by_the_public_key(token: str) -> str:
    """HS256 with what everybody can read as the secret."""
    header = base64.urlsafe_b64encode(json.dumps({"alg": "HS256", "kid": "rsa"}).encode()).decode().rstrip("=")
    said = f"{header}.{token.split('.')[1]}"
    signature = hmac.digest(RSA.as_pem(private=False), said.encode(), "sha256")
    return f"{said}.{base64.urlsafe_b64encode(signature).decode().rstrip('=')}"


def altered(token: str) -> str:
    header, payload, signature = token.split(".")
    claims = json.loads(base64.urlsafe_b64decode(payload + "==")) | {"sub": "9999"}
    return f"{header}.{base64.urlsafe_b64encode(json.dumps(claims).encode()).decode().rstrip('=')}.{signature}"


now = int(time.time())
ATTACKS = {
    "wrong nonce": {"claims": {"nonce": "un autre"}},
    "another key under the same name": {"key": STRANGE},
    "a key that is not published": {"kid": "inconnue"},
    "the name of the other key": {"kid": "ec"},
    "alg none": {"rewrite": unsigned},
    "HS256 with the public key": {"rewrite": by_the_public_key},
    "altered": {"rewrite": altered},
    "no token at all": {"rewrite": lambda token: "a.b.c"},
    "an algorithm that is not allowed": {"algorithm": "RS512"},
    "another audience": {"claims": {"aud": "autre-site"}},
    "for us and others, by another": {"claims": {"aud": [CLIENT_ID, "autre"], "azp": "autre"}},
    "for us and others, by nobody": {"claims": {"aud": [CLIENT_ID, "autre"]}},
    "another issuer": {"claims": {"iss": "https://ailleurs.invalid"}},
    "over": {"claims": {"exp": now - 300}},
    "of tomorrow": {"claims": {"iat": now + 86_400}},
    "without an end": {"without": ("exp",)},
    "without a beginning": {"without": ("iat",)},
    "for nobody": {"without": ("aud",)},
    "of nobody": {"without": ("iss",)},
    "a subject that is no text": {"claims": {"sub": 12}},
    "somebody else's userinfo": {"userinfo": {"sub": "9999"}},
    "a userinfo signed by another": {"signed": "RS256", "userinfo_key": STRANGE},
    "a signed userinfo for another site": {"signed": "RS256", "userinfo_audience": "autre-site"},
    "a signed userinfo of another issuer": {"signed": "RS256", "userinfo_issuer": "https://ailleurs.invalid"},
    "unverified address": {"userinfo": {"email_verified": False}},
    "an address that nobody vouches for": {"userinfo": {"email_verified": None}},
    "verified in words": {"userinfo": {"email_verified": "false"}},
    "no address": {"userinfo": {"email": ""}},
}


@pytest.mark.parametrize("attack", ATTACKS)
def test_what_proves_nothing_opens_nothing(client, provider, zoe, attack):
    for name, value in ATTACKS[attack].items():
        setattr(provider.twist, name, value)
    answer = come_in(client)
    assert answer.status_code == 403
    assert "Vous n’êtes pas entré·e" in plain(answer)
    assert "Entrer par un lien" in plain(answer)
    assert not signed_in(client)
    assert not Identity.objects.exists()


def test_the_clocks_may_differ_a_little(client, provider, zoe):
    provider.twist.claims = {"exp": int(time.time()) - 30, "iat": int(time.time()) + 30}
    come_in(client)
    assert signed_in(client)


def test_unsigned_where_signed_is_asked_and_a_level_too_low(client, provider, zoe, settings):
    settings.OIDC = replace(settings.OIDC, signed_userinfo=True)
    assert come_in(client).status_code == 403
    settings.OIDC = replace(settings.OIDC, signed_userinfo=False, acr_values=("eidas2",))
    provider.twist.claims = {"acr": "eidas1"}
    assert come_in(client).status_code == 403
    assert not signed_in(client)
    provider.twist.claims = {}
    come_in(client)
    assert signed_in(client)


def test_what_comes_back_serves_once_and_in_the_browser_that_left(client, provider, zoe):
    back = back_from(client)
    assert Client().get(back).status_code == 403  # a link given to somebody: they have no cookie
    stolen = client.cookies[COOKIE].value
    assert client.get(back).status_code == 302
    client.logout()
    assert client.get(back).status_code == 403
    client.cookies[COOKIE] = stolen  # even with it, the provider gives nothing twice for one code
    assert client.get(back).status_code == 403
    assert not signed_in(client)


def test_a_return_that_we_did_not_ask_for(client, provider, zoe):
    mine = back_from(client)
    somebody = Client()
    theirs = back_from(somebody)
    assert client.get(theirs).status_code == 403  # their code in my browser: I would be them
    state = parse_qs(urlsplit(mine).query)["state"][0]
    for given in (
        {},
        {"state": state},
        {"state": "é", "code": "x"},
        {"state": state, "code": "x" * 5000},
        {"state": state, "error": "server_error", "error_description": "<script>"},
        {"state": state, "code": "x", "iss": "https://ailleurs.invalid"},
    ):
        back_from(client)
        answer = client.get("/connexion/retour/", given)
        assert answer.status_code == 403
        assert "<script>" not in answer.content.decode().partition("</head>")[2]
    assert not signed_in(client)


def test_a_good_code_under_another_state_opens_nothing(client, provider, zoe):
    said = parse_qs(urlsplit(back_from(client)).query)
    assert client.get("/connexion/retour/", {"code": said["code"][0], "state": "un autre"}).status_code == 403
    assert not signed_in(client)


def test_leaving_without_ending_is_said(client, provider):
    state = parse_qs(urlsplit(client.get("/connexion/fournisseur/")["Location"]).query)["state"][0]
    answer = client.get("/connexion/retour/", {"state": state, "error": "access_denied"})
    assert "Vous n’avez pas terminé chez AgentPass" in plain(answer)


@pytest.mark.parametrize("wanted", ["https://ailleurs.invalid/", "//ailleurs.invalid/", "javascript:alert(1)", "\\\\x"])
def test_one_goes_on_here_and_nowhere_else(client, provider, zoe, wanted):
    assert come_in(client, wanted)["Location"] == "/rencontres/"


def test_no_right_comes_from_the_provider(client, provider, space):
    answer = come_in(client)
    assert answer.status_code == 403
    assert "L’adresse zoe@exemple.invalid n’a aucun rôle ici." in plain(answer)
    assert not User.objects.exists()
    invite(space=space, email="zoe@exemple.invalid", role="desk", by="essai", base_url="", to="ORIV")
    come_in(client)
    user = User.objects.get()
    assert signed_in(client) == str(user.pk)
    assert user.name == "Zoé M."
    assert not Right.objects.exists()  # the letter's link gives it


def test_somebody_gone_stays_gone_and_a_second_subject_asks(client, provider, zoe):
    come_in(client)
    client.logout()
    provider.account.sub = "5678"  # the address is somebody else's now, perhaps
    assert "est déjà lié à un autre compte" in plain(come_in(client))
    client.force_login(zoe)
    assert "AgentPass, lié le" in plain(client.get("/compte/"))
    client.post("/compte/liaisons/", {"identity": Identity.objects.get().pk})
    client.logout()
    come_in(client)
    assert signed_in(client) == str(zoe.pk)
    client.logout()
    User.objects.update(is_active=False)
    assert "Ce compte n’est plus ouvert" in plain(come_in(client))


BROKEN = {
    "its discovery is an error": {"broken": {"/.well-known/openid-configuration": (500, "text/plain", b"")}},
    "is not JSON": {"broken": {"/.well-known/openid-configuration": (200, "text/html", b"<html>")}},
    "sends elsewhere": {"broken": {"/.well-known/openid-configuration": (302, "text/html", b"")}},
    "is endless": {"broken": {"/.well-known/openid-configuration": (200, "application/json", b" " * 2_000_000)}},
    "is another's": {"discovery": {"issuer": "https://ailleurs.invalid"}},
    "leads to a file": {"discovery": {"userinfo_endpoint": "file:///etc/passwd"}},
    "leads to two lines": {"discovery": {"end_session_endpoint": "https://x.invalid/\nSet-Cookie: a=b"}},
    "leads inside by http": {"discovery": {"token_endpoint": "http://10.0.0.1/"}},
}
BROKEN_LATER = {
    "its keys are an error": {"broken": {"/jwks": (502, "text/plain", b"")}},
    "its keys are no list": {"broken": {"/jwks": (200, "application/json", b'{"keys": 3}')}},
    "its token is no JSON": {"broken": {"/token": (200, "application/json", b"[1]")}},
    "its userinfo is an error": {"broken": {"/userinfo": (500, "application/json", b"")}},
}


@pytest.mark.parametrize("fault", BROKEN)
def test_a_provider_that_fails_is_said_and_the_link_stays_a_way_in(client, provider, zoe, fault):
    for name, value in BROKEN[fault].items():
        setattr(provider.twist, name, value)
    answer = client.get("/connexion/fournisseur/")
    assert answer.status_code == 503
    assert "AgentPass ne répond pas en ce moment" in plain(answer)
    assert "/connexion/" in plain(answer)
    assert client.get("/connexion/").status_code == 200


@pytest.mark.parametrize("fault", BROKEN_LATER)
def test_a_provider_that_fails_half_way_opens_nothing(client, provider, zoe, fault):
    for name, value in BROKEN_LATER[fault].items():
        setattr(provider.twist, name, value)
    answer = come_in(client)
    assert answer.status_code in (403, 503)
    assert not signed_in(client)


def test_a_provider_that_is_not_there_is_not_waited_for_each_time(client, provider, settings):
    settings.OIDC = replace(settings.OIDC, issuer="http://localhost:9")
    asked = openid.client()
    assert client.get("/connexion/fournisseur/").status_code == 503
    asked._opener = None  # whoever asked it again would fail
    assert client.get("/connexion/fournisseur/").status_code == 503


def test_the_doctor_asks_it_as_at_a_sign_in(provider, settings):
    assert "(2 clés)" in check_sign_in_provider().replace("\xa0", " ")
    openid._client.cache_clear()
    provider.twist.broken = {"/jwks": (200, "application/json", b'{"keys": []}')}
    with pytest.raises(Wrong, match="ne répond pas comme on"):
        check_sign_in_provider()
    settings.OIDC = None
    assert "sans fournisseur" in check_sign_in_provider()


def test_signing_out_here_signs_out_there(client, provider, zoe):
    come_in(client)
    answer = client.post("/deconnexion/")
    assert "On vous emmène maintenant fermer aussi AgentPass" in plain(answer)
    address = answer["Refresh"].removeprefix("0; url=")
    there = httpx.get(address)
    assert there.headers["Location"].startswith("http://testserver/connexion/?state=")
    assert not signed_in(client)
    client.force_login(zoe)  # who came by a link is not sent there
    assert client.post("/deconnexion/")["Location"] == "/connexion/"


def test_without_a_provider_there_is_nothing_of_it(client, settings):
    settings.OIDC = None
    assert "fournisseur" not in plain(client.get("/connexion/"))
    for address in ("/connexion/fournisseur/", "/connexion/retour/?code=x&state=y"):
        assert client.get(address)["Location"] == "/connexion/"


def test_departures_are_counted(client, provider):
    asked = [client.get("/connexion/fournisseur/").status_code for _ in range(31)]
    assert asked == [302] * 30 + [429]


def test_no_code_goes_into_a_log():
    line = "GET /connexion/retour/?code=abc123&state=def456 302"
    assert PRIVATE.sub(lambda found: (found[1] or found[2]) + "…", line) == "GET /connexion/retour/?code=…&state=… 302"


SET = {"ISSUER": "https://agent.exemple.invalid/api/v2", "CLIENT_ID": "x", "CLIENT_SECRET": "y"}


@pytest.mark.parametrize(
    ("given", "name"),
    [
        ({"ISSUER": "http://ailleurs.invalid"}, "ISSUER"),
        ({"ISSUER": "ftp://localhost"}, "ISSUER"),
        ({"CLIENT_ID": ""}, "CLIENT_ID"),
        ({"CLIENT_SECRET": ""}, "CLIENT_SECRET"),
        ({"ALGORITHMS": "RS256,none"}, "ALGORITHMS"),
        ({"ALGORITHMS": "HS256"}, "ALGORITHMS"),
        ({"SCOPES": "email"}, "SCOPES"),
        ({"LEEWAY": "3600"}, "LEEWAY"),
        ({"TIMEOUT": "0"}, "TIMEOUT"),
        ({"SECRET_BY": "header"}, "SECRET_BY"),
        ({"TOKEN_URL": "https://x.invalid/t"}, "AUTHORIZATION_URL"),
        ({"USERINFO_URL": "/userinfo"}, "USERINFO_URL"),
    ],
)
def test_a_setting_that_cannot_be_is_refused_by_name(monkeypatch, given, name):
    for key, value in (SET | given).items():
        monkeypatch.setenv(f"MAILLAGE_OIDC_{key}", value)
    with pytest.raises(BadSetting) as refused:
        read_provider()
    assert refused.value.name == f"MAILLAGE_OIDC_{name}"


def test_settings_make_a_provider(monkeypatch):
    for key, value in (SET | {"SIGNED_USERINFO": "oui", "ACR_VALUES": "eidas1 eidas2", "NAME": "ProConnect"}).items():
        monkeypatch.setenv(f"MAILLAGE_OIDC_{key}", value)
    made = read_provider()
    assert (made.name, made.signed_userinfo, made.acr_values) == ("ProConnect", True, ("eidas1", "eidas2"))
    assert made.algorithms == ("RS256", "ES256")
    assert made.endpoints is None

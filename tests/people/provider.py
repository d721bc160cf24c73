"""A sign-in provider that is one: Authlib's server, real keys, real HTTP on this machine. Honest until told otherwise.

What a test twists goes through the same hooks as what an honest provider says: the code, the PKCE and the client's
secret are checked by Authlib, not by us.
"""

import contextlib
import json
import secrets
import threading
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from typing import Any
from urllib.parse import parse_qs, parse_qsl, urlencode, urlsplit

from authlib.oauth2 import AuthorizationServer, OAuth2Request
from authlib.oauth2.rfc6749 import ClientMixin, grants
from authlib.oauth2.rfc6749.errors import OAuth2Error
from authlib.oauth2.rfc6749.requests import BasicOAuth2Payload
from authlib.oauth2.rfc6750 import BearerTokenGenerator
from authlib.oauth2.rfc7636 import CodeChallenge
from authlib.oidc.core import OpenIDCode, UserInfo, UserInfoEndpoint
from joserfc import jwt
from joserfc.jwk import ECKey, KeySet, RSAKey

CLIENT_ID, SECRET = "maillage", "un secret de client, & avec des signes"
RSA = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})
EC = ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"})
STRANGE = RSAKey.generate_key(2048, {"kid": "rsa", "use": "sig"})  # the name of a key that is not its


@dataclass
class Account:
    sub: str = "1234"
    claims: dict[str, Any] = field(
        default_factory=lambda: {"email": "zoe@exemple.invalid", "email_verified": True, "name": "Zoé M."}
    )


@dataclass
class Twist:
    """What this provider does that an honest one does not; or how it is set."""

    claims: dict[str, Any] = field(default_factory=dict)  # over those of the id token
    without: tuple[str, ...] = ()  # claims that it lacks
    key: Any = None
    algorithm: str = "RS256"
    kid: str | None = "rsa"
    userinfo: dict[str, Any] = field(default_factory=dict)  # over those of the userinfo
    signed: str = ""  # the algorithm of the userinfo
    userinfo_key: Any = None
    userinfo_audience: str = CLIENT_ID
    userinfo_issuer: str = ""
    broken: dict[str, tuple[int, str, bytes]] = field(default_factory=dict)  # path → what it answers instead
    discovery: dict[str, Any] = field(default_factory=dict)
    rewrite: Callable[[str], str] | None = None  # the id token, by whoever holds no key


class _Client(ClientMixin):
    def __init__(self, provider: "RealProvider") -> None:
        self.provider, self.client_id = provider, CLIENT_ID

    @property
    def client_metadata(self) -> dict[str, str]:
        signed = self.provider.twist.signed
        return {"userinfo_signed_response_alg": signed} if signed else {}

    def get_client_id(self) -> str:
        return CLIENT_ID

    def get_allowed_scope(self, scope: str) -> str:
        return scope

    def check_redirect_uri(self, redirect_uri: str) -> bool:
        return redirect_uri.endswith("/connexion/retour/")

    def check_client_secret(self, client_secret: str) -> bool:
        return secrets.compare_digest(client_secret.encode(), SECRET.encode())

    def check_endpoint_auth_method(self, method: str, endpoint: str) -> bool:
        return method == self.provider.secret_by

    def check_response_type(self, response_type: str) -> bool:
        return response_type == "code"

    def check_grant_type(self, grant_type: str) -> bool:
        return grant_type == "authorization_code"


@dataclass
class _Code:
    code: str
    redirect_uri: str
    scope: str
    nonce: str
    acr: str
    user: Account
    code_challenge: str
    code_challenge_method: str

    def get_redirect_uri(self) -> str:
        return self.redirect_uri

    def get_scope(self) -> str:
        return self.scope

    def get_nonce(self) -> str:
        return self.nonce

    def get_auth_time(self) -> None:
        return None

    def get_acr(self) -> str:
        return self.acr

    def get_amr(self) -> None:
        return None


class _Request(OAuth2Request):
    def __init__(self, method: str, uri: str, query: dict[str, str], form: dict[str, str], headers: Any) -> None:
        super().__init__(method, uri, headers=headers)
        self.payload = BasicOAuth2Payload(query | form)
        self._given = query, form

    @property
    def args(self) -> dict[str, str]:
        return self._given[0]

    @property
    def form(self) -> dict[str, str]:
        return self._given[1]


@dataclass
class _Token:
    provider: "RealProvider"
    user: Account
    scope: str

    def get_client(self) -> _Client:
        client = _Client(self.provider)
        client.client_id = self.provider.twist.userinfo_audience
        return client

    def get_user(self) -> Account:
        return self.user


class RealProvider(AuthorizationServer):
    def __init__(self) -> None:
        super().__init__()
        provider = self
        self.codes: dict[str, _Code] = {}
        self.tokens: dict[str, _Token] = {}
        self.here = threading.local()
        self.register_token_generator("default", BearerTokenGenerator(lambda **_said: secrets.token_urlsafe(24)))

        class Grant(grants.AuthorizationCodeGrant):
            def save_authorization_code(self, code: str, request: Any) -> None:
                said = request.payload.data
                asked = {name: said.get(name, "") for name in ("redirect_uri", "nonce", "code_challenge")}
                provider.codes[code] = _Code(
                    code=code,
                    scope=request.scope,
                    user=request.user,
                    acr=said.get("acr_values", "").partition(" ")[0],
                    code_challenge_method=said.get("code_challenge_method", ""),
                    **asked,
                )

            def query_authorization_code(self, code: str, client: Any) -> _Code | None:
                return provider.codes.get(code)

            def delete_authorization_code(self, authorization_code: _Code) -> None:
                del provider.codes[authorization_code.code]

            def authenticate_user(self, authorization_code: _Code) -> Account:
                return authorization_code.user

        class Code(OpenIDCode):
            def exists_nonce(self, nonce: str, request: Any) -> bool:
                return False

            def resolve_client_private_key(self, client: Any) -> Any:
                return provider.twist.key or (EC if provider.twist.algorithm == "ES256" else RSA)

            def get_client_algorithm(self, client: Any) -> str:
                return provider.twist.algorithm

            def get_encode_header(self, client: Any) -> dict[str, str]:
                kid = {"kid": provider.twist.kid} if provider.twist.kid else {}
                return {"alg": provider.twist.algorithm} | kid

            def get_client_claims(self, client: Any) -> dict[str, Any]:
                return {"iss": provider.issuer, "aud": [CLIENT_ID]}

            def get_compatible_claims(self, request: Any) -> dict[str, Any]:
                said = super().get_compatible_claims(request)
                return {name: value for name, value in said.items() if name not in provider.twist.without}

            def generate_user_info(self, user: Account, scope: str) -> dict[str, Any]:
                """The last word on the token's claims."""
                return {"sub": user.sub} | provider.twist.claims

            def process_token(self, grant: Any, response: Any) -> Any:
                token = super().process_token(grant, response)
                if provider.twist.rewrite:
                    token["id_token"] = provider.twist.rewrite(token["id_token"])
                return token

        class Userinfo(UserInfoEndpoint):
            def get_issuer(self) -> str:
                return provider.twist.userinfo_issuer or provider.issuer

            def generate_user_info(self, user: Account, scope: str) -> Any:
                return UserInfo({"sub": user.sub} | user.claims | provider.twist.userinfo)

            def resolve_private_key(self) -> Any:
                return provider.twist.userinfo_key or (EC if provider.twist.signed == "ES256" else RSA)

        class Protector:
            def acquire_token(self, scopes: Any, request: Any = None, **_said: Any) -> _Token:
                given = provider.here.request.headers.get("Authorization", "")
                token = provider.tokens.get(given.removeprefix("Bearer "))
                if token is None:
                    raise OAuth2Error(status_code=401)
                return token

        self.register_grant(Grant, [Code(require_nonce=True), CodeChallenge(required=True)])
        self.register_endpoint(Userinfo(self, Protector()))
        self.reset()

    def reset(self) -> None:
        self.twist, self.account, self.secret_by = Twist(), Account(), "client_secret_post"
        self.seen: list[str] = []

    # --- what Authlib asks of a framework ---

    def query_client(self, client_id: str) -> _Client | None:
        return _Client(self) if client_id == CLIENT_ID else None

    def save_token(self, token: dict[str, Any], request: Any) -> None:
        self.tokens[token["access_token"]] = _Token(self, request.user, token.get("scope", ""))

    def create_oauth2_request(self, request: Any) -> Any:
        return request

    def send_signal(self, name: str, *args: Any, **kwargs: Any) -> None:
        pass

    def handle_response(self, status: int, body: Any, headers: Any) -> tuple[int, bytes, list[tuple[str, str]]]:
        if isinstance(body, dict):
            body = json.dumps(body)
        return status, (body or "").encode(), list(headers)

    # --- its addresses ---

    def answer(self, request: _Request) -> tuple[int, bytes, list[tuple[str, str]]]:
        self.here.request = request
        path = urlsplit(request.uri).path
        self.seen.append(path)
        if path in self.twist.broken:
            status, kind, body = self.twist.broken[path]
            return status, body, [("Content-Type", kind), ("Location", "http://localhost:9/")]
        if path == "/.well-known/openid-configuration":
            return self._json({
                "issuer": self.issuer,
                "authorization_endpoint": f"{self.issuer}/authorize",
                "token_endpoint": f"{self.issuer}/token",
                "userinfo_endpoint": f"{self.issuer}/userinfo",
                "jwks_uri": f"{self.issuer}/jwks",
                "end_session_endpoint": f"{self.issuer}/logout",
            } | self.twist.discovery)  # fmt: skip
        if path == "/jwks":
            return self._json(KeySet([RSA, EC]).as_dict(private=False))
        if path == "/authorize":
            try:
                grant = self.get_consent_grant(request, end_user=self.account)
            except OAuth2Error as error:
                return self.handle_error_response(request, error)
            return self.create_authorization_response(request, grant_user=self.account, grant=grant)
        if path == "/token":
            return self.create_token_response(request)
        if path == "/userinfo":
            return self.create_endpoint_response("userinfo", request)
        if path == "/logout":
            hint = jwt.decode(request.args["id_token_hint"], KeySet([RSA, EC]))
            assert hint.claims["aud"] == [CLIENT_ID]
            back = request.args["post_logout_redirect_uri"] + "?" + urlencode({"state": request.args["state"]})
            return 302, b"", [("Location", back)]
        return 404, b"", []

    def _json(self, said: Any) -> tuple[int, bytes, list[tuple[str, str]]]:
        return 200, json.dumps(said).encode(), [("Content-Type", "application/json")]


@contextlib.contextmanager
def real_provider() -> Iterator[RealProvider]:
    provider = RealProvider()

    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            length = int(self.headers.get("Content-Length") or 0)
            form = dict(parse_qsl(self.rfile.read(length).decode()))
            query = {name: values[0] for name, values in parse_qs(urlsplit(self.path).query).items()}
            request = _Request(self.command, provider.issuer + self.path, query, form, self.headers)
            status, body, headers = provider.answer(request)
            self.send_response(status)
            for name, value in headers:
                self.send_header(name, value)
            self.send_header("Content-Length", str(len(body)))
            self.end_headers()
            self.wfile.write(body)

        do_POST = do_GET  # noqa: N815 - its name in http.server

        def log_message(self, *_said: Any) -> None:
            pass

    server = ThreadingHTTPServer(("127.0.0.1", 0), Handler)
    provider.issuer = f"http://localhost:{server.server_port}"
    thread = threading.Thread(target=server.serve_forever, args=(0.05,), daemon=True)
    thread.start()
    try:
        yield provider
    finally:
        server.shutdown()
        server.server_close()
        thread.join()

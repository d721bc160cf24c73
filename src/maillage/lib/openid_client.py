"""Asking a sign-in provider who somebody is: its addresses, its keys, its answers, and what each of them must prove.

Apart from `lib/openid.py`, which the settings read: joserfc costs eight megabytes to who has no provider.
"""

import base64
import hashlib
import http.client
import json
import secrets
import threading
import time
from collections.abc import Callable, Mapping
from typing import Any
from urllib import error, parse, request

from joserfc import jwt
from joserfc.errors import JoseError
from joserfc.jwk import JWKRegistry, Key, KeySet

from maillage.lib.openid import Endpoints, Identity, Pending, Provider, ProviderSilent, Refused, usable_address

MOST_BYTES = 1_000_000  # of an answer
KEPT = 3600  # seconds the provider's addresses and keys are believed
AGAIN = 60  # seconds between two looks for a key that is not there
SILENT = 10  # seconds a provider that said nothing is not asked again
MOST_TALKS = 2  # at once: a provider that hangs holds half of the threads that make pages, not all
WAIT = 1  # seconds for one of them to end
LONGEST_SUBJECT = 255  # OpenID Connect Core 1.0, section 2


def _opener() -> request.OpenerDirector:
    """http and https, by the operator's proxy if there is one. No redirection is followed: nobody else sends us on."""
    made = request.OpenerDirector()
    for handler in (
        request.ProxyHandler(),
        request.HTTPHandler(),
        request.HTTPSHandler(),
        request.HTTPDefaultErrorHandler(),
        request.HTTPErrorProcessor(),
    ):
        made.add_handler(handler)
    return made


class Client:
    def __init__(self, provider: Provider, clock: Callable[[], float] = time.time) -> None:
        self.provider = provider
        self._clock = clock
        self._talks = threading.BoundedSemaphore(MOST_TALKS)
        self._opener = _opener()
        self._endpoints: tuple[float, Endpoints] | None = None
        self._keys: tuple[float, list[Key]] | None = None
        self._silent_until = 0.0

    # --- leaving, coming back, going away ---

    def start(self, *, redirect_uri: str) -> tuple[str, Pending]:
        """Where to send the browser, and what it must bring back. Raises ProviderSilent."""
        pending = Pending(*(secrets.token_urlsafe(32) for _ in range(3)))
        digest = hashlib.sha256(pending.verifier.encode()).digest()
        asked = {
            "response_type": "code",
            "client_id": self.provider.client_id,
            "redirect_uri": redirect_uri,
            "scope": " ".join(self.provider.scopes),
            "state": pending.state,
            "nonce": pending.nonce,
            "code_challenge": base64.urlsafe_b64encode(digest).rstrip(b"=").decode(),
            "code_challenge_method": "S256",
        }
        if self.provider.acr_values:
            asked["acr_values"] = " ".join(self.provider.acr_values)
        return _with_query(self.endpoints().authorization, asked), pending

    def finish(self, *, pending: Pending, redirect_uri: str, given: Mapping[str, str]) -> Identity:
        """`given`: what the browser brings back. Raises Refused, ProviderSilent."""
        if not secrets.compare_digest(given.get("state", "").encode(errors="replace"), pending.state.encode()):
            raise Refused("state")
        if "iss" in given and given["iss"] != self.provider.issuer:  # RFC 9207
            raise Refused("iss")
        if given.get("error"):
            raise Refused("denied" if given["error"] == "access_denied" else "error")
        if not given.get("code"):
            raise Refused("code")
        answer = self._ask_token(given["code"], redirect_uri, pending.verifier)
        id_token, access_token = answer.get("id_token"), answer.get("access_token")
        if not isinstance(id_token, str) or not isinstance(access_token, str):
            raise Refused("no token")
        claims = self._read_id_token(id_token, pending.nonce)
        said = self._ask_userinfo(access_token, claims["sub"])
        source = said if said.get("email") else claims
        return Identity(
            issuer=self.provider.issuer,
            subject=claims["sub"],
            email=_text(source, "email").lower(),
            email_verified=self._is_verified(source),
            name=_name(claims | said),
            id_token=id_token,
        )

    def logout_address(self, *, id_token: str, back: str) -> str:
        """Where the browser signs out of the provider too; "": it has no such page, or does not answer."""
        try:
            address = self.endpoints().logout
        except ProviderSilent:
            return ""
        if not address:
            return ""
        said = {"id_token_hint": id_token, "post_logout_redirect_uri": back, "state": secrets.token_urlsafe(16)}
        return _with_query(address, said)

    def reach(self) -> int:
        """How many keys it signs with; raises ProviderSilent. For who sets it."""
        self.endpoints()
        keys = self._known_keys()
        if not keys:
            raise ProviderSilent("jwks: no key that we can read")
        return len(keys)

    def endpoints(self) -> Endpoints:
        if self.provider.endpoints is not None:
            return self.provider.endpoints
        known = self._endpoints
        if known is not None and self._clock() - known[0] < KEPT:
            return known[1]
        _kind, body = self._fetch(self.provider.issuer.rstrip("/") + "/.well-known/openid-configuration", "discovery")
        said = _object(body, "discovery")
        if said.get("issuer") != self.provider.issuer:
            raise ProviderSilent("discovery: another issuer")
        found = Endpoints(
            authorization=_text(said, "authorization_endpoint"),
            token=_text(said, "token_endpoint"),
            jwks=_text(said, "jwks_uri"),
            userinfo=_text(said, "userinfo_endpoint"),
            logout=_text(said, "end_session_endpoint"),
        )
        optional = [address for address in (found.userinfo, found.logout) if address]
        if not all(usable_address(each) for each in (found.authorization, found.token, found.jwks, *optional)):
            raise ProviderSilent("discovery: an address that is not https")
        self._endpoints = (self._clock(), found)
        return found

    # --- what it says ---

    def _ask_token(self, code: str, redirect_uri: str, verifier: str) -> dict[str, Any]:
        who = {"client_id": self.provider.client_id, "client_secret": self.provider.client_secret}
        form = {"grant_type": "authorization_code", "code": code, "redirect_uri": redirect_uri}
        form["code_verifier"] = verifier
        headers = {}
        if self.provider.basic:
            pair = ":".join(parse.quote(part, safe="") for part in who.values())
            headers["Authorization"] = "Basic " + base64.b64encode(pair.encode()).decode()
        else:
            form |= who
        _kind, body = self._fetch(self.endpoints().token, "token", form=form, headers=headers)
        return _object(body, "token")

    def _read_id_token(self, token: str, nonce: str) -> dict[str, Any]:
        claims = self._verified(
            token,
            iss={"essential": True, "value": self.provider.issuer},
            aud={"essential": True, "value": self.provider.client_id},
            exp={"essential": True},
            iat={"essential": True},
            sub={"essential": True},
            nonce={"essential": True, "value": nonce},
        )
        if not isinstance(claims["sub"], str) or len(claims["sub"]) > LONGEST_SUBJECT:
            raise Refused("sub")
        for_others = isinstance(claims["aud"], list) and len(claims["aud"]) > 1
        if claims.get("azp", None if for_others else self.provider.client_id) != self.provider.client_id:
            raise Refused("azp")
        if self.provider.acr_values and claims.get("acr") not in self.provider.acr_values:
            raise Refused("acr")
        return claims

    def _ask_userinfo(self, access_token: str, subject: str) -> dict[str, Any]:
        address = self.endpoints().userinfo
        if not address:
            if self.provider.signed_userinfo:
                raise Refused("no userinfo")
            return {}
        kind, body = self._fetch(address, "userinfo", headers={"Authorization": f"Bearer {access_token}"})
        if kind == "application/jwt":
            said = self._verified(
                body.decode("ascii", "replace").strip(),
                iss={"value": self.provider.issuer},
                aud={"value": self.provider.client_id},
            )
        elif self.provider.signed_userinfo:
            raise Refused("unsigned userinfo")
        else:
            said = _object(body, "userinfo")
        if said.get("sub") != subject:  # OpenID Connect Core 1.0, section 5.3.2
            raise Refused("userinfo of somebody else")
        return said

    def _verified(self, token: str, **claims: Any) -> dict[str, Any]:
        try:
            read = jwt.decode(token, self._key_of, algorithms=list(self.provider.algorithms))
            if not isinstance(read.claims, dict):
                raise Refused("token")
            now, leeway = int(self._clock()), self.provider.leeway
            jwt.JWTClaimsRegistry(now=now, leeway=leeway, **claims).validate(read.claims)
        except (JoseError, ValueError, TypeError, KeyError) as fault:  # what a forged token may make of a parser
            raise Refused(f"token: {type(fault).__name__}") from fault
        return read.claims

    def _is_verified(self, said: Mapping[str, Any]) -> bool:
        verified = said.get("email_verified")
        return verified is True or (verified is None and self.provider.email_trusted)

    # --- its keys ---

    def _key_of(self, token: Any) -> Key:
        headers = token.headers()
        found = self._find_key(headers)
        if found is None:
            fetched = self._keys
            if fetched is not None and self._clock() - fetched[0] > AGAIN:
                self._keys = None  # it may have new ones
                found = self._find_key(headers)
        if found is None:
            raise Refused("unknown key")
        return found

    def _find_key(self, headers: Mapping[str, Any]) -> Key | None:
        kid, algorithm = headers.get("kid"), str(headers.get("alg"))
        kind = "EC" if algorithm.startswith("ES") else "RSA"
        found = [
            key
            for key in self._known_keys()
            if key.key_type == kind
            and key.get("use") in (None, "sig")
            and key.get("alg") in (None, algorithm)
            and (kid is None or key.kid == kid)
        ]
        return found[0] if len(found) == 1 or (found and kid is not None) else None

    def _known_keys(self) -> list[Key]:
        known = self._keys
        if known is None or self._clock() - known[0] > KEPT:
            _kind, body = self._fetch(self.endpoints().jwks, "jwks")
            known = self._keys = (self._clock(), _public_keys(_object(body, "jwks")))
        return known[1]

    # --- asking ---

    def _fetch(
        self,
        address: str,
        what: str,
        *,
        form: Mapping[str, str] | None = None,
        headers: Mapping[str, str] | None = None,
    ) -> tuple[str, bytes]:
        """(type of content, body)."""
        if not usable_address(address):
            raise ProviderSilent(f"{what}: an address that is not https")
        if self._clock() < self._silent_until:
            raise ProviderSilent(f"{what}: it did not answer a moment ago")
        if not self._talks.acquire(timeout=WAIT):
            raise ProviderSilent(f"{what}: others are waiting for it")
        try:
            return self._read(address, what, form, headers or {})
        except (error.URLError, http.client.HTTPException, OSError, ValueError) as fault:
            self._silent_until = self._clock() + SILENT
            reason = getattr(fault, "reason", fault)
            raise ProviderSilent(f"{what}: {type(reason).__name__}") from fault
        finally:
            self._talks.release()

    def _read(
        self, address: str, what: str, form: Mapping[str, str] | None, headers: Mapping[str, str]
    ) -> tuple[str, bytes]:
        data = parse.urlencode(form).encode() if form is not None else None
        said = {"Accept": "application/json, application/jwt", "User-Agent": "Maillage"} | dict(headers)
        asked = request.Request(address, data=data, headers=said)  # noqa: S310 - usable_address: https or this machine
        until = time.monotonic() + self.provider.timeout
        try:
            with self._opener.open(asked, timeout=self.provider.timeout) as answer:
                body = b""
                while chunk := answer.read1(65_536):
                    body += chunk
                    if len(body) > MOST_BYTES or time.monotonic() > until:
                        raise ProviderSilent(f"{what}: too long")
                return answer.headers.get_content_type(), body
        except error.HTTPError as fault:
            fault.close()
            if what in ("token", "userinfo") and 400 <= fault.code < 500:
                raise Refused(f"{what}: {fault.code}") from None
            raise ProviderSilent(f"{what}: {fault.code}") from None


def _public_keys(said: Mapping[str, Any]) -> list[Key]:
    """A key we cannot read is passed over: it is not the one we need."""
    found = []
    rows = said.get("keys")
    for row in rows if isinstance(rows, list) else []:
        if isinstance(row, dict) and row.get("kty") in ("RSA", "EC"):
            try:
                found.append(JWKRegistry.import_key(row))
            except (JoseError, ValueError, TypeError, KeyError):
                continue
    KeySet(found)  # gives a name to those that have none
    return found


def _object(body: bytes, what: str) -> dict[str, Any]:
    try:
        said = json.loads(body)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise ProviderSilent(f"{what}: no JSON object")
    return said


def _text(said: Mapping[str, Any], key: str) -> str:
    value = said.get(key)
    return value.strip() if isinstance(value, str) else ""


def _name(said: Mapping[str, Any]) -> str:
    whole = _text(said, "name")
    parts = (_text(said, "given_name"), _text(said, "usual_name") or _text(said, "family_name"))
    return " ".join((whole or " ".join(parts)).split())[:150]


def _with_query(address: str, said: Mapping[str, str]) -> str:
    return address + ("&" if "?" in address else "?") + parse.urlencode(said)

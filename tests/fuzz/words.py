"""What people type, what phones and browsers send, what an operator sets, what a provider answers: the readers of words.

Each `play_…` takes bytes, must not raise, and says whether they went past the first check of what reads them."""

import csv
import datetime as dt
import io
import json
import os
import re
import uuid
import warnings
import zlib
from collections.abc import Callable
from contextlib import suppress
from functools import cache
from pathlib import Path
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from joserfc import jwt
from joserfc.jwk import ECKey

from maillage.config.environment import (
    BadSetting,
    read_choice,
    read_email,
    read_flag,
    read_folder,
    read_list,
    read_number,
)
from maillage.contracts.cells import read_cell
from maillage.contracts.facts import FIELDS as CONTRACT
from maillage.lib.codes import normalise_code
from maillage.lib.colours import read_colour
from maillage.lib.icalendar import FOLD, Event, write_calendar
from maillage.lib.languages import NAMES, chosen, offered
from maillage.lib.matching import roots
from maillage.lib.openid import Endpoints, Identity, Pending, Provider, ProviderSilent, Refused
from maillage.lib.openid_client import Client
from maillage.lib.siret import is_siret, normalise_siret
from maillage.lib.spreadsheets import write_csv
from maillage.lib.spreadsheets.escaping import unescape_cell
from maillage.lib.typography import typo
from maillage.lib.wifi import WifiRefused, check_wifi
from maillage.live import seats
from maillage.live.requests import BadRequest, Request, _from_form, _from_json
from maillage.people.presence import device_words
from maillage.registrations import needs, values
from tests.fuzz.saying import check_sentence

ZONE = ZoneInfo("Europe/Paris")

# --- what the phone sends ---


def play_payload(data: bytes) -> bool:
    read = _from_json if data.lstrip()[:1] in (b"{", b"[") else _from_form
    try:
        move = read(data)
    except BadRequest:
        return False
    assert 1 <= len(move.key) <= 64
    str(move.payload).encode()
    return True


def payload_seeds() -> list[bytes]:
    said = {
        "kind": "idea",
        "text": "Une idée",
        "stage": "seul",
        "parent": "c3",
        "for": "ana",
        "by": "paper",
        "decline": False,
    }
    sheet = {
        "step": "avis",
        "table": 2,
        "answer_utile": "3",
        "answer_suite": ["1", "2"],
        "on": True,
        "players": 5,
        "total": 1.5,
    }
    return [
        json.dumps({"key": "k1", "kind": "write", "payload": said}, ensure_ascii=False).encode(),
        json.dumps({"key": "\u00e9", "kind": "transcribe", "payload": sheet}).encode(),
        b'{"key": "k2", "kind": "answer", "payload": {"value": ["1", 3, true, null, 1.5], "stage": "avis", "question": "utile"}}',
        b"key=k3&kind=mark&card=c4&mark=vote&on=1&on=0&text=%C3%A9&stage=tri&for=ana&by=paper",
        b'{"key": "\\u00e9", "kind": "fill", "payload": {"field": "pas", "value": "\\ud83d\\ude00"}}',
    ]


def play_header(data: bytes) -> bool:
    """A request's head, a line a header: what the rooms and the pages read of it."""
    lines = [line.partition(b":") for line in data.split(b"\n")]
    head = [(name.strip().lower(), value.strip(b" \r\0")) for name, sign, value in lines if sign]
    query = dict(head).get(b"?", b"")
    request = Request({"method": "POST", "headers": head, "query_string": query}, _nothing)  # type: ignore[arg-type]
    reads: list[Callable[[], object]] = [
        lambda: request.cookies, lambda: request.query, lambda: request.which_seat, lambda: request.after,
        lambda: request.is_json, request.check_host, request.check_origin,
    ]  # fmt: skip
    passed = True
    for read in reads:
        try:
            read()
        except BadRequest:
            passed = False
    assert -1 <= request.after < 2**31
    said = request.headers
    assert offered(said.get("accept-language", ""), "fr") in ("", *NAMES)
    assert chosen(request.cookies) in NAMES
    device_words(said.get("user-agent", "")).encode()
    with suppress(ValueError, RecursionError):
        seats.read_ticket(request.cookies, uuid.UUID(int=7), request.which_seat)
    return passed


async def _nothing() -> dict[str, Any]:
    return {"type": "http.disconnect"}


def header_seeds() -> list[bytes]:
    host = (settings.ALLOWED_HOSTS or ["localhost"])[0].replace("*", "localhost")
    phone = (
        f"host: {host}:8000\norigin: http://{host}:8000\nreferer: http://{host}:8000/seance/x/?siege=a\n"
        "content-type: application/json; charset=utf-8\naccept-language: fr-FR,fr;q=0.9,de;q=0.5,*;q=0.1\n"
        "user-agent: Mozilla/5.0 (iPhone; CPU iPhone OS 17_0 like Mac OS X) Safari/604.1\n"
        f"cookie: langue=de; lettres=confort; siege-000000000007={tickets()[0]}; csrftoken=x\n"
        "sec-fetch-site: same-origin\ncontent-length: 40\nlast-event-id: 12\n?: siege=a&after=3&x=%C3%A9"
    )
    return [phone.encode(), phone.replace("siege=a", "siege=p").replace("12", "").encode()]


# --- cells ---


def play_cell(data: bytes) -> bool:
    """A cell is a person's, or a contract's: the digest of its bytes says which readers have it."""
    text = data.decode("utf-8", "surrogateescape" if data[:1] == b"s" else "replace")
    cleaned = values.clean(text)
    assert "\0" not in cleaned
    (_name_cell, _said_cell, _contract_cell)[zlib.crc32(data) % 3](cleaned)
    if zlib.crc32(data) % 16 == 0 or len(cleaned) > 1_000:  # compared with each category's words: dear
        values.read_category(cleaned)
    return bool(cleaned)


def _name_cell(text: str) -> None:
    for read in (
        values.split_name,
        values.organisation_key,
        values.phone_key,
        values.read_yes,
        normalise_code,
        read_colour,
        roots,
        typo,
    ):
        read(text)
    _email, doubt = values.read_email(text)
    if doubt:
        check_sentence(doubt, whole=False)
    is_siret(normalise_siret(text))


def _said_cell(text: str) -> None:
    values.read_moment(text, ZONE)
    for read in (needs.read_needs, needs.read_interpreter, needs.read_children, needs.read_meal, needs.says_no_number):
        read(text)


def _contract_cell(text: str) -> None:
    for name in CONTRACT:
        try:
            read_cell(name, text)
        except ValueError as refusal:
            check_sentence(refusal)


def cell_seeds() -> list[bytes]:
    said = [
        "Amel Müller", "amel@exemple.fr", "06 11 22 33 44", "+33 6 11 22 33 44", "12/03/2025 08:30", "2025-03-12T08:30:00Z",
        "Oui", "non merci", "Fauteuil roulant, LSF et 2 enfants", "garde pour 3 enfants de 2 à 10 ans", "végétarien sans arachide",
        "Conseil citoyen", "KAVU 72", "#a1b2c3", "732 829 320 00074", "Maire, Zoé Petit, signataire", "https://exemple.fr Contrat",
        "mars 2024", "45363,354", "1 enfant", "trois enfants",
    ]  # fmt: skip
    return [text.encode() for text in said]


# --- what is written of it ---


def play_written(data: bytes) -> bool:
    """Lines of words written in a calendar, a table and a Wi-Fi's code: none gets out of its place."""
    said = [values.clean(line) for line in data.decode("utf-8", "replace").split("\n")][:8]
    title, *others = said
    event = Event(
        uid="1", title=title, starts=dt.date(2025, 10, 2), ends=None, revised=dt.datetime(2025, 1, 1, tzinfo=dt.UTC),
        place=" ".join(others[:1]), about="\n".join(others), url="https://x/" + title, words=others,
    )  # fmt: skip
    lines = write_calendar(title, [event], product="essai", url=title).split(b"\r\n")
    assert all(len(line) <= FOLD for line in lines)
    assert not any(b"\n" in line or b"\r" in line for line in lines)
    assert sum(line.startswith(b"BEGIN:VEVENT") for line in lines) == 1
    for row in csv.reader(io.StringIO(write_csv(said, [said]).decode("utf-8-sig"), newline=""), delimiter=";"):
        assert not any(re.match(r"[=+\-@\t\r\n]", cell) for cell in row)
        assert [unescape_cell(cell) for cell in row] == said
    with suppress(WifiRefused):
        wifi = check_wifi(title, others[0] if others else "")
        assert wifi.qr_text.startswith("WIFI:T:")
    return bool(title)


def written_seeds() -> list[bytes]:
    return [
        "Journée ; de, Metz\nHôtel de ville\nAmel, Zoé\n=1+1\nPlace d’Armes".encode(),
        b'Box\\;,:"1\nmot de passe\nx\n\xc3\xa9\xc3\xa9' + b"\xe2\x80\x99" * 60,
        b"a" * 74 + b"\xc3\xa9\nBEGIN:VEVENT\nEND:VCALENDAR",
    ]


# --- what an operator sets, what a browser keeps ---


def play_setting(data: bytes) -> bool:
    text = data.replace(b"\0", b"").decode("utf-8", "surrogateescape")
    os.environ["MAILLAGE_ESSAI"] = text
    reads: list[Callable[[], object]] = [
        lambda: read_flag("MAILLAGE_ESSAI"),
        lambda: read_number("MAILLAGE_ESSAI", 1, least=1, most=65_535),
        lambda: read_email("MAILLAGE_ESSAI"),
        lambda: read_choice("MAILLAGE_ESSAI", "texte", ("texte", "json")),
        lambda: read_list("MAILLAGE_ESSAI"),
        lambda: read_folder("MAILLAGE_ESSAI", Path("/")),
    ]
    for read in reads:
        try:
            read()
        except BadSetting as refusal:
            assert "MAILLAGE_ESSAI" in refusal.sentence
            check_sentence(refusal.sentence.encode("utf-8", "replace").decode())
    return bool(text.strip())


def setting_seeds() -> list[bytes]:
    return [b"oui", b"587", b"equipe@exemple.fr", b"json", b"a.fr, b.fr", b"/tmp/data", b"~/x", b"65535"]


def play_ticket(data: bytes) -> bool:
    """Signed words of a browser or a link, changed by whoever holds them: they open nothing."""
    text = data.decode("latin-1")
    session = uuid.UUID(int=7)
    for which in ("", "a", "p", "c", text[:3]):
        name = f"siege-{session.hex[-12:]}" + (f"-{which}" if which else "")
        found = seats.read_ticket({name: text}, session, which)
        assert found is None or text in tickets()
    assert seats.read_projection_token(text) is None or text in tickets()
    return text.count(":") >= 2  # else it is no signed word: the signature is not even looked at


@cache
def tickets() -> tuple[str, ...]:
    seat = seats.Seat(id=uuid.UUID(int=9), session_id=uuid.UUID(int=7), kind="participant", generation=1)
    return seats.make_ticket(seat), seats.make_projection_token(uuid.UUID(int=7))


def ticket_seeds() -> list[bytes]:
    return [text.encode() for text in tickets()]


# --- what a sign-in provider answers ---

ISSUER, CLIENT, NONCE = "https://connexion.exemple.invalid", "maillage", "une fois"
NOW = 1_760_000_000


@cache
def _key() -> ECKey:
    return ECKey.generate_key("P-256", {"kid": "ec", "use": "sig"})


class Provided(Client):
    """A client whose provider says what we like: the network is not asked."""

    def __init__(self, said: dict[str, bytes]) -> None:
        at = Endpoints(f"{ISSUER}/a", f"{ISSUER}/t", f"{ISSUER}/k", f"{ISSUER}/u", f"{ISSUER}/o")
        found = None if "discovery" in said else at
        super().__init__(Provider(ISSUER, CLIENT, "secret", "Essai", endpoints=found), clock=lambda: NOW)
        self.said = said

    def _fetch(self, address: str, what: str, **_more: Any) -> tuple[str, bytes]:
        return "application/jwt" if self.said[what].count(b".") == 2 and what == "userinfo" else "x", self.said[what]


def play_provider(data: bytes) -> bool:
    """A JSON: what each of its addresses answers. An object for a token is signed with its own key, whatever it claims."""
    try:
        told = json.loads(data)
    except (ValueError, RecursionError):
        told = {"raw": None, "given": {"state": "etat", "code": "c"}}
    told = told if isinstance(told, dict) else {"token": told}
    claims = told.get("claims")
    token: Any = claims
    if isinstance(claims, dict):
        with suppress(Exception):  # what joserfc does not sign no provider signs
            token = jwt.encode({"alg": "ES256", "kid": "ec"}, claims, _key())
    answer = told.get("token")
    said = {
        "token": json.dumps(answer | {"id_token": token} if isinstance(answer, dict) else answer).encode(),
        "jwks": json.dumps(told.get("jwks", {"keys": [_key().as_dict(private=False)]})).encode(),
        "userinfo": json.dumps(told.get("userinfo", {"sub": "1"})).encode(),
    }
    if "raw" in told:  # no JSON at all
        said["token"] = data
    if "discovery" in told:
        said["discovery"] = json.dumps(told["discovery"]).encode()
    client = Provided(said)
    given = told.get("given")
    given = {name: value for name, value in given.items() if isinstance(value, str)} if isinstance(given, dict) else {}
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("ignore")  # joserfc tells its developers that a key is short
            who = client.finish(pending=Pending("etat", NONCE, "x" * 43), redirect_uri="https://x/", given=given)
    except Refused as refusal:
        return refusal.why not in ("state", "iss", "denied", "error", "code")
    except ProviderSilent as silence:
        return not silence.why.startswith("token")
    assert isinstance(who, Identity)
    assert who.email == who.email.lower()
    for word in (who.subject, who.email, who.name):
        assert isinstance(word, str)
    client.logout_address(id_token=who.id_token, back="https://x/").encode()
    return True


def provider_seeds() -> list[bytes]:
    claims = {"iss": ISSUER, "aud": CLIENT, "exp": NOW + 300, "iat": NOW, "sub": "1", "nonce": NONCE, "acr": "eidas1"}
    told = {
        "given": {"state": "etat", "code": "c", "iss": ISSUER},
        "token": {"access_token": "a", "token_type": "Bearer"},
        "claims": claims | {"email": "Zoe@exemple.invalid", "azp": CLIENT, "email_verified": True},
        "userinfo": {"sub": "1", "email": "zoe@exemple.invalid", "given_name": "Zoé", "usual_name": "Martin"},
        "jwks": {"keys": [_key().as_dict(private=False), {"kty": "RSA", "n": "AQAB", "e": "AQAB", "kid": "x"}]},
    }
    found = {
        "issuer": ISSUER, "authorization_endpoint": f"{ISSUER}/a", "token_endpoint": f"{ISSUER}/t", "jwks_uri": f"{ISSUER}/k",
        "userinfo_endpoint": f"{ISSUER}/u", "end_session_endpoint": f"{ISSUER}/o",
    }  # fmt: skip
    return [json.dumps(told).encode(), json.dumps(told | {"discovery": found}).encode()]

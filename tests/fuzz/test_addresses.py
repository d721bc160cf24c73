"""Every address of the site, asked anything by anybody: any words in its address, its query, its form, its headers.

What a form of the page asks is read from the page itself, so that what is posted goes further than « il manque ».
"""

import csv
import errno
import gzip
import http.cookies
import io
import json
import logging
import re
import socket
from collections.abc import Iterator
from random import Random
from typing import Any

import brotli
import openpyxl
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection, transaction
from django.test import Client
from django.urls import NoReverseMatch
from PIL import Image

from maillage.config.rights import Address, addresses
from maillage.gatherings.models import Workshop
from maillage.lib.needs import Need
from maillage.live import runtime, seats
from maillage.people.enums import SpaceRole
from maillage.people.models import Organisation, Person
from tests.atlas.opendata import few_territories
from tests.examples import LONG
from tests.fuzz import counting
from tests.fuzz.drawing import WORDS, Chance, damaged, pick, word
from tests.fuzz.files import picture_seeds, table_seeds
from tests.fuzz.saying import check_sentence
from tests.fuzz.shaping import drawn
from tests.rights.posts import POSTS
from tests.rights.walking import path_of
from tests.rights.world import World, cookies_of, make_users, make_world

FIELD = re.compile(rb"<(input|select|textarea|button)\b([^>]*)>")
ATTRIBUTE = re.compile(rb'\b(name|type|value)="([^"]*)"')
OPTION = re.compile(rb'<option[^>]*\bvalue="([^"]*)"')
LINKED = re.compile(rb'href="\?([\w-]+)=')
QUERIES = [
    "page",
    "vue",
    "couches",
    "tri",
    "q",
    "siege",
    "url",
    "format",
    "apres",
    "suite",
    "jour",
    "filtre",
    "lang",
    "next",
    "jeton",
]
HEADERS = {
    "accept": ["text/html", "application/json", "*/*;q=é", ""], "accept-language": ["fr", "de;q=x", "ar-EG", "*", "é", "x" * 500],
    "hx-request": ["true", "false"], "hx-target": ["x", "#"], "if-none-match": ['"x"', "*", "W/", '"'],
    "if-modified-since": ["Thu, 01 Jan 1970 00:00:00 GMT", "hier", "Sun, 32 Foo 99999999999 99:99:99 GMT"], "range": ["bytes=0-1", "bytes=-"],
    "referer": ["http://[", "http://testserver/", "\u00e9"], "origin": ["null", "http://["], "x-forwarded-for": ["::1", "x", "1.2.3.4, é"],
    "accept-encoding": ["br", "gzip, br;q=0", "identity;q=0", "br;q=é"], "content-type": ["application/json", "text/plain; charset=é", "multipart/form-data"],
    "content-length": ["-1", "x"], "x-http-method-override": ["DELETE"], "host": ["x", "[", "testserver:99999", "testserver:é", "a" * 300],
    "cookie": ["langue=x; lettres=\"", "sessionid=\x00; csrftoken=", "=;;=", "messages=x$y", 'sessionid="\\000aaaaaaaaaaaaaaaa"',
        'csrftoken="\\000\\303"; langue="\\000"', "langue=ar", "a" * 5_000],
    "x-forwarded-proto": ["https", "é"], "user-agent": ["", "x" * 5_000, "Mozilla/5.0 (\u202e"], "x-requested-with": ["XMLHttpRequest"],
}  # fmt: skip


SENDABLE = [each.encode("utf-8", "replace").decode() for each in WORDS]


class House:
    """Two spaces in one transaction that is never committed, and who asks."""

    def __init__(self, here: World, there: World) -> None:
        self.here, self.there = here, there
        users = make_users(here.space)
        self.cookies: dict[str, dict[str, str]] = {"anonymous": {}}
        for role in ("organiser", "reader"):
            client = Client()
            client.force_login(users[SpaceRole(role)])
            self.cookies[role] = {name: morsel.value for name, morsel in client.cookies.items()}
        for name in ("participant", "facilitator"):
            self.cookies[name] = cookies_of(here.seats[name])
        self.fields: dict[tuple[str, str], dict[str, list[str]]] = {}
        self.methods: dict[str, set[str]] = {}

    def may_open(self, address: Address) -> str:
        """Who goes furthest there."""
        need = address.needs.get if address.needs is not None else Need.ANYBODY
        seats_of = {Need.SEAT: "participant", Need.LEADING_SEAT: "facilitator"}
        return seats_of.get(need) or ("organiser" if need.value.account else "anonymous")

    def takes(self, address: Address) -> set[str]:
        """The methods of a page, as its refusal of another says them."""
        if address.route not in self.methods:
            path = path_of(address, self.here.of(address))
            response, _body = self.ask(self.may_open(address), "trace", path, None, {})
            told = {name.strip().lower() for name in response.get("Allow", "GET, POST").split(",")}
            self.methods[address.route] = told & {"get", "post"} or {"get"}
        return self.methods[address.route]

    def ask(self, actor: str, method: str, path: str, data: Any, headers: dict[str, str], **more: Any) -> Any:
        client = Client(raise_request_exception=True)
        client.cookies = http.cookies.SimpleCookie()
        for name, value in self.cookies[actor].items():
            client.cookies[name] = value
        if "cookie" in headers:  # beside the right ones
            said = "; ".join([*(f"{name}={value}" for name, value in self.cookies[actor].items()), headers["cookie"]])
            client.cookies, headers = http.cookies.SimpleCookie(), headers | {"cookie": said}
        with transaction.atomic():
            response = getattr(client, method)(path, data, headers=headers, **more)
            body = b"".join(response.streaming_content) if response.streaming else response.content
            transaction.set_rollback(True)
        if method == "post" or path.startswith(("/projection/", "/regie/")):
            runtime._live = None  # a room in memory would be ahead of the log that was rolled back
            seats._known.clear()
        return response, body

    def fields_of(self, actor: str, address: Address) -> dict[str, list[str]]:
        """What the page's forms send, as they would, read once."""
        key = (actor, address.route)
        if key not in self.fields:
            found: dict[str, list[str]] = {name: [str(value)] for name, value in POSTS.get(address.name, {}).items()}
            _response, body = self.ask(actor, "get", path_of(address, self.here.of(address)), {}, {})
            if b"<form" in body[:500_000]:
                for tag, inside in FIELD.findall(body):
                    said = {
                        name.decode(): value.decode("utf-8", "replace") for name, value in ATTRIBUTE.findall(inside)
                    }
                    if said.get("name") and said.get("type") != "file":
                        found.setdefault(said["name"], []).append(
                            said.get("value", "oui" if tag == b"input" else "un mot")
                        )
                    elif said.get("name"):
                        found.setdefault("@" + said["name"], [])
                options = [value.decode("utf-8", "replace") for value in OPTION.findall(body)]
                for some in found.values():
                    some.extend(options[:3])
            for name in LINKED.findall(body):
                found.setdefault("?" + name.decode(), [])
            self.fields[key] = found
        return self.fields[key]


@pytest.fixture(scope="module")
def house(django_db_setup, django_db_blocker, tmp_path_factory) -> Iterator[House]:
    from django.conf import settings

    before = settings.KEYS_DIR, settings.MEDIA_ROOT, runtime._live, settings.ROOM
    folder = tmp_path_factory.mktemp("fuzz")
    settings.KEYS_DIR, settings.MEDIA_ROOT, settings.ROOM, runtime._live = folder / "keys", folder / "files", True, None
    logging.disable(logging.ERROR)
    with django_db_blocker.unblock(), transaction.atomic():
        few_territories()
        photo = io.BytesIO()
        Image.new("RGB", (40, 30), "white").save(photo, "JPEG")
        yield House(*(make_world(slug, shown=slug == "ici", photo=photo.getvalue()) for slug in ("ici", "zqailleurs")))
        transaction.set_rollback(True)
    settings.KEYS_DIR, settings.MEDIA_ROOT, runtime._live, settings.ROOM = before
    logging.disable(logging.NOTSET)


@pytest.fixture(autouse=True)
def _folders() -> None:
    """Those of the house, not one a test."""


def test_any_address_answers_anything_in_words(house: House, db: None) -> None:
    assert connection.in_atomic_block
    random, statuses = counting.random_of("addresses"), set()
    known = addresses()
    random.shuffle(known)
    for turn in counting.counted("addresses"):
        status = ask_once(house, random, known[turn % len(known)])
        statuses.add(status)
        counting.inside["addresses"] += status not in AT_THE_DOOR
    assert {200, 302, 400, 404, 405, 422} <= statuses


def test_the_read_interface_answers_anything_in_words(house: House, db: None) -> None:
    """Its refusals are JSON, with their sentence."""
    random, statuses = counting.random_of("api"), set()
    known = [address for address in addresses() if address.route.startswith(("api/", "atlas/<slug:slug>/donnees"))]
    assert len(known) >= 5
    _response, body = house.ask("anonymous", "get", "/api/v1/openapi.json", {}, {})
    said = json.loads(body)["components"]["parameters"].values()
    asked = [each["name"] for each in said if each["in"] == "query"]
    assert {"page", "departement"} <= set(asked)
    for turn in counting.counted("api"):
        status = ask_once(house, random, known[turn % len(known)], api=asked)
        statuses.add(status)
        counting.inside["api"] += status not in AT_THE_DOOR - {400}  # its 400 has read the question
    assert {200, 400, 404, 405} <= statuses


SIGN_IN = 0  # sent there instead of what was asked
AT_THE_DOOR = frozenset({SIGN_IN, 400, 403, 404, 405})


def test_a_nul_in_a_cookie_is_no_cookie(house: House, db: None) -> None:
    """Once failed: a browser may write « \\000 » between quotes, and PostgreSQL looks for no session of that name."""
    said = {"cookie": 'sessionid="\\000aaaaaaaaaaaaaaaa"; langue="d\\000"; lettres=confort'}
    response, _body = house.ask("anonymous", "get", "/rencontres/", {}, said)
    assert (response.status_code, response["Location"][:11]) == (302, "/connexion/")
    assert response.wsgi_request.COOKIES == {"lettres": "confort"}


def test_a_form_in_a_charset_that_is_no_text(house: House, db: None) -> None:
    """Once failed: Python knows « rot13 », and reads no bytes in it."""
    kind = "multipart/form-data; boundary=x; charset=rot13"
    body = b'--x\r\nContent-Disposition: form-data; name="email"\r\n\r\na@b.fr\r\n--x--\r\n'
    response = Client().generic("POST", "/connexion/", body, content_type=kind)
    assert response.status_code == 400
    assert b"<html" in response.content


LOADED = re.compile(
    rb"""<(?:script|img|iframe|source|video|audio|embed|input)\b[^>]*?\bsrc=["']([^"']+)|<(?:link|use|image)\b[^>]*?\bhref=["']([^"']+)|<form\b[^>]*?\baction=["']([^"']+)"""
)
NOT_LOADED = re.compile(rb"""<link\b[^>]*\brel=["'](?:canonical|alternate|self|next|prev)["'][^>]*>""")
FORMULA = re.compile(r"""^[=+\-@\t\r]""")
NUMBER = re.compile(r"-\d+([.,]\d+)?")
ANYBODYS = ("api/", "oembed", "atlas/")


def test_every_answer_is_guarded_and_loads_nothing_from_elsewhere(
    house: House, db: None, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Headers, cookies, what a page loads, what a spreadsheet would run, and that no request asks anything of a network."""
    asked: list[object] = []

    dial = socket.socket.connect

    def connect(own: socket.socket, address: Any) -> None:
        if own.type == socket.SOCK_DGRAM:  # how lib/lan.py learns which address is ours: nothing is sent
            dial(own, address)
            return
        asked.append(address)
        raise OSError(errno.ENETUNREACH, "no network in a request")

    if connection.vendor == "sqlite":
        monkeypatch.setattr(socket.socket, "connect", connect)
    named_as_formulas(house.here)
    faults, sheets, pages = [], 0, 0
    for address in addresses():
        of_a_seat = address.needs is not None and address.needs.get in (Need.SEAT, Need.LEADING_SEAT)
        for actor in (
            ("organiser", "facilitator", "anonymous") if LONG else ("facilitator" if of_a_seat else "organiser",)
        ):
            response, body = house.ask(
                actor, "get", path_of(address, house.here.of(address)), house.here.queries.get(address.name, {}), {}
            )
            kind, body = response.get("Content-Type", ""), plain(response, body)
            faults += [f"{actor} {address.route}: {fault}" for fault in unguarded(address.route, response)]
            if kind.startswith("text/html"):
                pages += 1
                faults += [f"{actor} {address.route} loads {where}" for where in foreign(body)]
            elif kind.startswith("text/csv") or "spreadsheetml" in kind:
                sheets += 1
                faults += [f"{actor} {address.route} has a formula: {cell!r}" for cell in formulas(kind, body)]
    assert not asked, f"a request opened a connection: {asked[:5]}"
    assert not faults, "\n".join(faults[:40])
    assert pages > 150
    assert sheets > 8


def named_as_formulas(world: World) -> None:
    Person.objects.filter(space=world.space).update(first_name="=1+1", last_name="@SUM(A1)")
    Organisation.objects.filter(space=world.space).update(name="+33;=2")
    Workshop.objects.filter(slot__gathering__space=world.space).update(title="-2+3+cmd")


def unguarded(route: str, response: Any) -> Iterator[str]:
    has = response.headers
    if has.get("X-Content-Type-Options") != "nosniff" or has.get("Referrer-Policy") not in (
        "same-origin",
        "no-referrer",
        "strict-origin",
    ):
        yield "no nosniff, or no Referrer-Policy"
    if (
        "unsafe" in has.get("Content-Security-Policy", "unsafe")
        or "default-src 'none'" not in has["Content-Security-Policy"]
    ):
        yield "a content policy that lets in"
    if has.get("Cross-Origin-Opener-Policy") != "same-origin" or "geolocation=()" not in has.get(
        "Permissions-Policy", ""
    ):
        yield "no opener or permissions policy"
    whose = has.get("Cross-Origin-Resource-Policy")
    anybodys = route.startswith(ANYBODYS) or "Access-Control-Allow-Origin" in has
    if whose != "same-origin" and not (whose == "cross-origin" and anybodys):
        yield f"resource policy {whose}"
    if "X-Frame-Options" not in has and "integrer" not in route:
        yield "may be framed"
    for cookie in response.cookies.values():
        if not (cookie["httponly"] and cookie["samesite"] in ("Lax", "Strict")) and cookie["max-age"] != 0:
            yield f"cookie {cookie.key}"


def foreign(body: bytes) -> Iterator[bytes]:
    for found in LOADED.findall(NOT_LOADED.sub(b"", body)):
        where = next(part for part in found if part)
        if where.startswith((b"//", b"http:", b"https:")) and not where.startswith(
            (b"http://testserver/", b"https://maillage.exemple.invalid/")
        ):
            yield where


def formulas(kind: str, body: bytes) -> Iterator[str]:
    if kind.startswith("text/csv"):
        text = body.decode("utf-8-sig")
        rows: Any = csv.reader(io.StringIO(text), delimiter=";")
        yield from (cell for row in rows for cell in row if FORMULA.match(cell) and not NUMBER.fullmatch(cell))
    else:
        sheets = openpyxl.load_workbook(io.BytesIO(body)).worksheets
        yield from (
            str(cell.value) for sheet in sheets for row in sheet.iter_rows() for cell in row if cell.data_type == "f"
        )


def ask_once(house: House, random: Random, address: Address, *, api: list[str] | None = None) -> int:
    chance = Chance(random)
    actor = house.may_open(address) if random.random() < 0.8 else random.choice(list(house.cookies))
    takes = house.takes(address)
    method = "post" if "post" in takes and random.random() < 0.8 else min(takes)
    method = random.choice(["put", "delete", "options", "patch", "head"]) if random.random() < 0.04 else method
    world = house.here if random.random() < 0.95 else house.there
    values = dict(world.of(address))
    for name in values:
        if random.random() < 0.08:  # any word; or nearly the right one, as a link that was typed
            values[name] = sendable(chance)
        elif random.random() < 0.05:
            values[name] = damaged(random, [str(values[name]).encode()]).decode("utf-8", "replace")
    try:
        path = path_of(address, values)
    except NoReverseMatch:  # Django's own converters take no such word
        path = path_of(address, world.of(address))
    fields = house.fields_of(actor, address)
    names = api or [name[1:] for name in fields if name.startswith("?")] or QUERIES
    query = world.queries.get(address.name, {}) | {
        random.choice([*names, *QUERIES, sendable(chance)]): sendable(chance) for _ in range(random.randrange(3))
    }
    headers = {name: random.choice(HEADERS[name]) for name in random.sample(sorted(HEADERS), random.randrange(3))}
    headers.pop("content-type", None) if method == "get" else None
    data: Any = query
    more: dict[str, Any] = {}
    if method == "post":
        more["query_params"] = query
        data = {
            name: filled(random, chance, some)
            for name, some in fields.items()
            if name[0] not in "?@" and random.random() < 0.9
        }
        data |= {random.choice([*data, sendable(chance)]): sendable(chance) for _ in range(random.randrange(2))}
        for name in fields:
            if name.startswith("@"):
                content = drawn(random, [*table_seeds(), *picture_seeds()])
                data[name[1:]] = SimpleUploadedFile(
                    random.choice(["a.csv", "b.xlsx", "c.jpg", "../d", "é.ods"]), content
                )
    elif method in ("put", "patch", "delete", "options"):
        data = b""
    try:
        response, body = house.ask(actor, method, path, data, headers, **more)
    except Exception as error:
        raise AssertionError(f"{actor} {method} {path} ? {query} {headers} {data!r:.3000}") from error
    said = f"{actor} {method} {path} ? {query} {headers} {data!r:.3000} → {response.status_code}"
    assert response.status_code < 500 or (path == "/oembed" and response.status_code == 501), said  # oEmbed’s own word
    if response.status_code >= 400 and method != "head":
        shown = plain(response, body).decode("utf-8", "replace")
        in_words = "<html" in shown or '"sentence"' in shown or shown.startswith('{"error": "')
        if response["Content-Type"].startswith("text/plain"):
            check_sentence(shown)
        else:
            assert in_words or response.status_code in (412, 416), f"{said}: {shown[:200]!r}"
        assert "Traceback" not in shown, said
    to_sign_in = response.status_code == 302 and response["Location"].startswith("/connexion/")
    return SIGN_IN if to_sign_in else response.status_code


def plain(response: Any, body: bytes) -> bytes:
    unfold = {"gzip": gzip.decompress, "br": brotli.decompress}.get(response.get("Content-Encoding", ""))
    return unfold(body) if unfold else body


def sendable(chance: Chance) -> str:
    """Half of a pair cannot be sent: what comes as bytes is read with a sign in its place."""
    return word(chance).encode("utf-8", "replace").decode()


def filled(random: Random, chance: Chance, some: list[str]) -> str | list[str]:
    if random.random() < 0.6 and some:
        return random.choice(some)
    if random.random() < 0.1:
        return [sendable(chance) for _ in range(3)]
    return pick(chance, SENDABLE) if random.random() < 0.7 else sendable(chance)

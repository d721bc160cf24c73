"""/live/…: requests made by hand, through the application itself, without a server: answered below 500, always in words."""

import asyncio
import json
import uuid
from collections import Counter
from dataclasses import dataclass
from random import Random
from typing import Any
from urllib.parse import urlencode

import pytest

from maillage.live import runtime, seats
from maillage.live.committer import Submitted
from maillage.live.enums import SeatKind
from maillage.live.models import Seat, Session
from maillage.live.services import open_session
from tests.fuzz import counting
from tests.fuzz.drawing import WORDS, Chance, damaged, junk, pick, word
from tests.fuzz.rooms import FIELDS, KINDS
from tests.fuzz.saying import check_sentence
from tests.fuzz.sense import sensible
from tests.fuzz.shaping import drawn
from tests.fuzz.targets import JSON
from tests.fuzz.words import payload_seeds
from tests.live.play import make_workshop

pytestmark = pytest.mark.django_db(transaction=True)

IN_A_ROOM = 150  # requests
ORIGINS = [
    "http://testserver",
    "http://[",
    "null",
    "https://ailleurs.fr",
    "http://testserver:99999",
    "http://testserver@x",
    "",
]
REFERERS = [
    "http://[",
    "http://testserver/seance/x/?siege=a",
    "http://testserver/?siege=&siege=zz",
    "//[::1",
    "%",
    "\x00",
]
ACCEPTS = ["text/event-stream", "*/*", "", "text/html;q=é"]
TYPES = [
    "application/json",
    "application/x-www-form-urlencoded",
    "multipart/form-data",
    "application/json; charset=x",
    "",
    "text/plain",
]


@dataclass
class Answer:
    status: int
    headers: dict[str, str]
    body: bytes


@pytest.fixture
def room(monkeypatch: pytest.MonkeyPatch) -> tuple[Session, list[Seat]]:
    monkeypatch.setattr(runtime, "_live", None)
    monkeypatch.setattr(seats, "_known", {})
    return make_room()


def make_room() -> tuple[Session, list[Seat]]:
    session = open_session(workshop=make_workshop(), by="essai")
    held = [
        seats.take_seat(session=session, kind=SeatKind.FACILITATOR, name="Lise", role="facilitator", key="lise"),
        seats.take_seat(session=session, kind=SeatKind.PARTICIPANT, name="Paul", role="porteur", key="paul"),
        seats.take_seat(session=session, kind=SeatKind.PARTICIPANT, name="Ana", role="participant", key="ana"),
        seats.take_seat(session=session, kind=SeatKind.PROJECTOR, name="", role="projector", key="one"),
        seats.take_seat(session=session, kind=SeatKind.CONTROL, name="", role="control", key="one"),
    ]
    opened = runtime.live().committer.submit(Submitted(session.id, held[0].id, "open", {}, "open"))
    assert opened.accepted
    return session, held


def test_any_request_is_answered_in_words(room) -> None:
    asyncio.run(play_all(room))


async def play_all(room: tuple[Session, list[Seat]]) -> None:
    from maillage.config.asgi import Application  # sets Django up: not before the tests' own settings

    application = Application()
    application.django.start()
    await runtime.live().start()
    statuses: Counter[int] = Counter()
    random = counting.random_of("live")
    try:
        for turn in counting.counted("live"):
            if turn and turn % IN_A_ROOM == 0:
                await check_room(application, room)
                room = await asyncio.to_thread(make_room)
            scope, body = made(random, *room)
            answer = await ask(application, scope, body)
            check(answer, scope, body)
            statuses[answer.status] += 1
            counting.inside["live"] += answer.status not in (400, 403, 404, 405, 413)
        await check_room(application, room)
    finally:
        await runtime.live().stop()
        await asyncio.to_thread(application.django.stop)
    assert {201, 200, 303, 400, 403, 404, 409} <= statuses.keys()
    assert statuses[201] > counting.number_of("live") / 20, statuses  # else no room was ever played


@pytest.mark.parametrize("name", ["origin", "referer"])
@pytest.mark.parametrize("kind", ["application/json", "application/x-www-form-urlencoded"])
def test_an_address_that_is_none_in_a_header(room, name: str, kind: str) -> None:
    """Once failed: « http://[ » cannot be cut into parts, and Python raises."""

    async def play() -> Answer:
        from maillage.config.asgi import Application

        application = Application()
        application.django.start()
        await runtime.live().start()
        session, held = room
        headers = {"host": "testserver", "content-type": kind, name: "http://[", "cookie": cookie(held[2])}
        scope = scope_of("POST", f"/live/{session.id}/moves", headers, "")
        try:
            return await ask(application, scope, b'{"key":"a","kind":"rename","payload":{"name":"Zoe"}}')
        finally:
            await runtime.live().stop()
            await asyncio.to_thread(application.django.stop)

    assert asyncio.run(play()).status < 500


def test_an_address_of_too_many_fields_beside_a_charset(room) -> None:
    """Once failed: Django reads the address while it makes such a request, before anything of ours may refuse it."""

    async def play() -> Answer:
        from maillage.config.asgi import Application

        application = Application()
        application.django.start()
        try:
            scope = scope_of(
                "POST",
                "/glossaire/",
                {"host": "testserver", "content-type": "text/plain; charset=utf-7"},
                "a=b&" * 2_000,
            )
            return await ask(application, scope, b"")
        finally:
            await asyncio.to_thread(application.django.stop)

    answer = asyncio.run(play())
    assert answer.status == 400
    assert b"<html" in answer.body


def cookie(seat: Seat) -> str:
    return f"{seats.cookie_name(seat.session_id, seat.kind)}={seats.make_ticket(seat)}"


def scope_of(method: str, path: str, headers: dict[str, str], query: str) -> dict[str, Any]:
    sent = [(name.encode(), value.encode("utf-8", "surrogatepass")) for name, value in headers.items()]
    return {
        "type": "http", "method": method, "path": path, "raw_path": path.encode("utf-8", "surrogatepass"), "root_path": "",
        "query_string": query.encode("utf-8", "surrogatepass"), "headers": sent, "client": ("127.0.0.1", 1), "server": ("testserver", 80),
        "scheme": "http", "http_version": "1.1", "asgi": {"version": "3.0"},
    }  # fmt: skip


def made(random: Random, session: Session, held: list[Seat]) -> tuple[dict[str, Any], bytes]:
    """Six in ten are moves that make sense in this room as it is now, one part of which may not; the others, anything."""
    draw = Chance(random)
    if random.random() < 0.6:
        return sensible_request(random, session, held)
    what = random.choice(["moves"] * 8 + ["stream", f"since/{random.choice([0, 3, 10**9, 10**10])}", word(draw)])
    whose = session.id if random.random() < 0.95 else random.choice([uuid.uuid4(), word(draw)])
    method = (
        ("POST" if what == "moves" else "GET")
        if random.random() < 0.95
        else random.choice(["PUT", "HEAD", "OPTIONS", "X"])
    )
    headers = {"host": "testserver" if random.random() < 0.98 else word(draw)}
    if random.random() < 0.95:
        seat = random.choice(held)
        headers["cookie"] = (
            cookie(seat) if random.random() < 0.92 else damaged(random, [cookie(seat).encode()]).decode("latin-1")
        )
    is_json = random.random() < 0.7
    headers["content-type"] = TYPES[0 if is_json else 1] if random.random() < 0.95 else random.choice(TYPES)
    for name, some in (("origin", ORIGINS), ("referer", REFERERS), ("accept", ACCEPTS), ("last-event-id", WORDS)):
        if random.random() < 0.06:
            headers[name] = random.choice(some)
    if random.random() < 0.05:
        headers[random.choice(["content-length", "sec-fetch-site", "x-forwarded-for", "accept-language"])] = word(draw)
    query = "" if random.random() < 0.7 else f"siege={random.choice(['a', 'p', 'c', '', 'zz'])}&after={word(draw)}"
    return scope_of(method, f"/live/{whose}/{what}", headers, query), body_of(random, draw, is_json)


def sensible_request(random: Random, session: Session, held: list[Seat]) -> tuple[dict[str, Any], bytes]:
    draw = Chance(random)
    room = runtime.live().rooms.get(session.id)
    assert room is not None
    who, kind, payload = sensible(draw, room.state)
    seat = next((each for each in held if str(each.id) == who or each.id.hex == who), random.choice(held))
    if random.random() < 0.35:
        payload[pick(draw, [*payload, *FIELDS])] = junk(draw)
    if kind == "close" and random.random() < 0.8:
        kind = "write"
    is_json = random.random() < 0.6
    headers = {"host": "testserver", "cookie": cookie(seat), "content-type": TYPES[0 if is_json else 1]}
    key = f"k{random.randrange(10**9)}"
    if is_json:
        body = json.dumps({"key": key, "kind": kind, "payload": payload}).encode()
    else:
        fields = {"kind_of_card" if name == "kind" else name: value for name, value in payload.items()}
        said = [("key", key), ("kind", kind), *((name, str(value)) for name, value in fields.items())]
        body = urlencode([(name, value.encode("utf-8", "replace")) for name, value in said]).encode()
    return scope_of("POST", f"/live/{session.id}/moves", headers, ""), body


def body_of(random: Random, draw: Chance, is_json: bool) -> bytes:
    if random.random() < 0.1:
        return drawn(random, payload_seeds(), JSON)
    kind = pick(draw, [*KINDS, *["write"] * 10, *["mark", "edit", "fill"] * 4])
    kind = "write" if kind == "close" and random.random() < 0.9 else kind
    names = {
        "text": "un mot",
        "kind" if is_json else "kind_of_card": "idea",
        "card": f"c{random.randrange(30)}",
        "name": "Zoé",
    }
    payload = {name: value for name, value in names.items() if random.random() < 0.7}
    for _ in range(random.randrange(3)):
        payload[pick(draw, FIELDS)] = junk(draw)
    key = word(draw) if random.random() < 0.1 else f"k{random.randrange(10**9)}"
    if is_json:
        return json.dumps({"key": key, "kind": kind, "payload": payload}).encode()
    pairs = [f"{name}={value}" for name, value in ({"key": key, "kind": kind} | payload).items()]
    return "&".join(pairs).encode("utf-8", "surrogatepass")


async def ask(application: Any, scope: dict[str, Any], body: bytes) -> Answer:
    given = [{"type": "http.request", "body": body, "more_body": False}]
    sent: list[dict[str, Any]] = []

    async def receive() -> dict[str, Any]:
        return given.pop(0) if given else {"type": "http.disconnect"}

    async def send(message: dict[str, Any]) -> None:
        sent.append(message)

    await application(scope, receive, send)
    start = next(message for message in sent if message["type"] == "http.response.start")
    headers = {name.decode("latin-1").lower(): value.decode("latin-1") for name, value in start["headers"]}
    return Answer(start["status"], headers, b"".join(message.get("body", b"") for message in sent[1:]))


def check(answer: Answer, scope: dict[str, Any], body: bytes) -> None:
    shown = f"{scope['method']} {scope['path']} {scope['headers']} {body!r} → {answer.status}"
    assert answer.status < 500, shown
    assert answer.headers.get("x-content-type-options") == "nosniff", shown
    if answer.headers.get("content-type") == "application/json" and answer.status >= 400:
        check_sentence(json.loads(answer.body)["sentence"])
    elif answer.status >= 400:
        assert b"<html" in answer.body, shown


async def check_room(application: Any, room: tuple[Session, list[Seat]]) -> None:
    """Whatever came in, everybody's screen is still made."""
    session, held = room
    for seat in held:
        which = f"siege={seats.SUFFIXES[SeatKind(seat.kind)]}"
        headers = {"host": "testserver", "cookie": cookie(seat)}
        answer = await ask(application, scope_of("GET", f"/live/{session.id}/since/0", headers, which), b"")
        assert answer.status == 200, (seat.kind, answer)

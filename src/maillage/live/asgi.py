"""/live/: streams, polling and moves, a small ASGI application beside Django. Why not views: STACK's table of streams.

It opens no thread for a stream, reads no row for one it already knows, and answers everything with a French sentence.
"""

import asyncio
import json
import logging
import re
import uuid
from collections.abc import Awaitable, Callable, Mapping
from typing import Any

from django.conf import settings
from django.core import signing
from django.db import DatabaseError, InterfaceError
from django.http import HttpResponse
from django.urls import reverse

from maillage.lib.languages import chosen, spoken
from maillage.lib.system_errors import database_is_away
from maillage.live import figures, seats
from maillage.live.committer import Submitted
from maillage.live.fragments import frame
from maillage.live.hub import Stream, message
from maillage.live.kept import SCOPE, Kept, before_sending
from maillage.live.outcomes import RETRY_AFTER, Outcome, refuse
from maillage.live.requests import BadRequest, PostedMove, Receive, Request, TooBig, read_number
from maillage.live.rooms import ErasedSession, Room, UnknownSession
from maillage.live.runtime import live

logger = logging.getLogger(__name__)

ROUTE = re.compile(r"/live/([0-9a-fA-F-]{32,36})/(stream|moves|since/(\d{1,10}))")
SERVER_ONLY = frozenset({"join"})  # who sits down is decided by a code or a link, never by the one who asks
SAFE_HEADERS = [
    (b"cache-control", b"no-store"),
    (b"x-content-type-options", b"nosniff"),
    (b"cross-origin-resource-policy", b"same-origin"),
    (b"content-security-policy", b"default-src 'none'; frame-ancestors 'none'"),
    (b"referrer-policy", b"same-origin"),
]
PAGES = "maillage.pages"  # in the scope: the application that makes pages
FLASH_SECONDS = 60  # how long the sentence of a refused form waits for its page

Send = Callable[[dict[str, Any]], Awaitable[None]]


class Refused(Exception):
    def __init__(self, outcome: Outcome) -> None:
        self.outcome = outcome
        super().__init__(outcome.reason)


async def application(scope: Mapping[str, Any], receive: Receive, send: Send) -> None:
    request = Request(scope, receive)
    try:
        request.check_host()
        await _route(request, send)
    except BadRequest as refusal:
        await _answer(request, send, refuse(refusal.reason), close=refusal.reason == "too-big")
    except Refused as refusal:
        await _answer(request, send, refusal.outcome)
    except (DatabaseError, InterfaceError) as error:
        if not database_is_away(error):
            raise
        figures.unavailable.add()
        logger.warning("a request could not read the log: %s", type(error).__name__)
        await _answer(request, send, refuse("no-database"))


async def _route(request: Request, send: Send) -> None:
    found = ROUTE.fullmatch(request.scope["path"])
    if found is None:
        raise BadRequest("unknown-page")
    try:
        session_id = uuid.UUID(found[1])
    except ValueError:
        raise BadRequest("unknown-session") from None
    if request.method != ("POST" if found[2] == "moves" else "GET"):
        raise BadRequest("wrong-method")
    if found[2] == "moves":
        await _moves(request, session_id, send)
    elif found[2] == "stream":
        await _stream(request, session_id, send)
    else:
        await _since(request, session_id, read_number(found[3]), send)


async def _stream(request: Request, session_id: uuid.UUID, send: Send) -> None:
    ticket = await _open_ticket(request, session_id)
    here = live()
    room = here.rooms.get(session_id)
    if room is None or room.number < request.after:  # another server showed it more than this one has heard of yet
        await _load(session_id)
    if here.rooms.is_away(session_id):
        await _load(session_id)  # it may have come back since
    if here.hub.closing:
        raise Refused(refuse("busy"))
    headers = [(b"content-type", b"text/event-stream; charset=utf-8"), (b"x-accel-buffering", b"no"), *SAFE_HEADERS]
    await send({"type": "http.response.start", "status": 200, "headers": headers})
    ours = request.scope.get("extensions") or {}  # what our own server offers
    abort = ours.get("maillage.abort", _cannot_abort)
    line = ours.get("maillage.line")
    stream = Stream(session_id, str(ticket.seat_id), send, abort, line, generation=ticket.generation)
    stream.language = chosen(request.cookies)
    figures.opened.add("resumed" if request.after >= 0 else "anew")
    here.hub.join(stream, after=request.after)
    request.forget()
    try:
        # the hub writes and ends the answer; what is left here is to hear the client go
        while (await request.receive())["type"] != "http.disconnect":
            pass
    finally:
        here.hub.leave(stream)


async def _since(request: Request, session_id: uuid.UUID, after: int, send: Send) -> None:
    ticket = await _open_ticket(request, session_id)
    room = await _load(session_id)
    if room.number == after:
        await _respond(send, 204, b"", [(b"x-number", b"%d" % room.number)])
        return
    with spoken(chosen(request.cookies)):
        html = live().hub.render(room, str(ticket.seat_id))
    number = (b"x-number", b"%d" % room.number)
    if "text/event-stream" in request.headers.get("accept", ""):
        kind = (b"content-type", b"text/event-stream; charset=utf-8")
        await _respond(send, 200, message(room.number, frame(html)), [kind, number])
    else:
        await _respond(send, 200, html, [(b"content-type", b"text/html; charset=utf-8"), number])


async def _moves(request: Request, session_id: uuid.UUID, send: Send) -> None:
    request.check_origin()
    if request.is_json:
        move = request.read_move(await request.read_body())
        await _answer(request, send, await _submit(request, session_id, move))
    else:
        await _form(request, session_id, send)


async def _form(request: Request, session_id: uuid.UUID, send: Send) -> None:
    """A form posted without JavaScript goes back to its screen. What is refused goes back with its words."""
    move = None
    try:
        move = request.read_move(await request.read_body())
        kept = before_sending(move)
        if kept is not None:
            await _hand_back(request, session_id, kept, send)
            return
        outcome = await _submit(request, session_id, move)
    except TooBig as refusal:
        move = request.read_move(refusal.body) if refusal.body else None
        outcome = refuse(refusal.reason)
    except BadRequest as refusal:
        outcome = refuse(refusal.reason)
    if move is not None and not outcome.accepted and Kept(move, outcome).text:
        await _hand_back(request, session_id, Kept(move, outcome), send)
    else:
        await _back_to_screen(request, session_id, outcome, send)


async def _submit(request: Request, session_id: uuid.UUID, move: PostedMove) -> Outcome:
    ticket = seats.read_ticket(request.cookies, session_id, request.which_seat)
    if ticket is None:
        await _load(session_id)  # says so if there is no such session, or no longer
        return refuse("no-seat")
    if move.kind in SERVER_ONLY:
        return refuse("reserved")
    told: asyncio.Future[Outcome] = asyncio.get_running_loop().create_future()
    submitted = Submitted(session_id, ticket.seat_id, move.kind, move.payload, move.key, ticket.generation, future=told)
    live().committer.enqueue(submitted)
    return await told


async def _open_ticket(request: Request, session_id: uuid.UUID) -> seats.Ticket:
    """The seat this browser holds here, still standing."""
    ticket = seats.read_ticket(request.cookies, session_id, request.which_seat)
    if ticket is None:
        await _load(session_id)  # says so if there is no such session, or no longer
        raise Refused(refuse("no-seat"))
    kind = seats.find_kind(ticket, cached_only=True)
    if kind is None:
        kind = await live().in_thread(seats.find_kind, ticket)
    if not kind:
        await _load(session_id)
        raise Refused(refuse("revoked-seat"))
    return ticket


async def _load(session_id: uuid.UUID) -> Room:
    return await live().in_thread(_known_session, session_id)


def _known_session(session_id: uuid.UUID) -> Room:
    here = live()
    try:
        room = here.rooms.load(session_id)
    except UnknownSession:
        raise Refused(refuse("unknown-session")) from None
    except ErasedSession:
        raise Refused(refuse("erased")) from None
    if here.rooms.is_away(session_id):
        raise Refused(refuse("elsewhere"))
    return room


def _cannot_abort() -> None:
    """Another server than ours gives no way to cut: its own timeouts will."""


async def _hand_back(request: Request, session_id: uuid.UUID, kept: Kept, send: Send) -> None:
    """The screen itself answers, as it would if it were asked for, with what was typed in its place."""
    path, query = _screen_of(request, session_id)
    headers = [(name, value) for name, value in request.scope["headers"] if not name.startswith(b"content-")]
    scope = {**request.scope, "method": "GET", "path": path, "raw_path": path.encode(), "headers": headers}
    scope |= {"query_string": query.encode(), SCOPE: kept}
    nothing = iter([{"type": "http.request", "body": b"", "more_body": False}])

    async def receive() -> dict[str, Any]:
        return next(nothing, None) or await request.receive()

    await request.scope[PAGES](scope, receive, send)


def _screen_of(request: Request, session_id: uuid.UUID) -> tuple[str, str]:
    which = request.which_seat
    return reverse("live:screen", args=[session_id]), f"siege={which}" if which in ("a", "p", "c") else ""


async def _back_to_screen(request: Request, session_id: uuid.UUID, outcome: Outcome, send: Send) -> None:
    """The screen is asked for again, and says what was refused."""
    path, query = _screen_of(request, session_id)
    headers = [(b"location", (f"{path}?{query}" if query else path).encode())]
    if not outcome.accepted:
        secure = "; Secure" if settings.HTTPS else ""
        flash = signing.dumps(_sentence(request, outcome), salt="maillage.live.flash", compress=True)
        cookie = f"{flash_name(session_id)}={flash}; Max-Age={FLASH_SECONDS}; Path=/; HttpOnly; SameSite=Lax{secure}"
        headers.append((b"set-cookie", cookie.encode()))
    await _respond(send, 303, b"", headers)


def flash_name(session_id: uuid.UUID) -> str:
    return f"refus-{session_id.hex[-12:]}"


def flash(response: HttpResponse, session_id: uuid.UUID, sentence: str) -> None:
    """For a page of Django's: the screen it leads to says this sentence, once."""
    value = signing.dumps(sentence, salt="maillage.live.flash", compress=True)
    response.set_cookie(
        flash_name(session_id), value, max_age=FLASH_SECONDS, httponly=True, samesite="Lax", secure=settings.HTTPS
    )


def read_flash(cookies: Mapping[str, str], session_id: uuid.UUID) -> str:
    """The sentence of the form that was just refused, if this browser has one. Signed: nobody else wrote it."""
    try:
        flash = cookies.get(flash_name(session_id), "")
        return str(signing.loads(flash, salt="maillage.live.flash", max_age=FLASH_SECONDS))
    except signing.BadSignature:
        return ""


async def _answer(request: Request, send: Send, outcome: Outcome, *, close: bool = False) -> None:
    answer = {"sentence": _sentence(request, outcome), "reason": outcome.reason, "number": outcome.number}
    headers = [
        (b"content-type", b"application/json"),
        *_retry(outcome),
        *([(b"connection", b"close")] if close else []),
    ]
    await _respond(send, outcome.status, json.dumps(answer, ensure_ascii=False).encode(), headers)


def _sentence(request: Request, outcome: Outcome) -> str:
    if not outcome.sentence:
        return ""
    with spoken(chosen(request.cookies)):
        return str(outcome.sentence)


def _retry(outcome: Outcome) -> list[tuple[bytes, bytes]]:
    return [(b"retry-after", b"%d" % RETRY_AFTER)] if outcome.status in (429, 503) else []


async def _respond(send: Send, status: int, body: bytes, headers: list[tuple[bytes, bytes]]) -> None:
    length = [] if status == 204 else [(b"content-length", b"%d" % len(body))]
    await send({"type": "http.response.start", "status": status, "headers": [*headers, *length, *SAFE_HEADERS]})
    await send({"type": "http.response.body", "body": body})

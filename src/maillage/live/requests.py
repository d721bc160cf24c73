"""What comes in at /live/: a request read with limits, its origin checked, a move parsed. It knows no session."""

import json
import math
import secrets
from collections.abc import Awaitable, Callable, Mapping
from dataclasses import dataclass
from functools import cached_property
from typing import Any
from urllib.parse import SplitResult, parse_qs, urlsplit

from django.conf import settings
from django.core.exceptions import SuspiciousOperation
from django.http import QueryDict, parse_cookie
from django.http.request import split_domain_port, validate_host

BODY_LIMIT = 64 * 1024  # bytes: the longest card is far below
DRAIN_LIMIT = 4 * 1024 * 1024  # bytes read and thrown away so that the sentence of a refusal still reaches the phone
KEPT_LIMIT = 512 * 1024  # bytes of a form that is too long, kept so that its words go back to who typed them
LONGEST_KEY = 64
LONGEST_KIND = 20
LARGEST_NUMBER = 2**31 - 1  # of a move, as the database holds it
MOST_FIELDS = 24  # of a payload; of the values of one field, MOST_VALUES
MOST_VALUES = 200

Receive = Callable[[], Awaitable[dict[str, Any]]]


class BadRequest(Exception):
    """Carries the reason of the refusal (outcomes.SENTENCES)."""

    def __init__(self, reason: str) -> None:
        self.reason = reason
        super().__init__(reason)


class TooBig(BadRequest):
    """Carries what was read of it, "" when it was beyond what anybody types."""

    def __init__(self, body: bytes = b"") -> None:
        self.body = body
        super().__init__("too-big")


@dataclass(frozen=True, slots=True)
class PostedMove:
    kind: str
    payload: dict[str, Any]
    key: str


class Request:
    def __init__(self, scope: Mapping[str, Any], receive: Receive) -> None:
        self.scope = scope
        self.receive = receive
        self.method: str = scope["method"]

    @cached_property
    def headers(self) -> dict[str, str]:
        return {name.decode("latin-1"): value.decode("latin-1") for name, value in self.scope["headers"]}

    @cached_property
    def query(self) -> dict[str, str]:
        return {name: values[-1] for name, values in parse_qs(self.scope["query_string"].decode("latin-1")).items()}

    @cached_property
    def cookies(self) -> dict[str, str]:
        return parse_cookie(self.headers.get("cookie", ""))

    def forget(self) -> None:
        """Lets go of what was said to open a stream: it stays open for hours, and its head is a third of its memory."""
        for name in ("headers", "query", "cookies"):
            self.__dict__.pop(name, None)
        if isinstance(self.scope["headers"], list):
            self.scope["headers"].clear()  # the server's own list too

    @property
    def is_json(self) -> bool:
        return self.headers.get("content-type", "").split(";")[0].strip().lower() == "application/json"

    @property
    def which_seat(self) -> str:
        """The seat asked for, of those the browser holds. A form pushed to many pages cannot say: its page does."""
        asked = self.query.get("siege")
        if asked is None and self.method == "POST":
            asked = parse_qs(_split(self.headers.get("referer", "")).query).get("siege", [""])[-1]
        return asked or ""

    @property
    def after(self) -> int:
        """The last number the page has; -1 when it has none."""
        text = self.headers.get("last-event-id") or self.query.get("after", "")
        return read_number(text)

    def check_host(self) -> None:
        """The name the browser asked is one of ours: a page of elsewhere cannot point its own name at us."""
        host, _port = split_domain_port(self.headers.get("host", ""))
        allowed = settings.ALLOWED_HOSTS or ["localhost", "127.0.0.1", "[::1]"]
        if not host or not validate_host(host, allowed):
            raise BadRequest("bad-request")

    def check_origin(self) -> None:
        """A move comes from one of our own pages. Browsers say where from; robots and commands say nothing."""
        site = self.headers.get("sec-fetch-site")
        if site not in (None, "same-origin", "none"):
            raise BadRequest("foreign-page")
        origin = self.headers.get("origin")
        if origin is None or origin in settings.CSRF_TRUSTED_ORIGINS:
            return
        if _split(origin).netloc.lower() != self.headers.get("host", "").lower():
            raise BadRequest("foreign-page")

    async def read_body(self) -> bytes:
        parts: list[bytes] = []
        size = 0
        keep = BODY_LIMIT if self.is_json else KEPT_LIMIT
        if int_or_zero(self.headers.get("content-length", "")) > DRAIN_LIMIT:
            raise TooBig
        while True:
            event = await self.receive()
            if event["type"] == "http.disconnect":
                raise BadRequest("bad-request")
            part = event.get("body", b"")
            size += len(part)
            if size <= keep:
                parts.append(part)
            elif size > DRAIN_LIMIT:
                raise TooBig
            if not event.get("more_body"):
                break
        if size > BODY_LIMIT:
            raise TooBig(b"".join(parts) if size <= keep else b"")
        return b"".join(parts)

    def read_move(self, body: bytes) -> PostedMove:
        return _from_json(body) if self.is_json else _from_form(body)


def _split(address: str) -> SplitResult:
    """A header says what its sender likes: « http://[ » is no address, and is read as none."""
    try:
        return urlsplit(address)
    except ValueError:
        return urlsplit("")


def read_number(text: str) -> int:
    if text.isascii() and text.isdigit() and len(text) <= 10 and int(text) <= LARGEST_NUMBER:
        return int(text)
    return -1


def int_or_zero(text: str) -> int:
    return int(text) if text.isascii() and text.isdigit() and len(text) < 16 else 0


def _from_json(body: bytes) -> PostedMove:
    try:
        data = json.loads(body.decode(), parse_constant=_no_constant)
        if b"\\u" in body:
            json.dumps(data, ensure_ascii=False).encode()  # half a surrogate pair is JSON, and no text
    except (ValueError, RecursionError):
        raise BadRequest("bad-request") from None
    if not isinstance(data, dict):
        raise BadRequest("bad-request")
    key, kind, payload = data.get("key"), data.get("kind"), data.get("payload", {})
    if not (isinstance(key, str) and isinstance(kind, str) and isinstance(payload, dict)):
        raise BadRequest("bad-request")
    return _checked(PostedMove(kind, payload, key))


def _from_form(body: bytes) -> PostedMove:
    try:
        form = QueryDict(body.decode(), encoding="utf-8")
    except (UnicodeDecodeError, SuspiciousOperation):
        raise BadRequest("bad-request") from None
    # a form pushed to a whole audience has no key of its own, and what it asks is the same asked twice
    key = form.get("key") or secrets.token_urlsafe(12)
    # a textarea's line ends, as typed. The engine reads numbers, yes or no, and `kind_of_card`, from text by itself.
    payload: dict[str, Any] = {}
    for name, values in form.lists():
        if name not in ("key", "kind"):
            typed = [str(value).replace("\r\n", "\n") for value in values]
            payload[name] = typed if len(typed) > 1 else typed[0]  # several boxes ticked under one name
    return _checked(PostedMove(form.get("kind", ""), payload, key))


def _checked(move: PostedMove) -> PostedMove:
    if not (1 <= len(move.key) <= LONGEST_KEY and 1 <= len(move.kind) <= LONGEST_KIND):
        raise BadRequest("bad-request")
    if not (move.key.isprintable() and move.kind.isprintable()):
        raise BadRequest("bad-request")
    if len(move.payload) > MOST_FIELDS or not all(_is_flat(value) for value in move.payload.values()):
        raise BadRequest("bad-request")
    return move


def _is_flat(value: object) -> bool:
    """A word, a number, yes or no, or a short list of them: what is stored will be read by every process."""
    if isinstance(value, list):
        return len(value) <= MOST_VALUES and all(not isinstance(one, list) and _is_flat(one) for one in value)
    if isinstance(value, float):
        return math.isfinite(value)  # 1e999 is JSON, and infinite
    return value is None or isinstance(value, str | int | bool)


def _no_constant(name: str) -> float:
    raise ValueError(name)  # NaN and the infinities are not JSON

"""Answers to who has no account, kept while nothing they say has changed: asked again, a page costs three questions.

What a page says is what its nouns’ marks say (marks.py), its space, the day and its address. The marks are read before
the page is made, so what changes meanwhile has another mark, and is made again. A page of who signed in is never kept.

Parts of a page follow fewer marks: what a space writes each minute does not draw its maps again (`part`).
"""

from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass
from hashlib import sha256
from threading import Lock
from typing import Any, TypeVar

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.utils import timezone

from maillage.atlas.marks import marks_of
from maillage.lib.languages import chosen, current
from maillage.people.models import Space
from maillage.ui.addresses import public_address
from maillage.ui.comfort import wants_comfort

MOST = 16_000_000  # octets of all that is kept in a process: some 250 pages of a région
LONGEST = 400_000  # octets of one
OLDEST = 600  # seconds: what changed a table by a way nobody heard of is seen within ten minutes
HEADERS = ("Content-Type", "Cache-Control")
PARTS = 512  # of pages: a map with its outlines weighs some 200 kB, most others a hundredth of that
T = TypeVar("T")


@dataclass(frozen=True)
class Answer:
    content: bytes
    status: int
    headers: tuple[tuple[str, str], ...]
    until: float


_kept: OrderedDict[bytes, Answer] = OrderedDict()
_parts: OrderedDict[tuple[object, ...], tuple[str, float, Any]] = OrderedDict()  # key → mark, until when, value
_turn = Lock()


def kept(request: HttpRequest, space: Space, make: Callable[[], HttpResponse], *, made_of: object = "") -> HttpResponse:
    """The answer of `make`, or the same as it made before; `made_of`: what else it says, that no mark follows."""
    if request.method != "GET" or _is_somebody(request):
        return make()
    now = timezone.now()
    key = _key(request, space, made_of)
    with _turn:
        answer = _kept.get(key)
        if answer is not None:
            _kept.move_to_end(key)
    if answer is not None and answer.until > now.timestamp():
        return HttpResponse(answer.content, status=answer.status, headers=dict(answer.headers))
    response = make()
    if len(response.content) <= LONGEST and response.status_code in (200, 404) and not response.cookies:
        headers = tuple((name, response[name]) for name in HEADERS if name in response)
        _keep(key, Answer(response.content, response.status_code, headers, now.timestamp() + OLDEST))
    return response


def part(mark: str, key: tuple[object, ...], make: Callable[[], T]) -> T:
    """The value of `make`, or the one it had at this mark: shared by threads, so nobody changes it."""
    now = timezone.now().timestamp()
    key = (current(), *key)  # what it says is said in one language
    with _turn:
        known, until, value = _parts.get(key, ("", 0.0, None))
        if known == mark and until > now:
            _parts.move_to_end(key)
            kept_value: T = value
            return kept_value
    made = make()
    with _turn:
        _parts[key] = (mark, now + OLDEST, made)
        _parts.move_to_end(key)
        while len(_parts) > PARTS:
            _parts.popitem(last=False)
    return made


def forget_all() -> None:
    with _turn:
        _kept.clear()
        _parts.clear()


def _is_somebody(request: HttpRequest) -> bool:
    """Who has a session, or a message that waits for them."""
    return (
        settings.SESSION_COOKIE_NAME in request.COOKIES
        or "messages" in request.COOKIES
        or request.user.is_authenticated
    )


def _key(request: HttpRequest, space: Space, made_of: object) -> bytes:
    of_space = [getattr(space, field.attname) for field in space._meta.concrete_fields]
    address = public_address(request), request.get_full_path()
    asked = (*address, wants_comfort(request), current(), chosen(request.COOKIES), timezone.localdate())
    return sha256(repr((asked, made_of, of_space, marks_of(space).all)).encode()).digest()


def _keep(key: bytes, answer: Answer) -> None:
    with _turn:
        _kept[key] = answer
        held = sum(len(one.content) for one in _kept.values())
        while held > MOST:
            _old, gone = _kept.popitem(last=False)
            held -= len(gone.content)

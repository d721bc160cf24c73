"""`#shared` of an audience: the view is made once a change, its bytes once a difference, whoever asks for them.

A view is made again for each language its audience reads, with its method's and the engine's sentences in it; in French
alone, nothing more is done.

Pages ask from their threads, the hub from the event loop: what two make at once is the same, and the last one stays.
"""

import marshal
import re
import time
import uuid
from collections.abc import Callable, Collection
from dataclasses import dataclass
from typing import Any, NamedTuple

from django.utils.safestring import SafeString

from facilitation import Audience, Moment, State, view_audience
from maillage.lib.languages import FRENCH, current, spoken
from maillage.live import figures
from maillage.live.rooms import Room

MOST = 4_000  # audiences kept; a full day has some hundreds
MOST_PIECES = 4_000  # of a session
PIECES = "pieces"  # their name in a template's context

BETWEEN_TAGS = re.compile(r">\s*\n\s*<")

Render = Callable[[Room, dict[str, Any], "Pieces | None"], bytes]
RenderOwn = Callable[[Room, dict[str, Any], dict[bytes, bytes] | None], bytes]


class Readers(NamedTuple):
    """An audience that reads another language than French: it has bytes of its own."""

    group: Audience
    language: str


Seen = Audience | Readers  # whose bytes are the same


def readers(group: Audience, language: str) -> Seen:
    return group if language == FRENCH else Readers(group, language)


@dataclass(frozen=True, slots=True)
class _Made:
    number: int  # of the room it was last seen right at
    digest: int
    html: bytes
    framed: bytes  # the very object that every stream of the audience holds


class Pieces:
    """Parts of the screens of one session, by a digest of what they show (templatetags/pieces.py).

    Those of the last two flushes are kept: what a table saw before the last change is often what it sees after.
    """

    def __init__(self) -> None:
        self._now: dict[bytes, SafeString] = {}
        self._before: dict[bytes, SafeString] = {}

    def get(self, key: bytes) -> SafeString | None:
        made = self._now.get(key)
        if made is None and (made := self._before.get(key)) is not None:
            self._now[key] = made
        return made

    def put(self, key: bytes, made: SafeString) -> None:
        if len(self._now) >= MOST_PIECES:
            self.turn()
        self._now[key] = made

    def turn(self) -> None:
        self._now, self._before = {}, self._now


class Fragments:
    def __init__(self, render: Render) -> None:
        self.render = render
        self._made: dict[uuid.UUID, dict[Seen, _Made]] = {}
        self._pieces: dict[uuid.UUID, dict[str, Pieces]] = {}  # by language
        self._moments: dict[uuid.UUID, tuple[State, Moment]] = {}
        self._told: dict[uuid.UUID, dict[str, tuple[Room, Room, Moment]]] = {}  # by language: a room, and as it reads

    def html(self, room: Room, group: Seen) -> bytes:
        return self._at(room, group).html

    def framed(self, room: Room, group: Seen) -> bytes:
        """As the data lines of a server-sent event."""
        return self._at(room, group).framed

    def keep(self, session_id: uuid.UUID, groups: Collection[Seen]) -> None:
        """After a flush: lets go of the audiences nobody is in any more, and of the pieces nobody was shown."""
        for pieces in self._pieces.get(session_id, {}).values():
            pieces.turn()
        known = self._made.get(session_id, {})
        kept = {group: made for group in groups if (made := known.get(group)) is not None}
        if kept:
            self._made[session_id] = kept
        else:
            self.drop(session_id)

    def drop(self, session_id: uuid.UUID) -> None:
        self._made.pop(session_id, None)
        self._pieces.pop(session_id, None)
        self._moments.pop(session_id, None)
        self._told.pop(session_id, None)

    def _at(self, room: Room, group: Seen) -> _Made:
        known = self._made.get(room.session_id, {}).get(group)
        if known is not None and known.number == room.number:
            return known
        if isinstance(group, Readers):
            with spoken(group.language):
                told, moment = self._as_told(room)
                return self._make(known, told, group, view_audience(told.state, group.group, moment), group.language)
        return self._make(known, room, group, view_audience(room.state, group, self._moment(room)), FRENCH)

    def _make(self, known: _Made | None, room: Room, group: Seen, view: dict[str, Any], language: str) -> _Made:
        digest = digest_of({**view, "number": 0})  # a fragment never shows the number: the message carries it
        if known is not None and known.digest == digest:
            made = _Made(room.number, digest, known.html, known.framed)
        else:
            began = time.perf_counter()
            pieces = self._pieces.setdefault(room.session_id, {})
            html = self.render(room, view, pieces.setdefault(language, Pieces()))
            figures.render.observe(time.perf_counter() - began)
            made = _Made(room.number, digest, html, frame(html))
        if known is None or known.number < room.number:  # a page may still hold an older room
            if known is None and sum(map(len, list(self._made.values()))) >= MOST:
                self._made.clear()
                self._pieces.clear()
                self._moments.clear()
                self._told.clear()
            self._made.setdefault(room.session_id, {})[group] = made
        return made

    def _as_told(self, room: Room) -> tuple[Room, Moment]:
        """The room as it reads in the language that is spoken, and what its audiences share: once a change."""
        rooms = self._told.setdefault(room.session_id, {})
        known = rooms.get(current())
        if known is None or known[0] is not room:
            known = rooms[current()] = (room, room.in_words(), {})
        return known[1], known[2]

    def _moment(self, room: Room) -> Moment:
        """What the audiences of this state share, and no other state's."""
        known = self._moments.get(room.session_id)
        if known is None or known[0] is not room.state:
            known = self._moments[room.session_id] = (room.state, {})
        return known[1]


def digest_of(view: dict[str, Any]) -> int:
    """The same for the same view, in this process. Ten times cheaper than JSON, for each seat at each change.

    Version 2 of marshal writes values alone: later ones also write which objects are shared, which proves nothing.
    """
    return hash(marshal.dumps(view, 2))


def without_indents(html: str) -> str:
    """A template's indentation between two tags is a fifth of what a push would weigh. What follows a word is kept."""
    return BETWEEN_TAGS.sub("><", html)


def frame(html: bytes) -> bytes:
    """HTML as the data lines of a server-sent event. A carriage return typed by somebody would end a line too."""
    lines = html.replace(b"\r\n", b"\n").replace(b"\r", b"\n").strip().split(b"\n")
    return b"".join(b"data: %b\n" % line for line in lines)

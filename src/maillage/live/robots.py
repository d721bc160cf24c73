"""A robot that holds a phone: it opens the pages a phone opens, over HTTP, and knows what the screen shows, no more."""

import asyncio
import json
import re
import ssl
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode, urlsplit
from uuid import UUID

import httptools

from maillage.lib.system_errors import os_error_words
from maillage.live import kept
from maillage.live.counting import Ledger, Watcher, Written

READ = 65_536  # bytes
TRIES = 6  # of a request whose connection fails: an idle line is cut by the server after some seconds
BETWEEN_TRIES = 0.2  # seconds
ANSWER_WITHIN = 30.0  # seconds
POLL_EVERY = 0.5  # seconds
RELOAD_EVERY = 3.0  # seconds; a page without JavaScript
BACK_AFTER = 0.3  # seconds before a phone that lost its stream opens it again
FRAGMENT = re.compile(rb'<[a-z]+\b[^<>]*?\bid="(shared|own)"')
STEP_ID = re.compile(rb'\bid="step-([^"]*)"')
STAGE = re.compile(rb'data-stage="([^"]*)"')
STEP = re.compile(rb'data-step="([^"]*)"')
CARD_ID = re.compile(rb'\bid="(?:card|own)-([^"]+)"')
ROLE = re.compile(rb'data-role="([^"]*)"')
STATUS = re.compile(rb'data-status="([^"]*)"')
REFUSAL_COOKIE = "refus-"
DOOR, BY_FORM = "porte-", "formulaire"  # reasons that have no name of the engine's: a door's status, a page


class Unreachable(Exception):
    """Carries the sentence the command prints."""

    def __init__(self, sentence: str) -> None:
        self.sentence = sentence
        super().__init__(sentence)


@dataclass(frozen=True)
class Site:
    """A server, where it is reached and under what name it is asked."""

    address: str
    port: int
    name: str  # of the Host header
    secure: bool = False

    @classmethod
    def of(cls, url: str, *, name: str = "") -> "Site":
        try:
            parts = urlsplit(url)
            port = parts.port or (443 if parts.scheme == "https" else 80)
        except ValueError:
            parts, port = urlsplit(""), 0
        if parts.scheme not in ("http", "https") or not parts.hostname:
            raise Unreachable(f"« {url} » n’est pas l’adresse d’un serveur : on attend http://192.168.1.20:8000.")
        return cls(parts.hostname, port, name or parts.netloc.rpartition("@")[2], parts.scheme == "https")

    async def connect(self) -> tuple[asyncio.StreamReader, asyncio.StreamWriter]:
        context = ssl.create_default_context() if self.secure else None
        return await asyncio.open_connection(self.address, self.port, ssl=context)

    async def reach(self) -> None:
        """Raises Unreachable when nobody listens there: said before anything is opened for it."""
        try:
            async with asyncio.timeout(ANSWER_WITHIN):
                _reader, writer = await self.connect()
        except (OSError, TimeoutError) as error:
            raise Unreachable(
                f"Le serveur {self.name} ne répond pas. Vérifiez l’adresse, et qu’il est démarré : "
                "aucune séance de répétition n’a été ouverte."
            ) from error
        writer.close()


def _why(error: Exception) -> str:
    return os_error_words(error) if isinstance(error, OSError) else "sa réponse n’est pas entière"


class Reading:
    """One answer as it arrives."""

    def __init__(self, on_body: Callable[[bytes], None] | None = None) -> None:
        self.headers: list[tuple[str, str]] = []
        self.body = bytearray()
        self.ended = False
        self._on_body = on_body or self.body.extend
        self._parser = httptools.HttpResponseParser(self)

    def feed(self, data: bytes) -> None:
        self._parser.feed_data(data)

    @property
    def status(self) -> int:
        return int(self._parser.get_status_code())

    def header(self, name: str) -> str:
        return next((value for known, value in self.headers if known == name), "")

    def on_header(self, name: bytes, value: bytes) -> None:
        self.headers.append((name.decode("latin-1").lower(), value.decode("latin-1")))

    def on_body(self, body: bytes) -> None:
        self._on_body(body)

    def on_message_complete(self) -> None:
        self.ended = True


class Forms(HTMLParser):
    """The fields a page's first form would send, and the choices it offers."""

    def __init__(self, html: bytes) -> None:
        super().__init__(convert_charrefs=True)
        self.fields: dict[str, str] = {}
        self.choices: dict[str, list[str]] = {}
        self._forms = 0
        self._select = ""
        self.feed(html.decode(errors="replace"))

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = {name: value or "" for name, value in attrs}
        self._forms += tag == "form"
        if self._forms != 1:
            return
        name = given.get("name", "")
        if tag == "select":
            self._select = name
        elif tag == "option" and self._select:
            self.choices.setdefault(self._select, []).append(given.get("value", ""))
        elif tag == "input" and given.get("type") == "radio":
            self.choices.setdefault(name, []).append(given.get("value", ""))
        elif tag == "input" and name:
            self.fields[name] = given.get("value", "")


@dataclass(eq=False)
class Phone(Watcher):
    """A seat and the browser that holds it. `eyes`: stream, poll, or reload (a page without JavaScript)."""

    site: Site = field(kw_only=True)
    ledger: Ledger = field(kw_only=True)
    name: str = field(kw_only=True)
    eyes: str = "stream"
    cookies: dict[str, str] = field(default_factory=dict)
    shared: bytes = b""
    own: bytes = b""
    number: int = -1
    streaming_since: float | None = None
    _line: tuple[asyncio.StreamReader, asyncio.StreamWriter] | None = None
    _stream: asyncio.StreamWriter | None = None
    _asking: asyncio.Lock = field(default_factory=asyncio.Lock)
    _watching: asyncio.Task[None] | None = None

    # what the screen shows

    @property
    def which(self) -> str:
        return {"facilitator": "?siege=a", "projector": "?siege=p"}.get(self.kind, "")

    @property
    def role(self) -> str:
        found = ROLE.search(self.own)
        return found[1].decode() if found else ""

    @property
    def stage(self) -> str:
        """The stage that is on; nothing before the beginning and after the end."""
        found = STAGE.search(self.shared)
        return found[1].decode() if found else ""

    @property
    def step(self) -> str:
        """The stage at its round."""
        found = STEP.search(self.shared)
        return found[1].decode() if found else ""

    @property
    def steps(self) -> list[str]:
        return [id_.decode() for id_ in STEP_ID.findall(self.shared)]

    def offers(self, kind: str) -> bool:
        """A button of this move is on the screen."""
        return b'value="%b"' % kind.encode() in self.shared

    @property
    def status(self) -> str:
        found = STATUS.search(self.shared)
        return found[1].decode() if found else ""

    @property
    def seat(self) -> str:
        """The cookie says session, seat and generation in the clear, and signs them."""
        ticket = next((value for name, value in self.cookies.items() if name.startswith("siege-")), "")
        parts = ticket.split(":")
        return str(UUID(parts[1])) if len(parts) > 1 else ""

    def card_of(self, token: str) -> str | None:
        """The card this token is written on, if this screen shows it."""
        for html in (self.shared, self.own):
            at = html.find(token.encode())
            ids = CARD_ID.findall(html, 0, at) if at >= 0 else []
            if ids:
                return str(ids[-1].decode())
        return None

    def look(self, html: bytes) -> None:
        """Puts the fragments of an answer where a page would."""
        starts = [*FRAGMENT.finditer(html)]
        for position, start in enumerate(starts):
            end = starts[position + 1].start() if position + 1 < len(starts) else len(html)
            if start[1] == b"shared":
                self.shared = html[start.start() : end]
            else:
                self.own = html[start.start() : end]
        if role := self.role:
            self.roles.add(role)

    # how it gets in

    async def enter(self, path: str, *, role: str = "", table: int | None = None) -> bool:
        """Opens a door, fills its form, sends it, opens the screen it leads to. False: not let in."""
        page = await self.ask("GET", path)
        if page.status == 200:
            form = Forms(bytes(page.body))
            fields = {**form.fields, "name": self.name}
            if role in form.choices.get("role", []):
                fields["role"] = role
            if str(table) in form.choices.get("table", []):
                fields["table"] = str(table)
            page = await self.ask("POST", path, urlencode(fields).encode(), "application/x-www-form-urlencoded")
        location = page.header("location")
        found = re.search(r"/seance/([0-9a-f-]{36})/", location)
        if page.status != 303 or found is None:
            self.ledger.refused[f"{DOOR}{page.status}"] += 1
            return False
        self.session = found[1]
        await self.reload()
        return True

    async def open_screen(self, path: str) -> bool:
        """A link that seats whoever opens it: the projector's."""
        page = await self.ask("GET", path)
        found = re.search(r"/seance/([0-9a-f-]{36})/", page.header("location"))
        if found is None:
            return False
        self.session = found[1]
        await self.reload()
        return True

    async def reload(self) -> None:
        page = await self.ask("GET", f"/seance/{self.session}/{self.which}")
        if page.status == 200:
            self.look(bytes(page.body))

    async def refresh(self) -> None:
        """What a page with no number asks: the whole view, whatever the stream said."""
        answer = await self.ask("GET", f"/live/{self.session}/since/0{self.which}")
        if answer.status == 200:
            self.look(bytes(answer.body))

    # what it sends

    async def move(
        self, kind: str, payload: Mapping[str, Any], written: Written, *, times: int = 1, forged: bool = False
    ) -> bool:
        """Sends a move, the same key each time; True when it was acknowledged."""
        self.ledger.note(written)
        written.sent_at = asyncio.get_running_loop().time()
        for _time in range(times):
            if self.eyes == "reload" and not forged:
                await self._send_form(kind, payload, written)
            else:
                await self._send_json(kind, payload, written, forged)
        return written.acknowledged

    async def send_and_vanish(self, kind: str, payload: Mapping[str, Any], written: Written) -> None:
        """The line is cut before the answer: nobody knows whether the move was stored, so it is sent again."""
        body = json.dumps({"key": written.key, "kind": kind, "payload": payload}).encode()
        headers = [("content-type", "application/json"), ("content-length", str(len(body)))]
        _reader, writer = await self.site.connect()
        writer.write(self._head("POST", f"/live/{self.session}/moves{self.which}", headers) + body)
        await writer.drain()
        writer.close()
        await writer.wait_closed()
        await self.move(kind, payload, written)

    async def _send_json(self, kind: str, payload: Mapping[str, Any], written: Written, forged: bool) -> None:
        body = json.dumps({"key": written.key, "kind": kind, "payload": payload}).encode()
        address = f"/live/{self.session}/moves{self.which}"
        answer = await self.ask("POST", address, body, "application/json", forged=forged)
        try:
            said = json.loads(bytes(answer.body))
        except ValueError:
            said = {}
        reason = str(said.get("reason") or "")
        self.ledger.answered(written, answer.status, reason, said.get("number"))

    async def _send_form(self, kind: str, payload: Mapping[str, Any], written: Written) -> None:
        """As a page without JavaScript does; what is refused comes back as a sentence on the next page."""
        card_kind = {"kind_of_card": payload["kind"]} if "kind" in payload else {}
        plain = {name: "1" if value is True else value for name, value in payload.items() if name != "kind"}
        if kind in kept.PUBLIC:
            plain[kept.READ] = kept.YES  # the second page, where the words were read again
        body = urlencode({**plain, **card_kind, "kind": kind, "key": written.key}).encode()
        address = f"/live/{self.session}/moves{self.which}"
        answer = await self.ask("POST", address, body, "application/x-www-form-urlencoded")
        flash = [name for name in self.cookies if name.startswith(REFUSAL_COOKIE)]
        refused = answer.status != 303 or flash
        for name in flash:
            del self.cookies[name]
        status = 201 if not refused and not written.acknowledged else 200 if not refused else answer.status
        self.ledger.answered(written, status, BY_FORM if refused else "", None)
        await self.reload()

    # how it watches

    def watch(self) -> None:
        looking = {"stream": self._follow, "poll": self._poll, "reload": self._reload_often}[self.eyes]
        self._watching = asyncio.get_running_loop().create_task(looking())

    def drop(self) -> None:
        """The line is cut under the stream, as in a corridor; `_follow` comes back with the last number it has."""
        if self._stream is not None:
            self._stream.transport.abort()

    async def put_away(self) -> None:
        if self._watching is not None:
            self._watching.cancel()
            await asyncio.gather(self._watching, return_exceptions=True)
        for line in (self._stream, self._line and self._line[1]):
            if line:
                line.transport.abort()
        await asyncio.sleep(0)  # the lines close in the next turn of the loop

    async def _follow(self) -> None:
        while True:
            try:
                await self._follow_once()
            except (OSError, httptools.HttpParserError):
                pass  # cut: a phone comes back
            finally:
                self.streaming_since = None
                self._stream = None
            await asyncio.sleep(BACK_AFTER)

    async def _follow_once(self) -> None:
        reader, writer = await self.site.connect()
        self._stream = writer
        events = _Events(self._event)
        reading = Reading(events.feed)
        resume = [("last-event-id", str(self.number))] if self.number >= 0 else []
        try:
            writer.write(self._head("GET", f"/live/{self.session}/stream{self.which}", [*resume]))
            while data := await reader.read(READ):
                self.ledger.received += len(data)
                if self.streaming_since is None:
                    self.streaming_since = asyncio.get_running_loop().time()
                reading.feed(data)
                if reading.ended:
                    break
        finally:
            self.scan(bytes(events.rest))
            writer.transport.abort()

    def _event(self, event: bytes) -> None:
        now = asyncio.get_running_loop().time()
        since = self.streaming_since
        for token in self.scan(event):
            written = self.ledger.written.get(token)
            if written is None or written.author is self or written.what != "card":
                continue
            if self.kind == "participant" and since is not None and since < written.sent_at:
                # it was there to see it arrive; a facilitator may be looking at another table
                self.ledger.latencies.append(now - written.sent_at)
        lines = event.split(b"\n")
        for line in lines:
            if line.startswith(b"id: "):
                self.number = int(line[4:])
        html = b"\n".join(line[6:] for line in lines if line.startswith(b"data: "))
        if html:
            self.look(html)

    async def _poll(self) -> None:
        while True:
            answer = await self.ask("GET", f"/live/{self.session}/since/{max(self.number, 0)}{self.which}")
            if answer.status == 200:
                self.number = int(answer.header("x-number") or self.number)
                self.look(bytes(answer.body))
            await asyncio.sleep(POLL_EVERY)

    async def _reload_often(self) -> None:
        while True:
            await asyncio.sleep(RELOAD_EVERY)
            await self.reload()

    # the line

    async def ask(
        self, method: str, path: str, body: bytes = b"", content_type: str = "", *, forged: bool = False
    ) -> Reading:
        """One request on a line that is kept. A request whose answer was lost is sent again: moves carry their key."""
        headers = [("content-type", content_type), ("content-length", str(len(body)))] if method == "POST" else []
        if method == "POST":
            headers.append(("origin", f"{'https' if self.site.secure else 'http'}://{self.site.name}"))
        request = self._head(method, path, headers, forged) + body
        async with self._asking:
            for attempt in range(TRIES):
                try:
                    async with asyncio.timeout(ANSWER_WITHIN):  # wait_for of 3.11 may swallow a cancellation
                        return await self._exchange(request)
                except (OSError, TimeoutError, EOFError, httptools.HttpParserError) as error:
                    self._hang_up()
                    if attempt == TRIES - 1:
                        raise Unreachable(f"Le serveur {self.site.name} ne répond pas : {_why(error)}.") from error
                    if attempt:
                        await asyncio.sleep(BETWEEN_TRIES)
        raise AssertionError("the last attempt returns or raises")

    async def _exchange(self, request: bytes) -> Reading:
        if self._line is None:
            self._line = await self.site.connect()
        reader, writer = self._line
        writer.write(request)
        reading = Reading()
        while not reading.ended:
            data = await reader.read(READ)
            if not data:
                raise EOFError
            self.ledger.received += len(data)
            reading.feed(data)
        self.scan(" ".join(f"{name}: {value}" for name, value in reading.headers).encode() + bytes(reading.body))
        for name, value in reading.headers:
            if name == "set-cookie":
                self._keep_cookie(value)
        if reading.header("connection") == "close":
            self._hang_up()
        return reading

    def _hang_up(self) -> None:
        if self._line is not None:
            self._line[1].transport.abort()
            self._line = None

    def _keep_cookie(self, text: str) -> None:
        name, _equals, value = text.split(";")[0].partition("=")
        self.cookies.pop(name, None)
        if value.strip('"') and "max-age=0" not in text.lower():
            self.cookies[name] = value

    def _head(self, method: str, path: str, headers: list[tuple[str, str]], forged: bool = False) -> bytes:
        cookies = {name: _forge(value) for name, value in self.cookies.items()} if forged else self.cookies
        lines = [("host", self.site.name), *headers]
        if cookies:
            lines.append(("cookie", "; ".join(f"{name}={value}" for name, value in cookies.items())))
        text = "".join(f"{name}: {value}\r\n" for name, value in lines)
        return f"{method} {path} HTTP/1.1\r\n{text}\r\n".encode("latin-1")


class _Events:
    """Cuts a stream's bytes at the empty line that ends each event."""

    def __init__(self, on_event: Callable[[bytes], None]) -> None:
        self.rest = bytearray()
        self._on_event = on_event

    def feed(self, data: bytes) -> None:
        self.rest += data
        *events, rest = bytes(self.rest).split(b"\n\n")
        self.rest = bytearray(rest)
        for event in events:
            self._on_event(event)


def _forge(value: str) -> str:
    """Another seat's number under the same signature."""
    parts = value.split(":")
    if len(parts) > 2:
        parts[1] = "0" * len(parts[1])
    return ":".join(parts)

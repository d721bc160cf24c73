"""Unique words, and every byte a seat received searched for them in each form a byte stream may give them."""

import base64
import gzip
import hashlib
import html
import io
import json
import re
import threading
import zipfile
import zlib
from collections import defaultdict
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any
from urllib.parse import quote

import httpx
from pypdf import PdfReader
from pypdf.generic import DecodedStreamObject, NameObject

# whole lines of a drawing, with no letter in them: the squares of codes to scan, most of what a page of badges says
STROKES = re.compile(rb"^(?:h )?(?:-?[\d.]+ -?[\d.]+ [ml] ?)+$", re.MULTILINE)
COMPRESSED = re.compile(rb"\.(eJ[A-Za-z0-9_-]{16,})")  # a signed cookie that holds deflated text


def core(owner: str, place: str) -> str:
    """Eleven signs that no encoding changes and nothing else can hold."""
    return "zq" + hashlib.sha256(f"{owner}/{place}".encode()).hexdigest()[:9]


def canary(owner: str, place: str) -> str:
    """What is typed: the core among signs that HTML, addresses and JSON each write their own way."""
    return f"é&<“{core(owner, place)}”>é"


def forms_of(word: str) -> list[bytes]:
    """A core as raw, HTML, address and JSON all leave it, and the three ways base64 may cut it."""
    found = [word.encode(), word.encode("utf-16-le"), word.encode().hex().encode()]
    for before in range(3):
        encoded = base64.b64encode(b"\0" * before + word.encode()).rstrip(b"=")
        # the first and last signs depend on the neighbours
        found.append(encoded[(before * 8 + 5) // 6 : (before + len(word)) * 8 // 6])
    return found


def written_forms(text: str) -> dict[str, bytes]:
    """The whole canary as each of our exits would write it: what the checker must find."""
    workbook = io.BytesIO()
    with zipfile.ZipFile(workbook, "w", zipfile.ZIP_DEFLATED) as archive:
        archive.writestr("xl/sharedStrings.xml", f"<t>{html.escape(text)}</t>")
    signed = base64.urlsafe_b64encode(zlib.compress(json.dumps(text * 3).encode()))
    return {
        "raw": text.encode(),
        "html": html.escape(text).encode(),
        "address": quote(text).encode(),
        "json": json.dumps(text).encode(),
        "base64": base64.b64encode(f"x{text}".encode()),
        "base64url": base64.urlsafe_b64encode(f"xy{text}".encode()),
        "upper": text.upper().encode(),
        "gzip": gzip.compress(text.encode()),
        "xlsx": workbook.getvalue(),
        "cookie": b"refus=." + signed,
    }


def unfold(body: bytes) -> Iterable[bytes]:
    """The body, and what it holds compressed: a spreadsheet, a PDF, gzip, a signed cookie."""
    yield body
    if body.startswith(b"PK\x03\x04"):
        with zipfile.ZipFile(io.BytesIO(body)) as archive:
            yield from (archive.read(name) for name in archive.namelist())
    elif body.startswith(b"%PDF"):
        yield from _unfold_pdf(body)
    elif body.startswith(b"\x1f\x8b"):
        yield gzip.decompress(body)
    for match in COMPRESSED.finditer(body):
        yield zlib.decompressobj().decompress(base64.urlsafe_b64decode(match[1] + b"=" * (-len(match[1]) % 4)))


def _unfold_pdf(body: bytes) -> Iterable[bytes]:
    reader = PdfReader(io.BytesIO(body))
    told = []
    for page in reader.pages:
        if (drawn := page.get_contents()) is not None:
            kept = DecodedStreamObject()
            kept.set_data(STROKES.sub(b"", drawn.get_data()))
            page[NameObject("/Contents")] = kept
        told.append(page.extract_text())
    yield "".join(told).replace("\n", "").encode()
    yield repr(reader.metadata).encode()


@dataclass
class Recorder:
    """Who received what. Static files are the same for everybody and hold nothing of a room."""

    received: dict[str, list[tuple[str, bytes]]] = field(default_factory=lambda: defaultdict(list))

    def keep(self, seat: str, what: str, body: bytes) -> None:
        self.received[seat].append((what, body))

    def find(self, words: Iterable[str]) -> dict[str, dict[str, list[str]]]:
        """word → seat → where it was seen."""
        forms = {word: [form.lower() for form in forms_of(word)] for word in words}
        found: dict[str, dict[str, list[str]]] = {word: defaultdict(list) for word in forms}
        for seat, bodies in self.received.items():
            for what, body in bodies:
                parts = [part.lower() for part in unfold(body)]
                for word, given in forms.items():
                    if any(form in part for part in parts for form in given):
                        found[word][seat].append(what)
        return found


def leaks(recorder: Recorder, oracle: Mapping[str, set[str]]) -> list[str]:
    """In words, whatever was seen by somebody who may not, or not seen by somebody who should: equality, both ways."""
    said = []
    for word, seats in recorder.find(oracle).items():
        for seat in sorted(set(seats) - oracle[word]):
            said.append(f"{seat} received {word} ({', '.join(sorted(set(seats[seat]))[:4])}): forbidden")
        for seat in sorted(oracle[word] - set(seats)):
            said.append(f"{seat} never received {word}: the check would prove nothing")
    return said


class Listener:
    """One browser of the day, as a plain HTTP client: whatever comes back is recorded."""

    def __init__(self, name: str, base: str, recorder: Recorder) -> None:
        self.name = name
        self.base = base
        self.recorder = recorder
        headers = {"accept-encoding": "identity", "accept": "text/html"}
        self.client = httpx.Client(
            base_url=base, headers=headers, timeout=60, trust_env=False, event_hooks={"response": [self._hear]}
        )
        self.sent = 0
        self.which = ""
        self.heard = threading.Condition()
        self.stream_bytes = b""
        self.thread: threading.Thread | None = None

    def _hear(self, response: httpx.Response) -> None:
        response.read()
        head = repr(response.headers.raw).encode()
        what = f"{response.request.method} {response.request.url.path} {response.status_code}"
        self.recorder.keep(self.name, what, head)
        self.recorder.keep(self.name, what, response.content)

    def get(self, path: str, **options: Any) -> httpx.Response:
        return self.client.get(path, follow_redirects=True, **options)

    def fill(self, path: str, values: Mapping[str, str], *, action: str = "") -> httpx.Response:
        """Opens a page, fills its form as a browser would, sends it."""
        page = self.get(path)
        hidden = dict(re.findall(r'<input type="hidden" name="(\w+)" value="([^"]*)"', page.text))
        target = action or str(page.url)
        return self.client.post(target, data=hidden | dict(values), follow_redirects=True)

    def move(self, session: str, kind: str, payload: Mapping[str, Any]) -> httpx.Response:
        self.sent += 1
        body = {"key": f"{self.name}-{self.sent}", "kind": kind, "payload": dict(payload)}
        return self.client.post(f"/live/{session}/moves{self.which}", json=body)

    def does(self, session: str, kind: str, payload: Mapping[str, Any] | None = None) -> None:
        answer = self.move(session, kind, payload or {})
        assert answer.status_code == 201, f"{self.name} {kind} {payload}: {answer.text}"

    def listen(self, session: str) -> None:
        """Opens the stream, and keeps its bytes until the server ends it."""
        cookies = dict(self.client.cookies)

        def read() -> None:
            client = httpx.Client(base_url=self.base, cookies=cookies, trust_env=False)
            with client, client.stream("GET", f"/live/{session}/stream{self.which}", timeout=None) as answer:
                try:
                    for part in answer.iter_raw():
                        with self.heard:
                            self.stream_bytes += part
                            self.heard.notify_all()
                except httpx.TransportError:
                    return  # the server stopped

        self.thread = threading.Thread(target=read, daemon=True)
        self.thread.start()
        self.wait_for(b"")

    def wait_for(self, part: bytes) -> None:
        with self.heard:
            assert self.heard.wait_for(lambda: self.stream_bytes and part in self.stream_bytes, timeout=30), (
                f"{self.name}: {part!r} never came"
            )

    def stop(self) -> None:
        """After the server: what the stream said joins the rest."""
        if self.thread is not None:
            self.thread.join(20)
            assert not self.thread.is_alive()
            self.recorder.keep(self.name, "stream", self.stream_bytes)
        self.client.close()

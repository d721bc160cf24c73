"""Bytes to the real server on a socket: request lines, heads and bodies that are nearly HTTP. It answers below 500 or cuts,
and still serves. `make long` only: what reads HTTP is httptools', what comes after it the other tests have."""

import socket
from random import Random

import httpx
import pytest

from maillage.live.models import Session
from tests.fuzz import counting
from tests.fuzz.drawing import damaged
from tests.fuzz.shaping import hurt
from tests.live.conftest import RunningServer, server, session  # noqa: F401 - fixtures

pytestmark = pytest.mark.long

TARGETS = [
    "/", "/connexion/", "/atlas/x/", "/%ff%00", "//", "/s/KAVU72/", "/?lang=%e9&q=%00", "http://x/y", "*", "/static/../../etc/passwd", "/é",
    "/healthz", "/glossaire/?" + "a=b&" * 2_000, "/" + "x/" * 3_000, "/oembed?url=http://[", "/live/x/stream",
]  # fmt: skip
LINES = [
    "GET {} HTTP/1.1",
    "POST {} HTTP/1.1",
    "HEAD {} HTTP/1.0",
    "OPTIONS {} HTTP/1.1",
    "PRI {} HTTP/2.0",
    "get {} http/1.1",
    "GET {}",
]
HEADS = [
    "content-type: application/json", "content-type: multipart/form-data; boundary=x", "content-type: application/x-www-form-urlencoded; charset=utf-7",
    "transfer-encoding: chunked", "transfer-encoding: gzip, chunked", "expect: 100-continue", "upgrade: websocket", "range: bytes=5-1",
    "cookie: langue=de; siege-000000000007=a:b:c", "accept-encoding: br;q=0.1, *", "origin: http://[", "host: x", "content-length: 7",
    "x-forwarded-for: ::1, x", "if-none-match: W/\"", "accept-language: ar, *;q=é", "te: trailers", "connection: keep-alive, upgrade",
]  # fmt: skip
BODIES = [
    b"", b'{"key": "k", "kind": "write", "payload": {"text": "\xc3\xa9"}}', b"email=a%40b.fr&csrfmiddlewaretoken=x&next=//x", b"5\r\nhello\r\n0\r\n\r\n",
    b'--x\r\nContent-Disposition: form-data; name="file"; filename="../a"\r\nContent-Type: image/png\r\n\r\n\x89PNG\r\n--x--\r\n',
]  # fmt: skip


def made(random: Random, session: Session) -> tuple[bytes, bool]:  # noqa: F811
    """A request, and whether it is all there: else the server waits for the rest, and we do not."""
    where = random.choice([*TARGETS, f"/live/{session.id}/moves", f"/seance/{session.id}/"])
    body = random.choice(BODIES)
    body = hurt(random, body) if body and random.random() < 0.5 else body
    heads = ["host: 127.0.0.1", *random.sample(HEADS, random.randrange(5)), "connection: close"]
    if whole := random.random() < 0.8:
        heads.append(f"content-length: {len(body)}")
    lines = [random.choice(LINES if random.random() < 0.2 else LINES[:2]).format(where), *heads]
    request = "\r\n".join(lines).encode() + b"\r\n\r\n" + body
    if random.random() < 0.2:
        return damaged(random, [request], (b"\r\n", b"\n", b": ", b"\0", b" ")), False
    return request, whole and not any(head.startswith(("transfer", "content-length: 7")) for head in heads)


@pytest.fixture
def wire(server: RunningServer) -> tuple[str, int]:  # noqa: F811
    return server.socket.getsockname()[:2]


def test_any_bytes_on_the_wire(server: RunningServer, session: Session, wire: tuple[str, int]) -> None:  # noqa: F811
    random = counting.random_of("wire")
    for turn in counting.counted("wire"):
        request, whole = made(random, session)
        answer = ask(wire, request, 20 if whole else 0.2)
        status = answer[9:12]
        assert not answer or (answer.startswith(b"HTTP/1.") and status.isdigit()), (request, answer[:300])
        assert not status.startswith(b"5"), (request, answer[:300])
        counting.inside["wire"] += (
            b"content-security-policy" in answer.lower() or b"application/json" in answer
        )  # a page of ours
        if turn % 100 == 0:
            assert httpx.get(f"{server.url}/healthz", trust_env=False).status_code == 200


def ask(wire: tuple[str, int], request: bytes, patience: float) -> bytes:
    parts = []
    with socket.create_connection(wire, timeout=patience) as line:
        try:
            line.sendall(request)
            while part := line.recv(65_536):
                parts.append(part)
                if len(parts) == 1 and b"text/event-stream" in part:
                    break  # it goes on
        except (ConnectionResetError, BrokenPipeError, TimeoutError):
            pass  # cut, or waiting for what we do not send: that is an answer too
    return b"".join(parts)

"""Django's pages over ASGI: one thread a request, whichever is free; a client that goes away breaks nothing."""

import asyncio
import threading
from collections.abc import Iterator
from typing import Any

import pytest
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

from maillage.config import bodies
from maillage.config.pages import THREADS, Pages

held = threading.Event()
began = threading.Semaphore(0)


def slow(request: HttpRequest) -> HttpResponse:
    began.release()
    assert held.wait(10)
    return HttpResponse("enfin")


def quick(request: HttpRequest) -> HttpResponse:
    response = HttpResponse(f"{request.method} {request.body.decode()} {threading.current_thread().name}")
    response.set_cookie("a", "1")
    response.set_cookie("b", "2")
    return response


def streamed(request: HttpRequest) -> StreamingHttpResponse:
    return StreamingHttpResponse(["un ", "deux"])


def broken(request: HttpRequest) -> HttpResponse:
    raise RuntimeError("cassé")


urlpatterns = [path("lent/", slow), path("vite/", quick), path("flux/", streamed), path("casse/", broken)]


@pytest.fixture
def pages(settings) -> Iterator[Pages]:
    settings.ROOT_URLCONF, settings.MIDDLEWARE = __name__, ["django.middleware.common.CommonMiddleware"]
    settings.ALLOWED_HOSTS = ["essai.invalid"]
    held.clear()
    made = Pages()
    made.start()
    yield made
    held.set()
    made.stop()


async def ask(
    pages: Pages,
    address: str,
    *,
    body: list[bytes] | None = None,
    leaves: bool = False,
    headers: tuple[tuple[bytes, bytes], ...] = (),
) -> list[Any]:
    parts = [{"type": "http.request", "body": part, "more_body": True} for part in body or []]
    parts.append({"type": "http.disconnect"} if leaves else {"type": "http.request", "body": b"", "more_body": False})
    sent: list[Any] = []

    async def receive() -> Any:
        return parts.pop(0)

    async def send(message: Any) -> None:
        sent.append(message)

    scope = {
        "type": "http", "method": "POST" if body else "GET", "path": address, "raw_path": address.encode(),
        "query_string": b"", "root_path": "", "scheme": "http", "headers": [(b"host", b"essai.invalid"), *headers],
        "client": ("127.0.0.1", 1), "server": ("essai.invalid", 80),
    }  # fmt: skip
    await pages(scope, receive, send)
    return sent


def whole(sent: list[Any]) -> tuple[int, str]:
    return sent[0]["status"], b"".join(part["body"] for part in sent[1:]).decode()


def test_a_page_its_cookies_and_a_body_in_parts(pages):
    status, text = whole(sent := asyncio.run(ask(pages, "/vite/", body=[b"deux ", b"parts"])))
    assert (status, text.rpartition(" ")[0]) == (200, "POST deux parts")
    assert len([value for name, value in sent[0]["headers"] if name == b"Set-Cookie"]) == 2
    assert whole(asyncio.run(ask(pages, "/flux/"))) == (200, "un deux")


def test_slow_pages_hold_back_none_while_a_thread_is_free(pages):
    async def play() -> list[tuple[int, str]]:
        slow = [asyncio.create_task(ask(pages, "/lent/")) for _page in range(THREADS - 1)]
        for _page in slow:
            await asyncio.to_thread(began.acquire)
        quick = [whole(await asyncio.wait_for(ask(pages, "/vite/"), 5)) for _page in range(2 * THREADS)]
        held.set()
        return quick + [whole(await page) for page in slow]

    answers = asyncio.run(play())
    assert [status for status, _text in answers] == [200] * (3 * THREADS - 1)
    assert answers[-1][1] == "enfin"


def test_whoever_leaves_in_the_middle_of_a_body_is_answered_nothing_and_the_next_is(pages):
    assert asyncio.run(ask(pages, "/vite/", body=[b"moiti"], leaves=True)) == []
    assert whole(asyncio.run(ask(pages, "/vite/")))[0] == 200


def test_a_view_that_breaks_is_said_and_breaks_no_thread(pages):
    for _time in range(THREADS + 1):
        status, text = whole(asyncio.run(ask(pages, "/casse/")))
        assert status == 500
        assert "cassé" not in text
    assert whole(asyncio.run(ask(pages, "/vite/")))[0] == 200


def status_of(sent: list[Any]) -> int:
    return int(sent[0]["status"])


def test_a_body_that_fills_the_disk_is_let_go_before_any_page_is_asked(pages, settings, monkeypatch):
    settings.MAX_UPLOAD_MB = 1
    monkeypatch.setattr(bodies, "LET_GO", 8_000_000)
    part = b"x" * 500_000
    kept: list[int] = []

    def answer(_scope: Any, body: Any) -> Any:
        kept.append(pages.bodies.held)
        body.close()
        return 200, [], b"lu"

    monkeypatch.setattr(pages, "_answer", answer)
    assert status_of(asyncio.run(ask(pages, "/vite/", body=[part] * 10))) == 200  # its page says what it takes
    assert kept == [5_000_000]
    refused = asyncio.run(ask(pages, "/vite/", body=[part] * 11))
    assert status_of(refused) == 413
    assert "trop gros" in refused[1]["body"].decode()
    endless = [part] * 1_000  # nobody reads it to its end
    assert status_of(asyncio.run(ask(pages, "/vite/", body=endless))) == 413
    said = ((b"content-length", b"999999999999"),)
    assert status_of(asyncio.run(ask(pages, "/vite/", body=[part], headers=said))) == 413
    assert (len(kept), pages.bodies.held) == (1, 0)


def test_many_who_each_send_a_little_fill_no_disk_and_may_come_again(pages, monkeypatch):
    pages.bodies = bodies.Bodies(most_held=1_000_000)
    pages.bodies.held = 900_000  # others'
    refused = asyncio.run(ask(pages, "/vite/", body=[b"x" * 60_000] * 3))
    assert status_of(refused) == 503
    assert dict(refused[0]["headers"])[b"retry-after"].isdigit()
    assert pages.bodies.held == 900_000
    assert status_of(asyncio.run(ask(pages, "/vite/", body=[b"x"]))) == 200
    asyncio.run(ask(pages, "/vite/", body=[b"x" * 100], leaves=True))
    assert pages.bodies.held == 900_000


def test_a_whole_day_comes_back_by_its_own_address_and_only_with_a_session(settings):
    scope = {"path": f"/rencontres/x{bodies.CARRIED}", "headers": [(b"cookie", b"sessionid=x")]}
    assert bodies.most_of(scope) > 300_000_000
    assert bodies.most_of(scope | {"headers": []}) == bodies.most_of(scope | {"path": "/"}) == 32_000_000

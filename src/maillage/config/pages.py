"""Django's pages, each made whole by one of a few threads: its request, all its middleware, its view, its end.

Django's own ASGI handler crosses between the event loop and the thread at each signal, at each middleware that is not
async, at the view and at the end: more processor than all the rest of an empty page. None of ours is async.
"""

import asyncio
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from contextvars import copy_context
from threading import Barrier
from typing import IO, Any, cast

from django.core.exceptions import SuspiciousOperation
from django.core.handlers.asgi import ASGIHandler, get_script_prefix
from django.core.signals import request_started
from django.db import connections
from django.http import HttpResponse, StreamingHttpResponse
from django.urls import set_script_prefix

from maillage.config.bodies import Bodies, Gone, TooMuch, refusal

THREADS = 4  # shared by all requests: a thread a request would be a thousand on a full day (STACK)

UNREADABLE = b"%00"  # an address that config/refusing.py refuses in words

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]
Answer = tuple[int, list[tuple[bytes, bytes]], bytes | StreamingHttpResponse]


class Pages(ASGIHandler):
    """One request stays on one thread, so its connection is its own; what it sets for itself ends with it."""

    def __init__(self) -> None:
        super().__init__()
        self.bodies = Bodies()

    def start(self) -> None:
        self.threads = ThreadPoolExecutor(THREADS, thread_name_prefix="django")  # whichever is free takes the next

    def stop(self) -> None:
        """What was begun is finished; each thread closes its own connection, once all of them are there to do so."""
        together = Barrier(THREADS)
        for _thread in range(THREADS):
            self.threads.submit(_close_connections, together)
        self.threads.shutdown()

    def load_middleware(self, is_async: bool = False) -> None:
        super().load_middleware(is_async=False)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        try:
            body, held = await self.bodies.read(scope, receive)
        except Gone:
            return
        except TooMuch as too_much:
            await self._refuse(too_much.status, scope, send)
            return
        loop = asyncio.get_running_loop()
        try:
            status, headers, content = await loop.run_in_executor(
                self.threads, copy_context().run, self._answer, scope, body
            )
        finally:
            self.bodies.let_go(held)
        await send({"type": "http.response.start", "status": status, "headers": headers})
        if isinstance(content, StreamingHttpResponse):
            await self._send_parts(content, send)
            return
        for chunk, last in self.chunk_bytes(content):  # one waits for a slow client between two chunks
            await send({"type": "http.response.body", "body": chunk, "more_body": not last})

    async def _refuse(self, status: int, scope: Scope, send: Send) -> None:
        status, headers, content = await asyncio.get_running_loop().run_in_executor(
            self.threads, refusal, status, scope
        )
        await send({"type": "http.response.start", "status": status, "headers": headers})
        await send({"type": "http.response.body", "body": content})

    async def _send_parts(self, response: StreamingHttpResponse, send: Send) -> None:
        """A long file, a part at a time: read by a thread, then sent, so that it is never held whole."""
        loop = asyncio.get_running_loop()
        try:
            parts = iter(response)
            while part := await loop.run_in_executor(self.threads, next, parts, b""):
                await send({"type": "http.response.body", "body": part, "more_body": True})
            await send({"type": "http.response.body", "body": b"", "more_body": False})
        finally:
            await loop.run_in_executor(self.threads, response.close)

    def _answer(self, scope: Scope, body: IO[bytes]) -> Answer:
        set_script_prefix(get_script_prefix(scope))
        request_started.send(sender=type(self), scope=scope)
        try:
            request, refused = self.create_request(scope, body)
        except SuspiciousOperation:
            # where a charset is said, Django reads the address while it makes the request; refused as any other then
            request, refused = self.create_request(scope | {"query_string": UNREADABLE}, body)
        response = cast(HttpResponse, refused if request is None else self.get_response(request))
        try:
            headers = [(name.encode("ascii"), value.encode("latin1")) for name, value in response.items()]
            cookies = [cookie.output(header="").strip().encode("ascii") for cookie in response.cookies.values()]
            headers += [(b"Set-Cookie", cookie) for cookie in cookies]
            if response.streaming:
                return response.status_code, headers, cast(StreamingHttpResponse, response)
            return response.status_code, headers, response.getvalue()
        finally:
            if not response.streaming:
                response.close()
            body.close()


def _close_connections(together: Barrier) -> None:
    together.wait()
    connections.close_all()

"""The application: /live/ to its own small ASGI part, /healthz and the like, static files, Django for the rest."""

import asyncio
import gc
import os
from collections.abc import Awaitable, Callable
from concurrent.futures import ThreadPoolExecutor
from itertools import cycle
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maillage.config.settings")
django.setup()

from asgiref.sync import ThreadSensitiveContext  # noqa: E402 - Django is set up before its applications are imported
from django.conf import settings  # noqa: E402
from django.core.handlers.asgi import ASGIHandler  # noqa: E402
from django.db import connections  # noqa: E402
from servestatic import ServeStaticASGI  # noqa: E402

from maillage.config import health, measuring  # noqa: E402
from maillage.config.upkeep import run_upkeep  # noqa: E402
from maillage.live import asgi as live_asgi  # noqa: E402
from maillage.live.runtime import live  # noqa: E402

COLLECT_AFTER = 10_000  # new objects between two collections, where Python says 700: a page makes thousands
THREADS = 4  # shared by all requests: a thread a request would be a thousand on a full day (STACK)
FOREVER = 31_536_000  # seconds; a static file's name holds its digest

FOR_MACHINES = {"/healthz": health.healthz, "/readyz": health.readyz, "/metrics": measuring.application}

Scope = dict[str, Any]
Receive = Callable[[], Awaitable[Any]]
Send = Callable[[Any], Awaitable[None]]


class SharedThreads:
    """Django, each request on one of a few threads: one request stays on one thread, so its connection is its own."""

    def __init__(self) -> None:
        self.application = ASGIHandler()
        self.executors: list[ThreadPoolExecutor] = []

    def start(self) -> None:
        self.executors = [ThreadPoolExecutor(1, thread_name_prefix=f"django-{n}") for n in range(THREADS)]
        self.threads = cycle(self.executors)

    def stop(self) -> None:
        for executor in self.executors:
            executor.submit(connections.close_all)
            executor.shutdown()

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        async with ThreadSensitiveContext(executor=next(self.threads)):
            await self.application(scope, receive, send)


class StaticFiles(ServeStaticASGI):  # type: ignore[misc]  # servestatic has no types
    """Those that were there when the process began, and those of the version that is taking its place."""

    def __init__(self, application: Any, **options: Any) -> None:
        self.stamp = self._read_stamp()
        super().__init__(application, **options)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        path = scope["path"]
        if path.startswith(settings.STATIC_URL) and path not in self.files and not self.autorefresh:
            await asyncio.to_thread(self._look_again)
        await super().__call__(scope, receive, send)

    def _look_again(self) -> None:
        stamp = self._read_stamp()
        if stamp != self.stamp:
            self.stamp = stamp
            self.add_files(str(settings.STATIC_ROOT), settings.STATIC_URL)

    @staticmethod
    def _read_stamp() -> str:
        stamp = settings.STATIC_ROOT / ".stamp"
        return str(stamp.read_text()) if stamp.exists() else ""


def _with_static(application: Any) -> Any:
    if not settings.STATIC_ROOT.is_dir():
        return application
    return StaticFiles(
        application,
        root=str(settings.STATIC_ROOT),
        prefix=settings.STATIC_URL,
        autorefresh=settings.DEBUG,
        max_age=FOREVER,
        allow_all_origins=False,  # nobody else shows our files; and a phone pays for each header
    )


def _spare_collections() -> None:
    """What was built to start lasts as long as the process: Python looks for garbage in the rest, and less often."""
    gc.collect()
    gc.freeze()
    gc.set_threshold(COLLECT_AFTER, 20, 20)


class Application:
    def __init__(self) -> None:
        self.django = SharedThreads()
        self.pages = _with_static(self.django)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        if scope["type"] == "lifespan":
            await self._live_and_die(receive, send)
        elif scope["type"] != "http":
            raise ValueError(f"no {scope['type']} here")
        elif scope["path"].startswith("/live/"):
            await live_asgi.application({**scope, live_asgi.PAGES: self.django}, receive, send)
        elif scope["path"] in FOR_MACHINES:
            await FOR_MACHINES[scope["path"]](scope, receive, send)
        else:
            await self.pages(scope, receive, send)

    async def _live_and_die(self, receive: Receive, send: Send) -> None:
        while True:
            event = await receive()
            if event["type"] == "lifespan.startup":
                self.django.start()
                await live().start()
                tasks = [asyncio.create_task(run_upkeep()), asyncio.create_task(measuring.keep_figures())]
                _spare_collections()
                await send({"type": "lifespan.startup.complete"})
            else:
                for task in tasks:
                    task.cancel()
                await live().stop()
                await asyncio.to_thread(self.django.stop)
                await send({"type": "lifespan.shutdown.complete"})
                return


application = Application()

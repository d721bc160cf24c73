"""The application: /live/ to its own small ASGI part, /healthz and the like, static files, Django for the rest."""

import asyncio
import os
from typing import Any

import django

os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maillage.config.settings")
django.setup()

from django.conf import settings  # noqa: E402 - Django is set up before its applications are imported
from servestatic import ServeStaticASGI  # noqa: E402

from maillage.config import health, measuring  # noqa: E402
from maillage.config.collecting import spare_collections  # noqa: E402
from maillage.config.headers import for_static  # noqa: E402
from maillage.config.pages import Pages, Receive, Scope, Send  # noqa: E402
from maillage.config.upkeep import run_upkeep  # noqa: E402
from maillage.live import asgi as live_asgi  # noqa: E402
from maillage.live.runtime import live  # noqa: E402

FOREVER = 31_536_000  # seconds; a static file's name holds its digest

FOR_MACHINES = {"/healthz": health.healthz, "/readyz": health.readyz, "/metrics": measuring.application}


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

    def get_static_file(self, path: str, url: str, stat_cache: Any = None) -> Any:
        """A name that holds a digest is never compared again: what would let it be is not sent to each phone."""
        file = super().get_static_file(path, url, stat_cache)
        if self.immutable_file_test(path, url):
            for _encoding, _path, headers in file.alternatives:
                headers[:] = [header for header in headers if header[0] not in ("Last-Modified", "ETag")]
        return file

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
        add_headers_function=for_static,
        allow_all_origins=False,  # nobody else shows our files; and a phone pays for each header
    )


class Application:
    def __init__(self) -> None:
        self.django = Pages()
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
                spare_collections()
                await send({"type": "lifespan.startup.complete"})
            else:
                for task in tasks:
                    task.cancel()
                await live().stop()
                await asyncio.to_thread(self.django.stop)
                await send({"type": "lifespan.shutdown.complete"})
                return


application = Application()

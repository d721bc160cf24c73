"""Django as it comes, for the fan-out: a StreamingHttpResponse with a queue a client, on uvicorn.

python -m maillage.config.bench.streaming PORT FILE. GET /stream stays open and gets the file at once, then at each
POST /change.
"""

import asyncio
import sys
from collections.abc import AsyncIterator
from pathlib import Path
from typing import Any

import django
import uvicorn
from django.conf import settings
from django.core.asgi import get_asgi_application
from django.http import HttpRequest, HttpResponse, StreamingHttpResponse
from django.urls import path

queues: set["asyncio.Queue[bytes]"] = set()
content = b""


async def stream(request: HttpRequest) -> StreamingHttpResponse:
    async def events() -> AsyncIterator[bytes]:
        queue: asyncio.Queue[bytes] = asyncio.Queue()
        queues.add(queue)
        try:
            yield content
            while True:
                yield await queue.get()
        finally:
            queues.discard(queue)

    return StreamingHttpResponse(events(), content_type="text/event-stream")


async def change(request: HttpRequest) -> HttpResponse:
    for queue in queues:
        queue.put_nowait(content)
    return HttpResponse()


urlpatterns = [path("stream", stream), path("change", change)]


def main(port: int, file: str) -> None:
    global content
    content = Path(file).read_bytes()
    settings.configure(ROOT_URLCONF=sys.modules[__name__], ALLOWED_HOSTS=["*"], SECRET_KEY="mesure", MIDDLEWARE=[])  # noqa: S106 - of a measure
    django.setup()
    application: Any = get_asgi_application()
    uvicorn.run(application, host="127.0.0.1", port=port, loop="uvloop", http="httptools", log_level="error",
                backlog=2048, access_log=False, lifespan="off")  # fmt: skip


if __name__ == "__main__":
    main(int(sys.argv[1]), sys.argv[2])

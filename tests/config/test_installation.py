"""Static files of two versions side by side: a rolling restart shows pages of both."""

import asyncio
import json

import pytest

from maillage.config import asgi, installation


@pytest.fixture
def gathered(settings, tmp_path, monkeypatch):
    """Gathers, as `maillage serve` does, the one style sheet of a version."""
    source = tmp_path / "source"
    source.mkdir()
    settings.STATIC_ROOT = tmp_path / "static"
    settings.STATICFILES_DIRS = [source]
    settings.STATICFILES_FINDERS = ["django.contrib.staticfiles.finders.FileSystemFinder"]
    settings.STORAGES = settings.STORAGES | {"staticfiles": {"BACKEND": "maillage.config.storage.StaticStorage"}}
    versions = iter(range(100))
    monkeypatch.setattr(installation, "version", lambda name: str(next(versions)))

    def gather(style: str) -> str:
        (source / "page.css").write_text(style)
        installation.gather_static_files()
        return json.loads((settings.STATIC_ROOT / "staticfiles.json").read_text())["paths"]["page.css"]

    return gather


def get(application, path: str) -> tuple[int, bytes]:
    sent = []

    async def send(event) -> None:
        sent.append(event)

    async def receive():
        return {"type": "http.request"}

    scope = {"type": "http", "method": "GET", "path": path, "headers": [], "query_string": b""}
    asyncio.run(application(scope, receive, send))
    return sent[0]["status"], b"".join(event.get("body", b"") for event in sent)


async def pages(scope, receive, send) -> None:
    await send({"type": "http.response.start", "status": 404, "headers": []})
    await send({"type": "http.response.body", "body": b""})


def test_files_of_the_version_before_stay_and_those_of_the_one_before_it_go(gathered, settings) -> None:
    first, second, third = (gathered(f"p {{ margin: {n}px }}") for n in (1, 2, 3))
    present = {path.name for path in settings.STATIC_ROOT.iterdir()}
    assert len({first, second, third}) == 3
    assert {second, third} <= present
    assert first not in present


def test_a_process_that_is_being_replaced_serves_the_files_of_the_next(gathered) -> None:
    old = gathered("p { margin: 1px }")
    process = asgi._with_static(pages)
    assert get(process, f"/static/{old}") == (200, b"p { margin: 1px }")
    new = gathered("p { margin: 2px }")
    assert get(process, f"/static/{new}") == (200, b"p { margin: 2px }")
    assert get(process, f"/static/{old}") == (200, b"p { margin: 1px }")
    assert get(process, "/static/nothing.css")[0] == 404

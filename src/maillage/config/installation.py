"""What an installation needs before it serves: folders, tables, static files, and the address phones can use."""

import io
import json
import os
import re
from importlib.metadata import version
from pathlib import Path

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command

from maillage.config.upgrading import bring_up_to_date, look, turn
from maillage.lib.lan import lan_addresses
from maillage.lib.typography import typo

MANIFEST = "staticfiles.json"
WITH_DIGEST = re.compile(r"\.[0-9a-f]{12}\.")


def prepare_installation() -> None:
    """Bring the tables up to date and gather the static files of this version. Safe to repeat, and for two at once.

    Tables that hold data are copied first, and what served them may go on or must be stopped: config/upgrading.py.
    """
    with turn():
        bring_up_to_date(tell=say, upgrade=True)
        from maillage.atlas.indexing import index_what_is_not  # here: it has tables, and needs every app to be loaded

        index_what_is_not()
        gather_static_files()


def prepare_tables() -> None:
    """For a command beside the server: it makes the tables of an empty base, and leaves those of another version as
    they are, with a sentence that says so."""
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    tables = look()
    if tables.plan or tables.unknown:
        with turn():
            bring_up_to_date(tell=say, upgrade=False)


def say(line: str) -> None:
    print(typo(line), flush=True)  # noqa: T201 - an upgrade is told to whoever waits for it


def gather_static_files() -> None:
    """Once for each version and each change of the package's own files; the stamp says which.

    What the version before named stays: its processes may still serve, and its pages are open on screens.
    """
    newest = max(
        (os.stat(storage.path(path)).st_mtime_ns for finder in get_finders() for path, storage in finder.list([])),
        default=0,
    )
    stamp = settings.STATIC_ROOT / ".stamp"
    mark = f"{version('maillage')} {newest}"
    if stamp.exists() and stamp.read_text() == mark:
        return
    before = _named_files()
    call_command("collectstatic", verbosity=0, interactive=False, stdout=io.StringIO())
    _drop_old_files(keep=before | _named_files())
    stamp.write_text(mark)


def _named_files() -> set[str]:
    """The names with a digest that the last gathering gave."""
    try:
        named: set[str] = set(json.loads((settings.STATIC_ROOT / MANIFEST).read_text())["paths"].values())
    except (OSError, ValueError, KeyError):
        return set()
    return named


def _drop_old_files(*, keep: set[str]) -> None:
    for path in settings.STATIC_ROOT.rglob("*"):
        name = path.relative_to(settings.STATIC_ROOT).as_posix()
        if WITH_DIGEST.search(path.name) and name.removesuffix(".gz").removesuffix(".br") not in keep:
            path.unlink(missing_ok=True)


def lan_address() -> str | None:
    """This machine's address in the room's network, the likeliest."""
    return next(iter(lan_addresses(fresh=True)), None)


def base_url(host: str, port: int) -> str:
    """The address people type: the room's when the server answers the room."""
    if settings.PUBLIC_URL:
        return settings.PUBLIC_URL
    if host in ("0.0.0.0", "::"):  # noqa: S104 - compared, not bound
        host = lan_address() or "localhost"
    return f"http://{'localhost' if host == '127.0.0.1' else host}:{port}"


def wifi_file() -> Path:
    """The Wi-Fi that the room server's page shows."""
    return Path(settings.DATA_DIR) / "wifi.json"

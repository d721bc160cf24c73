"""What an installation needs before it serves: folders, tables, static files, and the address phones can use."""

import io
import os
import socket
from importlib.metadata import version

from django.conf import settings
from django.contrib.staticfiles.finders import get_finders
from django.core.management import call_command


def prepare_installation() -> None:
    """Bring the tables up to date and gather the static files of this version. Safe to repeat."""
    prepare_tables()
    gather_static_files()


def prepare_tables() -> None:
    settings.DATA_DIR.mkdir(parents=True, exist_ok=True)
    call_command("migrate", verbosity=0, interactive=False)


def gather_static_files() -> None:
    """Once for each version and each change of the package's own files; the stamp says which."""
    newest = max(
        (os.stat(storage.path(path)).st_mtime_ns for finder in get_finders() for path, storage in finder.list([])),
        default=0,
    )
    stamp = settings.STATIC_ROOT / ".stamp"
    mark = f"{version('maillage')} {newest}"
    if stamp.exists() and stamp.read_text() == mark:
        return
    call_command("collectstatic", verbosity=0, interactive=False, clear=True, stdout=io.StringIO())
    stamp.write_text(mark)


def lan_address() -> str | None:
    """This machine's address in the room's network. Nothing is sent: connecting a UDP socket only chooses a route."""
    with socket.socket(socket.AF_INET, socket.SOCK_DGRAM) as probe:
        try:
            probe.connect(("192.0.2.1", 9))  # TEST-NET-1, RFC 5737
        except OSError:
            return None
        address: str = probe.getsockname()[0]
        return None if address.startswith("127.") else address

"""One of several processes that serve one socket: `python -m maillage.config.worker SOCKET LEASH PLACE`.

`--prepare` brings the tables and the static files up to date instead, with the version that is installed now.
"""

import os
import socket
import sys

import django

from maillage.config.logs import PLACE


def main() -> int:
    os.umask(0o077)
    os.environ.setdefault("DJANGO_SETTINGS_MODULE", "maillage.config.settings")
    if len(sys.argv) == 4:
        os.environ[PLACE] = sys.argv[3]
    django.setup()
    if sys.argv[1:] == ["--prepare"]:
        from maillage.config.installation import prepare_installation  # Django is set up first

        prepare_installation()
        return 0
    from maillage.config.server import serve_one_of_many

    listener, leash = map(int, sys.argv[1:3])
    return serve_one_of_many(socket.socket(fileno=listener), socket.socket(fileno=leash))


if __name__ == "__main__":
    raise SystemExit(main())

"""One server in a process of its own, to be killed: python -m tests.faults.server PORT. Its data: the environment.

What a fault needs and no user does: a clock that jumps (a number of seconds in the file MAILLAGE_TEST_CLOCK), and an
engine one version behind, which does not know the moves named in MAILLAGE_TEST_UNKNOWN.
"""

import os
import sys
import time
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "maillage.config.settings"


def jump_with(file: Path) -> None:
    real, real_ns = time.time, time.time_ns

    def offset() -> int:
        return int(file.read_text() or 0)

    time.time = lambda: real() + offset()
    time.time_ns = lambda: real_ns() + offset() * 10**9


if __name__ == "__main__":
    if clock := os.environ.get("MAILLAGE_TEST_CLOCK"):
        jump_with(Path(clock))
    import django

    django.setup()
    if unknown := os.environ.get("MAILLAGE_TEST_UNKNOWN"):
        from facilitation import machine

        for kind in unknown.split():
            machine.MOVES.pop(kind)
    from maillage.config.server import serve

    raise SystemExit(serve(host="127.0.0.1", port=int(sys.argv[1])))

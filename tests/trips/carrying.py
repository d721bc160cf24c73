"""One step of a trip in a process of its own, to be killed: python -m tests.trips.carrying STEP FILE [POINT].

POINT: where the process kills itself, as a power cut would: the name of a function it is about to leave or enter.
"""

import os
import signal
import sys
from pathlib import Path

os.environ["DJANGO_SETTINGS_MODULE"] = "maillage.config.settings"

import django

django.setup()

from maillage.gatherings.models import Gathering  # noqa: E402 - Django is set up first
from maillage.live import keys  # noqa: E402
from maillage.trips import sealing, services, sessions  # noqa: E402
from maillage.trips.sealing import Writer  # noqa: E402

PHRASE = "une-phrase-de-passe-des-essais"


LIGHT = {"n": 2, "r": 8, "p": 1}  # as in tests/trips/conftest.py, that opens the file


def die(*_given: object, **_named: object) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def die_after(work):
    def done(*given, **named):
        work(*given, **named)
        die()

    return done


# What is about to happen when the process dies.
POINTS = {
    "before-the-rows": (services, "_forget_bases", die),  # the file is sealed, its rows are not written
    "before-the-commit": (services, "_note", die),  # all rows written, none committed
    "before-the-salt": (Writer, "finish", die),  # committed; the file opens for nobody yet
    "before-the-name": (os, "replace", die),  # the file opens, under its draft's name
    "before-the-keys": (sessions.Arrival, "finish", die),
    "after-a-key": (keys, "install_key", die_after(keys.install_key)),
    "after-the-commit": (services, "_say_moved", die),
}


def main(step: str, file: Path, point: str = "") -> None:
    sealing.WORK = LIGHT
    if point:
        where, name, what = POINTS[point]
        setattr(where, name, what)
    if step == "out":
        gathering = Gathering.objects.get()
        services.carry_out(gathering=gathering, path=file, passphrase=PHRASE, by="essai")
    elif step == "in":
        with file.open("rb") as opened:
            services.carry_in(file=opened, passphrase=PHRASE, by="essai")


if __name__ == "__main__":
    main(sys.argv[1], Path(sys.argv[2]), *sys.argv[3:])

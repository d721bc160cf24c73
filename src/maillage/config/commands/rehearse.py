"""The day played by robots. Without --url: on a copy of the data, by a server of its own; the day is not touched."""

import argparse
import http.client
import json
import os
import subprocess
import sys
import tempfile
import time
from collections.abc import Iterator
from contextlib import closing, contextmanager
from pathlib import Path
from sqlite3 import connect

from django.db import DatabaseError, connection

from maillage.config.finding import find_gathering
from maillage.config.installation import prepare_installation, prepare_tables
from maillage.config.server import bind
from maillage.gatherings.models import Gathering
from maillage.lib.typography import count
from maillage.live.counting import Ledger
from maillage.live.rehearsal import (
    Report,
    erase_rehearsal,
    in_words,
    make_report,
    play,
    refuse_while_running,
    rehearse,
)
from maillage.live.scenes import Scene
from maillage.memory.models import Takeaway

BY = "maillage rehearse"
STARTS_WITHIN = 30  # seconds
LOOK_EVERY = 0.05  # seconds


class NeedsUrl(Exception):
    sentence = (
        "Les données sont dans PostgreSQL : la répétition n’en fait pas de copie. Donnez l’adresse du serveur qui les "
        "sert (--url) : elle se jouera dans des séances à part, marquées, que « --erase » efface."
    )


class CannotStart(Exception):
    def __init__(self, why: str) -> None:
        self.sentence = f"Le serveur de la répétition ne démarre pas : {why}"
        super().__init__(self.sentence)


class NeedsCodes(Exception):
    sentence = (
        "Les données de ce serveur ne sont pas lisibles d’ici : "
        "donnez les codes d’une séance, --code et --facilitator-code."
    )


def run(options: argparse.Namespace) -> int:
    if options.erase:
        return _erase(options)
    if options.url is None:
        return _on_a_copy(options)
    if options.code or options.facilitator_code:
        return _by_codes(options)
    try:
        gathering = find_gathering(options.gathering)
        refuse_while_running(gathering)
    except DatabaseError:
        raise NeedsCodes from None
    ledger, sessions, seconds = rehearse(
        gathering=gathering, by=BY, url=options.url, speed=options.speed, seed=options.seed
    )
    count_takeaways(ledger, gathering)
    return _say(make_report(ledger, len(sessions), seconds), options, str(gathering))


def count_takeaways(ledger: Ledger, gathering: Gathering) -> None:
    """What a porteur released is in the day's synthesis, once, and marked as rehearsed."""
    texts = list(Takeaway.objects.filter(gathering=gathering).values_list("text", "rehearsal"))
    for written in ledger.written.values():
        if written.what != "release" or not written.acknowledged or not written.standing:
            continue
        found = [rehearsed for text, rehearsed in texts if written.token in text]
        if not found:
            ledger.lost.setdefault(written.token, "une phrase rendue publique, absente de la synthèse")
        elif len(found) > 1:
            ledger.doubled.setdefault(written.token, "une phrase rendue publique, plusieurs fois dans la synthèse")
        elif not found[0]:
            ledger.wrong.setdefault(written.token, "une phrase de répétition parmi les vraies")


def _erase(options: argparse.Namespace) -> int:
    gathering = find_gathering(options.gathering)
    erased = erase_rehearsal(gathering=gathering, by=BY)
    what = count(
        erased, "séance de répétition effacée", "séances de répétition effacées", zero="aucune répétition à effacer"
    )
    print(f"« {gathering} » : {what}.")
    return 0


def _by_codes(options: argparse.Namespace) -> int:
    """A server whose data are not ours to read: what is counted is what its screens show."""
    if not (options.code and options.facilitator_code):
        raise NeedsCodes
    scene = Scene(options.gathering, options.code.replace(" ", ""), options.facilitator_code)
    ledger, seconds = play([scene], url=options.url, speed=options.speed, seed=options.seed)
    return _say(make_report(ledger, 1, seconds), options, options.gathering)


def _on_a_copy(options: argparse.Namespace) -> int:
    find_gathering(options.gathering)  # said before a copy is made for nothing
    if connection.vendor != "sqlite":
        raise NeedsUrl
    with tempfile.TemporaryDirectory(prefix="maillage-repetition-") as folder:
        copy_database(Path(folder))
        environment = {name: value for name, value in os.environ.items() if not name.startswith("MAILLAGE_")}
        environment |= {"MAILLAGE_DATA_DIR": folder, "MAILLAGE_HOSTS": "127.0.0.1"}
        environment["MAILLAGE_LOG_LEVEL"] = "ERROR"  # what the robots do wrong on purpose is in the report
        with _served(environment) as url:
            command = ["rehearse", options.gathering, "--url", url, "--speed", str(options.speed)]
            command += ["--seed", str(options.seed), *(["--json"] if options.json else [])]
            robots = subprocess.run(  # noqa: S603 - our own command, its arguments already read
                [sys.executable, "-m", "maillage", *command], env=environment, check=False
            )
            return robots.returncode


def copy_database(folder: Path) -> None:
    """SQLite's own backup: whole even while a server writes. The keys of real sessions stay where they are."""
    prepare_tables()  # first: those of another version are not a command's to change
    prepare_installation()
    connection.ensure_connection()
    with closing(connect(folder / "maillage.sqlite3")) as copy:
        connection.connection.backup(copy)


@contextmanager
def _served(environment: dict[str, str]) -> Iterator[str]:
    with closing(bind("127.0.0.1", 0)) as probe:
        port = probe.getsockname()[1]
    server = subprocess.Popen(  # noqa: S603 - our own command
        [sys.executable, "-m", "maillage", "serve", "--port", str(port)], env=environment, stdout=sys.stderr
    )
    try:
        deadline = time.monotonic() + STARTS_WITHIN
        while not _answers(port):
            if server.poll() is not None:
                raise CannotStart(f"il s’est arrêté (code {server.returncode}).")
            if time.monotonic() > deadline:
                raise CannotStart(f"il n’a pas répondu en {STARTS_WITHIN} secondes.")
            time.sleep(LOOK_EVERY)
        yield f"http://127.0.0.1:{port}"
    finally:
        server.terminate()
        server.wait()


def _answers(port: int) -> bool:
    with closing(http.client.HTTPConnection("127.0.0.1", port, timeout=5)) as line:
        try:
            line.request("GET", "/healthz")
            return line.getresponse().status == 200
        except OSError:
            return False


def _say(report: Report, options: argparse.Namespace, title: str) -> int:
    if options.json:
        print(json.dumps(report.as_json(), ensure_ascii=False, indent=2))
    else:
        print(f"Répétition de « {title} »")
        print("\n".join(f"  {line}" for line in in_words(report.as_json())))
        print("".join(f"  – {sentence}\n" for sentence in report.details), end="")
        print("La répétition est réussie." if report.sound else "La répétition a trouvé des fautes.")
    return 0 if report.sound else 1

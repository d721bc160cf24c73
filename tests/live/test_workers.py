"""`maillage serve --workers`: several processes, one address. Whatever dies or is replaced, nobody loses a move."""

import os
import signal
import socket
import time
import uuid
from pathlib import Path

import httpx
import pytest
from django.db import connections

from tests import postgresql
from tests.config.test_cli import run
from tests.live.crowd import Screen, Writers, check_log
from tests.live.several import Several, until

on_postgresql = pytest.mark.skipif(
    os.environ.get("MAILLAGE_TEST_DATABASE") != "postgresql" or postgresql.binaries() is None,
    reason="plusieurs processus demandent PostgreSQL : joué par la suite sur PostgreSQL",
)


@pytest.fixture(scope="module")
def served(tmp_path_factory, tables):
    several = Several(tmp_path_factory.mktemp("workers"), "workers", people=18)
    yield several
    assert several.stop() == 0


def test_sqlite_is_served_by_one_process_and_says_why(tmp_path: Path) -> None:
    refused = run("serve", "--workers", "2", "--port", "0", folder=tmp_path)
    assert refused.returncode == 1
    assert refused.stderr.startswith("Avec SQLite, un seul processus peut servir")
    assert "MAILLAGE_DATABASE_URL" in refused.stderr
    assert not (tmp_path / "maillage.sqlite3").exists()


@pytest.mark.parametrize("number", ["0", "-1", "65", "deux"])
def test_an_impossible_number_of_workers_is_refused(tmp_path: Path, number: str) -> None:
    refused = run("serve", f"--workers={number}", folder=tmp_path)
    assert (refused.returncode, "nombre de processus (1 à 64)" in refused.stderr) == (2, True)


@on_postgresql
def test_any_worker_serves_any_seat(served: Several) -> None:
    """Ten lines, each to whoever accepts it: all screens say the same, whoever stored the move."""
    screens = [Screen(served, person) for person in range(10)]
    until(lambda: all(screen.seen for screen in screens), "a screen has no view")
    with httpx.Client(trust_env=False) as client:
        number = served.post(client, 0, "any", "Vu partout").json()["number"]
    until(lambda: all(screen.last >= number for screen in screens), "a screen did not move", 5)
    assert all("Vu partout" in screen.texts for screen in screens)
    for screen in screens:
        screen.over.set()


@on_postgresql
def test_a_killed_worker_is_replaced_and_nothing_is_lost(served: Several) -> None:
    screens = [Screen(served, person) for person in range(4)]
    writers = Writers(served, range(6), pause=0.3)
    until(lambda: len(writers.kept) > 20, "the writers do not write")
    victim = served.workers()[1]
    os.kill(victim, signal.SIGKILL)
    until(lambda: served.workers().get(1, victim) != victim, "nobody took the place of the dead")
    until(lambda: "le processus 1 sert de nouveau" in served.said(), "the new one does not serve")
    writers.stop()
    assert "le processus 1 est mort (signal 9) : un autre démarre" in served.said()
    check_log(served, writers)
    last = max(writers.kept.values())
    until(lambda: all(screen.last >= last for screen in screens), "a screen is behind", 5)
    for screen in screens:
        assert screen.seen == sorted(screen.seen)
        screen.over.set()


@on_postgresql
@pytest.mark.long
def test_a_worker_that_answers_nobody_any_more_is_replaced(served: Several) -> None:
    victim = served.workers()[2]
    os.kill(victim, signal.SIGSTOP)
    until(lambda: "le processus 2 ne répond plus" in served.said(), "nobody noticed")
    until(lambda: served.workers().get(2, victim) != victim, "nobody took its place")
    until(lambda: "le processus 2 sert de nouveau" in served.said(), "the new one does not serve")


@on_postgresql
def test_a_rolling_restart_cuts_no_move_and_every_screen_resumes(served: Several) -> None:
    before = served.workers()
    screens = [Screen(served, person) for person in range(6)]
    until(lambda: all(screen.seen for screen in screens), "a screen has no view")
    writers = Writers(served, range(6, 12), pause=0.3)
    served.signal(signal.SIGHUP)
    until(lambda: "processus renouvelés : 2 sur 2" in served.said(), "the workers were not renewed")
    writers.stop()
    after = served.workers()
    assert set(after) == set(before) == {1, 2}
    assert not set(after.values()) & set(before.values())
    assert set(writers.answers) <= {201, 200, 503}  # 0 would be a connection that was refused or cut
    check_log(served, writers)
    last = max(writers.kept.values())
    until(lambda: all(screen.last >= last for screen in screens), "a screen is behind", 5)
    until(lambda: all(screen.openings > 1 for screen in screens), "a screen was not moved to a new worker", 5)
    assert sum(screen.broken for screen in screens) == 0  # ended, none cut
    for screen in screens:
        screen.over.set()


@on_postgresql
def test_postgresql_restarts_and_nothing_acknowledged_is_lost(served: Several) -> None:
    cluster = postgresql.cluster()
    screens = [Screen(served, person) for person in range(4)]
    until(lambda: all(screen.seen for screen in screens), "a screen has no view")
    writers = Writers(served, range(6), pause=0.3)
    until(lambda: len(writers.kept) > 10, "the writers do not write")
    cluster.stop("immediate")
    with httpx.Client(trust_env=False, timeout=10) as client:
        until(lambda: 503 in writers.answers, "no move was refused", 30)
        refused = served.post(client, 6, uuid.uuid4().hex, "Pendant la panne")
        assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
        assert refused.json()["sentence"].startswith("L’enregistrement a échoué. Rien n’a été enregistré")
        assert client.get(f"{served.url}/healthz").status_code == 200
        ready = client.get(f"{served.url}/readyz")
        assert (ready.status_code, ready.json()["reasons"].keys()) == (503, {"database", "bus"})
        assert ready.json()["reasons"]["database"].startswith("la base de données ne répond pas")
        page = client.get(f"{served.url}/s/")
        assert page.status_code == 200  # it asks the database for nothing
        cluster.start()
        connections.close_all()  # of this process, which other tests use
        until(lambda: client.get(f"{served.url}/readyz").status_code == 200, "it is not ready again", 30)
    kept = len(writers.kept)
    until(lambda: len(writers.kept) > kept + 10, "the writers do not go on")
    writers.stop()
    check_log(served, writers)
    last = max(writers.kept.values())
    until(lambda: all(screen.last >= last for screen in screens), "a screen is behind", 5)
    assert set(writers.answers) <= {200, 201, 503}
    assert "Traceback" not in served.said()
    for screen in screens:
        screen.over.set()


@on_postgresql
def test_whichever_is_asked_shows_the_figures_of_all(served: Several) -> None:
    def figures(client: httpx.Client, query: str = "") -> list[str]:
        return client.get(f"{served.url}/metrics{query}").text.splitlines()

    def streams(lines: list[str]) -> dict[str, float]:
        rows = (line.split() for line in lines if line.startswith(("maillage_streams{", "maillage_streams ")))
        return {name: float(value) for name, value in rows}

    screens = [Screen(served, person) for person in range(6)]
    until(lambda: all(screen.seen for screen in screens), "a screen has no view")
    with httpx.Client(trust_env=False) as client:
        until(lambda: sum(streams(figures(client)).values()) == 6, "the streams are not counted")
        assert streams(figures(client)).keys() == {'maillage_streams{worker="1"}', 'maillage_streams{worker="2"}'}
        until(lambda: streams(figures(client, "?workers=sum")) == {"maillage_streams": 6}, "they do not add up")
        assert served.session["id"] not in "\n".join(figures(client))
    for screen in screens:
        screen.over.set()


@on_postgresql
def test_stopping_ends_streams_at_once_and_answers_what_waits(served: Several) -> None:
    screens = [Screen(served, person) for person in range(6)]
    until(lambda: all(screen.seen for screen in screens), "a screen has no view")
    writers = Writers(served, range(12, 18))
    until(lambda: len(writers.kept) > 20, "the writers do not write")
    for screen in screens:
        screen.over.set()  # they do not come back
    began = time.monotonic()
    served.signal(signal.SIGTERM)
    until(lambda: not any(screen.is_alive() for screen in screens), "a stream stays open", 5)
    streams_took = max(screen.ended_at for screen in screens) - began
    assert served.process.wait(20) == 0
    took = time.monotonic() - began
    writers.over.set()
    check_log(served, writers)
    assert streams_took < 0.5
    assert took < 5
    with socket.socket() as probe, pytest.raises(ConnectionRefusedError):
        probe.connect(("127.0.0.1", served.port))
    served.start()


@on_postgresql
def test_workers_do_not_outlive_their_supervisor(served: Several) -> None:
    workers = list(served.workers().values())
    served.process.kill()
    served.process.wait(10)
    until(lambda: not any(Path(f"/proc/{worker}/cmdline").exists() for worker in workers), "orphans serve")
    served.start()


@on_postgresql
def test_a_renewal_that_cannot_be_prepared_leaves_the_workers_as_they_are(served: Several) -> None:
    before = served.workers()
    static = served.folder / "static"
    static.rename(served.folder / "elsewhere")
    static.write_text("a file where a folder is wanted")
    served.signal(signal.SIGHUP)
    until(lambda: "l’installation n’a pas pu être préparée" in served.said(), "nothing was said")
    assert served.workers() == before
    with httpx.Client(trust_env=False) as client:
        assert client.get(f"{served.url}/healthz").status_code == 200
    static.unlink()
    (served.folder / "elsewhere").rename(static)

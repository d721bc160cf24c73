"""The button « Répétition » and the command: the real server, the page, the erasure, the copy of the data."""

import html
import json
import sqlite3
import time
import uuid
from pathlib import Path

import httpx
import pytest
from django.db import connection
from django.test import Client

from facilitation import REFUSALS
from maillage.config import cli
from maillage.config.commands.rehearse import copy_database
from maillage.live import rehearsal as rehearsing
from maillage.live.models import Move, Session
from maillage.live.outcomes import SENTENCES
from maillage.live.rehearsal import RehearsalRunning, erase_rehearsal, start_rehearsal
from maillage.live.robots import Unreachable
from maillage.live.services import open_session
from maillage.live.signals import released
from maillage.memory.models import PorteurSheet, Takeaway
from maillage.memory.receivers import on_released
from maillage.methods.services import keep_shipped_versions
from maillage.office.models import Job
from maillage.office.queries import is_finished
from maillage.people.enums import SpaceRole
from maillage.people.models import User
from maillage.people.services import give_right
from tests.live.play import make_workshop

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def real(transactional_db: None) -> Session:
    """The day's own session, that no rehearsal may touch."""
    keep_shipped_versions()
    workshop = make_workshop()
    workshop.method = "codev"
    workshop.save(update_fields=["method"])
    return open_session(workshop=workshop, by="essai")


def member(session: Session, role: SpaceRole, email: str = "orga@exemple.invalid") -> User:
    user = User.objects.create_user(email, "Orga")
    give_right(user=user, space=session.gathering.space, role=role, by="essai")
    return user


def wait_for(job: Job) -> Job:
    deadline = time.monotonic() + 120
    while not is_finished(job):
        assert time.monotonic() < deadline
        time.sleep(0.1)  # the job runs in another thread of this process: there is nothing else to wait on
        job.refresh_from_db()
    return job


def test_button_rehearses_in_place_and_erases_in_one_click(server, real, monkeypatch) -> None:
    monkeypatch.setattr(rehearsing, "BUTTON_SPEED", 7200)
    gathering = real.gathering
    client = Client(SERVER_NAME="localhost")
    client.force_login(member(real, SpaceRole.ORGANISER))
    browser = httpx.Client(base_url=server.url, trust_env=False, timeout=30)
    browser.cookies.set("sessionid", client.cookies["sessionid"].value)
    page = f"/rencontres/{gathering.pk}/repetition/"
    with browser:
        assert "Aucune répétition" in browser.get(page).text
        form = {"csrfmiddlewaretoken": browser.cookies["csrftoken"]}
        started = browser.post(page, data=form)
        job = Job.objects.get(kind="rehearsal", about=gathering.pk)
        assert (started.status_code, started.headers["location"]) == (302, f"/travaux/{job.pk}/")
        wait_for(job)
        assert (job.status, job.result["sound"]) == ("done", True), job.result or job.sentence
        shown = browser.get(page).text
        assert "La dernière répétition est réussie" in shown
        assert "0 perdu, 0 doublé" in shown
        assert Takeaway.objects.filter(gathering=gathering, rehearsal=True).count() == 1
        assert PorteurSheet.objects.filter(gathering=gathering).exists()
        for reason in job.result["report"]["refused"]:
            assert f"{reason} " not in shown  # sentences, not the engine's words
        assert "À cette étape, votre rôle ne permet pas cela." in html.unescape(shown)
        erased = browser.post(f"{page}effacement/", data=form)
        assert erased.status_code == 302
        shown = browser.get(page).text
        assert "il n’en reste rien" in html.unescape(shown)
        assert "réussie" not in shown
    assert list(Session.objects.all()) == [real]
    assert not Move.objects.filter(session=real).exists()
    assert not Takeaway.objects.exists()
    assert not PorteurSheet.objects.exists()
    job.refresh_from_db()
    assert job.result["report"]["lost"] == 0  # the report stays


def test_takeaways_of_the_real_day_stay(real) -> None:
    gathering = real.gathering
    kept = Takeaway.objects.create(gathering=gathering, text="Vraie", origin="organiser")
    sheet = PorteurSheet.objects.create(session=real, gathering=gathering, lookup="a", sealed=b"x")
    Takeaway.objects.create(gathering=gathering, text="Robot", origin="organiser", rehearsal=True)
    open_session(workshop=real.workshop, by="essai", rehearsal=True)
    assert erase_rehearsal(gathering=gathering, by="essai") == 1
    assert list(Takeaway.objects.all()) == [kept]
    assert list(PorteurSheet.objects.all()) == [sheet]


def test_two_rehearsals_at_once_are_refused(real, client) -> None:
    job = Job.objects.create(kind="rehearsal", about=real.gathering.pk)
    with pytest.raises(RehearsalRunning):
        start_rehearsal(gathering=real.gathering, by="essai", url="http://127.0.0.1:9")
    with pytest.raises(RehearsalRunning):
        erase_rehearsal(gathering=real.gathering, by="essai")
    client.force_login(member(real, SpaceRole.ORGANISER))
    page = client.get(f"/rencontres/{real.gathering.pk}/repetition/").content.decode()
    assert f"/travaux/{job.pk}/" in page
    assert "Lancer une répétition" not in page


def test_only_organisers_rehearse(real, client) -> None:
    page = f"/rencontres/{real.gathering.pk}/repetition/"
    assert client.get(page).status_code == 302
    client.force_login(member(real, SpaceRole.DESK))
    assert (client.get(page).status_code, client.post(f"{page}effacement/").status_code) == (403, 403)
    client.force_login(User.objects.create_user("ailleurs@exemple.invalid", "Ailleurs"))
    assert client.get(page).status_code == 404
    assert client.get(f"/rencontres/{uuid.uuid4()}/repetition/").status_code == 404


def test_command_plays_against_a_running_server(server, real, capsys) -> None:
    arguments = ["rehearse", "journee", "--url", server.url, "--speed", "7200", "--json"]
    code = cli.main(arguments)
    said = json.loads(capsys.readouterr().out)
    assert (code, said["details"]) == (0, [])
    assert {
        "sessions",
        "seats",
        "accepted",
        "refused",
        "lost",
        "doubled",
        "leaks",
        "bytes",
        "latency_ms",
        "seconds",
    } <= set(said)
    assert (said["sessions"], said["lost"], said["doubled"], said["leaks"]) == (1, 0, 0, 0)
    assert cli.main(["rehearse", "journee", "--erase"]) == 0
    assert "1\N{NO-BREAK SPACE}séance de répétition effacée" in capsys.readouterr().out
    assert list(Session.objects.all()) == [real]


def test_released_sentence_that_never_reaches_the_synthesis_is_lost(server, real, capsys) -> None:
    released.disconnect(dispatch_uid="memory")
    try:
        code = cli.main(["rehearse", "journee", "--url", server.url, "--speed", "7200", "--json"])
    finally:
        released.connect(on_released, dispatch_uid="memory")
    said = json.loads(capsys.readouterr().out)
    assert (code, said["lost"], said["doubled"]) == (1, 1, 0)
    assert "absente de la synthèse" in said["details"][0]


def test_server_that_goes_away_leaves_no_rehearsal(server, real, monkeypatch, capsys) -> None:
    def gone(*_scenes: object, **_options: object) -> None:
        raise Unreachable("Le serveur ne répond pas.")

    monkeypatch.setattr(rehearsing, "play", gone)
    assert cli.main(["rehearse", "journee", "--url", server.url]) == 1
    assert "ne répond pas" in capsys.readouterr().err
    assert list(Session.objects.all()) == [real]


def test_every_reason_of_a_refusal_has_a_sentence() -> None:
    reasons = [*REFUSALS, *SENTENCES, "porte-410", "porte-404", "formulaire", "502"]
    for reason, number in dict.fromkeys(reasons, 3).items():
        (line,) = rehearsing.refusals_in_words({reason: number})
        assert line.startswith("3 fois\u00a0: «\u202f")
        assert line.endswith(".\u202f»")
        assert reason not in line or reason.isdigit()


def test_command_plays_by_codes_alone(server, real, capsys) -> None:
    """A server whose data are elsewhere: the method is recognised by the steps on its screens."""
    codes = ["--code", real.join_code, "--facilitator-code", real.facilitator_code]
    assert cli.main(["rehearse", "ailleurs", "--url", server.url, "--speed", "7200", *codes]) == 0
    assert "La répétition est réussie." in capsys.readouterr().out
    real.refresh_from_db()
    assert real.status == "closed"


def test_command_refuses_in_words(real, capsys) -> None:
    assert cli.main(["rehearse", "inconnue"]) == 1
    assert "inconnue" in capsys.readouterr().err
    assert cli.main(["rehearse", "journee", "--url", "http://127.0.0.1:9"]) == 1
    assert "ne répond pas" in capsys.readouterr().err
    assert list(Session.objects.all()) == [real]  # a dead server leaves no session of robots behind
    assert cli.main(["rehearse", "journee", "--url", "http://127.0.0.1:9", "--code", "KAVU72"]) == 1
    assert "--facilitator-code" in capsys.readouterr().err
    with pytest.raises(SystemExit) as usage:
        cli.main(["rehearse", "journee", "--speed", "0"])
    assert usage.value.code == 2


@pytest.mark.skipif(connection.vendor != "sqlite", reason="la copie est celle de SQLite ; PostgreSQL demande --url")
def test_copy_is_whole_and_leaves_the_data_alone(real, tmp_path: Path, monkeypatch) -> None:
    monkeypatch.setattr("maillage.config.commands.rehearse.prepare_installation", lambda: None)
    folder = tmp_path / "copy"
    folder.mkdir()
    copy_database(folder)
    with sqlite3.connect(folder / "maillage.sqlite3") as copy:
        assert copy.execute("SELECT count(*) FROM live_session").fetchone() == (1,)
        copy.execute("DELETE FROM live_session")
    copy.close()
    assert Session.objects.count() == 1
    assert [path.name for path in folder.iterdir()] == ["maillage.sqlite3"]  # no key of a real session

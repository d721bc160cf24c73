"""A log is read by somebody who looks for a fault: refusals are a line each, faults say all."""

import io
import json
import logging

import pytest
from django.conf import settings
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.handlers.exception import response_for_exception

from maillage.config.logs import PLACE, Json, KeptFile
from maillage.live import handing, seats
from maillage.live.services import open_session
from maillage.people.models import User
from maillage.people.services import make_sign_in_link
from tests.live.play import make_workshop

CANARY = "Quetzal-Bérénice"
pytestmark = pytest.mark.django_db


@pytest.fixture
def said(monkeypatch) -> io.StringIO:
    (console,) = (one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler)
    stream = io.StringIO()
    monkeypatch.setattr(console, "stream", stream)
    return stream


def answer(rf, error: Exception) -> int:
    request = rf.get("/rencontres/")
    request.user = AnonymousUser()
    return response_for_exception(request, error).status_code


def test_a_refusal_is_one_line(rf, said):
    assert answer(rf, PermissionDenied()) == 403
    assert said.getvalue().count("\n") == 1
    assert "/rencontres/" in said.getvalue()


def test_a_fault_keeps_its_traceback_and_not_its_words(rf, said):
    try:
        try:
            raise ValueError("Amel Benali")
        except ValueError as cause:
            raise RuntimeError("« ma voisine ne répond plus »") from cause
    except RuntimeError as fault:
        status = answer(rf, fault)
    assert status == 500
    assert "test_logs.py" in said.getvalue()
    assert "ValueError\n" in said.getvalue()
    assert "RuntimeError\n" in said.getvalue()
    assert "Amel Benali" not in said.getvalue().replace('ValueError("Amel Benali")', "")  # a line of our own code
    assert "voisine" not in said.getvalue().replace('RuntimeError("« ma voisine ne répond plus »")', "")


def test_a_line_for_machines_is_one_object(rf, said, monkeypatch):
    (console,) = (one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler)
    monkeypatch.setattr(console, "formatter", Json())
    monkeypatch.setenv(PLACE, "2")
    try:
        raise RuntimeError(CANARY)
    except RuntimeError as fault:
        answer(rf, fault)
    answer(rf, PermissionDenied())
    fault_line, refusal_line = (json.loads(line) for line in said.getvalue().splitlines())
    assert (fault_line["status"], fault_line["level"], fault_line["worker"]) == (500, "error", 2)
    assert fault_line["error"].endswith("\nRuntimeError")
    assert (refusal_line["status"], "error" in refusal_line) == (403, False)
    assert CANARY not in said.getvalue()


def test_a_database_that_quotes_a_row_is_kept_by_its_code(said):
    class Refused(Exception):
        sqlstate = "23505"

    try:
        raise Refused(f"Key (name)=({CANARY}) already exists.")
    except Refused:
        logging.getLogger("maillage").exception("a page failed")
    assert said.getvalue().endswith("Refused 23505\n")
    assert CANARY not in said.getvalue()


def test_what_opens_a_door_is_in_no_line(client, said, monkeypatch):
    """A sign-in, a code, a seat's link, wrong ones and used ones, with every line kept: none of what opens is there."""
    monkeypatch.setattr(logging.getLogger(), "level", logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("django"), "level", logging.DEBUG)
    monkeypatch.setattr(logging.getLogger("django.db.backends"), "level", logging.WARNING)
    logging.getLogger("django").manager._clear_cache()
    user = User.objects.create_user("zoe@exemple.invalid", name="Zoé Muller")
    link = make_sign_in_link(user=user, base_url="http://testserver")
    token = link.partition("jeton=")[2].partition("&")[0]
    client.get(link.removeprefix("http://testserver"))
    assert client.post("/connexion/lien/", {"jeton": token}).status_code == 302
    for _again in range(2):
        client.post("/deconnexion/")
        assert client.get(link.removeprefix("http://testserver")).status_code == 403
    session = open_session(workshop=make_workshop(), by="essai")
    seat = seats.take_seat(session=session, kind="participant", name="Amel", role="participant", key="a")
    opening = [
        session.join_code,
        session.facilitator_code,
        handing.make_link_token(seat),
        seats.make_projection_token(session.pk),
    ]
    client.get(f"/s/{opening[0]}/x")
    client.get(f"/animer/{opening[1]}/x/")
    client.get(f"/place/{opening[2]}x/")
    client.get(f"/projection/{opening[3]}x/")
    client.post("/s/", {"code": "XEXE99"})
    log = said.getvalue()
    assert log.count("\n") >= 5  # something was said
    cookie = client.cookies["csrftoken"].value if "csrftoken" in client.cookies else "-"
    for secret in (
        token,
        *opening,
        seats.make_ticket(seat).rpartition(":")[2],
        user.password,
        settings.SECRET_KEY,
        cookie[:20] * 2,
    ):
        assert secret not in log


def test_a_file_that_is_turned_loses_no_line_and_stays_its_owners(tmp_path, capsys):
    """As logrotate does it: renamed while two processes write, then made anew."""
    path, turned = tmp_path / "maillage.log", tmp_path / "maillage.log.1"
    first, second = KeptFile(str(path)), KeptFile(str(path))

    def write(handler: KeptFile, words: str) -> None:
        handler.emit(logging.LogRecord("x", logging.WARNING, "", 0, words, (), None))

    write(first, "un")
    write(second, "deux")
    path.rename(turned)
    write(second, "trois")
    write(first, "quatre")
    assert turned.read_text().split() == ["un", "deux"]
    assert path.read_text().split() == ["trois", "quatre"]
    assert {file.stat().st_mode & 0o777 for file in (path, turned)} == {0o600}
    path.unlink()
    tmp_path.rename(tmp_path.with_name("gone"))  # the folder is lost: who writes a line goes on
    write(first, "cinq")
    assert "FileNotFoundError" in capsys.readouterr().err
    first.close()
    second.close()

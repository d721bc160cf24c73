"""The server: its health, its port, its refusals."""

import contextlib
import socket
import threading
import time

import httpx
import pytest

from maillage.config import health
from maillage.config.server import AddressRefused, PortTaken, bind, check_port
from maillage.live import bus, runtime, seats
from maillage.live.enums import SeatKind

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def asked(server):
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        yield client.get


def ready(asked) -> httpx.Response:
    """Once the bus is heard, where there is one."""
    while bus.exists() and not runtime.live().ear.listening:
        time.sleep(0.01)
    return asked("/readyz")


def test_health_says_whether_the_process_lives(asked) -> None:
    answer = asked("/healthz")
    assert (answer.status_code, answer.json()) == (200, {"status": "ok", "committer": True})
    runtime.live().committer.stop()
    answer = asked("/healthz")
    assert (answer.status_code, answer.json()) == (503, {"status": "failing", "committer": False})
    assert "redémarrer" in asked("/readyz").json()["reasons"]["committer"]


def test_ready_when_everything_is(asked) -> None:
    answer = ready(asked)
    assert (answer.status_code, answer.json()) == (200, {"status": "ready", "reasons": {}})


def test_keys_folder_that_cannot_be_made_is_not_ready_and_the_process_lives(asked, settings, tmp_path) -> None:
    file = tmp_path / "a-file"
    file.write_text("")
    settings.KEYS_DIR = file / "keys"
    answer = ready(asked)
    assert (answer.status_code, list(answer.json()["reasons"])) == (503, ["keys"])
    assert asked("/healthz").status_code == 200


def test_tables_of_an_earlier_version_are_not_ready(asked, monkeypatch) -> None:
    monkeypatch.setattr(health, "_tables_are_known", False)
    monkeypatch.setattr(health.MigrationExecutor, "migration_plan", lambda self, targets: ["0099"])
    answer = ready(asked)
    assert (answer.status_code, list(answer.json()["reasons"])) == (503, ["database"])
    assert "tables ne sont pas à jour" in answer.json()["reasons"]["database"]


def test_a_database_that_never_answers_is_said_in_time(asked, monkeypatch) -> None:
    over = threading.Event()
    monkeypatch.setattr(health, "ANSWER_WITHIN", 0.1)
    monkeypatch.setitem(health.CHECKS, "database", lambda: over.wait(10))
    answer = asked("/readyz")
    over.set()
    assert (answer.status_code, "n’a pas répondu" in answer.json()["reasons"]["database"]) == (503, True)


@pytest.mark.parametrize("path", ["/healthz", "/readyz"])
def test_what_machines_ask_names_nobody(asked, session, path) -> None:
    seats.take_seat(session=session, kind=SeatKind.PARTICIPANT, name="Quetzal", role="participant", key="q")
    assert "Quetzal" not in asked(path).text


def test_taken_port_is_said_with_the_way_out() -> None:
    with socket.socket() as other:
        other.bind(("127.0.0.1", 0))
        other.listen()
        port = other.getsockname()[1]
        with pytest.raises(PortTaken) as refusal:
            bind("127.0.0.1", port)
        assert f"Le port {port} est déjà pris" in refusal.value.sentence
        assert f"--port {port + 1}" in refusal.value.sentence
        assert check_port("127.0.0.1", port) == refusal.value.sentence
    assert check_port("127.0.0.1", port) is None


def test_address_of_another_machine_is_refused_in_words() -> None:
    with pytest.raises(AddressRefused) as refusal:
        bind("192.0.2.1", 8000)
    assert "192.0.2.1" in refusal.value.sentence


def test_django_and_live_answer_side_by_side(server) -> None:
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        assert client.get("/s/").status_code == 200
        assert client.get("/live/rien").status_code == 404
        assert client.put("/live/01900000-0000-7000-8000-000000000000/moves").status_code == 405


@pytest.mark.parametrize(
    "said",
    [
        b"",
        b"GET /s/ HTTP/1.1\r\nHost: 127.0.0.1\r\nX-Slow: ",
        b"POST /s/ HTTP/1.1\r\nHost: 127.0.0.1\r\nContent-Length: 500\r\n\r\nname=",
    ],
)
def test_a_line_that_says_half_a_request_is_cut(server, monkeypatch, said: bytes) -> None:
    monkeypatch.setattr("maillage.config.server.HEAD_WITHIN", 0.2)
    monkeypatch.setattr("maillage.config.server.BODY_SILENCE", 0.2)
    host, port = server.url.removeprefix("http://").split(":")
    with socket.create_connection((host, int(port)), timeout=10) as line:
        line.sendall(said)
        with contextlib.suppress(ConnectionResetError):
            assert line.recv(1) == b""

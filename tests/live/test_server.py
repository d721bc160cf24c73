"""The server: its health, its port, its refusals."""

import contextlib
import socket

import httpx
import pytest

from maillage.config.server import AddressRefused, PortTaken, bind, check_port
from maillage.live import runtime

pytestmark = pytest.mark.django_db(transaction=True)


def test_health_says_what_is_wrong(server, tmp_path) -> None:
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        answer = client.get("/healthz")
        assert (answer.status_code, answer.json()) == (
            200,
            {"status": "ok", "database": True, "keys": True, "committer": True},
        )
        runtime.live().committer.stop()
        answer = client.get("/healthz")
        assert (answer.status_code, answer.json()["committer"]) == (503, False)


def test_keys_folder_that_cannot_be_made_is_unhealthy(server, settings, tmp_path) -> None:
    file = tmp_path / "a-file"
    file.write_text("")
    settings.KEYS_DIR = file / "keys"
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        assert client.get("/healthz").json()["keys"] is False


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

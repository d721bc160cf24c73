"""What systemd hands over and is told, without systemd: two processes that speak its protocol."""

import os
import shutil
import signal
import socket
import subprocess
import sys
import time
from pathlib import Path

import httpx
import pytest

from maillage.config import systemd

ROOT = Path(__file__).parents[2]
AS_SYSTEMD = """
import os, sys
os.dup2(int(sys.argv[1]), 3)
os.environ["LISTEN_PID"] = str(os.getpid())
os.execv(sys.executable, [sys.executable, *sys.argv[2:]])
"""


def test_a_socket_that_is_for_another_is_left_alone(monkeypatch) -> None:
    monkeypatch.setenv("LISTEN_FDS", "1")
    monkeypatch.setenv("LISTEN_PID", str(os.getpid() + 1))
    assert systemd.inherited_socket() is None
    monkeypatch.delenv("LISTEN_PID")
    assert systemd.inherited_socket() is None


@pytest.mark.parametrize("address", ["", "/nowhere/at/all"])
def test_nobody_to_announce_to(monkeypatch, address) -> None:
    monkeypatch.setenv("NOTIFY_SOCKET", address)
    systemd.announce("READY=1")  # and nothing happens


def test_the_socket_of_systemd_is_served_and_it_is_told_when(tmp_path, installed) -> None:
    shutil.copytree(installed, tmp_path, dirs_exist_ok=True)
    notified = socket.socket(socket.AF_UNIX, socket.SOCK_DGRAM)
    notified.bind(str(tmp_path / "notify"))
    notified.settimeout(60)
    listener = socket.socket()
    listener.bind(("127.0.0.1", 0))
    listener.listen()
    environment = {name: value for name, value in os.environ.items() if not name.startswith(("MAILLAGE_", "DJANGO_"))}
    environment |= {"MAILLAGE_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT / "src"), "LISTEN_FDS": "1"}
    environment |= {"NOTIFY_SOCKET": str(tmp_path / "notify")}
    early = socket.create_connection(listener.getsockname())  # before anybody serves: it waits, it is not refused
    early.sendall(b"GET /healthz HTTP/1.1\r\nHost: localhost\r\n\r\n")
    command = [sys.executable, "-c", AS_SYSTEMD, str(listener.fileno()), "-m", "maillage", "serve", "--port", "1"]
    process = subprocess.Popen(command, env=environment, pass_fds=(listener.fileno(),))
    assert notified.recv(100) == b"READY=1"
    early.settimeout(20)
    assert early.recv(12) == b"HTTP/1.1 200"
    early.close()
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with httpx.Client(trust_env=False) as client:
        assert client.get(f"{url}/healthz").json()["status"] == "ok"
    began = time.monotonic()
    process.send_signal(signal.SIGTERM)
    assert process.wait(20) == 0
    assert time.monotonic() - began < 15
    listener.close()
    notified.close()

"""`maillage serve --workers N` in processes of its own over a throwaway PostgreSQL, and what a test asks of them."""

import json
import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import TypeVar

import httpx

from tests import postgresql
from tests.live.test_kill import free_port

ROOT = Path(__file__).resolve().parents[2]
THEIRS = ("MAILLAGE_", "DJANGO_", "LISTEN_", "NOTIFY_")  # what a process of ours must not inherit from the suite
PATIENCE = 120.0  # seconds; a process reads the whole application, on a machine others use

T = TypeVar("T")


def until(found: Callable[[], T], what: str, within: float = PATIENCE) -> T:
    """The first true answer of `found`. Other processes are waited for: there is nothing to be woken by."""
    deadline = time.monotonic() + within
    while not (answer := found()):
        assert time.monotonic() < deadline, what
        time.sleep(0.02)
    return answer


class Several:
    def __init__(self, folder: Path, name: str, workers: int = 2, *, people: int = 6, sessions: int = 1) -> None:
        self.folder, self.port = folder, free_port()
        self.url = f"http://127.0.0.1:{self.port}"
        self.front = ""  # of a proxy, when there is one
        self.database = postgresql.cluster().make_database(name, template=postgresql.TEMPLATE)
        self.environment = {key: value for key, value in os.environ.items() if not key.startswith(THEIRS)} | {
            "MAILLAGE_DATA_DIR": str(folder),
            "MAILLAGE_DATABASE_URL": self.database,
            "MAILLAGE_SECRET_KEY": "a secret of these tests only, long enough to be accepted",
            "PYTHONPATH": os.pathsep.join([str(ROOT / "src"), str(ROOT)]),
        }
        made = self._run("-m", "tests.live.serving", "0", str(sessions), str(people), "--only-prepare")
        self.sessions = json.loads(made)
        self.session = self.sessions[0]
        self.log = folder / "serve.log"
        self.start(workers)

    def start(self, workers: int = 2) -> None:
        self.process = self._serve(workers)
        try:
            self.wait_until_ready(workers)
        except AssertionError:
            self.stop()
            raise

    def _run(self, *arguments: str) -> str:
        done = subprocess.run(
            [sys.executable, *arguments], cwd=ROOT, env=self.environment, stdout=subprocess.PIPE, check=True, text=True
        )
        return done.stdout

    def beside(self) -> tuple[int, subprocess.Popen[bytes]]:
        """A second machine, as it were: another port over the same database."""
        port = free_port()
        process = self._serve(1, port)
        with httpx.Client(trust_env=False, timeout=5) as client:
            until(lambda: self._answers(client, port), f"the second does not answer: {self.said()}")
        return port, process

    def _serve(self, workers: int, port: int | None = None) -> subprocess.Popen[bytes]:
        with self.log.open("ab") as log:
            command = ["serve", "--port", str(port or self.port), "--workers", str(workers)]
            return subprocess.Popen(
                [sys.executable, "-m", "maillage", *command], cwd=self.folder, env=self.environment, stderr=log
            )

    def workers(self) -> dict[int, int]:
        """place → process number, of the workers that live now."""
        found: dict[int, int] = {}
        if self.process.poll() is not None:
            return found
        for child in Path(f"/proc/{self.process.pid}/task/{self.process.pid}/children").read_text().split():
            try:
                words = Path(f"/proc/{child}/cmdline").read_bytes().split(b"\0")
            except FileNotFoundError:
                continue
            if b"maillage.config.worker" in words and b"--prepare" not in words:
                found[int(words[-2])] = int(child)
        return found

    def said(self) -> str:
        return self.log.read_text().replace("\u202f", " ").replace("\u00a0", " ")

    def wait_until_ready(self, workers: int) -> None:
        until(lambda: len(self.workers()) == workers, f"the workers did not begin: {self.said()}")
        with httpx.Client(trust_env=False, timeout=5) as client:
            until(lambda: self._answers(client, self.port), f"nobody answers: {self.said()}")

    def _answers(self, client: httpx.Client, port: int) -> bool:
        try:
            return client.get(f"http://127.0.0.1:{port}/readyz").status_code == 200
        except httpx.TransportError:
            return False

    def signal(self, number: signal.Signals) -> None:
        self.process.send_signal(number)

    def cookie(self, person: int, session: int = 0) -> dict[str, str]:
        known = self.sessions[session]
        return {"cookie": f"{known['cookie']}={known['tickets'][person]}"}

    def post(self, client: httpx.Client, person: int, key: str, text: str, session: int = 0) -> httpx.Response:
        return client.post(
            f"{self.front or self.url}/live/{self.sessions[session]['id']}/moves",
            json={"key": key, "kind": "write", "payload": {"kind": "idea", "text": text}},
            headers=self.cookie(person, session),
        )

    def stop(self) -> int:
        if self.process.poll() is None:
            self.signal(signal.SIGTERM)
        try:
            return self.process.wait(30)
        except subprocess.TimeoutExpired:
            self.process.kill()
            raise

"""Phones of a test over several processes: screens that come back, people who write and send again, and a recount."""

import threading
import time
import uuid

import httpx
import psycopg

from tests.live.several import Several


class Screen(threading.Thread):
    """A phone's stream: it comes back where it was as soon as it ends, as ours do, and keeps the numbers it saw."""

    def __init__(self, served: Several, person: int) -> None:
        super().__init__(daemon=True)
        self.served, self.person = served, person
        self.last, self.seen, self.texts = 0, [], ""
        self.openings = self.endings = 0
        self.broken = 0  # streams that were cut rather than ended
        self.ended_at = 0.0
        self.over = threading.Event()
        self.start()

    def run(self) -> None:
        while not self.over.is_set():
            with httpx.Client(trust_env=False, timeout=20) as client:
                try:
                    self._read(client)
                    self.endings += 1
                except httpx.TransportError:
                    self.broken += 1
            self.ended_at = time.monotonic()
            self.over.wait(0.1)

    def _read(self, client: httpx.Client) -> None:
        url = f"{self.served.url}/live/{self.served.session['id']}/stream?after={self.last}"
        with client.stream("GET", url, headers=self.served.cookie(self.person)) as answer:
            if answer.status_code != 200:
                return
            self.openings += 1
            for line in answer.iter_lines():
                if line.startswith("id: "):
                    self.last = int(line[4:])
                    self.seen.append(self.last)
                elif line.startswith("data: "):
                    self.texts = line if 'id="shared"' in line else self.texts
                if self.over.is_set():
                    return


class Writers:
    """Phones that write until told to stop, sending again what was not acknowledged, with the same key."""

    def __init__(self, served: Several, people: range, pause: float = 0.0) -> None:
        self.served, self.pause = served, pause
        self.name = uuid.uuid4().hex[:6]
        self.over = threading.Event()
        self.kept: dict[tuple[int, str], int] = {}
        self.answers: list[int] = []
        self.longest = 0.0
        self.threads = [threading.Thread(target=self._write, args=[person], daemon=True) for person in people]
        for thread in self.threads:
            thread.start()

    def _write(self, person: int) -> None:
        number = 0
        while not self.over.is_set():
            key = f"{self.name}p{person}n{number}"
            began = time.monotonic()
            while not self._sent(person, key):
                if self.over.wait(0.1):
                    return
                if time.monotonic() - began > 60:
                    raise AssertionError("a move was never taken")
            self.longest = max(self.longest, time.monotonic() - began)
            number += 1
            if number >= 30:  # one person has a hundred cards at most, and three tests write
                return
            self.over.wait(self.pause)

    def _sent(self, person: int, key: str) -> bool:
        with httpx.Client(trust_env=False, timeout=40, verify=False) as client:
            try:
                answer = self.served.post(client, person, key, f"texte-{key}-")
            except httpx.TransportError:
                self.answers.append(0)
                return False
        self.answers.append(answer.status_code)
        if answer.status_code in (200, 201):
            self.kept[person, key] = answer.json()["number"]
            return True
        return False

    def stop(self) -> None:
        self.over.set()
        for thread in self.threads:
            thread.join(60)
            assert not thread.is_alive()


def check_log(served: Several, writers: Writers) -> None:
    """Every acknowledged move is there once, under the number that was said. The table itself is read, not our code."""
    with psycopg.connect(served.database) as database:
        rows = database.execute(
            "SELECT number, key FROM live_move WHERE session_id = %s ORDER BY number", [served.session["id"]]
        ).fetchall()
    numbers = [number for number, _key in rows]
    assert numbers == list(range(1, len(rows) + 1))
    stored = {key: number for number, key in rows}
    for (_person, key), number in writers.kept.items():
        assert stored[key] == number
        assert sum(1 for _number, other in rows if other == key) == 1

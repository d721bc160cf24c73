"""A server that must erase before anybody reads answers at once, and shows nothing until it is done."""

import socket
import time

import httpx
import pytest

from maillage.config.closed_door import behind_closed_door
from tests.browser.house import free_port


def ask(port: int, method: str, path: str) -> httpx.Response:
    """Once the door is open."""
    deadline = time.monotonic() + 20
    with httpx.Client(trust_env=False, timeout=5) as client:
        while True:
            try:
                return client.request(method, f"http://127.0.0.1:{port}{path}")
            except httpx.ConnectError:
                assert time.monotonic() < deadline, "nobody answers"


def test_the_address_answers_while_what_is_due_is_erased_then_is_free() -> None:
    port, answers = free_port(), []

    def erase() -> None:
        for method, path in (("GET", "/rencontres/"), ("POST", "/live/x/moves"), ("GET", "/healthz"), ("HEAD", "/")):
            answers.append(ask(port, method, path))

    behind_closed_door(erase, host="127.0.0.1", port=port, patience=0)
    assert [answer.status_code for answer in answers] == [503] * 4
    assert "durée de conservation" in answers[0].text
    assert (answers[0].headers["Retry-After"], answers[0].headers["Cache-Control"]) == ("10", "no-store")
    with socket.socket() as ours:
        ours.setsockopt(socket.SOL_SOCKET, socket.SO_REUSEADDR, 1)
        ours.bind(("127.0.0.1", port))


def test_work_that_is_short_opens_no_door_and_a_fault_is_raised() -> None:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        port = taken.getsockname()[1]
        done: list[int] = []
        behind_closed_door(lambda: done.append(1), host="127.0.0.1", port=port)
        behind_closed_door(lambda: done.append(2), host="127.0.0.1", port=port, patience=0)  # taken: no door, no fault
        assert done == [1, 2]

    def fail() -> None:
        raise OSError("disk full")

    with pytest.raises(OSError, match="disk full"):
        behind_closed_door(fail, host="127.0.0.1", port=free_port())

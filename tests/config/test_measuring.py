"""/metrics: who may read it, and what it says of several processes."""

import asyncio
import json
import os
import time

import pytest

from maillage.config import measuring
from maillage.config.logs import PLACE
from maillage.config.supervisor import FIGURES
from maillage.live import figures

HERE, ELSEWHERE = ("127.0.0.1", 5000), ("192.0.2.7", 5000)


def ask(*, client=HERE, query: bytes = b"", **headers: str) -> tuple[int, str]:
    sent = []

    async def send(event) -> None:
        sent.append(event)

    named = [(name.replace("_", "-").encode(), value.encode()) for name, value in headers.items()]
    scope = {"headers": named, "client": client, "query_string": query}
    asyncio.run(measuring.application(scope, None, send))
    return sent[0]["status"], sent[1]["body"].decode()


@pytest.mark.parametrize(
    ("client", "headers", "status"),
    [
        (HERE, {}, 200),
        (("::1", 5000), {}, 200),
        (ELSEWHERE, {}, 403),
        (None, {}, 403),
        (HERE, {"x_forwarded_for": "127.0.0.1"}, 403),  # a proxy of this machine, for somebody of elsewhere
        (HERE, {"forwarded": "for=127.0.0.1"}, 403),
        (HERE, {"host": "127.0.0.1:8000"}, 200),
        (HERE, {"host": "[::1]:8000"}, 200),
        (HERE, {"host": "ailleurs.invalid:8000"}, 403),  # a page of elsewhere that points its own name at this machine
        (HERE, {"authorization": "Bearer "}, 200),
        (ELSEWHERE, {"authorization": "Bearer "}, 403),
    ],
)
def test_this_machine_reads_them_and_nobody_else(client, headers, status) -> None:
    answer, text = ask(client=client, **headers)
    assert answer == status
    assert ("maillage_streams_opened" in text or "# TYPE" in text) == (status == 200)


@pytest.mark.parametrize(
    ("client", "given", "status"),
    [
        (ELSEWHERE, "Bearer un-jeton-assez-long", 200),
        (ELSEWHERE, "Bearer un-jeton-assez-lonG", 403),
        (ELSEWHERE, "", 403),
        (HERE, "", 403),  # once there is a token, it is asked of everybody
    ],
)
def test_with_a_token_who_has_it_reads(settings, client, given, status) -> None:
    settings.METRICS_TOKEN = "un-jeton-assez-long"
    assert ask(client=client, authorization=given)[0] == status


def test_one_process_answers_for_all(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(FIGURES, str(tmp_path))
    monkeypatch.setenv(PLACE, "1")
    snapshot = figures.registry.snapshot()
    snapshot["maillage_flushes_total"]["rows"] = [[[], 1000.0]]
    (tmp_path / "2.json").write_text(json.dumps(snapshot))
    (tmp_path / "3.json").write_text(json.dumps(snapshot))
    os.utime(tmp_path / "3.json", (time.time() - 60,) * 2)  # of a process that is gone
    (tmp_path / "4.json").write_text("{half")
    own = figures.flushes.value()
    _status, side_by_side = ask()
    assert f'maillage_flushes_total{{worker="1"}} {own:.0f}\n' in side_by_side
    assert 'maillage_flushes_total{worker="2"} 1000\n' in side_by_side
    assert 'worker="3"' not in side_by_side
    assert 'worker="4"' not in side_by_side
    _status, added_up = ask(query=b"workers=sum")
    assert f"maillage_flushes_total {own + 1000:.0f}\n" in added_up


def test_a_process_keeps_its_figures_for_the_others(tmp_path, monkeypatch) -> None:
    monkeypatch.setenv(FIGURES, str(tmp_path))
    monkeypatch.setenv(PLACE, "2")

    async def once() -> None:
        task = asyncio.create_task(measuring.keep_figures())
        while not (tmp_path / "2.json").exists():
            await asyncio.sleep(0.01)
        task.cancel()

    asyncio.run(once())
    assert json.loads((tmp_path / "2.json").read_text()).keys() == figures.registry.snapshot().keys()

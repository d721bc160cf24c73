"""What may be done so often: counted by place, by link, in several processes, in a table that does not grow."""

import multiprocessing
import os

import pytest

from maillage.lib import rates
from maillage.lib.rates import MAILBOX, ROW, ROWS, SALT, SIZE, SLOT, Rate, Table, place_of


class Clock:
    now = 1_000.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def rate():
    clock = Clock()
    made = Rate("essai", 3, 600, MAILBOX, clock=clock)
    yield made, clock
    del rates.RATES["essai"]


def test_so_many_times_then_one_waits_and_may_again(rate):
    made, clock = rate
    assert [made.wait("a") for _time in range(3)] == [0, 0, 0]
    clock.now += 100
    assert (made.wait("a"), made.wait("b")) == (500, 0)
    clock.now += 500
    assert made.wait("a") == 0


def test_a_subscriber_holds_a_whole_network_of_ipv6():
    assert place_of("2001:db8:0:1::7") == place_of("2001:db8:0:1:ffff::1") != place_of("2001:db8:0:2::7")
    assert place_of("192.0.2.1") == "192.0.2.1" == place_of("::ffff:192.0.2.1")  # --host ::
    assert place_of("::ffff:192.0.2.2") != place_of("::ffff:192.0.2.1")
    assert place_of("") == ""


def test_who_comes_from_a_million_places_makes_it_no_larger_and_frees_nobody_who_waits(monkeypatch):
    monkeypatch.setattr(rates, "ROWS", 64)
    table = Table()
    for _time in range(9):
        table.add("guesser", now=0.0, window=600)
    for number in range(ROW * 64 * 4):  # shorter, so nearer to being forgiven
        table.add(f"crowd {number}", now=0.0, window=60)
    assert table.count("guesser", now=1.0) == (9, 600)
    assert len(table._memory) == SIZE == SALT + ROW * ROWS * SLOT.size < 1_000_000


def _try(folder: str, many: int, found: "multiprocessing.Queue[int]") -> None:
    os.environ[rates.FOLDER] = folder
    table = Table()
    found.put(sum(table.add("a place", now=1.0, window=600, most=50)[0] < 50 for _time in range(many)))


def test_several_processes_count_together(tmp_path, monkeypatch):
    monkeypatch.setenv(rates.FOLDER, str(tmp_path))
    context = multiprocessing.get_context("fork")
    found = context.Queue()
    workers = [context.Process(target=_try, args=(str(tmp_path), 40, found)) for _each in range(3)]
    for worker in workers:
        worker.start()
    for worker in workers:
        worker.join(20)
    assert sum(found.get(timeout=5) for _each in workers) == 50  # of 120 tries, as if there were one
    assert (tmp_path / "counts").stat().st_mode & 0o077 == 0
    assert b"a place" not in (tmp_path / "counts").read_bytes()

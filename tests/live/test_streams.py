"""Streams and polling, against the real server."""

import asyncio
import re
import socket
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from maillage.live import figures, runtime, seats
from maillage.live import hub as hub_module
from maillage.live.committer import Submitted
from maillage.live.hub import SEAT_STREAMS, Message
from maillage.live.models import Seat
from maillage.live.services import erase_session
from tests.live.conftest import RunningServer

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.fixture
def lead(phone):
    lead = phone("Lise", role="facilitator")
    assert lead.move("open").status_code == 201
    return lead


@pytest.fixture
def amel(lead, phone):
    return phone("Amel")


def test_stream_gives_the_whole_view_then_what_changes(amel, phone, session) -> None:
    bruno = phone("Bruno")
    with amel.stream() as events:
        first = events.next()
        assert first["event"] == "view"
        assert int(first["id"]) == 4
        assert '<section id="shared"' in first["data"]
        assert '<section id="own"' in first["data"]
        assert bruno.write("De Bruno").status_code == 201
        news = events.until("De Bruno")
        assert int(news["id"]) == 5
        assert '<section id="own"' not in news["data"]  # nothing of Amel's own changed


def test_a_server_that_has_not_heard_of_it_yet_does_not_turn_the_screen_back(amel, phone, session) -> None:
    """The phone saw number 5 on another server; this one is at 4 still."""
    bruno = phone("Bruno")
    rooms = runtime.live().rooms
    earlier = rooms.get(session.id)
    assert bruno.write("Déjà vu").json()["number"] == 5
    rooms._rooms[session.id] = earlier
    with amel.stream(after=5) as events:
        assert bruno.write("Nouveau").json()["number"] == 6
        news = events.next()
    assert int(news["id"]) == 6
    assert "Déjà vu" in news["data"]


def test_own_part_comes_to_its_seat_only(amel, phone) -> None:
    with amel.stream() as events:
        events.next()
        assert amel.write("De moi").status_code == 201
        assert '<section id="own"' in events.until("De moi")["data"]


def test_catch_up_by_last_event_id(amel, phone) -> None:
    bruno = phone("Bruno")
    with amel.stream() as events:
        last = events.next()["id"]
    assert bruno.write("Pendant l’absence").status_code == 201
    with amel.stream(last_event_id=last) as events:
        message = events.next()
        assert "Pendant l’absence" in message["data"]
        assert int(message["id"]) == int(last) + 1


def test_page_that_is_up_to_date_gets_nothing_but_a_sign_of_life(amel, phone) -> None:
    with amel.stream(after=3) as events:
        assert next(events._lines).startswith(":")
        assert phone("Bruno").write("Nouveau").status_code == 201
        assert "Nouveau" in events.until("Nouveau")["data"]


def test_polling(amel, session) -> None:
    with amel.stream() as events:
        number = int(events.next()["id"])
    nothing = amel.client.get(f"/live/{session.id}/since/{number}")
    assert (nothing.status_code, nothing.content, nothing.headers["x-number"]) == (204, b"", str(number))
    assert amel.write("Du neuf").status_code == 201
    html = amel.client.get(f"/live/{session.id}/since/{number}")
    assert html.status_code == 200
    assert html.headers["x-number"] == str(number + 1)
    assert html.headers["content-type"] == "text/html; charset=utf-8"
    assert html.text.startswith('<section id="shared"')
    events = amel.client.get(f"/live/{session.id}/since/{number}", headers={"accept": "text/event-stream"})
    assert events.headers["content-type"].startswith("text/event-stream")
    assert events.text.startswith(f"id: {number + 1}\nevent: view\ndata: <section")


def test_stream_without_a_seat_is_refused(amel, session) -> None:
    amel.client.cookies.clear()
    for path in ("stream", "since/0"):
        assert amel.client.get(f"/live/{session.id}/{path}").status_code == 403


def test_revoked_seat_loses_its_stream(amel) -> None:
    with amel.stream() as events:
        events.next()
        seats.revoke_seat(seat=Seat.objects.get(id=amel.seat.id))
        assert events.next() == {}  # the answer ended
    assert amel.client.get(f"/live/{amel.session.id}/stream").status_code == 403


def test_erased_session_ends_its_streams(amel, session) -> None:
    with amel.stream() as events:
        events.next()
        erase_session(session=session, by="organisation")
        assert events.next() == {}


def test_hundred_moves_make_few_frames(amel, phone, lead) -> None:
    """Four updates a second at most, and the last is the truth."""
    writers = [phone(f"P{n}") for n in range(4)]
    with amel.stream() as events:
        events.next()
        began = time.monotonic()
        with ThreadPoolExecutor(4) as pool:
            answers = list(pool.map(lambda n: writers[n % 4].write(f"vote {n}", key=f"v{n}"), range(100)))
        assert {answer.status_code for answer in answers} == {201}
        last = max(answer.json()["number"] for answer in answers)
        frames = 0
        while True:
            message = events.next()
            frames += 1
            if int(message["id"]) == last:
                break
        took = time.monotonic() - began
    assert all(f"vote {n}<" in message["data"] for n in range(100))
    assert frames <= took / 0.25 + 2


def test_equal_audiences_get_the_same_bytes(phone, lead) -> None:
    amel, bruno = phone("Amel"), phone("Bruno")
    with amel.stream() as one, bruno.stream() as two, lead.stream() as three:
        for events in (one, two, three):
            events.next()
        assert phone("Chloé").write("Pour tous").status_code == 201
        first, second, third = (events.until("Pour tous") for events in (one, two, three))
    assert first == second
    assert first != third


def test_state_outlives_the_process(amel, server, session) -> None:
    assert amel.write("Avant l’arrêt").status_code == 201
    server.stop()
    runtime._live = None  # a new process has no memory
    again = RunningServer().start()
    try:
        amel.client.base_url = again.url
        with amel.stream() as events:
            assert "Avant l’arrêt" in events.next()["data"]
        assert amel.write("Après").json()["number"] == 5
    finally:
        again.stop()
        server.stop = lambda: None


def test_moves_of_another_process_arrive(amel, session) -> None:
    """A command stores through its own committer; the server notices within a second or so."""
    with amel.stream() as events:
        events.next()
        other = runtime.Live()
        outcome = other.committer.submit(
            Submitted(session.id, amel.seat.id, "write", {"kind": "idea", "text": "D’ailleurs"}, "other")
        )
        assert outcome.status == 201
        assert "D’ailleurs" in events.until("D’ailleurs")["data"]
    assert amel.write("D’ici").json()["number"] == outcome.number + 1


def _slow_line(phone, session) -> socket.socket:
    """A stream whose phone has room for hardly anything."""
    host, port = "127.0.0.1", phone.client.base_url.port
    cookie = "; ".join(f"{name}={value}" for name, value in phone.cookies.items())
    slow = socket.socket()
    slow.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 4096)
    slow.settimeout(20)
    slow.connect((host, port))
    slow.sendall(f"GET /live/{session.id}/stream HTTP/1.1\r\nHost: {host}\r\nCookie: {cookie}\r\n\r\n".encode())
    assert slow.recv(12) == b"HTTP/1.1 200"
    return slow


def test_phone_that_reads_slowly_is_never_dropped_and_ends_right(amel, phone, session, monkeypatch) -> None:
    """It is given fewer views than the others, and the last one: on one and the same connection."""
    monkeypatch.setattr(hub_module, "PATIENCE", 0.8)  # less than what it takes to read one view
    slow, pause = _slow_line(amel, session), threading.Event()
    received = bytearray()

    def sip() -> None:
        while b"LA DERNIERE" not in received and (part := slow.recv(1_024)):
            received.extend(part)
            pause.wait(0.015)  # 68 kB a second at the very most

    spared = figures.spared.value()
    bruno = phone("Bruno")
    writers = [bruno, *(phone(f"P{n}") for n in range(4))]  # one person has a hundred cards at most
    with ThreadPoolExecutor(1) as pool, bruno.stream() as events:
        sipping = pool.submit(sip)
        for number in range(140):
            assert writers[number % 5].write(f"{number} " + "long " * 90).status_code == 201
            if number % 4 == 0:
                events.until(f"{number} long")
        assert writers[0].write("LA DERNIERE").status_code == 201
        events.until("LA DERNIERE")
        sipping.result(60)
        assert runtime.live().hub.count(session.id) == 2
    assert figures.spared.value() > spared  # how many depends on how fast the machine writes
    assert received.count(b"event: view") > 1
    assert int(re.findall(rb"id: (\d+)\n", received)[-1]) == runtime.live().rooms.load(session.id).number
    slow.close()


def test_phone_that_does_not_read_is_dropped_and_comes_back(amel, phone, session, monkeypatch) -> None:
    """It never holds the others: its connection is cut, and its next one gets the whole view."""
    monkeypatch.setattr(hub_module, "PATIENCE", 0.3)
    slow = _slow_line(amel, session)
    hub = runtime.live().hub
    bruno = phone("Bruno")
    writers = [bruno, *(phone(f"P{n}") for n in range(4))]  # one person has a hundred cards at most
    with bruno.stream() as events:
        assert hub.count(session.id) == 2
        for number in range(400):
            if hub.count(session.id) == 1:
                break
            assert writers[number % 5].write(f"{number} " + "long " * 90).status_code == 201
            if number % 4 == 0:
                events.until(f"{number} long")
        assert hub.count(session.id) == 1
    slow.close()
    with amel.stream() as events:
        assert f"{number - 1} long" in events.next()["data"]


def _open_lines(phone, session, number: int) -> list[socket.socket]:
    cookie = "; ".join(f"{name}={value}" for name, value in phone.cookies.items())
    request = f"GET /live/{session.id}/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode()
    lines = []
    for _line in range(number):
        line = socket.create_connection(("127.0.0.1", phone.client.base_url.port), timeout=10)
        line.sendall(request)
        assert line.recv(12) == b"HTTP/1.1 200"
        lines.append(line)
    return lines


def _read_to_the_end(line: socket.socket) -> None:
    """Until the last chunk of the answer, or the end of the line."""
    last = b""
    while not last.endswith(b"\r\n0\r\n\r\n") and (read := line.recv(65536)):
        last = (last + read)[-16:]


def test_the_oldest_page_of_a_seat_gives_way_to_the_newest(amel, phone, session) -> None:
    other = _open_lines(phone("Bilal"), session, 1)
    lines = _open_lines(amel, session, SEAT_STREAMS + 1)
    assert runtime.live().hub.count(session.id) == SEAT_STREAMS + 1  # the other seat keeps its page
    _read_to_the_end(lines[0])
    lines[-1].settimeout(0.5)
    with pytest.raises(TimeoutError):  # it stays open
        _read_to_the_end(lines[-1])
    for line in lines + other:
        line.close()


def test_hundred_open_streams_end_fast(server, phone, session) -> None:
    lines = [line for name in ("Amel", "Bilal", "Chloé", "Dounia") for line in _open_lines(phone(name), session, 25)]
    assert runtime.live().hub.count(session.id) == 100
    began = time.monotonic()
    server.stop()
    took = time.monotonic() - began
    server.stop = lambda: None
    for line in lines:
        _read_to_the_end(line)
        line.close()
    assert took < 1.0


@pytest.mark.skipif(sys.platform != "linux", reason="le noyau Linux seul borne ce qui attend")
def test_what_waits_for_a_phone_that_reads_nothing_is_bounded(amel, session) -> None:
    """The system would take megabytes for it before the first sign: 64 kB beyond what the phone itself has room for."""
    line = socket.socket()
    line.setsockopt(socket.SOL_SOCKET, socket.SO_RCVBUF, 65_536)
    line.connect(("127.0.0.1", amel.client.base_url.port))
    cookie = "; ".join(f"{name}={value}" for name, value in amel.cookies.items())
    line.sendall(f"GET /live/{session.id}/stream HTTP/1.1\r\nHost: 127.0.0.1\r\nCookie: {cookie}\r\n\r\n".encode())
    assert line.recv(12) == b"HTTP/1.1 200"
    here = runtime.live()
    (stream,) = here.hub._channels[session.id].streams
    sent, done = 0, threading.Event()

    async def fill() -> None:
        nonlocal sent
        while here.hub._takes(stream) and sent < 20_000_000:
            here.hub._push(stream, Message.of(b": " + b"x" * 16_000 + b"\n\n"))
            sent += 16_000
            await asyncio.sleep(0.001)  # the system takes what it can
        done.set()

    here._call(lambda: here._begin(fill()))
    assert done.wait(60)
    assert stream.open
    line.close()
    assert sent < 600_000  # 4 MB without the bound, 0.3 with it

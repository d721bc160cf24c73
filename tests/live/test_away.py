"""A database that is away is nobody’s fault: a refusal that says to try again, one line of the log, no traceback."""

import json
import logging

import httpx
import pytest
from django.db import InterfaceError, OperationalError, ProgrammingError

from maillage.lib.system_errors import database_is_away
from maillage.live import asgi, figures, log, runtime, seats

pytestmark = pytest.mark.django_db(transaction=True)
CANARY = "-".join(["quetzal", "bleu"])  # a traceback shows source lines: the word is in none


def caused(error: Exception, **said: object) -> Exception:
    """As Django wraps what the driver raised."""
    cause = Exception(CANARY)
    for name, value in said.items():
        setattr(cause, name, value)
    error.__cause__ = cause
    return error


@pytest.mark.parametrize(
    ("error", "away"),
    [
        (caused(OperationalError(), sqlite_errorcode=5), True),  # locked
        (caused(OperationalError(), sqlite_errorcode=13), True),  # full
        (caused(OperationalError(), sqlite_errorcode=10 | (3 << 8)), True),  # SQLITE_IOERR_WRITE
        (caused(OperationalError(), sqlite_errorcode=1), False),  # no such table: ours
        (caused(OperationalError(), sqlstate="57P01"), True),  # PostgreSQL was told to stop
        (caused(OperationalError(), sqlstate="53100"), True),  # its disk is full
        (caused(OperationalError(), sqlstate="55P03"), True),  # a row is held
        (caused(ProgrammingError(), sqlstate="42703"), False),  # no such column: ours
        (caused(OperationalError(), sqlstate=None), True),  # nobody at this address
        (caused(InterfaceError()), True),  # the connection is closed
        (ValueError("not of a database"), False),
        (OSError("not of a database"), False),
    ],
)
def test_what_is_away_and_what_is_our_fault(error, away) -> None:
    assert database_is_away(error) is away


@pytest.fixture
def amel(phone):
    lead = phone("Lise", role="facilitator")
    assert lead.move("open").status_code == 201
    return phone("Amel")


def gone(*_arguments: object, **_named: object) -> None:
    raise caused(OperationalError(CANARY), sqlstate="57P03")


def test_a_stream_and_a_question_are_refused_and_asked_again(amel, monkeypatch, caplog) -> None:
    before = figures.unavailable.value()
    monkeypatch.setattr(asgi, "_known_session", gone)
    monkeypatch.setattr(seats, "_known", {})
    monkeypatch.setattr(runtime.live().rooms, "_rooms", {})
    for path in ("stream", "since/0"):
        answer = amel.client.get(f"/live/{amel.session.id}/{path}")
        assert (answer.status_code, answer.headers["retry-after"], answer.json()["reason"]) == (503, "2", "no-database")
        assert "ne joint plus sa base" in answer.json()["sentence"]
    assert figures.unavailable.value() == before + 2
    assert "Traceback" not in caplog.text
    assert CANARY not in caplog.text


@pytest.mark.parametrize("code", [5, 13], ids=["locked", "full"])
def test_a_move_that_cannot_be_stored_is_refused_and_taken_once_later(amel, monkeypatch, caplog, code) -> None:
    with monkeypatch.context() as broken:
        error = caused(OperationalError(CANARY), sqlite_errorcode=code, sqlstate="53100" if code == 13 else "55P03")

        def append(*_arguments: object) -> None:
            raise error

        broken.setattr(log, "append", append)
        refused = amel.write(f"Une idée {CANARY}", key="one")
    assert (refused.status_code, refused.headers["retry-after"]) == (503, "2")
    assert refused.json()["sentence"].startswith("L’enregistrement a échoué. Rien n’a été enregistré")
    again = [amel.write(f"Une idée {CANARY}", key="one") for _time in range(2)]
    assert [answer.status_code for answer in again] == [201, 200]
    assert again[0].json()["number"] == again[1].json()["number"]
    assert CANARY not in caplog.text
    assert "Traceback" not in caplog.text


def test_a_page_says_it_and_the_log_has_one_line(server, monkeypatch) -> None:
    lines = Lines()
    logging.getLogger().addHandler(lines)
    monkeypatch.setattr("maillage.live.queries.session_by_join_code", gone)
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        answer = client.get("/s/KAVU72/")
    logging.getLogger().removeHandler(lines)
    assert (answer.status_code, answer.headers["retry-after"]) == (503, "2")
    assert "Le serveur reprend son souffle" in answer.text
    assert CANARY not in answer.text
    assert [record.levelname for record in lines.records] == ["ERROR"]


def test_a_fault_of_ours_stays_one(server, monkeypatch) -> None:
    def faulty(*_arguments: object) -> None:
        raise KeyError(CANARY)

    monkeypatch.setattr("maillage.live.queries.session_by_join_code", faulty)
    with httpx.Client(base_url=server.url, trust_env=False) as client:
        answer = client.get("/s/KAVU72/")
    assert answer.status_code == 500
    assert "Une erreur de notre côté" in answer.text


class Lines(logging.Handler):
    def __init__(self) -> None:
        super().__init__()
        self.records: list[logging.LogRecord] = []

    def emit(self, record: logging.LogRecord) -> None:
        self.records.append(record)


def test_nothing_a_person_typed_is_ever_in_a_log(server, phone, session, settings, monkeypatch) -> None:
    """A room that writes, refuses, fails; at the most talkative level, as both forms of a line would have it."""
    from maillage.config.logs import BriefRefusals, Json, Plain, WithoutLinks

    lines = Lines()
    root, levels = logging.getLogger(), {}
    for name in ("", "maillage", "django", "uvicorn", "uvicorn.error", "asyncio", "django.db.backends"):
        levels[name] = logging.getLogger(name).level
        logging.getLogger(name).setLevel(logging.DEBUG if name != "django.db.backends" else logging.INFO)
    root.addHandler(lines)
    try:
        lead = phone("Lise", role="facilitator")
        lead.move("open")
        named = phone(CANARY)
        assert named.write(f"texte {CANARY}").status_code == 201
        assert named.move("write", {"kind": CANARY, "text": CANARY}).status_code == 409
        assert named.move(CANARY[:20], {"text": CANARY}).status_code == 409
        named.client.post(f"/live/{session.id}/moves", content=b"{" + CANARY.encode())
        named.client.get(f"/s/{CANARY}/")
        with monkeypatch.context() as broken:
            broken.setattr(log, "append", gone)
            assert named.write(f"encore {CANARY}").status_code == 503
        with monkeypatch.context() as broken:
            broken.setattr("maillage.live.committer.apply", lambda state, move: 1 / 0)
            assert named.write(f"panne {CANARY}").status_code == 500
        with named.stream() as events:
            assert CANARY in events.next()["data"]  # it is in the room: there was something to leak
    finally:
        root.removeHandler(lines)
        for name, level in levels.items():
            logging.getLogger(name).setLevel(level)
    written = ""
    for record in lines.records:
        if WithoutLinks().filter(record) and BriefRefusals().filter(record):
            written += Plain().format(record) + "\n" + Json().format(record) + "\n"
            assert json.loads(Json().format(record))
    assert "were not stored" in written
    assert "the engine failed" in written
    assert CANARY not in written

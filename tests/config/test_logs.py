"""A log is read by somebody who looks for a fault: refusals are a line each, faults say all."""

import io
import json
import logging

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.handlers.exception import response_for_exception

from maillage.config.logs import PLACE, Json

CANARY = "Quetzal-Bérénice"
pytestmark = pytest.mark.django_db


@pytest.fixture
def said(monkeypatch) -> io.StringIO:
    (console,) = (one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler)
    stream = io.StringIO()
    monkeypatch.setattr(console, "stream", stream)
    return stream


def answer(rf, error: Exception) -> int:
    request = rf.get("/rencontres/")
    request.user = AnonymousUser()
    return response_for_exception(request, error).status_code


def test_a_refusal_is_one_line(rf, said):
    assert answer(rf, PermissionDenied()) == 403
    assert said.getvalue().count("\n") == 1
    assert "/rencontres/" in said.getvalue()


def test_a_fault_keeps_its_traceback_and_not_its_words(rf, said):
    try:
        try:
            raise ValueError("Amel Benali")
        except ValueError as cause:
            raise RuntimeError("« ma voisine ne répond plus »") from cause
    except RuntimeError as fault:
        status = answer(rf, fault)
    assert status == 500
    assert "test_logs.py" in said.getvalue()
    assert "ValueError\n" in said.getvalue()
    assert "RuntimeError\n" in said.getvalue()
    assert "Amel Benali" not in said.getvalue().replace('ValueError("Amel Benali")', "")  # a line of our own code
    assert "voisine" not in said.getvalue().replace('RuntimeError("« ma voisine ne répond plus »")', "")


def test_a_line_for_machines_is_one_object(rf, said, monkeypatch):
    (console,) = (one for one in logging.getLogger().handlers if type(one) is logging.StreamHandler)
    monkeypatch.setattr(console, "formatter", Json())
    monkeypatch.setenv(PLACE, "2")
    try:
        raise RuntimeError(CANARY)
    except RuntimeError as fault:
        answer(rf, fault)
    answer(rf, PermissionDenied())
    fault_line, refusal_line = (json.loads(line) for line in said.getvalue().splitlines())
    assert (fault_line["status"], fault_line["level"], fault_line["worker"]) == (500, "error", 2)
    assert fault_line["error"].endswith("\nRuntimeError")
    assert (refusal_line["status"], "error" in refusal_line) == (403, False)
    assert CANARY not in said.getvalue()


def test_a_database_that_quotes_a_row_is_kept_by_its_code(said):
    class Refused(Exception):
        sqlstate = "23505"

    try:
        raise Refused(f"Key (name)=({CANARY}) already exists.")
    except Refused:
        logging.getLogger("maillage").exception("a page failed")
    assert said.getvalue().endswith("Refused 23505\n")
    assert CANARY not in said.getvalue()

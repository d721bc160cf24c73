"""A log is read by somebody who looks for a fault: refusals are a line each, faults say all."""

import io
import logging

import pytest
from django.contrib.auth.models import AnonymousUser
from django.core.exceptions import PermissionDenied
from django.core.handlers.exception import response_for_exception

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


def test_a_fault_keeps_its_traceback(rf, said):
    try:
        raise RuntimeError("cassé")
    except RuntimeError as fault:
        status = answer(rf, fault)
    assert status == 500
    assert "RuntimeError: cassé" in said.getvalue()

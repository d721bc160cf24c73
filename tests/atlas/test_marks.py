"""A mark is never waited for by whoever holds rows that others may want."""

import threading

import pytest
from django.db import connection, transaction

from maillage.atlas.marks import TERRITORIES, change_mark
from maillage.atlas.models import Mark

pytestmark = pytest.mark.django_db(transaction=True)


@pytest.mark.skipif("connection.vendor != 'postgresql'", reason="SQLite a un seul qui écrit : rien ne s’y attend")
def test_mark_that_another_changes_is_changed_again_after_our_commit():
    change_mark(TERRITORIES)
    before = Mark.objects.get(pk=TERRITORIES).value
    held, done = threading.Event(), threading.Event()

    def hold() -> None:
        try:
            with transaction.atomic():
                Mark.objects.select_for_update().get(pk=TERRITORIES)
                held.set()
                done.wait(20)
        finally:
            connection.close()

    other = threading.Thread(target=hold)
    other.start()
    assert held.wait(20)
    try:
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL lock_timeout = '2s'")  # whoever would wait fails instead
            change_mark(TERRITORIES)
            assert Mark.objects.get(pk=TERRITORIES).value == before
            done.set()
            other.join(20)
    finally:
        done.set()
    assert Mark.objects.get(pk=TERRITORIES).value != before

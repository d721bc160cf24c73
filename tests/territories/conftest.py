from collections.abc import Iterator

import pytest
from django.db import transaction

from maillage.territories.services import load_territories


@pytest.fixture(scope="module")
def loaded(django_db_setup, django_db_blocker) -> Iterator[None]:
    """The region that is shipped, without outlines, once a module. Undone at its end."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_territories()
        yield
        transaction.set_rollback(True)


@pytest.fixture
def grand_est(loaded, db) -> None:
    """It, for one test: what the test changes is undone."""

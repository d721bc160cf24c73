"""The read API against its own description, by schemathesis. `make long` only: it is in requirements-fuzz.lock."""

from collections.abc import Iterator
from importlib.util import find_spec

import pytest
from django.core.handlers.wsgi import WSGIHandler
from django.core.signals import request_finished, request_started
from django.db import close_old_connections, transaction

from tests.examples import LONG
from tests.fuzz import counting
from tests.fuzz.test_addresses import House, _folders, house  # noqa: F401 - fixtures

pytestmark = [
    pytest.mark.long,
    pytest.mark.skipif(
        find_spec("schemathesis") is None, reason="schemathesis n’est pas installé : make long l’installe"
    ),
]
EACH = 120 if LONG else 10  # questions of an operation


@pytest.fixture(autouse=True)
def _one_connection() -> Iterator[None]:
    """As Django's own client does: a request that ends must not close the connection that holds the house."""
    for signal in (request_started, request_finished):
        signal.disconnect(close_old_connections)
    yield
    for signal in (request_started, request_finished):
        signal.connect(close_old_connections)


def test_the_api_is_what_it_says(house: House, db: None) -> None:  # noqa: F811
    import schemathesis
    from hypothesis import HealthCheck, Phase, given, settings
    from schemathesis.specs.openapi.checks import positive_data_acceptance

    schema = schemathesis.openapi.from_wsgi("/api/v1/openapi.json", WSGIHandler())
    operations = [found.ok() for found in schema.get_all_operations()]
    assert len(operations) > 10
    for operation in operations:

        @settings(max_examples=EACH, deadline=None, suppress_health_check=list(HealthCheck), phases=[Phase.generate])
        @given(operation.as_strategy())
        def play(case: schemathesis.Case) -> None:
            with transaction.atomic():
                # an unknown department is refused, and no schema can say which are known
                case.call_and_validate(
                    headers={"Accept-Encoding": "identity"}, excluded_checks=[positive_data_acceptance]
                )
                transaction.set_rollback(True)
            counting.played["schemathesis"] += 1

        play()

"""The second regional day with its 128 people, as the file says."""

import pytest

from maillage.gatherings.models import Gathering
from maillage.registrations.imports import import_registrations
from tests.registrations.conftest import day, desk, organiser, space, territories  # noqa: F401 - fixtures of this folder too
from tests.registrations.day import FILE


@pytest.fixture
def full_day(day) -> Gathering:  # noqa: F811 - pytest passes the fixture of this name
    import_registrations(gathering=day, content=FILE.read_bytes(), filename=FILE.name, by="essai")
    return day

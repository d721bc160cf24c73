"""Each base refuses what PostgreSQL refuses (tests/strict.py; on PostgreSQL, itself)."""

import pytest
from django.db import DataError, transaction

from maillage.people.models import Space
from maillage.registrations.models import RegistrationImport
from tests.registrations.conftest import make_day


@pytest.mark.parametrize("said", ["x" * 10_000, "un\0deux"])
def test_words_that_a_column_cannot_hold_are_written_nowhere(db, said):
    Space.objects.create(slug="ici", name="Ici")
    with pytest.raises((DataError, ValueError)), transaction.atomic():
        Space.objects.filter(slug="ici").update(name=said)
    assert Space.objects.get(slug="ici").name == "Ici"


@pytest.mark.parametrize("said", [{"a": ["un\0deux"]}, {"\ud800": 1}])
def test_nor_what_its_json_cannot(db, said):
    day = make_day(Space.objects.create(slug="ici", name="Ici"))
    with pytest.raises((DataError, ValueError)), transaction.atomic():
        RegistrationImport.objects.create(gathering=day, filename="x.csv", content=b"", by="essai", record=said)


def test_nor_a_number_beyond_its_column(db):
    day = make_day(Space.objects.create(slug="ici", name="Ici"))
    with pytest.raises((DataError, ValueError)), transaction.atomic():
        day.slots.update(position=70_000)

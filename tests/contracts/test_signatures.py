import pytest
from django.db import IntegrityError

from maillage.contracts.models import ContratDeVille
from maillage.contracts.queries import signed_contracts
from maillage.contracts.services import record_signature
from maillage.people.services import make_space
from maillage.territories.models import Department, Epci, Region

pytestmark = pytest.mark.django_db


@pytest.fixture
def space():
    return make_space(slug="grand-est", name="Grand Est", by="test")


@pytest.fixture
def epci():
    region = Region.objects.create(code="44", name="Grand Est")
    department = Department.objects.create(code="57", name="Moselle", region=region)
    return Epci.objects.create(siren="200039865", name="Metz Métropole", department=department)


def test_a_signature_is_recorded_with_its_source_and_the_first_source_stays(space, epci):
    contract, new = record_signature(space=space, epci=epci, source="support projeté", by="Zoé")
    assert new
    again, new = record_signature(space=space, epci=epci, source="autre", by="Zoé")
    assert (again, new) == (contract, False)
    assert [(c.epci, c.source, c.first_year, c.last_year) for c in signed_contracts(space)] == [
        (epci, "support projeté", 2024, 2030)
    ]


def test_a_contract_known_but_not_signed_is_not_listed_and_takes_a_signature_later(space, epci):
    ContratDeVille.objects.create(space=space, epci=epci)
    assert list(signed_contracts(space)) == []
    _contract, new = record_signature(space=space, epci=epci, source="journal officiel", by="Zoé")
    assert new
    assert ContratDeVille.objects.count() == 1


def test_a_signature_without_a_source_is_refused_by_the_database(space, epci):
    with pytest.raises(IntegrityError):
        record_signature(space=space, epci=epci, source="", by="Zoé")

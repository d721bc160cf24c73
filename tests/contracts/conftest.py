import datetime as dt

import pytest

from maillage.contracts.models import ContratDeVille
from maillage.contracts.services import make_contract, new_facts
from maillage.people.models import Space, User
from maillage.people.services import give_right, make_space
from maillage.territories.models import Department, Epci, Region

METZ, FORBACH, THIONVILLE, FENSCH, MERGED = "200039865", "245700372", "245701362", "245701222", "992367730"
SOURCE = "délibération du conseil, site de la métropole"


@pytest.fixture
def region(db) -> Region:
    return Region.objects.create(code="44", name="Grand Est")


@pytest.fixture
def places(region) -> dict[str, Epci]:
    """Metz, Forbach, two that merged in 2026 into a third, and one of another département."""
    moselle = Department.objects.create(code="57", name="Moselle", region=region)
    vosges = Department.objects.create(code="88", name="Vosges", region=region)
    rows = [
        Epci.objects.create(siren=METZ, name="Metz Métropole", department=moselle),
        Epci.objects.create(siren=FORBACH, name="CA de Forbach Porte de France", department=moselle),
        Epci.objects.create(siren=MERGED, name="Thionville Fensch Agglomération", department=moselle),
        Epci.objects.create(siren="200068757", name="CA d’Épinal", department=vosges),
    ]
    for siren, name in ((THIONVILLE, "CA Portes de France-Thionville"), (FENSCH, "CA du Val de Fensch")):
        old = Epci(siren=siren, name=name, department=moselle, successor=rows[2], merged_on=dt.date(2026, 1, 1))
        old.save()
        rows.append(old)
    return {row.siren: row for row in rows}


@pytest.fixture
def space(region) -> Space:
    return make_space(slug="grand-est", name="Grand Est", region=region, by="test")


@pytest.fixture
def contract(space, places) -> ContratDeVille:
    """Metz, signed, with a bit of everything."""
    facts = new_facts(
        METZ,
        status="signed",
        source=SOURCE,
        source_date="2024-06",
        signed_on="2024-05-30",
        axes=["Emploi", "Cadre de vie"],
        documents=[{"title": "Le contrat", "url": "https://exemple.invalid/contrat.pdf"}],
        signatories=[
            {"category": "state", "name": "Préfecture de la Moselle", "signed_on": "2024-05-30"},
            {"category": "epci", "name": "Metz Métropole", "signed_on": ""},
        ],
        note="appeler la cheffe de projet",
    )
    return make_contract(space=space, facts=facts, by="Zoé")


def _user(name: str, space: Space, role: str) -> User:
    user = User.objects.create_user(f"{name.lower()}@exemple.invalid", name=name)
    give_right(user=user, space=space, role=role, by="test")
    return user


@pytest.fixture
def organiser(space) -> User:
    return _user("Zoe", space, "organiser")


@pytest.fixture
def reader(space) -> User:
    return _user("Ali", space, "reader")


@pytest.fixture
def stranger(db) -> User:
    return _user("Ailleurs", make_space(slug="ailleurs", name="Ailleurs", by="test"), "organiser")
